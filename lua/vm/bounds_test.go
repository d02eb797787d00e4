package vm_test

import (
	"context"
	"errors"
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
		{"a slow pattern", `string.find(("a"):rep(220), ".-.-.-b")`, `string.find: the pattern ".-.-.-b" takes more than 2s on 220 bytes`},
		{"brackets that never close", `string.gsub(("("):rep(2e5), "%b()", "")`, `string.gsub: the pattern "%b()" takes more than 2s on 200000 bytes`},
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
		{"of a slow pattern", `stop() string.find(("a"):rep(220), ".-.-.-b")`},
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
