package craft

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// IPv6 is the Internet Protocol, version 6, RFC 8200.
const IPv6 Name = "IPv6"

var ipv6Spec = spec{
	name: IPv6, doc: "Internet Protocol version 6, RFC 8200",
	fields: []Field{
		{Name: "version", Kind: Number, Bits: 4, def: 6, Doc: "IP version"},
		{Name: "tc", Kind: Number, Bits: 8, Doc: "traffic class: DSCP and ECN, RFC 2474"},
		{Name: "fl", Kind: Number, Bits: 20, Doc: "flow label, RFC 6437"},
		{Name: "plen", Kind: Number, Bits: 16, auto: derived, Doc: "length of what follows the header in bytes; 0 in a jumbogram"},
		{Name: "nh", Kind: Enum, Bits: 8, def: noNext, names: ipv6Protocols, Doc: "protocol of the next header"},
		{Name: "hlim", Kind: Number, Bits: 8, def: 64, Doc: "hop limit"},
		{Name: "src", Kind: IPv6Address, Bits: 128, auto: fromHost, Doc: "source address"},
		{Name: "dst", Kind: IPv6Address, Bits: 128, deflt: loopback6, Doc: "destination address"},
	},
	binds: []bind{
		over(Ether, "type", 0x86dd), over(IP, "proto", 41), over(IPv6, "nh", 41), readOver(IPerror, "proto", 41), readOver(IPerror6, "nh", 41), over(SNAP, "code", 0x86dd),
		over(CookedLinux, "proto", 0x86dd), over(GRE, "proto", 0x86dd), over(GENEVE, "proto", 0x86dd), over(PPP, "proto", 0x57),
		stackOver(MPLS, "label", 2),
		// the numbers that Linux, NetBSD, FreeBSD and macOS have for the family
		over(Loopback, "type", 10), readOver(Loopback, "type", 24), readOver(Loopback, "type", 28), readOver(Loopback, "type", 30),
		stackOver(VXLAN, "flags", 12, eq{field: "NextProtocol", value: 2}), readOver(VXLAN, "NextProtocol", 2),
	},
	next: []string{"nh"},
	hooks: hooks{
		network:    true,
		payloadLen: ipv6Payload,
		ask:        askIPv6,
		derive:     deriveIPv6,
		sum:        sumRule{covers: nothing},
		summary: func(p *Packet, i int) string {
			l := p.layers[i]
			return l.endpoint("src") + " > " + l.Text("dst") + " (" + fmt.Sprint(l.Uint("nh")) + ")"
		},
		answers: ipv6Answers,
		flow: func(f *flow, l *Layer) {
			f.proto, f.src, f.dst = uint16(l.Uint("nh")), l.Addr("src"), l.Addr("dst")
		},
	},
}

var _ = define(ipv6Spec)

// Numbers of IPv6's extension headers.
const hopByHop, routing, fragmenting, noNext, destinationOptions = 0, 43, 44, 59, 60

var loopback6 = []byte{15: 1}

var ipv6Protocols = map[uint64]string{
	0: "Hop-by-Hop Option Header", 4: "IP", 6: "TCP", 17: "UDP", 41: "IPv6", 43: "Routing Header", 44: "Fragment Header",
	47: "GRE", 50: "ESP Header", 51: "AH Header", 58: "ICMPv6", 59: "No Next Header", 60: "Destination Option Header",
	112: "VRRP", 132: "SCTP", 135: "Mobility Header",
}

// nextHeader is the field of an extension header that tells what follows it.
var nextHeader = Field{Name: "nh", Kind: Enum, Bits: 8, def: noNext, names: ipv6Protocols, Doc: "protocol of the next header"}

// IPVersion names what bytes are that begin with an IP header of either version, as those of a link without headers of
// its own: IPv6 when they say so, otherwise IP.
func IPVersion(data []byte) Name {
	if len(data) > 0 && data[0]>>4 == 6 {
		return IPv6
	}
	return IP
}

func askIPv6(b *builder, i int, _ uint64) error {
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

func deriveIPv6(b *builder, i int, hdr, payload []byte, _ uint64) error {
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
func ipv6Answers(m match, i, j int) (bool, string) {
	r, q := m.r.layers[i], m.q.layers[j]
	from, to := ends(m.r.layers[i:]), ends(m.q.layers[j:])
	group := q.Addr("dst").IsMulticast()
	if r.Addr("dst") != to.src && from.dst != to.src && !(group && r.Addr("dst").IsMulticast()) {
		return false, "it is not addressed to the question's source"
	}
	i, j = i+from.layers, j+to.layers
	if i+1 < len(m.r.layers) && m.r.layers[i+1].proto.name == IPerror6 {
		return m.quote6(i+1, j-to.layers)
	}
	switch {
	case from.src != to.dst && !group:
		return false, "it does not come from the question's destination"
	case from.proto != to.proto:
		return false, "the next headers differ"
	}
	return m.at(i, j)
}

// An ends6 is what the extension headers behind an IPv6 header make of its addresses.
type ends6 struct {
	flow
	layers int // how many headers there are
}

// ends reads an IPv6 header and its extension headers.
func ends(layers []*Layer) ends6 {
	var e ends6
	e.layers = e.network(layers)
	return e
}
