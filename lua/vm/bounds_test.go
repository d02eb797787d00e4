package vm_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// TestHostileScriptsEndInAnError runs what would end the process or keep it busy.
func TestHostileScriptsEndInAnError(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"protected calls without end", `function f() return pcall(f), error("deep") end f()`, "test:1: deep"},
		{"coroutines without end", `f = function() coroutine.wrap(f)() end f()`, "test:1: pcall and coroutines nest deeper than 190"},
		{"calls without end", `function f() return f() + 1 end f()`, "test:1: stack overflow"},
		{"values without end", `local t = {} for i = 1, 9e4 do t[i] = i end
			local function f(...) return (f(...)) end f(unpack(t))`, "registry overflow"},
		{"a huge text", `local s = ("x"):rep(1e9)`, "string.rep: want at most 67108864 bytes, got 1000000000 times 1"},
		{"a huge result of concat", `local t = {} for i = 1, 100 do t[i] = ("x"):rep(1e6) end table.concat(t)`, "table.concat: want a result of at most 67108864 bytes"},
		{"a huge result of gsub", `string.gsub(("x"):rep(1e4), "x", ("y"):rep(1e5))`, "string.gsub: want a result of at most 67108864 bytes"},
		{"very many values", `print(unpack({}, 1, 1e8))`, "unpack: want at most 100000 values"},
		{"very many bytes", `string.byte(("a"):rep(1e7), 1, -1)`, "string.byte: want at most 100000 values"},
		{"a huge operator ..", `local s = ("x"):rep(6e7) local t = s .. s .. s`, "..: want a result of at most 67108864 bytes"},
		{"a text that doubles", `local s = "x" while true do s = s .. s end`, "..: want a result of at most 67108864 bytes"},
		{"a huge format", `local s = ("x"):rep(6e7) s:format() string.format("%s%s", s, s)`, "string.format: want a result of at most 67108864 bytes"},
		{"a quote that grows", `string.format("%q", ("\0"):rep(6e7))`, "string.format: want a result of at most 67108864 bytes"},
		{"a wide format", `string.format("%1000000000d", 1)`, "invalid format (width or precision too long)"},
		{"a replacement that is the whole text, often", `string.gsub(("x"):rep(6e7), ".*", ("%0"):rep(1e6))`, "string.gsub: want a result of at most 67108864 bytes"},
		{"replacements by a function", `local s = ("y"):rep(6e7) string.gsub("xx", "x", function() return s end)`, "string.gsub: want a result of at most 67108864 bytes"},
		{"replacements by a table", `local s = ("y"):rep(6e7) string.gsub("xx", "x", {x=s})`, "string.gsub: want a result of at most 67108864 bytes"},
		{"a long pattern", `string.find("x", (".?"):rep(1e6))`, "want a pattern of at most 65536 bytes, got 2000000"},
		{"a pattern with many branches", `string.find("x", ("x?"):rep(2000))`, "pattern too complex: want at most 1000 repetitions and captures"},
		{"more texts than fit", `local t = {} for i = 1, 100 do t[i] = ("x"):rep(6e7) end`, "string.rep: the script uses too much memory"},
		{"more joined texts than fit", `local s, t = ("x"):rep(3e7), {} for i = 1, 100 do t[i] = s .. s end`, "..: the script uses too much memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newProbe(t).try(t, c.chunk)
			var thrown *vm.Thrown
			if !errors.As(err, &thrown) || !strings.Contains(thrown.Text, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestMemoryIsBounded fills tables in the ways that a script could hide it in.
func TestMemoryIsBounded(t *testing.T) {
	const fill = `local t = {} while true do t[#t+1] = ("x"):rep(1e6) end`
	for _, c := range []struct{ name, chunk string }{
		{"in a loop", fill},
		{"in protected calls", `while true do pcall(function() ` + fill + ` end) end`},
		{"in a handler", `xpcall(function() ` + fill + ` end, function() while true do end end)`},
		{"in a coroutine", `coroutine.wrap(function() ` + fill + ` end)()`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := vm.New(vm.Options{Memory: 128 << 20})
			defer m.Close()
			fn, err := m.Compile("test", c.chunk)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Run(context.Background(), fn, nil); !errors.Is(err, vm.ErrMemory) {
				t.Errorf("got %v, want %v", err, vm.ErrMemory)
			}
		})
	}
}

// TestAnInterruptEndsEveryLoop stops the run from inside, so that no clock is involved.
func TestAnInterruptEndsEveryLoop(t *testing.T) {
	for _, c := range []struct{ name, chunk string }{
		{"without calls", `stop() while true do end`},
		{"with protected calls", `stop() while true do pcall(error, "x") end`},
		{"inside a protected call", `while true do pcall(function() stop() while true do end end) end`},
		{"inside a handler", `xpcall(error, function() stop() while true do end end) while true do end`},
		{"inside a coroutine", `local co = coroutine.wrap(function() stop() while true do end end) while true do pcall(co) end`},
		{"inside a comparison", `table.sort({1, 2, 3}, function() stop() while true do end end)`},
		{"of a slow pattern", `stop() string.find(("a"):rep(1e4), ".-.-.-.-b")`},
		{"of brackets that never close", `stop() string.gsub(("("):rep(1e6), "%b()", "")`},
		{"of a pattern that repeats a capture", `stop() string.find(("a"):rep(1e5), "(.*)(.*)%1%2b")`},
		{"of a walk over matches", `stop() for _ in string.gmatch(("a"):rep(1e5), ".-.-b") do end`},
		{"of a sort", `local t = {} for i = 1, 1e6 do t[i] = i % 1000 end stop() table.sort(t) while true do end`},
		{"of a sort of what was longer", `local t = {} for i = 1, 1e6 do t[i] = i end for i = 5e5, 1e6 do t[i] = nil end stop() table.sort(t) while true do end`},
		{"inside a replacement", `string.gsub(("x"):rep(1e6), "x", function() stop() while true do end end)`},
		{"of a text that is joined", `local t = {} for i = 1, 1e6 do t[i] = i end stop() table.concat(t) while true do end`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProbe(t)
			if _, err := p.try(t, c.chunk); !errors.Is(err, vm.ErrInterrupted) {
				t.Errorf("got %v, want %v", err, vm.ErrInterrupted)
			}
			p.check(t, `print("on")`, "on")
		})
	}
}

