package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/netlab"
	"github.com/moonwire/moonwire/sendrecv/pcap"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// What may come of a trap.
var (
	onSYN        = []vantage.Verdict{vantage.HandshakeOnSYNProxy, vantage.Inconclusive}
	acceptFirst  = []vantage.Verdict{vantage.AcceptFirstProxy, vantage.Inconclusive}
	packetNAT    = []vantage.Verdict{vantage.PacketNAT, vantage.Inconclusive}
	routed       = []vantage.Verdict{vantage.Routed, vantage.Inconclusive}
	forwarded    = []vantage.Verdict{vantage.Forwarded, vantage.Inconclusive}
	answered     = []vantage.Verdict{vantage.AnsweredByMiddlebox, vantage.Inconclusive}
	inconclusive = []vantage.Verdict{vantage.Inconclusive}
)

const (
	lone      = "handshake"
	completed = "handshake complete=on"
	keepalive = "keepalive probes=2"
)

// TestStrangers has somebody else open the server's port from the NAT's own host while the guest waits.
func TestStrangers(t *testing.T) {
	var all []trap
	probing := caller(0, -1, time.Second)
	for when, beside := range map[string]activity{"at once": stranger(0), "half a second later": stranger(500 * time.Millisecond), "all the time": crowd} {
		c := when == "all the time" // then chance decides
		silent := []vantage.Verdict{vantage.Dropped, vantage.HandshakeOnSYNProxy}
		if c { // the last of them may have had no time to show how it ends
			silent = append(silent, vantage.PacketNAT)
		}
		all = append(all,
			trap{name: "firewall, stranger " + when, nat: "masquerade", lay: firewall, beside: beside, line: lone,
				verdicts: inconclusive, truth: vantage.Dropped, candidates: silent, chance: c},
			trap{name: "accept-first proxy, stranger " + when, nat: "none", lay: relay, beside: beside, line: lone, verdicts: acceptFirst, chance: c},
			trap{name: "accept-first proxy, completed, stranger " + when, nat: "none", lay: relay, beside: beside, line: completed, verdicts: acceptFirst, chance: c},
			trap{name: "packet NAT, stranger " + when, nat: "masquerade", beside: beside, line: lone, verdicts: packetNAT, chance: c},
			// Far from the server, so that a stranger at once is there before the server has answered, and not sometimes.
			trap{name: "slirp4netns, stranger " + when, nat: "slirp4netns", lay: distance, beside: beside, line: lone, verdicts: onSYN, chance: c},
		)
	}
	all = append(all,
		trap{name: "keepalives of a stranger behind slirp4netns", nat: "slirp4netns", beside: probing, line: keepalive, verdicts: answered},
		trap{name: "keepalives of a stranger behind a packet NAT", nat: "masquerade", beside: probing, line: keepalive, verdicts: forwarded},
	)
	spring(t, all)
}

// TestAcceptFirst has a proxy there that dials once it has accepted, and nobody else.
func TestAcceptFirst(t *testing.T) {
	spring(t, []trap{
		{name: "one SYN", nat: "none", lay: relay, line: lone, verdicts: inconclusive, truth: vantage.AcceptFirstProxy},
		{name: "completed", nat: "none", lay: relay, line: completed, verdicts: acceptFirst},
		{name: "completed, far away", nat: "none", lay: both(relay, distance), line: completed, verdicts: acceptFirst},
		{name: "keepalive", nat: "none", lay: relay, line: keepalive, verdicts: answered},
	})
}

// TestMisplacedTaps puts the tap host where it cannot see what the NAT does.
func TestMisplacedTaps(t *testing.T) {
	lo := func(n *netlab.Net) string { return on(n, "nat", "lo") }
	inside := func(n *netlab.Net) string { return on(n, "nat", wire(n, "guest")) }
	var all []trap
	for _, line := range []string{lone, completed} {
		all = append(all,
			trap{name: "lo of a NAT, " + line, nat: "masquerade", tap: lo, line: line, verdicts: inconclusive, truth: vantage.PacketNAT},
			trap{name: "lo of a proxy, " + line, nat: "slirp4netns", tap: lo, line: line, verdicts: inconclusive, truth: vantage.HandshakeOnSYNProxy},
			trap{name: "guest's side of a NAT, " + line, nat: "masquerade", tap: inside, line: line, verdicts: inconclusive, fault: vantage.OneLink},
			trap{name: "guest's side of a router, " + line, nat: "none", tap: inside, line: line, verdicts: inconclusive, fault: vantage.OneLink},
			trap{name: "guest's side of a proxy, " + line, nat: "none", lay: relay, tap: inside, line: line, verdicts: inconclusive, fault: vantage.OneLink},
		)
	}
	all = append(all,
		trap{name: "keepalives, lo of a NAT", nat: "masquerade", tap: lo, line: keepalive, verdicts: inconclusive, truth: vantage.Forwarded},
		trap{name: "keepalives, lo of a proxy", nat: "slirp4netns", tap: lo, line: keepalive, verdicts: inconclusive, truth: vantage.AnsweredByMiddlebox},
		trap{name: "keepalives, guest's side of a NAT", nat: "masquerade", tap: inside, line: keepalive, verdicts: inconclusive, fault: vantage.OneLink},
		trap{name: "keepalives, guest's side of a proxy", nat: "none", lay: relay, tap: inside, line: keepalive, verdicts: inconclusive, fault: vantage.OneLink},
	)
	spring(t, all)
}

