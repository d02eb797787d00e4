package lua_test

import (
	"context"
	"strings"
	"testing"
)

func TestSets(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"a list", `for q in TCP{dport={80,443}}:each() do out(q.dport) end`, "80 443"},
		{"a set that walks itself", `for v in range(1,3) do out(v) end`, "1 2 3"},
		{"a network that walks itself", `for v in Net("10.0.0.0/31") do out(v) end`, "10.0.0.0 10.0.0.1"},
		{"a range", `for q in TCP{dport=range(1,9,4)}:each() do out(q.dport) end`, "1 5 9"},
		{"lists in lists", `for q in TCP{dport={80,{1,range(2,3)}}}:each() do out(q.dport) end`, "80 1 2 3"},
		{"a network", `for q in IP{dst="10.0.0.5/30"}:each() do out(q.dst) end`, "10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7"},
		{"Net of a network", `for q in IP{dst=Net("10.0.0.0/31")}:each() do out(q.dst) end`, "10.0.0.0 10.0.0.1"},
		{"Net of one address", `for q in IP{dst=Net("10.0.0.9")}:each() do out(q.dst) end`, "10.0.0.9"},
		{"Net from one to another", `for q in IP{dst=Net("10.0.0.255","10.0.1.1")}:each() do out(q.dst) end`, "10.0.0.255 10.0.1.0 10.0.1.1"},
		{"a range of addresses", `for q in IP{dst=range("10.0.0.1","10.0.0.9",4)}:each() do out(q.dst) end`, "10.0.0.1 10.0.0.5 10.0.0.9"},
		{"networks in a list", `for q in IP{dst={"1.1.1.1","10.0.0.0/31",Net("2.2.2.2")}}:each() do out(q.dst) end`, "1.1.1.1 10.0.0.0 10.0.0.1 2.2.2.2"},
		{"MAC addresses", `for q in Ether{src=range("02:00:00:00:00:fe","02:00:00:00:01:00")}:each() do out(q.src) end`, "02:00:00:00:00:fe 02:00:00:00:00:ff 02:00:00:00:01:00"},
		{"flags", `for q in TCP{flags={"S","A","SA"}}:each() do out(q.flags) end`, "S A SA"},
		{"IP's flags", `for q in IP{flags={"MF","DF","MF+DF"}}:each() do out(q.flags) end`, "MF DF MF+DF"},
		{"names", `for q in ICMP{type={"echo-request","echo-reply",13}}:each() do out(q.type) end`, "8 0 13"},
		{"strings that look like networks", `for q in Raw{load={"10.0.0.0/8","x"}}:each() do out(q.load) end`, "10.0.0.0/8 x"},
		{"raw bytes", `for q in IP{ttl={raw"ab",7}}:each() do out(#bytes(q)) end`, "21 20"},
		{"the order of scapy", `local p = IP{dst={"1.1.1.1","2.2.2.2"},ttl={1,2}}/TCP{dport={80,443}} for q in p:each() do out(q.dst:sub(1,1)..q.ttl..q.dport) end`,
			"1180 11443 1280 12443 2180 21443 2280 22443"},
		{"counting", `out(#TCP{dport=range(1,1024)}, #(IP{dst="10.0.0.0/8"}/TCP{dport=range(0,65535)}), #range(1,9), #Net("10.0.0.0/8"))`, "1024 1099511627776 9 16777216"},
		{"the i-th", `local p = IP{dst="10.0.0.0/8"}/TCP{dport=range(0,65535)} out(p:at(1)[IP].dst, p:at(#p)[IP].dst, p:at(65536+81)[TCP].dport)`, "10.0.0.0 10.255.255.255 80"},
		{"some of many", `local p = IP{dst="10.0.0.0/8"}/TCP{dport=range(0,65535)} for q in p:each{first=65536, count=2} do out(q[IP].dst, q.dport) end`, "10.0.0.0 65535 10.0.0.1 0"},
		{"the last ones", `for q in TCP{dport=range(1,9)}:each{first=8} do out(q.dport) end`, "8 9"},
		{"none", `for q in TCP{dport=range(1,9)}:each{count=0} do out(q.dport) end`, ""},
		{"values of a set", `local s = range(5,9,2) out(s:at(2)) for v in s:each() do out(v) end for v in Net("10.0.0.0/31"):each() do out(v) end`, "7 5 7 9 10.0.0.0 10.0.0.1"},
		{"a set is read as it is", `local p = TCP{dport={1,2,3}} local q = TCP{sport=p.dport} out(#p.dport, #q, q:command())`, "3 3 TCP{sport={1, 2, 3}}"},
		{"command gives it back", `out((IP{dst=range("10.0.0.1","10.0.0.9"), src=Net("10.1.0.0/30"), ttl={1,range(3,9,2)}}):command())`,
			`IP{ttl={1, range(3,9,2)}, src="10.1.0.0/30", dst=range("10.0.0.1","10.0.0.9")}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).words(t, c.chunk, c.want) })
	}
}

// words runs a chunk and compares what its calls of out give, a word each.
func (s *shell) words(t *testing.T, chunk, want string) {
	t.Helper()
	const printer = `local words = {} local function out(...) for _, v in ipairs{...} do words[#words+1] = tostring(v) end end `
	s.check(t, printer+chunk+` print(table.concat(words, " "))`, want)
}

func TestRandomValues(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"are shown by name", `out((IP{id=RandShort(), ttl={1,RandNum(5,9)}}/TCP{sport=RandNum{min=1024, max=65535}}):command())`,
			"IP{id=RandShort(), ttl={1, RandNum(5,9)}}/TCP{sport=RandNum(1024,65535)}"},
		{"count one", `out(#IP{id=RandShort()}, #RandShort(), #TCP{sport={RandShort(),80}})`, "1 1 2"},
		{"are what is sent", `local p = IP{id=RandShort()}/TCP{sport=RandShort()} out(bytes(p) == bytes(p), p.id == p:at(1).id, p.sport == p:at(1).sport, bytes(p:at(1)) == bytes(p))`, "true true true true"},
		{"are drawn on", `local n, seen = 0, {} for q in IP{id=RandShort()}:each{count=50} do if not seen[q.id] then n = n + 1 end seen[q.id] = true end out(n > 40)`, "true"},
		{"can be made again", `local p = IP{id=RandShort()} out(bytes(p:at(7)) == bytes(p:at(7)), bytes(p:at(7)) == bytes(p:at(8)))`, "true false"},
		{"differ when made anew", `out(IP{id=RandInt():at(1) % 65536}.id == IP{id=RandInt():at(1) % 65536}.id and RandInt():at(1) == RandInt():at(1))`, "false"},
		{"stay within bounds", `for q in TCP{sport=RandNum(5,6)}:each{count=50} do if q.sport < 5 or q.sport > 6 then out(q.sport) end end`, ""},
		{"count up", `for q in IP{ttl={1,2,3}, id=IncrementalValue(5,2)}:each() do out(q.id) end`, "5 7 9"},
		{"count round", `for q in IP{id=IncrementalValue{start=5, step=2, restart=9}}:each{count=5} do out(q.id) end`, "5 7 9 5 7"},
		{"enumerate", `local t = {} for q in IP{ttl=RandEnum(1,5)}:each{count=5} do t[q.ttl] = true end out(#t)`, "5"},
		{"choose", `for q in TCP{flags=RandChoice("S","S")}:each{count=2} do out(q.flags) end`, "S S"},
		{"choose by weight", `for q in TCP{dport=RandPool(RandNum(1,1), {RandNum(2,2),0})}:each{count=3} do out(q.dport) end`, "1 1 1"},
		{"have the size given", `out(#RandString(7):at(1), #RandBin(9):at(1), #RandString{size=RandNum(3,3)}:at(1), RandString(3,"x"):at(1), #RandTermString(2,"\x00"):at(1))`, "7 9 3 xxx 3"},
		{"follow templates", `out(RandIP("10.1.2.3/32"):at(1), RandMAC("02:00:00:00:00:01"):at(1), RandIP6("fe80::1"):at(1), RandRegExp("a{3}b"):at(1))`, "10.1.2.3 02:00:00:00:00:01 fe80::1 aaab"},
		{"corrupt", `local s = CorruptedBytes("AAAA", nil, 2):at(1) local _, n = s:gsub("A", "") out(#s, n)`, "4 2"},
		{"stand in options", `local p = TCP{options={{"MSS",RandShort()},{"NOP"},{"Timestamp",RandInt(),0}}} out(p:command(), #bytes(p), bytes(p:at(1)) == bytes(p:at(2)))`,
			`TCP{options={{"MSS",RandShort()},{"NOP"},{"Timestamp",RandInt(),0}}} 36 false`},
		{"are options", `out(TCP{options=RandTCPOptions()}:command(), #bytes(TCP{options=RandTCPOptions(2)}) > 20)`, `TCP{options=RandTCPOptions()} true`},
		{"tell the time", `out(math.abs(TCP{seq=AutoTime()}.seq - now()) < 5, TCP{seq=AutoTime(nil,10)}:command())`, "true TCP{seq=AutoTime(nil,10)}"},
		{"do not hide", `out(tostring(RandShort()), tostring(RandIP("10.0.0.0/8")))`, `RandShort() RandIP("10.0.0.0/8")`},
		{"fuzz what is left alone", `local p = fuzz(IP{dst="10.0.0.1"}/TCP{dport=80}) local q = p:at(3) out(q[IP].dst, q.dport, q.proto, p[IP].dst, bytes(p:at(3)) == bytes(q), bytes(p:at(4)) == bytes(q))`,
			"10.0.0.1 80 6 10.0.0.1 true false"},
		{"fuzz by name", `out((fuzz(UDP{})):command())`, "UDP{sport=RandShort(), dport=RandShort()}"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).words(t, c.chunk, c.want) })
	}
}

