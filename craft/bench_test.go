package craft_test

import (
	"net/netip"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// BenchmarkCraftSYN writes the article's SYN and builds it: two layers, four fields, two lengths, two checksums.
func BenchmarkCraftSYN(b *testing.B) {
	src, dst := netip.MustParseAddr("192.168.11.1"), netip.MustParseAddr("192.168.11.2")
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		p := craft.Stack(layers.IP.New("dst", dst, "src", src), layers.TCP.New("dport", 57212, "flags", "S"))
		out, err := craft.AppendBuild(buf, p, nil)
		if err != nil || len(out) != 40 {
			b.Fatal(err)
		}
	}
}

// BenchmarkBuildSYN changes one field of a packet that exists and builds it.
func BenchmarkBuildSYN(b *testing.B) {
	p := craft.Stack(layers.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"), layers.TCP.New("dport", 57212, "flags", "S"))
	tcp := p.Layer(layers.TCP)
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for port := uint64(0); b.Loop(); port++ {
		if err := tcp.Set("dport", port&0xffff); err != nil {
			b.Fatal(err)
		}
		if out, err := craft.AppendBuild(buf, p, nil); err != nil || len(out) != 40 {
			b.Fatal(err)
		}
	}
}

// BenchmarkDissect reads a frame of Ethernet, IP, TCP and data.
func BenchmarkDissect(b *testing.B) {
	wire, err := craft.Build(craft.Stack(layers.Ether.New(), layers.IP.New(), layers.TCP.New(), craft.Raw.New("load", "hello")), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if craft.Dissect(wire, layers.Ether).Layer(layers.TCP).Uint("dport") != 80 {
			b.Fatal("no TCP port 80")
		}
	}
}

// BenchmarkSetUint sets a number, a name's number, a port, flags, an IPv4 and a MAC address.
func BenchmarkSetUint(b *testing.B) {
	ip, tcp, ether := layers.IP.New(), layers.TCP.New(), layers.Ether.New()
	b.ReportAllocs()
	for n := uint64(0); b.Loop(); n++ {
		for _, err := range [...]error{
			ip.SetUint("ttl", n&0xff), ip.SetUint("proto", n&0xff), tcp.SetUint("dport", n&0xffff),
			tcp.SetUint("flags", n&0xff), ip.SetUint("dst", n&0xffffffff), ether.SetUint("dst", n&0xffffffffffff),
		} {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
