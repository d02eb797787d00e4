package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// goldenIPv6 are packets that scapy 2.5.0 builds.
var goldenIPv6 = []goldenPacket{
	{"IPv6 alone", stack(layers.IPv6.New()),
		"6000000000003b400000000000000000000000000000000100000000000000000000000000000001"},
	{"UDP over IPv6", stack(layers.IPv6.New(), layers.UDP.New()),
		"60000000000811400000000000000000000000000000000100000000000000000000000000000001003500350008ff72"},
	{"TCP over IPv6", stack(layers.IPv6.New(), layers.TCP.New()),
		"60000000001406400000000000000000000000000000000100000000000000000000000000000001001400500000000000000000500220008f7d0000"},
	{"TCP over IPv6 with odd data", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.TCP.New("flags", "PA", "seq", 7), craft.Raw.New("load", "abc")),
		"600000000017064020010db800000000000000000000000120010db8000000000000000000000002001400500000000700000000501820006f870000616263"},
	{"UDP over IPv6 whose sum is zero", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.UDP.New("sport", 42036, "dport", 53)),
		"600000000008114020010db800000000000000000000000120010db8000000000000000000000002a43400350008ffff"},
	{"IPv6 in IPv6", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6.New("src", "2001:db8::3", "dst", "2001:db8::4"), layers.UDP.New()),
		"600000000030294020010db800000000000000000000000120010db8000000000000000000000002600000000008114020010db800000000000000000000000320010db8000000000000000000000004003500350008a3fb"},
	{"IP in IPv6", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IP.New(), layers.UDP.New()),
		"60000000001c044020010db800000000000000000000000120010db80000000000000000000000024500001c0001000040117cce7f0000017f0000010035003500080172"},
	{"IPv6 in IP", stack(layers.IP.New(), layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.UDP.New()),
		"450000440001000040297c8e7f0000017f000001600000000008114020010db800000000000000000000000120010db8000000000000000000000002003500350008a3ff"},
	{"IPv6 over Ether", stack(layers.Ether.New("src", "00:00:00:00:00:01", "dst", "00:00:00:00:00:02"), layers.IPv6.New(), layers.UDP.New()),
		"00000000000200000000000186dd60000000000811400000000000000000000000000000000100000000000000000000000000000001003500350008ff72"},
	{"IPv6 with padding", stack(layers.IPv6.New(), layers.UDP.New(), craft.Raw.New("load", "hi"), craft.Padding.New("load", "pp")),
		"60000000000a1140000000000000000000000000000000010000000000000000000000000000000100350035000a970568697070"},
	{"IPv6 with data that no header announces", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), craft.Raw.New("load", "abc")),
		"6000000000033b4020010db800000000000000000000000120010db8000000000000000000000002616263"},
	{"fragment header alone", stack(layers.IPv6ExtHdrFragment.New()),
		"3b00000000000000"},
	{"fragment header with every field", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrFragment.New("res1", 1, "offset", 8191, "res2", 3, "m", 1, "id", uint32(0xdeadbeef)), craft.Raw.New("load", "abcdefgh")),
		"6000000000102c4020010db800000000000000000000000120010db80000000000000000000000023b01ffffdeadbeef6162636465666768"},
	{"first IPv6 fragment", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrFragment.New("id", 77, "m", 1), layers.UDP.New(), craft.Raw.New("load", "abc")),
		"6000000000132c4020010db800000000000000000000000120010db8000000000000000000000002110000010000004d00350035000bdf96616263"},
	{"TCP in an atomic fragment", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.IPv6ExtHdrFragment.New(), layers.TCP.New()),
		"60000000001c2c4020010db800000000000000000000000120010db8000000000000000000000002060000000000000000140050000000000000000050022000340a0000"},
}

// misbuiltIPv6 are packets that scapy 2.5.0 builds.
var misbuiltIPv6 = []goldenPacket{
	{"UDP over IPv6 without a checksum", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.UDP.New("chksum", 0)),
		"600000000008114020010db800000000000000000000000120010db80000000000000000000000020035003500080000"},
	{"IPv6 with every field wrong", stack(layers.IPv6.New("version", 3, "tc", 255, "fl", 0xfffff, "plen", 9, "nh", 99, "hlim", 1, "src", "2001:db8::1", "dst", "2001:db8::2"), layers.UDP.New()),
		"3fffffff0009630120010db800000000000000000000000120010db8000000000000000000000002003500350008a3ff"},
	{"IPv6 with a wrong plen, which no checksum obeys", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2", "plen", 9), layers.TCP.New(), craft.Raw.New("load", "abc")),
		"600000000009064020010db800000000000000000000000120010db8000000000000000000000002001400500000000000000000500220006fa40000616263"},
	{"IPv6 with a wrong nh, which no checksum obeys", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2", "nh", 99), layers.TCP.New()),
		"600000000014634020010db800000000000000000000000120010db800000000000000000000000200140050000000000000000050022000340a0000"},
	{"UDP over IPv6 with a wrong len", stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.UDP.New("len", 3), craft.Raw.New("load", "def")),
		"60000000000b114020010db800000000000000000000000120010db8000000000000000000000002003500350003d99b646566"},
}

