package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/values"
)

// hostile is what a stranger would put into a name: a new title for the window, C1, text turned around, text that no one sees.
// Of it, seen is left.
const (
	hostile = "\x1b]0;owned\x07\u009b31m\u202egpj\u2066\u200b\U000E0041\u2028\ufeff\u00ad\x7f"
	seen    = `\x1b]0;owned\x07\u{9b}31m\u{202e}gpj\u{2066}\u{200b}\u{e0041}\u{2028}\u{feff}\u{ad}\x7f`
)

// hiddenIn finds what must not reach a person.
func hiddenIn(text string) bool {
	return values.Visible(text) != text
}

// A hostileFolder holds files with hostile names and contents.
type hostileFolder struct {
	script  string // an experiment with a hostile header, and its name hostile
	plain   string // a chunk that fails in its second line
	capture string // a file with a hostile name that is no capture
}

func newHostileFolder(t *testing.T) hostileFolder {
	t.Helper()
	dir := t.TempDir()
	file := func(name, source string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Skip("no such names here: ", err)
		}
		return path
	}
	header := "--- sum" + hostile + "\r\n-- @question q" + hostile + "\n-- @usage u" + hostile + "\n-- @args dst:address=1.2.3.4 d" + hostile +
		"\n-- @needs n" + hostile + "\n-- @verdicts inconclusive v" + hostile + "\n-- @output\n-- o" + hostile + "\n"
	return hostileFolder{
		script:  file("s"+hostile+".lua", header+"-- "+hostile+"\nlocal c = capture() c:mark('m"+hostile+"') local r = judge.path(c, {dst='192.168.11.2', dport=1}) return r\n"),
		plain:   file("p"+hostile+".lua", "local x = 1\nerror('e"+hostile+"')\n"),
		capture: file("c"+hostile+"\nmoonwire: fine.pcap", "no capture "+hostile),
	}
}

func TestWhatIsHiddenReachesNobody(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names")
	}
	f := newHostileFolder(t)
	quoted := values.Quote([]byte(f.capture))
	cases := []struct {
		name string
		args []string
		want string // part of what is written
	}{
		{"a header", []string{"show", f.script}, "sum" + seen},
		{"what it takes and says", []string{"show", f.script}, "(1.2.3.4): d" + seen},
		{"source", []string{"show", f.script}, "    -- " + seen},
		{"a report", []string{"run", f.script, "--lab"}, `m\x1b]0;owned`},
		{"an expected verdict", []string{"run", f.script, "--lab", "--expect", hostile}, `inconclusive, v\x1b]0;owned`},
		{"an argument", []string{"run", f.script, "--lab", hostile + "=1"}, `no argument "\x1b]0;owned`},
		{"a value", []string{"run", f.script, "--lab", "dst=" + hostile}, `want an IPv4 address, got "\x1b]0;owned`},
		{"a script's error", []string{"run", f.plain, "--lab"}, seen + ".lua:2: e" + seen},
		{"a file that is not there", []string{"run", f.plain + "\n", "--lab"}, seen + `.lua\n: no such file`},
		{"a command", []string{hostile}, `no command "\x1b]0;owned`},
		{"a flag", []string{"--" + hostile}, "unknown flag: --" + seen},
		{"a letter", []string{"-\u009b"}, "unknown shorthand flag"},
		{"a script", []string{"run", "x" + hostile}, `no script "x\x1b]0;owned`},
		{"a NAT", []string{"--lab=" + hostile, "-e", ""}, `got "\x1b]0;owned`},
		{"an interface", []string{"--iface", "a" + hostile, "-e", ""}, ""},
		{"a tap", []string{"--lab", "--tap", hostile, "-e", ""}, ""},
		{"captures to compare", []string{"compare", "guest=" + f.capture, "host=" + f.script}, `c` + seen + `\nmoonwire: fine.pcap`},
		{"a capture", []string{"--lab", "-e", "rdpcap(" + quoted + ")"}, seen},
		{"syntax", []string{"--lab", "-e", "x = \u202e"}, "-e:1:"},
		{"a syntax error's neighbour", []string{"--lab", "-e", "x = 1 'b\x1b'"}, `near 'b\x1b'`},
		{"a result", []string{"--lab", "-e", `run(` + `"handshake", {dst="` + hostile + `"})`}, `\x1b]0;owned`},
		{"a layer", []string{"--lab", "-e", `local p = dissect(bytes(IP/UDP{dport=5060}/"\x1b]0;x\a sip:\xe2\x80\xae SIP/2.0\r\n\x9b: x\r\n\r\n"), IP) print(p:summary()) p:show() print(p) print(p:command()) print(p:json())`}, `\x1b]0;x`},
		{"a hexdump", []string{"--lab", "-e", `hexdump("\x1b]0;x\a\xc2\x9b")`}, "."},
		{"a host", []string{"--lab", "-e", "IP{dst='\x1b]0;x\a'}"}, `\x1b]0;x`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, stdout, stderr := moonwire(context.Background(), "", c.args...)
			if hiddenIn(stdout) || hiddenIn(stderr) {
				t.Errorf("hidden characters in\n%q\n%q", stdout, stderr)
			}
			if all := stdout + stderr; all == "" || !strings.Contains(all, c.want) {
				t.Errorf("want %q in\n%s%s", c.want, stdout, stderr)
			}
		})
	}
}

func TestAFileNameMakesNoLineOfItsOwn(t *testing.T) {
	_, _, stderr := moonwire(context.Background(), "", "run", "./a\nmoonwire: all is well.lua")
	if strings.Count(stderr, "\n") != 1 {
		t.Errorf("got %q, want one line", stderr)
	}
}

func TestHostileJSONIsJSON(t *testing.T) {
	f := newHostileFolder(t)
	_, stdout, stderr := moonwire(context.Background(), "", "run", f.script, "--lab", "--json")
	if hiddenIn(stdout) {
		t.Errorf("hidden characters in %q", stdout)
	}
	var r struct {
		Experiment string
		Marks      []struct{ Says string }
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%q: %v\n%s", stdout, err, stderr)
	}
	if r.Experiment != f.script || len(r.Marks) != 1 || r.Marks[0].Says != "m"+hostile {
		t.Errorf("got %+q, want the name and the mark as they are", r)
	}
}

func TestWhatAScriptPrintsToAPipeIsBytes(t *testing.T) {
	code, stdout, _ := moonwire(context.Background(), "", "--lab", "-e", `print("\x1b]0;x\x07\xff\x00\r\xe2\x80\xae")`)
	if want := "\x1b]0;x\x07\xff\x00\r\u202e\n"; code != exitOK || stdout != want {
		t.Errorf("exit %d, got %q, want %q", code, stdout, want)
	}
}
