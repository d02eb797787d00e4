package vm_test

import "testing"

func TestProtectedCalls(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a caught error detaches no variables", `local n = 0 local function inc() n = n + 1 pcall(error, "x") end for i = 1, 5 do inc() end print(n)`, "5"},
		{"nor does one in the middle", `local n = 0 local function inc() n = n + 1 end inc() pcall(function() pcall(error, "y") error("x") end) inc() print(n)`, "2"},
		{"errors are values", `local ok, e = pcall(error, {code=7}) print(ok, e.code)`, "false\t7"},
		{"values pass", `print(pcall(function(...) return ... end, 1, nil, 3)) print(select("#", pcall(function() end)))`, "true\t1\tnil\t3\n1"},
		{"xpcall hands the error over", `print(xpcall(function() error("q") end, function(m) return "handled " .. m end))`, "false\thandled test:1: q"},
		{"coroutines work", `local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) print(co(1), co(5))`, "2\t10"},
		{"yielding across pcall is an error", `print(coroutine.wrap(function() return pcall(coroutine.yield, 1) end)())`, "false\tattempt to yield across pcall"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}
