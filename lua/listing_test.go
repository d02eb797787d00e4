package lua_test

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
)

// talk is the capture that lists.py writes: 23 packets, an eighth of a second apart.
const talk = `local l = rdpcap("` + listsOfScapy + `/lists.pcap") `

func TestWhatListsMakeTablesOf(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"sessions", `local s = l[TCP]:sessions() print(#s, s, s["TCP 10.0.0.1:1 > 10.0.0.2:80"][1].dport) for name, list in s do print(name, #list) end`,
			"4\t<4 sessions>\t80\nTCP 10.0.0.1:1 > 10.0.0.2:2\t1\nTCP 10.0.0.1:1 > 10.0.0.2:80\t1\nTCP 10.0.0.2:80 > 10.0.0.1:1\t1\nTCP 10.0.0.10:1 > 10.0.0.2:443\t2"},
		{"sessions are lists", `l:sessions()["TCP 10.0.0.10:1 > 10.0.0.2:443"]:nsummary()`,
			"0001 Ether / IP / TCP 10.0.0.10:1 > 10.0.0.2:443 S\n0002 Ether / IP / TCP 10.0.0.10:1 > 10.0.0.2:443 A"},
		{"sessions of one's own", `local s = l[TCP]:sessions(function(p) return p[TCP].dport end) print(#s, #s[443], #s[1])
			for n, list in l[UDP]:sessions(function(p) return "to " .. p[UDP].dport end) do print(n, #list) end`, "4\t2\t1\nto 53\t2\nto 1000\t1\nto 69\t1\nto 4000\t1"},
		{"sessions are printed", `print(l[ARP]:sessions())`, "2 sessions\n       session                  packets  bytes  start  seconds\n" +
			"    1  ARP 10.0.0.1 > 10.0.0.2        1     42      0        0\n    2  ARP 10.0.0.2 > 10.0.0.1        1     42  0.125        0"},
		{"sessions as CSV", `print(l[ARP]:sessions():csv()) print(l[ARP]:sessions():csv{header=false, separator=";"})`,
			"session,packets,bytes,start,seconds\nARP 10.0.0.1 > 10.0.0.2,1,42,0,0\nARP 10.0.0.2 > 10.0.0.1,1,42,0.125,0\nARP 10.0.0.1 > 10.0.0.2;1;42;0;0\nARP 10.0.0.2 > 10.0.0.1;1;42;0.125;0"},
		{"sessions as JSON", `print(l[ARP]:sessions():json{lines=true})`, `{"session":"ARP 10.0.0.1 > 10.0.0.2","packets":1,"bytes":42,"start":0,"seconds":0}` + "\n" +
			`{"session":"ARP 10.0.0.2 > 10.0.0.1","packets":1,"bytes":42,"start":0.125,"seconds":0}`},
		{"conversations", `local c = l[TCP]:conversations() print(c)
			for row in c do print(row.src, row.dst, row.packets, row.bytes, row.sent, row.back, row.start, row.seconds) end print(#c, c[2].sent_bytes, table.concat(c.columns, " "))`,
			"2 conversations\n       src        dst       packets  bytes  sent  sent_bytes  back  back_bytes  start  seconds\n" +
				"    1  10.0.0.1   10.0.0.2        3    169     2         112     1          57      0    0.375\n" +
				"    2  10.0.0.10  10.0.0.2        2    108     2         108     0           0    0.5    0.125\n" +
				"10.0.0.1\t10.0.0.2\t3\t169\t2\t1\t0\t0.375\n10.0.0.10\t10.0.0.2\t2\t108\t2\t0\t0.5\t0.125\n" +
				"2\t108\tsrc dst packets bytes sent sent_bytes back back_bytes start seconds"},
		{"conversations of all", `print(l:conversations():csv("src", "dst", "packets"))`, "src,dst,packets\n10.0.0.1,10.0.0.2,13\n2001:db8::1,2001:db8::2,5\n" +
			"02:00:00:00:00:01,02:00:00:00:00:02,1\n02:00:00:00:00:01,01:80:c2:00:00:00,1\n10.0.0.9,10.0.0.1,1\n10.0.0.10,10.0.0.2,2"},
		{"conversations of one's own", `print(l[TCP]:conversations(function(p) if p.sport ~= 80 then return p[IP].src, p[TCP].dport, p[TCP].flags end end):csv("src", "dst", "packets", "label"))`,
			"src,dst,packets,label\n10.0.0.1,2,1,S\n10.0.0.1,80,1,S\n10.0.0.10,443,2,\"S, A\""},
		{"sorted, the first", `print(l:conversations():sort(function(c) return -c.bytes end):head(1)[1].src, l:conversations():filter(function(c) return c.back == 0 end))`,
			"10.0.0.1\t<4 conversations>"},
		{"columns are the script's to choose", `local c = l[TCP]:conversations() c.columns = {"dst", "bytes"} print(c:csv()) print(c:head(1))`,
			"dst,bytes\n10.0.0.2,169\n10.0.0.2,108\n1 conversation\n       dst       bytes\n    1  10.0.0.2    169"},
		{"the rows of a grid", `local g = l[TCP]:make_table(function(p) return p[IP].src, p[TCP].dport, p.wire:len() end)
			print(g:csv()) print(g:json()) print(g[3]["10.0.0.1"], g[3]["10.0.0.2"], g[3].y, g)`,
			"    10.0.0.1 10.0.0.2 10.0.0.10 \n1   -        57       -         \n2   58       -        -         \n80  54       -        -         \n443 -        -        54        \n" +
				"y,10.0.0.1,10.0.0.2,10.0.0.10\n1,,57,\n2,58,,\n80,54,,\n443,,,54\n" +
				`[{"y":1,"10.0.0.1":null,"10.0.0.2":57,"10.0.0.10":null},` + "\n" + `{"y":2,"10.0.0.1":58,"10.0.0.2":null,"10.0.0.10":null},` + "\n" +
				`{"y":80,"10.0.0.1":54,"10.0.0.2":null,"10.0.0.10":null},` + "\n" + `{"y":443,"10.0.0.1":null,"10.0.0.2":null,"10.0.0.10":54}]` + "\n" +
				"54\tnil\t80\t<4 rows>"},
		{"a grid sorted by one's own", `l[TCP]:make_table(function(p) return p[IP].src, p[TCP].dport, 1 end, {sortx=function(x) return -#x end, sorty=function(y) return -y end})`,
			"    10.0.0.10 10.0.0.1 10.0.0.2 \n443 1         -        -        \n80  -         1        -        \n2   -         1        -        \n1   -         -        1        "},
		{"axes: numbers, addresses, texts", `local x = {"b", "10.0.0.10", "9", "10.0.0.9", "::1", "10", "a", "80/tcp"} local i = 0
			l:head(8):make_table(function() i = i + 1 return 1, x[i], i end)`, "          1 \n9         3 \n10        6 \n10.0.0.9  4 \n10.0.0.10 2 \n::1       5 \n80/tcp    8 \na         7 \nb         1 "},
		{"a grid of values in a table", `l:head(1):make_table(function(p) return {1, 2, 3} end)`, "  1 \n2 3 "},
		{"a missing value", `l:head(2):make_table(function(p) return 1, p[ARP].op, nil end)`, "  1 \n1 - \n2 - "},
		{"a grid without those that give nothing", `l:head(3):make_table(function(p) if p[ARP] then return 1, p[ARP].op, "x" end end)`, "  1 \n1 x \n2 x "},
		{"a grid without those that give nil", `l:head(2):make_table(function(p) if p[ARP].op == 1 then return 1, 2, "x" end return nil end)`, "  1 \n2 x "},
		{"a grid of nothing", `PacketList{}:make_table(function(p) return 1, 2, 3 end) l:make_lined_table(function() end) l:make_tex_table(function() end) print(l:make_table(function() end, {dump=true}), #l:make_table(function() end))`, "0 rows\n0 rows\n0 rows\n0 rows\n0 rows\t0"},
		{"a grid in TeX", `l:head(1):make_tex_table(function(p) return "a_b", "50%", "$x$ & y" end)`, "\\hline\n & a\\_b \\\\\n\\hline\n50\\% & \\$x\\$ \\& y \\\\\n\\hline"},
		{"series", `print(l[TCP]:series(function(p) return #p.wire end):csv())`, "time,value\n0,58\n0.25,54\n0.375,57\n0.5,54\n0.625,54"},
		{"series of several values, for gnuplot", `print(l[TCP]:series(function(p) if p.sport ~= 80 then return p.sport, p.dport end end):csv{header=false, separator=" "})`, "0 1 2\n0.25 1 80\n0.5 1 443\n0.625 1 443"},
		{"plot", `local t = l[TCP]:plot(function(p) return p.dport end, function(p) return p.dport > 2 end) for p in t do print(p.x, p.y) end print(t)`,
			"1\t80\n2\t443\n3\t443\n3 points\n       x    y\n    1  1   80\n    2  2  443\n    3  3  443"},
		{"plot of x and y", `print(l[TCP]:plot(function(p) return p.sport, p.dport end, {plot_xy=true}):csv())`, "x,y\n1,2\n1,80\n80,1\n1,443\n1,443"},
		{"multiplot", `print(l[TCP]:multiplot(function(p) return p[IP].src, p.dport end):csv())`, "label,x,y\n10.0.0.1,1,2\n10.0.0.1,2,80\n10.0.0.2,1,1\n10.0.0.10,1,443\n10.0.0.10,2,443"},
		{"diffplot", `print(l[TCP]:diffplot(function(a, b) return b.time - a.time end):csv()) print(l[TCP]:diffplot(function(a, b) return b.dport - a.dport end, 2):csv{header=false})`,
			"x,y\n1,0.25\n2,0.125\n3,0.125\n4,0.125\n1,-1\n2,363\n3,442"},
		{"hosts that are known when a packet is sent", `local made = PacketList{IP{dst="10.0.0.1"}/TCP} print(made:conversations():csv("src", "dst")) print(made:csv("src", "dst")) for name in made:sessions() do print(name) end`,
			"src,dst\n0.0.0.0,10.0.0.1\nsrc,dst\n0.0.0.0,10.0.0.1\nTCP 0.0.0.0:20 > 10.0.0.1:80"},
		{"CSV of packets", `print(l:sub(7, 8):csv())`, "number,time,src,dst,length,summary\n1,1700000000.75,10.0.0.1,10.0.0.2,45,Ether / IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0 / Raw\n" +
			"2,1700000000.875,10.0.0.1,10.0.0.2,45,Ether / IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0 / Raw"},
		{"CSV of what the capture says", `local p = l[1] p.sec = 1700000000 p.nsec = 123456789 p.wirelen = 900 p.iface = "eth0" p.comment = "=odd"
			print(PacketList{p, IP}:csv("time", "sec", "nsec", "length", "wirelen", "iface", "comment")) p.nsec = 7 print(PacketList{p}:csv{"time", header=false}) p.nsec = 0 print(PacketList{p}:csv{"time", header=false})
			p.time = -1.5 print(PacketList{p}:csv{"time", header=false}) print(p:json():match('{"time.-"layers'):sub(2))`,
			"time,sec,nsec,length,wirelen,iface,comment\n1700000000.123456789,1700000000,123456789,42,900,eth0,'=odd\n,,,20,,,\n1700000000.000000007\n1700000000\n-1.5\n\"time\":-1.500000000,\"wirelen\":900,\"iface\":\"eth0\",\"comment\":\"=odd\",\"layers"},
		{"CSV of columns that look like files", `print(l:head(1):make_table(function() return "a.txt", 1, 2 end, {dump=true}), protocol{name="Note", fields={{"txt", bits=8}}} and PacketList{Note}:csv("Note.txt"))
			local g = l:head(1):make_table(function() return "a.txt", 1, 2 end) print(g:csv("a.txt"))`, "  a.txt \n1 2     \n\tNote.txt\n0\n  a.txt \n1 2     \na.txt\n2"},
		{"CSV of fields", `print(l:sub(17, 20):csv("number", "IP.src", "TCP.flags", "UDP.dport", "IP:2.dst")) print(l:sub(18, 18):csv{"IP.ttl", "TCP.options", header=false})`,
			"number,IP.src,TCP.flags,UDP.dport,IP:2.dst\n1,10.0.0.2,,4000,\n2,10.0.0.1,S,,\n3,10.0.0.9,,,\n4,10.0.0.1,S,,\n64,{}"},
		{"JSON of packets", `local one = l[ARP]:head(1) print(one:json() == "[" .. one[1]:json() .. "]", one:json{lines=true} == one[1]:json(), PacketList{}:json(), PacketList{}:json{lines=true} == "")`, "true\ttrue\t[]\ttrue"},
	} {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, talk+c.chunk, c.want) })
	}
}