func ab6(upper ...*craft.Layer) *craft.Packet { return between6(hostA6, hostB6, upper...) }
func ba6(upper ...*craft.Layer) *craft.Packet { return between6(hostB6, hostA6, upper...) }

const hostA6, hostB6, hostC6 = "2001:db8::a", "2001:db8::b", "2001:db8::c"

func between6(src, dst string, upper ...*craft.Layer) *craft.Packet {
	return craft.Stack(append([]*craft.Layer{layers.IPv6.New("src", src, "dst", dst)}, upper...)...)
}

func TestAnswersOverIPv6(t *testing.T) {
	syn := ab6(question("S", 100))
	udp := ab6(crafttest.Datagram(1000, 53), data("question"))
	fragment := func() *craft.Layer { return layers.IPv6ExtHdrFragment.New("id", 7) }
	cases := []verdict{
		{"SYN, SYN/ACK", syn, ba6(reply("SA", 9, 101)), true},
		{"SYN, SYN/ACK of another host", syn, between6(hostC6, hostA6, reply("SA", 9, 101)), false},
		{"SYN, SYN/ACK to another host", syn, between6(hostB6, hostC6, reply("SA", 9, 101)), false},
		{"SYN, SYN/ACK that does not fit", syn, ba6(reply("SA", 9, 201)), false},
		{"SYN, datagram", syn, ba6(crafttest.Datagram(80, 1000)), false},
		{"SYN in a fragment, SYN/ACK", ab6(fragment(), question("S", 100)), ba6(reply("SA", 9, 101)), true},
		{"SYN, SYN/ACK in a fragment", syn, ba6(fragment(), reply("SA", 9, 101)), true},
		{"datagram, datagram", udp, ba6(crafttest.Datagram(53, 1000), data("answer")), true},
		{"datagram, empty datagram", udp, ba6(crafttest.Datagram(53, 1000)), true},
		{"datagram, datagram from another port", udp, ba6(crafttest.Datagram(54, 1000)), true},
		{"datagram, datagram to another port", udp, ba6(crafttest.Datagram(53, 1001)), false},
		{"datagram to a group, datagram of a member", between6(hostA6, "ff02::fb", crafttest.Datagram(1000, 5353)), ba6(crafttest.Datagram(5353, 1000)), true},
		{"datagram to a group, datagram to the group", between6(hostA6, "ff02::fb", crafttest.Datagram(5353, 5353)), between6(hostB6, "ff02::fb", crafttest.Datagram(5353, 5353), data("x")), true},
		{"datagram to a group, datagram to another host", between6(hostA6, "ff02::fb", crafttest.Datagram(1000, 5353)), between6(hostB6, hostC6, crafttest.Datagram(5353, 1000)), false},
		{"the same question over IP", syn, ba(reply("SA", 9, 101)), false},
	}
	judge(t, cases)
}

func TestSummariesOfIPv6(t *testing.T) {
	cases := []struct {
		packet *craft.Packet
		want   string
	}{
		{craft.Stack(layers.IPv6.New()), "::1 > ::1 (59)"},
		{craft.Stack(layers.IPv6.New("dst", hostB6), layers.TCP.New()), "IPv6 / TCP :::20 > 2001:db8::b:80 S"},
		{craft.Stack(layers.IPv6.New(), layers.IPv6ExtHdrFragment.New(), layers.UDP.New()), "IPv6 / IPv6ExtHdrFragment / UDP 53 > 53"},
		{craft.Stack(layers.Ether.New(), layers.IPv6.New(), craft.Raw.New("load", "x")), "Ether / ::1 > ::1 (59) / Raw"},
	}
	for _, c := range cases {
		if got := c.packet.Summary(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestLengthsOfIPv6(t *testing.T) {
	cases := []struct {
		name, wire string
		want       string
	}{
		{"plen beyond the packet", "600000000063114000000000000000000000000000000001000000000000000000000000000000010035003500080000",
			"IPv6 [truncated: plen is 99, 8 bytes are here] / UDP ::1:53 > ::1:53"},
		{"plen short of the packet", "600000000008114000000000000000000000000000000001000000000000000000000000000000010035003500080000aabb",
			"IPv6 / UDP ::1:53 > ::1:53 / Padding"},
		{"a fragment that is not the first", "6000000000102c40000000000000000000000000000000010000000000000000000000000000000111000008000000010035003500080000",
			"::1 > ::1 (44) / IPv6ExtHdrFragment / Raw"},
		{"nothing behind the header but an Ethernet trailer", "6000000000003b40000000000000000000000000000000010000000000000000000000000000000100000000",
			"::1 > ::1 (59) / Padding"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, c.wire)
			p := craft.Dissect(wire, layers.IPv6)
			if got := p.Summary(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

func TestGroupsOfIPv6HaveLinkLayerAddresses(t *testing.T) {
	wire, err := craft.Build(craft.Stack(layers.Ether.New("src", "00:00:00:00:00:01"), layers.IPv6.New("dst", "ff02::1:ff00:1234"), layers.UDP.New()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := craft.Dissect(wire, layers.Ether).Layer(layers.Ether).Text("dst"), "33:33:ff:00:12:34"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
