package vm_test

import (
	"strings"
	"testing"
)

// TestFaultsAreNamedAsInLua holds the words of the interpreter's own errors against those of Lua 5.1, which names what is nil by what the
// source calls it.
func TestFaultsAreNamedAsInLua(t *testing.T) {
	for _, c := range []struct{ chunk, want string }{
		{"x = nil x.y = 1", "attempt to index global 'x' (a nil value)"},
		{"x = nil return x.y", "attempt to index global 'x' (a nil value)"},
		{"local x return x.y", "attempt to index local 'x' (a nil value)"},
		{"local a, b, x = 1, 2 return a, b, x.y", "attempt to index local 'x' (a nil value)"},
		{"local t = {} return t.x.y", "attempt to index field 'x' (a nil value)"},
		{"local t = {} t.x.y = 1", "attempt to index field 'x' (a nil value)"},
		{`local t = {} return t["a b"].y`, "attempt to index field 'a b' (a nil value)"},
		{"local t, i = {}, 1 return t[i].y", "attempt to index a nil value (key 'y')"},
		{"local t, i = {}, 1 return t[i][2]", "attempt to index a nil value"},
		{"local x local function f() return x.y end f()", "attempt to index upvalue 'x' (a nil value)"},
		{"local f = print f().x = 1", "attempt to index a nil value (key 'x')"},
		{"x = true return x.y", "attempt to index global 'x' (a boolean value)"},
		{"local function f(a, b) return b.c end f(1)", "attempt to index local 'b' (a nil value)"},
		{"for i = 1, 2 do local z z.y = i end", "attempt to index local 'z' (a nil value)"},
		{"x = nil x()", "attempt to call global 'x' (a nil value)"},
		{"x = nil return x()", "attempt to call global 'x' (a nil value)"},
		{"local x = 5 x()", "attempt to call local 'x' (a number value)"},
		{"local t = {} t.go()", "attempt to call field 'go' (a nil value)"},
		{"local t = {} t:go()", "attempt to call method 'go' (a nil value)"},
		{`local s = "a" s:go()`, "attempt to call method 'go' (a nil value)"},
		{`("x")()`, "attempt to call a string value"},
		{"for x in 5 do end", "attempt to call a number value"},
		{"local l = {} for x in l do end", "a list is walked with ipairs: for _, x in ipairs(list) do"},
		{"local f = true for x in f do end", "attempt to call local 'f' (a boolean value)"},
		{"local a, b = 1 return a + b", "attempt to perform arithmetic on local 'b' (a nil value)"},
		{"local a, b = 1 return b * a", "attempt to perform arithmetic on local 'b' (a nil value)"},
		{"local t = {} return 2 ^ t.n", "attempt to perform arithmetic on field 'n' (a nil value)"},
		{"local t = {} return t.n % 2", "attempt to perform arithmetic on field 'n' (a nil value)"},
		{"local t = {} return t.n - t.m", "attempt to perform arithmetic on field 'n' (a nil value)"},
		{`local s = "x" return s + 1`, "attempt to perform arithmetic on local 's' (a string value)"},
		{`local t = {} return "2" + t`, "attempt to perform arithmetic on local 't' (a table value)"},
		{"local x return -x", "attempt to perform arithmetic on local 'x' (a nil value)"},
		{"local x return #x", "attempt to get length of local 'x' (a nil value)"},
		{"local t = {} return #t.list", "attempt to get length of field 'list' (a nil value)"},
		{`local x return "a" .. x`, "attempt to concatenate local 'x' (a nil value)"},
		{`local x return "a" .. x .. "b"`, "attempt to concatenate local 'x' (a nil value)"},
		{`local t = {} return t.a .. "b"`, "attempt to concatenate field 'a' (a nil value)"},
		{`x = {} local s = "a" .. x`, "attempt to concatenate global 'x' (a table value)"},
		{"local x return x < 1", "attempt to compare nil with number (local 'x' is nil)"},
		{"local t = {} return 1 <= t.x", "attempt to compare number with nil (field 'x' is nil)"},
		{"return {} < {}", "attempt to compare two table values"},
		{`return 1 < "2"`, "attempt to compare number with string"},
		{"for i = 1, {} do end", "'for' limit must be a number"},
		{"for i = {}, 1 do end", "'for' initial value must be a number"},
		{"local t t.x, t.y = 1, 2", "attempt to index local 't' (a nil value)"},
		{"local a, t = 1 a, t.x = 2, 3", "attempt to index local 't' (a nil value)"},
		{"local t = {} if 1 then local q = t.z end return t.z.z", "attempt to index field 'z' (a nil value)"},
		{"local co = coroutine.wrap(function(x) return x.y end) co()", "attempt to index local 'x' (a nil value)"},
		{"local x local ok, why = pcall(function() return x.y end) error(why, 0)", "attempt to index upvalue 'x' (a nil value)"},
		{"local s = string.rep({}, 2)", "bad argument #1 to 'string.rep' (string expected, got table)"},
		{"local rep = string.rep rep()", "bad argument #1 to 'string.rep' (string expected, got no value)"},
		{`local s = ("x"):rep({})`, "bad argument #1 to 'rep' (number expected, got table)"},
		{"ipairs(nil)", "bad argument #1 to 'ipairs' (table expected, got nil)"},
		{"setmetatable(1, {})", "bad argument #1 to 'setmetatable' (table expected, got number)"},
		{`table.concat({{}})`, "invalid value (table) at index 1 in table for concat: its text is tostring(x)"},
		{`error("attempt to call a non-function object")`, "attempt to call a non-function object"},
		{`error("bad argument #1 to f (number expected, got nil)")`, "bad argument #1 to f (number expected, got nil)"},
		{`assert(false, "cannot perform add operation between nil and nil")`, "cannot perform add operation between nil and nil"},
		{"local t = setmetatable({}, {__index=5}) return t.x", "attempt to index a number value, which is the __index of a table"},
		{"local t = {} setmetatable(t, {__index=t}) return t.x", "loop in gettable"},
		{"math.max()", "bad argument #1 to 'math.max' (number expected, got no value)"},
		{"table.insert({}, 1, 2, 3)", "wrong number of arguments to 'table.insert'"},
		{"table.sort{{}, {}}", "attempt to compare two table values"},
		{"setmetatable({}, 5)", "bad argument #2 to 'setmetatable' (nil or table expected, got number)"},
		{`assert(nil)`, "assertion failed!"},
		{`assert()`, "bad argument #1 to 'assert' (value expected)"},
	} {
		_, err := newProbe(t).try(t, c.chunk)
		if err == nil || strings.TrimPrefix(err.Error(), "test:1: ") != c.want {
			t.Errorf("%s: got %v, want %s", c.chunk, err, c.want)
		}
	}
}

// TestErrorsThatAreNoText holds that any value can be thrown and caught, and says where it was thrown when nobody catches it.
func TestErrorsThatAreNoText(t *testing.T) {
	newProbe(t).check(t, `local e = {7} local ok, c = pcall(error, e) print(c == e) ok, c = pcall(assert, false, e) print(c == e) print(select("#", assert(1, 2, 3)))`, "true\ntrue\n3")
	for chunk, want := range map[string]string{
		"local x\nerror(setmetatable({}, {__tostring=function() return 'mine' end}))": "test:2: mine",
		"assert(false, setmetatable({}, {__tostring=function() return 'mine' end}))":  "test:1: mine",
		"error()":      "test:1: nil",
		"error('a',0)": "a",
	} {
		if _, err := newProbe(t).try(t, chunk); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}