func TestRandomValuesAreWrittenAsTheyAreMade(t *testing.T) {
	for _, source := range []string{
		"RandByte()", "RandShort()", "RandInt()", "RandLong()", "RandNum(1,9)", `RandNum(0,"18446744073709551615")`, "RandNumGauss(5,2.5)",
		"RandNumExpo(0.1,3)", "RandNumGamma(2,3)", "RandEnum(1,9)", "RandEnumByte()", "RandEnumShort()", "RandEnumInt()", "RandSingByte()", "RandSingShort()",
		"RandSingInt()", "RandSingLong()", "RandSingString()", "RandUUID()", "RandIP()", `RandIP("10.0.0.0/8")`, "RandIP6()", `RandIP6("2001:db8:*::1-ff")`,
		"RandMAC()", `RandMAC("02:00:*")`, "RandString()", "RandString(5)", `RandString(nil,"xy")`, "RandString(RandNum(1,3))", `RandTermString(2,"\x00")`, `RandTermString(nil,"x")`,
		"RandBin()", "RandBin(3)", `RandRegExp("a|\\d")`, `CorruptedBytes("abc")`, `CorruptedBits("abc",0.5)`, `CorruptedBytes("abc",nil,2)`,
		`RandChoice(1,"x",RandByte(),range(1,3))`, "RandPool({RandByte(),1},{RandShort(),5})", "RandTCPOptions()", "RandTCPOptions(3)", "IncrementalValue(5,2)",
		"IncrementalValue(5,-2,1)", "AutoTime()", "AutoTime(nil,2.5)",
	} {
		newShell(t, nil).check(t, "print(tostring("+source+"))", source)
	}
}

