package python_test

import (
	"testing"

	"github.com/moonwire/moonwire/lua/python"
)

// explained are texts that are Python and have no equal in Lua, and what is said of them.
var explained = []struct {
	name, source, hint string
	line               int
}{
	{"a capture that stays open", `w = PcapWriter("z.pcap", append=True)`, `a capture is written with wrpcap("f.pcap", p), and goes on with wrpcap("f.pcap", p, {append=true})`, 1},
	{"a loop as a value", `x = send(p, loop=1)`, `packets are sent again and again by a loop: while true do send(p) sleep(1) end`, 1},
	{"a place by another name", `wrpcap("x.pcap", pkts=l, append=True)`, `its first arguments have a place: wrpcap(filename, pkt, {option=value})`, 1},
	{"deletion from a list", `del l[i]; f(a=1)`, `an element of a list goes with table.remove(list, 1), an entry of a table with t[key] = nil`, 1},
	{"an addition to a call", `f(1).x += 1`, `one value after the other: x = x + 1`, 1},
	{"an addition to two", `a, b += 1, 2`, `one value after the other: x = x + 1`, 1},
	{"addresses in hex from a variable", `f(a=mac2str(x))`, `an address as bytes: unhex("001122334455")`, 1},
	{"an index of two", `f(a=x[1, 2])`, `one index at a time: x[i][j]`, 1},
	{"a range of an address and a number", `IP(dst=("10.0.0.1",9))`, `a field's tuple is a range: range(1, 10), range(1, 10, 2), range("10.0.0.1", "10.0.0.9"); values one by one are {1, 5, 9}`, 1},
	{"a range of three addresses", `IP(dst=("10.0.0.1","10.0.0.9","10.0.0.10"))`, `a field's tuple is a range: range(1, 10), range(1, 10, 2), range("10.0.0.1", "10.0.0.9"); values one by one are {1, 5, 9}`, 1},
	{"a tuple of four as a value", `TCP(dport=(1,2,3,4))`, `a field's tuple is a range: range(1, 10), range(1, 10, 2), range("10.0.0.1", "10.0.0.9"); values one by one are {1, 5, 9}`, 1},
	{"a tuple of tuples as a value", `TCP(dport=((1,2),(3,4)))`, `a field's tuple is a range: range(1, 10), range(1, 10, 2), range("10.0.0.1", "10.0.0.9"); values one by one are {1, 5, 9}`, 1},
	{"a tuple of names in a list", `TCP(dport=[(low,high)])`, `what a tuple in a list means: {"MSS", x} is an option, range(low, high) a range`, 1},
	{"a tuple as an argument", `f((1,2), a=3)`, `two numbers that stay two are {1, 2}, and all from one to the other range(1, 2)`, 1},
	{"a tuple that is assigned", `x = (1, 2)`, `two numbers that stay two are {1, 2}, and all from one to the other range(1, 2)`, 1},
	{"a tuple without parentheses", `x = f(a=1), 2`, `several values for one name: x = {1, 2}`, 1},
	{"arguments from a list", `f(*x, a=1)`, `arguments that stand in a list: f(unpack(list))`, 1},
	{"arguments from a dict", `f(**x)`, `arguments that stand in a list: f(unpack(list))`, 1},
	{"a keyword that Lua reserves", `print(x, end="")`, `print puts tabs between its values and ends the line: print(a .. b), print(table.concat(list, ","))`, 1},
	{"a lambda with a default", `f(a=lambda x=1: x)`, `a function that takes more than names: function f(x, y) y = y or 1 ... end, function f(...) ... end`, 1},
	{"a dict made from another", `d = {**x, "a": 1}`, `arguments that stand in a list: f(unpack(list))`, 1},
	{"a range that runs down", `f(a=range(9, 1, -1))`, `a range runs up, in steps of a number: range(1, 9, 2)`, 1},
	{"a range with an unknown step", `f(a=range(1, 9, n))`, `a range runs up, in steps of a number: range(1, 9, 2)`, 1},
	{"a product of a packet and a string", `f(a=p/"X"*3)`, `text is repeated with ("A"):rep(20), and stands in parentheses in Python`, 1},
	{"a name with its type", `x: int = f(a=1)`, `Lua's variables have no type: x = 1`, 1},
	{"a name with its type, without a blank", `x:int = 5`, `Lua's variables have no type: x = 1`, 1},
	{"a name with its type alone", `x: int`, `Lua's variables have no type: x = 1`, 1},
	{"a decorator", "@f(a=1)\nx", `Lua has no decorators: f = decorate(f)`, 1},
	{"a class", "class Foo(Packet):\n    name = \"Foo\"\n", `a protocol is declared with protocol{name="Knock", fields={{"times", bits=8}}, over={UDP, dport=7000}}`, 1},
	{"a file", "with open(\"x\") as f:\n    f.write(\"x\")\n", `Lua has no with: files are read by rdpcap("f.pcap") and written by wrpcap("f.pcap", packets)`, 1},
	{"a file in a value", `f(a=open("x"))`, `captures are read with rdpcap("f.pcap") and written with wrpcap("f.pcap", packets); other files are not`, 1},
	{"a setting", `conf.iface = "eth0"`, `there are no settings: options stand in each call's second table, sr1(p, {iface="eth0"})`, 1},
	{"a route", `conf.route.add(net="10.0.0.0/8", gw="x")`, `there are no settings: options stand in each call's second table, sr1(p, {iface="eth0"})`, 1},
	{"another interface's name", `sr1(p, iface=conf.iface)`, `there are no settings: options stand in each call's second table, sr1(p, {iface="eth0"})`, 1},
	{"a drawing", `pkts[0].pdfdump(layer_shift=1)`, `there are no drawings: p:show(), hexdump(p), rfc(TCP)`, 1},
	{"a module", `load_module("p0f")`, `there are no modules to load: lsc() lists the functions, ls() the layers`, 1},
	{"bytes as C has them", `x = struct.pack("!H", 80)`, `bytes are written with string.char(0, 80) and unhex("0050"), and read with x:byte(1, 2)`, 1},
	{"patterns", `x = re.findall("a", s)`, `text is searched with x:match("pattern"), Lua's patterns: %d+ is a number`, 1},
	{"the program's arguments", `f(a=sys.argv[1])`, `a script takes arguments: moonwire run ./mine.lua name=value, then args.name; return ends it`, 1},
	{"a sniffer beside", `t = AsyncSniffer(iface="x")`, `sniff waits: sniff{timeout=20}, or capture() around what is to be seen`, 1},
	{"lists in a row", `f(a=ans + pkts)`, `a list is put behind another with for _, x in ipairs(b) do a[#a+1] = x end`, 1},
	{"a list many times", `TCP(sport=[RandShort()]*1000)`, `a list of equal elements: l = {} for i = 1, 10 do l[i] = x end`, 1},
	{"a packet many times", `f(a=p*3)`, `packets that are the same: for i = 1, 3 do send(p) end`, 1},
	{"what a flag is called", `p[TCP].flags & mask`, `a flag is asked by its letter: p[TCP]:flag("S")`, 1},
	{"flags that are set", `p[TCP].flags |= 2`, `flags are set by their letters: p[TCP].flags = "SA"`, 1},
	{"a random number", `f(a=int(RandShort()))`, `a random number: math.random(0, 65535)`, 1},
	{"text in pieces", `word.split(",")`, `text is cut with for word in x:gmatch("[^,]+") do ... end`, 1},
	{"a loop with an else", "for q in pkts:\n    pass\nelse:\n    f(a=1)\n", `Lua's loops have no else: local found = false before it, then if not found then ... end`, 3},
	{"an error with its kinds", "try:\n    f(a=1)\nfinally:\n    g(b=2)\n", `an error is caught with ok, err = pcall(function() ... end), then if not ok then ... end`, 1},
	{"a block by itself", "else:\n    f(a=1)\n", `else stands behind if, for or try`, 1},
	{"a return inside try", "def f():\n    try:\n        return 1\n    except:\n        pass\n", `a function that ends inside try: local ok, x = pcall(f), then return x`, 3},
	{"a slice in steps", `pkts[::2]`, `Lua has no slices in steps: for i = 1, #x, 2 do ... end`, 1},
	{"a word of Lua's as a keyword", `f(x, end="")`, `end is a word of Lua's own: another name`, 1},
	{"a bracket that goes on in another statement", "f(IP(dst=\"x\")\nprint(1)\n", `the bracket ( of line 1 is still open here`, 2},
	{"a head without its block", "for i in range(5):\n\n", `this is Python's for; in Lua: for i = 0, 4 do ... end`, 1},
	{"a layer by its number", `p[0]`, `a layer is found by its name: p[TCP]; the second one by p:layer(IP, 2)`, 1},
	{"named values in a text", `"%(a)s" % d`, `text is formatted with ("%s %d"):format(x, n)`, 1},
	{"the sum of a packet's slices", `p[TCP:2:1].x`, `Lua has no slices in steps: for i = 1, #x, 2 do ... end`, 1},
	{"greatest by something", `max(pkts, key=lambda q: q.time)`, `the greatest by something: table.sort(list, function(a, b) return a.time < b.time end), then list[#list]`, 1},
	{"a block in binary", `x = bin(5)`, `Lua writes no binary numbers: bit.band(n, 4) asks for a bit, ("%x"):format(n) is hexadecimal`, 1},
}

func TestWhatHasNoEqualIsExplained(t *testing.T) {
	for _, tt := range explained {
		t.Run(tt.name, func(t *testing.T) {
			if got := python.Translated(tt.source, kinds); got != (python.Reading{Hint: tt.hint, Line: tt.line}) {
				t.Errorf("%q: %+v", tt.source, got)
			}
		})
	}
}
