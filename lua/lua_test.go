package lua_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// A shell is a State with what it printed.
type shell struct {
	*lua.State
	out, notices strings.Builder
}

func newShell(t *testing.T, session *sendrecv.Session) *shell {
	t.Helper()
	s := &shell{}
	s.State = lua.New(lua.Config{Session: session, Stdout: &s.out, Stderr: &s.notices})
	t.Cleanup(s.Close)
	return s
}

// inLab is a shell in a lab with virtual time.
func inLab(t *testing.T, nat string) *shell {
	t.Helper()
	l, err := lab.New(lab.Config{NAT: nat})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return newShell(t, l.Session())
}

// check runs a chunk and compares what it printed.
func (s *shell) check(t *testing.T, chunk, want string) {
	t.Helper()
	s.out.Reset()
	if _, err := s.Run(context.Background(), "test", chunk); err != nil {
		t.Fatalf("%s\n%v", chunk, err)
	}
	if got := strings.TrimSuffix(s.out.String(), "\n"); got != want {
		t.Errorf("%s\ngot  %s\nwant %s", chunk, got, want)
	}
}

func TestPackets(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"the article's SYN", `print(hex(IP{dst="192.168.11.2", src="192.168.11.1"}/TCP{dport=57212, flags="S"}))`,
			"45000028000100004006e37bc0a80b01c0a80b020014df7c00000000000000005002200018fe0000"},
		{"defaults without braces", `print(hex(IP/TCP) == hex(IP{}/TCP{}))`, "true"},
		{"strings are payload", `print((IP/UDP/"hello"):summary())`, "IP / UDP 127.0.0.1:53 > 127.0.0.1:53 / Raw"},
		{"a string below a layer", `print(("x"/IP{}):summary())`, "Raw / 127.0.0.1 > 127.0.0.1 hopopt"},
		{"a layer's field", `local p = IP{ttl=3}/TCP{dport=443} print(p[IP].ttl, p[TCP].dport, p[UDP])`, "3\t443\tnil"},
		{"a field of the only layer that has it", `local p = IP{ttl=3}/TCP{dport=443} p.ttl = 9 print(p.ttl, p.dport)`, "9\t443"},
		{"a field that makes its layer longer", `local p = dissect(unhex("00000080"), STP) p.age = 3 print(#bytes(p), p.age, p[STP].maxage)`, "35\t3\t20"},
		{"computed fields are nil", `local p = IP/TCP print(p[IP].len, p[IP].chksum, p[TCP].dataofs)`, "nil\tnil\tnil"},
		{"nil computes again", `local p = IP{chksum=1} p[IP].chksum = nil print(p[IP].chksum, hex(p):sub(21, 24))`, "nil\t7ce7"},
		{"flags are strings", `local p = IP{flags="MF+DF"}/TCP{flags=18} print(p[IP].flags, p[TCP].flags, p[TCP]:flag("S"), p[TCP]:flag("F"))`, "MF+DF\tSA\ttrue\tfalse"},
		{"enums are numbers with names", `local p = IP/ICMP{type="dest-unreach", code="port-unreachable"} print(p[ICMP].type, p[ICMP].code, p[ICMP]:name("type"), p[ICMP]:name("code"))`,
			"3\t3\tdest-unreach\tport-unreachable"},
		{"the second layer", `local p = IP{ttl=1}/IP{ttl=2}/UDP print(p:layer(IP, 2).ttl, p:layer(IP, 3), p:has(UDP), p:has("TCP"))`, "2\tnil\ttrue\tfalse"},
		{"the list of layers", `print(table.concat((Ether/IP/TCP/"x"):layers(), " "))`, "Ether IP TCP Raw"},
		{"copies are independent", `local p = IP{ttl=1} local c = p:copy() c.ttl = 2 print(p.ttl, c.ttl)`, "1\t2"},
		{"stacking copies", `local i = IP{ttl=1} local p = i/TCP i.ttl = 7 print(p[IP].ttl)`, "1"},
		{"equality is of bytes", `print(IP{ttl=64} == IP{}, IP{ttl=63} == IP{})`, "true\tfalse"},
		{"raw in place of a field", `print(hex(IP{len=raw"####"}):sub(1, 16))`, "4500232323230001"},
		{"options there and back", `local p = TCP{options={{"MSS",1460},{"NOP"},{"WScale",7},{"SAckOK"},{"Timestamp",1,2},{254,"raw"}}}
			local q = TCP{options=p.options} print(p == q, q.options[1][1], q.options[1][2], q.options[6][1], q.options[6][2])`, "true\tMSS\t1460\t254\traw"},
		{"options of one byte", `print(hex(TCP{options={{1,""},{1},{"NOP",""},"NOP",{1,raw""},{"MSS",1460}}}):sub(41), hex(IP{options={{1,""},"NOP",{0,""}}}):sub(41), hex(TCP{options={{1,"x"}}}):sub(41))`,
			"0101010101020405b4000000\t01010000\t01037800"},
		{"IP options", `local p = IP{options={{"RR","1.2.3.4","0.0.0.0"}}} print(p.options[1][1], p.options[1][2], p.options[1][3])`, "RR\t4\t1.2.3.4"},
		{"sets count", `print(#(IP{dst="10.0.0.0/30"}/TCP{dport={80,443,range(1,3)}}), #range(1,1024,2))`, "20\t512"},
		{"layers in a field are read with their sets", `local p = IP()/UDP()/DNS{qd=DNSQR{qname="a.", qtype={1,28}}}
			p[DNSQR].qname = "b." p[DNS].qd[1].qclass = {1,2,3} p[DNS].qd = p[DNS].qd
			print(#p, #p[DNS].qd, #p[DNSQR].qtype, p[DNSQR].qname)`, "6\t1\t2\tb."},
		{"a set is read as a set", `local p = TCP{dport={80,443}} print(#p.dport, p.dport)`, "2\t80 .. 443 (2 values)"},
		{"command makes it again", `local p = IP{dst="1.2.3.4"}/TCP{dport=80, flags="SA"}/"x\x00y" print(p:command())`,
			`IP{dst="1.2.3.4"}/TCP{dport=80, flags="SA"}/Raw{load="x\x00y"}`},
		{"from the wire", `local p = dissect(bytes(IP{src="10.0.0.1", dst="10.0.0.2"}/TCP{dport=80})) print(p, p.wire == bytes(p), p.time)`,
			"<IP  version=4 ihl=5 tos=0x0 len=40 id=1 flags= frag=0 ttl=64 proto=tcp chksum=0x66cd src=10.0.0.1 dst=10.0.0.2 |<TCP  sport=20 dport=80 seq=0 ack=0 dataofs=5 reserved=0 flags=S window=8192 chksum=0x7b7c urgptr=0 |>>\ttrue\tnil"},
		{"refresh after editing", `local p = dissect(bytes(IP/UDP/"x")) p[Raw].load = "longer" p:refresh() print(#bytes(p), dissect(bytes(p))[IP].len)`, "34\t34"},
		{"the bytes of a layer", `local p = IP/UDP/"x" print(#bytes(p[UDP]), bytes(p[Raw]))`, "9\tx"},
		{"why", `print(why(IP{src="1.1.1.1",dst="2.2.2.2"}/TCP{sport=9}, IP{src="2.2.2.2",dst="1.1.1.1"}/TCP{sport=80,dport=9,flags="SA",ack=1}))`,
			"yes: ports are swapped and the numbers fit"},
		{"walking what an operator makes", `for q in (IP{dst="10.0.0.0/31"}/TCP{dport=80}):each() do print(q) end`,
			"<IP  proto=tcp dst=10.0.0.0 |<TCP  dport=80 |>>\n<IP  proto=tcp dst=10.0.0.1 |<TCP  dport=80 |>>"},
		{"bytes in hex", `print(hex("\x41\x00\xfF"))`, "4100ff"},
		{"walking a set", `local set = IP{dst="10.0.0.0/31"}/UDP{dport={1,2}} for p in set:each() do print(p[IP].dst, p[UDP].dport) end`, "10.0.0.0\t1\n10.0.0.0\t2\n10.0.0.1\t1\n10.0.0.1\t2"},
		{"numbers as Lua writes them", `print(946684800.0102, 1/3, 2^53, 1e300, -7, 0.1, tostring(1e15))`, "946684800.0102\t0.3333333333333333\t9.007199254740992e+15\t1e+300\t-7\t0.1\t1e+15"},
		{"u32 wraps", `print(u32(4294967295 + 1), u32(-1), u32(7.9))`, "0\t4294967295\t7"},
		{"hex and back", `print(unhex(hex("\x01\xffz")) == "\x01\xffz")`, "true"},
		{"print's error can be caught", `print(pcall(print, setmetatable({}, {__tostring=function() error("no text", 0) end})))`, "false\tno text"},
		{"print uses tostring", `print(TCP, {} ~= nil)`, "TCP: Transmission Control Protocol, RFC 9293\ttrue"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
}

