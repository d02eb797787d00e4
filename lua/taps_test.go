package lua_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// TestACutIsNoted cuts wires before, while and after captures listen.
func TestACutIsNoted(t *testing.T) {
	const ask = ` sr1(IP{dst=args.dst}/TCP{dport=57212, flags="S"}, {timeout=0.5}) `
	const judge = ` return judge.path(cap, {dst=args.dst, dport=57212})`
	cases := []struct {
		name, script string
		want         []string // the moment in ms, what is said, the wire
	}{
		{"while it listens", `cap = capture()` + ask + `path.cut("server")`, []string{"10 cut server/server"}},
		{"two wires", `cap = capture()` + ask + `path.cut("server") sleep(1) path.cut("guest")`, []string{"10 cut server/server", "1010 cut guest/guest"}},
		{"before it listens", `path.cut("uplink") sleep(1) cap = capture() sleep(0.1)` + ask, []string{"-100 cut uplink/uplink"}},
		{"a wire that was mended before", `path.cut("uplink") path.mend("uplink") cap = capture()` + ask, nil},
		{"mended meanwhile", `cap = capture()` + ask + `path.cut("uplink") path.mend("uplink")`, []string{"10 cut uplink/uplink"}},
		{"mended once of twice cut", `path.cut("uplink") path.cut("uplink") path.mend("uplink") cap = capture()` + ask, nil},
		{"when it has ended", `cap = capture()` + ask + `cap:stop() path.cut("server")`, nil},
		{"by hand", `cap = capture()` + ask + `cap:mark("cut")`, []string{"10 cut/"}},
		{"when nothing passed", `path.cut("guest") cap = capture() sleep(2) cap:mark("later")`, []string{"0 cut guest/guest", "2000 later/"}},
		{"a wire that is not there", `cap = capture()` + ask + `pcall(path.cut, "router")`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, m := range inLab(t, "").experiment(t, c.script+judge, "192.168.11.2").Marks {
				got = append(got, fmt.Sprintf("%.0f %s/%s", m.Time*1000, m.Says, m.Cut))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := inLab(t, "").Run(context.Background(), "test", "\npath.cut('router')"); err == nil || !strings.HasPrefix(err.Error(), "test:2: ") {
		t.Errorf("a wire that is not there: %v", err)
	}
}

// TestWhatTheJudgeReadsOfAPathThatWasCut has a handshake before the cut, and one behind it.
func TestWhatTheJudgeReadsOfAPathThatWasCut(t *testing.T) {
	const handshake = ` sr1(IP{dst=args.dst}/TCP{dport=57212, flags="S", seq=3000000000}) sleep(1) `
	for _, c := range []struct {
		name, script string
		want         vantage.Verdict
	}{
		{"before", `cap = capture()` + handshake + `path.cut("server") sleep(1)`, vantage.HandshakeOnSYNProxy},
		{"behind", `cap = capture() path.cut("server")` + handshake, vantage.Inconclusive},
		{"behind, before the capture", `path.cut("server") cap = capture()` + handshake, vantage.Inconclusive},
		{"before the guest's own wire was cut", `cap = capture()` + handshake + `path.cut("guest") sleep(1)`, vantage.Inconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := inLab(t, "").experiment(t, c.script+` return judge.path(cap, {dst=args.dst, dport=57212})`, "192.168.11.2")
			if r.Verdict != c.want {
				t.Errorf("verdict %s, want %s", r.Verdict, c.want)
			}
		})
	}
}

// TestNoEditReachesTheJudge changes all that a script can reach of a capture.
func TestNoEditReachesTheJudge(t *testing.T) {
	const run = `cap = capture()
		local c = dial{dst=args.dst, dport=57212} c:send("hello") c:recv() c:close() sleep(1) `
	const edits = `
		for round = 1, 2 do
			for _, list in ipairs{cap.guest, cap.host} do
				for _, p in ipairs(list) do
					if not p[IP] then break end -- the packets of the first round
					p[IP].src, p[IP].dst, p[IP].ttl, p[IP].len = p[IP].dst, p[IP].src, 7, 41
					local tcp = p[TCP]
					if tcp then tcp.flags, tcp.seq, tcp.ack, tcp.sport, tcp.options = "SA", 1, 2, 3, {{"MSS", 9}} end
					if p[Raw] then p[Raw].load = "other" end
					p:refresh()
					p[Ether].src = "02:00:00:00:00:01"
					p[IP] = nil
				end
				while #list > 0 do table.remove(list) end
			end
			sleep(0.1)
			send(IP{dst=args.dst}/UDP{dport=9}) -- more frames, another list
		end `
	const judge = `sleep(1) return judge.path(cap, {dst=args.dst, dport=57212})`
	plain := inLab(t, "").experiment(t, run+judge, "192.168.11.2")
	edited := inLab(t, "").experiment(t, run+edits+judge, "192.168.11.2")
	if plain.Verdict != edited.Verdict {
		t.Errorf("verdict %s, and %s behind the edits", plain.Verdict, edited.Verdict)
	}
	for i, tap := range plain.Taps {
		if fmt.Sprint(tap.Segments) != fmt.Sprint(edited.Taps[i].Segments) {
			t.Errorf("the segments at tap %s are others behind the edits", tap.Name)
		}
	}
}

// TestACaptureIsReadOnce asks for the packets of a tap again and again.
func TestACaptureIsReadOnce(t *testing.T) {
	s := inLab(t, "none")
	s.check(t, `cap = capture() ask = function() sr1(IP{dst="192.168.11.2"}/UDP{sport=4000, dport=57212}/"\1\2") end ask()
		local before = cap.guest
		local n = #before
		print(rawequal(before, cap.guest))
		ask()
		print(rawequal(before, cap.guest), #before == n, #cap.guest == 2*n, before[1] == cap.guest[1])`, "true\nfalse\ttrue\ttrue\ttrue")
	s.check(t, `local first = cap.guest[1] first[IP].ttl = 9 seen = {[first]="marked"} ask()
		print(cap.guest[1][IP].ttl, rawequal(first, cap.guest[1]), seen[cap.guest[1]], cap.guest[3][IP].ttl)`, "9\ttrue\tmarked\t64")
	s.check(t, `print(cap.guest[1]:layers()[4]) protocol{name="Pair", fields={{"a", bits=8}, {"b", bits=8}}, over={UDP, dport=57212}}
		print(cap.guest[1][Pair].b)`, "Raw\n2")
	start := time.Now()
	s.check(t, `send(IP{dst="192.168.11.2"}/UDP{sport=range(1, 10000), dport=9}, {pps=0}) sleep(1)
		local n = 0 for i = 1, #cap.guest do n = n + #cap.guest[i]:layers() end print(n > 10000)`, "true")
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("a loop over 20,000 frames took %s", took)
	}
}

// TestExperimentsRunAgainAtOnce runs the bundled ones in one network, one behind the other: what one began is forgotten when the
// next begins, and neither guard nor handshake changes what is found.
func TestExperimentsRunAgainAtOnce(t *testing.T) {
	const runs = `local found = {}
		for _ = 1, 2 do
			for _, args in ipairs{{}, {guard=true}, {complete=true}} do found[#found+1] = run("handshake", args).verdict end
			found[#found+1] = run("keepalive").verdict
		end
		seen = {} for _, v in ipairs(found) do seen[v] = (seen[v] or 0) + 1 end`
	for nat, want := range map[string]string{
		"vmnat": `seen["handshake-on-syn-proxy"], seen["answered-by-middlebox"]`, "masquerade": `seen["packet-nat"], seen["forwarded"]`,
		"none": `seen["routed"], seen["forwarded"]`,
	} {
		t.Run(nat, func(t *testing.T) {
			s := inLab(t, nat)
			s.contains(t, runs, "Verdict: ")
			s.check(t, "print("+want+")", "6\t2")
		})
	}
}

// A roomyHost has the far tap's port for an interface.
type roomyHost struct {
	sendrecv.Host
	far *sendrecv.Session
}

// Session implements sendrecv.Host.
func (h roomyHost) Session(string) (*sendrecv.Session, error) { return h.far, nil }

// TestNothingIsSentThroughATap asks to send where a capture listens behind the guest.
func TestNothingIsSentThroughATap(t *testing.T) {
	session := labSession(t)
	far := *session
	far.Port, far.Neighbours, far.Routes = session.Taps[1].Port, nil, nil
	session.Host = roomyHost{far: &far}
	s := newShell(t, session)
	const frame = `Ether{src="02:00:c0:a8:0a:01", dst="02:00:c0:a8:0a:fe"}/IP{src="192.168.10.1", dst="192.168.11.2"}/TCP{dport=57212, flags="S"}`
	s.check(t, `cap = capture() print(pcall(send, `+frame+`, {iface="eth1"}))`,
		"false\ttest:1: iface: lab:host is tap host: a capture listens there, and what it listens to is not sent through; end it with cap:stop()")
	s.check(t, `print(#cap.host)`, "0")
}

// labSession is a copy of a lab's session, for a test to change.
func labSession(t *testing.T) *sendrecv.Session {
	t.Helper()
	l, err := lab.New(lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	session := *l.Session()
	return &session
}

// A tally counts the holds of a guard.
type tally struct{ held int }

// Hold implements sendrecv.Guard.
func (g *tally) Hold(...uint16) (func(), error) {
	g.held++
	return func() { g.held-- }, nil
}

// TestGuardsEndWithTheirExperiment runs one that gives up early.
func TestGuardsEndWithTheirExperiment(t *testing.T) {
	session, count := labSession(t), &tally{}
	session.Guard = count
	s := newShell(t, session)
	if _, err := s.Run(context.Background(), "test", `guard(7) run("keepalive", {dport=57213})`); err != nil {
		t.Fatal(err)
	}
	if count.held != 1 {
		t.Errorf("%d ports are held, want the one that the experiment did not take", count.held)
	}
}

// TestRandomNumbersAreTheStatesOwn draws in several interpreters.
func TestRandomNumbersAreTheStatesOwn(t *testing.T) {
	const draw = `return math.random(0, 2^32-1), math.random(61000, 65535), RandInt():at(1)`
	values := func(s *shell) string {
		t.Helper()
		v, err := s.Run(context.Background(), "test", draw)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(v, " ")
	}
	if a, b := values(inLab(t, "")), values(inLab(t, "none")); a != b {
		t.Errorf("two runs in the lab: %s, %s", a, b)
	}
	s := inLab(t, "")
	if first, second := values(s), values(s); first == second {
		t.Errorf("%s twice in one run", first)
	}
	a, b := newShell(t, nil), newShell(t, nil)
	if x, y := values(a), values(b); x == y {
		t.Errorf("%s twice outside the lab", x)
	}
	a.check(t, `math.randomseed(1) x = math.random(1000) math.randomseed(1) print(x == math.random(1000))`, "true")
	a.check(t, `seed(1) x = math.random() seed(1) print(x == math.random(), x < 1)`, "true\ttrue")
	a.check(t, `for _ = 1, 1000 do local n = math.random(-2, 2) assert(n >= -2 and n <= 2 and n % 1 == 0) end print(math.random(1), math.random(7, 7))`, "1\t7")
	a.check(t, `print(pcall(math.random, 2, 1))`, "false\ttest:1: math.random: want two numbers, the lower one first, less than 2^53 apart, got 2 and 1")
	a.check(t, `print(pcall(math.random, 0), pcall(math.random, 1, 1e16))`, "false\tfalse\ttest:1: math.random: want two numbers, the lower one first, less than 2^53 apart, got 1 and 1e+16")
}
