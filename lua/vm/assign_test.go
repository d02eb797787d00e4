package vm_test

import "testing"

// TestAssignments compares assignments with Lua 5.1.
func TestAssignments(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a swap", `local a, b = 1, 2 a, b = b, a print(a, b)`, "2\t1"},
		{"a rotation", `local a, b, c = 1, 2, 3 a, b, c = c, a, b print(a, b, c)`, "3\t1\t2"},
		{"of variables of a function outside", `local a, b = 1, 2 local function f() a, b = b, a + 10 end f() print(a, b)`, "2\t11"},
		{"of globals", `x, y = 1, 2 x, y = y, x print(x, y) x, y = nil`, "2\t1"},
		{"of fields", `local t = {1, 2} t[1], t[2] = t[2], t[1] print(t[1], t[2])`, "2\t1"},
		{"a list that is turned round", `local list = {v=1, next={v=2, next={v=3}}} local prev, cur = nil, list
			while cur do prev, cur, cur.next = cur, cur.next, prev end print(prev.v, prev.next.v, prev.next.next.v, prev.next.next.next)`, "3\t2\t1\tnil"},
		{"an index that is assigned, too", `local i, t = 1, {} i, t[i] = i + 1, 20 print(i, t[1], t[2])`, "2\t20\tnil"},
		{"a table that is assigned, too", `local t = {} local old = t t, t.x = {}, 5 print(old.x, t.x)`, "5\tnil"},
		{"fields and variables", `local a, t = 1, {} a, t.k, g, t[a] = t, a, 7, "one" print(a == t, t.k, g, t[1]) g = nil`, "true\t1\t7\tone"},
		{"fewer values", `local a, b = 1, 2 a, b = b print(a, b) local function two() return 8, 9 end a, b, c = two() print(a, b, c)`, "2\tnil\n8\t9\tnil"},
		{"more values", `local a, b, n = 1, 2, 0 local function f() n = n + 1 return n end a, b = b, a, f() print(a, b, n) a = b, f() print(a, n)`, "2\t1\t1\n1\t2"},
		{"values of ...", `local function f(...) local a, b = 0, 0 a, b = ... return a, b end print(f(1)) print((f(3, 4)))`, "1\tnil\n3"},
		{"one variable twice", `local a = 0 a, a = 1, 2 print(a)`, "1"},
		{"a field through a method", `local t = {n=1} function t:swap(o) self.n, o.n = o.n, self.n end local u = {n=2} t:swap(u) print(t.n, u.n)`, "2\t1"},
		{"a text that grows, of the last parameter", `local function f(s) s = s .. "x" for i = 1, 2 do s = s .. i end return s, #s end print(f("a"))`, "ax12\t4"},
		{"one value of a call, of the last parameter", `local function two() return 1, 2 end local function f(a, s) s = (two()) a = s return a, s, a end print(f(7, 8))`, "1\t1\t1"},
		{"a call with the last parameter", `local function f(s) s = (s:gsub("a", "b")) s = (string.gsub(s, "b", "cc")) return s, #s end print(f("abc"))`, "ccccc\t5"},
		{"an error has its line", "local t\nprint(pcall(function()\nlocal a\na, t.x = 1, 2 end))", "false\ttest:4: attempt to index upvalue 't' (a nil value)"},

		{"and, when the first is nil", `local t, c = {}, 9 c = t.x and 5 print(c)`, "nil"},
		{"and, when the first is false", `local c, d = 9, 5 c = not d and 1 print(c)`, "false"},
		{"and, of a parameter", `local function f(p) p = p.x and p.x.y return p end print(f{}) print(f{x={y=3}})`, "nil\n3"},
		{"and, of calls", `local function no() return false end local c = 9 c = no() and no() and 4 print(c)`, "false"},
		{"and with or", `local t, c = {}, 9 c = t.x and t.y or t.z print(c) c = (t.x or t.y) and t.z print(c) c = t.x and 1 or 2 print(c)`, "nil\nnil\n2"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}

// TestConstantConditions compares conditions that begin with a constant with Lua 5.1.
func TestConstantConditions(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"of a while", `local a, n = 1, 0 while not nil or a do n = n + 1 if n == 3 then break end end print(n)`, "3"},
		{"of a while that never runs", `local a while not 1 and a do print("run") end while nil and a do print("run") end print("on")`, "on"},
		{"of a repeat", `local a, n = nil, 0 repeat n = n + 1 until n == 2 or not 1 or a print(n)`, "2"},
		{"of an if", `local a if not nil or a then print(1) end if not 1 or a then print(2) elseif not false and not a then print(3) end`, "1\n3"},
		{"values", `local a = 7 print(nil and a, false and a, 1 and a, nil or a, 1 or a, not nil and a, not 1 or a, not not 1, "" and 0)`, "nil\tfalse\t7\t7\t1\t7\t7\ttrue\t0"},
		{"one value of a call", `local function two() return 1, 2 end print(true and two()) print((select("#", false or two())))`, "1\n1"},
		{"a text that is joined", `local a = "x" print(true and a .. "y", not nil and a .. a)`, "xy\txx"},
	} {
		t.Run(c.name, func(t *testing.T) { newProbe(t).check(t, c.chunk, c.want) })
	}
}
