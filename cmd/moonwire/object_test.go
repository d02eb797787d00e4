package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestJSONIsPrintedHoweverARunEnds holds that a program which reads standard output gets one object, whatever is wrong.
func TestJSONIsPrintedHoweverARunEnds(t *testing.T) {
	mine := func(source string) string { return experimentFile(t, source) }
	for _, c := range []struct {
		name       string
		args       []string
		code       int
		experiment string // the end of it
		says       string
	}{
		{"an example that checks nothing", []string{mine("--- T\n-- @question q\nprint(1)"), "--lab"}, exitScript, "mine.lua", "ended without a verdict"},
		{"an example with an error", []string{mine("--- T\nerror('x')"), "--lab"}, exitScript, "mine.lua", "mine.lua:2: x"},
		{"a part that no header has", []string{mine("--- T\n-- @verdict a b\n"), "--lab"}, exitScript, "mine.lua", "mine.lua:2: want @question"},
		{"a part behind the header", []string{mine("--- T\n\n-- @verdicts a b\n"), "--lab"}, exitScript, "mine.lua", "mine.lua:3: @verdicts stands behind the header"},
		{"a missing argument", []string{mine("--- T\n-- @args x:text it\n"), "--lab"}, exitUsage, "mine.lua", "x must be given"},
		{"a wrong argument", []string{"handshake", "--lab", "dport=http"}, exitUsage, "handshake", "dport: want a port"},
		{"an argument that is not there", []string{"handshake", "--lab", "port=9"}, exitUsage, "handshake", `no argument "port"`},
		{"a word that it cannot end with", []string{"handshake", "--lab", "--expect", "pass"}, exitUsage, "handshake", `"pass" is no verdict`},
		{"a missing file", []string{"./nothere.lua", "--lab"}, exitUsage, "nothere.lua", "no such file"},
		{"a folder", []string{t.TempDir() + "/.", "--lab"}, exitUsage, ".", "directory"},
		{"no experiment of that name", []string{"handshak", "--lab"}, exitUsage, "handshak", `no script "handshak"`},
		{"no name", []string{"--lab"}, exitUsage, "", "run: want the name"},
		{"an interface that is not there", []string{"handshake", "dst=192.0.2.1", "--iface", "nosuch0"}, exitCannotRun, "handshake", ""},
		{"a NAT that is not there", []string{"handshake", "--lab=nosuch"}, exitUsage, "handshake", "--lab"},
		{"flags that exclude each other", []string{"handshake", "--lab", "--tap", "a=b"}, exitUsage, "handshake", "leave out --iface and --tap"},
		{"a file without a header", []string{mine("print(1)"), "--lab"}, exitUsage, "mine.lua", "has no header"},
		{"an empty file", []string{mine(""), "--lab"}, exitUsage, "mine.lua", "has no header"},
		{"no Lua", []string{mine("--- T\nx = = 1"), "--lab"}, exitScript, "mine.lua", "mine.lua:2: syntax error"},
		{"a flag that is not there", []string{"handshake", "--lab", "--nosuch"}, exitUsage, "", "--nosuch"},
		{"a flag without its value", []string{"handshake", "--iface="}, exitUsage, "", "--iface: want IF, got nothing"},
		{"hidden text", []string{mine("--- T\nerror('\\27[31m')"), "--lab"}, exitScript, "mine.lua", `\x1b[31m`},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"run"}, c.args...)
			code, stdout, stderr := moonwire(t.Context(), "", append([]string{"--json"}, args...)...)
			var r map[string]any
			d := json.NewDecoder(strings.NewReader(stdout))
			if err := d.Decode(&r); err != nil || d.More() {
				t.Fatalf("want one object, got %v: %q", err, stdout)
			}
			if v, there := r["verdict"]; !there || v != nil || code != c.code {
				t.Errorf("exit %d, want %d: %s", code, c.code, stdout)
			}
			told, _ := r["error"].(string)
			if told == "" || !strings.Contains(told, c.says) || !strings.HasSuffix(stderr, "moonwire: "+told+"\n") {
				t.Errorf("error %q, standard error %q, want %q", told, stderr, c.says)
			}
			if name, _ := r["experiment"].(string); c.experiment != "" && filepath.Base(name) != c.experiment {
				t.Errorf("experiment %q, want %q", name, c.experiment)
			}
			again, stdout, plain := moonwire(t.Context(), "", append(args, "--json")...)
			if again != code || plain != stderr || !strings.HasPrefix(stdout, "{") {
				t.Errorf("with --json behind: exit %d, %q, %q", again, stdout, plain)
			}
		})
	}
	for _, args := range [][]string{{"list", "--json"}, {"-e", "x = 1", "--json"}, {"run", "nosuch", "--lab"}, {"--nosuch"}, {"run", "--json", "--help"}} {
		if _, stdout, _ := moonwire(t.Context(), "", args...); strings.HasPrefix(stdout, "{") {
			t.Errorf("%q: %q", args, stdout)
		}
	}
}