// TestOneDirection takes one direction of the traffic past the tap host.
func TestOneDirection(t *testing.T) {
	var all []trap
	for _, line := range []string{lone, completed, keepalive} {
		for _, c := range []trap{
			{name: "answers past a router", nat: "none", lay: answersElsewhere, verdicts: routed},
			{name: "questions past a router", nat: "none", lay: questionsElsewhere, verdicts: routed},
			{name: "answers past a NAT", nat: "masquerade", lay: answersElsewhere, verdicts: packetNAT},
			{name: "questions past a NAT", nat: "masquerade", lay: both(questionsElsewhere, asUplink), verdicts: packetNAT},
			{name: "answers past a proxy", nat: "slirp4netns", lay: answersElsewhere, verdicts: onSYN},
			{name: "questions past a proxy", nat: "slirp4netns", lay: questionsElsewhere, verdicts: onSYN},
			{name: "answers past an accept-first proxy", nat: "none", lay: both(relay, answersElsewhere), verdicts: acceptFirst},
			{name: "questions past an accept-first proxy", nat: "none", lay: both(relay, questionsElsewhere), verdicts: acceptFirst},
			{name: "answers past the guest's interface", nat: "none", lay: shortcut, verdicts: routed},
		} {
			c.name, c.line = c.name+", "+line, line
			if line == keepalive {
				ends := c.nat == "slirp4netns" || c.verdicts[0] == vantage.AcceptFirstProxy
				c.verdicts = map[bool][]vantage.Verdict{true: answered, false: forwarded}[ends]
			}
			all = append(all, c)
		}
	}
	spring(t, all)
}

// TestWrongUplink puts the tap host on an uplink that the guest's packets do not leave by. Somebody on the NAT's own host leaves
// by it, to the same server and while the guest waits for its SYN/ACK: the only connection there that could be the guest's.
// That of the one who closes it ends before the guest is answered, and the others' do not carry what the guest sends.
func TestWrongUplink(t *testing.T) {
	second := func(n *netlab.Net) string { return on(n, "nat", wire(n, "second")) }
	c := trap{nat: "none", lay: multihomed, tap: second, verdicts: routed}
	var all []trap
	for name, beside := range map[string]activity{
		"closed at once": stranger(0), "held for a second": caller(0, time.Second, -1), "held with probes": caller(0, -1, time.Second),
	} {
		for _, line := range []string{lone, completed, keepalive} {
			if line == lone && name != "closed at once" {
				continue // a proxy leaves the same
			}
			c.name, c.beside, c.line, c.verdicts = name+", "+line, beside, line, routed
			if line == keepalive {
				c.verdicts = forwarded
			}
			all = append(all, c)
		}
	}
	spring(t, all)
}

// TestRenumberingNATs puts a NAT there that looks like a proxy, number by number.
func TestRenumberingNATs(t *testing.T) {
	var all []trap
	for _, translating := range []bool{false, true} {
		for place, lay := range map[string]layer{"near": renumber(translating), "far": both(distance, renumber(translating))} {
			for _, line := range []string{lone, completed, keepalive} {
				c := trap{name: fmt.Sprintf("translating %v, %s, %s", translating, place, line), nat: "none", lay: lay, line: line, verdicts: packetNAT}
				c.chance = line == completed // a box that shares two processors with all tests is late now and then
				if line == keepalive {
					c.verdicts = forwarded
				}
				all = append(all, c)
			}
		}
	}
	for _, line := range []string{lone, completed} {
		all = append(all, trap{name: "a stranger meanwhile, " + line, nat: "none", lay: both(distance, renumber(true)), beside: stranger(0), line: line, verdicts: packetNAT})
	}
	spring(t, all)
}

