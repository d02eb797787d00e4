package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// goldenICMPv6 are packets that scapy 2.5.0 builds.
var goldenICMPv6 = []goldenPacket{
	{"echo request alone", stack(layers.ICMPv6EchoRequest.New()),
		"8000000000000000"},
	{"echo request", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.ICMPv6EchoRequest.New("id", 4660, "seq", 7, "data", "abc")),
		"60000000000b3a4020010db800000000000000000000000120010db800000000000000000000000280004da712340007616263"},
	{"echo reply of odd length", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.ICMPv6EchoReply.New("id", 1, "seq", 65535, "data", "a")),
		"6000000000093a4020010db800000000000000000000000120010db80000000000000000000000028100c2450001ffff61"},
	{"echo request through a router", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3"}), layers.ICMPv6EchoRequest.New()),
		"6000000000202b4020010db800000000000000000000000120010db80000000000000000000000023a0200010000000020010db80000000000000000000000038000244700000000"},
	{"port unreachable", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6DestUnreach.New("code", 4), layers.IPerror6.New("src", "::2", "dst", "::3", "nh", 17, "plen", 8), layers.UDPerror.New("len", 8, "chksum", 7)),
		"6000000000383a40000000000000000000000000000000010000000000000000000000000000000101048cc100000000600000000008114000000000000000000000000000000002000000000000000000000000000000030035003500080007"},
	{"packet too big", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6PacketTooBig.New("mtu", 1400), layers.IPerror6.New("src", "::2", "dst", "::3", "nh", 6, "plen", 20), layers.TCPerror.New("dataofs", 5, "chksum", 7)),
		"6000000000443a4000000000000000000000000000000001000000000000000000000000000000010200214100000578600000000014064000000000000000000000000000000002000000000000000000000000000000030014005000000000000000005002200000070000"},
	{"hop limit exceeded", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6TimeExceeded.New(), layers.IPerror6.New("src", "::2", "dst", "::3", "nh", 58, "plen", 8), layers.ICMPv6EchoRequest.New("id", 5, "cksum", 9)),
		"6000000000383a4000000000000000000000000000000001000000000000000000000000000000010300e22f000000006000000000083a4000000000000000000000000000000002000000000000000000000000000000038000000900050000"},
	{"parameter problem", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6ParamProblem.New("code", 1, "ptr", 40)),
		"6000000000083a4000000000000000000000000000000001000000000000000000000000000000010401fb9200000028"},
	{"unknown ICMPv6 message", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6Unknown.New("type", 200, "code", 3, "msgbody", "abc")),
		"6000000000073a400000000000000000000000000000000100000000000000000000000000000001c8037356616263"},
	{"neighbor solicitation", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDNS.New("tgt", "fe80::5"), layers.ICMPv6NDOptSrcLLAddr.New("lladdr", "00:00:00:00:00:05")),
		"6000000000203afffe800000000000000000000000000001ff02000000000000000000000000000187007b9300000000fe8000000000000000000000000000050101000000000005"},
	{"neighbor advertisement", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDNA.New("R", 0, "S", 1, "tgt", "fe80::5"), layers.ICMPv6NDOptDstLLAddr.New("lladdr", "00:00:00:00:00:05")),
		"6000000000203afffe800000000000000000000000000001ff0200000000000000000000000000018800199360000000fe8000000000000000000000000000050201000000000005"},
	{"router solicitation", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDRS.New()),
		"6000000000083afffe800000000000000000000000000001ff02000000000000000000000000000285007d3600000000"},
	{"router advertisement", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDRA.New(), layers.ICMPv6NDOptPrefixInfo.New("prefix", "2001:db8::"), layers.ICMPv6NDOptMTU.New(), layers.ICMPv6NDOptRDNSS.New("dns", []any{"::1", "::2"}), layers.ICMPv6NDOptDNSSL.New("searchlist", []any{"a.b.c.", "d.e."}), layers.ICMPv6NDOptRouteInfo.New("prefix", "2001:db8::", "plen", 32), layers.ICMPv6NDOptEFA.New()),
		"6000000000983afffe800000000000000000000000000001ff02000000000000000000000000000186007427000807080000000000000000030440c0ffffffffffffffff0000000020010db8000000000000000000000000050100000000050019050000ffffffff00000000000000000000000000000001000000000000000000000000000000021f030000ffffffff0161016201630001640165000000000018032000ffffffff20010db80000000000000000000000001a01000000000000"},
	{"router advertisement with everything else", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDRA.New("chlim", 64, "M", 1, "O", 1, "H", 1, "prf", 3, "P", 1, "res", 3, "routerlifetime", 1, "reachabletime", 2, "retranstimer", 3), layers.ICMPv6NDOptAdvInterval.New("advint", 7), layers.ICMPv6NDOptHAInfo.New("pref", 1), layers.ICMPv6NDOptShortcutLimit.New(), layers.ICMPv6NDOptMAP.New("addr", "::5"), layers.ICMPv6NDOptNewRtrPrefix.New("prefix", "::6"), layers.ICMPv6NDOptIPAddr.New("addr", "::7")),
		"6000000000703afffe800000000000000000000000000001ff0200000000000000000000000000018600a2a240ff0001000000020000000307010000000000070801000000010001060128000000000017031f80ffffffff00000000000000000000000000000005120300400000000000000000000000000000000000000006110301400000000000000000000000000000000000000007"},
	{"redirect", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDRedirect.New("tgt", "fe80::9", "dst", "2001:db8::9"), layers.ICMPv6NDOptRedirectedHdr.New("pkt", craft.Stack(layers.IPv6.New("src", "::5", "dst", "::6"), layers.UDP.New("sport", 1, "dport", 2)))),
		"6000000000603afffe800000000000000000000000000001ff0200000000000000000000000000018900d75c00000000fe80000000000000000000000000000920010db8000000000000000000000009040700000000000060000000000811400000000000000000000000000000000500000000000000000000000000000006000100020008ffd0"},
	{"inverse neighbor discovery", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDINDSol.New(), layers.ICMPv6NDOptSrcAddrList.New("addrlist", []any{"::5"}), layers.ICMPv6NDOptTgtAddrList.New("addrlist", []any{"::6", "::7"})),
		"6000000000483afffe800000000000000000000000000001ff0200000000000000000000000000018d0061dd000000000903000000000000000000000000000000000000000000050a050000000000000000000000000000000000000000000600000000000000000000000000000007"},
	{"inverse neighbor advertisement", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDINDAdv.New("reserved", 5)),
		"6000000000083afffe800000000000000000000000000001ff0200000000000000000000000000018e00743200000005"},
	{"neighbor solicitation behind hop-by-hop options", stack(layers.IPv6.New("src", "::1"), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.PadN.New("optdata", "abcd")}), layers.ICMPv6NDNS.New()),
		"600000000020004000000000000000000000000000000001000000000000000000000000000000013a00010461626364870078ab0000000000000000000000000000000000000000"},
	{"route with half of its prefix", stack(layers.ICMPv6NDOptRouteInfo.New("prefix", "2001:db8::", "len", 2)),
		"18020000ffffffff20010db800000000"},
	{"route without prefix", stack(layers.ICMPv6NDOptRouteInfo.New("len", 1)),
		"18010000ffffffff"},
	{"listener query", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLQuery.New("mladdr", "ff02::5")),
		"6000000000183a0100000000000000000000000000000001ff0200000000000000000000000000018200589027100000ff020000000000000000000000000005"},
	{"listener report", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLReport.New("mladdr", "ff02::5")),
		"6000000000183a01000000000000000000000000000000010000000000000000000000000000000183007da300000000ff020000000000000000000000000005"},
	{"listener done", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLDone.New("mladdr", "ff02::5")),
		"6000000000183a0100000000000000000000000000000001ff02000000000000000000000000000284007d9f00000000ff020000000000000000000000000005"},
	{"listener query of version 2", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLQuery2.New("sources", []any{"::7", "::8"}, "S", 1, "QRV", 2, "QQIC", 125)),
		"60000000003c3a0100000000000000000000000000000001ff02000000000000000000000000000182004ce627100000000000000000000000000000000000000a7d00020000000000000000000000000000000700000000000000000000000000000008"},
	{"listener report of version 2", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLReport2.New("records", []any{layers.ICMPv6MLDMultAddrRec.New("auxdata", "abcde"), layers.ICMPv6MLDMultAddrRec.New("rtype", 1, "dst", "ff02::5", "sources", []any{"::1", "::2"})})),
		"6000000000583a0100000000000000000000000000000001ff0200000000000000000000000000168f00437b000000020402000000000000000000000000000000000000616263646500000001000002ff0200000000000000000000000000050000000000000000000000000000000100000000000000000000000000000002"},
	{"listener report behind a router alert", stack(layers.IPv6.New("src", "::1"), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.RouterAlert.New(), layers.PadN.New()}), layers.ICMPv6MLReport.New()),
		"600000000020004000000000000000000000000000000001000000000000000000000000000000013a0005020000010083007cab0000000000000000000000000000000000000000"},
	{"multicast router advertisement", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MRDAdvertisement.New("advinter", 10, "queryint", 20, "robustness", 2)),
		"6000000000083a0100000000000000000000000000000001ff020000000000000000000000000002970a699700140002"},
	{"multicast router solicitation", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MRDSolicitation.New()),
		"6000000000043a0100000000000000000000000000000001ff020000000000000000000000000002980068bb"},
	{"multicast router termination", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MRDTermination.New()),
		"6000000000043a0100000000000000000000000000000001ff02000000000000000000000000006a99006753"},
	{"search list of eight bytes", stack(layers.ICMPv6NDOptDNSSL.New("searchlist", []any{"abcdef."})),
		"1f020000ffffffff0661626364656600"},
	{"empty search list", stack(layers.ICMPv6NDOptDNSSL.New()),
		"1f010000ffffffff"},
}

