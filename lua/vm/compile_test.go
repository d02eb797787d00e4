package vm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua/vm"
)

func TestGenericLoops(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"over a call of an operator's result", `local mt = {} mt.__div = function(a, b) return setmetatable({a.n .. b.n}, mt) end
			mt.__index = {each = function(s) return ipairs(s) end}
			local a, b = setmetatable({n="a"}, mt), setmetatable({n="b"}, mt)
			for _, v in (a/b):each() do print(v) end`, "ab"},
		{"over a call of joined calls", `local function f(x) return x end for w in (f('a')..f('b')):gmatch('.') do print(w) end`, "a\nb"},
		{"one in another, with a break", `for i, v in ipairs{"x", "y"} do
			for k in pairs{z=1} do print(i, v, k) end
			if i == 1 then print("first") else break end
			end`, "1\tx\tz\nfirst\n2\ty\tz"},
		{"that returns from inside", `local function count() return function(n, i) if i < n then return i + 1 end end, 3, 0 end
			for i in count() do print(i, (function() for j in count() do if j == 2 then return j end end end)()) end`, "1\t2\n2\t2\n3\t2"},
		{"that breaks at once", `local function f() return function() return 1 end end for i = 1, 2 do for p in f() do break end end print("y")`, "y"},
		{"that breaks at once, after another", `for _, w in ipairs({1, 2}) do end for p in function() return 1 end do break end print("y")`, "y"},
		{"with an empty body", `local n = 0 for _ in function() n = n + 1 if n < 4 then return n end end do end print(n)`, "4"},
		{"as the last of many variables", `local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
			local function three() return 1, 2, 3 end
			for k, v in pairs{10} do print(k, v, (three())) end print(a + b + c + d + e + f + g + h)`, "1\t10\t1\n36"},
		{"with six variables", `local done = false
			for a, b, c, d, e, f in function() if not done then done = true return 1, 2, 3, 4, 5, 6 end end do print(a, b, c, d, e, f) end`, "1\t2\t3\t4\t5\t6"},
		{"over what walks itself", `local list = setmetatable({"a", "b"}, {__iter = function(t) local i = 0 return function() i = i + 1 return t[i] end end})
			for x in list do for y in list do print(x, y) end end`, "a\ta\na\tb\nb\ta\nb\tb"},
		{"over what walks itself with a state", `for k, v in setmetatable({x=1}, {__iter = function(t) return next, t end}) do print(k, v) end`, "x\t1"},
		{"over what walks itself and can be called", `for x in setmetatable({}, {__iter = function() return function(_, c) if not c then return "iter" end end end, __call = function() return "call" end}) do print(x) break end`, "iter"},
		{"over what can be called", `for x in setmetatable({}, {__call = function(_, _, c) return (c or 0) < 2 and (c or 0) + 1 or nil end}) do print(x) end`, "1\n2"},
		{"over a table", `print(pcall(function() for x in {} do end end))`, "false\ttest:1: a list is walked with ipairs: for _, x in ipairs(list) do"},
		{"over what fails to walk", `print(pcall(function()
			for x in setmetatable({}, {__iter = function() error("no", 0) end}) do end end))`, "false\tno"},
		{"whose variables are captured", `local fs = {} for i, v in ipairs{"a", "b"} do fs[i] = function() return i .. v end end print(fs[1](), fs[2]())`, "1a\t2b"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

func TestEscapesOfBytes(t *testing.T) {
	newProbe(t).check(t, `
local function codes(s) return table.concat({s:byte(1, -1)}, " ") end
print(codes("\x41\x00\xfF"), codes('\\x41'), codes("\"\x42"), codes([[\x41]])) --[[ "\x41 ]] print("\x43") -- "\x44`,
		"65 0 255\t92 120 52 49\t34 66\t92 120 52 49\nC")
}

func TestEscapesOfCharacters(t *testing.T) {
	newProbe(t).check(t, `
print("\u{41}\u{e9}\u{20AC}\u{1F600}", '\u{22}\u{27}\u{5c}', #"\u{a}\u{0}", "\u{000041}", [[\u{41}]], "\\u{41}", #"\u{10FFFF}", #"\u{D800}", "\65\u{31}", pcall(function() error("x") end))`,
		"Aé€😀\t\"'\\\t2\tA\t\\u{41}\t\\u{41}\t4\t3\tA1\tfalse\ttest:2: x")
}

func TestEscapesThatStandForNothing(t *testing.T) {
	const character = `\u wants the number of a character in hex, as in "\u{41}", up to "\u{10FFFF}"`
	for source, want := range map[string]string{
		`print("\u{}")`: character, `print("\u0041")`: character, `print("\u{110000}")`: character, `print("\u{4_1}")`: character, `print("\u{41")`: character, `print("\u")`: character,
		`print("\x4")`: `\x wants two hex digits, as in "\x41"`, `print("\xzz")`: `\x wants two hex digits, as in "\x41"`, `print("\x+1")`: `\x wants two hex digits, as in "\x41"`,
		`print("\300")`: `\300 is no byte: want "\0" to "\255"`, `print("\999")`: `\999 is no byte: want "\0" to "\255"`,
	} {
		_, err := newProbe(t).Compile("test", "\n"+source)
		var syntax *vm.SyntaxError
		if want = "syntax error: " + want; !errors.As(err, &syntax) || syntax.What != want || syntax.Line != 2 || syntax.Column != len(`print("`)+1 {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
}

func TestEscapesMoveNoPlace(t *testing.T) {
	_, err := newProbe(t).Compile("test", `x = "\u{1F600}" .. "\x41" )`)
	var syntax *vm.SyntaxError
	if !errors.As(err, &syntax) || syntax.Column != len(`x = "\u{1F600}" .. "\x41" )`) {
		t.Errorf("got %+v", syntax)
	}
}

func TestLongConstructors(t *testing.T) {
	items := func(n int) string { return "local t = {" + strings.Repeat("7,", n) + "} print(#t, t[1], t[#t])" }
	newProbe(t).check(t, items(25_550), "25550\t7\t7")
	for _, chunk := range []string{items(25_551), "local function f() " + items(30_000) + " end"} {
		_, err := newProbe(t).Compile("test", chunk)
		if want := "test:1: a table constructor has too many values: want at most 25550, fill the table in a loop"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestWhatIsNotCompiled(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"bytecode", "\x1bLua", "test:1: want Lua source, got bytecode"},
		{"a goto to nowhere", "x = 1\ngoto y\nx = 2", "test:2: goto y: no label ::y:: stands in the blocks around it"},
		{"a goto into another block", "do ::y:: end\nif x then goto y end", "test:2: goto y: no label ::y:: stands in the blocks around it"},
		{"a goto over a variable", "do\n  goto y\n  local a\n  ::y::\n  print(a)\nend", "test:2: goto y jumps over local a, which is seen behind ::y::: put do ... end around what stands between"},
		{"a label twice", "::a::\nx = 1\n::a::", "test:3: label ::a:: stands in line 1 already"},
		{"a break outside of a loop", "if true then\n  break end", "test:2: break stands outside of a loop"},
		{"a break in a function in a loop", "while true do\n  local function f()\n    break\n  end\nend", "test:3: break stands outside of a loop"},
		{"dots in a function that does not take them", "local function f()\n  return ... end", "test:2: ... stands outside of a function that takes it: function f(...)"},
		{"too many variables", "local a = 1 " + manyLocals(260), "test:1: the function that begins here has more than 200 local variables and values at once: use a table, or do ... end"},
		{"too many variables in a function", "x = 1\nfunction f()\n" + manyLocals(260) + "end", "test:2: the function that begins here has more than 200 local variables and values at once: use a table, or do ... end"},
		{"too many parameters", "\nfunction f(" + strings.Repeat("a,", 210) + "b) end", "test:2: the function that begins here has more than 200 local variables and values at once: use a table, or do ... end"},
		{"too many constants", "local t\nfunction f()\n" + numbers(270_000) + "end", "test:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := newProbe(t).Compile("test", c.chunk); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// numbers are statements with so many different ones.
func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "t=%d ", i)
	}
	return b.String()
}

// manyLocals is a chunk with more local variables than a frame has registers.
func manyLocals(n int) string { return strings.Repeat("local x = 1 ", n) }

func TestWhatStandsInFrontOfAChunk(t *testing.T) {
	newProbe(t).check(t, "\ufeffprint(1)", "1")
	newProbe(t).check(t, "#!/usr/bin/env moonwire\nprint(2)", "2")
}

func TestSyntaxErrors(t *testing.T) {
	forLoop := vm.Wait{What: `"end" of "for" in line 1`, Block: true}
	call := vm.Wait{What: `")" of "(" in line 1`, Block: true}
	for _, c := range []struct {
		name, chunk string
		want        vm.SyntaxError
	}{
		{"a token", "x = = 1", vm.SyntaxError{Line: 1, Column: 5, What: "syntax error near '='", Near: "="}},
		{"a string", "x = 1 'two'", vm.SyntaxError{Line: 1, Column: 7, What: "syntax error near 'two'", Near: "two"}},
		{"the second line", "x = 1\ny )", vm.SyntaxError{Line: 2, Column: 3, What: "syntax error near ')'", Near: ")"}},
		{"an open block", "for i = 1, 2 do", vm.SyntaxError{What: "syntax error: the chunk ends in the middle of a statement: it waits for " + forLoop.What, Waits: forLoop}},
		{"an open call", "f(1,", vm.SyntaxError{What: "syntax error: the chunk ends in the middle of a statement: it waits for " + call.What, Waits: call}},
		{"a string that is not closed", "x = 'a'\nprint(\"it's)\nx = 2", vm.SyntaxError{Line: 2, Column: 7, What: "syntax error: a string is not closed"}},
		{"one whose quote is escaped", `x = "a\"`, vm.SyntaxError{Line: 1, Column: 5, What: "syntax error: a string is not closed"}},
		{"a method without a call", "x:show", vm.SyntaxError{What: "syntax error: x:show is a method: call it, x:show()"}},
		{"a string without an end", "x = 'open", vm.SyntaxError{Line: 1, Column: 5, What: "syntax error: a string is not closed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Script = "test"
			_, err := newProbe(t).Compile("test", c.chunk)
			var got *vm.SyntaxError
			if !errors.As(err, &got) || *got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
