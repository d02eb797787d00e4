package vm_test

import (
	"strings"
	"testing"
)

// TestFormat holds what Lua 5.1 itself prints.
func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"whole numbers", `("%d|%5d|%-5d|%05d|%+d|% d|%.3d|%08.3d|%i"):format(42, 42, 42, 42, 42, 42, 7, 7, -1)`, "42|   42|42   |00042|+42| 42|007|     007|-1"},
		{"without their fraction", `("%d %d %d"):format(3.7, -3.7, "10")`, "3 -3 10"},
		{"bases", `("%x|%X|%#x|%#X|%o|%#o|%#x|%x"):format(255, 255, 255, 255, 8, 8, 0, -1)`, "ff|FF|0xff|0XFF|10|010|0|ffffffffffffffff"},
		{"unsigned", `("%u %u"):format(-1, 2^63)`, "18446744073709551615 9223372036854775808"},
		{"fractions", `("%f|%.0f|%10.3f|%-10.1f|%+.1f|%e|%.2E"):format(1/3, 2.5, 1/3, 1/3, 1, 12345, 12345)`, "0.333333|2|     0.333|0.3       |+1.0|1.234500e+04|1.23E+04"},
		{"short fractions", `("%g|%g|%g|%g|%.3g|%.14g|%G"):format(100000, 1e6, 1e-5, 1/3, 1/3, 0.1, 1e300)`, "100000|1e+06|1e-05|0.333333|0.333|0.1|1E+300"},
		{"what is no number", `("%f|%5g|%E|%d"):format(1/0, -1/0, 0/0, 0/0)`, "inf| -inf|NAN|-9223372036854775808"},
		{"texts", `("%s|%5s|%-5s|%.2s|%5.1s|%%"):format("abc", "abc", "abc", "abc", "abc")`, "abc|  abc|abc  |ab|    a|%"},
		{"bytes", `("%c%c%3c|"):format(65, 255, 66)`, "A\xff  B|"},
		{"a quote", `("%q"):format('a"b\\c\n\r\0\1\255')`, "\"a\\\"b\\\\c\\\n\\r\\000\x01\xff\""},
		{"any value as a text", `("%s %s %s %.3s"):format(nil, true, setmetatable({}, {__tostring=function() return "mine" end}), 1764508800.123)`, "nil true mine 176"},
		{"numbers as print writes them", `("%s"):format(1764508800.123)`, "1764508800.123"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, "print("+c.chunk+")", c.want) })
	}
}

func TestFormatErrors(t *testing.T) {
	for _, c := range []struct{ chunk, want string }{
		{`("%d"):format("x")`, "bad argument #1 to 'format' (number expected, got string)"},
		{`("%d"):format()`, "bad argument #1 to 'format' (number expected, got no value)"},
		{`("%s %s"):format(1)`, "bad argument #2 to 'format' (string expected, got no value)"},
		{`("%y"):format(1)`, "invalid option '%y' to 'format'"},
		{`("%5.1y"):format(1)`, "invalid option '%5.1y' to 'format'"},
		{`("%"):format(1)`, "invalid option '%' to 'format'"},
		{`("%100d"):format(1)`, "invalid format (width or precision too long)"},
		{`("%.100f"):format(1)`, "invalid format (width or precision too long)"},
		{`("%-+ #00d"):format(1)`, "invalid format (repeated flags)"},
		{`("%s"):format(setmetatable({}, {__tostring=function() error("x") end}))`, "test:1: x"},
		{`("%*d"):format(1, 2)`, "invalid option '%*' to 'format'"},
	} {
		if _, err := newProbe(t).try(t, c.chunk); err == nil || err.Error() != "test:1: "+strings.TrimPrefix(c.want, "test:1: ") {
			t.Errorf("%s: got %v, want %s", c.chunk, err, c.want)
		}
	}
}