func TestShowPrints(t *testing.T) {
	s := newShell(t, nil)
	s.check(t, `UDP{dport=9}:show()`, "###[ UDP ]###\n  sport     = 53\n  dport     = 9\n  len       = None\n  chksum    = None")
}

func TestExchanges(t *testing.T) {
	const syn = `local syn = IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"} `
	cases := []struct{ name, nat, chunk, want string }{
		{"an open port", "", syn + `local r = sr1(syn) print(r[TCP].flags, r[IP].src, r[TCP].ack)`, "SA\t192.168.11.2\t1"},
		{"a closed port", "", `print(sr1(IP{dst="192.168.11.2"}/TCP{dport=57213})[TCP].flags)`, "RA"},
		{"silence is nil", "masquerade", `local t = now() print(sr1(IP{dst="192.168.11.3"}/TCP{dport=80}, {timeout=0.5}), now() - t)`, "nil\t0.5"},
		{"exactly one value", "", syn + `print(select("#", sr1(syn)))`, "1"},
		{"a hop that expires", "masquerade", `local r = sr1(IP{dst="192.168.11.2", ttl=1}/TCP{dport=80}) print(r[IP].src, r[ICMP]:name("type"), r[TCPerror].dport)`,
			"10.0.2.2\ttime-exceeded\t80"},
		{"a proxy does not count hops", "", `print(sr1(IP{dst="192.168.11.2", ttl=1}/TCP{dport=57212})[TCP].flags)`, "SA"},
		{"an echo", "", `local r = sr1(IP{dst="192.168.11.2"}/ICMP{id=7, seq=1}/"ping") print(r[ICMP].type, r[Raw].load)`, "0\tping"},
		{"a datagram", "", `print(sr1(IP{dst="192.168.11.2"}/UDP{sport=4000, dport=57212}/"hello")[Raw].load)`, "hello"},
		{"datagrams that come at once", "none", `send(IP{dst="192.168.11.2"}/UDP{sport={4000,4001}, dport=57212}/"x", {pps=0}) sleep(1)
			print(sr1(IP{dst="192.168.11.2"}/UDP{sport=4002, dport=57212}/"hello")[Raw].load)`, "hello"},
		{"many", "", `local ans, unans = sr(IP{dst="192.168.11.2"}/TCP{sport=5000, dport={57212, 57213}})
			table.sort(ans, function(a, b) return a.answer[TCP].sport < b.answer[TCP].sport end)
			print(#ans, #unans, ans[1].sent[TCP].dport, ans[1].answer[TCP].flags, ans[1].rtt)`, "2\t0\t57212\tSA\t0.0102"},
		{"unanswered", "masquerade", `local ans, unans = sr(IP{dst={"192.168.11.3","192.168.11.2"}}/TCP{dport=57212}, {timeout=1}) print(#ans, #unans, unans[1][IP].dst)`,
			"1\t1\t192.168.11.3"},
		{"a list of packets", "", syn + `print(#(sr({syn, IP{dst="192.168.11.2"}/ICMP{}})))`, "2"},
		{"a row prints", "", `print((sr(IP{dst="192.168.11.2"}/ICMP{}))[1])`,
			"IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0 ==> IP / ICMP 192.168.11.2 > 10.0.2.100 echo-reply 0 (10.200 ms)"},
		{"summaries show this host's address", "", `print((IP{dst="192.168.11.2"}/ICMP{}):summary())`, "IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0"},
		{"a question that cannot be sent", "", `local ans = sr({IP{dst="192.168.11.2"}/ICMP{}, IP{dst="10.0.2.77"}/ICMP{}, IP{dst="192.168.11.2"}/ICMP{seq=2}}) print(#ans)`, "2"},
		{"all TTLs at once", "none", `for i, a in ipairs((sr(IP{dst="192.168.11.2", ttl=range(1,3)}/UDP{dport=33434}))) do print(a.sent[IP].ttl, a.answer[IP].src) end`,
			"1\t10.0.2.2\n2\t192.168.10.254\n3\t192.168.11.2"},
		{"summaries", "", `sr(IP{dst="192.168.11.2"}/ICMP{}):summary()`,
			"IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0 ==> IP / ICMP 192.168.11.2 > 10.0.2.100 echo-reply 0"},
		{"sending counts", "", `print(send(IP{dst="192.168.11.2"}/UDP{dport=range(1,10)}))`, "10"},
		{"link layer", "", `local r = sr1(Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{pdst="10.0.2.2"}) print(r[ARP].op, r[ARP].psrc)`, "2\t10.0.2.2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { inLab(t, c.nat).check(t, c.chunk, c.want) })
	}
}

func TestSniffing(t *testing.T) {
	file := filepath.ToSlash(filepath.Join(t.TempDir(), "sniffed.pcapng"))
	s := inLab(t, "")
	// Nothing else sends while sniff waits, so the answer to a question asked just before is what there is.
	s.check(t, `send(IP{dst="192.168.11.2"}/ICMP{}) local ps = sniff{count=1, timeout=5, write="`+file+`"} print(#ps, ps[1]:summary())`,
		"1\tEther / IP / ICMP 192.168.11.2 > 10.0.2.100 echo-reply 0")
	s.check(t, `local ps = rdpcap("`+file+`") print(#ps, ps[1][ICMP].type)`, "1\t0")
	s.check(t, `send(IP{dst="192.168.11.2"}/ICMP{}) print(#sniff{timeout=1, lfilter=function(p) return p:has(TCP) end})`, "0")
	s.check(t, `send(IP{dst="192.168.11.2"}/ICMP{}) sniff{timeout=1, store=false, prn=function(p) return p[IP].src end}`, "192.168.11.2")
	s.check(t, `send(IP{dst="192.168.11.2"}/ICMP{}) print(pcall(sniff, {timeout=1, prn=function(p) error("mine") end}))`, "false\ttest:1: mine")
}

func TestCaptureFiles(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	s := newShell(t, nil)
	for _, name := range []string{"a.pcap", "a.pcapng"} {
		file := dir + "/" + name
		s.check(t, `wrpcap("`+file+`", {IP{dst="10.0.0.1"}/UDP{dport={1,2}}, IP{dst="10.0.0.2"}/UDP})`, "")
		s.check(t, `for p in pcap("`+file+`") do print(p[IP].dst, p[UDP].dport) end`, "10.0.0.1\t1\n10.0.0.1\t2\n10.0.0.2\t53")
		s.check(t, `print(#rdpcap("`+file+`"), #rdpcap("`+file+`", 2))`, "3\t2")
	}
	if _, err := s.Run(context.Background(), "test", `wrpcap("`+dir+`/a.pcap", IP{dst="10.0.0.1"}/TCP{}/("x"):rep(70000))`); err == nil {
		t.Error("a packet that cannot be built was written")
	}
	s.check(t, `print(#rdpcap("`+dir+`/a.pcap"))`, "3")
	b, err := os.ReadFile(filepath.FromSlash(dir + "/a.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.FromSlash(dir+"/cut.pcap"), b[:len(b)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	s.check(t, `print(#rdpcap("`+dir+`/cut.pcap"))`, "2")
	if !strings.Contains(s.notices.String(), "cut off after frame 2") {
		t.Errorf("notices: %q", s.notices.String())
	}
}

func TestConnections(t *testing.T) {
	cases := []struct{ name, nat, chunk, want string }{
		{"echo", "", `local c = dial{dst="192.168.11.2", dport=57212} print(c:send("hi"), c:recv(), c.src) c:close()`, "true\thi\t10.0.2.100"},
		{"refused", "", `print(dial{dst="192.168.11.2", dport=57213})`, "nil\tdial tcp 192.168.11.2:57213: connection refused"},
		{"half-close", "", `local c = dial{dst="192.168.11.2", dport=57216} print(c:shutdown(), c:recv(5))`, "true\tbye\n"},
		{"silence", "", `local c = dial{dst="192.168.11.2", dport=57212} print(c:recv(1))`, "nil\tsilence"},
		{"closed", "", `local c = dial{dst="192.168.11.2", dport=57217} print(c:recv(1))`, "nil\tclosed by the peer"},
		{"dead after keepalives", "masquerade", `local c = dial{dst="192.168.11.2", dport=57212, keepalive={idle=1, interval=1, count=3}}
			path.cut("server") local _, why = c:recv(60) print(why)`, "read tcp 192.168.11.2:57212: connection timed out"},
		{"false alive", "vmnat", `local c = dial{dst="192.168.11.2", dport=57212, keepalive={idle=1, interval=1, count=3}}
			path.cut("server") print(c:recv(60))`, "nil\tsilence"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, c.nat)
			if strings.HasPrefix(c.want, "nil\tdial") || strings.HasPrefix(c.want, "read") {
				s.contains(t, c.chunk, c.want[strings.LastIndex(c.want, ": ")+2:])
				return
			}
			s.check(t, c.chunk, c.want)
		})
	}
}

// contains runs a chunk and looks for a part of what it printed: the words of a system's error are the system's.
func (s *shell) contains(t *testing.T, chunk, want string) {
	t.Helper()
	s.out.Reset()
	if _, err := s.Run(context.Background(), "test", chunk); err != nil {
		t.Fatalf("%s\n%v", chunk, err)
	}
	if !strings.Contains(s.out.String(), want) {
		t.Errorf("%s\ngot  %swant %s", chunk, s.out.String(), want)
	}
}

func TestTapsAndTheJudge(t *testing.T) {
	s := inLab(t, "")
	s.check(t, `cap = capture() sr1(IP{dst="192.168.11.2"}/TCP{dport=57212}) sleep(0.5)
		r = judge.path(cap, {dst="192.168.11.2", dport=57212}) print(r, r.verdict, r.order, #r.evidence > 1, #cap.guest, #cap.host)`,
		"handshake-on-syn-proxy\thandshake-on-syn-proxy\tundecided\ttrue\t2\t3")
	s.check(t, `print(cap) print(cap.host[1]:summary())`, "<capture guest:2 host:3>\nEther / IP / TCP 192.168.10.1:"+port(t, s)+" > 192.168.11.2:57212 S")
}

// port is the NAT's own source port, which it picks.
func port(t *testing.T, s *shell) string {
	t.Helper()
	values, err := s.Run(context.Background(), "test", "return cap.host[1][TCP].sport")
	if err != nil {
		t.Fatal(err)
	}
	return values[0]
}

func TestTheGuardIsAHold(t *testing.T) {
	s := inLab(t, "masquerade")
	s.check(t, `cap = capture() local release = guard(20) sr1(IP{dst="192.168.11.2"}/TCP{dport=57212}) sleep(0.1)
		for _, p in ipairs(cap.guest) do print(p[TCP].flags) end release()`, "S\nSA")
}

func TestNoticesGoToStandardError(t *testing.T) {
	s := inLab(t, "masquerade")
	s.check(t, `sr(IP{dst="192.168.11.2"}/TCP{dport=range(1,1000)}) sr(IP{dst="192.168.11.2"}/TCP{dport=range(1,1000)})`, "")
	if got := s.notices.String(); strings.Count(got, "sending 1000 packets at 1000 per second") != 1 {
		t.Errorf("notices: %q", got)
	}
}

func TestAnInterruptedSetEndsAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	s := inLab(t, "masquerade")
	_, err := s.Run(ctx, "test", `sr(IP{dst="192.168.0.0/16"}/TCP{dport=range(1,65535)}, {pps=0})`)
	if err == nil || err.Error() != "interrupted" {
		t.Errorf("got %v", err)
	}
}

