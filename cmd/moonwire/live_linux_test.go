package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/netlab"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// network is the lab's network from namespaces, behind a NAT; it goes with the test. Without root or the programs it takes
// there is none, and the test is skipped.
func network(t *testing.T, nat string) *netlab.Net {
	t.Helper()
	n, err := netlab.Up(t.Context(), netlab.Config{NAT: nat})
	switch {
	case errors.Is(err, os.ErrPermission), errors.Is(err, exec.ErrNotFound):
		t.Skipf("no network to try it in: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("taking the network down: %v", err)
		}
	})
	return n
}

// resultOfChild is the result of an experiment that a process of its own ran, with the rights that the command keeps.
func resultOfChild(t *testing.T, line string) (vantage.Result, int) {
	t.Helper()
	code, stdout, stderr := runAs(t, nil, "", append(strings.Fields(line), "--json")...)
	if stdout == "" {
		t.Fatalf("%s: exit %d, %s", line, code, stderr)
	}
	return decoded(t, line, stdout), code
}

// TestVerdictsOnRealKernels runs the experiments through the kernel's own NAT and through a real proxy.
func TestVerdictsOnRealKernels(t *testing.T) {
	cases := []struct {
		name, nat, line string
		want            vantage.Verdict
		code            int
	}{
		{"the kernel's masquerade", "masquerade", "handshake dport=57212", vantage.PacketNAT, exitOK},
		{"plain routing", "none", "handshake dport=57212", vantage.Routed, exitOK},
		{"slirp4netns", "slirp4netns", "handshake dport=57212", vantage.HandshakeOnSYNProxy, exitOK},
		{"slirp4netns with the guard on", "slirp4netns", "handshake dport=57212 guard=on", vantage.HandshakeOnSYNProxy, exitOK},
		{"slirp4netns taken for a packet NAT", "slirp4netns", "handshake dport=57212 --expect packet-nat", vantage.HandshakeOnSYNProxy, exitOther},
		{"a closed port behind masquerade", "masquerade", "handshake dport=57213", vantage.PacketNAT, exitOK},
		{"keepalives through masquerade", "masquerade", "keepalive dport=57212", vantage.Forwarded, exitOK},
		{"keepalives through slirp4netns", "slirp4netns", "keepalive dport=57212", vantage.AnsweredByMiddlebox, exitOK},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := network(t, c.nat)
			r, code := resultOfChild(t, "run "+c.line+" dst=192.168.11.2 --iface "+n.Guest()+" --tap host="+n.Host())
			if r.Verdict != c.want || code != c.code {
				t.Errorf("verdict %s, exit %d; want %s, exit %d", r.Verdict, code, c.want, c.code)
				for _, e := range r.Evidence {
					t.Log(e.Says)
				}
			}
			if first, next := r.Taps[0].Segments[0], r.Taps[1].Segments; len(next) > 0 && next[0].Time < first.Time {
				t.Errorf("the host's side shows %s at %.6f s, before the guest's %s", next[0].Flags, next[0].Time, first.Flags)
			}
			if r.Virtual || r.Session != n.Guest() {
				t.Errorf("virtual %v, session %s; want real time at %s", r.Virtual, r.Session, n.Guest())
			}
		})
	}
}

// TestOneTapIsNotEnough sees only the guest's side of a proxy: there is no verdict, and the report names the next test.
func TestOneTapIsNotEnough(t *testing.T) {
	n := network(t, "slirp4netns")
	r, code := resultOfChild(t, "run handshake dst=192.168.11.2 dport=57212 --iface "+n.Guest())
	if r.Verdict != vantage.Inconclusive || code != exitInconclusive || r.Next == "" || len(r.Candidates) == 0 {
		t.Errorf("verdict %s, exit %d, next %q, candidates %v", r.Verdict, code, r.Next, r.Candidates)
	}
}

