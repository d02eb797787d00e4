package reassembly_test

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
	"github.com/moonwire/moonwire/craft/values"
)

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

// ipv4 is an IP header from 10.0.0.1 to 10.0.0.2 with more fields.
func ipv4(pairs ...any) *craft.Layer {
	return layers.IP.New(append([]any{"src", "10.0.0.1", "dst", "10.0.0.2"}, pairs...)...)
}

func load(text string) *craft.Layer { return craft.Raw.New("load", text) }

// wires are packets' bytes in hex, as they are built without a host.
func wires(t *testing.T, packets []*craft.Packet) []string {
	t.Helper()
	var all []string
	for _, p := range packets {
		b, err := craft.Build(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, hex.EncodeToString(b))
	}
	return all
}

func TestFragmentGivesScapysBytes(t *testing.T) {
	routes := append(append(crafttest.IPOption("RR", "1.2.3.4"), crafttest.IPOption("NOP")...), crafttest.IPOption("LSRR", "9.9.9.9")...)
	frame := func() *craft.Layer {
		return layers.Ether.New("dst", "00:00:00:00:00:02", "src", "00:00:00:00:00:01")
	}
	whole := "4500004000010000401166aa0a0000010a00000200350035002c5784303132333435363738396162636465666768696a6b6c6d6e6f707172737475767778797a"
	cases := []struct {
		name   string
		packet *craft.Packet
		size   int
		want   string
	}{
		{"three fragments", craft.Stack(ipv4(), layers.UDP.New(), load(alphabet)), 16,
			"4500002400012000401146c60a0000010a00000200350035002c57843031323334353637 4500002400012002401146c40a0000010a00000238396162636465666768696a6b6c6d6e 4500002000010004401166c60a0000010a0000026f707172737475767778797a"},
		{"the whole payload is as long as a fragment", craft.Stack(ipv4(), layers.UDP.New(), load(alphabet)), 44, whole},
		{"a packet that needs no fragments", craft.Stack(ipv4(), layers.UDP.New(), load(alphabet)), 1480, whole},
		{"a size that is no multiple of 8", craft.Stack(ipv4(), layers.UDP.New(), load(alphabet)), 33,
			"4500003400012000401146b60a0000010a00000200350035002c5784303132333435363738396162636465666768696a6b6c6d6e 4500002000010004401166c60a0000010a0000026f707172737475767778797a"},
		{"the last fragment may be a little longer", craft.Stack(ipv4(), load(alphabet+alphabet[:4])), 20,
			"4500002400012000400046d70a0000010a00000230313233343536373839616263646566 4500002400012002400046d50a0000010a0000026768696a6b6c6d6e6f70717273747576 4500001c00010004400066db0a0000010a0000027778797a30313233"},
		{"no payload", craft.Stack(ipv4()), 16, "4500001400010000400066e70a0000010a000002"},
		{"don't fragment", craft.Stack(ipv4("flags", "DF", "id", 7), layers.UDP.New(), load(alphabet)), 16,
			"4500002400076000401106c00a0000010a00000200350035002c57843031323334353637 4500002400076002401106be0a0000010a00000238396162636465666768696a6b6c6d6e 4500002000074004401126c00a0000010a0000026f707172737475767778797a"},
		{"a fragment in the middle", craft.Stack(ipv4("flags", "MF", "frag", 10, "id", 7), load(alphabet)), 16,
			"450000240007200a400046c70a0000010a00000230313233343536373839616263646566 450000240007200c400046c50a0000010a0000026768696a6b6c6d6e6f70717273747576 450000180007200e400046cf0a0000010a0000027778797a"},
		{"the last fragment", craft.Stack(ipv4("frag", 10, "id", 7), load(alphabet)), 16,
			"450000240007200a400046c70a0000010a00000230313233343536373839616263646566 450000240007200c400046c50a0000010a0000026768696a6b6c6d6e6f70717273747576 450000180007000e400066cf0a0000010a0000027778797a"},
		// (Of a crafted packet scapy puts the last hop of the route into dst; these are the bytes for the packet as dissected.)
		{"options", craft.Stack(ipv4("options", routes), layers.UDP.New(), load(alphabet)), 24,
			"4900003c00012000401198880a0000010a0000020707040102030401830704090909090000350035002c4f7430313233343536373839616263646566 49000038000100034011b8890a0000010a000002070704010203040183070409090909006768696a6b6c6d6e6f707172737475767778797a"},
		{"below Ether", craft.Stack(frame(), ipv4(), layers.ICMP.New(), load(alphabet)), 24,
			"00000000000200000000000108004500002c00012000400146ce0a0000010a0000020800645a0000000030313233343536373839616263646566 00000000000200000000000108004500002800010003400166cf0a0000010a0000026768696a6b6c6d6e6f707172737475767778797a"},
		{"a tunnel is cut outside", craft.Stack(ipv4(), layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2"), layers.UDP.New(), load(alphabet)), 24,
			"4500002c00012000400446cb0a0000010a0000024500004000010000401174a7010101010202020200350035 4500002c00012003400446c80a0000010a000002002c6581303132333435363738396162636465666768696a 4500002400010006400466cd0a0000010a0000026b6c6d6e6f707172737475767778797a"},
		{"wrong len and chksum were the whole datagram's", craft.Stack(ipv4("len", 1000, "chksum", 0xdead), layers.UDP.New(), load(alphabet)), 24,
			"4500002c00012000401146be0a0000010a00000200350035002c53dc30313233343536373839616263646566 4500002800010003401166bf0a0000010a0000026768696a6b6c6d6e6f707172737475767778797a"},
		{"a wrong ihl stays", craft.Stack(ipv4("ihl", 7), layers.UDP.New(), load(alphabet)), 24,
			"4700002c00012000401144be0a0000010a00000200350035002c578430313233343536373839616263646566 4700002800010003401164bf0a0000010a0000026768696a6b6c6d6e6f707172737475767778797a"},
		{"a wrong proto stays", craft.Stack(ipv4("proto", 99), layers.UDP.New(), load(alphabet)), 24,
			"4500002c000120004063466c0a0000010a00000200350035002c578430313233343536373839616263646566 45000028000100034063666d0a0000010a0000026768696a6b6c6d6e6f707172737475767778797a"},
		{"bytes", craft.Stack(ipv4(), load(alphabet)), 24,
			"4500002c00012000400046cf0a0000010a000002303132333435363738396162636465666768696a6b6c6d6e 4500002000010003400066d80a0000010a0000026f707172737475767778797a"},
		{"an ICMP error", craft.Stack(ipv4(), layers.ICMP.New("type", 3), layers.IPerror.New("src", "4.4.4.4"), layers.UDPerror.New(), load(alphabet[10:20])), 16,
			"4500002400012000400146d60a0000010a0000020300842c000000004500002600010000 4500002400012002400146d40a0000010a0000024011f3bd040404047f00000100350035 4500002200010004400166d40a0000010a00000200127d576162636465666768696a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := c.packet.Command()
			fragments, err := reassembly.Fragment(c.packet, c.size, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(wires(t, fragments), " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if c.packet.Command() != before {
				t.Errorf("the packet became %s", c.packet.Command())
			}
		})
	}
}

// A trailer is no part of the datagram; scapy 2.5.0 puts its bytes into the fragments.
func TestFragmentKeepsATrailerOutside(t *testing.T) {
	p := craft.Stack(ipv4(), layers.UDP.New(), load(alphabet), craft.Padding.New("load", "zzzzz"))
	fragments, err := reassembly.Fragment(p, 24, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := wires(t, fragments)
	want := []string{
		"4500002c00012000401146be0a0000010a00000200350035002c578430313233343536373839616263646566",
		"4500002800010003401166bf0a0000010a0000026768696a6b6c6d6e6f707172737475767778797a" + "7a7a7a7a7a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFragmentOfWhatNeedsNoCutting(t *testing.T) {
	for _, p := range []*craft.Packet{
		craft.Stack(ipv4(), layers.UDP.New(), load("abcde")),
		craft.Stack(ipv4(), load("abcde")), // shorter than an offset counts
		craft.Stack(layers.Ether.New(), ipv4("len", 29), layers.ICMP.New(), load("x"), craft.Padding.New("load", "zz")),
	} {
		fragments, err := reassembly.Fragment(p, 5+8*(len(p.Layers())-2), nil)
		if err != nil || len(fragments) != 1 {
			t.Fatalf("%s: got %v, %v, want one packet", p.Summary(), fragments, err)
		}
		if got := fragments[0].Summary(); got != p.Summary() {
			t.Errorf("got %s, want %s", got, p.Summary())
		}
	}
}

func TestFragmentOfADissectedPacket(t *testing.T) {
	wire, err := craft.Build(craft.Stack(ipv4(), layers.UDP.New(), load(alphabet)), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := craft.Dissect(wire, layers.IP)
	p.Time = time.Unix(7, 0)
	fragments, err := reassembly.Fragment(p, 16, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := wires(t, fragments); len(got) != 3 || got[2] != "4500002000010004401166c60a0000010a0000026f707172737475767778797a" {
		t.Errorf("got %s", got)
	}
	if !fragments[0].Time.Equal(p.Time) {
		t.Errorf("the fragments' time is %s, want the packet's", fragments[0].Time)
	}
}

// The source that checksums cover is the one that the fragments leave with.
func TestFragmentsHaveTheHostsSource(t *testing.T) {
	p := craft.Stack(layers.Ether.New(), layers.IP.New("dst", "10.0.0.2"), layers.UDP.New(), load(alphabet))
	fragments, err := reassembly.Fragment(p, 16, host{})
	if err != nil {
		t.Fatal(err)
	}
	if got := fragments[2].Layer(layers.IP).Addr("src"); got != netip.MustParseAddr("10.0.0.1") {
		t.Errorf("src %s, want the host's", got)
	}
	first := craft.Dissect(crafttest.Build(t, fragments[0]), layers.Ether)
	if got := first.Layer(layers.UDP).Uint("chksum"); got != 0x5784 {
		t.Errorf("UDP checksum %#x, want that over the host's address, 0x5784", got)
	}
	if fragments[0].Layer(layers.Ether).IsSet("dst") {
		t.Error("the next hop was asked for; that is for whoever sends")
	}
	without, err := reassembly.Fragment(p, 16, nil)
	if err != nil {
		t.Fatal(err)
	}
	if without[0].Layer(layers.IP).IsSet("src") {
		t.Error("with no host to ask the source is not known, and stays open")
	}
}

// host is an Env with one address.
type host struct{}

func (host) Source(netip.Addr) (netip.Addr, error)        { return netip.MustParseAddr("10.0.0.1"), nil }
func (host) Hardware() values.MAC                         { return values.MAC{1} }
func (host) NextHop(netip.Addr) (mac values.MAC, _ error) { panic("nobody asked for a next hop") }

// The ping of death: fragments may carry more than any packet can be long.
func TestFragmentsBeyondTheLongestPacket(t *testing.T) {
	p := craft.Stack(ipv4(), layers.ICMP.New(), load(strings.Repeat("x", 65535)))
	fragments, err := reassembly.Fragment(p, 1480, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := fragments[len(fragments)-1].Layer(layers.IP)
	if end := last.Uint("frag")*8 + uint64(len(fragments[len(fragments)-1].Layer(craft.Raw).Bytes("load"))); end != 65535+8 {
		t.Errorf("the last fragment ends at %d, want 65543", end)
	}
	p.Layer(craft.Raw).Set("load", bytes.Repeat([]byte("x"), 65537))
	if _, err := reassembly.Fragment(p, 8, nil); err == nil || !strings.Contains(err.Error(), "IP.frag: want number in 0..8191, got 8192") {
		t.Errorf("got %v, want an error that names IP.frag", err)
	}
}

func TestFragmentRefuses(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		size   int
		want   string
	}{
		{"no IP", craft.Stack(layers.UDP.New(), load("x")), 8, "fragment: want a packet with an IP layer, got UDP"},
		{"no size", craft.Stack(ipv4(), load("x")), 0, "fragment: want a size of at least 8 bytes, got 0"},
		{"less than offsets count", craft.Stack(ipv4(), load(alphabet)), 7, "fragment: want a size of at least 8 bytes, got 7"},
		{"a layer that cannot be built", craft.Stack(ipv4(), layers.UDP.New("dport", 70000)), 8, "UDP.dport: want port in 0..65535, got 70000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := reassembly.Fragment(c.packet, c.size, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestOverlapFrag(t *testing.T) {
	p := craft.Stack(ipv4("id", 5), layers.UDP.New(), load(alphabet))
	own := " 4500002400052000401146c20a0000010a00000200350035002c57843031323334353637 4500002400052002401146c00a0000010a00000238396162636465666768696a6b6c6d6e 4500002000050004401166c20a0000010a0000026f707172737475767778797a"
	cases := []struct {
		name      string
		overlap   *craft.Packet
		size, few int
		want      string
	}{
		{"a datagram, as scapy", craft.Stack(layers.UDP.New("dport", 9), load("HACK")), 16, 16,
			"4500002000052000401146c60a0000010a00000200350009000c60094841434b" + own},
		{"a packet in smaller fragments, as scapy", craft.Stack(ipv4(), layers.UDP.New("dport", 9), load("HACK")), 16, 24,
			"4500002c00052000400446c70a0000010a0000024500002000010000401166ca0a0000010a00000200350009 4500001c00052003400446d40a0000010a000002000c60094841434b" + own},
		{"bytes in the place of the payload", craft.Stack(load("HACKHACKHACK")), 16, 8,
			"4500001c00052000401146ca0a0000010a0000024841434b4841434b 4500001800052001401146cd0a0000010a0000024841434b" + own},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fragments, err := reassembly.OverlapFrag(p, c.overlap, c.size, c.few, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(wires(t, fragments), " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
