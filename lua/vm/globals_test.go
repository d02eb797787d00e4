package vm_test

import (
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"
)

// TestGlobalsThatWereNeverAssigned holds which reads of globals are errors once they are strict, and which are not.
func TestGlobalsThatWereNeverAssigned(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a slip", "total = 1 print(totl)", "test:1: variable 'totl' is not declared"},
		{"a call", "\nnosuch()", "test:2: variable 'nosuch' is not declared"},
		{"an index", "nosuch.x = 1", "test:1: variable 'nosuch' is not declared"},
		{"a test", "if nosuch == nil then print(1) end", "test:1: variable 'nosuch' is not declared"},
		{"and", "print(nosuch and nosuch.x)", "test:1: variable 'nosuch' is not declared"},
		{"in a function", "local function f() return nosuch end\nf()", "test:1: variable 'nosuch' is not declared"},
		{"in a coroutine", "coroutine.wrap(function()\nlocal x = nosuch end)()", "test:2: variable 'nosuch' is not declared"},
		{"caught", "print(pcall(function() return nosuch end))", "false\ttest:1: variable 'nosuch' is not declared"},
		{"a field of _G", "print(_G.nosuch)", "test:1: variable 'nosuch' is not declared"},
		{"an index of _G", `print(_G["nosuch"])`, "test:1: variable 'nosuch' is not declared"},
		{"rawget", `print(rawget(_G, "nosuch"))`, "nil"},
		{"assigned nil", "x = nil print(x)", "nil"},
		{"assigned nil anywhere", "local function f() x = nil end f() print(x)", "nil"},
		{"assigned and removed", "x = 1 x = nil print(x) x = 2 print(x)", "nil\n2"},
		{"assigned through _G", `_G.x = nil print(x) _G["y"] = 2 print(y)`, "nil\n2"},
		{"removed that was there", "tostring = nil print(tostring)", "nil"},
		{"known to be nil", "print(arg)", "nil"},
		{"what is no name", "print(_G[1], _G[true])", "nil\tnil"},
		{"a function assigned later", "function f() return g() end function g() return 7 end print(f())", "7"},
		{"walking them", "local n = 0 for k, v in pairs(_G) do n = n + 1 end print(n > 20)", "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProbe(t)
			p.Strict("arg")
			if _, err := p.try(t, c.chunk); err != nil {
				p.out.WriteString(err.Error() + "\n")
			}
			if got := p.out.String(); got != c.want+"\n" {
				t.Errorf("%s\ngot  %swant %s", c.chunk, got, c.want)
			}
		})
	}
}

// TestLayeredGlobalsAreStrictToo holds globals in front of others.
func TestLayeredGlobalsAreStrictToo(t *testing.T) {
	p := newProbe(t)
	p.Strict()
	fn, err := p.Compile("test", `x = nil print(x, y, pcall(function() return nosuch end)) y = 3`)
	if err != nil {
		t.Fatal(err)
	}
	p.SetGlobal("y", glua.LNumber(1))
	fn.Env = p.Layer(p.Lua().G.Global)
	if _, err := p.Run(t.Context(), fn, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := p.out.String(), "nil\t1\tfalse\ttest:1: variable 'nosuch' is not declared\n"; got != want || p.Global("y") != glua.LNumber(1) {
		t.Errorf("got %s, want %s; y is %v", got, want, p.Global("y"))
	}
}

// TestNamesThatAStrictTableLacks holds which reads of a strict table are errors, and which are not.
func TestNamesThatAStrictTableLacks(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a slip", "print(math.flor(1))", "test:1: math has no field 'flor'"},
		{"a value", "\nlocal x = string.frmat", "test:2: string has no field 'frmat'"},
		{"by a variable", `local m, key = math, "flor" print(m[key])`, "test:1: math has no field 'flor'"},
		{"what is no name", "print(math[1])", "test:1: math has no field '1'"},
		{"a test", "print(math.flor or 1)", "test:1: math has no field 'flor'"},
		{"with a colon", "math:flor()", "test:1: math has no field 'flor'"},
		{"caught", "print(pcall(function() return math.flor end))", "false\ttest:1: math has no field 'flor'"},
		{"in a coroutine", "coroutine.wrap(function()\nlocal x = math.flor end)()", "test:2: math has no field 'flor'"},
		{"rawget", `print(rawget(math, "flor"))`, "nil"},
		{"what it has", "print(math.floor(1.5), math.huge, string.rep('a', 2))", "1\tinf\taa"},
		{"added", "function math.half(x) return x / 2 end print(math.half(3))", "1.5"},
		{"added and removed", "math.x = 1 math.x = nil print(math.x)", "nil"},
		{"removed that was there", "math.pi = nil print(math.pi)", "nil"},
		{"known to be nil", "print(math.tau)", "nil"},
		{"a method of texts that was added", "function string.first(s) return s:sub(1, 1) end print(('ab'):first())", "a"},
		{"an unknown one", "('ab'):first()", "test:1: attempt to call method 'first' (a nil value)"},
		{"a field of a text", "print(('ab').first, ('ab')[1], ('ab').len ~= nil)", "nil\tnil\ttrue"},
		{"what texts answer", "print(('ab').shout)", "AB"},
		{"behind a table", "print(setmetatable({}, {__index=math}).flor)", "nil"},
		{"walking it", "local n = 0 for k in pairs(math) do n = n + 1 end print(n > 20, #math, next(math) ~= nil)", "true\t0\ttrue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProbe(t)
			for _, name := range []string{"math", "string"} {
				p.StrictTable(name, p.Global(name).(*glua.LTable), "tau")
			}
			p.IndexText(func(_ *glua.LState, text, key string) glua.LValue {
				if key == "shout" {
					return glua.LString(strings.ToUpper(text))
				}
				return glua.LNil
			}, func(*glua.LState) int { return 0 })
			if _, err := p.try(t, c.chunk); err != nil {
				p.out.WriteString(err.Error() + "\n")
			}
			if got := p.out.String(); got != c.want+"\n" {
				t.Errorf("%s\ngot  %swant %s", c.chunk, got, c.want)
			}
		})
	}
}
