//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft/values"
)

// endedWith waits until the command has ended and returns all that its terminal was sent.
func (s *transcript) endedWith() string {
	<-s.ended
	return s.written()
}

var (
	colour  = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	editing = regexp.MustCompile(`\x1b\[[0-9]*[ACJ]|\x1b\[\?2004[hl]`) // what the prompt moves the cursor with, and asks for the marks of a paste
)

// hiddenOnScreen finds what a terminal must not be sent; its own ends of lines, colours and moves of the cursor aside.
func hiddenOnScreen(sent string) bool {
	sent = editing.ReplaceAllString(colour.ReplaceAllString(sent, ""), "")
	return values.VisibleBut(sent, "\n\t\r") != sent
}

func TestNothingHiddenReachesATerminal(t *testing.T) {
	f := newHostileFolder(t)
	printed := `print("` + strings.ReplaceAll(hostile, "\x1b", `\x1b`) + `\x9b\x00\b\x1b[31mred\x1b[0m\ttab\rback")`
	split := `print("\x1b") print("]0;owned\x07") print("\xc2") print("\x9b31m")`
	cases := []struct {
		name string
		args []string
		want string
	}{
		{"a header", []string{"show", f.script}, "sum" + seen},
		{"an experiment", []string{"run", f.script, "--lab"}, `m\x1b]0;owned`},
		{"as JSON", []string{"run", f.script, "--lab", "--json"}, `m\u001b]0;owned`},
		{"an error", []string{"run", f.plain, "--lab"}, "e" + seen},
		{"a command", []string{hostile}, `\x1b]0;owned`},
		{"a flag", []string{"--" + hostile}, seen},
		{"a comparison", []string{"compare", "guest=" + f.capture, "host=" + f.script}, seen},
		{"print", []string{"--lab", "-e", printed}, seen + `\x9b\x00\x08` + "\x1b[31mred\x1b[0m\ttab\rback"},
		{"print of halves", []string{"--lab", "-e", split}, `\x1b`},
		{"sniff's prn", []string{"--lab", "-e", `sniff{timeout=1, prn=function(p) return "\x1b]0;x\x07" end}`}, ""},
		{"show", []string{"--lab", "-e", `(IP/"\x1b]0;x\x07"):show()`}, `load      = "\x1b]0;x\x07"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sent := atTerminal(t, t.TempDir(), 400, c.args...).endedWith()
			if hiddenOnScreen(sent) {
				t.Errorf("hidden characters in %q", sent)
			}
			if !strings.Contains(sent, c.want) {
				t.Errorf("want %q in %q", c.want, sent)
			}
		})
	}
}

func TestNothingHiddenReachesThePrompt(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ab\x1b]0;x\x07.pcap", "ab\u202egnp.pcap", "abc.pcap"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	past := filepath.Join(home, "moonwire", "history")
	if err := os.MkdirAll(filepath.Dir(past), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(past, []byte("1 + 1\nx = \"\u202e\"\n\x1b]0;x\x07\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := atTerminal(t, home, 100, "--lab")
	ready := func() { // between two lines the terminal itself shows the keys, as they are
		for end := time.Now().Add(20 * time.Second); !strings.HasSuffix(s.written(), "> "); time.Sleep(2 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("no empty line in %q", s.written())
			}
		}
	}
	for _, step := range []struct{ keys, sees string }{
		{`print("one \x1b]0;owned\x07\x9b\xe2\x80\xae")` + "\r", "\n" + `one \x1b]0;owned\x07\x9b\u{202e}`},
		{`"two \x1b]0;owned\x07"` + "\r", "\n" + `"two \x1b]0;owned\x07"`},
		{`error("three \x1b]0;owned\x07")` + "\r", "\n" + `three \x1b]0;owned\x07`},
		{"x = '\u202e' = 1\r", "\n" + `x = '\u{202e}' = 1`},
		{`({"\x9b", ["\x1b"]=1})` + "\r", "\n" + `{"\x9b", ["\x1b"]=1}`},
		{`rdpcap("` + dir + "/ab\t", "abc.pcap"},
		{"\x15\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A", "lab:vmnat> 1 + 1"}, // the other lines of that file are left out
	} {
		if !strings.HasPrefix(step.keys, "\x15") { // which goes on in the line that is edited
			ready()
		}
		s.types(step.keys)
		s.sees(step.sees)
	}
	s.types("\x15\x04")
	if sent := s.endedWith(); hiddenOnScreen(strings.ReplaceAll(sent, "\a", "")) { // the bell is the prompt's own
		t.Errorf("hidden characters in %q", sent)
	}
}
