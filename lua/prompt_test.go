package lua_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// enter evaluates entries as a prompt does and returns what the last one gave.
func (s *shell) enter(t *testing.T, entries ...string) string {
	t.Helper()
	text := ""
	for _, e := range entries {
		var incomplete bool
		var err error
		text, incomplete, err = s.Eval(context.Background(), "prompt", e)
		if err != nil || incomplete {
			t.Fatalf("%s\nincomplete %v, error %v", e, incomplete, err)
		}
	}
	return text
}

func TestThePromptShowsValues(t *testing.T) {
	cases := []struct {
		name    string
		entries []string
		want    string
	}{
		{"a packet is one line", []string{`IP{dst="10.0.0.1"}/TCP`}, "<IP  proto=tcp dst=10.0.0.1 |<TCP  |>>"},
		{"several values stand side by side", []string{`1, "a", nil`}, "1\ta\tnil"},
		{"a statement shows nothing", []string{`x = 1`}, ""},
		{"the last value stays", []string{`41`, `_ + 1`}, "42"},
		{"nil does not replace the last value", []string{`41`, `nil`, `_`}, "41"},
		{"a table is written as Lua writes it", []string{`{1, "a\x00b", {x=2}, k=true}`}, `{1, "a\x00b", {x=2}, k=true}`},
		{"a table in itself ends", []string{`t = {}`, `t.t = t`, `t`}, "{t={t={t={...}}}}"},
		{"many values", []string{`unpack({}, 1, 300)`}, strings.Repeat("nil\t", 100) + "... 200 values more"},
		{"a string from the network cannot command the terminal", []string{`"\x1b[2Jgone"`}, `"\x1b[2Jgone"`},
		{"lines of text stay lines", []string{`"a\nb"`}, "a\nb"},
		{"a function shows its usage", []string{`u32`}, "u32(n): n modulo 2^32, as sequence numbers wrap"},
		{"an empty list", []string{`(sniff{timeout=0.01})`}, "0 packets"},
		{"answers are a table", []string{`(sr(IP{dst="192.168.11.2"}/TCP{dport={57212,57213}, flags="S"}))`}, "2 answers\n" +
			"    1  IP / TCP 10.0.2.100:20 > 192.168.11.2:57212 S  ==>  IP / TCP 192.168.11.2:57212 > 10.0.2.100:20 SA  10.200 ms\n" +
			"    2  IP / TCP 10.0.2.100:20 > 192.168.11.2:57213 S  ==>  IP / TCP 192.168.11.2:57213 > 10.0.2.100:20 RA  10.200 ms"},
		{"both lists of sr, one below the other", []string{`sr(IP{dst="192.168.11.3"}/ICMP{}, {timeout=0.1})`},
			"0 answers\n1 packet\n    1  IP / ICMP 10.0.2.100 > 192.168.11.3 echo-request 0"},
		{"no answer", []string{`sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=0.1})`}, "nil"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := inLab(t, "masquerade").enter(t, c.entries...); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestThePromptShowsTheBeginningOfWhatIsLarge has values that took gigabytes to write.
func TestThePromptShowsTheBeginningOfWhatIsLarge(t *testing.T) {
	const big = `s = ("\1"):rep(6e7) `
	for _, c := range []struct{ name, setup, entry, end string }{
		{"texts in a table", big + `t = {} for i = 1, 50 do t[i] = s end`, `t`, `..., ..., ..., ...}`},
		{"tables in tables", big + `t = {} for i = 1, 50 do t[i] = {} for j = 1, 50 do t[i][j] = {s, k=s} end end`, `t`, `..., ...}`},
		{"values whose text is long", big + `v = setmetatable({}, {__tostring=function() return s end})`, `v, v, v, v, v, v, v, v`, "... 59934464 bytes more; print shows all"},
		{"such values in a table", big + `v = setmetatable({}, {__tostring=function() return s end}) t = {} for i = 1, 50 do t[i] = v end`, `t`, `..., ..., ..., ...}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newShell(t, nil).enter(t, c.setup, c.entry); len(got) > 1<<22 || !strings.HasSuffix(got, c.end) {
				t.Errorf("got %d bytes, at their end %s; want %s", len(got), got[max(len(got)-100, 0):], c.end)
			}
		})
	}
}

func TestMistakesAtThePromptAreExplained(t *testing.T) {
	cases := []struct{ name, setup, entry, want string }{
		{"a method with a dot in a block", `p = IP/TCP`, `do p.summary() end`, "summary is a method: write a colon, p:summary()"},
		{"a table without ipairs", `t = {1, 2}`, `for x in t do end`, "a list is walked with ipairs: for _, x in ipairs(list) do"},
		{"scapy's haslayer", `p = IP/TCP`, `p:haslayer(TCP)`, `no field or method "haslayer" in IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S; here: p:has(TCP)`},
		{"scapy's raw", ``, `do raw(IP/TCP) end`, "raw: want a string to put in place of a field, got packet; the bytes of a packet are bytes(p)"},
		{"a packet without each", `p = IP{dst="10.0.0.0/30"}`, `for q in p do end`, "attempt to call global 'p' (a packet value); the packets that one stands for are walked with each: for q in p:each() do"},
		{"a new packet without each", ``, `for q in IP{dst="10.0.0.0/30"} do end`, "attempt to call a packet value; the packets that one stands for are walked with each: for q in p:each() do"},
		{"a packet in Python's spelling", ``, `for q in IP(dst="10.0.0.0/30") do end`, `in Lua: for q in IP{dst="10.0.0.0/30"}:each() do ... end`},
		{"a stack in Python's spelling", ``, `for q in IP(dst="10.0.0.0/30")/TCP() do end`, `in Lua: for q in (IP{dst="10.0.0.0/30"}/TCP()):each() do ... end`},
		{"ipairs of a packet", `p = IP{}`, `for _, q in ipairs(p) do end`, "bad argument #1 to 'ipairs' (table expected, got packet); the packets that one stands for are walked with each: for q in p:each() do"},
		{"a packet many times", ``, `IP()/"A"*20`, `attempt to perform arithmetic on a packet value; text is repeated with ("A"):rep(20)`},
		{"a local that is nil", ``, `local cc = nil; cc:send("x")`, `attempt to index local 'cc' (a nil value)`},
		{"an address without quotes", ``, `IP{dst=1.2.3.4}`, "syntax error near '.3.4': an address is written in quotes"},
		{"a local that hides a function", `local print = 5`, `print(1)`, "attempt to call local 'print' (a number value); the local variable hides the function: local print = _G.print brings it back"},
		{"one that hides a layer", `local IP = 5`, `IP{dst="10.0.0.1"}`, "attempt to call local 'IP' (a number value); the local variable hides the protocol: local IP = _G.IP brings it back"},
		{"one that hides a library", `local math = nil`, `math.max(1)`, "attempt to index local 'math' (a nil value); the local variable hides the table: local math = _G.math brings it back"},
		{"one that hides it from a function", `local sr1 = "x" function f() sr1(IP()) end`, `f()`, "attempt to call local 'sr1' (a string value); the local variable hides the function: local sr1 = _G.sr1 brings it back"},
		{"one that hides nothing", `local foo = 5`, `foo(1)`, "attempt to call local 'foo' (a number value)"},
		{"one of a block", ``, `do local print = 5 print(1) end`, "attempt to call local 'print' (a number value)"},
		{"a function that was assigned", `sr = 5`, `sr(IP())`, "attempt to call global 'sr' (a number value); sr was a function until it was assigned, and is again in a new session"},
		{"a guard of half a port", ``, `guard(1.5)`, "guard: want a port in 1..65535, got 1.5"},
		{"a guard of nothing", ``, `guard()`, "guard: want the local ports to guard"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			s.enter(t, c.setup)
			_, _, err := s.Eval(context.Background(), "prompt", c.entry)
			var e *lua.Error
			if !errors.As(err, &e) || e.What != c.want {
				t.Errorf("%s\ngot  %v\nwant %s", c.entry, err, c.want)
			}
		})
	}
}

func TestBlocksOfLuaAreNotTakenForPythons(t *testing.T) {
	for _, entry := range []string{`for i = 1, 3 do`, `if x then`, `while x:y() do`, `for _, p in ipairs(ps) do print(p:summary())`, `if p:has(TCP) and`, `for k, v in`} {
		if _, incomplete, err := newShell(t, nil).Eval(context.Background(), "prompt", entry); !incomplete {
			t.Errorf("%s: %v", entry, err)
		}
	}
}

// TestThePromptRunsNoMetatables gives the table of globals metatables that raise, loop and print.
func TestThePromptRunsNoMetatables(t *testing.T) {
	for name, setup := range map[string]string{
		"raise": `setmetatable(_G, {__index=function(t, k) error("undef " .. k, 2) end, __newindex=function(t, k) error("strict " .. k, 2) end}) return 1`,
		"loop":  `setmetatable(_G, {__index=function() while true do end end, __newindex=function() while true do end end}) return 1`,
	} {
		t.Run(name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			s.enter(t, setup, `6 * 7`)
			if got := s.enter(t, `_ + 0`); got != "42" {
				t.Errorf("got %s", got)
			}
			for _, entry := range []string{`zzz.`, `zzz{`, `zzz:`, `z`, `IP{`, `help("`} {
				s.Complete(entry)
			}
			if _, _, err := s.Eval(context.Background(), "prompt", `local t = {} t.x.y = 1`); err == nil {
				t.Error("no error")
			}
			s.enter(t, `help("zz")`, `run("handshake") and 1`)
		})
	}
}

func TestALongStringIsCutAtThePrompt(t *testing.T) {
	s := newShell(t, nil)
	if got := s.enter(t, `("x"):rep(1e6)`); len(got) > 1<<17 || !strings.HasSuffix(got, "934464 bytes more; print shows all") {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-50:])
	}
}

func TestSilenceSaysWhy(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=0.1})`)
	if want := "no answer within 100 ms\n"; s.notices.String() != want {
		t.Errorf("got  %s\nwant %s", s.notices.String(), want)
	}
}

func TestPythonsSpellingIsUnderstood(t *testing.T) {
	s := inLab(t, "vmnat")
	got := s.enter(t, `sr1(IP(dst="192.168.11.2")/TCP(dport=57212,flags="S")),`)
	if !strings.Contains(got, "flags=SA") {
		t.Errorf("got %s", got)
	}
	if want := `sr1(IP{dst="192.168.11.2"}/TCP{dport=57212,flags="S"})` + "\n"; s.notices.String() != want {
		t.Errorf("got   %q\nwant %q", s.notices.String(), want)
	}
}

func TestSyntaxErrorsHaveAColumn(t *testing.T) {
	cases := []struct {
		entry        string
		line, column int
	}{
		{`x = = 1`, 1, 5},
		{`1 + + 2`, 1, 5},
		{"x = 1\ny = )", 2, 5},
		{`print('a' 'b'))`, 1, 11},
		{`if then`, 1, 4},
	}
	for _, c := range cases {
		_, _, err := newShell(t, nil).Eval(context.Background(), "prompt", c.entry)
		var e *lua.Error
		if !errors.As(err, &e) || e.Line != c.line || e.Column != c.column {
			t.Errorf("%q: got %#v, want line %d, column %d", c.entry, err, c.line, c.column)
		}
	}
}

// realLab is a shell in a lab with real time: calls wait.
func realLab(t *testing.T) *shell {
	t.Helper()
	l, err := lab.New(lab.Config{NAT: "masquerade", RealTime: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return newShell(t, l.Session())
}

func TestAnInterruptKeepsWhatCame(t *testing.T) {
	const question = `IP{dst={"192.168.11.2", "192.168.11.3"}}/ICMP{}`
	cases := []struct{ name, entry, look, want string }{
		{"the answers of sr are assigned", `ans, unans = sr(` + question + `, {timeout=60})`, `#ans, #unans`, "1\t1"},
		{"the packets of sniff are assigned", `ps = sniff{timeout=60}`, `#ps`, "0"},
		{"a loop ends", `n = 0 while true do n = n + 1 sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=60}) end`, `n`, "2"},
		{"a loop that catches errors ends", `while true do pcall(sr, ` + question + `, {timeout=60}) end`, `1`, "1"},
		{"a loop without calls ends", `while true do end`, `1`, "1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := realLab(t)
			ctx, cancel := context.WithCancel(context.Background())
			timer := time.AfterFunc(300*time.Millisecond, cancel)
			defer timer.Stop()
			_, _, err := s.Eval(ctx, "prompt", c.entry)
			if !errors.Is(err, lua.ErrInterrupted) {
				t.Fatalf("got %v, want %v", err, lua.ErrInterrupted)
			}
			if got := s.enter(t, c.look); got != c.want {
				t.Errorf("%s: got %s, want %s", c.look, got, c.want)
			}
		})
	}
}