func TestALiveExperimentNeedsADestination(t *testing.T) {
	code, _, stderr := moonwire(context.Background(), "", "run", "handshake")
	if code != exitUsage || !strings.Contains(stderr, "dst must be given") || !strings.Contains(stderr, "--lab") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

// TestWhatTheWireAnswers asks real hosts from the command line.
func TestWhatTheWireAnswers(t *testing.T) {
	n := network(t, "none")
	cases := []struct {
		name, chunk string
		code        int
		want        string // of standard output, or part of the one line of error
	}{
		{"an open port", `print(sr1(IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"})[TCP].flags)`, exitOK, "SA\n"},
		{"a closed port", `print(sr1(IP{dst="192.168.11.2"}/TCP{dport=57213, flags="S"})[TCP].flags)`, exitOK, "RA\n"},
		{"a filtered host", `print(sr1(IP{dst="192.168.11.3"}/TCP{dport=57212, flags="S"}, {timeout=0.5}))`, exitOK, "nil\n"},
		{"a router", `local r = sr1(IP{dst="192.168.11.2", ttl=1}/TCP{dport=57212, flags="S"}) print(r[IP].src, r[ICMP]:name("type"))`,
			exitOK, "10.0.2.2\ttime-exceeded\n"},
		{"every router at once", `local ans = sr(IP{dst="192.168.11.2", ttl=range(1,3)}/TCP{dport=57212, flags="S"})
			for _, a in ipairs(ans) do print(a.sent[IP].ttl, a.answer[IP].src) end`, exitOK, "1\t10.0.2.2\n2\t192.168.10.254\n3\t192.168.11.2\n"},
		{"loopback", `print(sr1(IP{dst="127.0.0.1"}/ICMP{})[ICMP]:name("type"))`, exitOK, "echo-reply\n"},
		{"the host's own address", `print(sr1(IP{dst="10.0.2.100"}/ICMP{})[IP].src)`, exitOK, "10.0.2.100\n"},
		{"a closed port of loopback", `print(sr1(IP{dst="127.0.0.1"}/TCP{dport=9, flags="S"})[TCP].flags)`, exitOK, "RA\n"},
		{"ARP by hand", `print(sr1(Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{pdst="10.0.2.2"})[ARP].psrc)`, exitOK, "10.0.2.2\n"},
		{"UDP", `print(sr1(IP{dst="192.168.11.2"}/UDP{dport=57212}/"hello")[Raw].load)`, exitOK, "hello\n"},
		{"a connection of the kernel's", `local c = dial{dst="192.168.11.2", dport=57212} c:send("hello") print(c:recv())`, exitOK, "hello\n"},
		{"a port that refuses", `print(dial{dst="192.168.11.2", dport=57213})`, exitOK, "nil\t"},
		{"a neighbour that is not there", `print(sr1(IP{dst="10.0.2.77"}/ICMP{}))`, exitOK, "nil\n"},
		{"an interface that is not there", `sr1(IP{dst="10.0.2.2"}/ICMP{}, {iface="nosuch0"})`, exitScript, "nosuch0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := runAs(t, nil, "", "--iface", n.Guest(), "-e", c.chunk)
			got := stdout
			if c.code != exitOK {
				got = stderr
			}
			if code != c.code || !strings.Contains(got, c.want) {
				t.Errorf("exit %d, %q, %q; want exit %d, %q", code, stdout, stderr, c.code, c.want)
			}
		})
	}
}

// TestTheGuardOnTheWire counts the resets that the kernel sends for a crafted SYN, as the far side sees them.
func TestTheGuardOnTheWire(t *testing.T) {
	n := network(t, "masquerade")
	for guard, want := range map[string]string{"true": "0\n", "false": "1\n"} {
		chunk := `local cap = capture()
			sr1(IP{dst="192.168.11.2"}/TCP{sport=41000, dport=57212, flags="S"}, {guard=` + guard + `})
			sleep(0.3)
			local n = 0
			for _, p in ipairs(cap.host) do if p[TCP] and p[TCP]:flag("R") then n = n + 1 end end
			print(n)`
		code, stdout, stderr := runAs(t, nil, "", "--iface", n.Guest(), "--tap", "host="+n.Host(), "-e", chunk)
		if code != exitOK || stdout != want {
			t.Errorf("guard=%s: exit %d, %q resets at the host's side, %s; want %q", guard, code, stdout, stderr, want)
		}
	}
}

// TestOnlyWhatNeedsANeighbourAsksForOne asks by ARP for hosts that are not there: silence, not an error.
func TestOnlyWhatNeedsANeighbourAsksForOne(t *testing.T) {
	n := network(t, "none")
	for name, chunk := range map[string]string{
		"who has":                     `local ans, unans = sr(Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{pdst={"10.0.2.2", "10.0.2.77"}}, {timeout=0.3}) print(#ans, #unans, ans[1].rtt > 0)`,
		"a destination that is given": `local ans, unans = sr(Ether{dst={"02:00:00:00:00:01"}}/IP{dst={"10.0.2.77", "10.0.2.78"}}/ICMP{}, {timeout=0.3}) print(#ans + 1, #unans - 1, #ans == 0)`,
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := runAs(t, nil, "", "--iface", n.Guest(), "-e", chunk)
			if code != exitOK || stdout != "1\t1\ttrue\n" || stderr != "" {
				t.Errorf("exit %d, %q, %q", code, stdout, stderr)
			}
		})
	}
}

// TestTheGuardGoesWithTheProcess kills the command while it guards a port, in the way that nothing can catch.
func TestTheGuardGoesWithTheProcess(t *testing.T) {
	n := network(t, "none")
	ruleset := func() (rules string) {
		t.Helper()
		err := n.In("guest", func() error {
			out, err := exec.Command("nft", "list", "ruleset").CombinedOutput()
			rules = string(out)
			return err
		})
		if err != nil {
			t.Skipf("nft list ruleset: %v %s", err, rules)
		}
		return rules
	}
	cmd := exec.Command(os.Args[0], "--iface", n.Guest(), "-e", `guard(40000) print("guarded") sleep(600)`)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "guarded\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	if rules := ruleset(); !strings.Contains(rules, "40000") || !strings.Contains(rules, "flags owner") {
		t.Errorf("while it lives:\n%s", rules)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if rules := ruleset(); rules != "" {
		t.Errorf("after kill -9:\n%s", rules)
	}
}

// TestAnExperimentCleansUp completes the handshake through a proxy, twice from the same ports.
func TestAnExperimentCleansUp(t *testing.T) {
	n := network(t, "slirp4netns")
	for range 2 {
		r, _ := resultOfChild(t, "run handshake dst=192.168.11.2 dport=57212 complete=on --iface "+n.Guest()+" --tap host="+n.Host())
		if r.Verdict != vantage.HandshakeOnSYNProxy {
			t.Errorf("verdict %s: %s", r.Verdict, r.Evidence[0].Says)
		}
	}
}