func TestTwoShellsDoNotMeet(t *testing.T) {
	a, b := newShell(t, nil), newShell(t, nil)
	a.check(t, `x = 1 IP = nil string.rep = nil`, "")
	b.check(t, `print(rawget(_G, "x"), IP ~= nil, ("ab"):rep(2))`, "nil\ttrue\tabab")
}

func TestAPromptKnowsWhenABlockIsOpen(t *testing.T) {
	cases := map[string]bool{
		"1 + 1": false, "x = 1": false, "for i = 1, 2 do": true, "function f()": true, "f(1,": true, "x = {": true, "if x then": true,
		"x = {" + strings.Repeat("80,\n", 5000): true, "x = {" + strings.Repeat("80,\n", 5000) + "}": false, "x = = 1" + strings.Repeat("\n", 9000): false,
		"x = = 1": false, "return": false, "'open": false, "local s = [[": true, "repeat": true, "end": false,
	}
	for source, want := range cases {
		t.Run(source[:min(len(source), 20)], func(t *testing.T) {
			_, open, _ := newShell(t, nil).Eval(context.Background(), "prompt", source)
			if open != want {
				t.Errorf("got %v, want %v", open, want)
			}
		})
	}
}

// TestHostileScriptsEndInAnError runs what would end the process. What the interpreter alone must withstand is tested in vm.
func TestHostileScriptsEndInAnError(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"an error whose text is an error", `error(setmetatable({}, {__tostring=function() error("boo") end}))`, "<a table whose __tostring fails>"},
		{"a list within itself", `local t = {} t[1] = t TCP{dport=t}`, "want lists nested at most 16 deep"},
		{"protected calls without end", `function f() return pcall(f), error("deep") end f()`, "deep"},
		{"a table that the compiler would cut", "x = {" + strings.Repeat("1,", 30000) + "}", "a table constructor has too many values"},
		{"bytecode", "\x1bLua", "want Lua source, got bytecode"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := newShell(t, nil).Run(context.Background(), "test", c.chunk)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "test:") && !strings.HasPrefix(err.Error(), "<") {
				t.Errorf("got %v, want test:...%s", err, c.want)
			}
		})
	}
}