// TestAnInterruptKeepsALongRun has lists so long that making them takes a while.
func TestAnInterruptKeepsALongRun(t *testing.T) {
	s := realLab(t)
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(2*time.Second, cancel)
	defer timer.Stop()
	_, _, err := s.Eval(ctx, "prompt", `ans, unans = sr(IP{dst="192.168.11.3"}/ICMP{id=range(1,65000)}, {pps=0, timeout=600})`)
	if !errors.Is(err, lua.ErrInterrupted) {
		t.Fatalf("got %v", err)
	}
	if got := s.enter(t, `#ans == 0 and #unans > 0`); got != "true" {
		t.Errorf("kept: %s", s.enter(t, `#ans, #unans`))
	}
}

func TestAPipeWithoutAWriterCanBeInterrupted(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "pipe")
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Skipf("mkfifo: %v %s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := newShell(t, nil).Eval(ctx, "prompt", `rdpcap("`+fifo+`")`); !errors.Is(err, lua.ErrInterrupted) {
		t.Errorf("got %v", err)
	}
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0) // lets the reader go
	if err == nil {
		w.Close()
	}
}

// TestRunIsNotTheScriptsToChange replaces what a bundled experiment calls.
func TestRunIsNotTheScriptsToChange(t *testing.T) {
	s := inLab(t, "vmnat")
	s.enter(t, `judge.path = function() return "forged" end`, `judge, sr1, capture, IP, freeport, math, string = nil, nil, print, 5`, `r = run("handshake")`)
	if got := s.enter(t, `r.verdict, args == nil, IP`); got != "handshake-on-syn-proxy\ttrue\t5" {
		t.Errorf("got %s", got)
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `args = 7`, `pcall(run, "handshake", {dst="192.168.11.77"})`, `run("handshake")`)
	if got := s.enter(t, `args`); got != "7" {
		t.Errorf("args is %s", got)
	}
}

