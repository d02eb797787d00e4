package python_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/lua/python"
)

// names are what the names in the tests stand for.
func names(name string) python.Kind {
	return map[string]python.Kind{
		"p": python.Packet, "l": python.List, "x": python.Other, "IP": python.Layer, "TCP": python.Layer,
		"n": python.Number, "word": python.Text, "octets": python.Bytes, "values": python.Values, "d": python.Dict, "unhex": python.Function,
		"t": python.Table, "bytes": python.Function, "raw": python.Function, "sr1": python.Function, "print": python.Function,
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
		{"an empty entry", ``, python.Reading{}},
		{"neither", `x = = 1`, python.Reading{}},
		{"a comment and Lua", "#!x\np:show()", python.Reading{}},
		{"Python", `IP(dst="x")`, python.Reading{Lua: `IP{dst="x"}`}},
		{"Python in several lines", "p = IP(\n  dst=\"x\")", python.Reading{Lua: "p = IP{\n  dst=\"x\"}"}},
		{"the beginning of a call", `IP(dst="x",`, python.Reading{Open: true, Hint: `")" of "(" in line 1, or an empty line`}},
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
		{"a length of a packet", `print(IP(dst="x"), len(p))`, python.Reading{Lua: `print(IP{dst="x"}, #bytes(p))`}},
		{"a comprehension", `[q for q in l if TCP in q]`, python.Reading{Lua: `l:filter(function(q) return q:has(TCP) end)`}},
		{"a loop of both", `for q in IP(dst="x")/TCP(dport=[1,2]) do print(q) end`, python.Reading{Line: 1, Hint: `in Lua: for q in (IP{dst="x"}/TCP{dport={1,2}}):each() do ... end`}},
		{"a loop over a list", `for q in l:`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's for; in Lua: for q in l do ... end"}},
		{"a loop over a packet", "\n\nfor q in p:", python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's for; in Lua: for q in p:each() do ... end"}},
		{"a loop over a protocol", `for q in IP:`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's for; in Lua: for q in IP:each() do ... end"}},
		{"a condition", `if x != None:`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's if; in Lua: if x ~= nil then ... end"}},
		{"a condition that stays", `while x:`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's while; in Lua: while x do ... end"}},
		{"a condition without an equal", `if x & 2:`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's if; in Lua: if bit.band(x, 2) ~= 0 then ... end"}},
		{"a function", `def f(a):`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's def; in Lua: function f(a) ... end"}},
		{"another block", `try:`, python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's try; in Lua: local ok, err = pcall(function() ... end"}},
		{"a count by itself", "for i in range(5):", python.Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: this is Python's for; in Lua: for i = 0, 4 do ... end"}},
		{"a count without its block", "for i in range(5):\n\n", python.Reading{Line: 1, Hint: "this is Python's for; in Lua: for i = 0, 4 do ... end"}},
		{"a block within a block", "for q in l:\n    if x:", python.Reading{Open: true, Block: true, Hint: "an empty line, or more of the block"}},
		{"a block that has no equal, and goes on", "for q in l:\n    with x as y:\n        pass", python.Reading{Open: true, Block: true, Hint: "an empty line, or more of the block: Lua has no with: files are read by rdpcap(\"f.pcap\") and written by wrpcap(\"f.pcap\", packets)"}},
		{"a block that has no equal", "with x as y:\n    pass\n", python.Reading{Line: 1, Hint: "Lua has no with: files are read by rdpcap(\"f.pcap\") and written by wrpcap(\"f.pcap\", packets)"}},
		{"a block that goes on", "for q in l:\n    q.show()", python.Reading{Open: true, Block: true, Hint: "an empty line, or more of the block"}},
		{"a block that an empty line ends", "for q in l:\n    q.show()\n", python.Reading{Lua: "for q in l do\n    q:show() end\n"}},
		{"an empty line in a bracket", "f(a=(1 +\n\n", python.Reading{Open: true, Line: 1, Hint: "the bracket ( of line 1 is never closed"}},
		{"an element of Lua's", `l[1].show()`, python.Reading{Lua: `l[1]:show()`, Note: "lists begin at 1 here: l[1] is Lua's; Python's is one further"}},
		{"an element of Python's", `l[0].show()`, python.Reading{Lua: `l[1]:show()`}},
		{"the first element", `l[0]`, python.Reading{Lua: `l[1]`}},
		{"an element of a table", `x[0]`, python.Reading{}},
		{"a byte", `bytes(p)[9]`, python.Reading{Lua: `bytes(p):byte(10)`}},
		{"the last byte", `bytes(p)[-1]`, python.Reading{Lua: `bytes(p):byte(-1)`}},
		{"the last byte but one", `octets[-2]`, python.Reading{Lua: `octets:byte(-2)`}},
		{"a byte of a payload", `p[Raw].load[0]`, python.Reading{Lua: `p[Raw].load:byte(1)`}},
		{"a byte in a condition", `octets[0] == 0x45`, python.Reading{Lua: `octets:byte(1) == 0x45`}},
		{"a byte that a name counts", `octets[n]`, python.Reading{Lua: `octets:byte(n+1)`}},
		{"a byte of a variable of the entry", `b = unhex("45"); print(b[0])`, python.Reading{Lua: `b = unhex("45"); print(b:byte(1))`}},
		{"a byte's number", `ord(raw(p)[0])`, python.Reading{Lua: `bytes(p):byte(1)`}},
		{"a letter", `word[0]`, python.Reading{Lua: `word:sub(1, 1)`}},
		{"the last letter", `word[-1]`, python.Reading{Lua: `word:sub(-1, -1)`}},
		{"the first of Python's list", `values[0]`, python.Reading{Lua: `values[1]`}},
		{"the last of Python's list", `print(values[-1])`, python.Reading{Lua: `print(values[#values])`}},
		{"a place in Python's list", `values[0] = 9`, python.Reading{Lua: `values[1] = 9`}},
		{"a place in Python's list as Lua has it", `values[1] = 9`, python.Reading{Note: "lists begin at 1 here: values[1] is Lua's; Python's is one further"}},
		{"more in Python's list", `values.append(1)`, python.Reading{Lua: `table.insert(values, 1)`}},
		{"entries of a dict", `print(d[0], d.get(1), 0 in d, len(d))`, python.Reading{Lua: `print(d[0], d[1], d[0] ~= nil, (function() local n = 0 for _ in pairs(d) do n = n + 1 end return n end)())`}},
		{"a dict that a loop fills", "for i in range(3):\n    d[i] = i\n", python.Reading{Lua: "for i = 0, 2 do\n    d[i] = i end\n"}},
		{"a list or a dict", `print(t[0], len(t))`, python.Reading{Line: 1, Hint: "whether t is a list or a dict does not show: a list's first element is t[1], an entry of a dict keeps its key"}},
		{"a list or a dict that a loop reads", "for i in range(3): print(t[i])", python.Reading{Line: 1, Hint: "whether t is a list or a dict does not show: a list's first element is t[1], an entry of a dict keeps its key"}},
		{"a table of Lua's", `t[0]`, python.Reading{}},
		{"text and a number", `"a"+1`, python.Reading{Line: 1, Hint: "text and a number are not added: x .. 1 joins them, tonumber(x) + 1 adds"}},
		{"text and a number by name", `print("a" + n)`, python.Reading{Line: 1, Hint: "text and a number are not added: x .. 1 joins them, tonumber(x) + 1 adds"}},
		{"a number as text beside text", `print("10"+5, "a"+"b")`, python.Reading{Line: 1, Hint: "text and a number are not added: x .. 1 joins them, tonumber(x) + 1 adds"}},
		{"a number as text", `"10"+5`, python.Reading{}},
		{"text and text", `"a"+"b"`, python.Reading{Lua: `"a" .. "b"`}},
		{"a method of any name", `p.json()`, python.Reading{Lua: `p:json()`}},
		{"a method of a table that has none", `t.append(1)`, python.Reading{Lua: `table.insert(t, 1)`}},
		{"a function of a table", `t.show(1)`, python.Reading{}},
		{"text with a number", `"%d" % 5`, python.Reading{Lua: `("%d"):format(5)`}},
		{"print of Python 2", `print "%d" % x`, python.Reading{Lua: `print(("%d"):format(x))`}},
		{"nothing", `x = None`, python.Reading{Lua: `x = nil`}},
		{"Python's own function", `len(l)`, python.Reading{Lua: `#l`}},
		{"a setting", `conf.verb = 0`, python.Reading{Lua: `-- conf.verb`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := python.Read(tt.source, python.Whole{}, names); got != tt.want {
				t.Errorf("Read(%q)\ngot  %+v\nwant %+v", tt.source, got, tt.want)
			}
		})
	}
}

func TestWhatAnEntryMakesIsKnownAfterwards(t *testing.T) {
	for _, tt := range []struct {
		source string
		want   map[string]python.Kind
	}{
		{`y = [1, 2]`, map[string]python.Kind{"y": python.Values}},
		{`y = [i for i in range(3)]; z = y`, map[string]python.Kind{"y": python.Values, "z": python.Values}},
		{`y = b"GET"`, map[string]python.Kind{"y": python.Bytes}},
		{`y = bytes(p)`, map[string]python.Kind{"y": python.Bytes}},
		{`y = p[Raw].load`, map[string]python.Kind{"y": python.Bytes}},
		{`y = {1: "a"}`, map[string]python.Kind{"y": python.Dict}},
		{`y = [1]; y = 2`, map[string]python.Kind{}},
		{`y = {1, 2}`, map[string]python.Kind{}},
		{`y = "GET"`, map[string]python.Kind{}},
		{`p.show()`, nil},
	} {
		if diff := cmp.Diff(tt.want, python.Made(tt.source, names)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.source, diff)
		}
	}
}

func TestScriptsInPythonAreRecognised(t *testing.T) {
	for _, tt := range []struct {
		source string
		line   int
		said   string
	}{
		{"from scapy.all import *\n", 1, ""},
		{"#!/usr/bin/env python3\nimport sys\np = IP(dst=\"x\")\n", 2, `line 3 in Lua: p = IP{dst="x"}`},
		{"for q in l:\n    q.show()\n", 1, "line 1 in Lua: for q in l do"},
		{"import os\nwith open(\"x\") as f:\n    pass\n", 1, `Lua has no with: files are read by rdpcap("f.pcap") and written by wrpcap("f.pcap", packets)`},
		{"print(1)", 0, ""}, {"local import = 1", 0, ""}, {"", 0, ""}, {"x = = 1", 0, ""}, {"local p = IP(dst=\"x\")", 0, ""},
	} {
		if line, said := python.Script(tt.source, names); line != tt.line || said != tt.said {
			t.Errorf("%q: got %d, %q", tt.source, line, said)
		}
	}
}
