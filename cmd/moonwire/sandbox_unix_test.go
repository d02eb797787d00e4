//go:build linux || darwin

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// What a stranger's script may cost, generously: an error of a script comes long before.
const (
	mostMemory  = 1200 << 20 // bytes, resident at the peak
	mostSeconds = 60
)

// An attack is a script that ended the process in silence, took gigabytes, or went on for minutes, or its like.
type attack struct {
	name, chunk string
	code        int
	says        string // a part of what it prints, or of the error
	slow        bool   // it takes more than half a second, and is tried in long runs only
}

var attacks = []attack{
	// Errors stay errors.
	{"a __tostring that raises", `print(pcall(tostring, setmetatable({},{__tostring=function() error("x") end})))`, 0, "false\tscript.lua:1: x", false},
	{"one in a coroutine", `print(coroutine.resume(coroutine.create(function() print(setmetatable({},{__tostring=function() error("x") end})) end)))`, 0, "false\tscript.lua:1: x", false},
	{"one that never ends", `local t t = setmetatable({},{__tostring=function() return tostring(t) end}) print(pcall(tostring, t))`, 0, "false\tscript.lua:1: stack overflow", false},
	{"an error that is thrown and raises", `error(setmetatable({},{__tostring=function() error("x") end}))`, 5, "<a table whose __tostring fails>", false},
	{"a payload for no layers", `local p = dissect("", IP) p.payload = IP{dst="10.0.0.1"}/TCP print(p:summary())`, 0, "IP / TCP", false},
	{"an error after 20 million tail calls", `local function f(n) if n == 0 then error("boom") end return f(n - 1) end f(2e7)`, 5, "script.lua:1: boom", true},
	{"one in a coroutine", `local function f(n) if n == 0 then error("boom") end return f(n - 1) end print(coroutine.resume(coroutine.create(f), 2e6))`, 0, "false\tscript.lua:1: boom", false},
	{"format's own errors", `print(pcall(string.format, "%d", "x")) print(pcall(string.format, "%y", 1))`, 0, "invalid option '%y' to 'format'", false},
	{"a metatable for all texts", `setmetatable("", {})`, 5, "bad argument #1 to 'setmetatable' (table expected, got string)", false},
	{"an index that never ends", `local t t = setmetatable({}, {__index=function(_, k) return t[k] end}) print(pcall(function() return t.x end))`, 0, "stack overflow", false},

	// Bounds inside calls.
	{"a wide format", `string.format("%999999999d", 1)`, 5, "invalid format (width or precision too long)", false},
	{"a long format", `local s = ("x"):rep(6e7) string.format(("%s"):rep(100), s, s, s, s, s, s, s, s, s, s)`, 5, "string.format: want a result of at most", false},
	{"a text that doubles", `local s = "x" while true do s = s .. s end`, 5, "..: want a result of at most 67108864 bytes", false},
	{"many long texts in one ..", `local s = ("x"):rep(6e7) local t = s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s`, 5, "..: want a result of at most", true},
	{"texts by the gigabyte", `local t = {} for i = 1, 1e3 do t[i] = ("x"):rep(6e7) end`, 5, "uses too much memory", true},
	{"texts by the gigabyte, caught", `local t = {} for i = 1, 200 do pcall(function() t[i] = ("x"):rep(6e7) end) end print("on")`, 0, "on", true},
	{"a replacement by the text itself", `string.gsub(("x"):rep(6e7), ".*", ("%0"):rep(1e6))`, 5, "string.gsub: want a result of at most", false},
	{"replacements by a function", `local s = ("x"):rep(6e7) string.gsub(("x"):rep(1e6), "x", function() return s end)`, 5, "string.gsub: want a result of at most", true},
	{"replacements by a table", `local s = ("x"):rep(6e7) string.gsub(("x"):rep(1e6), "x", {x=s})`, 5, "string.gsub: want a result of at most", false},
	{"ten million matches", `local n = 0 for _ in string.gfind(("x"):rep(1e7), ".") do n = n + 1 end print(n)`, 0, "10000000", true},
	{"a letter repeated 60 million times", `print(#(("a"):rep(6e7)):match("^.-$"))`, 0, "60000000", true},
	{"a pasted dump without end", `print(pcall(import_hexcap, ("0000  41 42 43\n"):rep(4e6)))`, 0, "want at most 8388608 bytes of text, got 60000000", false},
	{"hex without end", `print(pcall(import_hexcap, ("41 "):rep(2e6)))`, 0, "want at most 1048576 bytes", true},
	{"a huge text as C", `chexdump(("x"):rep(6e7))`, 5, "chexdump: want a result of at most", false},
	{"a huge text in hex", `hexdump(("x"):rep(6e7))`, 5, "hexdump: want a result of at most", false},
	{"a huge packet as Lua", `(IP/Raw{load=("\1"):rep(6e7)}):command()`, 5, "command: want a result of at most", false},
	{"a huge packet as JSON", `(IP/Raw{load=("\1"):rep(6e7)}):json()`, 5, "json: want a result of at most", false},
	{"a huge packet as text", `print(IP/Raw{load=("\1"):rep(6e7)})`, 5, "tostring: want a result of at most", true},
	{"a huge packet as bytes", `local p = Raw{load=("x"):rep(6e7)} bytes(p/p)`, 5, "a packet: want a result of at most", true},
	{"many layers shown", `local p = IP for i = 1, 3000 do p = p/IP end p:show()`, 5, "want a packet of at most 1000 layers, got 1001", false},
	{"one long field a hundred thousand times", `(IP/Raw{load=("x"):rep(1e6)}):sprintf(("%Raw.load%"):rep(1e5))`, 5, "want a text of at most", true},
	{"help on a huge name", `help(("x"):rep(1e6))`, 0, "nothing is called", false},
	{"a global of that name", `_G[("y"):rep(1e6)] = 1 help(("x"):rep(1e6))`, 0, "nothing is called", false},
	{"a huge name that is not there", "x" + strings.Repeat("y", 200_000) + "()", 5, "...: no layer, function or variable has that name", false},
	{"a table sorted for long", `local t = {} for i = 1, 3e6 do t[i] = i * 7919 % 3000017 end table.sort(t) print(t[1])`, 0, "1", true},
	{"a sort of what is left of a table", `local t = {} for i = 1, 1e6 do t[i] = -i end for i = 5e5, 1e6 do t[i] = nil end table.sort(t) print(t[1])`, 0, "-499999", false},
	{"a table of a million put together", `local t = {} for i = 1, 3e6 do t[i] = "xy" end print(#table.concat(t, ", "))`, 0, "11999998", true},
	{"a value far behind the end of a table", `local t = {} t[6e7] = 1 table.insert(t, 5e7, 2) print(#t, t[6e7], t[5e7])`, 0, "0\t1\t2", false},
	{"tables with nothing but an end", `local t = {} for i = 1, 20 do t[i] = {} t[i][1.2e7] = 1 end`, 5, "uses too much memory", true},
	{"a million guards", `for i = 1, 1e6 do guard(i % 60000 + 1) end`, 5, "guard: 1000 are under way already", false},
	{"a million captures", `for i = 1, 1e6 do capture() end`, 5, "capture: 64 are under way already", false},
	{"a million coroutines", `local t = {} for i = 1, 1e6 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end`, 5, "uses too much memory", true},
	{"a set that holds itself", `local s = {} s[1] = s print(#IP{ttl=s})`, 5, "script.lua:1:", false},
	{"everybody's every port", `local n = 0 for p in (IP{dst="0.0.0.0/0"}/TCP{dport=range(0, 65535)}):each() do n = n + 1 if n == 1000 then print(n) return end end`, 0, "1000", false},
	{"protected calls without end", `local function f() return pcall(f), error("deep") end f()`, 5, "script.lua:1: deep", false},
	{"a table that fills the memory", `local t = {} while true do t[#t+1] = {} end`, 5, "uses too much memory", true},
	{"one in a handler", `xpcall(error, function() local t = {} while true do t[#t+1] = {} end end)`, 5, "uses too much memory", true},
	{"one in prn", `sniff{timeout=1, lfilter=function() return true end} local t = {} while true do t[#t+1] = now() .. "" end`, 5, "uses too much memory", true},

	// Source is measured.
	{"60,000 nested ifs", strings.Repeat("if x then ", 60_000) + strings.Repeat("end ", 60_000), 5, "script.lua:1: blocks and brackets nest deeper than 200", false},
	{"90,000 operators", "x = " + strings.Repeat("1 + ", 90_000) + "1", 5, "script.lua:1: an expression has more than 1000 operators", false},
	{"200,000 constants", "x = {\n" + numberedLines(200_000) + "}", 5, "too many different constants", false},
	{"two million brackets", "x" + strings.Repeat("()", 2_000_000), 5, "an expression has more than 1000 operators and calls", false},
}

