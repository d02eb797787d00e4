package layers

import (
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Routing headers of IPv6.
const (
	// IPv6ExtHdrRouting is the Routing header, RFC 8200, section 4.4: type 0, which RFC 5095 deprecates, and all others
	// that have no table.
	IPv6ExtHdrRouting craft.Name = "IPv6ExtHdrRouting"
	// IPv6ExtHdrSegmentRouting is the Segment Routing header, RFC 8754.
	IPv6ExtHdrSegmentRouting craft.Name = "IPv6ExtHdrSegmentRouting"
)

// Elements of the list tlv_objects of a Segment Routing header.
const (
	// IPv6ExtHdrSegmentRoutingTLV is a TLV that has no table.
	IPv6ExtHdrSegmentRoutingTLV craft.Name = "IPv6ExtHdrSegmentRoutingTLV"
	// IPv6ExtHdrSegmentRoutingTLVIngressNode says where the packet entered the network of segments.
	IPv6ExtHdrSegmentRoutingTLVIngressNode craft.Name = "IPv6ExtHdrSegmentRoutingTLVIngressNode"
	// IPv6ExtHdrSegmentRoutingTLVEgressNode says where the packet is to leave it.
	IPv6ExtHdrSegmentRoutingTLVEgressNode craft.Name = "IPv6ExtHdrSegmentRoutingTLVEgressNode"
	// IPv6ExtHdrSegmentRoutingTLVPad1 is one byte of padding, RFC 8754, section 2.1.1.1.
	IPv6ExtHdrSegmentRoutingTLVPad1 craft.Name = "IPv6ExtHdrSegmentRoutingTLVPad1"
	// IPv6ExtHdrSegmentRoutingTLVPadN is two and more bytes of padding, RFC 8754, section 2.1.1.2.
	IPv6ExtHdrSegmentRoutingTLVPadN craft.Name = "IPv6ExtHdrSegmentRoutingTLVPadN"
	// IPv6ExtHdrSegmentRoutingTLVHMAC authenticates the header, RFC 8754, section 2.1.2.
	IPv6ExtHdrSegmentRoutingTLVHMAC craft.Name = "IPv6ExtHdrSegmentRoutingTLVHMAC"
)

// ipv6Extensions is the family of the extension headers, by scapy's name for it.
const ipv6Extensions craft.Name = "_IPv6ExtHdr"

// extension is what all extension headers have in common.
func extension(name craft.Name, title string, number uint64, s craft.Spec) craft.Spec {
	s.Name, s.Title = name, "IPv6 Extension Header - "+title
	s.Fields = append([]craft.Field{nextHeader()}, s.Fields...)
	s.Binds = []craft.Binding{craft.Over(IPv6, "nh", number), craft.ReadOver(IPerror6, "nh", number)}
	s.Next, s.Like, s.Families = []string{"nh"}, IPv6, []craft.Name{ipv6Extensions}
	s.Extends = true
	if s.Flow == nil {
		s.Flow = func(f *craft.Flow, l *craft.Layer) { f.Proto = uint16(l.Uint("nh")) }
	}
	return s
}

// headerWords is the field of an extension header with its length in units of 8 bytes, the first one not counted.
var headerWords = craft.Field{Name: "len", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.HeaderLength, Unit: 8, Plus: -1}}

var _ = define(func() craft.Spec {
	return extension(IPv6ExtHdrRouting, "Routing", iana.Routing, craft.Spec{
		Doc: "Routing header of IPv6, RFC 8200",
		Fields: []craft.Field{
			headerWords,
			{Name: "type", Kind: craft.Number, Bits: 8, Doc: "routing type; 0 is a list of hops"},
			{Name: "segleft", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.CountOf, Of: "addresses", State: true}, Doc: "hops still to be visited; all of them where the packet begins"},
			{Name: "reserved", Kind: craft.Number, Bits: 32, Doc: "reserved"},
			{Name: "addresses", Kind: craft.Values, Doc: "the hops in the order in which they are visited", Item: craft.Item{Kind: craft.IPv6Address}},
		},
		Hooks: craft.Hooks{
			Reroutes: lastHop,
		},
	})
})

