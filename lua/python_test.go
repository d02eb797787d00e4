package lua_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

func TestPythonThatCompilesAsLuaIsTranslated(t *testing.T) {
	for _, c := range []struct{ name, setup, entry, notice string }{
		{"a packet's method", `p = IP/TCP`, `p.summary()`, `p:summary()`},
		{"a method as an argument", `p = IP/TCP`, `print(p.summary())`, `print(p:summary())`},
		{"a long list", ``, "x = [" + strings.Repeat("80, ", 999) + "443]", "x = {" + strings.Repeat("80, ", 999) + "443}"},
		{"a method of a layer", `p = IP/TCP`, `p[TCP].show()`, `p[TCP]:show()`},
		{"a method of a new packet", ``, `IP().copy()`, `IP():copy()`},
		{"a method of a packet made in the entry", ``, `p = IP()/TCP(); p.show2()`, `p = IP()/TCP(); p:show2()`},
		{"a method of a list", `l = fragment(IP{dst="10.0.0.1"}/("x"):rep(100), 48)`, `l.summary()`, `l:summary()`},
		{"bytes", ``, `x = b"\x01\x02"`, `x = "\001\002"`},
		{"bytes in a call", ``, `hexdump(b"abc")`, `hexdump("abc")`},
		{"bytes from hex", ``, `bytes.fromhex("45 00")`, `unhex("4500")`},
		{"an address as bytes", ``, `mac2str("00:11:22:33:44:55")`, `unhex("001122334455")`},
		{"deletion", `p = IP{}/TCP{chksum=1}`, `del(p[TCP].chksum)`, `p[TCP].chksum = nil`},
		{"a constant", ``, `x = True`, `x = true`},
		{"repeated text", ``, `IP()/ICMP()/("X"*32)`, `IP()/ICMP()/("X"):rep(32)`},
		{"bytes of a packet", `p = IP/TCP`, `hex(raw(p))`, `hex(bytes(p))`},
		{"a table's own function", `t = {summary=function() return 7 end}`, `t.summary()`, ``},
		{"a table's own function in a variable of the entry", `p = IP{}`, `p = {show=function() end} p.show()`, ``},
		{"a function that is named b", `b = function(x) return #x end`, `b"abc"`, ``},
		{"a function that is named b in the entry", ``, `b = function(x) return #x end x = b"abc"`, ``},
		{"a function that is named mac2str", `mac2str = function(x) return x end`, `mac2str("00")`, ``},
		{"a variable that is named True", `True = 1`, `x = True`, ``},
		{"a number as text", ``, `"3"*20`, ``},
		{"a length of a layer's field", `p = IP/TCP/"x"`, `print(p.copy(), len(p.load))`, `print(p:copy(), #p.load)`},
		{"raw bytes", `s = "x"`, `x = raw(s)`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShell(t, nil)
			if c.setup != "" {
				s.enter(t, c.setup)
			}
			s.notices.Reset()
			s.enter(t, c.entry)
			if got, _, _ := strings.Cut(s.notices.String(), "\n"); got != c.notice {
				t.Errorf("%s\ngot  %s\nwant %s", c.entry, got, c.notice)
			}
		})
	}
}

func TestIndexesFollowWhatWasMadeInPython(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries []string
		want    string
	}{
		{"a list", []string{`x = [1,2,3]`, `x[0], x[-1]`}, "1\t3"},
		{"a list that is changed", []string{`x = [1,2,3]`, `x[0] = 9`, `x`}, "{9, 2, 3}"},
		{"an empty list that grows", []string{`x = []`, `x.append(5)`, `x[0]`}, "5"},
		{"a list of Lua's", []string{`x = {1,2,3}`, `x[0]`}, "nil"},
		{"a list in the place of Python's", []string{`x = [1,2,3]`, `x = {4}`, `x[0]`}, "nil"},
		{"bytes", []string{`b = bytes(IP()/TCP())`, `b[0] == 0x45`}, "true"},
		{"bytes of a text", []string{`b = b"abc"`, `b[0]`}, "97"},
		{"text", []string{`s = "abc"`, `s[0]`}, "a"},
		{"bytes that became text", []string{`b = b"abc"`, `b = "xyz"`, `b[0]`}, "x"},
		{"a payload", []string{`p = IP()/TCP()/"abc"`, `p[Raw].load[0]`}, "97"},
		{"a dict that begins at 0", []string{`d = {}`, `d[0] = 1`, `d[0], d.get(1), 0 in d, len(d)`}, "1\tnil\ttrue\t1"},
		{"a dict by ports", []string{`d = {}`, `d[80] = d.get(80, 0) + 1`, `80 in d, d[80], len(d)`}, "true\t1\t1"},
		{"a dict that looks like a list", []string{`d = {1: "a", 2: "b"}`, `d[1], d.get(0), 1 in d`}, "a\tnil\ttrue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newShell(t, nil).enter(t, c.entries...); got != c.want {
				t.Errorf("%q\ngot  %s\nwant %s", c.entries, got, c.want)
			}
		})
	}
}

func TestScriptsInPythonAreTold(t *testing.T) {
	for source, line := range map[string]int{
		"from scapy.all import *\np = IP(dst=\"10.0.0.1\")\n":           1,
		"#!/usr/bin/env python3\nimport sys\nfrom scapy.all import *\n": 2,
	} {
		_, err := newShell(t, nil).Run(context.Background(), "x.py", source)
		var e *lua.Error
		if !errors.As(err, &e) || e.Line != line || !strings.HasPrefix(e.What, "this is Python, and scripts are Lua") {
			t.Errorf("%q: %v", source, err)
		}
	}
}
