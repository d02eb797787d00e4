package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestWhatWasMeantIsSaid is what people write who know other commands.
func TestWhatWasMeantIsSaid(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"a file", []string{"./x.lua", "a", "--lab"}, "a file is run by moonwire run ./x.lua a"},
		{"a file without its folder", []string{"x.lua"}, "a file is run by moonwire run ./x.lua"},
		{"an experiment", []string{"handshake", "--lab", "dport=80"}, "an experiment is run by moonwire run handshake dport=80"},
		{"a mistyped experiment", []string{"hanshake"}, "did you mean moonwire run handshake?"},
		{"a mistyped command", []string{"lst"}, "did you mean moonwire list?"},
		{"a mistyped run", []string{"rn", "handshake"}, "did you mean moonwire run?"},
		{"nothing like it", []string{"frobnicate"}, `no command "frobnicate"; there are run, list`},
		{"the lab's NAT", []string{"--lab", "vmnat"}, "--lab=vmnat"},
		{"the lab's NAT before a command", []string{"run", "--lab", "masquerade", "handshake"}, "--lab=masquerade"},
		{"the lab's NAT behind a command", []string{"run", "handshake", "--lab", "none"}, "--lab=none"},
		{"the lab's NAT, mistyped", []string{"--lab", "vmnet"}, "--lab=vmnat"},
		{"a NAT alone", []string{"masquerade"}, "--lab=masquerade"},
		{"one dash", []string{"-lab"}, "-lab: the name of a flag stands behind two dashes: --lab"},
		{"one dash and a value", []string{"-lab=none", "run", "handshake"}, "--lab=none"},
		{"one dash of a flag that begins as another", []string{"-iface", "lo"}, "--iface"},
		{"one dash before what -e would take", []string{"-expect", "routed"}, "--expect"},
		{"a mistyped flag", []string{"--ifce", "lo"}, "unknown flag: --ifce; did you mean --iface?"},
		{"an unknown letter", []string{"-x"}, "moonwire --help lists the flags"},
		{"an interface without a name", []string{"--iface=", "-e", "x = 1"}, "--iface: want IF, got nothing"},
		{"a lab without a name", []string{"--lab=", "-e", "x = 1"}, "--lab: want NAT, got nothing"},
		{"a verdict without a name", []string{"run", "handshake", "--lab", "--expect="}, `--expect: "" is no verdict of handshake`},
		{"no verdict of -e", []string{"--expect=", "-e", "x = 1"}, "--json and --expect belong to run and compare"},
		{"two interfaces", []string{"--iface", "lo", "--iface", "eth0", "-e", "x = 1"}, "--iface is given 2 times, and only one can count"},
		{"two labs", []string{"--lab=none", "--lab", "-e", "x = 1"}, "--lab is given 2 times"},
		{"two verdicts", []string{"run", "handshake", "--lab", "--expect", "a", "--expect", "b"}, "--expect is given 2 times"},
		{"a prompt of a command", []string{"list", "-i"}, `no script "list"`},
		{"a prompt of standard input", []string{"-i", "-"}, "-i: want a FILE"},
		{"two prompts", []string{"-i", "a.lua", "-i", "b.lua"}, `-i is given 2 times, and only one can count: run("./other.lua") at the prompt runs another FILE`},
		{"a prompt and a run", []string{"-i", "a.lua", "run", "b.lua"}, `-i: want one FILE, got a.lua and run b.lua`},
		{"a prompt of no name", []string{"-i", ""}, `-i: want the name of an experiment or a file, got ""`},
		{"a run of no name", []string{"run", ""}, `run: want the name of an experiment or a file, got ""`},
		{"a run of a blank", []string{"run", " "}, `run: want the name of an experiment or a file, got " "`},
		{"an experiment in capitals", []string{"run", "HANDSHAKE"}, "; did you mean handshake?"},
		{"an experiment, mistyped", []string{"show", "hanshake"}, "; did you mean handshake?"},
		{"two experiments", []string{"run", "handshake,keepalive"}, "; one is run at a time"},
		{"a file without its path", []string{"run", "mine"}, "; a file is named with its path: ./mine.lua"},
		{"what is no name", []string{"run", "a b"}, "; a file is named with its path, as in ./mine.lua"},
		{"a word behind version", []string{"version", "x"}, `version: want no words, got "x"`},
		{"a word behind --version", []string{"--version", "x"}, `version: want no words, got "x"`},
		{"two words behind help", []string{"help", "run", "x"}, `help: want one command, got "x" too`},
		{"a word behind a chunk", []string{"-e", "x = 1", "y"}, `-e: got a word behind its chunk: "y"; a chunk is one word, so quote it, and one more has a -e of its own`},
		{"JSON of a prompt", []string{"-i", "--json"}, "--json and --expect belong to run and compare"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, c.args, c.want) })
	}
}

