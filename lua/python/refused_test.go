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
		`ans, unans = sr(p)`, `p:show()`, `local x, y = 1`, `IP{dst="x"`, `IP{dst=range(1,10)} x`, `x ~= y`, `raw"\1\200"`,
		`TCP{options={{"MSS",1460},{"NOP"}}}`, `return nil`, `p.show3()`,
	} {
		t.Run(lua, func(t *testing.T) {
			if got, ok := python.Translated(lua); ok || got != "" {
				t.Errorf("translated(%q) = %q, %v", lua, got, ok)
			}
		})
	}
}

// refused are texts beyond translation.
var refused = []struct{ name, source string }{
	// What Lua has no equal of.
	{"a loop", "for p in ans:\n    send(p, loop=1)"},
	{"a condition", `if x != 1: send(p, loop=1)`},
	{"a function", "def f(a=1):\n    return a"},
	{"a statement of Python 2", `print f(a=1)`},
	{"deletion", `del x[1]; f(a=1)`},
	{"a list comprehension", `x = [p.summary() for p in ans]`},
	{"a conditional expression", `f(a=1 if x else 2)`},
	{"a value in a list", `f(a=x in l)`},
	{"a layer in a sum", `f(a=TCP in a/b)`},
	{"a layer in two", `f(a=TCP in p == True)`},
	{"a loop in a list", `x = [p for p in TCP]`},
	{"deletion from a list", `del l[i]; f(a=1)`},
	{"deletion of a call", `del f(1).x`},
	{"deletion of nothing", `del`},
	{"a list made longer", `l += [f(a=1)]`},
	{"an addition to a call", `f(1).x += 1`},
	{"an addition to what a call finds", `l[f(1)] += 1`},
	{"an addition to two", `a, b += 1, 2`},
	{"an addition of nothing", `x +=`},
	{"an addition in a value", `f(a=(x += 1))`},
	{"addresses in hex from a variable", `f(a=mac2str(x))`},
	{"bytes of a comprehension", `x = bytes([p for p in l])`},
	{"Lua's raw", `local x = f(a=raw(p))`},
	{"identity", `f(a=p is None)`},
	{"a slice", `f(a=x[1:2])`},
	{"a slice by a call", `f(a=x[b:c(1)])`},
	{"the last element", `f(a=x[-1])`},
	{"an index that is a number: lists begin at 1 here", `f(a=x[0])`},
	{"an index of two", `f(a=x[1, 2])`},
	{"an empty index", `f(a=x[])`},
	{"a format string", `f(a=f"{x}")`},
	{"a formatted string", `f(a="%d" % x)`},
	{"strings side by side", `f(a="x" "y")`},
	{"a named character", `f(a="\N{BULLET}")`},
	{"half a surrogate pair", `f(a="\ud800")`},
	{"a range of an address and a number", `IP(dst=("10.0.0.1",9))`},
	{"a range of three addresses", `IP(dst=("10.0.0.1","10.0.0.9","10.0.0.10"))`},
	{"a tuple of four as a value", `TCP(dport=(1,2,3,4))`},
	{"a tuple of tuples as a value", `TCP(dport=((1,2),(3,4)))`},
	{"a tuple of names in a list", `TCP(dport=[(low,high)])`},
	{"a tuple as an argument", `f((1,2), a=3)`},
	{"a tuple that is assigned", `x = (1, 2)`},
	{"a tuple without parentheses", `x = f(a=1), 2`},
	{"an empty tuple", `f((), a=1)`},
	{"an assignment in a row", `x = y = f(a=1)`},
	{"an assignment in a list", `f([a=1])`},
	{"arguments from a list", `f(*x, a=1)`},
	{"arguments from a dict", `f(**x)`},
	{"an argument behind keywords", `f(a=1, 2)`},
	{"a keyword that Lua reserves", `print(x, end="")`},
	{"a field that Lua reserves", `f(a=x.end)`},
	{"a lambda with a default", `f(a=lambda x=1: x)`},
	{"a lambda without a body", `f(a=lambda x: )`},
	{"a dict whose key may be an object", `d = {p:summary(), "a": 1}`},
	{"a dict made from another", `d = {**x, "a": 1}`},
	{"not a comparison", `f(a=not x == y)`},
	{"bits", `f(a=x | y)`},
	{"whole division", `f(a=x // y)`},
	{"a sign before a sign", `f(a=x--y)`},
	{"an imaginary number", `f(a=1j)`},
	{"a long number of Python 2", `f(a=10L)`},
	{"an octal number of Python 2", `f(a=0777)`},
	{"a range that runs down", `f(a=range(9, 1, -1))`},
	{"a range with an unknown step", `f(a=range(1, 9, n))`},
	{"a range of four", `f(a=range(1, 2, 3, 4))`},
	{"a power of a length", `f(a=len(x)**2)`},
	{"a length of two", `f(a=len(x, y))`},
	{"a product of a packet and a string", `f(a=p/"X"*3)`},
	{"a string that is multiplied by a call", `f(a="X"*n(1))`},
	{"an import in brackets", "from x import (a,\nb)"},
	{"an import before a statement", `import os; f(a=1)`},
	{"a name with its type", `x: int = f(a=1)`},
	{"a decorator", "@f(a=1)\nx"},
	{"a call below another", "f(a=1)\n(x).show()"},
	// What is broken in both.
	{"brackets that do not match", `f(a=[1)]`},
	{"a bracket too many", `f(a=1))`},
	{"a string without end", `f(a="x`},
	{"three quotes without end", "f(a='''x\n'"},
	{"a string broken by a line", "f(a=\"x\n\")"},
	{"an operator without a value", `f(a=and x)`},
	{"half an escape at the end", `f(a="\x`},
	{"half an escape", `f(a="\x4")`},
	{"a string that ends in a backslash", `f(a="x\`},
	{"two values side by side", `x = f(a=1) y`},
	{"a character of neither", `f(a=$x)`},
	{"a name of another alphabet", `f(a=né)`},
	{"a lonely carriage return", "f(a=1) # x\ry"},
	// What is partly Lua, and could mean either.
	{"a range in Lua's text", `local p = TCP(dport=range(1,10))`},
	{"an escape in Lua's text", `local p = Raw(load="\200")`},
	{"a length in Lua's text", `n = #x`},
	{"a length as an argument", `print(#x, a=1)`},
	{"a function in Lua's text", `f(a=function(x) return x end)`},
	{"Lua's comment", `f(a=1) -- x`},
	{"a local variable in an argument", `f(a=local x)`},
	{"joined strings in Lua's text", `f(a="x".."y")`},
}

func TestTextBeyondTranslationIsRefused(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := python.Translated(tt.source); ok || got != "" {
				t.Errorf("translated(%q) = %q, %v", tt.source, got, ok)
			}
		})
	}
}

