package outside_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
	"github.com/moonwire/moonwire/craft/values"
)

// Two more protocols, made up, for what HIP does not need: a link layer, which asks the host for addresses and has a checksum
// of its own, and a network layer with options, hosts and a pseudo-header.
const (
	Ring craft.Name = "Ring"
	Post craft.Name = "Post"
)

var _ = craft.Install(func() []craft.Spec {
	return []craft.Spec{
		{
			Name: Ring, Doc: "a link layer, an example",
			Fields: []craft.Field{
				{Name: "dst", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "destination"},
				{Name: "src", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "source"},
				{Name: "type", Kind: craft.Enum, Bits: 16, Hex: true, Names: layers.EtherTypes(), Doc: "protocol of the payload"},
				{Name: "check", Kind: craft.Number, Bits: 8, Computed: craft.Computes(craft.ByBytes), Doc: "all bytes of the header, by exclusive or"},
			},
			Next: []string{"type"}, Like: layers.Ether,
			Hooks: craft.Hooks{Ask: askRing, Derive: deriveRing},
		},
		{
			Name: Post, Doc: "a network layer, an example",
			Fields: []craft.Field{
				{Name: "version", Kind: craft.Number, Bits: 4, Default: 9, Doc: "version"},
				{Name: "hlen", Kind: craft.Number, Bits: 4, Computed: &craft.Computation{What: craft.HeaderLength, Unit: 4}},
				{Name: "nh", Kind: craft.Enum, Bits: 8, Names: layers.IPProtocols(), Doc: "protocol of the payload"},
				{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Total)},
				{Name: "src", Kind: craft.IPv4, Bits: 32, Computed: craft.Computes(craft.Asked), Doc: "source"},
				{Name: "dst", Kind: craft.IPv4, Bits: 32, Default: 0x7f000001, Steady: true, Doc: "destination"},
				{Name: "options", Kind: craft.Options, Doc: "options"},
			},
			Binds: []craft.Binding{craft.Over(layers.Ether, "type", 0x88b5)},
			Next:  []string{"nh"}, Like: layers.IP,
			Matches: &craft.AnswerRule{Swapped: [][2]string{{"src", "dst"}}},
			Brief:   "Post %Post.src% > %Post.dst%",
			Network: true,
			Options: []craft.OptionSpec{{Kind: 1, Name: "NOP"}, {Kind: 7, Name: "Stamp", Format: "HA", Defaults: []any{5}}},
			Hooks: craft.Hooks{
				Ask: askPost, Neighbour: func(b *craft.Builder, i int) (values.MAC, error) { return b.NextHop(b.Layer(i).Addr("dst")) },
				Pseudo: func(b *craft.Builder, i, _ int, proto byte, n int) uint64 {
					return craft.AddSum(craft.AddSum(0, b.Header(i)[4:12]), []byte{0, proto, byte(n >> 8), byte(n)})
				},
			},
		},
	}
})

func askRing(b *craft.Builder, i int, unset uint64) error {
	if unset>>1&1 == 1 {
		src := b.Hardware()
		copy(b.At(i, "src"), src[:])
	}
	if unset&1 == 0 {
		return nil
	}
	dst, err := b.Neighbour(i)
	copy(b.At(i, "dst"), dst[:])
	return err
}

func deriveRing(b *craft.Builder, i int, hdr, _ []byte, _ uint64) error {
	sum := byte(0)
	for _, c := range hdr[:14] {
		sum ^= c
	}
	b.Layer(i).Put(hdr, "check", uint64(sum))
	return nil
}

func askPost(b *craft.Builder, i int, _ uint64) error {
	dst, _ := netip.AddrFromSlice(b.At(i, "dst"))
	src, err := b.Source(dst)
	if err == nil {
		copy(b.At(i, "src"), src.AsSlice())
	}
	return err
}

// host is a host with one neighbour.
type host struct{}

func (host) Source(netip.Addr) (netip.Addr, error) { return netip.MustParseAddr(aliceAt), nil }
func (host) Hardware() values.MAC                  { return values.MAC{2, 0, 0, 0, 0, 1} }
func (host) NextHop(dst netip.Addr) (values.MAC, error) {
	if dst != netip.MustParseAddr(bobAt) {
		return values.MAC{}, fmt.Errorf("%s: %w", dst, craft.ErrNoRoute)
	}
	return values.MAC{2, 0, 0, 0, 0, 2}, nil
}

func TestLinkLayersAskForTheNeighbour(t *testing.T) {
	for _, link := range []craft.Name{Ring, layers.Ether} {
		for _, upper := range []*craft.Layer{layers.IP.New("dst", bobAt), Post.New("dst", bobAt), layers.ARP.New("op", "is-at", "pdst", bobAt)} {
			p := craft.Stack(link.New(), upper)
			if err := p.Resolve(host{}); err != nil {
				t.Fatal(err)
			}
			l := p.Layers()[0]
			if l.Text("dst") != "02:00:00:00:00:02" || l.Text("src") != "02:00:00:00:00:01" {
				t.Errorf("%s from %s to %s", p, l.Text("src"), l.Text("dst"))
			}
		}
		if err := craft.Stack(link.New(), Post.New("dst", "192.0.2.77")).Resolve(host{}); err == nil {
			t.Errorf("%s/Post to a host that has no neighbour is built", link)
		}
	}
}

func TestThePromisesOfLinkAndNetwork(t *testing.T) {
	stamp, err := craft.Lookup(Post).Option("Stamp", 6, "192.0.2.9")
	if err != nil {
		t.Fatal(err)
	}
	made := craft.Stack(Ring.New("src", "02:00:00:00:00:01", "dst", "02:00:00:00:00:02"), Post.New("src", aliceAt, "dst", bobAt, "options", []craft.Option{stamp}),
		layers.UDP.New("sport", 1, "dport", 2), craft.Raw.New("load", "hi"))
	frame := protocoltest.Frame{Name: "UDP over Post over Ring", Packet: made, Wire: unhex(t,
		"020000000002"+"020000000001"+"88b5"+"3e"+"9511001ec0000201c0000202"+"07080006c0000209"+"00010002000a136a"+"6869")}
	for _, name := range []craft.Name{Ring, Post} {
		t.Run(string(name), func(t *testing.T) {
			protocoltest.Run(t, protocoltest.Case{Protocol: name, Frames: []protocoltest.Frame{frame}})
		})
	}
}