func TestAValueWhoseTextLoopsCanBeInterrupted(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := newShell(t, nil).Run(ctx, "test", `return setmetatable({}, {__tostring=function() while true do end end})`); err == nil {
		t.Error("no error")
	}
}

// TestCapturesKeepTheirLinkType writes back what was read from a link that nobody knows, and what belongs to one link under
// several names.
func TestCapturesKeepTheirLinkType(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	header := "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00"
	record := "\x0a\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x03\x00\x00\x00abc"
	if err := os.WriteFile(filepath.FromSlash(dir+"/147.pcap"), []byte(header+"\x93\x00\x00\x00"+record), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newShell(t, nil)
	s.check(t, `local ps = rdpcap("`+dir+`/147.pcap") print(ps[1]:summary(), #ps) wrpcap("`+dir+`/again.pcap", ps)`, "Raw\t1")
	b, err := os.ReadFile(filepath.FromSlash(dir + "/again.pcap"))
	if err != nil || len(b) < 24 || b[20] != 147 {
		t.Errorf("wrote %x, %v: want link type 147", b, err)
	}
	s.check(t, `local e = {dst="00:00:00:00:00:02", src="00:00:00:00:00:01"}
		wrpcap("`+dir+`/ether.pcap", {Ether(e)/IP{}, Dot3(e)/LLC{}/STP{}})
		for p in pcap("`+dir+`/ether.pcap") do print(p:summary()) end`,
		"Ether / 127.0.0.1 > 127.0.0.1 hopopt\n802.3 00:00:00:00:00:01 > 00:00:00:00:00:02 / LLC / STP")
	s.check(t, `wrpcap("`+dir+`/ip.pcap", {IP{}, IPv6{}}) for p in pcap("`+dir+`/ip.pcap") do print(p:summary()) end`,
		"127.0.0.1 > 127.0.0.1 hopopt\n::1 > ::1 (59)")
	if _, err := s.Run(context.Background(), "test", `wrpcap("`+dir+`/x.pcap", {IP{}, Ether{}/IP{}})`); err == nil || !strings.Contains(err.Error(), "a pcap file has one link type, one that is named .pcapng holds several") {
		t.Errorf("packets of two links: %v", err)
	}
}

func TestFramesWithALengthGoOutOnEthernet(t *testing.T) {
	inLab(t, "").check(t, `print(send(Dot3{dst="ff:ff:ff:ff:ff:ff"}/LLC{}/STP{}), pcall(send, LLC{}))`,
		"1\tfalse\ttest:1: packet 1 (LLC): lab:guest takes packets that begin with Ether, IP, IPv6 or ARP, not with LLC")
}