// misbuiltICMPv6 are packets that scapy 2.5.0 builds.
var misbuiltICMPv6 = []goldenPacket{
	{"echo request with more data upon it", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.ICMPv6EchoRequest.New("data", "abc"), craft.Raw.New("load", "def")),
		"60000000000e3a4020010db800000000000000000000000120010db80000000000000000000000028000fa1400000000616263646566"},
	{"wrong ICMPv6 checksum", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6EchoRequest.New("cksum", 57005)),
		"6000000000083a4000000000000000000000000000000001000000000000000000000000000000018000dead00000000"},
	{"ICMPv6 over IP", stack(layers.IP.New("src", "1.2.3.4", "dst", "5.6.7.8"), layers.ICMPv6EchoRequest.New()),
		"4500001c0001000040006ace01020304050607088000000000000000"},
	{"ICMP over IPv6", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.ICMP.New()),
		"6000000000083b4020010db800000000000000000000000120010db80000000000000000000000020800f7ff00000000"},
	{"route with an explicit length and no prefix", stack(layers.ICMPv6NDOptRouteInfo.New("len", 2, "plen", 64)), "18 02 40 00 ffffffff 0000000000000000"},
	{"wrong number of records", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLReport2.New("records_number", 4, "records", []any{layers.ICMPv6MLDMultAddrRec.New("dst", "ff02::5")})),
		"60000000001c3a0100000000000000000000000000000001ff0200000000000000000000000000168f006e830000000404000000ff020000000000000000000000000005"},
	{"wrong number of sources", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6MLQuery2.New("sources_number", 4, "sources", []any{"::7"})),
		"60000000002c3a0100000000000000000000000000000001ff0200000000000000000000000000018200577927100000000000000000000000000000000000000000000400000000000000000000000000000007"},
	{"wrong length of an address option", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDNS.New(), layers.ICMPv6NDOptSrcLLAddr.New("len", 9), layers.ICMPv6NDOptMTU.New()),
		"6000000000283afffe800000000000000000000000000001ff0200000000000000000000000000018700700d000000000000000000000000000000000000000001090000000000000501000000000500"},
	{"wrong length of a list of servers", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDRA.New(), layers.ICMPv6NDOptRDNSS.New("len", 9, "dns", []any{"::1"})),
		"6000000000283afffe800000000000000000000000000001ff02000000000000000000000000000186005bfd00080708000000000000000019090000ffffffff00000000000000000000000000000001"},
	{"route with a whole prefix", stack(layers.ICMPv6NDOptRouteInfo.New("prefix", "2001:db8::", "plen", 65)),
		"18034100ffffffff20010db8000000000000000000000000"},
	{"unknown option that is too long", stack(layers.IPv6.New("src", "fe80::1"), layers.ICMPv6NDNS.New(), layers.ICMPv6NDOptUnknown.New("type", 99, "len", 2, "data", "abc")),
		"60000000001d3afffe800000000000000000000000000001ff020000000000000000000000000001870053bd00000000000000000000000000000000000000006302616263"},
	{"the error of an error", stack(layers.IPv6.New("src", "::1"), layers.ICMPv6DestUnreach.New("code", 4), layers.IPv6.New("src", "::2"), layers.UDP.New()),
		"6000000000383a40000000000000000000000000000000010000000000000000000000000000000101048d580000000060000000000811400000000000000000000000000000000200000000000000000000000000000001003500350008ff71"},
}