// TestListsHaveTheHostsOfThisOne holds that packets that were never sent have the hosts that they would leave with, everywhere.
func TestListsHaveTheHostsOfThisOne(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"CSV", `print(PacketList{IP{dst="192.168.11.2"}/TCP}:csv("src", "dst", "IP.src", "IP.dst"))`, "src,dst,IP.src,IP.dst\n10.0.2.100,192.168.11.2,10.0.2.100,192.168.11.2"},
		{"CSV of ARP", `print(PacketList{ARP{pdst="10.0.2.2"}}:csv("src", "ARP.psrc", "ARP.hwsrc"))`, "src,ARP.psrc,ARP.hwsrc\n10.0.2.100,10.0.2.100,02:00:0a:00:02:64"},
		{"CSV of a frame", `print(PacketList{Ether{dst="02:00:00:00:00:01"}, Dot3{dst="02:00:00:00:00:01"}}:csv("src", "Ether.src", "Dot3.src"))`,
			"src,Ether.src,Dot3.src\n02:00:0a:00:02:64,02:00:0a:00:02:64,\n02:00:0a:00:02:64,,02:00:0a:00:02:64"},
		{"CSV of IPv6", `print(PacketList{IPv6{dst="::1"}/TCP}:csv("src", "IPv6.src"))`, "src,IPv6.src\n::1,::1"},
		{"conversations", `print(PacketList{IP{dst="192.168.11.2"}/TCP}:conversations():csv("src", "dst"))`, "src,dst\n10.0.2.100,192.168.11.2"},
		{"questions and answers", `local a, u = PacketList{IP{dst="10.0.2.2"}/ICMP{id=1}, IP{src="10.0.2.2", dst="10.0.2.100"}/ICMP{type=0, id=1}, IP{dst="192.168.11.2"}/UDP{sport=9}, IP{src="192.168.11.2", dst="10.0.2.100"}/UDP{dport=9}}:sr() a:summary() print(#u) print(a[2]) print(a:csv("sent.IP.src"))`,
			"IP / ICMP 10.0.2.100 > 10.0.2.2 echo-request 0 ==> IP / ICMP 10.0.2.2 > 10.0.2.100 echo-reply 0\nIP / UDP 10.0.2.100:9 > 192.168.11.2:53 ==> IP / UDP 192.168.11.2:53 > 10.0.2.100:9\n0\n" +
				"IP / UDP 10.0.2.100:9 > 192.168.11.2:53 ==> IP / UDP 192.168.11.2:53 > 10.0.2.100:9 (? ms)\nsent.IP.src\n10.0.2.100\n10.0.2.100"},
	} {
		t.Run(c.name, func(t *testing.T) { inLab(t, "").check(t, c.chunk, c.want) })
	}
	t.Run("hosts that nobody knows yet", func(t *testing.T) {
		newShell(t, nil).check(t, `local l = PacketList{Ether{dst="02:00:00:00:00:01"}, ARP} print(l:csv("src", "dst", "Ether.src", "ARP.psrc")) print(l:conversations():csv("src", "dst")) print((tostring(l:conversations()[1].src)))`,
			"src,dst,Ether.src,ARP.psrc\n,02:00:00:00:00:01,,\n0.0.0.0,0.0.0.0,,\nsrc,dst\n,02:00:00:00:00:01\n0.0.0.0,0.0.0.0\nnil")
		newShell(t, nil).check(t, `print(#PacketList{IP/ICMP{id=1}, IP/ICMP{type=0, id=1}}:sr(), #PacketList{IPv6/UDP{sport=1, dport=2}, IPv6/UDP{sport=2, dport=1}}:sr())`, "1\t1")
	})
}

