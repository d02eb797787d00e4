package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestFaultsSayWhatANilStandsFor holds what an error says of a nil that a call of ours gave: nobody answered, there is no such layer, the
// list ends before, the field is computed; and what it does not say of any other nil.
func TestFaultsSayWhatANilStandsFor(t *testing.T) {
	const (
		ask     = `sr1(IP{dst="192.168.11.3"}/ICMP, {timeout=0.5})`
		nobody  = "; nobody answered the last sr1 (IP / ICMP 10.0.2.100 > 192.168.11.3 echo-request 0) within 500 ms, and it returned nil"
		layers  = "; the packet has no ICMP: its layers are IP, TCP; ask p:has(ICMP) before"
		further = "; the packet has no further IP: its layers are IP, TCP"
	)
	for _, c := range []struct{ name, setup, entry, want string }{
		{"a global", `x = ` + ask, `x:show()`, "attempt to index global 'x' (a nil value)" + nobody},
		{"a local of the prompt", `local x = ` + ask, `x:show()`, "attempt to index local 'x' (a nil value)" + nobody},
		{"a local", ``, `do local x = ` + ask + ` x:show() end`, "attempt to index local 'x' (a nil value)" + nobody},
		{"a field of it", ``, `do local x = ` + ask + ` print(x.ttl) end`, "attempt to index local 'x' (a nil value)" + nobody},
		{"a layer of it", `x = ` + ask, `print(x[TCP])`, "attempt to index global 'x' (a nil value)" + nobody},
		{"a field of a table", `t = {a=` + ask + `}`, `t.a:summary()`, "attempt to index field 'a' (a nil value)" + nobody},
		{"an expression", ``, `(` + ask + `):show()`, "attempt to index a nil value (key 'show')" + nobody},
		{"what is not of packets", ``, `print(` + ask + `.verdict)`, "attempt to index a nil value (key 'verdict')" + nobody},
		{"a function around it", `function f() return ` + ask + ` end`, `do local r = f() print(r == nil) print(r.ttl) end`, "attempt to index local 'r' (a nil value)" + nobody},
		{"the bytes of it", `x = ` + ask, `hex(x)`, "bad argument #1: want a packet, got nil: hex(p)" + nobody},
		{"the text of it", `x = ` + ask, `print("got " .. x)`, "attempt to concatenate global 'x' (a nil value)" + nobody},
		{"the text of a local of the prompt", `local x = ` + ask, `print("got " .. x)`, "attempt to concatenate local 'x' (a nil value)" + nobody},
		{"the text of a local", ``, `do local x = ` + ask + ` print(x .. "!") end`, "attempt to concatenate local 'x' (a nil value)" + nobody},
		{"a sum", `x = ` + ask, `print(x + 1)`, "attempt to perform arithmetic on global 'x' (a nil value)" + nobody},
		{"a sum of a local of the prompt", `local x = ` + ask, `print(1 - x)`, "attempt to perform arithmetic on local 'x' (a nil value)" + nobody},
		{"turned over", `local x = ` + ask, `print(-x)`, "attempt to perform arithmetic on local 'x' (a nil value)" + nobody},
		{"compared", `x = ` + ask, `print(x < 3)`, "attempt to compare nil with number (global 'x' is nil)" + nobody},
		{"compared from the other side", `local x = ` + ask, `print(3 >= x)`, "attempt to compare nil with number (local 'x' is nil)" + nobody},
		{"compared at once", ``, `print(` + ask + ` < 3)`, "attempt to compare nil with number" + nobody},
		{"called", `x = ` + ask, `x()`, "attempt to call global 'x' (a nil value)" + nobody},
		{"a field of it that packets do not have", `x = ` + ask, `print(x.nosuch)`, "attempt to index global 'x' (a nil value)" + nobody},
		{"set", `x = ` + ask, `x.nosuch = 1`, "attempt to index global 'x' (a nil value)" + nobody},
		{"counted to", `local x = ` + ask, `for i = 1, x do end`, "'for' limit must be a number" + nobody},
		{"passed", `x = ` + ask, `print(("%d"):format(x))`, "bad argument #1 to 'format' (number expected, got nil)" + nobody},
		{"in a function that knows it", "local x local function f() return x .. '' end\nx = " + ask, `f()`, "attempt to concatenate local 'x' (a nil value)" + nobody},
		{"set by a function that knows it", ``, `do local x local function f() x = ` + ask + ` end f() print(x + 1) end`, "attempt to perform arithmetic on local 'x' (a nil value)" + nobody},
		{"a field that is calculated with", `t = {} t.a = ` + ask, `print(t.a + 1)`, "attempt to perform arithmetic on field 'a' (a nil value)" + nobody},
		{"a function around it, whose value is calculated with", `function f() return ` + ask + ` end`, `do local r = f() print(r + 1) end`, "attempt to perform arithmetic on local 'r' (a nil value)" + nobody},
		{"two functions around it", `function f() return ` + ask + ` end function g() local r = f() return r end`, `x = g() print(x == nil) print(x + 1)`, "attempt to perform arithmetic on global 'x' (a nil value)"},
		{"its length", `x = ` + ask, `print(#x)`, "attempt to get length of global 'x' (a nil value)" + nobody},
		{"stacked", `x = ` + ask, `y = Ether/x`, "attempt to perform arithmetic on global 'x' (a nil value)" + nobody},
		{"asserted", ``, `assert(` + ask + `)`, "assertion failed!" + nobody},
		{"a method of an absent layer", `p = IP/TCP`, `p[ICMP]:name("type")`, "attempt to index a nil value (key 'name')" + layers},
		{"a field of an absent layer", `p = IP/TCP`, `print(p[ICMP].type)`, "attempt to index a nil value (key 'type')" + layers},
		{"by its name", `p = IP/TCP`, `print(p["ICMP"].type)`, "attempt to index field 'ICMP' (a nil value)" + layers},
		{"as a field", `p = IP/TCP`, `print(p.ICMP.type)`, "attempt to index field 'ICMP' (a nil value)" + layers},
		{"kept in a local", `p = IP/TCP`, `do local i = p[ICMP] print(i.type) end`, "attempt to index local 'i' (a nil value)" + layers},
		{"by layer", `p = IP/TCP`, `print(p:layer(ICMP).type)`, "attempt to index a nil value (key 'type')" + layers},
		{"a second one", `p = IP/TCP`, `print(p:layer(IP, 2).ttl)`, "attempt to index a nil value (key 'ttl')" + further},
		{"in a layer", `p = IP/TCP`, `print(p[IP][ICMP].type)`, "attempt to index a nil value (key 'type')" + layers},
		{"an answer beyond the end", `ans = sr(IP{dst="192.168.11.3"}/ICMP, {timeout=0.1})`, `print(ans[1].answer)`,
			"attempt to index a nil value (key 'answer'); the list of answers has 0 elements, and no number 1"},
		{"a computed field", `p = IP/TCP`, `print(p[IP].len + 1)`, "attempt to perform arithmetic on field 'len' (a nil value); IP.len is computed when the packet is built"},
		{"a text that is joined", ``, `print("p: " .. IP{})`, "attempt to concatenate a packet value; its text is tostring(x)"},
		{"a loop over numbers", ``, `for i in 1, 3 do end`, "attempt to call a number value; numbers are counted with an equals sign: for i = 1, 3 do"},
		{"a loop over a length", ``, `for i in #{1, 2} do end`, "attempt to call a number value; numbers are counted"},
		{"a loop over a text", ``, `for c in "abc" do end`, `attempt to call a string value; the letters of a text are walked with for c in text:gmatch(".") do`},
		{"a method of a text", ``, `do local s = "x" s:fromat() end`, "attempt to call method 'fromat' (a nil value); did you mean format?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			if c.setup != "" {
				s.enter(t, c.setup)
			}
			_, _, err := s.Eval(context.Background(), "prompt", c.entry)
			if err == nil || !strings.HasPrefix(err.Error(), "prompt:1: "+c.want) {
				t.Errorf("%s\ngot  %v\nwant %s", c.entry, err, c.want)
			}
		})
	}
}

