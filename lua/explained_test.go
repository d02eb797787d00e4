package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestWhatIsSaidOfPythonRuns enters what is not translated, and then the Lua that the error proposes.
func TestWhatIsSaidOfPythonRuns(t *testing.T) {
	const setup = `p = IP{dst="192.168.11.2"}/TCP{dport=57212}; x = "GET,/"; n = 5; list = {3, 1, 2}; a = {1}; b = {2}; t = {}; key = "k"; value = 1
		value, f, g = 1, function() return 1 end, nil; ans, unans = sr(p); pkts = fragment(IP{dst="10.0.0.1"}/("x"):rep(100), 48)`
	for _, c := range []struct{ name, python, proposed, run string }{
		{"a flag by a variable", `p[TCP].flags & mask`, `p[TCP]:flag("S")`, ``},
		{"a list behind another", `x = [1] + [2]`, `for _, x in ipairs(b) do a[#a+1] = x end`, ``},
		{"equal elements", `x = [0] * 10`, `l = {} for i = 1, 10 do l[i] = x end`, ``},
		{"a packet many times", `x = IP() * 3`, `for i = 1, 3 do send(p) end`, ``},
		{"repeated text", `IP(dst="x")/"A"*20`, `("A"):rep(20)`, `x = ("A"):rep(20)`},
		{"a class", `class A(Packet): pass`, `protocol{name="Knock", fields={{"times", bits=8}}, over={UDP, dport=7000}}`, ``},
		{"a setting", `conf.iface = "x"`, `sr1(p, {iface="eth0"})`, `pcall(function() sr1(p, {iface="eth0"}) end)`},
		{"a random number", `x = int(RandShort())`, `math.random(0, 65535)`, `x = math.random(0, 65535)`},
		{"text in pieces", `x.split(",")`, `for word in x:gmatch("[^,]+") do ... end`, `for word in x:gmatch("[^,]+") do f(word) end`},
		{"filled text", `x = "a".ljust(5)`, `("%-10s"):format(x)`, `y = ("%-10s"):format(x) .. ("%05d"):format(n)`},
		{"a loop with an else", "for q in list: pass\nelse: f()\n", `if not found then ... end`, `local found = false for _, v in ipairs(list) do found = found or v == 9 end if not found then f() end`},
		{"finally", "try: f()\nfinally: f()\n", `ok, err = pcall(function() ... end)`, `ok, err = pcall(function() f() end) if not ok then f() end`},
		{"a slice in steps", `pkts[::2]`, `for i = 1, #x, 2 do ... end`, `for i = 1, #x, 2 do f() end`},
		{"the greatest by something", `max(pkts, key=lambda q: q.time)`, `table.sort(list, function(a, b) return a.time < b.time end)`, `list = {{time=2}, {time=1}} table.sort(list, function(a, b) return a.time < b.time end) f(list[#list])`},
		{"named values in a text", `"%(a)s" % t`, `("%s %d"):format(x, n)`, `y = ("%s %d"):format(x, n)`},
		{"binary digits", `y = bin(5)`, `("%x"):format(n)`, `y = ("%x"):format(n)`},
		{"a file", `with open("x") as f: pass`, `wrpcap("f.pcap", packets)`, `packets = pkts wrpcap("f.pcap", packets) packets = rdpcap("f.pcap")`},
		{"a layer by its number", `x = IP()[0]`, `p:layer(IP, 2)`, `y = p:layer(IP, 2) or p[TCP]`},
		{"two numbers", `x = (1, 2)`, `range(1, 2)`, `y = range(1, 2) z = {1, 2}`},
		{"a tuple of four", `TCP(dport=(1,2,3,4))`, `range("10.0.0.1", "10.0.0.9")`, `y = range("10.0.0.1", "10.0.0.9") z = range(1, 10, 2)`},
		{"arguments in a list", `f(*list)`, `f(unpack(list))`, ``},
		{"a table that counts", `y = Counter(list)`, `count[key] = (count[key] or 0) + 1`, `count = {} count[key] = (count[key] or 0) + 1`},
		{"flags that are set", `p[TCP].flags |= 2`, `p[TCP].flags = "SA"`, ``},
		{"no payload", `p.remove_payload()`, `p.payload = nil`, ``},
		{"the words of C", `y = struct.pack("!H", 80)`, `string.char(0, 80)`, `y = string.char(0, 80) .. unhex("0050") z = x:byte(1, 2)`},
		{"patterns", `re.match("a", x)`, `x:match("pattern")`, `y = x:match("pattern")`},
		{"a sniffer beside", `s = AsyncSniffer()`, `sniff{timeout=20}`, `y = sniff{timeout=0.01}`},
		{"a number in hex", `hex(5)`, `("0x%x"):format(n)`, `y = ("0x%x"):format(n)`},
		{"a decorator", "@f\ndef g(): pass\n", `f = decorate(f)`, `decorate = function(h) return h end f = decorate(f)`},
		{"a drawing", `pkts[0].pdfdump()`, `hexdump(p)`, `p:show() hexdump(p) rfc(TCP)`},
		{"a place in a list", `del list[n]`, `table.remove(list, 1)`, `table.remove(list, 1) t[key] = nil`},
		{"a head by itself", "for i in range(5):\n\n", `for i = 0, 4 do ... end`, `for i = 0, 4 do f() end`},
		{"a loop over answers by itself", "for s, r in ans:\n\n", `for s, r in ans do ... end`, `for s, r in ans do f(s, r) end`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := inLab(t, "masquerade")
			s.enter(t, setup, `(sr(p))`)
			_, _, err := s.Eval(context.Background(), "prompt", c.python)
			if err == nil || !strings.Contains(err.Error(), c.proposed) {
				t.Fatalf("%s\ngot  %v\nwant %s", c.python, err, c.proposed)
			}
			if c.run == "" {
				c.run = c.proposed
			}
			s.enter(t, c.run)
		})
	}
}
