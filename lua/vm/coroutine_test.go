package vm_test

import (
	"errors"
	"testing"

	"github.com/moonwire/moonwire/lua/vm"
)

// TestYieldingAcrossGo yields where Lua 5.1 refuses to: gopher-lua takes it for a return there.
func TestYieldingAcrossGo(t *testing.T) {
	const refused = "false\tattempt to yield across metamethod/C-call boundary"
	for _, c := range []struct{ name, body string }{
		{"a comparison of sort", `table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end)`},
		{"a replacement", `("abc"):gsub(".", coroutine.yield)`},
		{"a handler", `xpcall(error, coroutine.yield)`},
		{"an iterator", `for x in function() return coroutine.yield() end do end`},
		{"an iterator that is yield", `for x in coroutine.yield do end`},
		{"__index", `local _ = setmetatable({}, {__index=function() return coroutine.yield() end}).x`},
		{"__newindex", `setmetatable({}, {__newindex=coroutine.yield}).x = 1`},
		{"__add", `local _ = setmetatable({}, {__add=function() return coroutine.yield() end}) + 1`},
		{"__unm", `local _ = -setmetatable({}, {__unm=coroutine.yield})`},
		{"__concat", `local _ = "a" .. setmetatable({}, {__concat=function() return coroutine.yield() end}) .. "b"`},
		{"__lt", `local mt = {__lt=function() return coroutine.yield() end} local _ = setmetatable({}, mt) < setmetatable({}, mt)`},
		{"__eq", `local mt = {__eq=function() return coroutine.yield() end} local _ = setmetatable({}, mt) == setmetatable({}, mt)`},
		{"__tostring", `tostring(setmetatable({}, {__tostring=function() return coroutine.yield() end}))`},
	} {
		t.Run(c.name, func(t *testing.T) {
			newProbe(t).check(t, `local co = coroutine.create(function() `+c.body+` end) print(coroutine.resume(co)) print(coroutine.status(co))`, refused+"\ndead")
		})
	}
}

// TestWhatResumeGives compares what a yield returns with what Lua 5.1 has it return.
func TestWhatResumeGives(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"fewer values than are assigned", `local co = coroutine.wrap(function() local a, b, c = coroutine.yield() return a, b, c end) co() print(co(5))`, "5\tnil\tnil"},
		{"no value for an expression", `local co = coroutine.wrap(function() return (coroutine.yield() or 6) + 1 end) co() print(co())`, "7"},
		{"more values than are assigned", `local co = coroutine.wrap(function() local a = coroutine.yield() local b = 2 return a, b end) co() print(co(1, 8, 9))`, "1\t2"},
		{"all of them", `local co = coroutine.wrap(function() return select("#", coroutine.yield()) end) co() print(co(1, nil, nil))`, "3"},
		{"in a tail call", `local co = coroutine.wrap(function(...) return coroutine.yield(1, ...) end) print(co(7)) print(co("a", "b")) print(pcall(co))`,
			"1\t7\na\tb\nfalse\ttest:1: can not resume a dead thread"},
		{"in a tail call of a call", `local function tail(n) if n == 0 then return coroutine.yield(n) end return tail(n - 1) end
			local co = coroutine.wrap(function() local a, b = tail(50) return a, b end) co() print(co(1))`, "1\tnil"},
		{"to a function of Go", `local co = coroutine.create(coroutine.yield) print(coroutine.resume(co, 1, 2)) print(coroutine.resume(co, 3)) print(coroutine.status(co))`,
			"true\t1\t2\ntrue\t3\ndead"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestCoroutinesThatEndAreForgotten makes more than memory has room for, one after the other.
func TestCoroutinesThatEndAreForgotten(t *testing.T) {
	m := vm.New(vm.Options{Memory: 96 << 20}) // what is made while a collection runs counts; all of them take more
	defer m.Close()
	fn, err := m.Compile("test", `for i = 1, 1e5 do coroutine.create(type) end`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Run(t.Context(), fn, nil); errors.Is(err, vm.ErrMemory) {
		t.Error("the script ran out of memory")
	}
}