func TestSeveralChunksRunInOrder(t *testing.T) {
	for _, c := range []struct {
		name        string
		args        []string
		code        int
		out, stderr string
	}{
		{"globals", []string{"-e", "x = 1", "-e", "print(x)"}, exitOK, "1\n", ""},
		{"locals", []string{"-e", "local x = 1", "-e", "x = x + 1", "-e", "print(x)"}, exitOK, "2\n", ""},
		{"values are not printed", []string{"-e", "1 + 1", "-e", "2"}, exitOK, "", ""},
		{"the first error ends them", []string{"-e", "print(1)", "-e", "error('no')", "-e", "print(2)"}, exitScript, "1\n", "moonwire: -e 2:1: no\n"},
		{"an error of the second, in its line", []string{"-e", "print(1)", "-e", "\nx = = 1"}, exitScript, "1\n", "moonwire: -e 2:2: syntax error near '='\n"},
		{"an error of the second, unknown", []string{"-e", "print(1)", "-e", "x = nosuch"}, exitScript, "1\n", "moonwire: -e 2:1: nosuch: no layer, function or variable has that name\n"},
		{"an error of the only one", []string{"-e", "x = nosuch"}, exitScript, "", "moonwire: -e:1: nosuch: no layer, function or variable has that name\n"},
		{"prompts that were copied", []string{"-e", ">>> x = 2\n>>> print(x)\n2"}, exitOK, "2\n", "1 line between the prompts left out: what a shell had answered\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := moonwire(context.Background(), "", append(c.args, "--lab")...)
			if code != c.code || out != c.out || stderr != c.stderr {
				t.Errorf("exit %d, %q, %q; want %d, %q, %q", code, out, stderr, c.code, c.out, c.stderr)
			}
		})
	}
}

// inFolder has the test run in a folder with these files.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func TestAScriptLoadsCodeFromItsOwnFolder(t *testing.T) {
	inFolder(t, map[string]string{
		"sub/main.lua": `print(require("util"), dofile("util.lua"), arg[1])`,
		"sub/util.lua": `return "sub's"`,
		"sub/far.lua":  `dofile("../util.lua")`,
		"sub/bad.lua":  "\ndofile('worse.lua')", "sub/worse.lua": "\n\nnil_ = nil + 1",
		"util.lua": `return "outer"`,
	})
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		out, stderr string
	}{
		{"a file", "", []string{"run", "sub/main.lua", "a"}, exitOK, "sub's\tsub's\ta\n", ""},
		{"not from above it", "", []string{"run", "sub/far.lua"}, exitScript, "", `moonwire: sub/far.lua:1: dofile: want a file of the folder sub or below, got "../util.lua"; a file of another one is run by moonwire run FILE, and by moonwire -i FILE before a prompt` + "\n"},
		{"an error in what it loads", "", []string{"run", "sub/bad.lua"}, exitScript, "", "moonwire: sub/worse.lua:3: attempt to perform arithmetic on a nil value\n"},
		{"standard input", "print(dofile('util.lua'))", []string{"run", "-"}, exitOK, "outer\n", ""},
		{"a chunk", "", []string{"-e", "print(dofile('util.lua'), run('./sub/main.lua', {'b'}))"}, exitOK, "sub's\tsub's\tb\nouter\n", ""},
		{"piped lines", "local u = require('util')\nu\nrequire('sub.util')\n", []string{"--lab"}, exitOK, "outer\nsub's\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := moonwire(context.Background(), c.stdin, c.args...)
			if code != c.code || out != c.out || stderr != c.stderr {
				t.Errorf("exit %d, %q, %q; want %d, %q, %q", code, out, stderr, c.code, c.out, c.stderr)
			}
		})
	}
}

func TestAPromptBehindAFile(t *testing.T) {
	inFolder(t, map[string]string{
		"sub/main.lua": "local own = 7\nshared = require('util')\nprint('ran', arg[1])\nfunction get() return own end",
		"sub/util.lua": "return 'sub'",
		"util.lua":     "return 'outer'",
		"fails.lua":    "local own = 1\nerror('no')",
		"head.lua":     "--- one\n-- @args dport:port=57218\n-- @verdicts handshake-on-syn-proxy\nlocal cap = capture()\nsr1(IP{dst='192.168.11.2'}/TCP{sport=4321, dport=args.dport, flags='S'})\nlocal result = judge.path(cap, {dst='192.168.11.2', dport=args.dport})\nreturn result",
	})
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		out, stderr string
	}{
		{"its variables", "own, shared\nown = 8\nget()\ndofile('util.lua')\n", []string{"-i", "sub/main.lua", "a"}, exitOK, "ran\ta\n7\tsub\n8\nouter\n", ""},
		{"as run", "own\n", []string{"run", "sub/main.lua", "-i"}, exitOK, "ran\tnil\n7\n", ""},
		{"chunks before it", "x, own\n", []string{"-e", "local x = 5", "-i", "sub/main.lua"}, exitOK, "ran\tnil\n5\t7\n", ""},
		{"chunks alone", "x\n", []string{"-i", "-e", "local x = 5"}, exitOK, "5\n", ""},
		{"nothing", "1\n", []string{"-i"}, exitOK, "1\n", ""},
		{"an error", "own\n", []string{"-i", "fails.lua"}, exitScript, "1\n", "fails.lua:2: no\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := moonwire(context.Background(), c.stdin, append(c.args, "--lab")...)
			if code != c.code || out != c.out || stderr != c.stderr {
				t.Errorf("exit %d, %q, %q; want %d, %q, %q", code, out, stderr, c.code, c.out, c.stderr)
			}
		})
	}
	code, out, stderr := moonwire(context.Background(), "result.verdict, args.dport\n", "-i", "./head.lua", "--lab")
	if want := "handshake-on-syn-proxy\t57218\n"; code != exitOK || len(out) < 200 || out[len(out)-len(want):] != want || stderr != "" {
		t.Errorf("exit %d, %q, %q", code, out, stderr)
	}
}
