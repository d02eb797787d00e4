package python_test

import (
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/lua/python"
)

func TestTextThatIsLuaStaysAsItIs(t *testing.T) {
	for _, lua := range []string{
		``, ` `, "\n\n", `1 + 1`, `IP{dst="x"}/TCP{}`, `sr1(p, {timeout=2})`, `p[TCP].dport = 80`, `x = {1, 2, {a=3}}`,
		`ans, unans = sr(p)`, `p:show()`, `local x, y = 1`, `IP{dst=range(1,10)} x`, `x ~= y`, `raw"\1\200"`,
		`TCP{options={{"MSS",1460},{"NOP"}}}`, `return nil`, `p.show3`, `print "x"`, `a[0]`, `t[0] = t[-1]`, `a.b.c(1)`, `string.format("%d", 1)`,
		`x = [[1, 2]]`, `x = a == b`, `for i = 1, 3 do print(i) end`, `if x then y() end`, `function f(x) return x end`, `#p`, `-- comment`,
		`x = "%d" .. 1`, `t.show()`, `math.max(1, 2)`, `nobody.show()`, `pkts[1]`, `len = 1`, `x = 5 % 3`, `"5" * 2`, `t["a"]()`, `goto x`, `::x::`,
		`while true do break end`, `repeat until x`, `x.y:z(1)`, `p:has(TCP) and p[TCP].flags == "S"`, `hex(p)`, `range(1, 10)`, `raw(x)`, `bytes(p)`,
	} {
		t.Run(lua, func(t *testing.T) {
			if got := python.Read(lua, python.Whole{}, kinds); got != (python.Reading{}) {
				t.Errorf("%q: %+v", lua, got)
			}
		})
	}
}

func TestFunctionsThatAreCalledWithTextAreNotPrefixes(t *testing.T) {
	for _, lua := range []string{`f"x"`, `b"x"`, `r"x"`, `u"x"`, `print(f"{x}")`} {
		callable := func(name string) python.Kind {
			if len(name) == 1 {
				return python.Other
			}
			return kinds(name)
		}
		if got := python.Read(lua, python.Whole{}, callable); got != (python.Reading{}) {
			t.Errorf("%q: %+v", lua, got)
		}
	}
	number := func(string) python.Kind { return python.Number }
	if got := python.Read(`x = b"\x00"`, python.Whole{}, number); got.Lua != `x = "\000"` {
		t.Errorf("bytes beside a variable b: %+v", got)
	}
}

// TestBeginningsOfLuaAreNotPython holds what a person types line by line: nothing is said of it but by Lua's own compiler.
func TestBeginningsOfLuaAreNotPython(t *testing.T) {
	for _, lua := range []string{
		`for i = 1, 3 do`, `if x then`, `function f(x)`, `while x do`, `repeat`, `x = function(a)`, "for _, p in ipairs(l) do\n  p:show()", `x = [[`,
		`f(function()`, `local function f(x)`,
	} {
		t.Run(lua, func(t *testing.T) {
			if got := python.Read(lua, python.Whole{}, kinds); got.Lua != "" || got.Hint != "" && !got.Open {
				t.Errorf("%q: %+v", lua, got)
			}
		})
	}
}

// refused are texts of neither language, or of both.
var refused = []struct{ name, source string }{
	{"deletion of a call", `del f(1).x`},
	{"deletion of nothing", `del`},
	{"an addition of nothing", `x +=`},
	{"an addition in a value", `f(a=(x += 1))`},
	{"Lua's raw", `local x = f(a=raw(p))`},
	{"an empty index", `f(a=x[])`},
	{"a named character", `f(a="\N{BULLET}")`},
	{"half a surrogate pair", `f(a="\ud800")`},
	{"an assignment in a list", `f([a=1])`},
	{"an argument behind keywords", `f(a=1, 2)`},
	{"a field that Lua reserves", `f(a=x.end)`},
	{"a lambda without a body", `f(a=lambda x: )`},
	{"a dict whose key may be an object", `d = {p:summary(), "a": 1}`},
	{"a sign before a sign", `f(a=x--y)`},
	{"an imaginary number", `f(a=1j)`},
	{"a long number of Python 2", `f(a=10L)`},
	{"an octal number of Python 2", `f(a=0777)`},
	{"a range of four", `f(a=range(1, 2, 3, 4))`},
	{"a length of two", `f(a=len(x, y))`},
	{"brackets that do not match", `f(a=[1)]`},
	{"a bracket too many", `f(a=1))`},
	{"a string without end", `f(a="x`},
	{"a string broken by a line", "f(a=\"x\n\")"},
	{"an operator without a value", `f(a=and x)`},
	{"half an escape at the end", `f(a="\x`},
	{"half an escape", `f(a="\x4")`},
	{"a string that ends in a backslash", `f(a="x\`},
	{"two values side by side", `x = f(a=1) y`},
	{"a character of neither", `f(a=$x)`},
	{"a name of another alphabet", `f(a=né)`},
	{"a lonely carriage return", "f(a=1) # x\ry"},
	{"a range in Lua's text", `local p = TCP(dport=range(1,10))`},
	{"an escape in Lua's text", `local p = Raw(load="\200")`},
	{"a length in Lua's text", `n = #x`},
	{"a length as an argument", `print(#x, a=1)`},
	{"a function in Lua's text", `f(a=function(x) return x end)`},
	{"Lua's comment", `f(a=1) -- x`},
	{"a local variable in an argument", `f(a=local x)`},
}

func TestTextOfNeitherLanguageIsRefused(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			if got := python.Translated(tt.source, kinds); got != (python.Reading{}) {
				t.Errorf("%q: %+v", tt.source, got)
			}
		})
	}
}

