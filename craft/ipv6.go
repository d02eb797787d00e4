package craft

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// IPv6 is the Internet Protocol, version 6, RFC 8200.
const IPv6 Name = "IPv6"

var ipv6Spec = Spec{
	Name: IPv6, Doc: "Internet Protocol version 6, RFC 8200",
	Fields: []Field{
		{Name: "version", Kind: Number, Bits: 4, Default: 6, Doc: "IP version"},
		{Name: "tc", Kind: Number, Bits: 8, Doc: "traffic class: DSCP and ECN, RFC 2474"},
		{Name: "fl", Kind: Number, Bits: 20, Doc: "flow label, RFC 6437"},
		{Name: "plen", Kind: Number, Bits: 16, Auto: AutoDerived, Doc: "length of what follows the header in bytes; 0 in a jumbogram"},
		{Name: "nh", Kind: Enum, Bits: 8, Default: noNext, Names: ipv6Protocols, Doc: "protocol of the next header"},
		{Name: "hlim", Kind: Number, Bits: 8, Default: 64, Doc: "hop limit"},
		{Name: "src", Kind: IPv6Address, Bits: 128, Auto: AutoHost, Doc: "source address"},
		{Name: "dst", Kind: IPv6Address, Bits: 128, Initial: loopback6, Doc: "destination address"},
	},
	Binds: []Binding{
		Over(Ether, "type", 0x86dd), Over(IP, "proto", 41), Over(IPv6, "nh", 41), ReadOver(IPerror, "proto", 41), ReadOver(IPerror6, "nh", 41), Over(SNAP, "code", 0x86dd),
		Over(CookedLinux, "proto", 0x86dd), Over(GRE, "proto", 0x86dd), Over(GENEVE, "proto", 0x86dd), Over(PPP, "proto", 0x57),
		StackOver(MPLS, "label", 2),
		// the numbers that Linux, NetBSD, FreeBSD and macOS have for the family
		Over(Loopback, "type", 10), ReadOver(Loopback, "type", 24), ReadOver(Loopback, "type", 28), ReadOver(Loopback, "type", 30),
		StackOver(VXLAN, "flags", 12, FieldValue{Field: "NextProtocol", Value: 2}), ReadOver(VXLAN, "NextProtocol", 2),
	},
	Next: []string{"nh"},
	Hooks: Hooks{
		Network:    true,
		PayloadLen: ipv6Payload,
		Ask:        askIPv6,
		Derive:     deriveIPv6,
		Sum:        SumRule{Covers: CoversNothing},
		Summary: func(p *Packet, i int) string {
			l := p.layers[i]
			return l.endpoint("src") + " > " + l.Text("dst") + " (" + fmt.Sprint(l.Uint("nh")) + ")"
		},
		Answers: ipv6Answers,
		Flow: func(f *Flow, l *Layer) {
			f.Proto, f.Src, f.Dst = uint16(l.Uint("nh")), l.Addr("src"), l.Addr("dst")
		},
	},
}

var _ = Define(ipv6Spec)

// Numbers of IPv6's extension headers.
const hopByHop, routing, fragmenting, noNext, destinationOptions = 0, 43, 44, 59, 60

var loopback6 = []byte{15: 1}

var ipv6Protocols = map[uint64]string{
	0: "Hop-by-Hop Option Header", 4: "IP", 6: "TCP", 17: "UDP", 41: "IPv6", 43: "Routing Header", 44: "Fragment Header",
	47: "GRE", 50: "ESP Header", 51: "AH Header", 58: "ICMPv6", 59: "No Next Header", 60: "Destination Option Header",
	112: "VRRP", 132: "SCTP", 135: "Mobility Header",
}

// nextHeader is the field of an extension header that tells what follows it.
var nextHeader = Field{Name: "nh", Kind: Enum, Bits: 8, Default: noNext, Names: ipv6Protocols, Doc: "protocol of the next header"}

// IPVersion names what bytes are that begin with an IP header of either version, as those of a link without headers of
// its own: IPv6 when they say so, otherwise IP.
func IPVersion(data []byte) Name {
	if len(data) > 0 && data[0]>>4 == 6 {
		return IPv6
	}
	return IP
}

func askIPv6(b *Builder, i int, _ uint64) error {
	hdr := b.header(i)
	src, err := b.source(netip.AddrFrom16([16]byte(hdr[24:40])))
	if err != nil {
		return err
	}
	if !src.Is6() {
		return fmt.Errorf("src: want an IPv6 address of this host, got %s: set src yourself", src)
	}
	copy(hdr[8:24], src.AsSlice())
	return nil
}

func deriveIPv6(b *Builder, i int, hdr, payload []byte, _ uint64) error {
	n := len(payload)
	if n > 0xffff {
		if i+1 == len(b.p.layers) || b.p.layers[i+1].jumbo() < 0 {
			return fmt.Errorf("IPv6.plen: want at most 65535 bytes, got %d: send them with a Jumbo option, or set plen yourself", n)
		}
		n = 0 // RFC 2675, section 2
	}
	binary.BigEndian.PutUint16(hdr[4:], uint16(n))
	return nil
}

// ipv6Payload is what plen says. Of a packet that may be a jumbogram the options tell.
func ipv6Payload(l *Layer, rest int) (int, error) {
	n := int(l.Uint("plen"))
	switch {
	case n == 0 && l.Uint("nh") == hopByHop:
		return rest, nil
	case n > rest:
		return rest, fmt.Errorf("truncated: plen is %d, %d bytes are here", n, rest)
	}
	return n, nil
}

// ipv6Answers obeys scapy's rules: the reply goes to the question's source, or to a group for a question to one; what it
// carries answers what the question carries, extension headers aside; or it is an ICMPv6 error that quotes the question.
func ipv6Answers(m Match, i, j int) (bool, string) {
	r, q := m.Reply.layers[i], m.Question.layers[j]
	from, to := ends(m.Reply.layers[i:]), ends(m.Question.layers[j:])
	group := q.Addr("dst").IsMulticast()
	if r.Addr("dst") != to.Src && from.Dst != to.Src && !(group && r.Addr("dst").IsMulticast()) {
		return false, "it is not addressed to the question's source"
	}
	i, j = i+from.layers, j+to.layers
	if i+1 < len(m.Reply.layers) && m.Reply.layers[i+1].proto.spec.Name == IPerror6 {
		return m.quote6(i+1, j-to.layers)
	}
	switch {
	case from.Src != to.Dst && !group:
		return false, "it does not come from the question's destination"
	case from.Proto != to.Proto:
		return false, "the next headers differ"
	}
	return m.at(i, j)
}

// An ends6 is what the extension headers behind an IPv6 header make of its addresses.
type ends6 struct {
	Flow
	layers int // how many headers there are
}

// ends reads an IPv6 header and its extension headers.
func ends(layers []*Layer) ends6 {
	var e ends6
	e.layers = e.network(layers)
	return e
}