func TestJoinedTexts(t *testing.T) {
	const object = `local o = setmetatable({}, {__concat=function(a, b) return "<" .. type(a) .. " " .. type(b) .. ">" end}) `
	for _, c := range []struct{ name, chunk, want string }{
		{"texts and numbers", `print("a" .. 1 .. 2.5 .. "b", 1 .. 2)`, "a12.5b\t12"},
		{"numbers as print writes them", `print("" .. 1764508800.123456)`, "1764508800.123456"},
		{"objects, from the right", object + `print("a" .. o, o .. "a", "a" .. "b" .. o .. "c" .. "d", o .. o, 1 .. o .. 2)`,
			"<string table>\t<table string>\tab<table string>\t<table table>\t1<table number>"},
		{"one value of a call", `local function two() return "x", "y" end print("a" .. two(), (two() .. two()))`, "ax\txx"},
		{"one value of ...", `local function f(...) return "a" .. ... end print(f("x", "y"))`, "ax"},
		{"a long chain", `print(#(` + strings.Repeat("'ab' .. ", 900) + `'c'))`, "1801"},
		{"in conditions and constructors", `local t = {"a" .. 1, k = "b" .. 2} if "c" .. 3 == "c3" then print(t[1], t.k, #("x" .. "y")) end`, "a1\tb2\t2"},
		{"in closures", `local s = "a" local function f(n) return function() s = s .. n return s end end f(1)() print(f(2)())`, "a12"},
		{"as what a loop walks", `for w in ("a b" .. " c"):gmatch("%a") do print(w) end`, "a\nb\nc"},
		{"in the way of nothing a script calls so", `local concat = 1 print("a" .. concat, ("\0"):rep(200) .. "" == ("\0"):rep(200))`, "a1\ttrue"},
		{"where a tail call stood", `local function f(n) return "x" .. n end print(f(1))`, "x1"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
	_, err := newProbe(t).try(t, "local x\nreturn 'a' .. x")
	if want := "test:2: attempt to concatenate local 'x' (a nil value)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOtherTextFunctions(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"case, of letters only", `print(("AbC\200\xe4z"):upper() == "ABC\200\xe4Z", ("AbC\200\xc4Z"):lower() == "abc\200\xc4z")`, "true\ttrue"},
		{"a table of a million", `local t = {} for i = 1, 1e6 do t[i] = "x" end print(#table.concat(t), #table.concat(t, ", "))`, "1000000\t2999998"},
		{"parts of a table", `print(table.concat({1, 2, 3}, "-"), table.concat({1, 2, 3}, "-", 2), table.concat({1, 2, 3}, "-", 2, 2), table.concat({}, "x", 3, 1))`, "1-2-3\t2-3\t2\t"},
		{"a table with something else", `print(pcall(table.concat, {1, {}, 3}))`, "false\ttest:1: invalid value (table) at index 2 in table for concat: its text is tostring(x)"},
		{"a table that ends too early", `print(pcall(table.concat, {1, 2}, "", 1, 3))`, "false\ttest:1: invalid value (nil) at index 3 in table for concat"},
		{"sorted", `local t = {5, 3, 8, 1} table.sort(t) print(unpack(t)) table.sort(t, function(a, b) return a > b end) print(unpack(t))`, "1\t3\t5\t8\n8\t5\t3\t1"},
		{"sorted with an error", `print(pcall(table.sort, {1, "x"}))`, "false\ttest:1: attempt to compare string with number"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestBytes takes some bytes of a text that is longer than what one call returns.
func TestBytes(t *testing.T) {
	const text = `local s = ("x"):rep(2e5) .. "abc" `
	for _, c := range []struct{ chunk, want string }{
		{`print(s:byte(-3, -1))`, "97\t98\t99"},
		{`print(s:byte(-2))`, "98"},
		{`print(s:byte(200001, 1e9))`, "97\t98\t99"},
		{`print(("abc"):byte(-1e9, 2))`, "97\t98"},
		{`print(select("#", s:byte(1, 1e5)), select("#", unpack({}, 1, 1e5)), select("#", unpack({}, 1, -1)))`, "100000\t100000\t0"},
		{`print(pcall(s.byte, s, 1, 100001))`, "false\ttest:1: string.byte: want at most 100000 values"},
		{`print(pcall(s.byte, s, 1, -1))`, "false\ttest:1: string.byte: want at most 100000 values"},
		{`print(pcall(unpack, {}, 0/0))`, "false\ttest:1: unpack: want at most 100000 values"},
	} {
		newProbe(t).check(t, text+c.chunk, c.want)
	}
}
