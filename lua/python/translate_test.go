package python_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/gopher-lua/parse"

	"github.com/moonwire/moonwire/lua/python"
)

// kinds are what the names in the tests stand for.
func kinds(name string) python.Kind {
	return map[string]python.Kind{
		"p": python.Packet, "pkts": python.List, "ans": python.Answers, "t": python.Table, "word": python.Text, "IP": python.Layer, "TCP": python.Layer,
		"UDP": python.Layer, "ICMP": python.Layer, "Raw": python.Layer, "DNS": python.Layer, "DHCP": python.Layer, "bytes": python.Function,
		"raw": python.Function, "range": python.Function, "hex": python.Function, "sr": python.Function, "sr1": python.Function, "send": python.Function,
		"sniff": python.Function, "rdpcap": python.Function, "wrpcap": python.Function, "print": python.Function, "hexdump": python.Function,
		"fragment": python.Function, "string": python.Table, "math": python.Table,
	}[name]
}

// pairs are Python and the Lua it becomes.
var pairs = []struct{ name, python, lua string }{
	// Calls.
	{"the article's line as it was copied", `sr1(IP(dst="192.168.11.2")/TCP(dport=57212,flags="S")),`, `sr1(IP{dst="192.168.11.2"}/TCP{dport=57212,flags="S"})`},
	{"keywords alone", `IP(dst="x")`, `IP{dst="x"}`},
	{"keywords with spaces", `sniff( count = 3, timeout=2 )`, `sniff{ count = 3, timeout=2 }`},
	{"keywords behind a value", `sr1(p, timeout=2, retry=1)`, `sr1(p, {timeout=2, retry=1})`},
	{"a packet and a timeout", `ans, unans = sr(IP(dst="10.0.0.1")/TCP(dport=[80, 443]), timeout=1)`, `ans, unans = sr(IP{dst="10.0.0.1"}/TCP{dport={80, 443}}, {timeout=1})`},
	{"no arguments", `p = IP(dst="x")/TCP()`, `p = IP{dst="x"}/TCP()`},
	{"a space before the parenthesis", `IP (dst="x")`, `IP {dst="x"}`},
	{"a comma behind the last argument", `sr1(p, timeout=2, )`, `sr1(p, {timeout=2} )`},
	{"a comma behind the last keyword", `IP(dst="x",)`, `IP{dst="x"}`},
	{"a comma behind the only value", `f(g(x,), y=1)`, `f(g(x), {y=1})`},
	{"a call as a value", `send(IP(dst=name(1)))`, `send(IP{dst=name(1)})`},
	{"a call of a method", `s.send(p, iface="lo")`, `s:send(p, {iface="lo"})`},
	{"a payload", `IP(dst="x")/UDP(dport=53)/"GET /"`, `IP{dst="x"}/UDP{dport=53}/"GET /"`},
	{"several lines in brackets", "sr1(IP(dst=\"x\") /\n    TCP(dport=80,\n        flags=\"S\"))", "sr1(IP{dst=\"x\"} /\n    TCP{dport=80,\n        flags=\"S\"})"},
	{"arguments with comments", "sr1(p, # what\n  timeout=2, # s\n)", "sr1(p, -- what\n  {timeout=2} -- s\n)"},
	{"an option table in Lua's spelling", `sr1(IP(dst="x"), {timeout=2})`, `sr1(IP{dst="x"}, {timeout=2})`},
	{"a local variable", `local p = IP(dst="x")`, `local p = IP{dst="x"}`},
	{"a value that is returned", `return IP(dst="x")`, `return IP{dst="x"}`},
	// Lines.
	{"a comma at the end", `sr1(p),`, `sr1(p)`},
	{"a semicolon at the end", `sr1(p) ;`, `sr1(p)`},
	{"a comma before a comment", `sr1(p), # one`, `sr1(p) -- one`},
	{"a prompt", `>>> p = IP(dst="x")`, `p = IP{dst="x"}`},
	{"an indented session", "    >>> p = IP(dst=\"x\")\n    >>> p.ttl = 3\n", "p = IP{dst=\"x\"}\np.ttl = 3\n"},
	{"a prompt that goes on", ">>> sr1(IP(dst=\"x\")/\n...   TCP(dport=80))", "sr1(IP{dst=\"x\"}/\n  TCP{dport=80})"},
	{"an empty prompt", ">>>\n>>> f(a=1)\n>>>", "\nf{a=1}\n"},
	{"a comment", `p = IP(dst="x") # the server`, `p = IP{dst="x"} -- the server`},
	{"a comment that would be long in Lua", "#[[1]]\nf(a=1)", "-- [[1]]\nf{a=1}"},
	{"an import", `from scapy.all import *`, `-- from scapy.all import *`},
	{"an import and a packet", "from scapy.all import *  # all\r\np = IP(dst=\"x\")\r\n", "-- from scapy.all import *  -- all\r\np = IP{dst=\"x\"}\r\n"},
	{"a list of imports", `import os, sys`, `-- import os, sys`},
	{"two statements", `p = IP(dst="x"); p.ttl = 1`, `p = IP{dst="x"}; p.ttl = 1`},
	{"a statement before an import", `p = IP(dst="x"); import os`, `p = IP{dst="x"}; -- import os`},
	{"a backslash at the end of a line", "p = IP(dst=\"x\") / \\\n  TCP()", "p = IP{dst=\"x\"} / \n  TCP()"},
	// Lists, dicts, indexes.
	{"a list", `ports = [80, 443]`, `ports = {80, 443}`},
	{"a list in a list", `x = [[1, 2], [3]]`, `x = {{1, 2}, {3}}`},
	{"an empty list and a last comma", `x = [[], 1, ]`, `x = {{}, 1, }`},
	{"indexes", `x = [a[i], p[TCP].dport, f()[n], b[i][k]]`, `x = {a[i], p[TCP].dport, f()[n], b[i][k]}`},
	{"a dict", `d = {"a": 1}`, `d = {a=1}`},
	{"a dict whose keys are no names", `d = {"a b": 1, 'end': 2, 3: "x",}`, `d = {["a b"]=1, ['end']=2, [3]="x",}`},
	{"a dict over several lines", "d = {\n  'a': f(x=1), # one\n  'b':\n    2\n}", "d = {\n  a=f{x=1}, -- one\n  b=\n    2\n}"},
	// Tuples.
	{"a range of ports", `TCP(dport=(1,1024))`, `TCP{dport=range(1,1024)}`},
	{"a range of addresses", `IP(dst=("10.0.0.1","10.0.0.9"))`, `IP{dst=range("10.0.0.1","10.0.0.9")}`},
	{"a range with a step", `TCP(dport=(1, 1024, 2))`, `TCP{dport=range(1, 1024, 2)}`},
	{"a range between names", `TCP(dport=(low, low+9))`, `TCP{dport=range(low, low+9)}`},
	{"a range in a list", `IP(ttl=[1,2,(5,9)])`, `IP{ttl={1,2,range(5,9)}}`},
	{"options", `TCP(options=[("MSS",1460),("NOP",None)])`, `TCP{options={{"MSS",1460},{"NOP"}}}`},
	{"an option with two values", `TCP(options=[("Timestamp",(1,2))])`, `TCP{options={{"Timestamp",1,2}}}`},
	{"options as scapy prints them", `[('SAckOK', b''), ('WScale', 7), (254, b'\x01'), ("NOP", ())]`, `{{'SAckOK'}, {'WScale', 7}, {254, '\001'}, {"NOP"}}`},
	{"an option of several tuples", `o = [("SAck", ((1, 2), (3, 4)))]`, `o = {{"SAck", 1, 2, 3, 4}}`},
	{"DHCP's options", `DHCP(options=[("message-type","discover"),"end"])`, `DHCP{options={{"message-type","discover"},"end"}}`},
	{"a tuple of one and of four", `x = [(1,), (1,2,3,4)]`, `x = {{1}, {1,2,3,4}}`},
	{"parentheses", `x = (IP(dst="x")/TCP())`, `x = (IP{dst="x"}/TCP())`},
	// Ranges.
	{"a range that leaves its end out", `TCP(dport=range(1,1025))`, `TCP{dport=range(1,1024)}`},
	{"a range from nothing", `TCP(dport=range(0x10))`, `TCP{dport=range(0,15)}`},
	{"a range to a name", `TCP(dport=range(n))`, `TCP{dport=range(0,n-1)}`},
	{"a range to an expression", `TCP(dport=range( 1, n+1 ))`, `TCP{dport=range( 1, (n+1)-1 )}`},
	{"a range in steps", `TCP(dport=range(1, 10, 2))`, `TCP{dport=range(1, 9, 2)}`},
	{"Python 2's range", `TCP(dport=xrange(1, len(x)))`, `TCP{dport=range(1, #x-1)}`},
	// Values and operators.
	{"constants", `f(a=True, b=False, c=None)`, `f{a=true, b=false, c=nil}`},
	{"not equal", `x = a != b and not c`, `x = a ~= b and not c`},
	{"a negation before a sum", `x = not f(a=1) + 1 or y == 1`, `x = f{a=1} + 1 == 0 or y == 1`},
	{"a power", `x = 2**16 - 1`, `x = 2^16 - 1`},
	{"numbers", `x = [1_000, 0b1010, 0o17, 0x10, 0xdead_beef, 1.5e-3, .5]`, `x = {1000, 10, 15, 0x10, 0xdeadbeef, 1.5e-3, .5}`},
	{"a string joined to a name", `f(load="GET " + path)`, `f{load="GET " .. path}`},
	{"a string many times", `send(IP(dst="x")/ICMP()/("X"*60000))`, `send(IP{dst="x"}/ICMP()/("X"):rep(60000))`},
	{"a string many times as a value", `Raw(load="AB" * n + "\n" + c)`, `Raw{load=("AB"):rep(n) .. "\n" .. c}`},
	// Strings.
	{"bytes", `Raw(load=b"abc")`, `Raw{load="abc"}`},
	{"hexadecimal escapes", `Raw(load="\x41\x00\xff1")`, `Raw{load="\065\000\2551"}`},
	{"octal escapes", `Raw(load="\0\101\09\0\0")`, `Raw{load="\0\065\0009\0\0"}`},
	{"wide escapes", `x = [u"\u00e9\u0041\U0001F600\u200b", b"\u00e9", "\777"]`, `x = {"é\065😀\226\128\139", "\\u00e9", "ǿ"}`},
	{"escapes that are none", `x = ["\d", '\'\t\\']`, `x = {"\\d", '\'\t\\'}`},
	{"raw strings", `x = [r"\x41\"", rb'\\']`, `x = {"\\x41\\\"", '\\\\'}`},
	{"a string over two lines", "x = [\"a\\\nb\", \"\\0\\\n1\"]", `x = {"ab", "\0001"}`},
	{"three quotes", "x = \"\"\"say \"a\"\n\\x41\"\"\"", "x = \"say \\\"a\\\"\\\n\\065\""},
	{"what looks like Python in a string", `f(a="IP(x=1) # [1] None != >>> ", b='"')`, `f{a="IP(x=1) # [1] None != >>> ", b='"'}`},
	{"a zero byte in a string", "f(a=\"\x00\")", `f{a="\000"}`},
	{"other alphabets in strings and comments", `f(a="né\xe9") # né`, `f{a="né\233"} -- né`},
	// Functions and methods.
	{"a lambda", `sniff(prn=lambda p: p.summary(), count=1)`, `sniff{prn=function(p) return p:summary() end, count=1}`},
	{"a lambda of two", `ans.filter(lambda s, r : r[TCP].dport != 80 )`, `ans:filter(function(s, r) return r[TCP].dport ~= 80 end )`},
	{"a lambda of none in a lambda", `f = lambda:lambda x:[x]; g = 1`, `f = function() return function(x) return {x} end end; g = 1`},
	{"a lambda before another argument", `f(lambda p: p.haslayer(TCP), 1, k=2)`, `f(function(p) return p:has(TCP) end, 1, {k=2})`},
	{"a method of a new packet", `IP(dst="x").show()`, `IP{dst="x"}:show()`},
	{"methods with other names", `x = [p.haslayer(TCP), p.getlayer(IP, 2), p . copy (), p.show2(), p.summary]`, `x = {p:has(TCP), p:layer(IP, 2), p : copy (), p:show2(), p.summary}`},
	{"a method in Lua's spelling", `sr1(IP(dst="x")):show()`, `sr1(IP{dst="x"}):show()`},
	{"lengths", `x = [len(ans), len(p[TCP].load), len([1]), len(a/b), len("ab")]`, `x = {#ans, #p[TCP].load, #({1}), #(a/b), #("ab")}`},
	{"bytes of a packet", `x = [raw(p), bytes(p), hexdump(p)]`, `x = {bytes(p), bytes(p), hexdump(p)}`},
	{"bytes that are read", `IP(raw(p)) ; IP(dst="x")`, `print(IP(bytes(p))) ; return IP{dst="x"}`},
	// Statements and idioms.
	{"a field that is deleted", `del p[TCP].options`, `p[TCP].options = nil`},
	{"a layer that is deleted", `del p[TCP]`, `p[TCP] = nil`},
	{"two that are deleted", `del p.chksum, p.len; p.show()`, `p.chksum, p.len = nil; p:show()`},
	{"deletion in parentheses", `del(p[TCP].chksum)`, `p[TCP].chksum = nil`},
	{"an addition", `p[TCP].dport += 1`, `p[TCP].dport = p[TCP].dport + 1`},
	{"an addition of a sum", `p.ttl -= a + 1 # less`, `p.ttl = p.ttl - (a + 1) -- less`},
	{"an addition of text", `p.load += b"x"`, `p.load = p.load .. "x"`},
	{"an addition of repeated text", `x += "A"*n`, `x = x .. ("A"):rep(n)`},
	{"a layer put on top", `p /= TCP(dport=80)`, `p = p / TCP{dport=80}`},
	{"a layer in a packet", `TCP in p`, `p:has(TCP)`},
	{"a layer in an answer", `x = f(a=TCP in r[IP].payload, b=1)`, `x = f{a=r[IP].payload:has(TCP), b=1}`},
	{"a layer not in a packet", `TCP not in p and not UDP in p`, `not p:has(TCP) and not p:has(UDP)`},
	{"a lambda that looks for a layer", `sniff(lfilter=lambda p: ICMP in p)`, `sniff{lfilter=function(p) return p:has(ICMP) end}`},
	{"bytes from hex", `x = bytes.fromhex("45 00"); f(a=1)`, `x = unhex("4500"); f{a=1}`},
	{"an address as bytes", `Raw(load=mac2str("00:11:22:33:44:55"))`, `Raw{load=unhex("001122334455")}`},
	{"hex bytes", `Raw(load=hex_bytes(x))`, `Raw{load=unhex(x)}`},
	{"bytes of numbers", `Raw(bytes([1, 2, 3]))`, `Raw(string.char(1, 2, 3))`},
	{"repeated text as a value", `Raw(load="A"*20)`, `Raw{load=("A"):rep(20)}`},
}