// quoting6 is an ICMPv6 error from a router to A that quotes q, cut after n bytes.
func quoting6(t *testing.T, q *craft.Packet, n int) *craft.Packet {
	t.Helper()
	wire, err := craft.Build(q, nil)
	if err != nil {
		t.Fatal(err)
	}
	wire, err = craft.Build(between6(hostC6, hostA6, layers.ICMPv6TimeExceeded.New(), data(string(wire[:min(n, len(wire))]))), nil)
	if err != nil {
		t.Fatal(err)
	}
	return craft.Dissect(wire, layers.IPv6)
}

func TestAnswersOfICMPv6(t *testing.T) {
	ping := func(text string) *craft.Layer {
		return layers.ICMPv6EchoRequest.New("id", 7, "seq", 1, "data", text)
	}
	pong := func(id, seq int, text string) *craft.Layer {
		return layers.ICMPv6EchoReply.New("id", id, "seq", seq, "data", text)
	}
	asks := func(target string) *craft.Packet {
		return craft.Stack(layers.IPv6.New("src", hostA6), layers.ICMPv6NDNS.New("tgt", target))
	}
	tells := func(target string) *craft.Layer { return layers.ICMPv6NDNA.New("tgt", target) }
	solicit := craft.Stack(layers.IPv6.New("src", hostA6), layers.ICMPv6NDRS.New())
	query := craft.Stack(layers.IPv6.New("src", hostA6), layers.ICMPv6MLQuery.New())
	syn := ab6(question("S", 100))
	udp := ab6(crafttest.Datagram(1000, 53), data("question"))
	hop := ab6(layers.IPv6ExtHdrHopByHop.New(), question("S", 100))
	routed := between6(hostA6, "2001:db8::1", layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::2", hostB6}), question("S", 100))
	cases := []struct {
		name string
		q, r *craft.Packet
		want bool
	}{
		{"echo", ab6(ping("abc")), ba6(pong(7, 1, "abc")), true},
		{"echo of data stacked upon it", ab6(ping(""), data("abc")), ba6(pong(7, 1, "abc")), true},
		{"echo with another id", ab6(ping("abc")), ba6(pong(8, 1, "abc")), false},
		{"echo with another seq", ab6(ping("abc")), ba6(pong(7, 2, "abc")), false},
		{"echo with other data", ab6(ping("abc")), ba6(pong(7, 1, "abd")), false},
		{"echo of another host", ab6(ping("abc")), between6(hostC6, hostA6, pong(7, 1, "abc")), false},
		{"echo of a member of the group", between6(hostA6, "ff02::1", ping("")), between6(hostC6, hostA6, pong(7, 1, "")), true},
		{"echo request, echo request", ab6(ping("abc")), ba6(ping("abc")), false},
		{"echo reply, echo reply", ab6(pong(7, 1, "")), ba6(pong(7, 1, "")), false},
		{"neighbor", asks(hostB6), ba6(tells(hostB6)), true},
		{"neighbor by link-local address", asks(hostB6), between6("fe80::1", hostA6, tells(hostB6)), true},
		{"another neighbor", asks(hostB6), between6(hostC6, hostA6, tells(hostC6)), false},
		{"neighbor telling everybody", asks(hostB6), between6(hostB6, "ff02::1", tells(hostB6)), true},
		{"router", solicit, between6("fe80::1", "ff02::1", layers.ICMPv6NDRA.New()), true},
		{"router, neighbor", solicit, between6("fe80::1", hostA6, tells(hostB6)), false},
		{"listener", query, between6("fe80::1", "ff02::5", layers.ICMPv6MLReport.New("mladdr", "ff02::5")), true},
		{"listener of version 2", query, between6("fe80::1", "ff02::16", layers.IPv6ExtHdrHopByHop.New(), layers.ICMPv6MLReport2.New()), true},
		{"error about TCP", syn, quoting6(t, syn, 1000), true},
		{"error about TCP, eight bytes", syn, quoting6(t, syn, 48), true},
		{"error about another port", syn, quoting6(t, ab6(segment(1001, 80, "S")), 1000), false},
		{"error about another host", syn, quoting6(t, between6(hostA6, hostC6, question("S", 100)), 1000), false},
		{"error about a datagram", udp, quoting6(t, udp, 1000), true},
		{"error about an echo", ab6(ping("abc")), quoting6(t, ab6(ping("abc")), 1000), true},
		{"error about another echo", ab6(ping("abc")), quoting6(t, ab6(pong(7, 1, "abc")), 1000), false},
		{"error about a packet with options", hop, quoting6(t, hop, 1000), true},
		{"error about a packet with a route", routed, quoting6(t, routed, 1000), true},
		{"error about a header alone", syn, quoting6(t, syn, 40), true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := craft.Answers(c.r, c.q); got != c.want {
				t.Errorf("%s\n%s\ngot %v, want %v: %s", c.q.Summary(), c.r.Summary(), got, c.want, craft.Why(c.r, c.q))
			}
			if c.want && !meet(c.q, c.r) && c.name != "error about a header alone" {
				t.Error("the reply answers, but its keys do not find the question")
			}
		})
	}
}

