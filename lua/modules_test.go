package lua_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// inFolder is a shell whose folder has these files; what is written as name -> target is a link.
func inFolder(t *testing.T, files map[string]string) *shell {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(text, "-> "); link {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s := inLab(t, "vmnat")
	s.SetFolder(dir)
	return s
}

func TestFilesAreLoadedFromTheFolder(t *testing.T) {
	files := map[string]string{
		"mine.lua":           "local own = 7 shared = own * 2 return shared, arg[1]",
		"sub/outer.lua":      `return dofile("inner.lua") + 1`,
		"sub/inner.lua":      "return 1",
		"lib/util.lua":       `count = (rawget(_G, "count") or 0) + 1 return {name = ..., twice = function(n) return 2 * n end}`,
		"pkg/init.lua":       "return 'a package'",
		"nothing.lua":        "loaded = true",
		"itself.lua":         `package.loaded.itself = 5`,
		"link.lua":           "-> nothing.lua",
		"experiment.lua":     "--- one\n-- @args dport:port=57212\n-- @verdicts handshake-on-syn-proxy\nlocal cap = capture()\nsr1(IP{dst='192.168.11.2'}/TCP{sport=4321, dport=args.dport, flags='S'})\nreturn judge.path(cap, {dst='192.168.11.2', dport=args.dport})",
		"sub/usesitself.lua": `return require("inner")`,
	}
	for _, c := range []struct{ name, entry, want string }{
		{"a plain chunk", `run("./mine.lua", {"a"})`, "14\ta"},
		{"by its ending alone", `(run("mine.lua", {}))`, "14"},
		{"its globals are the session's, its locals its own", `run("./mine.lua", {1}) and shared + 0, rawget(_G, "own")`, "14\tnil"},
		{"an experiment", `run("./experiment.lua").verdict`, "handshake-on-syn-proxy"},
		{"an experiment with an argument", `run("./experiment.lua", {dport=57218}).verdict`, "handshake-on-syn-proxy"},
		{"dofile", `dofile("sub/inner.lua")`, "1"},
		{"from its own folder", `run("sub/outer.lua")`, "2"},
		{"what it requires, too", `run("sub/usesitself.lua")`, "1"},
		{"require", `require("lib.util").twice(4), require("lib.util").name, count`, "8\tlib.util\t1"},
		{"a package", `require("pkg")`, "a package"},
		{"a module without a value", `require("nothing"), loaded`, "true\ttrue"},
		{"a module that says itself what it is", `require("itself")`, "5"},
		{"what is loaded", `package.loaded["string"] == string, require("table") == table`, "true\ttrue"},
		{"a link within", `dofile("link.lua"), loaded`, "nil\ttrue"},
		{"loadfile", `loadfile("sub/inner.lua")()`, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := inFolder(t, files).enter(t, c.entry); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestWhatIsNotLoaded(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.lua")
	if err := os.WriteFile(secret, []byte("root:x:0"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"bad.lua":      "local x = nil\nx.y = 1",
		"lines.lua":    "-- one\n-- two\nerror('no good')",
		"syntax.lua":   "x = = 1",
		"open.lua":     "x = 1\nif x then",
		"out.lua":      "-> " + secret,
		"outside":      "-> " + filepath.Dir(secret),
		"folder.lua/x": "",
		"notes.txt":    "x",
		"round.lua":    `require("round")`,
		"deep.lua":     `dofile("deep.lua")`,
		"fails.lua":    `fails = (rawget(_G, "fails") or 0) + 1 error("no")`,
		"long.lua":     "--" + strings.Repeat("x", 4<<20),
		"../up.lua":    "x = 1",
		"head.lua":     "--- a\n-- @args dst the server\n",
		"sub/up.lua":   `dofile("../bad.lua")`,
	}
	s := inFolder(t, files)
	for _, c := range []struct{ name, entry, want string }{
		{"an error has the file's line", `dofile("lines.lua")`, "lines.lua:3: no good"},
		{"a hint sees the file", `dofile("bad.lua")`, "bad.lua:2: attempt to index local 'x' (a nil value)"},
		{"no Lua", `require("syntax")`, "syntax.lua:1: syntax error near '='"},
		{"half of it", `run("./open.lua")`, `open.lua: syntax error: the chunk ends in the middle of a statement: it waits for "end" of "if" in line 2`},
		{"a header that is wrong", `run("./head.lua")`, "head.lua:2: want name:type"},
		{"an absolute path", `dofile("` + secret + `")`, `dofile: want a file of the folder `},
		{"a path through ..", `dofile("../up.lua")`, `or below, got "../up.lua"`},
		{"a path through .. in the middle", `dofile("sub/../../up.lua")`, `or below, got "sub/../../up.lua"`},
		{"above a file's own folder", `run("sub/up.lua")`, `or below, got "../bad.lua"`},
		{"a link that leads out", `dofile("out.lua")`, `: a link leads out of the folder, and code is loaded from it and below only`},
		{"a folder that leads out", `dofile("outside/secret.lua")`, `: a link leads out of the folder, and code is loaded from it and below only`},
		{"a module that leads out", `require("out")`, `: a link leads out of the folder, and code is loaded from it and below only`},
		{"a folder", `dofile("folder.lua")`, "want a file, and it is none"},
		{"another ending", `dofile("notes.txt")`, `want the name of a file that ends in .lua, got "notes.txt"`},
		{"a zero in the name", `dofile("a\0.lua")`, "or below, got"},
		{"what is not there", `dofile("nosuch.lua")`, `no file "nosuch.lua" in the folder `},
		{"a module that is not there", `require("nosuch")`, `no file "nosuch.lua" in the folder `},
		{"a module above", `require("../x")`, `require: want names with dots between, as in require("lib.name") for lib/name.lua, got "../x"`},
		{"a module behind dots", `require("..x")`, `got "..x"`},
		{"a module behind one dot", `require(".x")`, `got ".x"`},
		{"a module of no name", `require("")`, `got ""`},
		{"a module that ends in a dot", `require("x.")`, `got "x."`},
		{"a module by its path", `require("/etc/x")`, `got "/etc/x"`},
		{"an experiment in capitals", `run("HANDSHAKE")`, "; did you mean handshake?"},
		{"a file without its ending", `run("mine")`, `; a file is named with its path, as in run("./mine.lua")`},
		{"Lua's io", `require("io")`, "scripts have no io: what they read and write is captures"},
		{"the ending of a module", `require("bad.lua")`, `want a name without .lua, as in require("bad")`},
		{"a module of itself", `require("round")`, "require: round requires itself"},
		{"a file of itself", `dofile("deep.lua")`, "files load each other deeper than 50"},
		{"what is too long", `dofile("long.lua")`, "want a file of at most 4194304 bytes"},
		{"a module that fails", `require("fails")`, "fails.lua:1: no"},
		{"it is tried again", `fails == 1 and require("fails")`, "fails.lua:1: no"},
		{"arguments of what has no header", `run("./lines.lua", {dport=1})`, "the file has no header and so no argument dport"},
		{"an experiment's name", `run("nosuch")`, `no script "nosuch"; there are handshake`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := s.Eval(context.Background(), "prompt", c.entry)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "root:x") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if got := s.enter(t, `loadfile("syntax.lua")`); !strings.HasPrefix(got, "nil\t") || !strings.HasSuffix(got, "syntax.lua:1: syntax error near '='") {
		t.Errorf("got %s", got)
	}
	s.SetFolder("")
	if _, _, err := s.Eval(context.Background(), "prompt", `dofile("bad.lua")`); err == nil || !strings.Contains(err.Error(), "there is no folder to load code from here") {
		t.Errorf("got %v", err)
	}
}

func TestLocalsOfAScriptLiveOnWhenAskedTo(t *testing.T) {
	s := newShell(t, nil)
	for _, keep := range []bool{false, true} {
		if keep {
			s.KeepLocals()
		}
		if _, err := s.Run(context.Background(), "x.lua", "local own = 7 function get() return own end"); err != nil {
			t.Fatal(err)
		}
		text, _, err := s.Eval(context.Background(), "prompt", "own + 1")
		if kept := err == nil && text == "8"; kept != keep {
			t.Errorf("keep %v: got %q, %v", keep, text, err)
		}
	}
	s.enter(t, "own = 9")
	if got := s.enter(t, "get()"); got != "9" {
		t.Errorf("the function sees %s, want 9", got)
	}
}

// TestTheErrorOfAModuleStaysWhatItIs has a bad argument in a module keep its function's name.
func TestTheErrorOfAModuleStaysWhatItIs(t *testing.T) {
	s, dir := newShell(t, nil), t.TempDir()
	s.SetFolder(dir)
	if err := os.WriteFile(filepath.Join(dir, "m.lua"), []byte("\nstring.char(256)"), 0o600); err != nil {
		t.Fatal(err)
	}
	const want = "/m.lua:2: bad argument #1 to 'string.char' (invalid value)"
	for _, chunk := range []string{`require("m")`, `dofile("m.lua")`, `coroutine.wrap(require)("m")`, `error(select(2, pcall(require, "m")), 0)`} {
		if _, err := s.Run(context.Background(), "test", chunk); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}

// TestThePlaceOfWhatPcallCalls has the functions of ours name the script's line with the pcall.
func TestThePlaceOfWhatPcallCalls(t *testing.T) {
	s := newShell(t, nil)
	s.SetFolder(t.TempDir())
	for chunk, want := range map[string]string{
		`pcall(require, "lib.nope")`:                              "test:2: require: no file \"lib/nope.lua\" in the folder ",
		`pcall(dofile, "../x.lua")`:                               "test:2: dofile: want a file of the folder ",
		`pcall(run, "nosuch")`:                                    "test:2: ",
		`pcall(IP, 5)`:                                            "test:2: IP: want fields in braces",
		`pcall(sr, nil)`:                                          "test:2: bad argument #1: want a packet, got nil",
		`xpcall(sr, function(e) return e end)`:                    "test:2: bad argument #1: want a packet, got nil",
		`coroutine.resume(coroutine.create(require), "lib.nope")`: "test:2: require: no file",
		`pcall(coroutine.wrap(require), "lib.nope")`:              "test:2: require: no file",
	} {
		s.out.Reset()
		if _, err := s.Run(context.Background(), "test", "\nprint(select(2, "+chunk+"))"); err != nil || !strings.HasPrefix(s.out.String(), want) {
			t.Errorf("%s: got %s, %v, want %s", chunk, s.out.String(), err, want)
		}
	}
}
