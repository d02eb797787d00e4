package layers

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// IPv6 is the Internet Protocol, version 6, RFC 8200.
const IPv6 craft.Name = "IPv6"

func ipv6Spec() craft.Spec {
	return craft.Spec{
		Name: IPv6, Doc: "Internet Protocol version 6, RFC 8200",
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Number, Bits: 4, Default: 6, Doc: "IP version"},
			{Name: "tc", Kind: craft.Number, Bits: 8, Doc: "traffic class: DSCP and ECN, RFC 2474"},
			{Name: "fl", Kind: craft.Number, Bits: 20, Doc: "flow label, RFC 6437"},
			{Name: "plen", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.PayloadLength, Instead: jumboLength, Beyond: "send them with a Jumbo option", Open: []craft.Condition{{Field: "plen", Not: true}, {Field: "nh", Values: []uint64{iana.HopByHop}}}}, Doc: "length of what follows the header in bytes; 0 in a jumbogram"},
			{Name: "nh", Kind: craft.Enum, Bits: 8, Default: iana.NoNext, Names: ipv6Protocols(), Doc: "protocol of the next header"},
			{Name: "hlim", Kind: craft.Number, Bits: 8, Default: 64, Doc: "hop limit"},
			{Name: "src", Kind: craft.IPv6Address, Bits: 128, Computed: craft.Computes(craft.Asked), Doc: "source address"},
			{Name: "dst", Kind: craft.IPv6Address, Bits: 128, Steady: true, Initial: loopback6, Doc: "destination address"},
		},
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x86dd), craft.Over(IP, "proto", 41), craft.Over(IPv6, "nh", 41), craft.ReadOver(IPerror, "proto", 41), craft.ReadOver(IPerror6, "nh", 41), craft.Over(SNAP, "code", 0x86dd),
			craft.Over(CookedLinux, "proto", 0x86dd), craft.Over(GRE, "proto", 0x86dd), craft.Over(GENEVE, "proto", 0x86dd), craft.Over(PPP, "proto", 0x57),
			craft.StackOver(MPLS, "label", 2),
			// the numbers that Linux, NetBSD, FreeBSD and macOS have for the family
			craft.Over(Loopback, "type", 30), craft.ReadOver(Loopback, "type", 10), craft.ReadOver(Loopback, "type", 24), craft.ReadOver(Loopback, "type", 28),
			craft.StackOver(VXLAN, "flags", 12, craft.FieldValue{Field: "NextProtocol", Value: 2}), craft.ReadOver(VXLAN, "NextProtocol", 2),
		},
		Next:    []string{"nh"},
		Network: true,
		Hooks: craft.Hooks{
			Validate:  func(l *craft.Layer, _ []byte) error { noteVersion(l, 6); return nil },
			Ask:       askIPv6,
			Neighbour: neighbour,
			Pseudo:    ipv6Pseudo,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return endpoint(l, "src") + " > " + l.Text("dst") + " (" + fmt.Sprint(l.Uint("nh")) + ")"
			},
			Answers: ipv6Answers,
			Flow: func(f *craft.Flow, l *craft.Layer) {
				f.Proto, f.Src, f.Dst = uint16(l.Uint("nh")), l.Addr("src"), l.Addr("dst")
			},
		},
	}
}

var _ = define(ipv6Spec)

// ipv6Header is the length of the header.
const ipv6Header = 40

var loopback6 = []byte{15: 1}

var ipv6Protocols = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Hop-by-Hop Option Header", 4: "IP", 6: "TCP", 17: "UDP", 41: "IPv6", 43: "Routing Header", 44: "Fragment Header",
		47: "GRE", 50: "ESP Header", 51: "AH Header", 58: "ICMPv6", 59: "No Next Header", 60: "Destination Option Header",
		112: "VRRP", 132: "SCTP", 135: "Mobility Header",
	}
})

// nextHeader is the field of an extension header that says what follows it.
var nextHeader = sync.OnceValue(func() craft.Field {
	return craft.Field{Name: "nh", Kind: craft.Enum, Bits: 8, Default: iana.NoNext, Names: ipv6Protocols(), Doc: "protocol of the next header"}
})

// IPVersion names what bytes are that begin with an IP header of either version, as those of a link without headers of
// its own: IPv6 when they say so, otherwise IP.
func IPVersion(data []byte) craft.Name {
	if len(data) > 0 && data[0]>>4 == 6 {
		return IPv6
	}
	return IP
}