func TestWhatIsUnfinishedWaitsForMore(t *testing.T) {
	for _, source := range []string{
		`sr1(IP(dst="x")/`, `sr1(p, timeout=f(2`, `TCP(dport=(1,`, `f(a=x[`, `sniff(prn=lambda p:`, `sniff(prn=lambda p: f(p,`, `x += f(1,`, `x = [q.src for`,
		`x = [q.src for q in`, `x = {"a":`, `f(a=1 if x else`, `f(a=p.`, "x = f(a=1) + \\", "f(a=\"\"\"x\n", "ans.make_table(lambda s,r:\n  (s.dst,",
		"for q in pkts:\n    q.show()", "def f(q):\n    x = 1", "for q in pkts:\n    if TCP in q:\n        q.show()", "if x:\n    pass\nelse:", "try:\n    f(a=1)",
	} {
		t.Run(source, func(t *testing.T) {
			if got := python.Read(source, python.Whole{}, kinds); !got.Open || got.Lua != "" || got.Line > 0 {
				t.Errorf("%q: %+v", source, got)
			}
		})
	}
}

// TestHugeTextsEnd has a generous deadline that quadratic work and endless recursion would miss by far.
func TestHugeTextsEnd(t *testing.T) {
	nested := []string{"(", "[", "{", "f(", "a[", "lambda:", "((1,2),", "len(", "range(", "f(a=(", "f'{", "[x for x in ", "x["}
	flat := []string{"a,", "a;", "a\n", "not ", "#\n", "\\0", "'a'+", "f(a=1)/", "x.show()", "\t\n ", ">>> ", "\"\"\"", "1_", "\\\n", ",;", "len\n", "x=", "x if y else ", "if x:\n", "-", "for x in y: ", "if x: y\n", "x.y.", "*", "a if b else ", "try:\n"}
	for size, parts := range map[int][]string{1 << 20: nested, 1 << 17: flat} {
		for _, part := range parts {
			t.Run(part, func(t *testing.T) {
				done := make(chan struct{})
				go func() {
					defer close(done)
					python.Translated(strings.Repeat(part, size/len(part)), kinds)
					python.Translated("f("+strings.Repeat(part, size/len(part))+"'", kinds)
				}()
				select {
				case <-done:
				case <-time.After(time.Minute):
					t.Fatalf("%q %d times takes more than a minute", part, size/len(part))
				}
			})
		}
	}
}

// FuzzRead looks for texts that are read twice in two ways, that end in a panic, or that grow out of proportion.
func FuzzRead(f *testing.F) {
	for _, tt := range append(pairs, spellings...) {
		f.Add(tt.python)
		f.Add(tt.lua)
	}
	for _, tt := range refused {
		f.Add(tt.source)
	}
	for _, tt := range explained {
		f.Add(tt.source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		got, again := python.Translated(source, kinds), python.Translated(source, kinds)
		switch {
		case got != again:
			t.Errorf("two results: %+v, %+v", got, again)
		case got.Lua == source && source != "":
			t.Error("nothing changed")
		case got.Lua != "" && got.Hint != "", got.Lua != "" && got.Open:
			t.Errorf("both: %+v", got)
		case len(got.Lua) > 64*len(source)+64:
			t.Errorf("%d bytes become %d", len(source), len(got.Lua))
		}
		python.Read(source, python.Whole{}, kinds)
	})
}

func TestLuaThatCannotBeMeantSoIsCorrected(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"a method with a dot", `p.show()`, `p:show()`},
		{"two in a call", `print(p.summary(), q . show2())`, `print(p:summary(), q : show2())`},
		{"bytes", `x = b"\x01\x02"`, `x = "\001\002"`},
		{"bytes in octal", `x = b"\101"`, `x = "\065"`},
		{"deletion in parentheses", `del(p[TCP].chksum)`, `p[TCP].chksum = nil`},
		{"repeated text", `IP()/ICMP()/("X"*32)`, `IP()/ICMP()/("X"):rep(32)`},
		{"bytes of a packet", `IP(raw(p))`, `IP(bytes(p))`},
		{"a range, which Lua reads differently", `p.show() x = range(1, 10)`, ``},
		{"an escape, which Lua reads differently", `print(p.show(), "\101")`, ``},
		{"a length", `print(#x, p.show())`, ``},
		{"a length at a line's end", "n = #x; p.show()", ``},
		{"a comment", `p.show() -- all`, ``},
		{"a string of many lines", `p.show() x = {[[a]]}`, ``},
		{"nothing to correct", `p:show()`, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := python.Corrected(tt.source, kinds); got != (python.Reading{Lua: tt.want}) {
				t.Errorf("%q: %+v", tt.source, got)
			}
		})
	}
}
