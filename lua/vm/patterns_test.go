package vm_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// same is a chunk that writes down what gsub and gmatch give for many texts, patterns and replacements.
const same = `
local texts = {"", "a", "abc", "aaa", "hello world from lua", "key=value; other=thing", "  spaces  ", "a.b.c", "100% of %1", "x\0y\0", "(1+2)*3"}
local patterns = {"", "a", ".", "%w+", "%w*", "(%w+)", "(%w+)=(%w+)", "()", "()%w()", "^%s*(.-)%s*$", "^a", "%s", "a*", "b?", "[aeiou]", "%b()", "(", "[a", "%1", "-", "$", "l+$", "%z"}
local with = {"", "x", "<%0>", "%1", "%2", "%%", "%", "%1%1", "[%1]%",
	{a="A", hello="bye", key=7, ["1"]=false}, {}, setmetatable({}, {__index=function(_, k) return "{" .. tostring(k) .. "}" end}),
	function(...) return table.concat({...}, ",") end, function() end, function() return false end, function(a) return #tostring(a) end, function() error("given up", 0) end}
local out = {}
local function say(...)
	local items = {...}
	for i = 1, select("#", ...) do items[i] = tostring(items[i]) end
	if items[1] == "false" then items[2] = "an error" end -- the words are Lua's here, and others there
	out[#out+1] = table.concat(items, " ")
end
for _, text in ipairs(texts) do
	for _, pattern in ipairs(patterns) do
		for _, w in ipairs(with) do say(pcall(string.gsub, text, pattern, w)) end
		for _, n in ipairs{-1, 1, 2, 100} do say(pcall(string.gsub, text, pattern, "<%0>", n)) end
		say(pcall(function() for a, b, c in text:gmatch(pattern) do say(a, b, c) end end))
	end
end
return table.concat(out, "\n")`

