package lua_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// made is a list of packets without times: five of TCP, two of UDP, one of ICMP, one of ARP.
const made = `local l = PacketList{} for i = 1, 5 do l[i] = IP{src="10.0.0.1", dst="10.0.0." .. 12 - i}/TCP{dport=i, flags=i % 2 == 0 and "S" or "A"} end
	for i = 1, 2 do l[#l+1] = IP{src="10.0.0.1", dst="10.0.0.2"}/UDP{sport=i, dport=53} end
	l[#l+1] = IP{src="10.0.0.2", dst="10.0.0.1"}/ICMP{} l[#l+1] = Ether{src="02:00:00:00:00:01", dst="02:00:00:00:00:02"}/ARP{psrc="10.0.0.1", pdst="10.0.0.9"} `

func TestLists(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"a list walks itself", `local n = 0 for p in l do n = n + 1 end print(n)`, "9"},
		{"two loops over one list", `local n = 0 for p in l:head(3) do for q in l:head(3) do n = n + (rawequal(p, q) and 1 or 0) end end print(n)`, "3"},
		{"a break and again", `for p in l do print(p.dport) break end for p in l do print(p.dport) break end`, "1\n1"},
		{"changed while it walks", `for p in l do if #l > 5 then table.remove(l, 1) end end print(#l) for p in l do if #l < 12 then l[#l+1] = p end end print(#l)`, "5\n12"},
		{"emptied while it walks", `for p in l do for i = #l, 1, -1 do l[i] = nil end end print(#l)`, "0"},
		{"ipairs and # go on working", `local n = 0 for i, p in ipairs(l) do n = n + i end print(n, #l, l[1].dport, l[10])`, "45\t9\t1\tnil"},
		{"in a coroutine", `local co = coroutine.wrap(function() for p in l do coroutine.yield(p.dport) end end) print(co(), co())`, "1\t2"},
		{"those with a layer", `print(#l[TCP], #l[UDP], #l["ICMP"], #l[DNS], #l[IP], getmetatable(l[TCP]))`, "5\t2\t1\t0\t8\tlist of packets"},
		{"a method in front of a layer", `print(type(l.filter), #l.ARP)`, "function\t1"},
		{"parts", `print(#l:head(2), #l:tail(2), #l:head(), #l:tail(100), #l:sub(2, 4), #l:sub(-3), #l:sub(8, 20), #l:sub(5, 2), l:sub(2)[1].dport, #l:head(0))`, "2\t2\t9\t9\t3\t3\t2\t0\t2\t0"},
		{"both", `local both = l[UDP] + l[ARP] print(#both, both, #l)`, "3\t<3 packets: TCP:0 UDP:2 ICMP:0 Other:1>\t9"},
		{"filtered, an edit is seen in both", `local f = l:filter(function(p) return p:has(UDP) end) f[1][UDP].dport = 99 print(#f, l[6][UDP].dport)`, "2\t99"},
		{"sorted by a key", `l[TCP]:sort(function(p) return p[IP].dst end):summary(function(p) return p[IP].dst end)`, "10.0.0.7\n10.0.0.8\n10.0.0.9\n10.0.0.10\n10.0.0.11"},
		{"sorted by two keys", `l[TCP]:sort(function(p) return p[TCP].flags, -p[TCP].dport end):summary(function(p) return p[TCP].flags, p[TCP].dport end)`, "A\t5\nA\t3\nA\t1\nS\t4\nS\t2"},
		{"sorted by comparing", `l[TCP]:sort(function(a, b) return a[TCP].dport > b[TCP].dport end):summary(function(p) return p[TCP].dport end)`, "5\n4\n3\n2\n1"},
		{"sorted in place, the other way round", `local t = l[TCP] local r = t:sort{key=function(p) return p[TCP].dport end, reverse=true} print(t == r, t[1][TCP].dport)`, "true\t5"},
		{"sorted by what some have not", `l:sort(function(p) return p[TCP] and p[TCP].dport end) print(l[1].dport, l[5].dport, l[6]:has(UDP), l[9]:has(ARP))`, "1\t5\ttrue\ttrue"},
		{"sorted by time", `local t = l:head(0) for _, n in ipairs{3, 1, 2} do local p = dissect(bytes(IP{id=n})) t[#t+1] = p end print(#t:sort())`, "3"},
		{"nsummary", `l:tail(2):nsummary() l:nsummary(nil, function(p) return p:has(ARP) end)`,
			"0001 IP / ICMP 10.0.0.2 > 10.0.0.1 echo-request 0\n0002 Ether / ARP who has 10.0.0.9 says 10.0.0.1\n0009 Ether / ARP who has 10.0.0.9 says 10.0.0.1"},
		{"what prn prints and gives", `l:head(3):summary(function(p) if p.dport == 2 then print("two") return nil end return p.dport end)`, "1\ntwo\n3"},
		{"show", `l:tail(1):show()`, "1 packet\n    1  Ether / ARP who has 10.0.0.9 says 10.0.0.1"},
		{"show some", `l:show(function(p) return p.dport end, function(p) return p:has(UDP) end)`, "9 packets\n    6  53\n    7  53"},
		{"print shows a list alone, and its text among others", `print(l:tail(1)) print(1, l)`, "1 packet\n    1  Ether / ARP who has 10.0.0.9 says 10.0.0.1\n1\t<9 packets: TCP:5 UDP:2 ICMP:1 Other:1>"},
		{"a list of an iterator", `local i = 0 print(PacketList(function() i = i + 1 return l[i] end), PacketList{}, #PacketList{IP, "bytes"})`,
			"<9 packets: TCP:5 UDP:2 ICMP:1 Other:1>\t<0 packets: TCP:0 UDP:0 ICMP:0 Other:0>\t2"},
		{"what stands for packets becomes packets", `local e = PacketList{IP, "bytes"} e[3] = TCP e[1].dst = "10.0.0.7" for p in e do print(p:summary()) end print(e:filter(function(p) return p:has(IP) end)[1].dst)`, "0.0.0.0 > 10.0.0.7 hopopt\nRaw\nTCP 20 > 80 S\n10.0.0.7"},
		{"the next one, and none beyond", `l[10] = IP l[12] = nil l[#l+1] = IP print(#l)`, "11"},
		{"the last one taken out", `l[9] = nil l[#l] = nil print(#l, l)`, "7\t<7 packets: TCP:5 UDP:2 ICMP:0 Other:0>"},
		{"a session that is not there", `print(l:sessions()["x"], l:sessions().nosuch, l[TCP]:sessions(function(p) return p.dport end)[99], #l[TCP]:sessions(function(p) return p.dport end)[2])`, "nil\tnil\tnil\t1"},
		{"a hole is not counted", `l[2] = nil print(1, l) l[2] = TCP print(1, l)`, "1\t<8 packets: TCP:4 UDP:2 ICMP:1 Other:1>\n1\t<9 packets: TCP:5 UDP:2 ICMP:1 Other:1>"},
		{"a list of nothing", `local e = PacketList() e[1] = l[1] print(#e, #PacketList(), getmetatable(PacketList()))`, "1\t0\tlist of packets"},
		{"replace leaves the list as it is", `local r = l:replace("TCP.flags", "S", "F") print(#r, r[2][TCP].flags, l[2][TCP].flags, rawequal(r[1], l[1]))`, "9\tF\tS\ttrue"},
		{"replace finds a value in any spelling", `local r = PacketList{IP/TCP{flags="SA"}}:replace("TCP.flags", "AS", "R") print(r[1][TCP].flags)`, "R"},
		{"replace with checksums", `local p = dissect(bytes(IP{src="10.0.0.1"}/TCP)) local r = PacketList{p}:replace("IP.src", "10.0.0.1", "10.0.0.2", {delete_checksums=true}) print(r[1][IP].chksum, p[IP].chksum ~= nil)`, "nil\ttrue"},
		{"the n-th layer", `local g = PacketList{IP{ttl=1}/IP{ttl=2}/UDP, IP/UDP}:getlayer(IP, 2) print(#g, g[1].ttl) g[1].ttl = 9 print(g[1]:summary())`, "1\t2\nIP / UDP 127.0.0.1:53 > 127.0.0.1:53"},
		{"layers of a field", `local p = DNS{qd={DNSQR{qname="a.example"}, DNSQR{qname="b.example"}}}
			for q in p.qd do print(q.qname) end print(#p.qd, p.qd.qname, p.qd:filter(function(q) return q.qname:find("b") end)[1].qname)`, "a.example.\nb.example.\n2\ta.example.\tb.example."},
		{"sniffs and fragments", `print(fragment(IP{dst="10.0.0.1"}/ICMP/("x"):rep(100), 48))`, "3 packets\n    1  0.0.0.0 > 10.0.0.1 icmp / Raw\n    2  0.0.0.0 > 10.0.0.1 icmp frag:6 / Raw\n    3  0.0.0.0 > 10.0.0.1 icmp frag:12 / Raw"},
	} {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, made+c.chunk, c.want) })
	}
}