// TestARunReportsItsOwnCapture stops a capture by hand before an experiment and inside one.
func TestARunReportsItsOwnCapture(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `outer = capture()`, `run("handshake", {guard=true})`, `sr1(IP{dst="192.168.11.2"}/ICMP{})`)
	if got := s.enter(t, `#outer.guest > 5, outer`); !strings.HasPrefix(got, "true\t<capture guest:") {
		t.Errorf("the capture around it: %s", got)
	}
	if strings.Count(s.out.String(), "Verdict: packet-nat") != 1 {
		t.Errorf("printed:\n%s", s.out.String())
	}
}

func TestAnInterruptedRunReportsWhatItSaw(t *testing.T) {
	s := realLab(t)
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(time.Second, cancel)
	defer timer.Stop()
	if _, _, err := s.Eval(ctx, "prompt", `run("keepalive")`); !errors.Is(err, lua.ErrInterrupted) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(s.out.String(), "Verdict: inconclusive") || !strings.Contains(s.out.String(), "interrupted") {
		t.Errorf("printed:\n%s", s.out.String())
	}
}

func TestAnInterruptedExpressionHasItsValues(t *testing.T) {
	s := realLab(t)
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(300*time.Millisecond, cancel)
	defer timer.Stop()
	text, _, err := s.Eval(ctx, "prompt", `sr(IP{dst={"192.168.11.2", "192.168.11.3"}}/ICMP{}, {timeout=60})`)
	if !errors.Is(err, lua.ErrInterrupted) || !strings.HasPrefix(text, "1 answer\n") {
		t.Errorf("got %v and %s", err, text)
	}
}