func TestPythonBecomesLua(t *testing.T) {
	for _, tt := range pairs {
		t.Run(tt.name, func(t *testing.T) {
			got := python.Translated(tt.python, kinds)
			if diff := cmp.Diff(python.Reading{Lua: tt.lua}, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.python, diff)
			}
		})
	}
}

// compiles reports whether text is Lua: an expression or statements.
func compiles(lua string) bool {
	for _, text := range []string{"return " + lua, lua} {
		if _, err := parse.Parse(strings.NewReader(text), "test"); err == nil {
			return true
		}
	}
	return false
}

func TestTranslationsAreLua(t *testing.T) {
	for _, tt := range append(pairs, spellings...) {
		t.Run(tt.name, func(t *testing.T) {
			if !compiles(tt.lua) {
				t.Errorf("no Lua: %s", tt.lua)
			}
			// A line of Python's is the same line of Lua; only a string that goes on behind a backslash is joined.
			if a, b := strings.Count(tt.python, "\n"), strings.Count(tt.lua, "\n"); a != b && !strings.Contains(tt.python, "\\\n") {
				t.Errorf("%d lines become %d", a, b)
			}
			if got := python.Read(tt.lua, python.Whole{}, kinds); got != (python.Reading{}) {
				t.Errorf("read again: %+v", got)
			}
		})
	}
}
