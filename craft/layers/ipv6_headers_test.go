package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// goldenIPv6Headers are packets that scapy 2.5.0 builds.
var goldenIPv6Headers = []goldenPacket{
	{"hop-by-hop header alone", stack(layers.IPv6ExtHdrHopByHop.New()),
		"3b00010400000000"},
	{"router alert", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.RouterAlert.New(), layers.PadN.New()}), layers.UDP.New()),
		"600000000010004020010db800000000000000000000000120010db80000000000000000000000021100050200000100003500350008a3ff"},
	{"routing header alone", stack(layers.IPv6ExtHdrRouting.New("addresses", []any{"::1"})),
		"3b0200010000000000000000000000000000000000000001"},
	{"routing header to two hops", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3", "2001:db8::4"}), layers.TCP.New()),
		"60000000003c2b4020010db800000000000000000000000120010db8000000000000000000000002060400020000000020010db800000000000000000000000320010db80000000000000000000000040014005000000000000000005002200034080000"},
	{"routing header without hops to go", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3", "2001:db8::4"}, "segleft", 0), layers.TCP.New()),
		"60000000003c2b4020010db800000000000000000000000120010db8000000000000000000000002060400000000000020010db800000000000000000000000320010db800000000000000000000000400140050000000000000000050022000340a0000"},
	{"routing header without hops", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{}), layers.TCP.New()),
		"60000000001c2b4020010db800000000000000000000000120010db8000000000000000000000002060000000000000000140050000000000000000050022000340a0000"},
	{"routing header of another type", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3"}, "type", 7), layers.TCP.New()),
		"60000000002c2b4020010db800000000000000000000000120010db8000000000000000000000002060207010000000020010db80000000000000000000000030014005000000000000000005002200034090000"},
	{"two routing headers", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3"}), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::4"}), layers.UDP.New(), craft.Raw.New("load", "abc")),
		"60000000003b2b4020010db800000000000000000000000120010db80000000000000000000000022b0200010000000020010db8000000000000000000000003110200010000000020010db800000000000000000000000400350035000bdf94616263"},
	{"two routing headers, one done with", stack(layers.IPv6.New("src", "::1"), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3"}), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::4"}, "segleft", 0), layers.UDP.New()),
		"6000000000382b4000000000000000000000000000000001000000000000000000000000000000012b0200010000000020010db8000000000000000000000003110200000000000020010db8000000000000000000000004003500350008d1b7"},
	{"home address as a hop-by-hop option", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.PadN.New("optdata", "\x00\x00"), layers.HAO.New("hoa", "2001:db8::9")}), layers.TCP.New()),
		"60000000002c004020010db800000000000000000000000120010db8000000000000000000000002060201020000c91020010db800000000000000000000000900140050000000000000000050022000340a0000"},
	{"segment routing of one segment", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New("segleft", 1), layers.TCP.New()),
		"60000000002c2b4020010db800000000000000000000000120010db80000000000000000000000020602040100000000000000000000000000000000000000010014005000000000000000005002200061c40000"},
	{"segment routing of two segments", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{"2001:db8::3", "2001:db8::4"}), layers.TCP.New()),
		"60000000003c2b4020010db800000000000000000000000120010db8000000000000000000000002060404010100000020010db800000000000000000000000320010db80000000000000000000000040014005000000000000000005002200034090000"},
	{"segment routing, the last segment", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{"2001:db8::3", "2001:db8::4"}, "segleft", 0), layers.UDP.New()),
		"6000000000302b4020010db800000000000000000000000120010db8000000000000000000000002110404000100000020010db800000000000000000000000320010db8000000000000000000000004003500350008a3ff"},
	{"segment routing with all flags", stack(layers.IPv6.New(), layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{"::5", "::6"}, "tag", 5, "oam", 1, "protected", 1, "alert", 1, "hmac", 1, "unused1", 1, "unused2", 7), layers.UDP.New()),
		"6000000000302b4000000000000000000000000000000001000000000000000000000000000000011104040101ff00050000000000000000000000000000000500000000000000000000000000000006003500350008ff6e"},
	{"segment routing without segments", stack(layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{})),
		"3b00040000000000"},
	{"segment routing with nodes", stack(layers.IPv6.New(), layers.IPv6ExtHdrSegmentRouting.New("segleft", 1, "tlv_objects", []any{layers.IPv6ExtHdrSegmentRoutingTLVIngressNode.New("flags", 1), layers.IPv6ExtHdrSegmentRoutingTLVEgressNode.New("reserved", 2)}), layers.UDP.New()),
		"6000000000482b40000000000000000000000000000000010000000000000000000000000000000111070401000000000000000000000000000000000000000101120001000000000000000000000000000000010212020000000000000000000000000000000001003500350008ff72"},
	{"segment routing with another TLV", stack(layers.IPv6ExtHdrSegmentRouting.New("tlv_objects", []any{layers.IPv6ExtHdrSegmentRoutingTLV.New("type", 9, "len", 6, "value", "abcdef")})),
		"3b03040000000000000000000000000000000000000000010906616263646566"},
	{"every extension header", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.PadN.New("optdata", "abcd")}), layers.IPv6ExtHdrDestOpt.New("options", []any{layers.PadN.New("optdata", "abcd")}), layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::3"}), layers.IPv6ExtHdrFragment.New("id", 1), layers.UDP.New(), craft.Raw.New("load", "abc")),
		"60000000003b004020010db800000000000000000000000120010db80000000000000000000000023c000104616263642b000104616263642c0200010000000020010db8000000000000000000000003110000000000000100350035000bdf95616263"},
	{"IPv6 in a hop-by-hop header", stack(layers.IPv6.New(), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.PadN.New("optdata", "abcd")}), layers.IPv6.New()),
		"6000000000300040000000000000000000000000000000010000000000000000000000000000000129000104616263646000000000003b400000000000000000000000000000000100000000000000000000000000000001"},
	{"IP in a hop-by-hop header", stack(layers.IPv6.New(), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.PadN.New("optdata", "abcd")}), layers.IP.New()),
		"60000000001c004000000000000000000000000000000001000000000000000000000000000000010400010461626364450000140001000040007ce77f0000017f000001"},
}