// TestANilSaysWhatBecameOfItsQuestion has questions that were refused, not sent, or asked in several rounds.
func TestANilSaysWhatBecameOfItsQuestion(t *testing.T) {
	const silent = `sr1(IP{dst="192.168.11.3"}/ICMP, `
	for _, c := range []struct{ ask, notice, hint string }{
		{`sr1(Raw{load="abc"}, {timeout=0.3})`, "", ""},
		{`sr1(IP/ICMP)`, "", ""},
		{`sr1(IP{dst="10.0.2.77"}/ICMP)`, "not sent: no answer to ARP from 10.0.2.77", "; the last sr1 (IP / ICMP 10.0.2.100 > 10.0.2.77 echo-request 0) was not sent: no answer to ARP from 10.0.2.77: "},
		{`sr1(IPv6{dst="fe80::7"}/UDP)`, "not sent: no route to fe80::7", "; the last sr1 (IPv6 / UDP :::53 > fe80::7:53) was not sent: no route to fe80::7: "},
		{silent + `{timeout=0})`, "no answer within 0 s\n", "within 0 s, and it returned nil"},
		{silent + `{timeout=0.3})`, "no answer within 300 ms\n", "within 300 ms, and it returned nil"},
		{silent + `{timeout=0.0005})`, "no answer within 0.5 ms\n", "within 0.5 ms, and it returned nil"},
		{silent + `{timeout=1.25})`, "no answer within 1.25 s\n", "within 1.25 s, and it returned nil"},
		{silent + `{timeout=10})`, "no answer within 10 s\n", "within 10 s, and it returned nil"},
		{silent + `{})`, "no answer within 2 s\n", "within 2 s, and it returned nil"},
		{silent + `{retry=2, timeout=0.2})`, "no answer within 200 ms, asked 3 times\n", "within 200 ms, asked 3 times, and it returned nil"},
	} {
		s := inLab(t, "masquerade")
		s.enter(t, `x = sr1(IP{dst="192.168.11.3"}/UDP, {timeout=0.7})`) // which is not meant any more
		s.notices.Reset()
		_, _, err := s.Eval(context.Background(), "prompt", c.ask)
		if (err != nil) != (c.notice == "") || !strings.HasPrefix(s.notices.String(), c.notice) {
			t.Errorf("%s: %v, %q, want %q", c.ask, err, s.notices.String(), c.notice)
		}
		_, _, err = s.Eval(context.Background(), "prompt", `sr1(x)`)
		if err == nil || !strings.Contains(err.Error(), c.hint) || c.hint == "" && strings.Contains(err.Error(), "sr1 (") {
			t.Errorf("%s: %v, want %q", c.ask, err, c.hint)
		}
	}
}

