package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// exceeded is an ICMP error with an extension.
func exceeded(pairs ...any) *craft.Packet {
	return craft.Stack(layers.IP.New("src", "192.0.2.1", "dst", "198.51.100.2"), layers.ICMP.New(append([]any{"type", 11}, pairs...)...),
		layers.IP.New("src", "198.51.100.2", "dst", "192.0.2.1"), layers.UDP.New("sport", 1, "dport", 33434))
}

// quote is what the error quotes, filled up.
const quote = "4500001c0001000040118e99c6336402c0000201" + "0001829a0008910b"

func TestExtensionsStandBehindTheQuote(t *testing.T) {
	extension := func(objects ...*craft.Layer) *craft.Packet {
		return craft.Stack(append([]*craft.Layer{layers.ICMPExtensionHeader.New()}, objects...)...)
	}
	everything := layers.ICMPExtensionInterfaceInformation.New("has_ifindex", 1, "has_ipaddr", 1, "has_ifname", 1, "has_mtu", 1,
		"ifindex", 2, "ip4", "10.0.0.1", "ifname", "eth0", "mtu", 1500)
	cases := []struct {
		name      string
		extension *craft.Packet
		wire      string // of the extension
	}{
		{"nothing but its header", extension(), "2000dfff"},
		{"an object that nobody knows", extension(layers.ICMPExtensionObject.New("classnum", 9, "classtype", 7, "data", "abcd")), "2000122a 0008090761626364"},
		{"two objects", extension(layers.ICMPExtensionObject.New("classnum", 9), layers.ICMPExtensionObject.New("classnum", 8, "data", "abcd")),
			"20000a2d 00040900 0008080061626364"},
		{"a label stack", extension(layers.ICMPExtensionMPLS.New("stack", []any{layers.MPLS.New("label", 16, "s", 0), layers.MPLS.New("label", 17, "ttl", 255)})),
			"2000ccf1 000c0101 00010000 000111ff"},
		{"an interface with everything", extension(everything), "20002127 001c020f 00000002 000100000a000001 0865746830000000 000005dc"},
		{"an interface by its IPv6 address", extension(layers.ICMPExtensionInterfaceInformation.New("interface_role", 2, "has_ipaddr", 1, "afi", 2, "ip6", "2001:db8::1")),
			"2000afa7 00180284 00020000 20010db8000000000000000000000001"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := exceeded("ext", c.extension)
			wire, err := craft.Build(p, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := crafttest.Unhex(t, quote+strings.Repeat("00", 100)+c.wire)
			if got := wire[28:]; string(got) != string(want) {
				t.Errorf("got\n%swant\n%s", hexdump.Dump(got), hexdump.Dump(want))
			}
			if wire[25] != 32 {
				t.Errorf("the quote has %d words, want 32", wire[25])
			}
			again := craft.Dissect(append(wire, "trailer"...), layers.IP)
			if got, want := again.Summary(), "IP / ICMP 192.0.2.1 > 198.51.100.2 time-exceeded ttl-zero-during-transit / IPerror / UDPerror / Raw / Padding"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got, want := again.Layer(layers.ICMP).Text("ext"), p.Layer(layers.ICMP).Text("ext"); len(got) < len(want) {
				t.Errorf("got %s, want %s", got, want)
			}
			if at := again.Offset(len(again.Layers()) - 1); at != len(wire) {
				t.Errorf("the trailer begins at %d, want %d", at, len(wire))
			}
			again.Refresh()
			crafttest.Rebuilt(t, again, append(wire, "trailer"...))
		})
	}
}