// misbuiltIPv6Headers are packets that scapy 2.5.0 builds.
var misbuiltIPv6Headers = []goldenPacket{
	{"options to be aligned", stack(layers.IPv6ExtHdrHopByHop.New("options", []any{layers.Jumbo.New(), layers.RouterAlert.New("value", 1), layers.HAO.New(), layers.Pad1.New(), layers.PadN.New("optdata", "abc"), layers.HBHOptUnknown.New("otype", 99, "optdata", "x")})),
		"3b05c20400000000050200010100c9100000000000000000000000000000000000010361626363017801050000000000"},
	{"options that are not to be aligned", stack(layers.IPv6ExtHdrHopByHop.New("autopad", 0, "options", []any{layers.Jumbo.New(), layers.RouterAlert.New(), layers.HAO.New(), layers.Pad1.New(), layers.PadN.New("optdata", "abc"), layers.HBHOptUnknown.New("otype", 99, "optdata", "x")})),
		"3b04c2040000000005020000c91000000000000000000000000000000000000103616263630178"},
	{"no options and no padding", stack(layers.IPv6ExtHdrHopByHop.New("autopad", 0)),
		"3b00"},
	{"one byte of padding", stack(layers.IPv6ExtHdrHopByHop.New("autopad", 0, "options", []any{layers.Pad1.New()})),
		"3b0000"},
	{"wrong length of a hop-by-hop header", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrHopByHop.New("len", 5, "options", []any{layers.Pad1.New()}), layers.UDP.New()),
		"600000000010004020010db800000000000000000000000120010db80000000000000000000000021105000103000000003500350008a3ff"},
	{"wrong length of an option", stack(layers.IPv6ExtHdrHopByHop.New("options", []any{layers.HBHOptUnknown.New("otype", 99, "optdata", "x", "optlen", 9)})),
		"3b00630978010100"},
	{"an option of three bytes before an aligned one", stack(layers.IPv6ExtHdrHopByHop.New("options", []any{layers.HBHOptUnknown.New("otype", 99, "optdata", "x"), layers.Jumbo.New()})),
		"3b0163017800c2040000000001020000"},
	{"an option of five bytes before an aligned one", stack(layers.IPv6ExtHdrHopByHop.New("options", []any{layers.HBHOptUnknown.New("otype", 99, "optdata", "xyz"), layers.HAO.New()})),
		"3b03630378797a01050000000000c91000000000000000000000000000000000"},
	{"an option of five bytes before a router alert", stack(layers.IPv6ExtHdrDestOpt.New("options", []any{layers.HBHOptUnknown.New("otype", 99, "optdata", "xyz"), layers.RouterAlert.New()})),
		"3b01630378797a000502000001020000"},
	{"two home addresses", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrDestOpt.New("options", []any{layers.HAO.New("hoa", "2001:db8::9"), layers.HAO.New("hoa", "2001:db8::8")}), layers.UDP.New()),
		"6000000000383c4020010db800000000000000000000000120010db8000000000000000000000002110501020000c91020010db8000000000000000000000009010400000000c91020010db8000000000000000000000008003500350008a3ff"},
	{"two headers with home addresses", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrDestOpt.New("options", []any{layers.HAO.New("hoa", "2001:db8::9")}), layers.IPv6ExtHdrDestOpt.New("options", []any{layers.HAO.New("hoa", "2001:db8::8")}), layers.UDP.New()),
		"6000000000383c4020010db800000000000000000000000120010db80000000000000000000000023c0201020000c91020010db8000000000000000000000009110201020000c91020010db8000000000000000000000008003500350008a3f7"},
	{"wrong length and segleft of a routing header", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrRouting.New("addresses", []any{"::1"}, "len", 7, "segleft", 3), layers.UDP.New()),
		"6000000000202b4020010db800000000000000000000000120010db8000000000000000000000002110700030000000000000000000000000000000000000001003500350008d1b9"},
	{"wrong numbers of segments", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New("segleft", 9, "lastentry", 8, "len", 7, "tag", 5, "oam", 1), layers.UDP.New()),
		"6000000000202b4020010db800000000000000000000000120010db8000000000000000000000002110704090820000500000000000000000000000000000001003500350008d1b9"},
	{"segments beyond the last one", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{"::1", "::2"}, "lastentry", 0), layers.UDP.New()),
		"6000000000302b4020010db800000000000000000000000120010db800000000000000000000000211040401000000000000000000000000000000000000000100000000000000000000000000000002003500350008d1b9"},
	{"segment routing of another type", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New("type", 3), layers.UDP.New()),
		"6000000000202b4020010db800000000000000000000000120010db8000000000000000000000002110203000000000000000000000000000000000000000001003500350008d1b9"},
	{"segment routing to be padded", stack(layers.IPv6ExtHdrSegmentRouting.New("tlv_objects", []any{layers.IPv6ExtHdrSegmentRoutingTLVPadN.New("padding", "abc"), layers.IPv6ExtHdrSegmentRoutingTLV.New("type", 9, "len", 3, "value", "abc")})),
		"3b040400000000000000000000000000000000000000000104036162630903616263040400000000"},
	{"segment routing by default", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrSegmentRouting.New(), layers.TCP.New()),
		"60000000002c2b4020010db800000000000000000000000120010db80000000000000000000000020602040000000000000000000000000000000000000000010014005000000000000000005002200061c40000"},
	{"home address", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrDestOpt.New("options", []any{layers.HAO.New("hoa", "2001:db8::9")}), layers.TCP.New()),
		"60000000002c3c4020010db800000000000000000000000120010db8000000000000000000000002060201020000c91020010db80000000000000000000000090014005000000000000000005002200034020000"},
	{"destination options over nothing", stack(layers.IPv6ExtHdrDestOpt.New("options", []any{layers.PadN.New("optdata", "abcd")}), layers.UDP.New("chksum", 1)),
		"11000104616263640035003500080001"},
	{"jumbogram", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2", "plen", 0), layers.IPv6ExtHdrHopByHop.New("options", []any{layers.Jumbo.New("jumboplen", 24)}), layers.UDP.New("sport", 1, "dport", 2), craft.Raw.New("load", "12345678")),
		"600000000000004020010db800000000000000000000000120010db80000000000000000000000021100c20400000018000100020010d3813132333435363738"},
}