// TestPointsThatAreMissingAreCounted holds that nothing is left out of a drawing without a word, but for what a script leaves out itself.
func TestPointsThatAreMissingAreCounted(t *testing.T) {
	const some = `local l = PacketList{IP{len=30}, IP, IP{len=50}} local t = rdpcap("testdata/lists/lists.pcap"):head(3) `
	for _, c := range []struct{ name, chunk, out, notice string }{
		{"plot", `print(l:plot(function(p) return p.len end):csv())`, "x,y\n1,30\n2,50", "plot: the function gave nil for 1 of 3 elements, which are left out; what is computed when a packet is built, as len and chksum are, is nil before: dissect(bytes(p)) has it\n"},
		{"plot of x and y", `print(#l:plot(function(p) return 1, p.len end, {plot_xy=true}))`, "2", "plot: the function gave nil for 1 of 3 elements"},
		{"multiplot", `print(#l:multiplot(function(p) return "a", p.len end))`, "2", "multiplot: the function gave nil for 1 of 3 elements"},
		{"diffplot", `print(#l:diffplot(function(a, b) return a.len end))`, "1", "diffplot: the function gave nil for 1 of 2 elements"},
		{"series", `local n = 0 print(#t:series(function(p) n = n + 1 return n ~= 2 and n or nil end))`, "2", "series: the function gave nil for 1 of 3 elements"},
		{"what a script leaves out", `print(#l:plot(function(p) if p.len then return p.len end end))`, "2", ""},
		{"what lfilter leaves out", `print(#l:plot(function(p) return p.len end, function(p) return p.len end))`, "2", ""},
		{"a function that gives nothing", `print(#l:plot(function(p) end))`, "0", "plot: the function gave nothing for 3 elements: no point is left\n"},
		{"a list of nothing", `print(#PacketList():plot(function(p) return nil end))`, "0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShell(t, nil)
			s.check(t, some+c.chunk, c.out)
			if got := s.notices.String(); !strings.HasPrefix(got, c.notice) || c.notice == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.notice)
			}
		})
	}
}