func TestExtensionsOfRouters(t *testing.T) {
	const object, words = "2000dfff", "00200000"
	long := quote + strings.Repeat("00", 100)
	cases := []struct {
		name, length, behind string
		found                bool
	}{
		{"with a length", words, long + object, true},
		{"with a length and without a checksum", words, long + "20000000", true},
		{"without a length", "00000000", long + object, true},
		{"without a length and without a checksum", "00000000", long + "20000000", false},
		{"of another version", words, long + "3000cfff", false},
		{"behind a quote that is too short", "00070000", quote + object, false},
		{"beyond the packet", words, long + object[:6], false},
		{"behind a longer quote", "00210000", long + "01020304" + object, true},
		{"none", "00000000", quote, false},
		{"behind 128 bytes, with the length of the packet", "00070000", long + object, true},
		{"behind 128 bytes, with a length of 17 words", "00110000", long + object, true},
		{"behind 128 bytes, with the length of the packet and without a checksum", "00070000", long + "20000000", false},
		{"a label stack behind 128 bytes, with the length of the packet", "00070000", long + "2000ccf1" + "000c0101" + "00010000" + "000111ff", true},
		{"behind 128 bytes, with a longer length", "00210000", long + object, true},
		{"with the length that is given and another one behind 128 bytes", "00210000", long + object + object, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, "0b000000"+c.length+c.behind)
			p := craft.Dissect(wire, layers.ICMP)
			if got := p.Layers()[0].IsSet("ext"); got != c.found {
				t.Errorf("found: %v, want %v\n%s", got, c.found, p.Show())
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

// TestATunnelInAQuoteKeepsItsPlace shows that the end of a packet inside the quote does not move behind the extension.
func TestATunnelInAQuoteKeepsItsPlace(t *testing.T) {
	tunnel := craft.Stack(layers.IP.New("src", "192.0.2.1", "dst", "198.51.100.2"), layers.ICMP.New("type", 11, "ext", craft.Stack(layers.ICMPExtensionHeader.New())),
		layers.IP.New(), layers.IPv6.New(), layers.UDP.New())
	wire, err := craft.Build(tunnel, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := craft.Dissect(wire, layers.IP)
	if got := p.Summary(); !strings.HasSuffix(got, "IPerror / IPerror6 / UDPerror / Raw") {
		t.Errorf("got %s", got)
	}
	crafttest.Rebuilt(t, p, wire)
}

func TestAnErrorWithoutQuoteCanHaveAnExtension(t *testing.T) {
	p := craft.Stack(layers.ICMP.New("type", 3, "ext", layers.ICMPExtensionHeader.New()))
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "0300fcdf00200000"+strings.Repeat("00", 128)+"2000dfff"))
}

// TestExtensionsOfICMPv6 counts the quote in words of 8 bytes: RFC 4884, section 4.4.
func TestExtensionsOfICMPv6(t *testing.T) {
	const stack = "2000ccf1" + "000c0101" + "00010000" + "000111ff"
	for _, name := range []craft.Name{layers.ICMPv6DestUnreach, layers.ICMPv6TimeExceeded} {
		labels := craft.Stack(layers.ICMPExtensionHeader.New(), layers.ICMPExtensionMPLS.New("stack", []any{layers.MPLS.New("label", 16, "s", 0), layers.MPLS.New("label", 17, "ttl", 255)}))
		p := craft.Stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), name.New("ext", labels),
			layers.IPv6.New("src", "2001:db8::2", "dst", "2001:db8::1"), layers.UDP.New("sport", 1, "dport", 33434))
		wire := crafttest.Build(t, p)
		if want := crafttest.Unhex(t, stack); string(wire[40+8+128:]) != string(want) || wire[40+4] != 16 || wire[5] != 8+128+16 {
			t.Errorf("%s is built as\n%s", name, hexdump.Dump(wire))
		}
		read := craft.Dissect(wire, layers.IPv6)
		if got, want := read.Layer(name).Text("ext"), p.Layer(name).Text("ext"); !strings.Contains(got, "MPLS") || len(got) < len(want) {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		read.Refresh()
		crafttest.Rebuilt(t, read, wire)
		for length, found := range map[byte]bool{0: true, 6: true, 16: true, 17: true} {
			wire[40+4] = length
			if got := craft.Dissect(wire, layers.IPv6).Layer(name).IsSet("ext"); got != found {
				t.Errorf("%s with a length of %d words: found %v, want %v", name, length, got, found)
			}
		}
		wire[40+4], wire[40+8+128+2] = 6, 0
		if craft.Dissect(wire, layers.IPv6).Layer(name).IsSet("ext") {
			t.Errorf("%s: an extension with a wrong checksum is one", name)
		}
	}
}

// TestObjectsOfAnotherLength: an object about an interface whose length is not that of what its flags say has its bytes, and the next
// one is read.
func TestObjectsOfAnotherLength(t *testing.T) {
	for _, c := range []struct{ object, want string }{
		{"0008 0208 00000005", "ICMPExtension_InterfaceInformation"},
		{"0008 0209 00000005", "ICMPExtension_Object"},
		{"000c 0208 00000005 aabbccdd", "ICMPExtension_Object"},
		{"000c 0202 3f657468 30000000", "ICMPExtension_Object"},
		{"0004 0204", "ICMPExtension_Object"},
		{"0018 0204 00020000 20010db8000000000000000000000009", "ICMPExtension_InterfaceInformation"},
		{"001c 020f 00000005 00010000 c0000201 0865746830000000 000005dc", "ICMPExtension_InterfaceInformation"},
	} {
		wire := crafttest.Unhex(t, "20000000"+c.object+"0008 0101 00064140")
		p := craft.Dissect(wire, layers.ICMPExtensionHeader)
		if got, want := layerNames(p), "ICMPExtension_Header/"+c.want+"/ICMPExtension_MPLS"; got != want {
			t.Errorf("%s: got %s, want %s", c.object, got, want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}