// TestHugeTextsEnd has a generous deadline that quadratic work and endless recursion would miss by far.
func TestHugeTextsEnd(t *testing.T) {
	nested := []string{"(", "[", "{", "f(", "a[", "lambda:", "((1,2),", "len(", "range(", "f(a=("}
	flat := []string{"a,", "a;", "a\n", "not ", "#\n", "\\0", "'a'+", "f(a=1)/", "x.show()", "\t\n ", ">>> ", "\"\"\"", "1_", "\\\n", ",;", "len\n"}
	for size, parts := range map[int][]string{1 << 20: nested, 1 << 17: flat} {
		for _, part := range parts {
			t.Run(part, func(t *testing.T) {
				done := make(chan struct{})
				go func() {
					defer close(done)
					python.Translated(strings.Repeat(part, size/len(part)))
					python.Translated("f(" + strings.Repeat(part, size/len(part)) + "'")
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

func FuzzTranslate(f *testing.F) {
	for _, tt := range pairs {
		f.Add(tt.python)
		f.Add(tt.lua)
	}
	for _, tt := range refused {
		f.Add(tt.source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		lua, ok := python.Translated(source)
		again, same := python.Translated(source)
		switch {
		case lua != again || ok != same:
			t.Errorf("two results: %q, %q", lua, again)
		case ok && lua == source:
			t.Error("ok, but nothing changed")
		case !ok && lua != "":
			t.Errorf("not ok, but there is %q", lua)
		case len(lua) > 5*len(source):
			t.Errorf("%d bytes become %d", len(source), len(lua))
		}
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
			if got, ok := python.Corrected(tt.source); got != tt.want || ok != (tt.want != "") {
				t.Errorf("corrected(%q) = %q, %v", tt.source, got, ok)
			}
		})
	}
}

func TestWhatHasNoEqualIsExplained(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"a flag", `p[TCP].flags & 2`, `Lua has no &; a flag is asked by its letter: p[TCP]:flag("S")`},
		{"another flag of a call", `f(q[TCP].flags & 0x10)`, `Lua has no &; a flag is asked by its letter: q[TCP]:flag("A")`},
		{"bits", `x | y`, `Lua has no |; a flag is asked by its letter: p[TCP]:flag("S")`},
		{"a slice", `l[1:3]`, "Lua has no slices: of text x:sub(first, last), of a list for i = first, last do; both count from 1"},
		{"a comprehension", `x = [p.summary() for p in ans]`, "this is a list comprehension; in Lua: l = {} for _, x in ipairs(list) do l[#l+1] = x end"},
		{"the last element", `f(a=x[-1])`, "the last element is list[#list]"},
		{"the first element", `f(a=x[0])`, "lists begin at 1"},
		{"a packet and repeated text", `IP(dst="x")/"A"*20`, `text is repeated with ("A"):rep(20)`},
		{"formatted text", `x = "%d" % n`, `text is formatted with string.format("%d", x)`},
		{"a condition in a value", `f(a=1 if x else 2)`, "this is Python's a if x else b; in Lua: x and a or b"},
		{"identity", `x = p is None`, "in Lua: x == nil, x ~= nil"},
		{"a format string", `print(f"{x}")`, `Lua has no format strings; "port " .. x, or string.format("%d", x)`},
		{"a longer list", `l += [1]`, "a list is made longer with list[#list+1] = x"},
		{"Lua", `x[b:c(1)] = {1}`, ""},
		{"a list", `x = [1, 2]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := python.Hint(tt.source); got != tt.want {
				t.Errorf("hint(%q) = %q", tt.source, got)
			}
		})
	}
}
