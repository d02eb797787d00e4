package vm_test

import (
	"errors"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

func TestProtectedCalls(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"values pass", `print(pcall(function(...) return ... end, 1, nil, 3)) print(select("#", pcall(function() end)))`, "true\t1\tnil\t3\n1"},
		{"many values pass", `local t = {} for i = 1, 9000 do t[i] = i end
			local function count(...) return select("#", ...), (select(9001, ...)) end print(count(pcall(unpack, t)))`, "9001\t9000"},
		{"errors are values", `local ok, e = pcall(error, {code=7}) print(ok, e.code)`, "false\t7"},
		{"of any kind", `local f = function() end for _, v in ipairs{1, "s", true, f, coroutine.create(f)} do local ok, e = pcall(error, v, 0) print(ok, e == v) end
			print(pcall(error, nil)) print(pcall(error, false))`, "false\ttrue\nfalse\ttrue\nfalse\ttrue\nfalse\ttrue\nfalse\ttrue\nfalse\tnil\nfalse\tfalse"},
		{"errors have a line", `print(pcall(function() error("x") end)) print(pcall(function() error("x", 2) end)) print(pcall(error, "x"))`, "false\ttest:1: x\nfalse\ttest:1: x\nfalse\tx"},
		{"what cannot be called", `print(pcall(nil)) print(pcall(3, 4)) print(pcall(setmetatable({}, {__call=function(_, x) return x end}), 5))`,
			"false\ttest:1: attempt to call a nil value\nfalse\ttest:1: attempt to call a number value\ntrue\t5"},
		{"the place of a function called directly", "local function f()\nreturn pcall(string.rep) end\nprint(f())\nprint(pcall(string.rep))", "false\ttest:2: bad argument #1 to 'string.rep' (string expected, got no value)\n" +
			"false\ttest:4: bad argument #1 to 'string.rep' (string expected, got no value)"},
		{"by two", "\nprint(select(2, pcall(pcall, string.char, 256)))", "false\ttest:2: bad argument #1 to 'string.char' (invalid value)"},
		{"by xpcall", "\nprint(xpcall(string.rep, function(e) return 'H ' .. e end))", "false\tH test:2: bad argument #1 to 'string.rep' (string expected, got no value)"},
		{"by coroutine.wrap", "local w = coroutine.wrap(string.char)\nprint(pcall(w, 256))", "false\ttest:2: bad argument #1 to 'string.char' (invalid value)"},
		{"by a coroutine", "local co = coroutine.create(string.char)\nprint(coroutine.resume(co, 256))", "false\ttest:2: bad argument #1 to 'string.char' (invalid value)"},
		{"by pcall in a coroutine", "coroutine.wrap(function()\nprint(pcall(string.char, 256)) end)()", "false\ttest:2: bad argument #1 to 'string.char' (invalid value)"},
		{"by a sort", "\nprint(pcall(function() table.sort({1, 2},\nfunction() string.char(256) end) end))", "false\ttest:3: bad argument #1 to 'string.char' (invalid value)"},
		{"what error throws has none there, as in Lua", "\nprint(pcall(error, 'x')) print(pcall(error, 'pcall:1: x')) print(pcall(error, {1}) == false)", "false\tx\nfalse\tpcall:1: x\ntrue"},
		{"without a function", `print(pcall(pcall))`, "false\ttest:1: bad argument #1 to 'pcall' (value expected)"},
		{"one in another", `print(pcall(pcall, pcall, error, "x"))`, "true\ttrue\tfalse\tx"},
		{"many in one another", `local function f(n) if n == 0 then error("bottom", 0) end local ok, e = pcall(f, n - 1) error(e .. n, 0) end print(pcall(f, 3))`, "false\tbottom123"},
		{"deep recursion", `local function sum(n) if n == 0 then return 0 end return n + sum(n - 1) end print(sum(3000), pcall(sum, 3000))`, "4501500\ttrue\t4501500"},
		{"deep recursion with protected calls", `local function down(n) if n % 500 == 0 then return n == 0 or select(2, pcall(down, n - 1)) end return down(n - 1) and true end print(down(3999))
			local function f(n) if n > 0 then return (f(n - 1)) end return select(2, pcall(f, 3000)) end print(pcall(f, 3000))`,
			"true\ntrue\ttest:2: stack overflow"},
		{"deeper than threads are kept", `local function f(n) if n == 0 then return 0 end local _, d = pcall(f, n - 1) return d + 1 end print(f(150)) print(f(150))`, "150\n150"},
		{"one behind the other", `local n = 0 for i = 1, 1000 do if pcall(function() if i % 2 == 0 then error(i) end return i end) then n = n + 1 end end print(n)`, "500"},
		{"a stack overflow", `local function f() return f() + 1 end print(pcall(f)) print(pcall(f)) print("on")`, "false\ttest:1: stack overflow\nfalse\ttest:1: stack overflow\non"},
		{"an error of a metamethod", `local t = setmetatable({}, {__index=function(_, k) error("no " .. k, 0) end}) print(pcall(function() return t.x end)) print(pcall(function() return t.y end))`, "false\tno x\nfalse\tno y"},
		{"an error of a comparison", `print(pcall(table.sort, {3, 1, 2}, function() error("sorted", 0) end))`, "false\tsorted"},
		{"an error of a replacement", `print(pcall(string.gsub, "abc", "b", function() error("replaced", 0) end))`, "false\treplaced"},
		{"an error of tostring", `print(pcall(print, setmetatable({}, {__tostring=function() error("text", 0) end})))`, "false\ttext"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestHandlers has xpcall.
func TestHandlers(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"the error is handed over", `print(xpcall(function() error("q") end, function(m) return "handled " .. m end))`, "false\thandled test:1: q"},
		{"as it is", `print(xpcall(function() error({code=7}) end, function(e) return e.code, e.code + 1 end))`, "false\t7\t8"},
		{"values pass", `print(xpcall(function() return 1, nil, 3 end, print))`, "true\t1\tnil\t3"},
		{"an error of the handler goes on", `print(pcall(xpcall, error, function(e) error("again", 0) end))`, "false\tagain"},
		{"the handler may protect calls", `print(xpcall(function() error("a", 0) end, function(e) return select(2, pcall(error, e .. "b", 0)) end))`, "false\tab"},
		{"the handler shares variables", `local n = 0 print(xpcall(function() n = n + 1 error("x") end, function() n = n + 10 return n end)) print(n)`, "false\t11\n11"},
		{"a stack overflow", `local function f() return f() + 1 end print(xpcall(f, function(e) return "caught: " .. e end))`, "false\tcaught: test:1: stack overflow"},
		{"without a handler", `print(pcall(xpcall, print))`, "false\ttest:1: bad argument #2 to 'xpcall' (function expected, got no value)"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestClosuresKeepTheirVariables has errors between a variable and the functions that share it.
func TestClosuresKeepTheirVariables(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"of the caller", `local n = 0 local function inc() n = n + 1 pcall(error, "x") end for i = 1, 5 do inc() end print(n)`, "5"},
		{"of the caller's caller", `local n = 0 local function inc() n = n + 1 end inc() pcall(function() pcall(error, "y") error("x") end) inc() print(n)`, "2"},
		{"of the frame that ends", `local get, set
			pcall(function() local v = 1 get, set = function() return v end, function(x) v = x end error("x") end)
			local a, b, c, d, e = 9, 9, 9, 9, 9 set(5) print(get())`, "5"},
		{"of two frames that end", `local f, g
			pcall(function() local v = "outer" f = function() return v end
				(function() local w = "inner" g = function() return v .. w end error("x") end)() end)
			pcall(function() local a, b, c, d = 1, 2, 3, 4 return a end)
			print(f(), g())`, "outer\touterinner"},
		{"of a frame that ends well", `local f local ok = pcall(function() local v = 1 f = function() v = v + 1 return v end end)
			pcall(function() local a, b, c = 7, 8, 9 return a end) print(f(), f())`, "2\t3"},
		{"of a handler's frame", `local f xpcall(function() error("x") end, function(e) local v = e f = function() return v end end)
			pcall(function() local a, b, c = 7, 8, 9 end) print(f())`, "test:1: x"},
		{"of a frame that a wrapped coroutine's error ends", `local f
			pcall(function() local v = 1 f = function() v = v + 1 return v end coroutine.wrap(function() error("x") end)() end)
			pcall(function() local a, b, c, d = 7, 8, 9, 10 return a end) print(f(), f())`, "2\t3"},
		{"of a frame that Go's panic ends", `local f
			print(pcall(function() local v = 1 f = function() v = v + 1 return v end boom() end))
			pcall(function() local a, b, c, d = 7, 8, 9, 10 return a end) print(f(), f())`, "false\tinternal fault, please report it: boom\n2\t3"},
		{"of a loop", `local fs = {} for i = 1, 3 do fs[i] = function() i = i + 10 return i end pcall(error, i) fs[i]() end print(fs[1](), fs[2](), fs[3]())`, "21\t22\t23"},
		{"of a coroutine", `local f = coroutine.wrap(function() local n = 0 local function inc() n = n + 1 end
			while true do pcall(function() inc() error("x") end) inc() coroutine.yield(n) end end) print(f(), f(), f())`, "2\t4\t6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProbe(t)
			p.SetGlobal("boom", p.Lua().NewFunction(func(*glua.LState) int { panic("boom") }))
			p.check(t, c.chunk, c.want)
		})
	}
}

