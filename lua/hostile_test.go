package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestOneCallMakesNoMoreThanItMay has calls that took gigabytes, or many seconds without a look at the context.
func TestOneCallMakesNoMoreThanItMay(t *testing.T) {
	const big = "want a result of at most 67108864 bytes"
	for _, c := range []struct{ name, chunk, want string }{
		{"a text that is printed often", `local s = ("x"):rep(6e7) print(s, s)`, "print: " + big},
		{"a grid of all with all", `local l = PacketList{} for i = 1, 2e4 do l[i] = IP{} end local n = 0
			l:make_table(function(p) n = n + 1 return n, n, 1 end)`, "make_table: " + big},
		{"a long list as JSON", `local p, l = Raw{load=("x"):rep(1e6)}, PacketList{} for i = 1, 100 do l[i] = p end l:json()`, "json: " + big},
		{"a long list as CSV", `local p, l = Raw{load=("x"):rep(1e6)}, PacketList{} for i = 1, 100 do l[i] = p end l:csv("Raw.load")`, "csv: " + big},
		{"packets that are compared", `local p = Raw{load=("x"):rep(7e6)} return p == Raw{load="y"}`, "==: " + big},
		{"ls of a large field", `ls(Raw{load=("x"):rep(7e6)})`, "ls: " + big},
		{"packets in packets", `protocol{name="N", fields={{"sub", "layers", of=IP}}} local p = IP{} for i = 1, 30 do p = N{sub={p, p}} end`, "N.sub: " + big},
		{"bytes with millions of options", `local p = dissect(("\0"):rep(236) .. "\99\130\83\99" .. ("\12\1a"):rep(2e7), BOOTP)`, "dissect: want at most 1048576 bytes to read as a packet, got 60000240"},
		{"bytes of one layer", `DHCP(("\12\1a"):rep(2e7))`, "DHCP: want at most 1048576 bytes to read as a packet, got 60000000"},
		{"layers that double", `local p = UDP{} for i = 1, 30 do p = p/p end`, "want a packet of at most 1000 layers, got 1024"},
		{"layers that are appended", `local p = UDP{} for i = 1, 30 do p:append(p) end`, "want a packet of at most 1000 layers, got 1024"},
		{"layers that are put in place", `local p = IP{}/UDP{} for i = 1, 30 do p:replace(UDP, p) end`, "want a packet of at most 1000 layers, got 1025"},
		{"layers that are set", `local p = IP{}/UDP{} for i = 1, 30 do p[UDP] = p/p end`, "want a packet of at most 1000 layers, got 1408"},
		{"a name that nothing has", `help(1, IP[("x"):rep(3e7)])`, ""},
		{"a field that nothing has", `return (IP{}/UDP{})[("x"):rep(3e7)]`, "no field or method"},
		{"an option that nothing has", `fragment(IP{}, {[("x"):rep(3e7)]=1})`, "no option"},
		{"an error that is long", `error(("x"):rep(6e7))`, "x... 59934464 bytes more"},
		{"random values of random values", `local g = RandByte() for i = 1, 60 do g = RandChoice(g, g) end`, "RandChoice: want values that are written in at most 1048576 bytes"},
		{"weighted ones", `local g = RandByte() for i = 1, 60 do g = RandPool(g, g) end`, "RandPool: want values that are written in at most 1048576 bytes"},
		{"a long regular expression", `RandRegExp(("(a|b)*"):rep(1e6))`, "RandRegExp: want an expression of at most 65536 bytes, got 6000000"},
		{"a long text to corrupt", `CorruptedBytes(("x"):rep(6e7))`, "CorruptedBytes: s: want at most 1048576 bytes, got 60000000"},
		{"lists that double", `local p = IP{dst="10.0.0.0/8"} for i = 1, 60 do p.dst = {p.dst, p.dst} end`, "IP.dst: want at most 1048576 values in lists"},
		{"lists that deepen", `local p = IP{dst="10.0.0.0/8"} for i = 1, 1e6 do p.dst = {p.dst, "1.1.1.1"} end`, "IP.dst: want lists in lists at most 100 deep"},
		{"an error that is long, with many colons", `error(("x:1"):rep(2e7))`, "x:1"},
		{"a line with many names", "if true then local z z() " + strings.Repeat("q() ", 400) + "end", "attempt to call local 'z' (a nil value)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newShell(t, nil).Run(context.Background(), "test", c.chunk)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %s, got %.300v", c.want, err)
			}
		})
	}
}