// soundIPv6 is soundIP for IPv6, which has no sum: its length is that of the bytes, or its next header, its hops and its source are ones
// that there are: a source is global, local, or begins with zeros.
func soundIPv6(b []byte) bool {
	const next, hops, source = 6, 7, 8
	switch {
	case len(b) <= hops || b[0]>>4 != 6:
		return false
	case len(b) >= ipv6Header && int(binary.BigEndian.Uint16(b[4:])) == len(b)-ipv6Header:
		return true
	case b[hops] == 0 || b[next] == iana.NoNext || ipv6Protocols()[uint64(b[next])] == "":
		return false
	}
	src := b[source:min(source+16, len(b))]
	return len(src) == 0 || src[0]>>5 == 1 || src[0] >= 0xfc || allZero(src[:min(8, len(src))])
}

func askIPv6(b *craft.Builder, i int, _ uint64) error {
	hdr := b.Header(i)
	if len(hdr) < ipv6Header {
		return nil // a quote that was cut short: there is no destination to ask for
	}
	src, err := b.Source(netip.AddrFrom16([16]byte(hdr[24:40])))
	if err != nil {
		return err
	}
	if !src.Is6() {
		return fmt.Errorf("src: want an IPv6 address of this host, got %s: set src yourself", src)
	}
	copy(hdr[8:24], src.AsSlice())
	return nil
}

// jumboLength is the length of a packet with a Jumbo Payload option: 0, RFC 2675, section 3.
func jumboLength(b *craft.Builder, i int) (n uint64, ok bool) {
	above := b.Packet().Layers()[i+1:]
	return 0, len(above) > 0 && jumbo(above[0]) >= 0
}

// ipv6Answers obeys scapy's rules: the reply goes to the question's source, or to a group for a question to one; what it
// carries answers what the question carries, extension headers aside; or it is an ICMPv6 error that quotes the question. A
// neighbour or a router that is asked answers from any address that it has: RFC 4861, sections 4.2 and 4.4.
func ipv6Answers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	from, heads := craft.NetworkFlow(m.Reply.Layers()[i:])
	to, qheads := craft.NetworkFlow(m.Question.Layers()[j:])
	group := q.Addr("dst").IsMulticast()
	if r.Addr("dst") != to.Src && from.Dst != to.Src && !(group && r.Addr("dst").IsMulticast()) {
		return false, "it is not addressed to the question's source"
	}
	i, j = i+heads, j+qheads
	if i+1 < len(m.Reply.Layers()) && m.Reply.Layers()[i+1].Name() == IPerror6 {
		return ipv6Quote(m, i+1, j-qheads)
	}
	anyone := group || j < len(m.Question.Layers()) && slices.Contains([]craft.Name{ICMPv6NDNS, ICMPv6NDRS}, m.Question.Layers()[j].Name())
	switch {
	case from.Src != to.Dst && !anyone:
		return false, "it does not come from the question's destination"
	case from.Proto != to.Proto:
		return false, "the next headers differ"
	}
	return m.At(i, j)
}

// ipv6Quote is ipQuote for IPv6: what the extension headers make of the addresses counts, since routers change them.
func ipv6Quote(m craft.Match, i, j int) (bool, string) {
	r, heads := craft.NetworkFlow(m.Reply.Layers()[i:])
	q, qheads := craft.NetworkFlow(m.Question.Layers()[j:])
	if r.Src != q.Src || r.Dst != q.Dst || r.Proto != q.Proto {
		return false, "the ICMPv6 error quotes a packet between other hosts"
	}
	i, j = i+heads, j+qheads
	if i >= len(m.Reply.Layers()) || j >= len(m.Question.Layers()) {
		return true, "an ICMPv6 error that quotes the question"
	}
	return m.Quoted(i, j)
}

// ipv6Pseudo sums up the pseudo-header of RFC 8200, section 8.1, for layer k. The destination is the one that the innermost
// routing header with hops to go leads to, and the source is the home address in the outermost header of a mobile node
// (RFC 6275, section 11.3.1).
func ipv6Pseudo(b *craft.Builder, i, k int, proto byte, n int) uint64 {
	hdr := b.Header(i)
	if len(hdr) < ipv6Header {
		return 0 // a quote that was cut short has no addresses
	}
	var pseudo [40]byte
	copy(pseudo[:], hdr[8:40])
	routed := false
	for k--; k > i; k-- {
		home, last := b.Layer(k).Rerouted()
		if last != nil && !routed {
			routed = true
			copy(pseudo[16:32], last)
		}
		if home != nil {
			copy(pseudo[:16], home)
		}
	}
	binary.BigEndian.PutUint32(pseudo[32:], uint32(n))
	pseudo[39] = proto
	return craft.AddSum(0, pseudo[:])
}
