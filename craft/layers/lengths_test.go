package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestPaddingBelongsToWhatCarriesIt shows that the trailer of an inner frame counts in the lengths and checksums of all that carries
// the frame: RFC 768, whatever the bytes are.
func TestPaddingBelongsToWhatCarriesIt(t *testing.T) {
	inner := append(crafttest.Build(t, craft.Stack(layers.Ether.New("dst", "02:00:00:00:00:01", "src", "02:00:00:00:00:02"),
		layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2"), layers.TCP.New("flags", "A"))), 1, 2, 3, 4, 5, 6)
	ip6 := func() *craft.Layer { return layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2") }
	ip := func() *craft.Layer { return layers.IP.New("src", "192.0.2.3", "dst", "192.0.2.4") }
	cases := []struct {
		name    string
		packet  *craft.Packet
		lengths map[craft.Name][]string
	}{
		{"VXLAN over IPv6", craft.Stack(ip6(), layers.UDP.New("sport", 5, "dport", 4789), layers.VXLAN.New("vni", 1)), map[craft.Name][]string{layers.UDP: {"len", "chksum"}, layers.IPv6: {"plen"}}},
		{"VXLAN over IP", craft.Stack(ip(), layers.UDP.New("sport", 5, "dport", 4789), layers.VXLAN.New("vni", 1)), map[craft.Name][]string{layers.UDP: {"len", "chksum"}, layers.IP: {"len", "chksum"}}},
		{"GENEVE", craft.Stack(ip(), layers.UDP.New("sport", 5, "dport", 6081), layers.GENEVE.New("proto", 0x6558)), map[craft.Name][]string{layers.UDP: {"len", "chksum"}}},
		{"GRE with a checksum", craft.Stack(ip(), layers.GRE.New("chksum_present", 1, "proto", 0x6558)), map[craft.Name][]string{layers.GRE: {"chksum"}, layers.IP: {"len"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Build(t, c.packet.Over(craft.Stack(craft.Raw.New("load", inner))))
			p := craft.Dissect(wire, c.packet.Layers()[0].Name())
			if got := p.Summary(); !strings.HasSuffix(got, "/ Padding") {
				t.Fatalf("read as %s", got)
			}
			crafttest.Rebuilt(t, p, wire)
			for name, fields := range c.lengths {
				for _, field := range fields {
					again := p.Copy()
					if err := again.Layer(name).Clear(field); err != nil {
						t.Fatal(err)
					}
					crafttest.Rebuilt(t, again, wire)
				}
			}
			p.Refresh()
			crafttest.Rebuilt(t, p, wire)
			if at := p.Offset(len(p.Layers()) - 1); at != len(wire)-6 {
				t.Errorf("the trailer is said to be at %d of %d bytes", at, len(wire))
			}
		})
	}
}

// TestPaddingStackedByHandCountsNowhere is scapy's rule: it stands behind the packet.
func TestPaddingStackedByHandCountsNowhere(t *testing.T) {
	plain := craft.Stack(layers.IP.New(), layers.UDP.New("dport", 4789), layers.VXLAN.New(), layers.Ether.New(), layers.IP.New(), layers.UDP.New())
	padded := plain.Over(craft.Stack(craft.Padding.New("load", "trailer")))
	crafttest.Rebuilt(t, padded, append(crafttest.Build(t, plain), "trailer"...))
}

// TestRefreshLeavesFragmentsAlone shows that lengths and checksums beyond a fragment's header, which are those of the whole
// datagram, stay: RFC 791, RFC 768, RFC 8200, section 4.5.
func TestRefreshLeavesFragmentsAlone(t *testing.T) {
	part := craft.Raw.New("load", "the first bytes.")
	whole := map[string]*craft.Layer{
		"UDP":  layers.UDP.New("len", 1008, "chksum", 0x1234),
		"TCP":  layers.TCP.New("dataofs", 5, "chksum", 0x1234),
		"ICMP": layers.ICMP.New("chksum", 0x1234),
	}
	for name, l := range whole {
		for what, p := range map[string]*craft.Packet{
			"first of IP":      craft.Stack(layers.IP.New("flags", "MF"), l, part),
			"last of IP":       craft.Stack(layers.IP.New("frag", 3), craft.Raw.New("load", "rest")),
			"first of IPv6":    craft.Stack(layers.IPv6.New("src", "2001:db8::1"), layers.IPv6ExtHdrFragment.New("m", 1), l, part),
			"behind options":   craft.Stack(layers.IPv6.New("src", "2001:db8::1"), layers.IPv6ExtHdrHopByHop.New(), layers.IPv6ExtHdrFragment.New("m", 1), l, part),
			"inside a tunnel":  craft.Stack(layers.IP.New(), layers.IP.New("flags", "MF"), l, part),
			"a frame's tunnel": craft.Stack(layers.Ether.New(), layers.IP.New(), layers.GRE.New(), layers.IP.New("flags", "MF"), l, part),
		} {
			t.Run(what+" "+name, func(t *testing.T) {
				wire := crafttest.Build(t, p.Copy())
				read := craft.Dissect(wire, p.Layers()[0].Name())
				read.Refresh()
				crafttest.Rebuilt(t, read, wire)
			})
		}
	}
}

// TestRefreshLeavesAChecksumThatIsNone shows that 0 stays where it says that there is no checksum: RFC 768.
func TestRefreshLeavesAChecksumThatIsNone(t *testing.T) {
	wire := crafttest.Build(t, craft.Stack(layers.IP.New(), layers.UDP.New("chksum", 0), craft.Raw.New("load", "x")))
	p := craft.Dissect(wire, layers.IP)
	p.Refresh()
	crafttest.Rebuilt(t, p, wire)
}

// TestAListDoesNotCountThePaddingOfItsLastElement is RFC 9260, section 3.2, for all chunks that hold parameters.
func TestAListDoesNotCountThePaddingOfItsLastElement(t *testing.T) {
	for _, p := range craft.Protocols() {
		if !p.Has("params") || p.Kind("params") != craft.Packets {
			continue
		}
		t.Run(string(p.Name()), func(t *testing.T) {
			bare := len(crafttest.Build(t, craft.Stack(craft.NewLayer(p))))
			for n := range 9 {
				l := craft.NewLayer(p)
				if err := l.Set("params", []any{layers.SCTPChunkParamHeartbeatInfo.New("data", "abc"), layers.SCTPChunkParamStateCookie.New("cookie", strings.Repeat("x", n))}); err != nil {
					t.Fatal(err)
				}
				wire := crafttest.Build(t, craft.Stack(l, layers.SCTPChunkCookieAck.New()))
				length := bare + 8 + 4 + n
				if got := int(wire[2])<<8 | int(wire[3]); got != length {
					t.Errorf("%d bytes of cookie: length %d, want %d", n, got, length)
				}
				if want := (length+3)&^3 + 4; len(wire) != want {
					t.Errorf("%d bytes of cookie: %d bytes, want %d", n, len(wire), want)
				}
				read := craft.Dissect(wire, p.Name())
				if len(read.Layers()) != 2 || len(read.Layers()[0].Value("params").Packets()) != 2 {
					t.Errorf("%d bytes of cookie: read as %s", n, read.Show())
				}
				crafttest.Rebuilt(t, read, wire)
				read.Refresh()
				crafttest.Rebuilt(t, read, wire)
			}
		})
	}
}

// TestAJumbogramHasNoLength is RFC 2675, section 3.
func TestAJumbogramHasNoLength(t *testing.T) {
	option := layers.IPv6ExtHdrHopByHop.New("options", layers.Jumbo.New("jumboplen", 70000))
	wire := crafttest.Build(t, craft.Stack(layers.IPv6.New(), option, layers.UDP.New()))
	if wire[4] != 0 || wire[5] != 0 {
		t.Errorf("plen is %x, want 0", wire[4:6])
	}
	wire = crafttest.Build(t, craft.Stack(layers.IPv6.New("plen", 16), option.Name().New(), layers.UDP.New()))
	if wire[5] != 16 {
		t.Errorf("an explicit plen became %x", wire[4:6])
	}
}

// TestALengthThatIsNoMultipleStays shows that a header that was filled up to less than a multiple keeps its bytes.
func TestALengthThatIsNoMultipleStays(t *testing.T) {
	for first, wire := range map[craft.Name]string{layers.NTPExtension: "303000063030", layers.ICMPv6NDOptUnknown: "6300", layers.GeneveOptions: "010001010000"} {
		crafttest.Rebuilt(t, craft.Dissect(crafttest.Unhex(t, wire), first), crafttest.Unhex(t, wire))
	}
}

// TestADatagramInAJumbogramHasNoLength is RFC 2675, section 4: of one that its length field can hold, it does.
func TestADatagramInAJumbogramHasNoLength(t *testing.T) {
	jumbo := func() *craft.Layer {
		return layers.IPv6ExtHdrHopByHop.New("options", layers.Jumbo.New("jumboplen", 70016))
	}
	for n, want := range map[int]uint64{70000: 0, 65528: 0, 65527: 65535, 4: 12} {
		for _, below := range [][]*craft.Layer{{layers.IPv6.New(), jumbo()}, {layers.IPv6.New(), jumbo(), layers.IPv6ExtHdrDestOpt.New()}} {
			p := craft.Stack(append(below, layers.UDP.New("dport", 9), craft.Raw.New("load", make([]byte, n)))...)
			wire := crafttest.Build(t, p)
			read := craft.Dissect(wire, layers.IPv6).Layer(layers.UDP)
			if got := read.Uint("len"); got != want {
				t.Errorf("%d bytes: len is %d, want %d", n, got, want)
			}
		}
	}
	if _, err := craft.Build(craft.Stack(layers.IPv6.New("plen", 0), layers.UDP.New(), craft.Raw.New("load", make([]byte, 70000))), nil); err == nil {
		t.Error("a datagram of 70,000 bytes is built without a Jumbo option")
	}
}