func TestMistakesWithListsAreNamed(t *testing.T) {
	for chunk, want := range map[string]string{
		`l(1)`:                             `a list is not called: list[1] is an element, list[TCP] those that have a layer, for p in list do walks it`,
		`print(l[0])`:                      `list of packets: lists begin at 1`,
		`print(l[-1])`:                     `the last one is list[#list]`,
		`l:summry()`:                       `list of packets: no method "summry"; there are summary, nsummary, show`,
		`l:append(IP)`:                     `here: table.insert(list, p), or list[#list+1] = p`,
		`l:afterglow()`:                    `here: nothing is drawn here: list:conversations()`,
		`l:pdfdump()`:                      `nothing is drawn here`,
		`print(l[{}])`:                     `want a protocol, as in p[TCP], or a field's name, got table`,
		`print(l .. "x")`:                  `lists are put together with +, and their text is tostring(list)`,
		`print(l + IP)`:                    `+: want two lists of one kind, got list of packets and protocol; table.insert(list, p)`,
		`print(l + {IP})`:                  `+: want two lists of one kind, got list of packets and table`,
		`l:summary(5)`:                     `summary: prn: want a function, got number`,
		`l:summary{x=1}`:                   `no option "x"; there are prn, lfilter`,
		`l:summary(print, print, 1)`:       `summary: want at most 2 arguments, got 3 (number): list:summary(prn, lfilter)`,
		`l:summary(print, {prn=print})`:    `summary: prn is given twice`,
		`l:summary{prn="x"}`:               `summary: prn: want a function, got string`,
		`l:filter("tcp port 80")`:          `filter: want a function, as in list:filter(function(p) return p:has(TCP) end), got a string`,
		`l:filter()`:                       `filter: want a function, as in list:filter(function(p) return p:has(TCP) end)`,
		`l:filter(TCP)`:                    `filter: func: want a function, got protocol`,
		`l:sort("time")`:                   `sort: key: want a function, got string`,
		`l:sort(function() return {} end)`: `sort: element 1: want a number or a text to sort by, got table`,
		`l:head(-1)`:                       `head: want a number of at least 0, got -1`,
		`l:sub("a")`:                       `sub: i: want a whole number, got a`,
		`l:getlayer(7)`:                    `want a protocol, as in p[TCP]`,
		`l:getlayer("TPC")`:                `no layer is called "TPC"; did you mean TCP?`,
		`table.insert(l, 1, 7) for p in l do end`:        `for: element 1: want a packet, got number`,
		`l:make_table(function(p) return 1, 2 end)`:      `make_table: element 1: want three values (column, row, and what stands there), got 1, 2`,
		`l:make_table(function(p) return nil, 2, 3 end)`: `make_table: element 1: want three values (column, row, and what stands there), got nil, 2, 3`,
		`l:make_table()`:                                             `make_table: want a function, as in ans:make_table(function(s, r)`,
		`l:make_table(print, {sort=1})`:                              `no option "sort"; there are fxyz, sortx, sorty, dump`,
		`l:series(function(p) return 1 end)`:                         `series: element 1 has no time: it was made here`,
		`l:plot(function(p) return 1 end, {plot_xy=true})`:           `plot: element 1: want 2 values from the function, got 1`,
		`l:diffplot(function() end, 0)`:                              `diffplot: delay: want a number of at least 1, got 0`,
		`l[TCP]:plot(function(p) return p[IP].len end)`:              `plot: no point is left: the function gave nil for 5 elements; what is computed when a packet is built`,
		`l:diffplot(function(p) return nil end)`:                     `diffplot: no point is left: the function gave nil for 8 elements`,
		`l:plot(function(p) return "text" end)`:                      `plot: element 1: want a number as y, got string; list:series(f) and list:make_table(f) take text too`,
		`l:plot(function(p) return 1, true end, {plot_xy=true})`:     `plot: element 1: want a number as y, got boolean`,
		`l:multiplot(function(p) return "x", "y" end)`:               `multiplot: element 1: want a number as y, got string`,
		`l:diffplot(function(p) return {1} end)`:                     `diffplot: element 1: want a number as y, got table`,
		`l:csv("IP.scr")`:                                            `csv: IP has no field "scr"; did you mean src?`,
		`l:csv("ttl")`:                                               `csv: no column "ttl"; there are number, time, src, dst, length, summary, sec, nsec, wirelen, iface, comment, and fields of layers: "IP.src"`,
		`l:csv("IPP.src")`:                                           `csv: "IPP.src": no layer is called "IPP"`,
		`l:csv("IP:x.src")`:                                          `csv: "IP:x.src": want the number of a layer behind the colon`,
		`l:csv("t.csv")`:                                             `csv: want the names of columns (number, time, src, dst, length, summary), got that of a file: "t.csv"; text comes into a file by the shell: moonwire -e 'print(rdpcap("f.pcap"):csv())' > t.csv`,
		`l:csv("IP.src", "../out.TXT")`:                              `got that of a file: "../out.TXT"; text comes`,
		`l:conversations():csv("out.tsv")`:                           `columns (src, dst, packets, bytes, sent, sent_bytes, back, back_bytes, start, seconds), got that of a file: "out.tsv"; text comes into a file by the shell: moonwire -e 'print(rdpcap("f.pcap"):csv{separator="\t"})' > t.tsv`,
		`l:json("t.json")`:                                           `json: want no name of a file, got "t.json"; text comes into a file by the shell: moonwire -e 'print(rdpcap("f.pcap"):json())' > t.json`,
		`l:sessions():json("x.jsonl")`:                               `print(rdpcap("f.pcap"):json{lines=true})' > t.jsonl`,
		`l:csv("IP.csv")`:                                            `csv: IP has no field "csv"`,
		`l:csv(IP)`:                                                  `csv: want the names of columns, as in list:csv("IP.src", "TCP.dport"), got protocol`,
		`l:csv{"time", head=false}`:                                  `no option "head"; there are header, separator, raw`,
		`l:csv{separator=";;"}`:                                      `csv: separator: want one character`,
		`l:csv{separator=""}`:                                        `csv: separator: want one character, no quote and no end of a line, got ""`,
		`l:csv("IP.src", {separator=5})`:                             `separator: want a string, got number`,
		`l:json(1)`:                                                  `lines: want true or false, as in {lines=true}, got 1`,
		`l:json{lines=1}`:                                            `lines: want true or false, as in {lines=true}, got 1`,
		`l:csv{header=0}`:                                            `header: want true or false, as in {header=true}, got 0`,
		`l:sr("yes")`:                                                `multi: want true or false, as in {multi=true}, got yes`,
		`l:sort{key=print, reverse=1}`:                               `reverse: want true or false, as in {reverse=true}, got 1`,
		`l:make_table(print, {dump=1})`:                              `dump: want true or false, as in {dump=true}, got 1`,
		`l:json{line=true}`:                                          `no option "line"; there are lines; did you mean lines?`,
		`l:sessions(function() end)`:                                 `sessions: element 1: want a name for its session, got nothing`,
		`l:conversations(function() return 1 end)`:                   `conversations: element 1: want two values, source and destination, got one`,
		`l:sessions():filter(print)`:                                 `attempt to call method 'filter' (a nil value); the table of sessions has no session of that name; its methods are show, csv, json, and each session is a list: for name, list in sessions do walks it`,
		`local s = l:sessions() s["TCP x"]:summary()`:                `the table of sessions has no session of that name`,
		`local s = l:sessions() for i = 1, #s do s[i]:summary() end`: `table of sessions: its sessions have names and no numbers, got 1; for name, list in sessions do walks it, sessions[name] is a list`,
		`print(l:sessions()[TCP])`:                                   `its sessions have names and no numbers, got`,
		`l:conversations{target="x.svg"}`:                            `no option "target"; there are getsrcdst`,
		`l:replace("IP.src")`:                                        `replace: want a field and its new value, as in list:replace("IP.src", "10.0.0.1", "10.0.0.2")`,
		`l:replace("IP.scr", 1)`:                                     `replace: IP has no field "scr"; did you mean src?`,
		`l:replace("IP.ttl", 64, 256)`:                               `IP.ttl: want number in 0..255`,
		`l:sr{lookahead=-1}`:                                         `lookahead: want a number of at least 0, got -1`,
		`PacketList(7)`:                                              `want a list of packets or an iterator, as pcap(file) is, got number`,
		`l[11] = IP`:                                                 `list of packets: element 11 would leave a hole behind the 9 that are there: list[#list+1] = x is the next one`,
		`l[9.5] = IP`:                                                `list of packets: element 9.5 would leave a hole`,
		`l[0] = IP`:                                                  `list of packets: lists begin at 1, got 0`,
		`l[10] = 7`:                                                  `list of packets: element 10: want a packet, got number`,
		`l[10] = {IP}`:                                               `list of packets: element 10: want a packet, got table`,
		`l.name = "x"`:                                               `list of packets: cannot set name: it holds elements`,
		`l[TCP] = IP`:                                                `it holds elements, as in list[1] = x, and nothing by name`,
		`l:sr()[1] = IP`:                                             `list of answers: element 1: want an answer, got protocol`,
		`l:conversations()[99] = {}`:                                 `list of conversations: element 99 would leave a hole behind the`,
		`DNS{qd={DNSQR}}.qd[4] = DNSQR`:                              `list of layers: element 4 would leave a hole behind the 1 that are there`,
		`l[2] = nil l:summary()`:                                     `list of packets: element 2 is nil: list[2] = nil leaves a hole, table.remove(list, 2) takes an element out`,
		`l[2] = nil for p in l do end`:                               `for: element 2 is nil`,
		`PacketList{a=IP}`:                                           `PacketList: want packets one after the other, as in PacketList{p, q}, got one under a`,
		`PacketList{IP, a=IP}`:                                       `got one under a`,
		`PacketList{IP, [7.5]=IP}`:                                   `got one under 7.5`,
		`PacketList{IP, 7}`:                                          `PacketList: element 2: want a packet, got number`,
		`PacketList(IP, TCP)`:                                        `PacketList: want at most 1 argument, got 2 (protocol)`,
		`l.summary{IP}`:                                              `summary: want a list, got table; PacketList{p, q} makes one of a table of packets`,
		`l.summary()`:                                                `summary is a method: write a colon, list:summary(prn, lfilter)`,
		`l:conversations():csv("source")`:                            `csv: no column "source"; there are src, dst, packets`,
		`l:conversations():series(function() end)`:                   `series: a list of conversations has no times; list:plot(f, {plot_xy=true})`,
		`print((l[1]/"x").nsummary)`:                                 `here: of lists: list:nsummary()`,
		`for x in DNS{qd={DNSQR}}.qd(1) do end`:                      `a list is not called`,
		`l:summary(function(p) return p:summary() .. p.nosuch end)`: `test:4: no field or method "nosuch"`,
	} {
		t.Run(chunk, func(t *testing.T) {
			_, err := newShell(t, nil).Run(context.Background(), "test", made+"\n"+chunk)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// TestLongListsAreShownByTheirEnds holds that a list of thousands is thirty rows, at the prompt and by print, and that summary
// prints all of it.
func TestLongListsAreShownByTheirEnds(t *testing.T) {
	s := newShell(t, nil)
	s.enter(t, `l = PacketList{} for i = 1, 990 do l[i] = IP/TCP{dport=i} end for i = 991, 1000 do l[i] = IP/UDP{dport=i} end`)
	row := func(i int) string {
		protocol, sport := "TCP", 20
		if i > 990 {
			protocol, sport = "UDP", 53
		}
		flags := map[string]string{"TCP": " S"}[protocol]
		return fmt.Sprintf("\n%5d  IP / %s 127.0.0.1:%d > 127.0.0.1:%d%s", i, protocol, sport, i, flags)
	}
	want := "1000 packets: TCP:990 UDP:10 ICMP:0 Other:0"
	for i := 1; i <= 20; i++ {
		want += row(i)
	}
	want += "\n  ...  970 more"
	for i := 991; i <= 1000; i++ {
		want += row(i)
	}
	if got := s.enter(t, `l`); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s.check(t, `print(l)`, want)
	s.check(t, `l:show()`, want)
	s.check(t, `print(#l:sub(1, 31), select(2, tostring(l):gsub("\n", "")))`, "31\t0")
	if got := s.enter(t, `l:sub(1, 31)`); strings.Contains(got, "more") || strings.Count(got, "\n") != 31 {
		t.Errorf("31 packets: %s", got)
	}
	s.out.Reset()
	s.enter(t, `l:summary()`)
	if n := strings.Count(s.out.String(), "\n"); n != 1000 {
		t.Errorf("summary printed %d lines", n)
	}
}

// TestMethodsOfLongListsCanBeInterrupted holds that none of them goes on after an interrupt.
func TestMethodsOfLongListsCanBeInterrupted(t *testing.T) {
	for _, call := range []string{`l:summary()`, `l:filter(function(p) return true end)`, `l:sort(function(a, b) return a.dport < b.dport end)`, `l:csv()`, `l:json()`,
		`l:sessions()`, `l:conversations()`, `l:sr()`, `l:make_table(function(p) return 1, 2, 3 end)`, `l:hexdump()`, `l:replace("IP.ttl", 3)`, `l = l[TCP]`, `for p in l do end`} {
		t.Run(call, func(t *testing.T) {
			s := newShell(t, nil)
			s.enter(t, `l = PacketList{} local p = IP/TCP for i = 1, 1000 do l[i] = p end`)
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			_, err := s.Run(ctx, "test", `while true do `+call+` end`)
			if err == nil || ctx.Err() == nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestListsAreExplainedAndCompleted holds that help and completion know the methods of every kind of list.
func TestListsAreExplainedAndCompleted(t *testing.T) {
	s := newShell(t, nil)
	s.enter(t, "l = PacketList{} c = l:conversations() s = l:sessions() st = streams{}")
	for entry, want := range map[string]string{"l:make_t": "make_table( make_tex_table(", "l:n": "nsummary( nzpadding(", "c:cs": "csv(", "s:": "csv( json( show(", "st:pl": "plot(", "st:hex": "", `help("nsum`: `nsummary"`} {
		got, _, _ := s.Complete(entry)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", entry, got, want)
		}
	}
	for chunk, want := range map[string]string{
		`help(l)`:            "a list of packets\n\n  list:summary(prn, lfilter)",
		`help(c)`:            "a list of conversations\n\n  list:summary(",
		`help(s)`:            "a table of sessions\n\n  sessions:show()",
		`help(PacketList())`: "\nFunctions and loops get each packet, as function(p) ... end\n",
		`help(l:sr())`:       "\nFunctions and loops get what was sent, what came, and the seconds between, as function(s, r, rtt) ... end\n",
		`help(l:sessions())`: "a table of sessions\n",
		`help(st)`:           "\nFunctions and loops get each stream, as function(x) ... end\n",
		`help(c:head(1))`:    "\nFunctions and loops get each row, as function(row) ... end\n",
		`help("make_table")`: "  list:make_table(f, {sortx=, sorty=, dump=})",
		`help("sprintf")`:    "p:sprintf(",
		`help("summary")`:    "p:summary()",
		`help(PacketList)`:   "PacketList(packets)",
		`help("nosuch")`:     `nothing is called "nosuch"`,
	} {
		s.contains(t, chunk, want)
	}
}