// TestKeepalivesAgainAndAgain runs the experiment in a network that holds what the last one left.
func TestKeepalivesAgainAndAgain(t *testing.T) {
	spring(t, []trap{
		{name: "masquerade", nat: "masquerade", line: keepalive, verdicts: forwarded[:1]},
		{name: "slirp4netns", nat: "slirp4netns", line: keepalive, verdicts: answered[:1]},
	})
}

// TestCapturesOfTcpdump judges what two tcpdumps wrote, on one clock.
func TestCapturesOfTcpdump(t *testing.T) {
	t.Parallel()
	n := network(t, "slirp4netns")
	for _, c := range []struct {
		name string
		do   func(*testing.T, *netlab.Net)
	}{
		{"a kernel's connection and an echo", echoOnce},
		{"a lone SYN", knock},
	} {
		for i := range again {
			t.Run(fmt.Sprintf("%s %d", c.name, i+1), func(t *testing.T) {
				guest, host := filepath.Join(t.TempDir(), "guest.pcap"), filepath.Join(t.TempDir(), "host.pcap")
				_, tap, _ := strings.Cut(n.Guest(), "/")
				stopGuest, stopHost := tcpdump(t, n, "guest", tap, guest), tcpdump(t, n, "nat", wire(n, "uplink"), host)
				c.do(t, n)
				awaitFIN(t, host)
				stopGuest()
				stopHost()
				taps := vantage.Segments([]vantage.Capture{
					{Tap: "guest", Clock: "one", Frames: captured(t, guest)}, {Tap: "host", Clock: "one", Frames: captured(t, host)},
				}, netip.MustParseAddrPort("192.168.11.2:57212"))
				f := vantage.Compare(taps).Path()
				t.Logf("run %d: %s %v", i+1, f.Verdict, f.Candidates)
				if f.Verdict != vantage.HandshakeOnSYNProxy {
					t.Errorf("want %s, got %s", vantage.HandshakeOnSYNProxy, ladder(vantage.Result{Finding: f, Taps: taps}))
				}
			})
		}
	}
}

// echoOnce talks to the server from the guest's kernel.
func echoOnce(t *testing.T, n *netlab.Net) {
	c, err := connect(t.Context(), n, "guest", -1)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	heard := make([]byte, 5)
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, heard); err != nil || string(heard) != "hello" {
		t.Errorf("got %q, %v, want an echo", heard, err)
	}
}

// knock sends one SYN, and leaves the answer to the guest's kernel, which resets it.
func knock(t *testing.T, n *netlab.Net) {
	syn := `sr1(IP{dst="192.168.11.2"}/TCP{sport=RandNum(20000, 30000), dport=57212, flags="S", seq=RandInt()}, {guard=false})`
	code, stdout, stderr := moonwire(t.Context(), "", "--iface", n.Guest(), "-e", "print("+syn+"[TCP].flags)")
	if stdout != "SA\n" {
		t.Fatalf("exit %d, %q, %s", code, stdout, stderr)
	}
}

// tcpdump captures an interface of a host into a file, until stop.
func tcpdump(t *testing.T, n *netlab.Net, node, iface, file string) (stop func()) {
	t.Helper()
	cmd := exec.Command("tcpdump", "-i", iface, "-U", "--immediate-mode", "-Z", "root", "-w", file)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	switch err := n.In(node, cmd.Start); {
	case errors.Is(err, exec.ErrNotFound):
		t.Skipf("nobody else to capture: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	var heard string
	for !strings.Contains(heard, "listening on") { // from then on it misses nothing
		if !lines.Scan() {
			t.Fatalf("tcpdump: %s, %v", heard, cmd.Wait())
		}
		heard += lines.Text()
	}
	stop = sync.OnceFunc(func() {
		cmd.Process.Signal(syscall.SIGINT)
		io.Copy(io.Discard, said)
		if err := cmd.Wait(); err != nil {
			t.Errorf("tcpdump: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// awaitFIN waits until a capture holds the end of a connection in both directions.
func awaitFIN(t *testing.T, file string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		fins := slices.DeleteFunc(captured(t, file), func(f sendrecv.Frame) bool { return tcpFlags(f) != "FA" })
		if len(fins) == 2 {
			return
		}
	}
	t.Fatalf("%s holds no end", file)
}

// captured are the frames of a capture that may still be written.
func captured(t *testing.T, file string) []sendrecv.Frame {
	t.Helper()
	r, err := pcap.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []sendrecv.Frame
	for f, err := range r.Frames() {
		if err != nil {
			break
		}
		all = append(all, f)
	}
	return all
}