// TestDumpsOfLists holds the methods that print bytes. Packets made here have no time.
func TestDumpsOfLists(t *testing.T) {
	const dumped = `local l = PacketList{IP{src="10.0.0.1", dst="10.0.0.2"}/UDP/"one", IP{dst="10.0.0.1"}/TCP/Padding{load="pad"}, IP{dst="10.0.0.1"}/TCP/Padding{load="\0\0"}} `
	first, second, third := "0001 ?? IP / UDP 10.0.0.1:53 > 10.0.0.2:53 / Raw\n", "0002 ?? IP / TCP 0.0.0.0:20 > 10.0.0.1:80 S / Padding\n", "0003 ?? IP / TCP 0.0.0.0:20 > 10.0.0.1:80 S / Padding\n"
	pad, zero := "0000  70 61 64                                         pad", "0000  00 00                                            .."
	for _, c := range []struct{ name, chunk, want string }{
		{"hexraw", `l:head(2):hexraw()`, first + "0000  6F 6E 65                                         one\n" + strings.TrimSuffix(second, "\n")},
		{"padding", `l:padding()`, second + pad + "\n" + third + zero},
		{"padding that is not zero", `l:nzpadding()`, second + pad},
		{"some", `l:padding(function(p) return p:has(Padding) and p[Padding].load == "\0\0" end)`, third + zero},
		{"hexdump", `l:head(1):hexdump()`, first + "0000  45 00 00 1F 00 01 00 00 40 11 66 CB 0A 00 00 01  E.......@.f.....\n0010  0A 00 00 02 00 35 00 35 00 0B 16 FD 6F 6E 65     .....5.5....one"},
		{"rawhexdump", `l:head(1):rawhexdump()`, "0000  45 00 00 1F 00 01 00 00 40 11 66 CB 0A 00 00 01  E.......@.f.....\n0010  0A 00 00 02 00 35 00 35 00 0B 16 FD 6F 6E 65     .....5.5....one"},
	} {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, dumped+c.chunk, c.want) })
	}
}

