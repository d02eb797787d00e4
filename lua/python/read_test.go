package python_test

import (
	"testing"

	"github.com/moonwire/moonwire/lua/python"
)

// names are what the names in the tests stand for.
func names(name string) python.Kind {
	return map[string]python.Kind{
		"p": python.Packet, "l": python.Value, "x": python.Other, "IP": python.Layer, "TCP": python.Layer,
		"bytes": python.Function, "raw": python.Function, "sr1": python.Function, "print": python.Function,
	}[name]
}

func TestReading(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		want         python.Reading
	}{
		{"Lua", `p:show()`, python.Reading{}},
		{"Lua in a block", `for i = 1, 2 do p.show() end`, python.Reading{}},
		{"an open block of Lua", `for i = 1, 2 do`, python.Reading{}},
		{"nothing", ``, python.Reading{}},
		{"neither", `x = = 1`, python.Reading{}},
		{"a comment and Lua", "#!x\np:show()", python.Reading{}},
		{"Python", `IP(dst="x")`, python.Reading{Lua: `IP{dst="x"}`}},
		{"Python in several lines", "p = IP(\n  dst=\"x\")", python.Reading{Lua: "p = IP{\n  dst=\"x\"}"}},
		{"the beginning of a call", `IP(dst="x",`, python.Reading{Lua: `IP{dst="x"`}},
		{"a packet's method", `p.show()`, python.Reading{Lua: `p:show()`}},
		{"a list's method", `l.summary()`, python.Reading{Lua: `l:summary()`}},
		{"a table's function", `x.show()`, python.Reading{}},
		{"a method of nothing", `nobody.show()`, python.Reading{}},
		{"a method of a call", `sr1(p).show()`, python.Reading{Lua: `sr1(p):show()`}},
		{"a method of a variable of the entry", `q = IP()/TCP(); q.show()`, python.Reading{Lua: `q = IP()/TCP(); q:show()`}},
		{"a variable of the entry that is no packet", `p = x; p.show()`, python.Reading{}},
		{"bytes", `b"\x01"`, python.Reading{Lua: `"\001"`}},
		{"the bytes of a packet", `raw(p)`, python.Reading{Lua: `bytes(p)`}},
		{"the bytes of text", `raw(x)`, python.Reading{}},
		{"a length in Lua", `#p`, python.Reading{}},
		{"a length beside a slip", `print(p.copy(), #p)`, python.Reading{}},
		{"a length of a packet", `print(IP(dst="x"), len(p))`, python.Reading{Hint: "the bytes of a packet are counted by #bytes(p): #p counts the packets that it stands for"}},
		{"a comprehension", `[q for q in l]`, python.Reading{Hint: "this is a list comprehension; in Lua: l = {} for _, x in ipairs(list) do l[#l+1] = x end"}},
		{"a loop of both", `for q in IP(dst="x")/TCP(dport=[1,2]) do print(q) end`, python.Reading{Hint: `in Lua: for q in (IP{dst="x"}/TCP{dport={1,2}}):each() do ... end`}},
		{"a loop over a list", `for q in l:`, python.Reading{Line: 1, Hint: "this is Python's for; in Lua: for _, x in ipairs(list) do ... end"}},
		{"a loop over a packet", "\n\nfor q in p:", python.Reading{Line: 3, Hint: "this is Python's for; in Lua: for q in p:each() do ... end"}},
		{"a loop over a protocol", `for q in IP:`, python.Reading{Line: 1, Hint: "this is Python's for; in Lua: for q in p:each() do ... end"}},
		{"a condition", `if x != None:`, python.Reading{Line: 1, Hint: "this is Python's if; in Lua: if x ~= nil then ... end"}},
		{"a condition that stays", `while x:`, python.Reading{Line: 1, Hint: "this is Python's while; in Lua: while x do ... end"}},
		{"a condition without an equal", `if x & 2:`, python.Reading{Line: 1, Hint: `this is Python's if; in Lua: if x then ... end; Lua has no &; a flag is asked by its letter: p[TCP]:flag("S")`}},
		{"a function", `def f(a):`, python.Reading{Line: 1, Hint: "this is Python's def; in Lua: function f(x) ... end"}},
		{"another block", `try:`, python.Reading{Line: 1, Hint: "this is Python's try; in Lua: blocks end with end"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := python.Read(tt.source, names); got != tt.want {
				t.Errorf("Read(%q)\ngot  %+v\nwant %+v", tt.source, got, tt.want)
			}
		})
	}
}

func TestScriptsInPythonAreRecognised(t *testing.T) {
	for source, want := range map[string]int{
		"from scapy.all import *\n": 1, "#!/usr/bin/env python3\nimport sys\n": 2, "print(1)": 0, "local import = 1": 0, "": 0,
	} {
		if got := python.Script(source); got != want {
			t.Errorf("%q: got %d, want %d", source, got, want)
		}
	}
}
