package layers

import (
	"maps"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/values"
)

// Ether is Ethernet II, IEEE 802.3.
const Ether craft.Name = "Ether"

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: Ether, Title: "Ethernet", Doc: "Ethernet II header, IEEE 802.3",
		Fields: []craft.Field{
			{Name: "dst", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "destination; the next hop's address"},
			{Name: "src", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "source; the interface's address"},
			{Name: "type", Kind: craft.Enum, Bits: 16, Default: 0x9000, Hex: true, Names: etherTypes(), Doc: "protocol of the payload"},
		},
		Binds: []craft.Binding{
			// scapy's number for a frame in a frame; it cannot be read back, being a length
			craft.StackOver(Ether, "type", 1), craft.Over(SNAP, "code", 1), craft.Over(CookedLinux, "proto", transparentBridging),
			craft.Over(GRE, "proto", transparentBridging), craft.Over(GENEVE, "proto", transparentBridging),
			craft.StackOver(VXLAN, "flags", 12, craft.FieldValue{Field: "NextProtocol", Value: 3}), craft.ReadOver(VXLAN, "NextProtocol", 3), craft.ReadOver(VXLAN, "NextProtocol", 0),
			craft.ReadOver(GRE, "proto", erspanProto, craft.FieldValue{Field: "seqnum_present", Value: 0}), // ERSPAN type I: no header
		},
		Next: []string{"type"},
		Hooks: craft.Hooks{
			Ask:        askEther,
			Dispatch:   etherBecomes,
			PayloadLen: etherPayload,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return l.Text("src") + " > " + l.Text("dst") + " (" + l.Text("type") + ")"
			},
			Answers: func(m craft.Match, i, j int) (bool, string) {
				if m.Reply.Layers()[i].Uint("type") != m.Question.Layers()[j].Uint("type") {
					return false, "the EtherTypes differ"
				}
				return m.Next(i, j) // addresses are never compared, as in scapy
			},
		},
	}
})

// transparentBridging is the EtherType of an Ethernet frame in a tunnel, RFC 1701.
const transparentBridging = 0x6558

// EtherTypes are the names of the numbers by which Ethernet and its kind announce what they carry, for protocols of other
// packages. The map is the caller's own.
func EtherTypes() map[uint64]string { return maps.Clone(etherTypes()) }

var etherTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0x0800: "IPv4", 0x0805: "X25", 0x0806: "ARP", 0x0808: "FR_ARP", 0x08ff: "BPQ", 0x22f3: "TRILL", 0x22f4: "L2_IS_IS",
		0x6558: "TEB", 0x6559: "RAW_FR", 0x8035: "RARP", 0x809b: "ATALK", 0x80f3: "AARP", 0x8100: "n_802_1Q", 0x8137: "IPX",
		0x8191: "NetBEUI", 0x86dd: "IPv6", 0x880b: "PPP", 0x8847: "MPLS", 0x8848: "MPLS_MULTI", 0x884c: "ATMMPOA",
		0x8863: "PPP_DISC", 0x8864: "PPP_SES", 0x8884: "ATMFATE", 0x888e: "EAPOL", 0x88a8: "802_AD", 0x88c7: "EAP_PREAUTH",
		0x88cc: "LLDP", 0x88e5: "802_1AE", 0x88e7: "PBB", 0x88f5: "MVRP", 0x88f7: "PTP", 0x8906: "FCOE", 0x8914: "FIP",
		0x8915: "ROCE", 0x9000: "LOOP", 0xa0ed: "LoWPAN",
	}
})

// askEther fills the addresses for whatever the frame carries.
func askEther(b *craft.Builder, i int, unset uint64) error {
	hdr := b.Header(i)
	if unset&2 != 0 {
		src := b.Hardware()
		copy(hdr[6:12], src[:])
	}
	if unset&1 == 0 {
		return nil
	}
	next, err := b.Neighbour(i)
	copy(hdr[0:6], next[:])
	return err
}

// GroupMAC is the link-layer address of a multicast group (RFC 1112, section 6.4, and RFC 2464, section 7) or, for
// 255.255.255.255, of everybody; false for the address of a single host.
func GroupMAC(dst netip.Addr) (values.MAC, bool) {
	switch {
	case dst == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return values.Broadcast(), true
	case !dst.IsMulticast():
		return values.MAC{}, false
	case dst.Is6():
		a := dst.As16()
		return values.MAC{0x33, 0x33, a[12], a[13], a[14], a[15]}, true
	}
	a := dst.As4()
	return values.MAC{0x01, 0x00, 0x5e, a[1] & 0x7f, a[2], a[3]}, true
}

// neighbour is the link-layer destination of an IP packet, of both versions.
func neighbour(b *craft.Builder, i int) (values.MAC, error) {
	dst := b.Layer(i).Addr("dst")
	if group, ok := GroupMAC(dst); ok {
		return group, nil
	}
	return b.NextHop(dst)
}

// etherPayload is the payload of a frame whose type is its length.
func etherPayload(l *craft.Layer, rest int) (int, error) {
	if t := int(l.Uint("type")); t <= iana.MaxLength8023 && t <= rest {
		return t, nil
	}
	return rest, nil
}
