package lua_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// conversation is a list of packets: a request, a response whose segments come out of order with one missing and one
// that was sent twice with other bytes.
const conversation = `
	local c, s = {src="10.0.0.1", dst="10.0.0.2"}, {src="10.0.0.2", dst="10.0.0.1"}
	local function up(f, seq, data) return IP(c)/TCP{sport=4000, dport=80, flags=f, seq=seq, ack=501}/(data or "") end
	local function down(f, seq, data) return IP(s)/TCP{sport=80, dport=4000, flags=f, seq=seq, ack=111}/(data or "") end
	local packets = {up("S", 100), down("SA", 500), up("A", 101, "GET /"), up("A", 101, "PUT /"), down("A", 507, "two"),
		down("A", 501, "one..."), IP(c)/UDP{}, down("FA", 515, "four"), up("FA", 106)}
`

func TestFragments(t *testing.T) {
	const p = `local p = IP{src="10.0.0.1", dst="10.0.0.2", id=5}/UDP{sport=4000, dport=4001}/("0123456789abcdefghijklmnopqrstuvwxyz") `
	cases := []struct{ name, chunk, want string }{
		{"as scapy", p + `for _, f in ipairs(fragment(p, 16)) do print(hex(f)) end`,
			"4500002400052000401146c20a0000010a0000020fa00fa1002c38ad3031323334353637\n4500002400052002401146c00a0000010a00000238396162636465666768696a6b6c6d6e\n4500002000050004401166c20a0000010a0000026f707172737475767778797a"},
		{"a size by name", p + `print(#fragment(p, {fragsize=8}), #fragment(p))`, "6\t1"},
		{"every packet of a set and of a list", p + `print(#fragment(IP{dst="10.0.0.0/30"}/ICMP{}/("x"):rep(40), 24), #fragment({p, p}, 16))`, "8\t6"},
		{"there and back", p + `local whole = defragment(fragment(p, 16)) print(#whole, whole[1] == p)`, "1\ttrue"},
		{"what is left stays where it is", p + `local f, q = fragment(p, 16), IP/ICMP
			local list = defragment{f[1], q, f[3], f[2], q, f[1], f[3]}
			for _, r in ipairs(list) do print(r:summary()) end`,
			"IP / ICMP 127.0.0.1 > 127.0.0.1 echo-request 0\nIP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw\nIP / ICMP 127.0.0.1 > 127.0.0.1 echo-request 0\n" +
				"10.0.0.1 > 10.0.0.2 udp / Raw\n10.0.0.1 > 10.0.0.2 udp frag:4 / Raw"},
		{"three lists", p + `local f = fragment(p, 16) p[IP].id = 6 local g = fragment(p, 16)
			local not_frag, whole, bad = defrag{f[3], g[1], IP/ICMP, f[1], f[2], g[3]}
			print(#not_frag, #whole, #bad, #bad.why, bad.why[1])`, "1\t1\t2\t1\t10.0.0.1 > 10.0.0.2 id 6 proto 17: bytes 16..31 are missing"},
		{"overlaps", p + `local f = overlap_frag(p, UDP{dport=9}/"HACK", 16) print(#f, hex(f[1]))
			local _, whole, bad = defrag(f) print(#whole, #bad, bad.why[1])`,
			"4\t4500002000052000401146c60a0000010a00000200350009000c60094841434b\n0\t4\t10.0.0.1 > 10.0.0.2 id 5 proto 17: fragments overlap in bytes 0..11"},
		{"overlaps of another size", p + `print(#overlap_frag(p, "HACKHACK", 16, 8), #overlap_frag(p, "HACKHACK", {fragsize=24, overlap_fragsize=8}), #overlap_frag(p, "HACKHACK"))`, "4\t3\t7"},
		{"an iterator", p + `local f, i = fragment(p, 16), 0
			for q in defragment(function() i = i + 1 return f[i % 4] end) do print(q:summary()) break end`, "IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw"},
		{"IPv6", `local p = IPv6{src="2001:db8::1", dst="2001:db8::2"}/UDP{sport=4000, dport=4001}/("x"):rep(2000)
			local f = fragment6(p) print(#f, #bytes(f[1]), #bytes(f[2]), #fragment6(p, 500), #fragment6(p, {fragSize=500}), defragment(f)[1] == p)`, "2\t1280\t824\t5\t5\ttrue"},
		{"no IP", `print(pcall(function() return fragment(UDP/"x") end))`, "false\ttest:1: fragment: want a packet with an IP layer, got UDP 53 > 53 / Raw"},
		{"a wrong size", `print(pcall(function() return fragment(IP/UDP, "big") end))`, "false\ttest:1: bad argument #2: want a size in bytes, as in 576 or {fragsize=576}, got string: fragment(packets, size)"},
		{"no packets", `print(pcall(function() return defrag(7) end))`, "false\ttest:1: bad argument #1: want a list of packets or an iterator, as pcap(file) is, got number: defrag(list)"},
		{"something else in a list", `print(pcall(function() return defragment({IP, 7}) end))`, "false\ttest:1: bad argument #1: element 2: want a packet, got number: defragment(packets)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
}

// The checksum in a datagram covers the source that the fragments leave with.
func TestFragmentsOfThisHost(t *testing.T) {
	s := inLab(t, "none")
	s.check(t, `local f = fragment(IP{dst="192.168.11.2"}/UDP{sport=4000, dport=57212}/("x"):rep(3000), 1480) print(#f, f[1][IP].src)
		local ans = sr1(IP{dst="192.168.11.2"}/ICMP{}) print(ans[ICMP].type)`, "3\t10.0.2.100\n0")
	s.check(t, `send(fragment(IP{dst="192.168.11.2", id=77}/ICMP{id=9}/("x"):rep(2000), 1000))
		local replies = sniff{timeout=1, lfilter=function(p) return p[IP] and p[IP].src == "192.168.11.2" end}
		for _, p in ipairs(defragment(replies)) do print(p[ICMP].type, p[ICMP].id, #p[Raw].load) end`, "0\t9\t2000")
}

func TestStreams(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"both sides", `for i, st in ipairs(streams(packets)) do print(st.connection, st.src, st.sport, st.dst, st.dport, st.data, st.ended) end`,
			"1\t10.0.0.1\t4000\t10.0.0.2\t80\tGET /\tFIN\n1\t10.0.0.2\t80\t10.0.0.1\t4000\tone...twofour\tFIN"},
		{"gaps", `local st = streams(packets)[2] print(#st.gaps, st.gaps[1].offset, st.gaps[1].length)
			for _, piece in ipairs(st:pieces()) do print(piece.offset, piece.data) end`, "1\t9\t5\n0\tone...two\n14\tfour"},
		{"conflicts", `local c = streams(packets)[1].conflicts print(#c, c[1].offset, c[1].kept, c[1].other)`, "1\t0\tGE\tPU"},
		{"the rest of what is told", `local st = streams(packets)[1] print(st.began, st.offset, st.packets, st.unplaced, st.first, st.last)`, "true\t0\t4\t0\tnil\tnil"},
		{"text", `print(streams(packets), streams(packets)[2]) streams(packets):summary()`,
			"<2 streams>\t10.0.0.2:80 > 10.0.0.1:4000 13 bytes, 1 gap (FIN)\n10.0.0.1:4000 > 10.0.0.2:80 5 bytes, 1 conflict (FIN)\n10.0.0.2:80 > 10.0.0.1:4000 13 bytes, 1 gap (FIN)"},
		{"an iterator", `local i = 0
			for st in streams(function() i = i + 1 return packets[i] end) do print(i, st.data) end`, "9\tGET /\n10\tone...twofour"},
		{"as soon as they can be read", `local i = 0
			for st in streams(function() i = i + 1 return packets[i] end, {part=1}) do print(i, st.src, st.offset, st.data, st.ended) end`,
			"3\t10.0.0.1\t0\tGET /\tpart\n4\t10.0.0.1\t5\t\tpart\n6\t10.0.0.2\t0\tone...two\tpart\n9\t10.0.0.1\t5\t\tFIN\n10\t10.0.0.2\t9\tfour\tFIN"},
		{"segments in fragments", `local all = {} for i, p in ipairs(packets) do p[IP].id = i local f = fragment(p, 24) for k = #f, 1, -1 do table.insert(all, f[k]) end end
			print(streams(all)[1].data, streams(all)[2].data)`, "GET /\tone...twofour"},
		{"no streams", `print(#streams{IP/UDP}, #streams{})`, "0\t0"},
		{"a name that is none", `print(pcall(function() return streams(packets)[1].gap end))`,
			"false\ttest:7: stream: no field \"gap\"; there are data, src, sport, dst, dport, ended, gaps, conflicts, offset, began, connection, packets, unplaced, first, last, pieces; did you mean gaps?"},
		{"scapy's name", `print(select(2, pcall(function() return packets[1].sessions end)):match("here: .*"))`, "here: list:sessions(), and streams(packets) for what TCP carried"},
		{"options of a list", `print(pcall(function() return streams(packets, {part=1}) end))`,
			"false\ttest:7: streams: want options behind an iterator only, as in streams(pcap(file), {part=1}): a list is followed whole"},
		{"an option that is none", `print(pcall(function() return streams(function() end, {parts=1}) end))`, "false\ttest:7: no option \"parts\"; there are part, early, midway, bytes, connections; did you mean part?"},
		{"an iterator of something else", `print(pcall(function() return streams(function() return 7 end)() end))`, "false\ttest:7: want an iterator of packets, as pcap(file) is; this one gave a number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, conversation+c.chunk, c.want) })
	}
}

func TestStreamsOfACapture(t *testing.T) {
	s := inLab(t, "")
	file := filepath.ToSlash(filepath.Join(t.TempDir(), "echo.pcapng"))
	s.check(t, `local cap = capture()
		local c = dial{dst="192.168.11.2", dport=57212} c:send("hello, ") c:recv(1) c:send("world") c:recv(1) c:close() sleep(1)
		wrpcap("`+file+`", cap.guest)
		for st in streams(pcap("`+file+`")) do print(st.dport == 57212, st.data, st.ended, #st.gaps, st.first > 0) end`,
		"true\thello, world\tFIN\t0\ttrue\nfalse\thello, world\tFIN\t0\ttrue")
	s.check(t, `print(#streams(rdpcap("`+file+`")))`, "2")
	if _, err := os.Stat(filepath.FromSlash(file)); err != nil {
		t.Fatal(err)
	}
}

// A fragment that is missing is told: the streams lack what it carried.
func TestStreamsTellBrokenFragments(t *testing.T) {
	s := newShell(t, nil)
	s.check(t, conversation+`local f = fragment(packets[3], 16) print(#streams{f[1]})`, "0")
	if got := s.notices.String(); !strings.Contains(got, "1 packet could not be put together of fragments: 10.0.0.1 > 10.0.0.2 id 1 proto 6: the last fragment is missing") {
		t.Errorf("notices: %q", got)
	}
}