func TestSummariesOfICMPv6(t *testing.T) {
	cases := []struct {
		packet *craft.Packet
		want   string
	}{
		{ab6(layers.ICMPv6EchoRequest.New("id", 3, "seq", 4)), "IPv6 / ICMPv6 Echo Request (id: 0x3 seq: 0x4)"},
		{ab6(layers.ICMPv6NDNS.New("tgt", "::5")), "IPv6 / ICMPv6 Neighbor Discovery - Neighbor Solicitation (tgt: ::5)"},
		{ab6(layers.ICMPv6NDNS.New(), layers.ICMPv6NDOptSrcLLAddr.New("lladdr", "02:00:00:00:00:01")),
			"IPv6 / ICMPv6ND_NS / ICMPv6 Neighbor Discovery Option - Source Link-Layer Address 02:00:00:00:00:01"},
		{ab6(layers.ICMPv6NDOptRouteInfo.New("prefix", "2001:db8::", "plen", 32)),
			"IPv6 / ICMPv6 Neighbor Discovery Option - Route Information Option 2001:db8::/32 Preference Medium (default)"},
		{ab6(layers.ICMPv6MLDone.New()), "2001:db8::a > 2001:db8::b (58) / ICMPv6MLDone"},
		{quoting6(t, ab6(crafttest.Datagram(1, 2)), 1000), "2001:db8::c > 2001:db8::a (58) / ICMPv6TimeExceeded / IPerror6 / UDPerror"},
	}
	for _, c := range cases {
		if got := c.packet.Summary(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestUnknownOptionsOfNeighborDiscovery(t *testing.T) {
	const message = "8500000000000000"
	cases := []struct{ name, options, want string }{
		{"a nonce", "0e01616263646566", "ICMPv6NDOptUnknown"},
		{"a nonce and an MTU", "0e01616263646566 0501000000000500", "ICMPv6NDOptUnknown / ICMPv6NDOptMTU"},
		{"beyond the message", "0e02616263646566", "Raw"},
		{"a search list padded with more than it needs", "1f030000ffffffff 01610000000000000000000000000000", "ICMPv6NDOptDNSSL"},
		{"a search list without an end", "1f020000ffffffff 0761626364656667", "ICMPv6NDOptDNSSL"},
		{"a search list cut short", "1f020000ffffffff 0161", "ICMPv6NDOptDNSSL [truncated: searchlist of 8 bytes, 2 are here]"},
		{"of length 0", "0e00616263646566", "Raw"},
		{"a prefix without its last bytes, and an MTU", "0303400000000e10000000000000000020010db800000000 0501000000000500", "ICMPv6NDOptUnknown / ICMPv6NDOptMTU"},
		{"a prefix with more bytes than it has", "0305400000000e10 0000000000000000 20010db800000000 0000000000000000 1111111111111111", "ICMPv6NDOptUnknown"},
		{"a link-layer address of 20 bytes", "0103616263646566 0000000000000000 0000000000000000 0501000000000500", "ICMPv6NDOptUnknown / ICMPv6NDOptMTU"},
		{"an MTU beyond the message", "0502000000000500", "ICMPv6NDOptMTU"},
		{"cut short", "0e", "Raw"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, message+c.options)
			p := craft.Dissect(wire, layers.ICMPv6NDRS)
			if got, want := p.Summary(), "ICMPv6ND_RS / "+c.want; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
	crafttest.Rebuilt(t, craft.Stack(layers.ICMPv6NDOptUnknown.New("type", 14, "data", "abc")), crafttest.Unhex(t, "0e01616263000000"))
}

func TestRefreshLeavesQuotesAlone(t *testing.T) {
	q := ab6(layers.ICMPv6EchoRequest.New("cksum", 0xdead, "data", "a quote that is cut short"))
	r := quoting6(t, q, 60)
	wire, err := craft.Build(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Refresh()
	crafttest.Rebuilt(t, r, wire)
}

// TestEditingThePacketInARedirectChangesTheRedirect shows that a whole packet stands in the option.
func TestEditingThePacketInARedirectChangesTheRedirect(t *testing.T) {
	p := craft.Stack(layers.ICMPv6NDOptRedirectedHdr.New("pkt", craft.Stack(layers.IPv6.New(), layers.UDP.New("chksum", 7))))
	v, err := p.Layers()[0].Get("pkt")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Packets()[0].Layer(layers.UDP).Set("dport", 99); err != nil {
		t.Fatal(err)
	}
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "0407000000000000 6000000000081140 00000000000000000000000000000001 00000000000000000000000000000001 0035006300080007"))
}