func TestCompletion(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "trace.pcap"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := inLab(t, "vmnat")
	s.enter(t, `p = IP{dst="192.168.11.2"}/TCP{flags="S"}`, `cap = capture()`)
	cases := []struct {
		name, entry string
		want        []string // some of the candidates
		never       string   // not among them
	}{
		{"layers", `p = TC`, []string{"TCP{"}, "sr("},
		{"functions with their bracket", `sn`, []string{"sniff{"}, ""},
		{"fields inside braces", `IP{dst="1.2.3.4"}/TCP{dp`, []string{"dport="}, "sr1("},
		{"fields after a field", `TCP{dport=80, fl`, []string{"flags="}, ""},
		{"values after =", `TCP{dport=ra`, []string{"range("}, "reserved="},
		{"options of a call", `sr1(p, {ti`, []string{"timeout="}, ""},
		{"options of a call in braces", `sniff{co`, []string{"count="}, ""},
		{"methods", `p:su`, []string{"summary("}, ""},
		{"fields of a packet", `p.dp`, []string{"dport"}, "summary("},
		{"fields of a layer", `p[TCP].fl`, []string{"flags"}, "ttl"},
		{"methods of a layer", `p[TCP]:fl`, []string{"flag("}, ""},
		{"members of a table", `judge.`, []string{"path(", "keepalive("}, ""},
		{"taps", `cap.`, []string{"guest", "host"}, ""},
		{"experiments", `run("hand`, []string{`handshake"`}, ""},
		{"experiments without brackets", `run "keep`, []string{`keepalive"`}, ""},
		{"interfaces", `sr1(p, {iface="lab`, []string{`lab:guest"`}, ""},
		{"wires", `path.cut("ser`, []string{`server"`}, ""},
		{"files", `rdpcap("` + dir + `/tr`, []string{dir + `/trace.pcap"`}, ""},
		{"files to write", `sniff{write="` + dir + `/tr`, []string{dir + `/trace.pcap"`}, ""},
		{"names of a field's values", `ICMP{type="echo-re`, []string{`echo-reply"`, `echo-request"`}, ""},
		{"arguments of an experiment", `run("handshake", {d`, []string{"dst=", "dport="}, ""},
		{"layers of a packet", `p[`, []string{"IP]", "TCP]"}, "UDP]"},
		{"layers", `nosuch[`, []string{"UDP]"}, ""},
		{"names in help", `help("sr`, []string{`sr1"`}, ""},
		{"an open block", "for i = 1, 3 do\n  sr", []string{"sr1("}, ""},
		{"keywords", `loc`, []string{"local"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, start, _ := s.Complete(c.entry)
			for _, want := range c.want {
				if !slices.Contains(got, want) {
					t.Errorf("%s: got %q from %d, want %q among them", c.entry, got, start, want)
				}
			}
			if slices.Contains(got, c.never) {
				t.Errorf("%s: got %q, want no %q", c.entry, got, c.never)
			}
		})
	}
	for _, entry := range []string{`-- sr`, `x = "sr`, `nosuch.`, `nosuch[1].x`, `"`} {
		if got, _, _ := s.Complete(entry); slices.Contains(got, "sr1(") {
			t.Errorf("%q: got %q", entry, got)
		}
	}
}