var segmentTLVs = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "Pad1 TLV", 1: "Ingress Node TLV", 2: "Egress Node TLV", 4: "PadN TLV", 5: "HMAC TLV"}
})

var _ = define(func() craft.Spec {
	return extension(IPv6ExtHdrSegmentRouting, "Segment Routing", iana.Routing, craft.Spec{
		Doc: "Segment Routing header of IPv6, RFC 8754",
		Pad: &craft.Pad{To: 8, Counted: true, Fill: func(_ *craft.Layer, n int) []byte { return padding(n, 4) }},
		Fields: []craft.Field{
			headerWords,
			{Name: "type", Kind: craft.Number, Bits: 8, Default: 4, Doc: "routing type"},
			{Name: "segleft", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.CountOf, Of: "addresses", Plus: -1, State: true}, Doc: "the segment that the packet goes to, counted from 0 at the last one"},
			{Name: "lastentry", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.CountOf, Of: "addresses", Plus: -1}, Doc: "number of the last element of addresses, counted from 0"},
			{Name: "unused1", Kind: craft.Number, Bits: 1, Doc: "unused flag"},
			{Name: "protected", Kind: craft.Number, Bits: 1, Doc: "P flag: rerouted by fast reroute"},
			{Name: "oam", Kind: craft.Number, Bits: 1, Doc: "O flag: for operations and management, RFC 9259"},
			{Name: "alert", Kind: craft.Number, Bits: 1, Doc: "A flag: there are TLVs to look at"},
			{Name: "hmac", Kind: craft.Number, Bits: 1, Doc: "H flag: there is an HMAC TLV"},
			{Name: "unused2", Kind: craft.Number, Bits: 3, Doc: "unused flags"},
			{Name: "tag", Kind: craft.Number, Bits: 16, Doc: "the class of packets that this one belongs to"},
			{Name: "addresses", Kind: craft.Values, Initial: loopback6, Doc: "the segments, the last one to be visited first",
				Part: craft.ItemList(craft.Item{Bytes: 16, Kind: craft.IPv6Address}).Ending(segmentsLength)},
			{Name: "tlv_objects", Kind: craft.Packets, Doc: "TLVs", Part: craft.PacketList(pickSegmentTLV)},
		},
		Hooks: craft.Hooks{
			Accepts:  func(payload []byte) bool { return len(payload) > 2 && payload[2] == 4 },
			Reroutes: lastHop,
		},
	})
})

// segmentsLength is how long the list of segments is: the last one's number says it, within the header's own length.
func segmentsLength(l *craft.Layer, _ []byte) (int, error) {
	n, room := 16*(int(l.Uint("lastentry"))+1), 8*int(l.Uint("len"))
	switch {
	case room == 0:
		return 0, nil
	case n > room:
		return room / 16 * 16, fmt.Errorf("malformed: lastentry is %d, the header has room for %d segments", l.Uint("lastentry"), room/16)
	}
	return n, nil
}

// padding is n bytes of padding as a list of TLVs or options has it: one zero, or an element of the given kind.
func padding(n int, kind byte) []byte {
	b := make([]byte, n)
	if n > 1 {
		b[0], b[1] = kind, byte(n-2)
	}
	return b
}

func pickSegmentTLV(_ *craft.Layer, b []byte) craft.Name {
	switch {
	case b[0] == 0:
		return IPv6ExtHdrSegmentRoutingTLVPad1
	case len(b) < 2:
		return ""
	case b[0] == 1 && b[1] == 18:
		return IPv6ExtHdrSegmentRoutingTLVIngressNode
	case b[0] == 2 && b[1] == 18:
		return IPv6ExtHdrSegmentRoutingTLVEgressNode
	case b[0] == 4:
		return IPv6ExtHdrSegmentRoutingTLVPadN
	case b[0] == 5 && b[1] >= 6:
		return IPv6ExtHdrSegmentRoutingTLVHMAC
	}
	return IPv6ExtHdrSegmentRoutingTLV
}

