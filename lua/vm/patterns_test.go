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
local patterns = {"", "a", ".", "%w+", "%w*", "(%w+)", "(%w+)=(%w+)", "()", "()%w()", "^%s*(.-)%s*$", "^a", "%s", "a*", "b?", "[aeiou]", "%b()", "%f[%w]%w+", "%", "(", "[a", "%1", "-", "$", "l+$", "%z"}
local with = {"", "x", "<%0>", "%1", "%2", "%%", "%", "%x%", "%1%1", "[%1]%",
	{a="A", hello="bye", key=7, ["1"]=false}, {}, setmetatable({}, {__index=function(_, k) return "{" .. tostring(k) .. "}" end}),
	function(...) return table.concat({...}, ",") end, function() end, function() return false end, function(a) return #tostring(a) end, function() error("given up", 0) end}
local out = {}
local function say(...)
	local items = {...}
	for i = 1, select("#", ...) do items[i] = tostring(items[i]) end
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