func TestAnswersThroughExtensionHeaders(t *testing.T) {
	const hop1, hop2 = "2001:db8::1", "2001:db8::2"
	routed := func(name craft.Name, hops ...any) *craft.Packet {
		return between6(hostA6, hop1, name.New("addresses", hops), question("S", 100))
	}
	home := layers.IPv6ExtHdrDestOpt.New("options", layers.HAO.New("hoa", hostC6))
	options := func() *craft.Layer { return layers.IPv6ExtHdrHopByHop.New() }
	syn := ab6(question("S", 100))
	cases := []verdict{
		{"hop-by-hop options in the question", ab6(options(), question("S", 100)), ba6(reply("SA", 9, 101)), true},
		{"hop-by-hop options in the answer", syn, ba6(options(), reply("SA", 9, 101)), true},
		{"hop-by-hop options in both", ab6(options(), question("S", 100)), ba6(options(), reply("SA", 9, 101)), true},
		{"through routers", routed(layers.IPv6ExtHdrRouting, hop2, hostB6), ba6(reply("SA", 9, 101)), true},
		{"through routers, of the first one", routed(layers.IPv6ExtHdrRouting, hop2, hostB6), between6(hop1, hostA6, reply("SA", 9, 101)), false},
		{"through segments", routed(layers.IPv6ExtHdrSegmentRouting, hostB6, hop2), ba6(reply("SA", 9, 101)), true},
		{"from a mobile node to its home", ab6(home, question("S", 100)), between6(hostB6, hostC6, reply("SA", 9, 101)), true},
	}
	judge(t, cases)
}