// lastHop is where a routing header with hops to go leads to in the end; nil when there are none.
func lastHop(l *craft.Layer) (_, dst []byte) {
	hops := l.Bytes("addresses")
	if len(hops) < 16 || l.IsSet("segleft") && l.Uint("segleft") == 0 {
		return nil, nil
	}
	if l.Name() == IPv6ExtHdrSegmentRouting {
		return nil, hops[:16] // the segments stand in reverse order
	}
	return nil, hops[len(hops)/16*16-16 : len(hops)/16*16]
}

// segmentTLV is the table of a TLV of the given type.
func segmentTLV(name craft.Name, doc string, kind, length uint64, fields ...craft.Field) craft.Spec {
	head := []craft.Field{{Name: "type", Kind: craft.Enum, Bits: 8, Default: kind, Names: segmentTLVs(), Doc: "type"}}
	if name != IPv6ExtHdrSegmentRoutingTLVPad1 {
		head = append(head, craft.Field{Name: "len", Kind: craft.Number, Bits: 8, Default: length, Doc: "length of what follows in bytes"})
	}
	return craft.Spec{Name: name, Families: []craft.Name{IPv6ExtHdrSegmentRoutingTLV}, Title: "IPv6 Option Header " + doc, Doc: doc + " of a Segment Routing header, RFC 8754", Fields: append(head, fields...)}
}

// afterLength makes the length of a TLV or option computed.
func afterLength(s craft.Spec) craft.Spec {
	s.Fields[1].Computed = craft.Computes(craft.Behind)
	return s
}

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		becomes(afterLength(segmentTLV(IPv6ExtHdrSegmentRoutingTLV, "TLV", 0, 0,
			craft.Field{Name: "value", Kind: craft.Bytes, Doc: "the value"})), pickSegmentTLV),
		segmentTLV(IPv6ExtHdrSegmentRoutingTLVIngressNode, "Ingress Node TLV", 1, 18, nodeFields("ingress_node")...),
		segmentTLV(IPv6ExtHdrSegmentRoutingTLVEgressNode, "Egress Node TLV", 2, 18, nodeFields("egress_node")...),
		segmentTLV(IPv6ExtHdrSegmentRoutingTLVPad1, "Pad1 TLV", 0, 0),
		afterLength(segmentTLV(IPv6ExtHdrSegmentRoutingTLVPadN, "PadN TLV", 4, 0,
			craft.Field{Name: "padding", Kind: craft.Bytes, Initial: []byte{0}, Doc: "zeros"})),
		afterLength(segmentTLV(IPv6ExtHdrSegmentRoutingTLVHMAC, "HMAC TLV", 5, 0,
			craft.Field{Name: "D", Kind: craft.Number, Bits: 1, Doc: "the destination address is not to be verified"},
			craft.Field{Name: "reserved", Kind: craft.Number, Bits: 15, Doc: "reserved"},
			craft.Field{Name: "hmackeyid", Kind: craft.Number, Bits: 32, Doc: "which key"},
			craft.Field{Name: "hmac", Kind: craft.Bytes, Doc: "the keyed hash"})),
	}
})

func nodeFields(node string) []craft.Field {
	return []craft.Field{
		{Name: "reserved", Kind: craft.Number, Bits: 8, Doc: "reserved"},
		{Name: "flags", Kind: craft.Number, Bits: 8, Doc: "flags"},
		{Name: node, Kind: craft.IPv6Address, Bits: 128, Initial: loopback6, Doc: "the node's address"},
	}
}