func TestCompletionSaysWhatIsBeingWritten(t *testing.T) {
	s := newShell(t, nil)
	for entry, want := range map[string]string{
		`sr1(p, {timeout=`: "timeout: seconds to wait after the last packet (2)",
		`sr1(`:             "sr1(packets, {options}): send, and return the first answer; nil when none came",
		`IP{ttl=`:          "IP.ttl: number (8 bits), ",
	} {
		if _, _, got := s.Complete(entry); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", entry, got, want)
		}
	}
}

func TestHelp(t *testing.T) {
	s := inLab(t, "vmnat")
	cases := []struct{ name, chunk, want string }{
		{"all there is", `help()`, "sniff{options}"},
		{"a function", `help(sr1)`, "sr1(packets, {options})\n    send, and return the first answer; nil when none came\n\noptions:\n    timeout    seconds"},
		{"a function by its name", `help("judge.path")`, "judge.path(cap, {dst=, dport=})"},
		{"functions in a table", `help(judge)`, "judge.keepalive(cap"},
		{"a layer", `help(TCP)`, "sport      : port (16 bits)"},
		{"a packet", `help(IP/TCP)`, "p:summary()"},
		{"a layer of a packet", `help((IP/TCP)[TCP])`, `p[TCP]:flag("S")`},
		{"a list", `help((sr(IP{dst="192.168.11.2"}/ICMP{})))`, "list:summary(prn, lfilter)"},
		{"an experiment", `help("handshake")`, `run("handshake")`},
		{"nothing", `help(nil)`, "nil is no value"},
		{"a name that nothing has", `help("sr11")`, `nothing is called "sr11"; did you mean sr1?`},
		{"ls of everything", `ls()`, "TCP        : "},
		{"ls of a part", `ls("icmp")`, "ICMP       : "},
		{"ls of a layer", `ls(TCP)`, "flags      : flags (9 bits)             = (S)"},
		{"ls of a packet", `ls(IP{ttl=3}/TCP)`, "ttl        : number (8 bits)            = 3               (64)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s.out.Reset()
			if _, err := s.Run(context.Background(), "test", c.chunk); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(s.out.String(), c.want) {
				t.Errorf("%s: want %q in\n%s", c.chunk, c.want, s.out.String())
			}
		})
	}
}