// TestOtherNilsAreNotBlamedOnSr1 has a nil of the script's own, after nobody answered.
func TestOtherNilsAreNotBlamedOnSr1(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `x = sr1(IP{dst="192.168.11.3"}/ICMP, {timeout=0.1})`)
	for chunk, want := range map[string]string{
		`do local t = {} t.list.n = 1 end`:               "attempt to index field 'list' (a nil value)",
		`do local y print(y + 1) end`:                    "attempt to perform arithmetic on local 'y' (a nil value)",
		`do local t = {} local x = t.a print(x + 1) end`: "attempt to perform arithmetic on local 'x' (a nil value)",
		`do local x = tonumber("a") print(x .. "") end`:  "attempt to concatenate local 'x' (a nil value)",
		`do local t = {} print(t.x + 1) end`:             "attempt to perform arithmetic on field 'x' (a nil value)",
		`for i = 1, nil do end`:                          "'for' limit must be a number",
	} {
		if _, _, err := s.Eval(context.Background(), "prompt", chunk); err == nil || err.Error() != "prompt:1: "+want {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}

// TestUnknownGlobalsAtThePrompt holds what the prompt, chunks of it and their functions say of a global that nobody assigned.
func TestUnknownGlobalsAtThePrompt(t *testing.T) {
	for _, c := range []struct{ setup, entry, want string }{
		{``, `nosuch`, "prompt:1: nosuch: no layer, function or variable has that name"},
		{``, `nosuch()`, "prompt:1: nosuch: no layer, function or variable has that name"},
		{``, `TCP{dport=prt}`, "prompt:1: prt: no layer, function or variable has that name"},
		{`port = 80`, `TCP{dport=prt}`, "prompt:1: prt: no layer, function or variable has that name; did you mean port?"},
		{`local port = 80`, `TCP{dport=prot}`, "prompt:1: prot: no layer, function or variable has that name; did you mean port?"},
		{``, "do\nlocal answer = 1\nprint(anwser) end", "prompt:3: anwser: no layer, function or variable has that name; did you mean answer?"},
		{``, `if nosuch then print(1) end`, `prompt:1: nosuch: no layer, function or variable has that name; what may be missing is read with rawget(_G, "nosuch")`},
		{``, `nosuch == nil`, `prompt:1: nosuch: no layer, function or variable has that name; what may be missing is read with rawget(_G, "nosuch")`},
		{``, `_G.nosuch`, `prompt:1: nosuch: no layer, function or variable has that name; what may be missing is read with rawget(_G, "nosuch")`},
		{``, `do srp(Ether/ARP) end`, "prompt:1: srp: no layer, function or variable has that name; here: sr takes packets that begin with Ether too"},
		{``, `io.open("x")`, "prompt:1: io: no layer, function or variable has that name; here: scripts read and write captures"},
	} {
		s := inLab(t, "vmnat")
		s.enter(t, "1")
		if c.setup != "" {
			s.enter(t, c.setup)
		}
		_, _, err := s.Eval(context.Background(), "prompt", c.entry)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "rawget") != strings.Contains(c.want, "rawget") {
			t.Errorf("%s\ngot  %v\nwant %s", c.entry, err, c.want)
		}
	}
	s := inLab(t, "vmnat")
	s.enter(t, `_`, `arg`, `x = nil`, `x`, `rawget(_G, "y")`, `function later() return y end`, `y = nil`, `later()`, `x = x or 3`, `x = nil`, `x`)
}
