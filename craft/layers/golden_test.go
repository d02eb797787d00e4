package layers_test

import (
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	_ "github.com/moonwire/moonwire/craft/gopacket" // reads what has no table here
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// A goldenPacket is a packet and the bytes that scapy 2.5.0 builds for it.
type goldenPacket struct {
	name   string
	packet func() *craft.Packet
	wire   string
}

// golden are packets that read back as they were made, each family of protocols in a table of its own file; misbuilt are
// wrong on purpose, and read as something else.
var (
	golden   = slices.Concat(goldenCore, goldenNTP, goldenTFTP, goldenIPv6, goldenSCTP, goldenSNMP, goldenHTTP, goldenTLS, goldenRouters, goldenIPv6Headers, goldenICMPv6, goldenLink, goldenIGMP, goldenERSPAN)
	misbuilt = slices.Concat(misbuiltIPv6, misbuiltIPv6Headers, misbuiltICMPv6, misbuiltIGMP, misbuiltCounts, misbuiltQuotes, misbuiltDNS, misbuiltEAP)
)

var goldenCore = []goldenPacket{
	{"IP alone", stack(layers.IP.New()), "450000140001000040007ce77f0000017f000001"},
	{"TCP over IP", stack(layers.IP.New(), layers.TCP.New()),
		"450000280001000040067ccd7f0000017f000001 00140050000000000000000050022000917c0000"},
	{"UDP over IP", stack(layers.IP.New(), layers.UDP.New()), "4500001c0001000040117cce7f0000017f000001 0035003500080172"},
	{"ICMP over IP", stack(layers.IP.New(), layers.ICMP.New()), "4500001c0001000040017cde7f0000017f000001 0800f7ff00000000"},
	{"the article's SYN", stack(layers.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"), layers.TCP.New("dport", 57212, "flags", "S")),
		"45000028000100004006e37bc0a80b01c0a80b02 0014df7c00000000000000005002200018fe0000"},
	{"ARP over Ether", stack(layers.Ether.New("dst", "00:00:00:00:00:02", "src", "00:00:00:00:00:01"),
		layers.ARP.New("hwsrc", "00:00:00:00:00:01", "psrc", "10.0.0.1", "pdst", "10.0.0.2")),
		"000000000002 000000000001 0806 0001 0800 06 04 0001 000000000001 0a000001 000000000000 0a000002"},
	{"wrong len, ihl and chksum", stack(layers.IP.New("len", 1000, "ihl", 7, "chksum", 0xdead)), "470003e8000100004000dead7f0000017f000001"},
	{"IP, TCP and UDP without a network below", stack(layers.UDP.New(), craft.Raw.New("load", "x")), "003500350009000078"},
	{"TCP alone", stack(layers.TCP.New()), "0014005000000000000000005002200000000000"},
	{"ICMP alone", stack(layers.ICMP.New()), "0800f7ff00000000"},
	{"fragment", stack(layers.IP.New("flags", "MF+DF", "frag", 100), craft.Raw.New("load", "abc")), "450000170001606440001c807f0000017f000001616263"},
	{"padding", stack(layers.IP.New(), layers.UDP.New(), craft.Raw.New("load", "hi"), craft.Padding.New("load", "pp")),
		"4500001e0001000040117ccc7f0000017f00000100350035000a990468697070"},
	{"IP in IP", stack(layers.IP.New(), layers.IP.New(), layers.TCP.New()),
		"4500003c0001000040047cbb7f0000017f000001450000280001000040067ccd7f0000017f00000100140050000000000000000050022000917c0000"},
	{"ARP with hwlen 5", stack(layers.ARP.New("hwlen", 5, "psrc", "192.0.2.2")), "00010800050400010000000000c0000202000000000000000000"},
	{"ARP is-at", stack(layers.ARP.New("op", "is-at", "psrc", "1.2.3.4", "hwsrc", "00:00:00:00:00:09", "pdst", "1.1.1.1")),
		"00010800060400020000000000090102030400000000000001010101"},
	{"ICMP unreachable", stack(layers.IP.New(), layers.ICMP.New("type", "dest-unreach", "code", "fragmentation-needed", "nexthopmtu", 1400), layers.IP.New(), layers.UDP.New()),
		"450000380001000040017cc27f0000017f0000010304f59f000005784500001c0001000040117cce7f0000017f0000010035003500080172"},
	{"ICMP redirect", stack(layers.IP.New(), layers.ICMP.New("type", 5, "gw", "1.2.3.4")), "4500001c0001000040017cde7f0000017f0000010500f6f901020304"},
	{"ICMP parameter problem", stack(layers.IP.New(), layers.ICMP.New("type", 12, "ptr", 3)), "4500001c0001000040017cde7f0000017f0000010c00f0ff03000000"},
	{"ICMP timestamp", stack(layers.IP.New(), layers.ICMP.New("type", 13, "ts_ori", 1, "ts_rx", 2, "ts_tx", 3)),
		"450000280001000040017cd27f0000017f0000010d00f2f900000000000000010000000200000003"},
	{"ICMP address mask", stack(layers.IP.New(), layers.ICMP.New("type", 17, "addr_mask", "255.0.0.0")),
		"450000200001000040017cda7f0000017f0000011100effe00000000ff000000"},
	{"ICMP time exceeded", stack(layers.IP.New(), layers.ICMP.New("type", 11, "code", 1)), "4500001c0001000040017cde7f0000017f0000010b01f4fe00000000"},
	{"ICMP information", stack(layers.IP.New(), layers.ICMP.New("type", 15, "id", 3, "seq", 4)), "4500001c0001000040017cde7f0000017f0000010f00f0f800030004"},
	{"UDP through a source route", stack(layers.IP.New("src", "1.2.3.4", "dst", "5.6.7.8", "options", crafttest.IPOption("LSRR", "9.9.9.9")), layers.UDP.New()),
		"47000024000100004011cf9b01020304050607088307040909090900003500350008e95c"},
}

// stack defers building so that each use has a packet of its own.
func stack(layers ...*craft.Layer) func() *craft.Packet {
	p := craft.Stack(layers...)
	return p.Copy
}

func TestBuildGivesScapysBytes(t *testing.T) {
	for _, f := range goldenFrames(t) {
		t.Run(f.Name, f.Builds)
	}
}