// TestEveryFunctionIsExplained holds that no global function is without usage and words.
func TestEveryFunctionIsExplained(t *testing.T) {
	s := inLab(t, "vmnat")
	s.enter(t, `lsc()`)
	for line := range strings.Lines(s.out.String()) {
		if fields := strings.Fields(line); !strings.HasPrefix(line, "   ") && len(fields) < 3 {
			t.Errorf("%q explains nothing", line)
		}
	}
}

func TestRunShowsAnExperimentsReport(t *testing.T) {
	s := inLab(t, "masquerade")
	got := s.enter(t, `r = run("handshake", {complete=true})`, `r.verdict`)
	if got != "packet-nat" || !strings.Contains(s.out.String(), "Verdict: packet-nat") {
		t.Errorf("got %s and\n%s", got, s.out.String())
	}
}

func TestAResultWithoutAReportIsALineEach(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `r = run("handshake", {complete=true})`)
	lines := strings.Split(strings.TrimSpace(s.out.String()), "\n")
	want := "Verdict: packet-nat\n  " + strings.ReplaceAll(s.enter(t, `table.concat(r.evidence, "|")`), "|", "\n  ")
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWithoutASessionNothingIsSent(t *testing.T) {
	_, err := newShell(t, nil).Run(context.Background(), "test", `sr1(IP{dst="10.0.0.1"}/ICMP)`)
	if want := "test:1: no port is open: start with --lab"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestASessionOpensWhenItIsNeeded(t *testing.T) {
	opened := 0
	s := &shell{}
	s.State = lua.New(lua.Config{Stdout: &s.out, Stderr: &s.notices, Open: func() (*sendrecv.Session, error) {
		opened++
		return nil, errors.New("no right")
	}})
	t.Cleanup(s.Close)
	s.check(t, `print(IP{dst="10.0.0.1"}:summary())`, "0.0.0.0 > 10.0.0.1 hopopt")
	if opened != 0 {
		t.Error("crafting opened a session")
	}
	if _, err := s.Run(context.Background(), "test", `sr1(IP{dst="10.0.0.1"}/ICMP)`); err == nil || err.Error() != "test:1: no right" {
		t.Errorf("got %v", err)
	}
}