// TestListsOfStreams holds that they have the methods of lists that need no packet.
func TestListsOfStreams(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"CSV", `print(l:csv()) print(l:csv("src", "data", "gaps", "first"))`, "connection,src,sport,dst,dport,packets,bytes,ended\n1,10.0.0.1,4000,10.0.0.2,80,4,5,FIN\n1,10.0.0.2,80,10.0.0.1,4000,4,13,FIN\n" +
			"src,data,gaps,first\n10.0.0.1,GET /,{},\n10.0.0.2,one...twofour,\"{{length=5, offset=9}}\","},
		{"CSV of times", `packets[1].sec = 1700000000 packets[1].nsec = 123456789 print(streams(packets):head(1):csv{"first", "last", header=false})`, "1700000000.123456789,1700000000.123456789"},
		{"JSON", `print(l:head(1):json())`, `[{"connection":1,"src":"10.0.0.1","sport":4000,"dst":"10.0.0.2","dport":80,"packets":4,"bytes":5,"ended":"FIN","data":"474554202f"}]`},
		{"walked and filtered", `for st in l:filter(function(st) return st.sport == 80 end) do print(st.data) end`, "one...twofour"},
		{"a grid", `l:make_table(function(st) return st.src, st.ended, #st.data end)`, "    10.0.0.1 10.0.0.2 \nFIN 5        13       "},
		{"sorted", `print(l:sort(function(st) return -#st.data end)[1].src)`, "10.0.0.2"},
		{"a layer", `print(pcall(function() return l[TCP] end))`, "false\ttest:7: list of streams: want the number of an element or the name of a method, got protocol"},
		{"both", `print(#(l + l), pcall(function() return l + PacketList{} end))`, "4\tfalse\ttest:7: +: want two lists of one kind, got list of streams and list of packets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			newShell(t, nil).check(t, conversation+"local l = streams(packets) "+c.chunk, c.want)
		})
	}
}

