package craft

import "net/netip"

// Ether is Ethernet II, IEEE 802.3.
const Ether Name = "Ether"

// minType is the smallest value of Ether.type that is a type; below it is the length of an 802.3 frame.
const minType = 1536

var _ = define(spec{
	name: Ether, title: "Ethernet", doc: "Ethernet II header, IEEE 802.3",
	fields: []Field{
		{Name: "dst", Kind: Hardware, Bits: 48, auto: fromHost, Doc: "destination; the next hop's address"},
		{Name: "src", Kind: Hardware, Bits: 48, auto: fromHost, Doc: "source; the interface's address"},
		{Name: "type", Kind: Enum, Bits: 16, def: 0x9000, hex: true, names: etherTypes, Doc: "protocol of the payload"},
	},
	next: []string{"type"},
	hooks: hooks{
		ask:        askEther,
		payloadLen: etherPayload,
		summary: func(p *Packet, i int) string {
			l := p.layers[i]
			return l.Text("src") + " > " + l.Text("dst") + " (" + l.Text("type") + ")"
		},
		answers: func(m match, i, j int) (bool, string) {
			if m.r.layers[i].Uint("type") != m.q.layers[j].Uint("type") {
				return false, "the EtherTypes differ"
			}
			return m.next(i, j) // addresses are never compared, as in scapy
		},
	},
})

var etherTypes = map[uint64]string{
	0x0800: "IPv4", 0x0806: "ARP", 0x8035: "RARP", 0x8100: "n_802_1Q", 0x86dd: "IPv6", 0x8863: "PPP_DISC",
	0x8864: "PPP_SES", 0x8847: "MPLS", 0x88a8: "n_802_1AD", 0x88cc: "LLDP", 0x9000: "LOOP",
}

// askEther fills the addresses for whatever the frame carries.
func askEther(b *builder, i int, unset uint64) error {
	hdr := b.header(i)
	if unset&2 != 0 {
		src := b.hardware()
		copy(hdr[6:12], src[:])
	}
	if unset&1 == 0 {
		return nil
	}
	next, err := b.nextHopAbove(i)
	copy(hdr[0:6], next[:])
	return err
}

// nextHopAbove asks for the link-layer destination that fits the layer above i. A question by ARP goes to everybody.
func (b *builder) nextHopAbove(i int) (MAC, error) {
	if i+1 == len(b.p.layers) {
		return broadcast, nil
	}
	switch l := b.p.layers[i+1]; l.proto.name {
	case IP, IPv6:
		dst := l.Addr("dst")
		if group, ok := GroupMAC(dst); ok {
			return group, nil
		}
		return b.nextHop(dst)
	case ARP:
		if l.Uint("op") != arpWhoHas {
			return b.nextHop(l.Addr("pdst"))
		}
	}
	return broadcast, nil
}

// GroupMAC is the link-layer address of a multicast group (RFC 1112, section 6.4, and RFC 2464, section 7) or, for
// 255.255.255.255, of everybody; false for the address of a single host.
func GroupMAC(dst netip.Addr) (MAC, bool) {
	switch {
	case dst == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return broadcast, true
	case !dst.IsMulticast():
		return MAC{}, false
	case dst.Is6():
		a := dst.As16()
		return MAC{0x33, 0x33, a[12], a[13], a[14], a[15]}, true
	}
	a := dst.As4()
	return MAC{0x01, 0x00, 0x5e, a[1] & 0x7f, a[2], a[3]}, true
}

// etherPayload is the payload of an 802.3 frame, whose type is its length.
func etherPayload(l *Layer, rest int) (int, error) {
	if t := int(l.Uint("type")); t < minType && t <= rest {
		return t, nil
	}
	return rest, nil
}
