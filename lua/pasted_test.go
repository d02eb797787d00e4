package lua_test

import (
	"context"
	"strings"
	"testing"
)

// pastedFile writes the capture that scapy's lines read.
const pastedFile = `local flags, ports, list = {"S", "SA", "A"}, {80, 443, 22}, {}
for i = 1, 5 do
	list[i] = Ether{src="02:00:00:00:00:01", dst="02:00:00:00:00:02"}/IP{src="10.0.0.1", dst="10.0.0.2"}/TCP{sport=1000+i, dport=ports[(i-1)%3+1], flags=flags[(i-1)%3+1]}/("GET /" .. i)
end
list[6] = Ether{src="02:00:00:00:00:02", dst="02:00:00:00:00:01"}/IP{src="10.0.0.2", dst="10.0.0.1"}/UDP{}/DNS{qd=DNSQR{qname="a.example"}}
wrpcap("t.pcap", list)`

// pasted are the lines that scapy's users paste most, one after the other: the Lua that is understood, what is shown, and the error of
// those that have no equal.
var pasted = []struct{ name, python, lua, shown, err string }{
	{"a file is read", `pkts = rdpcap("t.pcap")`, ``, ``, ``},
	{"the length of a list", `len(pkts)`, `#pkts`, `6`, ``},
	{"the first packet", `pkts[0]`, `pkts[1]`, `<Ether  dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=IPv4 |<IP  version=4 ihl=5 tos=0x0 len=46 id=1 flags= frag=0 ttl=64 proto=tcp chksum=0x66c7 src=10.0.0.1 dst=10.0.0.2 |<TCP  sport=1001 dport=80 seq=0 ack=0 dataofs=5 reserved=0 flags=S window=8192 chksum=0xad0a urgptr=0 |<Raw  load="GET /1" |>>>>`, ``},
	{"its summary", `pkts[0].summary()`, `pkts[1]:summary()`, `Ether / IP / TCP 10.0.0.1:1001 > 10.0.0.2:80 S / Raw`, ``},
	{"the last packet's summary", `pkts[-1].summary()`, `pkts[#pkts]:summary()`, `Ether / IP / UDP / DNS Qry "a.example."`, ``},
	{"some of them", `pkts[:2].summary()`, `pkts:sub(1, 2):summary()`, "Ether / IP / TCP 10.0.0.1:1001 > 10.0.0.2:80 S / Raw\nEther / IP / TCP 10.0.0.1:1002 > 10.0.0.2:443 SA / Raw", ``},
	{"a field of a layer", `pkts[0][TCP].dport`, `pkts[1][TCP].dport`, `80`, ``},
	{"a layer in a packet", `TCP in pkts[0]`, `pkts[1]:has(TCP)`, `true`, ``},
	{"haslayer", `pkts[5].haslayer(UDP) or pkts[0].haslayer(TCP)`, `pkts[6]:has(UDP) or pkts[1]:has(TCP)`, `true`, ``},
	{"getlayer", `pkts[0].getlayer(IP).src`, `pkts[1]:layer(IP).src`, `10.0.0.1`, ``},
	{"a flag by its bit", `pkts[0][TCP].flags & 2`, `pkts[1][TCP]:flag("S")`, `true`, ``},
	{"a flag by its letter", `pkts[0][TCP].flags.S`, `pkts[1][TCP].flags.S`, `true`, ``},
	{"flags as text", `pkts[0][TCP].flags == 2`, `pkts[1][TCP].flags == "S"`, `true`, ``},
	{"a loop", `for p in pkts: print(p.summary())`, `for p in pkts do print(p:summary()) end`, "Ether / IP / TCP 10.0.0.1:1001 > 10.0.0.2:80 S / Raw\nEther / IP / TCP 10.0.0.1:1002 > 10.0.0.2:443 SA / Raw\nEther / IP / TCP 10.0.0.1:1003 > 10.0.0.2:22 A / Raw\nEther / IP / TCP 10.0.0.1:1004 > 10.0.0.2:80 S / Raw\nEther / IP / TCP 10.0.0.1:1005 > 10.0.0.2:443 SA / Raw\nEther / IP / UDP / DNS Qry \"a.example.\"", ``},
	{"a loop with a condition", "for p in pkts:\n    if p.haslayer(TCP) and p[TCP].dport == 80:\n        print(p[IP].src, \"->\", p[IP].dst)\n", "for p in pkts do\n    if p:has(TCP) and p[TCP].dport == 80 then\n        print(p[IP].src, \"->\", p[IP].dst) end end", "10.0.0.1\t->\t10.0.0.2\n10.0.0.1\t->\t10.0.0.2", ``},
	{"a loop by places", "for i in range(len(pkts)):\n    print(i, pkts[i][IP].proto)\n", "for i = 0, #pkts-1 do\n    print(i, pkts[i+1][IP].proto) end", "0\t6\n1\t6\n2\t6\n3\t6\n4\t6\n5\t17", ``},
	{"a comprehension", `[p[TCP].dport for p in pkts if TCP in p]`, `(function() local l = {} for p in pkts do if p:has(TCP) then l[#l+1] = p[TCP].dport end end return l end)()`, `{80, 443, 22, 80, 443}`, ``},
	{"those that fit", `tcp = [p for p in pkts if TCP in p]`, `tcp = pkts:filter(function(p) return p:has(TCP) end)`, ``, ``},
	{"how many those are", `len(tcp)`, `#tcp`, `5`, ``},
	{"filter", `web = pkts.filter(lambda p: TCP in p and p[TCP].dport == 80)`, `web = pkts:filter(function(p) return p:has(TCP) and p[TCP].dport == 80 end)`, ``, ``},
	{"a list's summary by functions", `pkts.summary(prn=lambda p: p.sprintf("%IP.src% %TCP.dport%"), lfilter=lambda p: p.haslayer(TCP))`, `pkts:summary{prn=function(p) return p:sprintf("%IP.src% %TCP.dport%") end, lfilter=function(p) return p:has(TCP) end}`, "10.0.0.1 80\n10.0.0.1 443\n10.0.0.1 22\n10.0.0.1 80\n10.0.0.1 443", ``},
	{"nsummary", `pkts.nsummary()`, `pkts:nsummary()`, "0001 Ether / IP / TCP 10.0.0.1:1001 > 10.0.0.2:80 S / Raw\n0002 Ether / IP / TCP 10.0.0.1:1002 > 10.0.0.2:443 SA / Raw\n0003 Ether / IP / TCP 10.0.0.1:1003 > 10.0.0.2:22 A / Raw\n0004 Ether / IP / TCP 10.0.0.1:1004 > 10.0.0.2:80 S / Raw\n0005 Ether / IP / TCP 10.0.0.1:1005 > 10.0.0.2:443 SA / Raw\n0006 Ether / IP / UDP / DNS Qry \"a.example.\"", ``},
	{"different values", `sorted(set(p[TCP].dport for p in pkts if TCP in p))`, `(function() local l = {} for _, v in ipairs((function() local l, seen = {}, {} for p in pkts do if p:has(TCP) then local v = p[TCP].dport if not seen[v] then seen[v] = true l[#l+1] = v end end end return l end)()) do l[#l+1] = v end table.sort(l) return l end)()`, `{22, 80, 443}`, ``},
	{"a count of each", "count = {}\nfor p in pkts:\n    k = p.sprintf(\"%IP.proto%\")\n    count[k] = count.get(k, 0) + 1\n", "for p in pkts do\n    k = p:sprintf(\"%IP.proto%\")\n    count[k] = (count[k] or 0) + 1 end", ``, ``},
	{"the counts", `for k, v in sorted(count.items()): print("%s: %d" % (k, v))`, `for _, v in ipairs((function() local key = function(x) return x[1] end local l = {} for key, value in pairs(count) do local v = {key, value} l[#l+1] = v end table.sort(l, function(a, b) return key(a) < key(b) end) return l end)()) do local k, v = unpack(v) print(("%s: %d"):format(k, v)) end`, "tcp: 5\nudp: 1", ``},
	{"text in a payload", `b"GET" in pkts[0][Raw].load`, `pkts[1][Raw].load:find("GET", 1, true) ~= nil`, `true`, ``},
	{"bytes", `raw(pkts[0])[:4]`, `bytes(pkts[1]):sub(1, 4)`, `"\x02\x00\x00\x00"`, ``},
	{"bytes that are read", `IP(raw(pkts[0][IP])).src`, `IP(bytes(pkts[1][IP])).src`, `10.0.0.1`, ``},
	{"a packet is written", `wrpcap("o.pcap", pkts[0], append=True)`, `wrpcap("o.pcap", pkts[1], {append=true})`, ``, ``},
	{"sniff from a file", `sniff(offline="t.pcap", count=2, prn=lambda p: p.summary(), store=0)`, `sniff{offline="t.pcap", count=2, prn=function(p) return p:summary() end, store=false}`, "Ether / IP / TCP 10.0.0.1:1001 > 10.0.0.2:80 S / Raw\nEther / IP / TCP 10.0.0.1:1002 > 10.0.0.2:443 SA / Raw\n0 packets", ``},
	{"a SYN and its answer", `r = sr1(IP(dst="192.168.11.2")/TCP(dport=57212, flags="S"), timeout=2, verbose=0)`, `r = sr1(IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"}, {timeout=2, verbose=0})`, ``, ``},
	{"the answer's flags", `r[TCP].flags, r.getlayer(TCP).sport`, `return r[TCP].flags, r:layer(TCP).sport`, `SA	57212`, ``},
	{"a scan", `ans, unans = sr(IP(dst="192.168.11.2")/TCP(sport=4000, dport=[57212, 57213], flags="S"), timeout=1)`, `ans, unans = sr(IP{dst="192.168.11.2"}/TCP{sport=4000, dport={57212, 57213}, flags="S"}, {timeout=1})`, ``, ``},
	{"answers by a function", `ans.summary(lambda s,r: r.sprintf("%TCP.sport% %TCP.flags%"))`, `ans:summary{prn=function(s,r) return r:sprintf("%TCP.sport% %TCP.flags%") end}`, "57212 SA\n57213 RA", ``},
	{"answers that fit", `ans.nsummary(lfilter=lambda s,r: r.haslayer(TCP) and r[TCP].flags & 2, prn=lambda s,r: "%d is open" % s[TCP].dport)`, `ans:nsummary{lfilter=function(s,r) return r:has(TCP) and r[TCP]:flag("S") end, prn=function(s,r) return ("%d is open"):format(s[TCP].dport) end}`, `0001 57212 is open`, ``},
	{"a table", `ans.make_table(lambda s,r: (s.dst, s.dport, r.sprintf("{TCP:%TCP.flags%}{ICMP:%ICMP.type%}")))`, `ans:make_table(function(s,r) return s.dst, s.dport, r:sprintf("{TCP:%TCP.flags%}{ICMP:%ICMP.type%}") end)`, "      192.168.11.2 \n57212 SA           \n57213 RA           ", ``},
	{"a loop over answers", "for s, r in ans:\n    print(f\"{s[TCP].dport}: {r[TCP].flags}\")\n", "for s, r in ans do\n    print((\"%s: %s\"):format(s[TCP].dport, r[TCP].flags)) end", "57212: SA\n57213: RA", ``},
	{"the first answer", `ans[0][1].sprintf("%IP.src%")`, `ans[1].answer:sprintf("%IP.src%")`, `192.168.11.2`, ``},
	{"conversations", `pkts.conversations()`, `pkts:conversations()`, "1 conversation\n       src       dst       packets  bytes  sent  sent_bytes  back  back_bytes  start  seconds\n    1  10.0.0.1  10.0.0.2        6    369     5         300     1          69      0        0", ``},
	{"sessions", `for k, v in pkts.sessions().items(): print(k, len(v))`, `for k, v in pairs(pkts:sessions()) do print(k, #v) end`, "TCP 10.0.0.1:1001 > 10.0.0.2:80\t1\nTCP 10.0.0.1:1002 > 10.0.0.2:443\t1\nTCP 10.0.0.1:1003 > 10.0.0.2:22\t1\nTCP 10.0.0.1:1004 > 10.0.0.2:80\t1\nTCP 10.0.0.1:1005 > 10.0.0.2:443\t1\nUDP 10.0.0.2:53 > 10.0.0.1:53\t1", ``},
	{"a checksum that is computed again", `del pkts[0][IP].chksum`, `pkts[1][IP].chksum = nil`, ``, ``},
	{"sorted by time", `sorted(pkts, key=lambda p: p.time)[0].time == pkts[0].time`, `pkts:sub(1):sort(function(p) return p.time end)[1].time == pkts[1].time`, `true`, ``},
	{"bytes in a field", `IP(b"\x45\x00\x00\x14\x00\x01\x00\x00\x40\x00\x7c\xe7\x7f\x00\x00\x01\x7f\x00\x00\x01").ttl`, `IP("\069\000\000\020\000\001\000\000\064\000\124\231\127\000\000\001\127\000\000\001").ttl`, `64`, ``},
	{"two flags", `TCP(flags=["S","A"]).flags`, `TCP{flags="SA"}.flags`, `SA`, ``},
	{"a DNS without a question", `len(DNS(qr=1, qd=None))`, `#bytes(DNS{qr=1, qd={}})`, `12`, ``},
	{"a range of ports", `len([p for p in IP(dst="10.0.0.1")/TCP(dport=(1, 4))])`, `#(function() local l = {} for p in (IP{dst="10.0.0.1"}/TCP{dport=range(1, 4)}):each() do l[#l+1] = p end return l end)()`, `4`, ``},
	{"a function for many", "def ports(p):\n    if TCP in p:\n        return p[TCP].sport, p[TCP].dport\n\nports(pkts[0])\n", "function ports(p)\n    if p:has(TCP) then\n        return p[TCP].sport, p[TCP].dport end end\nports(pkts[1])", `1001	80`, ``},
	{"an import", `from scapy.all import *`, `-- from scapy.all import *`, ``, ``},
	{"a setting", `conf.verb = 0`, `-- conf.verb`, ``, ``},
	{"a file by Python's own means", `with open("x") as f: print(f.read())`, ``, ``, `prompt:1: Lua has no with: files are read by rdpcap("f.pcap") and written by wrpcap("f.pcap", packets)`},
	{"a drawing", `pkts[0].pdfdump("x.pdf")`, ``, ``, `prompt:1: there are no drawings: p:show(), hexdump(p), rfc(TCP)`},
}

func TestScapysMostPastedLines(t *testing.T) {
	t.Chdir(t.TempDir())
	s := inLab(t, "masquerade")
	if _, err := s.Run(context.Background(), "setup", pastedFile); err != nil {
		t.Fatal(err)
	}
	for _, tt := range pasted {
		t.Run(tt.name, func(t *testing.T) {
			s.out.Reset()
			s.notices.Reset()
			values, _, err := s.paste(t, tt.python) // which fails when it waits for more
			if shown := strings.TrimSuffix(s.out.String()+values, "\n"); shown != tt.shown {
				t.Errorf("%s\nshows %s\nwant  %s", tt.python, shown, tt.shown)
			}
			if lua := strings.TrimSuffix(s.notices.String(), "\n"); lua != tt.lua {
				t.Errorf("%s\nbecomes %s\nwant    %s", tt.python, lua, tt.lua)
			}
			switch {
			case err == nil && tt.err != "":
				t.Errorf("%s\nno error, want %s", tt.python, tt.err)
			case err != nil && err.Error() != tt.err:
				t.Errorf("%s\ngot  %s\nwant %s", tt.python, err, tt.err)
			}
		})
	}
}