// numberedLines are that many different constants.
func numberedLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "'k%d',\n", i)
	}
	return b.String()
}

// script is a file with a chunk.
func script(t *testing.T, chunk string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.lua")
	if err := os.WriteFile(path, []byte(chunk), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// peak is the most memory that an ended child had, in bytes.
func (c *child) peak() int64 {
	usage, ok := c.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		c.t.Fatal("no usage of the child")
	}
	most := int64(usage.Maxrss) //nolint:unconvert // it has 32 bits on some systems
	if runtime.GOOS != "darwin" {
		most <<= 10
	}
	return most
}

// TestHostileScriptsAreBounded runs each as a stranger's script is run: the process ends, in time and within its memory, and
// says why.
func TestHostileScriptsAreBounded(t *testing.T) {
	if racing {
		t.Skip("the race detector takes ten times the memory")
	}
	for _, h := range attacks {
		t.Run(h.name, func(t *testing.T) {
			if h.slow && os.Getenv("MOONWIRE_LONG") == "" {
				t.Skip("takes a while: set MOONWIRE_LONG")
			}
			c := spawn(t, "--lab", "run", script(t, h.chunk))
			code, stdout, stderr := c.ends()
			said := strings.ReplaceAll(stdout+stderr, filepath.Dir(c.cmd.Args[len(c.cmd.Args)-1])+"/", "")
			if code != h.code || !strings.Contains(said, h.says) {
				t.Errorf("exit %d, %.500q; want %d, %q", code, said, h.code, h.says)
			}
			if got := c.peak(); got > mostMemory {
				t.Errorf("took %d MiB, want at most %d", got>>20, mostMemory>>20)
			}
		})
	}
}

// TestThePromptSurvives types the same scripts: the prompt says what happened, and goes on.
func TestThePromptSurvives(t *testing.T) {
	s := atTerminal(t, t.TempDir(), 150, "--lab")
	s.sees("lab:vmnat> ")
	for i, h := range attacks {
		if len(h.chunk) > 300 || h.code == 0 || h.slow && os.Getenv("MOONWIRE_LONG") == "" {
			continue
		}
		s.types("\x0c" + "do " + h.chunk + " end\r") // on an empty screen, and in a block: its variables would live on, and what they hold
		s.sees(strings.TrimPrefix(strings.TrimPrefix(h.says, "script.lua:1:"), " "))
		again := fmt.Sprintf("still here, %d", i)
		s.types(fmt.Sprintf("print('still here, ' .. %d)\r", i))
		s.sees(again)
	}
	s.types("\x0c" + `print("loop" .. "ing") while true do pcall(function() while true do end end) end` + "\r")
	s.sees("looping")
	s.types("\x03")
	s.sees("interrupted")
	s.types("print('and ' .. 'here')\r")
	s.sees("and here")
}
