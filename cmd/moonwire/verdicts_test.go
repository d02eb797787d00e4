package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// TestTheExerciseInREADME runs the exercise as README prints it, and the lines that grade it.
func TestTheExerciseInREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```lua\n--- Does the server echo a datagram?")
	code, rest, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README has no exercise")
	}
	lines := strings.Count(code, "\n") - strings.Count(code, "\n\n") + 1
	if lines > 15 {
		t.Errorf("%d lines, not counting blank ones; want 15 at most", lines)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("echo.lua", []byte("--- Does the server echo a datagram?"+code), 0o600); err != nil {
		t.Fatal(err)
	}
	grading, _, _ := strings.Cut(strings.TrimPrefix(rest, "\n```sh\n"), "```")
	n := 0
	for line := range strings.Lines(grading) {
		n++
		command, comment, _ := strings.Cut(strings.TrimSpace(line), " #")
		words := strings.Fields(strings.ReplaceAll(command, `"two words"`, "two~words"))
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "~", " ")
		}
		code, stdout, stderr := moonwire(context.Background(), "", words[1:]...)
		want := exitOK
		if strings.HasSuffix(comment, "exit status 1") {
			want = exitOther
		}
		if code != want {
			t.Errorf("%s: exit %d, %q", command, code, stderr)
		}
		if strings.HasSuffix(command, "--json") {
			var r vantage.Result
			if err := json.Unmarshal([]byte(stdout), &r); err != nil || r.Verdict != "echoed" || len(r.Evidence[0].Frames) != 2 {
				t.Errorf("%s: %v, %s", command, err, stdout)
			}
		}
	}
	if n != 3 {
		t.Errorf("README grades it in %d lines, want 3", n)
	}
}

// experimentFile writes an experiment with verdicts of its own to a file.
func experimentFile(t *testing.T, source string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "mine.lua")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	ownHeader   = "--- mine\n-- @args dst:address the server's address\n-- @args word:text=\"\" a word\n-- @verdicts echoed silent inconclusive\n"
	checkHeader = "--- mine\n-- @verdicts pass fail\n"
	bothHeader  = "--- mine\n-- @verdicts echoed pass fail inconclusive\n"
	noVerdicts  = "--- mine\n"
)

// TestVerdictsOfOnesOwn runs experiments that end with words of their own, or do not.
func TestVerdictsOfOnesOwn(t *testing.T) {
	for _, c := range []struct {
		name, source string
		args         []string
		code         int
		want         string // of the JSON's verdict; "" is null
		says         string // of standard error
	}{
		{"a word", ownHeader + `return verdict("echoed", "because")`, nil, exitOK, "echoed", ""},
		{"a word without a reason", ownHeader + `return verdict("echoed")`, nil, exitOK, "echoed", ""},
		{"the word that is expected", ownHeader + `return verdict("echoed", "because")`, []string{"--expect", "echoed"}, exitOK, "echoed", ""},
		{"another word", ownHeader + `return verdict("silent", "because")`, []string{"--expect", "echoed"}, exitOther, "silent", "want echoed, got silent"},
		{"no verdict", ownHeader + `return verdict("inconclusive", "because")`, nil, exitInconclusive, "inconclusive", ""},
		{"no verdict, as expected", ownHeader + `return verdict("inconclusive", "because")`, []string{"--expect", "inconclusive"}, exitOK, "inconclusive", ""},
		{"no verdict where one is expected", ownHeader + `return verdict("inconclusive")`, []string{"--expect", "echoed"}, exitInconclusive, "inconclusive", "want echoed, got inconclusive"},
		{"a text argument", ownHeader + `return verdict(args.word == "a = b" and "echoed" or "silent")`, []string{"word=a = b"}, exitOK, "echoed", ""},
		{"an empty text", ownHeader + `return verdict(args.word == "" and "echoed" or "silent")`, []string{"word="}, exitOK, "echoed", ""},
		{"a default of no text", ownHeader + `return verdict(args.word == "" and "echoed" or "silent")`, nil, exitOK, "echoed", ""},
		{"a word that the header has not", ownHeader + `return verdict("echod", "x")`, nil, exitScript, "",
			`mine.lua:5: verdict: "echod" is not in the header's @verdicts; there are echoed, silent, inconclusive; did you mean echoed?`},
		{"the judge's word", ownHeader + `return verdict("packet-nat", "x")`, nil, exitScript, "", "mine.lua:5: verdict: packet-nat is the judge's word"},
		{"the judge's word in the header", "--- s\n-- @verdicts packet-nat\n" + `return verdict("packet-nat", "x")`, nil, exitScript, "", "packet-nat is the judge's word"},
		{"a keepalive's word", "--- s\n-- @verdicts swallowed\n" + `return verdict("swallowed", "x")`, nil, exitScript, "", "swallowed is the judge's word"},
		{"no verdicts in the header", noVerdicts + `return verdict("echoed", "x")`, nil, exitScript, "", `the header has no @verdicts; add "-- @verdicts" with "echoed"`},
		{"the word alone", ownHeader + `return "echoed"`, nil, exitScript, "", `write return verdict("echoed", "why", frames)`},
		{"a truth value", ownHeader + `return true`, nil, exitScript, "", `got a boolean; return check(ok, "why", frames) is pass or fail`},
		{"two words", ownHeader + `return verdict("echoed"), verdict("silent")`, nil, exitScript, "", "want one verdict, got echoed and silent"},
		{"nothing", ownHeader + `local x = 1`, nil, exitScript, "", "the script ended without a result"},
		{"a number for frames", ownHeader + `return verdict("echoed", "x", 7)`, nil, exitScript, "", "frames: want packets, answers or lists of them, got number"},
		{"a number for a word", ownHeader + `return verdict(7)`, nil, exitScript, "", "want a word of the header's @verdicts, got number"},
		{"arguments in another order", checkHeader + `return check("it holds", true)`, nil, exitScript, "", "check: want a sentence that says why as argument 2, got boolean"},

		{"a check that holds", checkHeader + `return check(1 == 1, "one is one")`, nil, exitOK, "pass", ""},
		{"a check that does not", checkHeader + `return check(1 == 2, "one is two")`, nil, exitOther, "fail", ""},
		{"a check of nil", checkHeader + `return check(nil, "nothing came")`, nil, exitOther, "fail", ""},
		{"a check that fails as expected", checkHeader + `return check(false, "x")`, []string{"--expect", "fail"}, exitOK, "fail", ""},
		{"a check that fails and should not", checkHeader + `return check(false, "x")`, []string{"--expect", "pass"}, exitOther, "fail", "want pass, got fail"},
		{"several checks returned", checkHeader + `return check(true, "x"), check(false, "y"), check(true, "z")`, nil, exitOther, "fail", ""},
		{"a check that is not returned", checkHeader + "check(false, 'x')\nreturn check(true, 'y')", nil, exitOther, "fail", ""},
		{"checks and no return", checkHeader + "check(true, 'x')\ncheck(true, 'y')", nil, exitOK, "pass", ""},
		{"a check without verdicts in the header", noVerdicts + `return check(true, "x")`, []string{"--expect", "pass"}, exitOK, "pass", ""},
		{"a check without a reason", checkHeader + `return check(true)`, nil, exitOK, "pass", ""},
		{"a check where the header has other words", ownHeader + `return check(true, "x")`, nil, exitScript, "", "both words stand in the header: @verdicts pass fail; there are echoed, silent, inconclusive"},
		{"no check after all", noVerdicts + `print("x")`, []string{"--expect", "pass"}, exitScript, "", "ended without a verdict"},

		{"a check that holds beside a word", bothHeader + `check(true, "a") return verdict("echoed", "b")`, nil, exitOK, "echoed", ""},
		{"a check that fails beside a word", bothHeader + `check(false, "a") return verdict("echoed", "b")`, nil, exitOther, "fail", ""},
		{"a word before a check that fails", bothHeader + `local v = verdict("echoed", "b") check(false, "a") return v`, nil, exitOther, "fail", ""},
		{"both returned", bothHeader + `return verdict("echoed"), check(false, "a")`, []string{"--expect", "echoed"}, exitOther, "fail", "want echoed, got fail"},
		{"a check that fails beside pass", noVerdicts + `check(true, "x") check(nil, "a") return verdict("pass", "b")`, nil, exitOther, "fail", ""},
		{"a check that fails beside no verdict", bothHeader + `check(false, "a") return verdict("inconclusive", "b")`, []string{"--expect", "fail"}, exitOK, "fail", ""},

		{"a failed assert", ownHeader + `assert(1 == 2, "no way")`, nil, exitScript, "", "mine.lua:5: no way"},
		{"an error", ownHeader + "\nnil_ = nil + 1", nil, exitScript, "", "mine.lua:6:"},
		{"a slip in the syntax", ownHeader + "x = = 1", nil, exitScript, "", "mine.lua:5: syntax error"},
		{"a judge's word that is not listed", ownHeader + `return judge.path(capture(), {dst=args.dst, dport=9})`, nil, exitInconclusive, "inconclusive", ""},
		{"the judge without verdicts in the header", noVerdicts + `return judge.path(capture(), {dst="192.168.11.2", dport=9})`, nil, exitScript, "", `its header has no @verdicts: add "-- @verdicts"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := experimentFile(t, c.source)
			code, stdout, stderr := moonwire(t.Context(), "", append([]string{"run", path, "--lab", "--json"}, c.args...)...)
			if code != c.code || !strings.Contains(stderr, c.says) || c.says == "" && stderr != "" {
				t.Errorf("exit %d, %q; want exit %d, %q", code, stderr, c.code, c.says)
			}
			var r map[string]any
			if err := json.Unmarshal([]byte(stdout), &r); err != nil {
				t.Fatalf("%v: %q", err, stdout)
			}
			if v, there := r["verdict"]; !there || c.want == "" && v != nil || c.want != "" && v != c.want {
				t.Errorf("verdict %v, want %q: %s", v, c.want, stdout)
			}
			if told, _ := r["error"].(string); c.want == "" && !strings.Contains(stderr, told) || (told == "") != (c.want != "") {
				t.Errorf("error %q, standard error %q", told, stderr)
			}
			again, _, _ := moonwire(t.Context(), "", append([]string{"run", path, "--lab"}, c.args...)...)
			if again != code {
				t.Errorf("exit %d without --json, %d with it", again, code)
			}
		})
	}
}

// TestOneWordIsNoExpectation holds that a verdict which the script cannot have is wrong usage.
func TestOneWordIsNoExpectation(t *testing.T) {
	for source, want := range map[string]string{
		ownHeader:   "there are echoed, silent, inconclusive",
		checkHeader: "there are pass, fail",
		noVerdicts:  "there are pass, fail",
	} {
		code, stdout, stderr := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab", "--json", "--expect", "routed")
		if code != exitUsage || decoded(t, "an unknown word", stdout).Verdict != "" || !strings.Contains(stderr, `"routed" is no verdict of`) || !strings.Contains(stderr, want) {
			t.Errorf("exit %d, %q, %q", code, stdout, stderr)
		}
	}
}

// TestFramesOfAVerdict names frames that the taps have as segments, frames that they have as something else, and frames that they
// have not.
func TestFramesOfAVerdict(t *testing.T) {
	const source = ownHeader + `
local cap = capture()
local sa = sr1(IP{dst=args.dst}/TCP{sport=40000, dport=57212, flags="S"})
local ans = sr(IP{dst=args.dst}/UDP{sport=40001, dport=57212}/"hello")
return verdict("echoed", "because", sa, nil, ans, cap.host[1], {ans[1], IP{dst="10.0.0.1", src="10.0.0.2"}/ICMP{}})
`
	code, stdout, stderr := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab=masquerade", "--json")
	var r vantage.Result
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitOK {
		t.Fatalf("exit %d, %q, %v", code, stderr, err)
	}
	var got []string
	for _, f := range r.Evidence[0].Frames {
		switch {
		case f.N > 0 && f.Shown == nil:
			got = append(got, f.Tap+" "+r.Taps[map[string]int{"guest": 0, "host": 1}[f.Tap]].Segments[f.N-1].Flags)
		case f.Shown != nil && f.N == 0 && f.Hex != "":
			got = append(got, f.Tap+": "+f.Summary)
		}
	}
	udp := []string{"guest: IP / UDP 10.0.2.100:40001 > 192.168.11.2:57212 / Raw", "guest: IP / UDP 192.168.11.2:57212 > 10.0.2.100:40001 / Raw"}
	want := append(append([]string{"guest SA"}, udp...), "host S", udp[0], udp[1], ": IP / ICMP 10.0.0.2 > 10.0.0.1 echo-request 0")
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	_, page, _ := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab=masquerade")
	if !strings.Contains(page, "Verdict: echoed") || !strings.Contains(page, "1. because [guest 2; host 1; IP / UDP") || !strings.Contains(page, "and 1 more]") {
		t.Errorf("the page:\n%s", page)
	}
}

// TestAFailedAssertShowsWhatTheTapsSaw has the segments and the checks of a run that failed in its JSON.
func TestAFailedAssertShowsWhatTheTapsSaw(t *testing.T) {
	const source = checkHeader + `
local cap = capture()
check(sr1(IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"}), "it answers")
assert(#cap.host == 0, "something passed")
`
	code, stdout, stderr := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab", "--json")
	r := decoded(t, "a failed assert", stdout)
	if code != exitScript || r.Verdict != "" || !strings.HasSuffix(r.Error, "mine.lua:6: something passed") || !strings.Contains(stderr, r.Error) {
		t.Errorf("exit %d, verdict %q, error %q, %q", code, r.Verdict, r.Error, stderr)
	}
	if len(r.Taps) != 2 || len(r.Taps[0].Segments) < 2 || len(r.Evidence) != 1 || r.Evidence[0].Check != vantage.Pass {
		t.Errorf("taps %v, evidence %v", r.Taps, r.Evidence)
	}
}

// TestChecksStandBesideTheJudge keeps the judge's word, and what the script checked besides.
func TestChecksStandBesideTheJudge(t *testing.T) {
	const source = "--- mine\n-- @verdicts pass fail packet-nat handshake-on-syn-proxy\n" + `
local cap = capture()
local sa = sr1(IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"})
check(sa == nil, "nobody answers", sa)
return judge.path(cap, {dst="192.168.11.2", dport=57212})
`
	code, stdout, stderr := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab", "--json")
	r := decoded(t, "checks", stdout)
	last := r.Evidence[len(r.Evidence)-1]
	if code != exitOther || !strings.Contains(stderr, "a check failed beside the verdict handshake-on-syn-proxy: nobody answers") || r.Verdict != vantage.HandshakeOnSYNProxy || last.Check != vantage.Fail || last.Says != "nobody answers" || last.Frames[0].N != 2 {
		t.Errorf("exit %d, %q, verdict %s, last %v", code, stderr, r.Verdict, last)
	}
	if code, _, stderr := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab", "--expect", "handshake-on-syn-proxy"); code != exitOK {
		t.Errorf("the verdict that is expected: exit %d, %q", code, stderr)
	}
}

// TestAFailedCheckOverrulesAWord has the word and its frames as evidence behind the checks.
func TestAFailedCheckOverrulesAWord(t *testing.T) {
	const source = bothHeader + `check(true, "one") check(false, "two", IP{dst="192.0.2.1"}) return verdict("echoed", "three", IP{dst="192.0.2.2"})`
	_, stdout, _ := moonwire(t.Context(), "", "run", experimentFile(t, source), "--lab", "--json")
	r := decoded(t, "checks", stdout)
	var got []string
	for _, e := range r.Evidence {
		got = append(got, fmt.Sprintf("%s %s %d", e.Says, e.Check, len(e.Frames)))
	}
	if want := "two fail 1; one pass 0; the script's own verdict was echoed: three  1"; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
}

// TestHeadersTellWhatTheyReadOver has files whose header is not where or what it should be.
func TestHeadersTellWhatTheyReadOver(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"a blank line", "--- s\n-- @question q\n\n-- @verdicts a b\nreturn 1", "mine.lua:4: @verdicts stands behind the header, which ends at line 3"},
		{"code in between", "--- s\nlocal x = 1\n-- @args dst:address where\nreturn 1", "mine.lua:3: @args stands behind the header, which ends at line 2"},
		{"a blank line first", "\n--- s\n-- @verdicts a b\nreturn 1", "mine.lua:3: @verdicts stands in a file without a header"},
		{"two dashes", "-- s\n-- @args dst:address where\nreturn 1", "mine.lua:2: @args stands in a file without a header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := moonwire(t.Context(), "", "run", experimentFile(t, c.source), "--lab")
			if code != exitScript || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, %q, %q; want %q", code, stdout, stderr, c.want)
			}
		})
	}
	const other = "--- s\n-- @verdicts pass fail\nlocal f = 1 -- @usage\n-- @usage f() as other tools have it\nreturn check(true, 'x')"
	if code, _, stderr := moonwire(t.Context(), "", "run", experimentFile(t, other), "--lab"); code != exitOK {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

// TestTheResultHoldsTheArguments gives a host by its name, and reads what the object says of the run.
func TestTheResultHoldsTheArguments(t *testing.T) {
	path := experimentFile(t, "--- mine\n-- @args dst:address\n-- @args word:text\n-- @args n:count=3\n-- @args deep:switch=off\n"+
		"local p = sr1(IP{dst=args.dst}/TCP{sport=freeport(), dport=57213, flags=\"S\"})\nreturn check(p and p[TCP]:flag(\"RA\"), \"refused\", p)\n")
	code, stdout, stderr := moonwire(context.Background(), "", "run", path, "--lab", "--json", "dst=server", "word=two words")
	var r vantage.Result
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitOK {
		t.Fatalf("exit %d, %v, %s, %s", code, err, stdout, stderr)
	}
	if got, want := fmt.Sprint(r.Args), "map[deep:false dst:192.168.11.2 n:3 word:two words]"; got != want || !r.Guard {
		t.Errorf("got %s, guard %t; want %s, guard true", got, r.Guard, want)
	}
	for host, want := range map[string]string{
		"nosuch":    `no address for the host "nosuch"`,
		"192.168.1": `want an IPv4 address, got "192.168.1"`,
		"a b":       `want an IPv4 address or the name of a host, got "a b"`,
		"fe80::1":   `want an IPv4 address, got "fe80::1"`,
	} {
		if code, _, stderr := moonwire(context.Background(), "", "run", path, "--lab", "dst="+host, "word=x"); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("dst=%s: exit %d, %s; want %s", host, code, stderr, want)
		}
	}
}