// TestAnInterruptedCallIsKept has a call that waits until the interrupt, and returns what it has.
func TestAnInterruptedCallIsKept(t *testing.T) {
	p := newProbe(t)
	p.SetGlobal("wait", p.Lua().NewFunction(func(l *glua.LState) int {
		defer p.Wait(l)()
		p.stop()
		<-p.Context().Done()
		l.Push(glua.LNumber(7))
		return 1
	}))
	for _, c := range []struct{ name, chunk, want string }{
		{"assigned", `x = wait()`, "7"},
		{"assigned in a protected call", `pcall(function() x = wait() end)`, "7"},
		{"and no second one begins", `x = wait() x = wait()`, "7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.SetGlobal("x", glua.LNil)
			if _, err := p.try(t, c.chunk+" while true do end"); !errors.Is(err, vm.ErrInterrupted) {
				t.Errorf("got %v, want %v", err, vm.ErrInterrupted)
			}
			if got := vm.Text(p.Global("x")); got != c.want {
				t.Errorf("x is %s, want %s", got, c.want)
			}
		})
	}
	if p.Context().Err() != nil {
		t.Error("the context of an ended run is still in force")
	}
}

// TestReadingIsBoundedToo has values whose text never ends.
func TestReadingIsBoundedToo(t *testing.T) {
	p := newProbe(t)
	fn, err := p.Compile("test", `return setmetatable({}, {__tostring=function() stop() while true do end end})`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.stop = cancel
	text := ""
	values, err := p.Run(ctx, fn, func(values []glua.LValue) { text = p.Describe(values[0]) })
	if !errors.Is(err, vm.ErrInterrupted) || len(values) != 1 || text != "<a table whose __tostring fails>" {
		t.Errorf("got %v, %v and %s", values, err, text)
	}
}

// TestFullForgets has a call fill the memory, and another one that begins when all of it was let go: it has room again.
func TestFullForgets(t *testing.T) {
	m := vm.New(vm.Options{Memory: 256 << 20})
	defer m.Close()
	fill := func() (kept [][]byte) {
		for len(kept) < 1<<10 && !m.Filled(3) {
			kept = append(kept, make([]byte, 1<<20))
		}
		return kept
	}
	first := fill()
	if len(first) < 64 || len(first) == 1<<10 {
		t.Fatalf("kept %d MiB of 256", len(first))
	}
	if !m.Filled(3) {
		t.Error("room is left behind a call that was full, while all it kept is in use")
	}
	runtime.KeepAlive(first) // and no longer
	if again := fill(); len(again) < 64 {
		t.Errorf("kept %d MiB, with nothing else in use", len(again))
	}
}
