package vm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// A probe is a Machine with what it printed. stop() in a script ends the context of its run.
type probe struct {
	*vm.Machine
	out  strings.Builder
	stop context.CancelFunc
}

func newProbe(t testing.TB) *probe {
	t.Helper()
	p := &probe{Machine: vm.New(vm.Options{})}
	t.Cleanup(p.Close)
	l := p.Lua()
	p.SetGlobal("print", l.NewFunction(func(l *glua.LState) int {
		for i := 1; i <= l.GetTop(); i++ {
			if i > 1 {
				p.out.WriteByte('\t')
			}
			p.out.WriteString(vm.ToString(l, l.Get(i)))
		}
		p.out.WriteByte('\n')
		return 0
	}))
	p.SetGlobal("stop", l.NewFunction(func(*glua.LState) int {
		p.stop()
		return 0
	}))
	return p
}

// try runs a chunk and returns what it returned.
func (p *probe) try(t testing.TB, chunk string) ([]glua.LValue, error) {
	t.Helper()
	fn, err := p.Compile("test", chunk)
	if err != nil {
		t.Fatalf("%s\n%v", chunk, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.stop = cancel
	return p.Run(ctx, fn, nil)
}

// check runs a chunk and compares what it printed.
func (p *probe) check(t testing.TB, chunk, want string) {
	t.Helper()
	p.out.Reset()
	if _, err := p.try(t, chunk); err != nil {
		t.Fatalf("%s\n%v", chunk, err)
	}
	if got := strings.TrimSuffix(p.out.String(), "\n"); got != want {
		t.Errorf("%s\ngot  %s\nwant %s", chunk, got, want)
	}
}

func TestRunReturnsValues(t *testing.T) {
	values, err := newProbe(t).try(t, `return 1, nil, "x"`)
	if err != nil || len(values) != 3 || values[0] != glua.LNumber(1) || values[1] != glua.LNil || values[2] != glua.LString("x") {
		t.Errorf("got %v, %v", values, err)
	}
}

// TestFarIndexes has one that a list of values in front of it would take a gigabyte for.
func TestFarIndexes(t *testing.T) {
	newProbe(t).check(t, `local t = {1} t[2^24] = 7 print(#t, t[2^24])`, "1\t7")
}

func TestRunReportsWhatWasThrown(t *testing.T) {
	for _, c := range []struct{ name, chunk, text string }{
		{"a text with its line", "\nerror('boo')", "test:2: boo"},
		{"a text without a line", "error('boo', 0)", "boo"},
		{"a number", "error(7)", "test:1: 7"},
		{"nil", "error(nil)", "test:1: nil"},
		{"a table with a text", "error(setmetatable({}, {__tostring=function() return 'mine' end}))", "test:1: mine"},
		{"a table whose text is an error", "error(setmetatable({}, {__tostring=function() error('boo') end}))", "test:1: <a table whose __tostring fails>"},
		{"the interpreter's own", "local x = nil + 1", "test:1: attempt to perform arithmetic on a nil value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newProbe(t).try(t, c.chunk)
			var thrown *vm.Thrown
			if !errors.As(err, &thrown) || thrown.Text != c.text || err.Error() != c.text {
				t.Errorf("got %v, want %s", err, c.text)
			}
		})
	}
}

func TestAMachineGoesOnAfterAnError(t *testing.T) {
	p := newProbe(t)
	for range 3 {
		if _, err := p.try(t, `local function deep(n) if n == 0 then error("x") end return deep(n - 1) + 1 end deep(50)`); err == nil {
			t.Error("no error")
		}
		p.check(t, `x = (x or 0) + 1 print(x)`, p.Describe(glua.LNumber(float64(count(p))+1)))
	}
}

// count is the global x as a number; 0 without one.
func count(p *probe) int {
	n, _ := p.Global("x").(glua.LNumber)
	return int(n)
}

func TestTwoMachinesDoNotMeet(t *testing.T) {
	a, b := newProbe(t), newProbe(t)
	a.check(t, `x = 1 string.rep = nil`, "")
	b.check(t, `print(x, ("ab"):rep(2))`, "nil\tabab")
}

func TestGlobalsRunNoMetatable(t *testing.T) {
	p := newProbe(t)
	p.check(t, `setmetatable(_G, {__index=function() error("read") end, __newindex=function() error("written") end})`, "")
	p.SetGlobal("x", glua.LNumber(3))
	if got := p.Global("x"); got != glua.LNumber(3) || p.Global("y") != glua.LNil {
		t.Errorf("got %v and %v", got, p.Global("y"))
	}
}

func TestWhatLoadsCodeIsMissing(t *testing.T) {
	newProbe(t).check(t, `for _, name in ipairs{"os", "io", "debug", "package", "require", "load", "loadstring", "dofile", "setfenv", "newproxy", "collectgarbage"} do
		if _G[name] ~= nil then print(name) end end`, "")
}

func TestText(t *testing.T) {
	newProbe(t).check(t, `print(946684800.0102, 1/3, 2^53, 1e300, -7, 0.1, tostring(1e15), 1e-9, true, nil)`,
		"946684800.0102\t0.3333333333333333\t9.007199254740992e+15\t1e+300\t-7\t0.1\t1e+15\t1e-09\ttrue\tnil")
	newProbe(t).check(t, `print(setmetatable({}, {__tostring=function() return "mine" end}), tostring(setmetatable({}, {__tostring=function() return "too" end})))`, "mine\ttoo")
}

func TestKindOf(t *testing.T) {
	l := newProbe(t).Lua()
	mt := l.NewTable()
	mt.RawSetString("__metatable", glua.LString("packet"))
	plain, named := l.NewTable(), l.NewTable()
	plain.Metatable, named.Metatable = l.NewTable(), mt
	for _, c := range []struct {
		value glua.LValue
		want  string
	}{
		{glua.LNumber(1), "number"}, {glua.LNil, "nil"}, {l.NewTable(), "table"}, {plain, "table"}, {named, "packet"},
		{&glua.LUserData{Metatable: mt}, "packet"}, {&glua.LUserData{}, "userdata"},
	} {
		if got := vm.KindOf(c.value); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
