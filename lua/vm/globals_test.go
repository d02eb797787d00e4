package vm_test

import (
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