// TestCSVOfStrangersIsData holds that what a stranger wrote comes back from CSV as it was, but for what is hidden, and that no
// spreadsheet takes it for a formula.
func TestCSVOfStrangersIsData(t *testing.T) {
	texts := []string{`=cmd|'/c calc'!A0`, `+1`, `-1`, `@x`, "\t=1", "＝1", `a,b`, `a;=1`, `say "x"`, "two\nlines", " blank ", `plain`, "", `'=1`, "\x1b[2J", "\u202e"}
	want := []string{`'=cmd|'/c calc'!A0`, `'+1`, `'-1`, `'@x`, `\t=1`, `'＝1`, `a,b`, `a;=1`, `say "x"`, `two\nlines`, " blank ", `plain`, "", `'=1`, `\x1b[2J`, `\u{202e}`}
	var quoted []string
	for _, text := range texts {
		quoted = append(quoted, `unhex("`+hexOf(text)+`")`)
	}
	s := newShell(t, nil)
	s.check(t, `l = PacketList{} for i, x in ipairs{`+strings.Join(quoted, ", ")+`} do l[i] = Raw{load=x} end print(#l)`, "16")
	values, err := s.Run(t.Context(), "test", `return l:csv("Raw.load", "number")`)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(values[0])).ReadAll()
	if err != nil || len(rows) != len(texts)+1 {
		t.Fatalf("%v: %d rows of\n%s", err, len(rows), values[0])
	}
	for i, row := range rows[1:] {
		if row[0] != want[i] {
			t.Errorf("%q: got %q, want %q", texts[i], row[0], want[i])
		}
	}
	if !strings.Contains(values[0], `"a;=1"`) {
		t.Errorf("a cell that other spreadsheets take for two is not in quotes:\n%s", values[0])
	}
	s.check(t, `print(l:sub(1, 3):csv{"Raw.load", raw=true, header=false})`, "\"=cmd|'/c calc'!A0\"\n+1\n-1")
	s.check(t, `print(PacketList{TCP}:plot(function() return -5 end):csv())`, "x,y\n1,-5")
}

// TestJSONOfListsIsJSON reads it back.
func TestJSONOfListsIsJSON(t *testing.T) {
	s := newShell(t, nil)
	for _, list := range []string{`l`, `(l:sr())`, `streams(l)`, `l:conversations()`, `l:sessions()`, `l[TCP]:plot(function(p) return 0/0 end)`,
		`l[TCP]:series(function(p) return "\255\1\"x" end)`, `l:head(1):series(function(p) return "x", {1, {a={p}}} end)`, `l:head(0)`} {
		values, err := s.Run(t.Context(), "test", talk+`local x = `+list+` return x:json(), x:json{lines=true}`)
		if err != nil {
			t.Fatal(err)
		}
		var array []map[string]any
		if err := json.Unmarshal([]byte(values[0]), &array); err != nil {
			t.Errorf("%s: %v in %s", list, err, values[0])
		}
		lines := strings.Split(values[1], "\n")
		if len(array) == 0 {
			lines = nil
		}
		if len(lines) != len(array) {
			t.Errorf("%s: %d lines of %d objects", list, len(lines), len(array))
		}
		for _, line := range lines {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: no JSON: %s", list, line)
			}
		}
	}
}

func hexOf(text string) string { return hex.EncodeToString([]byte(text)) }