// TestClosuresOutliveTheRunThatFailed has the errors that a prompt's entries end with.
func TestClosuresOutliveTheRunThatFailed(t *testing.T) {
	for name, failure := range map[string]string{
		"an error": `error("x")`, "a wrapped coroutine's": `coroutine.wrap(function() error("x") end)()`, "Go's panic": `boom()`,
		"a stack overflow": `local function g() return g() + 1 end g()`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newProbe(t)
			p.SetGlobal("boom", p.Lua().NewFunction(func(*glua.LState) int { panic("boom") }))
			var thrown *vm.Thrown
			if _, err := p.try(t, `local n = 0 function f() n = n + 1 return n end `+failure); !errors.As(err, &thrown) {
				t.Fatalf("got %v", err)
			}
			p.check(t, `local a, b, c, d = 7, 8, 9, 10 print(f(), f())`, "1\t2")
		})
	}
}

func TestCoroutines(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"values pass", `local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) print(co(1), co(5))`, "2\t10"},
		{"resumed in a protected call", `local co = coroutine.wrap(function() for i = 1, 4 do coroutine.yield(i) end end)
			print(pcall(co)) print(co()) print(pcall(pcall, co)) print(pcall(function() return co() end))`, "true\t1\n2\ntrue\ttrue\t3\ntrue\t4"},
		{"made in a protected call that has ended", `local co pcall(function() co = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end) co() error("x") end) print(co())`, "2"},
		{"protected calls between yields", `local co = coroutine.wrap(function() local ok, e = pcall(error, "a", 0) coroutine.yield(e) ok, e = pcall(error, "b", 0) coroutine.yield(e) end)
			print(co(), pcall(error, "c", 0)) print(co())`, "a\tfalse\tc\nb"},
		{"yielding across pcall is an error", `print(coroutine.wrap(function() return pcall(coroutine.yield, 1) end)())`, "false\tattempt to yield across pcall"},
		{"and the coroutine goes on", `local co = coroutine.wrap(function() print(pcall(function() coroutine.yield(1) end)) coroutine.yield(2) return 3 end) print(co(), co())`,
			"false\tattempt to yield across pcall\n2\t3"},
		{"yielding outside is an error", `print(pcall(coroutine.yield))`, "false\tattempt to yield across pcall"},
		{"an error is returned", `print(coroutine.resume(coroutine.create(function() error({}, 0) end)) == false) print(coroutine.resume(coroutine.create(function() error("x") end)))`, "true\nfalse\ttest:1: x"},
		{"an error of a wrapped one is thrown", `print(pcall(coroutine.wrap(function() error("x") end))) local ok, e = pcall(coroutine.wrap(function() error({code=7}) end)) print(e.code)`, "false\ttest:1: x\n7"},
		{"a wrapped one is dead behind its error", `local co = coroutine.wrap(function() error("x", 0) end) print(pcall(co)) print(select(2, pcall(function() co() end)))`,
			"false\tx\ntest:1: can not resume a dead thread"},
		{"a wrapped one is dead at its end", `local co = coroutine.wrap(function() return 1 end) co() print(select(2, pcall(function() co() end)))`, "test:1: can not resume a dead thread"},
		{"it cannot resume itself", `local co co = coroutine.create(function() return coroutine.resume(co) end) print(coroutine.resume(co))
			local w w = coroutine.wrap(function() return pcall(w) end) print(w())`,
			"true\tfalse\tcan not resume a running thread\nfalse\ttest:2: can not resume a running thread"},
		{"nor one that waits for it", `local a, b
			a = coroutine.create(function() return coroutine.resume(b) end)
			b = coroutine.create(function() return coroutine.status(a), coroutine.resume(a) end)
			print(coroutine.resume(a))
			local c c = coroutine.wrap(function() return coroutine.wrap(function() return pcall(c) end)() end) print(c())`,
			"true\ttrue\tnormal\tfalse\tcan not resume a normal thread\nfalse\ttest:5: can not resume a normal thread"},
		{"what is no coroutine", `print(pcall(coroutine.resume, 1)) print(pcall(coroutine.wrap, 1))`,
			"false\ttest:1: bad argument #1 to 'coroutine.resume' (thread expected, got number)\nfalse\ttest:1: bad argument #1 to 'coroutine.wrap' (function expected, got number)"},
		{"one that is dead", `local co = coroutine.create(function() end) coroutine.resume(co) print(coroutine.resume(co))`, "false\tcan not resume a dead thread"},
		{"which one runs", `print(coroutine.running(), pcall(coroutine.running))
			local co co = coroutine.create(function() print(coroutine.running() == co, select(2, pcall(coroutine.running)) == co, coroutine.status(co))
				pcall(function() coroutine.wrap(function() coroutine.yield() end)() end) print(coroutine.running() == co, coroutine.status(co)) end)
			coroutine.resume(co) print(coroutine.status(co), coroutine.running())`, "nil\ttrue\tnil\ntrue\ttrue\trunning\ntrue\trunning\ndead\tnil"},
		{"false as a first value", `print(coroutine.wrap(function() return false, 1 end)()) print(coroutine.resume(coroutine.create(function() return false end)))`, "false\t1\ntrue\tfalse"},
		{"no values", `print(select("#", coroutine.wrap(function() end)()), select("#", coroutine.resume(coroutine.create(function() end))))`, "0\t1"},
		{"in a generic for", `for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do print(i) end`, "1\n2\n3"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestACoroutineOutlivesItsRun resumes one in the next entry of a prompt.
func TestACoroutineOutlivesItsRun(t *testing.T) {
	p := newProbe(t)
	p.check(t, `co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) print(co())`, "1")
	p.check(t, `print(co(), pcall(co))`, "2\ttrue\t3")
}

func TestProtectFromGo(t *testing.T) {
	p := newProbe(t)
	p.check(t, `function add(a, b) return a + b, "more" end function fail(v) error(v, 0) end`, "")
	results, thrown := p.Protect(p.Lua(), p.Global("add"), glua.LNumber(1), glua.LNumber(2))
	if thrown != nil || len(results) != 2 || results[0] != glua.LNumber(3) || results[1] != glua.LString("more") {
		t.Errorf("got %v, %v", results, thrown)
	}
	results, thrown = p.Protect(p.Lua(), p.Global("fail"), glua.LTrue)
	if thrown != glua.LTrue || results != nil {
		t.Errorf("got %v, %v", results, thrown)
	}
	if results, thrown := p.Protect(p.Lua(), glua.LNil); thrown == nil {
		t.Errorf("got %v, %v", results, thrown)
	}
}

// TestErrorsAtEveryDepth throws a table from every depth up to the overflow of the stack.
func TestErrorsAtEveryDepth(t *testing.T) {
	newProbe(t).check(t, `local e = {}
		local function f(n) if n == 0 then error(e) end return (f(n - 1)) end
		local kinds = {}
		for n = 1, 4200, 7 do
			local ok, got = pcall(f, n)
			local kind = got == e and "the table" or got
			if kinds[#kinds] ~= kind then kinds[#kinds+1] = kind end
		end
		print(table.concat(kinds, "\n"))`, "the table\ntest:2: stack overflow")
}
