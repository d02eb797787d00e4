package vm_test

import (
	"strings"
	"testing"
)

// TestNumbers compares what texts and literals stand for with what Lua 5.1 says of them.
func TestNumbers(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"literals", `print(010, 0x10, 1e3, .5, 5., 3e-2, 0xA)`, "10\t16\t1000\t0.5\t5\t0.03\t10"},
		{"literals of 64 bits", `print(0xffffffffffffffff == 2^64, 99999999999999999999 == 1e20)`, "true\ttrue"},
		{"tonumber", `print(tonumber("1e3"), tonumber("1E+3"), tonumber("010"), tonumber(" 10\n"), tonumber("+5"), tonumber("-0x10"), tonumber("5."))`, "1000\t1000\t10\t10\t5\t-16\t5"},
		{"tonumber of what is none", `print(tonumber(""), tonumber("0x"), tonumber("1e"), tonumber("1_0"), tonumber("0b1"), tonumber("0o7"), tonumber("1 2"), tonumber({}))`,
			"nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil"},
		{"tonumber with a base", `print(tonumber("ff", 16), tonumber("0xff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("10", 2), tonumber("-ff", 16), tonumber("1e1", 16))`,
			"255\t255\t1295\tnil\t2\t-255\t481"},
		{"and with none there is", `print(pcall(tonumber, "1", 37))`, "false\ttest:1: bad argument #2 to 'tonumber' (base out of range)"},
		{"large ones", `print(tonumber("1e400"), tonumber("-1e400"), tonumber(("9"):rep(400)))`, "inf\t-inf\tinf"},
		{"literals out of range", `print(1e400, -1e400, 1e308*10, 1e-400, 0x` + strings.Repeat("f", 300) + `, 9e999 == math.huge, ` + strings.Repeat("9", 400) + `)`, "inf\t-inf\tinf\t0\tinf\ttrue\tinf"},
		{"texts out of range", `print("1e400" + 0, -"1e400", "1e-400" + 0, "0x` + strings.Repeat("f", 300) + `" + 0, "1e400" + "-1e400")`, "inf\t-inf\t0\tinf\tnan"},
		{"a text calculates", `print("010" + 1, "1e3" - 0, 2 * "0x10", "7" / "2", "-7" % "4", "2" ^ "3", -"5")`, "11\t1000\t32\t3.5\t1\t8\t-5"},
		{"one that is none does not", `print(pcall(function() return "x" + 1 end)) print(pcall(function() return {} .. "", 1 - {} end)) print(pcall(function() return -"x" end))`,
			"false\ttest:1: attempt to perform arithmetic on a string value\n" +
				"false\ttest:1: attempt to concatenate a table value\nfalse\ttest:1: attempt to perform arithmetic on a string value"},
		{"another's metamethod", `local mt = {} mt.__add = function(a, b) return "sum" end print("x" + setmetatable({}, mt), setmetatable({}, mt) + "x")`, "sum\tsum"},
		{"what is infinite", `print(1/0, -1/0, math.huge, string.format("%s", 0/0))`, "inf\t-inf\tinf\tnan"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestLibraryAsInLua compares with Lua 5.1 where gopher-lua's own library differs.
func TestLibraryAsInLua(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"byte", `print(("abc"):byte()) print(("abc"):byte(2)) print(("abc"):byte(-1)) print(("abc"):byte(1, -1)) print(("abc"):byte(2, 1e9)) print(("abc"):byte(-9, 1))`,
			"97\n98\n99\n97\t98\t99\n98\t99\n97"},
		{"byte of nothing", `print(select("#", (""):byte()), select("#", ("abc"):byte(4)), select("#", ("abc"):byte(0)), select("#", ("abc"):byte(3, 2)))`, "0\t0\t0\t0"},
		{"char", `print(string.char(), string.char(72, "105")) print(pcall(string.char, 256)) print(pcall(string.char, 1, -1))`,
			"\tHi\nfalse\ttest:1: bad argument #1 to 'string.char' (invalid value)\nfalse\ttest:1: bad argument #2 to 'string.char' (invalid value)"},
		{"sub", `print(("hello"):sub(2), ("hello"):sub("2", "3"), ("hello"):sub(-3, -2), ("hello"):sub(0), ("hello"):sub(-9, 2), ("hello"):sub(4, 2), ("hello"):sub(2, 1e300))`,
			"ello\tel\tll\thello\the\t\tello"},
		{"rep", `print(("ab"):rep(3), ("ab"):rep("2"), ("ab"):rep(0), ("ab"):rep(-1), #(""):rep(1e9))`, "ababab\tabab\t\t\t0"},
		{"rep with a separator", `print(("a"):rep(3, ","), ("a"):rep(1, ","), ("a"):rep(0, ","), (""):rep(3, "-"), ("a"):rep(2, 0), ("a"):rep(2, nil))`, "a,a,a\ta\t\t--\ta0a\taa"},
		{"and without bounds", `print(pcall(function() return (""):rep(1e9, ",") end)) print(pcall(function() return ("a"):rep(2, {}) end))`,
			"false\ttest:1: string.rep: want at most 67108864 bytes, got 1000000000 times 1\nfalse\ttest:1: bad argument #2 to 'rep' (string expected, got table)"},
		{"concat with a number between", `print(table.concat({1, 2}, 0))`, "102"},
		{"remove", `local t = {1, 2, 3} print(table.remove(t), table.remove(t, 1), #t) print(select("#", table.remove(t, 0)), select("#", table.remove(t, 5)), #t, table.remove(t, nil), #t)`,
			"3\t1\t1\n0\t0\t1\t2\t0"},
		{"remove of what was longer", `local t = {1, 2, 3} t[3] = nil print(table.remove(t), #t)`, "2\t1"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}