func TestOptionsFromTheWireKeepTheirPadding(t *testing.T) {
	cases := []struct{ name, wire, options, autopad string }{
		{"a router alert with padding", "3b00050200000100", `{RouterAlert{otype=5, optlen=2, value=0}, PadN{otype=1}}`, "1"},
		{"an option that is not aligned", "3b00000502000000", `{Pad1{otype=0}, RouterAlert{otype=5, optlen=2, value=0}, Pad1{otype=0}}`, "0"},
		{"a router alert of another length", "3b00050300000000", `{HBHOptUnknown{otype=5, optdata="\x00\x00\x00"}, Pad1{otype=0}}`, "1"},
		{"an option beyond the header", "3b00630900000000", `{HBHOptUnknown{otype=99, optlen=9, optdata="\x00\x00\x00\x00"}}`, "1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := craft.Dissect(crafttest.Unhex(t, c.wire), layers.IPv6ExtHdrHopByHop)
			l := p.Layers()[0]
			if got := l.Text("options"); got != c.options {
				t.Errorf("got %s, want %s", got, c.options)
			}
			if got := l.Text("autopad"); got != c.autopad {
				t.Errorf("autopad: got %s, want %s", got, c.autopad)
			}
			crafttest.Rebuilt(t, p, crafttest.Unhex(t, c.wire))
		})
	}
}

func TestOptionsThatAreAddedLaterAreAligned(t *testing.T) {
	p := craft.Dissect(crafttest.Unhex(t, "3b00050200000100"), layers.IPv6ExtHdrHopByHop)
	if err := p.Layers()[0].Set("options", []any{layers.HBHOptUnknown.New("otype", 99, "optdata", "x"), layers.Jumbo.New("jumboplen", 5)}); err != nil {
		t.Fatal(err)
	}
	p.Refresh()
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "3b0163017800c2040000000501020000"))
}

func TestSegmentRoutingIsPaddedAsItsRFCSays(t *testing.T) {
	p := craft.Stack(layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{}, "tlv_objects", []any{
		layers.IPv6ExtHdrSegmentRoutingTLVPad1.New(), layers.IPv6ExtHdrSegmentRoutingTLVHMAC.New("D", 1, "hmackeyid", 7, "hmac", "12345678")}))
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "3b03040000000000 00 050e800000000007 3132333435363738 0405 0000000000"))
	p = craft.Stack(layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{}, "tlv_objects", []any{layers.IPv6ExtHdrSegmentRoutingTLV.New("type", 9, "value", "abc")}))
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "3b01040000000000 0903616263 040100"))
}

func TestAJumbogramMayBeLongerThanItsLengthFields(t *testing.T) {
	load := make([]byte, 70000)
	p := craft.Stack(layers.IPv6.New(), layers.IPv6ExtHdrHopByHop.New("options", layers.Jumbo.New("jumboplen", 70016)), layers.UDP.New("sport", 1, "dport", 2, "len", 0), craft.Raw.New("load", load))
	wire, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	again := craft.Dissect(append(wire, "trailer"...), layers.IPv6)
	if got, want := again.Summary(), "IPv6 / IPv6ExtHdrHopByHop / UDP 1 > 2 / Raw / Padding"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := len(again.Layer(craft.Raw).Bytes("load")); got != len(load) {
		t.Errorf("got %d bytes, want %d", got, len(load))
	}
	_, err = craft.Build(craft.Stack(layers.IPv6.New(), craft.Raw.New("load", load)), nil)
	if want := "craft: IPv6.plen: want at most 65535 bytes, got 70000: send them with a Jumbo option, or set plen yourself"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