// TestPatternsAreTheLibrarys compares with what gopher-lua itself gives.
func TestPatternsAreTheLibrarys(t *testing.T) {
	l := glua.NewState(glua.Options{RegistryMaxSize: 1 << 20})
	defer l.Close()
	if err := l.DoString(same); err != nil {
		t.Fatal(err)
	}
	values, err := newProbe(t).try(t, same)
	if err != nil || len(values) != 1 {
		t.Fatal(err)
	}
	position := regexp.MustCompile(`(<string>|test|pcall):\d+: `)
	lines := func(v glua.LValue) []string { return strings.Split(position.ReplaceAllString(v.String(), ""), "\n") }
	got, want := lines(values[0]), lines(l.Get(-1))
	if len(got) != len(want) || len(got) < 5000 {
		t.Fatalf("%d lines, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("line %d: got %s, want %s", i, got[i], want[i])
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a million replacements", `local s, n = ("x"):rep(1e6):gsub("x", "yy") print(#s, n)`, "2000000\t1000000"},
		{"more matches than one batch", `local n = 0 for a, b in ("ab"):rep(1000):gmatch("(a)(b)") do n = n + 1 end print(n)`, "1000"},
		{"as many replacements as one batch", `print(select(2, ("x"):rep(256):gsub("x", "y")), select(2, ("x"):rep(300):gsub("x", "y", 256)), select(2, ("x"):rep(600):gsub("x", "y", 257)))`, "256\t256\t257"},
		{"empty matches in batches", `local s, n = ("x"):rep(600):gsub("", "-") print(#s, n)`, "1201\t601"},
		{"no replacement", `print(("aaa"):gsub("a", "b", 0))`, "aaa\t0"},
		{"a text that is anchored", `print(("x"):rep(300):gsub("^x", "") == ("x"):rep(299))`, "true"},
		{"the function of gmatch by itself", `local f = ("a b"):gmatch("%a") print(f(), f(), (f()))`, "a\tb\tnil"},
		{"replaced in a replacement", `print((("a b"):gsub("%a", function(c) return (c:gsub(".", "<%0>")) end)))`, "<a> <b>"},
		{"a plain find", `print(("a*b"):find("*", 1, 1)) print(("key=value"):match("(%w+)=(%w+)"))`, "2\t2\nkey\tvalue"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestPatternsAreLuas holds what Lua 5.1 itself prints where gopher-lua's library differs.
func TestPatternsAreLuas(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a frontier", `print((("THE (quick) fox"):gsub("%f[%a]%a+%f[%A]", "x")), (("THE (quick) fox"):gsub("%f[%w]%w+", "<%0>")))`, "x (x) x\t<THE> (<quick>) <fox>"},
		{"sets", `print((("a]-^"):gsub("[]]", "x")), (("a]-^"):gsub("[^]]", "x")), (("a]-^"):gsub("[a-]", "x")), (("b%c"):gsub("[a-%%]", "x")))`, "ax-^\tx]xx\tx]x^\tbxc"},
		{"an empty text from where", `print((("abc"):find("", 3)), ("abc"):find("", 10))`, "3\t4\t3"},
		{"a place behind the end", `print(("abc"):find("c", 10), ("abc"):match("", 10))`, "nil\t"},
		{"captures in captures", `print(select(2, ("key=value"):match("((%w+)=(%w+))")), ("abab"):match("^(ab)%1$"))`, "key\tab"},
		{"a percent sign before anything", `print((("a"):gsub("a", "%x%%")))`, "x%"},
		{"a number as replacement", `print((("aa"):gsub("a", 5)))`, "55"},
		{"the old name of gmatch", `for w in string.gfind("a b", "%a") do print(w) end`, "a\nb"},
		{"a letter that is repeated for long", `print(#(("a"):rep(1e6)):match("^.-$"), (("a"):rep(1e6) .. "b"):find("a*b"))`, "1000000\t1\t1000001"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

func TestPatternErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"%": "malformed pattern (ends with '%')", "[a": "malformed pattern (missing ']')", "[%": "malformed pattern (ends with '%')",
		"(": "unfinished capture", ")": "invalid pattern capture", "%1": "invalid capture index", "(a%1)": "invalid capture index", "%0": "invalid capture index",
		"%b": "unbalanced pattern", "%bx": "unbalanced pattern", "%fa": "missing '[' after '%f' in pattern",
		strings.Repeat("()", 33): "too many captures: want at most 32",
	} {
		if _, err := newProbe(t).try(t, `string.match("a", "`+pattern+`")`); err == nil || err.Error() != "test:1: "+want {
			t.Errorf("%s: got %v, want %s", pattern, err, want)
		}
	}
	for chunk, want := range map[string]string{
		`string.gsub("a", "a", "%2")`:                        "invalid capture index",
		`string.gsub("a", "a", {a={}})`:                      "invalid replacement value (a table)",
		`string.gsub("a", "a", function() return print end)`: "invalid replacement value (a function)",
		`string.gsub("a", "a")`:                              "bad argument #3 to 'string.gsub' (string or number or table or function expected, got no value)",
		`string.gsub("ab", "(a)(b)", "%3")`:                  "invalid capture index",
		`("a"):find("a", {})`:                                "bad argument #2 to 'find' (number expected, got table)",
	} {
		if _, err := newProbe(t).try(t, chunk); err == nil || !strings.HasPrefix(err.Error(), "test:1: "+want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}

// FuzzPatterns compares with gopher-lua's matcher where both take the pattern.
func FuzzPatterns(f *testing.F) {
	for _, pattern := range []string{"", "a*", "(%w+)=(%w+)", "^%s*(.-)%s*$", "%b()", "[^a-c%d]+", "()a?()", "(a)%1", "[]-]", "$"} {
		f.Add("key=value (abc) 12 aa", pattern)
	}
	f.Fuzz(func(t *testing.T, text, pattern string) {
		if len(text) > 30 || len(pattern) > 12 || strings.Contains(pattern, "%f") {
			t.Skip("both take longer than a fuzz target has, or the library has no frontier")
		}
		p := newProbe(t)
		p.SetGlobal("t", glua.LString(text))
		p.SetGlobal("p", glua.LString(pattern))
		const chunk = `local out = {} t:gsub(p, function(...) out[#out+1] = table.concat({...}, "|") end) return table.concat(out, "\n")`
		got, err := p.try(t, chunk)
		l := glua.NewState()
		defer l.Close()
		l.SetGlobal("t", glua.LString(text))
		l.SetGlobal("p", glua.LString(pattern))
		if err != nil || l.DoString(chunk) != nil || differs(pattern) {
			return
		}
		if want := l.Get(-1).String(); got[0].String() != want {
			t.Errorf("%q on %q: got %q, want %q", pattern, text, got[0], want)
		}
	})
}

// differs reports that a pattern holds what gopher-lua's matcher gets wrong: a class as an end of a range, which it takes for
// the range, and a repeated capture of a place.
func differs(pattern string) bool {
	return regexp.MustCompile(`(?s)\[.*-|%.?$|\(\).*%\d`).MatchString(pattern)
}

// TestAReplacementCanBeInterrupted stops the run in the middle of a gsub, and of a gmatch.
func TestAReplacementCanBeInterrupted(t *testing.T) {
	for _, chunk := range []string{
		`("x"):rep(1e6):gsub("x", function() stop() end)`,
		`stop() ("x"):rep(1e6):gsub("x", "y") while true do end`,
		`for _ in ("x"):rep(1e6):gmatch("x") do stop() end while true do end`,
	} {
		if _, err := newProbe(t).try(t, chunk); !errors.Is(err, vm.ErrInterrupted) {
			t.Errorf("%s: got %v", chunk, err)
		}
	}
}