func TestPacketsThatDrawAreEqualWhenTheyDrawTheSame(t *testing.T) {
	newShell(t, nil).words(t, `local p = IP{id=RandShort()}/TCP{dport={1,2}} local q = IP{id=RandShort()}/TCP{dport={1,2}}
		out(p == p:copy(), p == q, p:at(1) == p:at(1), p:at(1) == p:at(2), TCP{dport={1,2}} == TCP{dport={1,2}}, TCP{dport={1,2}} == TCP{dport=1})`,
		"true false true false true false")
}

func TestASeedMakesASessionAgain(t *testing.T) {
	const chunk = `seed(%) print(hex(fuzz(IP/TCP):at(9)), RandShort():at(1), hex(IP{id=RandShort()}))`
	run := func(seed string) string {
		s := newShell(t, nil)
		if _, err := s.Run(context.Background(), "test", strings.ReplaceAll(chunk, "%", seed)); err != nil {
			t.Fatal(err)
		}
		return s.out.String()
	}
	if a, b := run("42"), run("42"); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	if a, b := run("42"), run("43"); a == b {
		t.Error("another seed draws the same")
	}
}

func TestMistakesInSetsAreNamed(t *testing.T) {
	cases := []struct{ chunk, want string }{
		{`IP{ttl=RandShort()}`, "IP.ttl: want number in 0..255, got 65535 (RandShort())"},
		{`TCP{flags=RandShort()}`, "TCP.flags: want flags in 0..511, got 65535 (RandShort())"},
		{`IP{dst=RandMAC()}`, "IP.dst: want IPv4 address, got 00:00:00:00:00:00 (RandMAC())"},
		{`TCP{dport={80,70000}}`, "TCP.dport: want port in 0..65535, got 70000"},
		{`TCP{dport={80,{}}}`, "TCP.dport: element 2: want a list of values, got an empty or named table"},
		{`RandNum(9,1)`, "RandNum: want two numbers, the lower one first"},
		{`RandNum(1)`, "RandNum: want two numbers, the lower one first"},
		{`RandNum(1.5,2)`, "RandNum: min: want a whole number from 0 on, got 1.5"},
		{`RandNum(1,2,3)`, "RandNum: want at most 2 arguments, got 3"},
		{`RandNum{min=1, mx=3}`, `RandNum: no parameter "mx"; there are min, max`},
		{`RandShort(5)`, "RandShort: want no argument, got 1"},
		{`RandIP("10.0.0.0/40")`, `RandIP: want a network such as "10.0.0.0/8", got "10.0.0.0/40"`},
		{`RandMAC("zz")`, `RandMAC: want a template such as "02:00:*:01-0f", got "zz"`},
		{`RandRegExp("(")`, "RandRegExp: want a regular expression, got one with missing closing ): \"(\""},
		{`RandRegExp("[")`, "RandRegExp: want a regular expression, got one with missing closing ]: \"[\""},
		{`RandChoice()`, "RandChoice: want values to choose from, got none"},
		{`RandPool(5)`, "RandPool: value 1: want a random value such as RandByte(), got number"},
		{`RandString(-1)`, "RandString: size: want a whole number from 0 on, got -1"},
		{`RandString(1e9)`, "RandString: size: want at most 65535 bytes, got 1000000000"},
		{`CorruptedBits("x", 2)`, "CorruptedBits: p: want a number in 0..1, got 2"},
		{`TCP{options={{"WScale",RandShort()}}}`, "TCP.options: element 1: option WScale: want a number of 8 bits"},
		{`seed("x")`, "bad argument #1 to 'seed' (number expected, got string)"},
		{`seed(-1)`, "seed: want a whole number from 0 on, got -1"},
		{`Net("10.0.0.9","10.0.0.1")`, "Net: want two addresses of one version, the lower one first, got 10.0.0.9 and 10.0.0.1"},
		{`Net("nowhere")`, `Net: want a network such as "10.0.0.0/24", got "nowhere"`},
		{`range("10.0.0.1","x")`, `range: want an address, got "x"`},
		{`range("02:00:00:00:00:02","02:00:00:00:00:01")`, "range: want two MAC addresses, the lower one first"},
		{`range("1.1.1.1","1.1.1.2",0)`, "range: want a step of at least 1, got 0"},
		{`IP{}:at(0)`, "at: want a whole number from 1 on, got 0"},
		{`IP{}:each{cont=1}`, `no option "cont"; there are first, count`},
		{`range(1,3):at(4)`, "at: want a number in 1..3, got 4"},
		{`fuzz(5)`, "bad argument #1: want a packet, got number: fuzz(p)"},
	}
	for _, c := range cases {
		t.Run(c.chunk, func(t *testing.T) {
			_, err := newShell(t, nil).Run(context.Background(), "test", "return "+c.chunk)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestPythonsRandomValuesAreUnderstood(t *testing.T) {
	s := newShell(t, nil)
	for source, want := range map[string]string{
		`IP(dst="10.0.0.1",id=RandShort())/TCP(sport=RandNum(min=1024,max=2048),dport=[80,443],flags="S")`: "sport=",
		`fuzz(IP(dst="10.0.0.1")/UDP()),`: "dst=10.0.0.1",
		`IP(dst=Net("10.0.0.0/30"))`:      "(4 values)",
	} {
		got, _, err := s.Eval(context.Background(), "test", source)
		if err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: got %s, %v", source, got, err)
		}
	}
}
