package layers

import (
	"fmt"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Options of neighbour discovery: each begins with its type and its length in units of 8 bytes.
const (
	// ICMPv6NDOptSrcLLAddr is the sender's link-layer address, RFC 4861.
	ICMPv6NDOptSrcLLAddr craft.Name = "ICMPv6NDOptSrcLLAddr"
	// ICMPv6NDOptDstLLAddr is the target's link-layer address, RFC 4861.
	ICMPv6NDOptDstLLAddr craft.Name = "ICMPv6NDOptDstLLAddr"
	// ICMPv6NDOptPrefixInfo is a prefix of the link, RFC 4861.
	ICMPv6NDOptPrefixInfo craft.Name = "ICMPv6NDOptPrefixInfo"
	// ICMPv6NDOptRedirectedHdr is the packet that made a router send a redirect, RFC 4861.
	ICMPv6NDOptRedirectedHdr craft.Name = "ICMPv6NDOptRedirectedHdr"
	// ICMPv6NDOptMTU is the link's MTU, RFC 4861.
	ICMPv6NDOptMTU craft.Name = "ICMPv6NDOptMTU"
	// ICMPv6NDOptShortcutLimit limits shortcuts over NBMA links, RFC 2491.
	ICMPv6NDOptShortcutLimit craft.Name = "ICMPv6NDOptShortcutLimit"
	// ICMPv6NDOptAdvInterval is the time between advertisements, RFC 6275.
	ICMPv6NDOptAdvInterval craft.Name = "ICMPv6NDOptAdvInterval"
	// ICMPv6NDOptHAInfo is about a home agent, RFC 6275.
	ICMPv6NDOptHAInfo craft.Name = "ICMPv6NDOptHAInfo"
	// ICMPv6NDOptSrcAddrList are the sender's addresses, RFC 3122.
	ICMPv6NDOptSrcAddrList craft.Name = "ICMPv6NDOptSrcAddrList"
	// ICMPv6NDOptTgtAddrList are the target's addresses, RFC 3122.
	ICMPv6NDOptTgtAddrList craft.Name = "ICMPv6NDOptTgtAddrList"
	// ICMPv6NDOptIPAddr is an address or prefix, RFC 5568.
	ICMPv6NDOptIPAddr craft.Name = "ICMPv6NDOptIPAddr"
	// ICMPv6NDOptNewRtrPrefix is a prefix of the new router, RFC 4068.
	ICMPv6NDOptNewRtrPrefix craft.Name = "ICMPv6NDOptNewRtrPrefix"
	// ICMPv6NDOptLLA is a link-layer address, RFC 5568.
	ICMPv6NDOptLLA craft.Name = "ICMPv6NDOptLLA"
	// ICMPv6NDOptMAP is a mobility anchor point, RFC 5380.
	ICMPv6NDOptMAP craft.Name = "ICMPv6NDOptMAP"
	// ICMPv6NDOptRouteInfo is a route through the router, RFC 4191.
	ICMPv6NDOptRouteInfo craft.Name = "ICMPv6NDOptRouteInfo"
	// ICMPv6NDOptRDNSS are name servers, RFC 8106.
	ICMPv6NDOptRDNSS craft.Name = "ICMPv6NDOptRDNSS"
	// ICMPv6NDOptEFA are more flags of an advertisement, RFC 5175.
	ICMPv6NDOptEFA craft.Name = "ICMPv6NDOptEFA"
	// ICMPv6NDOptUnknown is an option that has no table.
	ICMPv6NDOptUnknown craft.Name = "ICMPv6NDOptUnknown"
)

// ndOptions are the options by type.
var ndOptions = sync.OnceValue(func() map[byte]craft.Name {
	return map[byte]craft.Name{
		1: ICMPv6NDOptSrcLLAddr, 2: ICMPv6NDOptDstLLAddr, 3: ICMPv6NDOptPrefixInfo, 4: ICMPv6NDOptRedirectedHdr, 5: ICMPv6NDOptMTU,
		6: ICMPv6NDOptShortcutLimit, 7: ICMPv6NDOptAdvInterval, 8: ICMPv6NDOptHAInfo, 9: ICMPv6NDOptSrcAddrList, 10: ICMPv6NDOptTgtAddrList,
		17: ICMPv6NDOptIPAddr, 18: ICMPv6NDOptNewRtrPrefix, 19: ICMPv6NDOptLLA, 23: ICMPv6NDOptMAP, 24: ICMPv6NDOptRouteInfo,
		25: ICMPv6NDOptRDNSS, 26: ICMPv6NDOptEFA, dnsslType: ICMPv6NDOptDNSSL,
	}
})

var ndOptionNames = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Source Link-Layer Address", 2: "Target Link-Layer Address", 3: "Prefix Information", 4: "Redirected Header", 5: "MTU",
		6: "NBMA Shortcut Limit Option", 7: "Advertisement Interval Option", 8: "Home Agent Information Option", 9: "Source Address List",
		10: "Target Address List", 11: "CGA Option", 12: "RSA Signature Option", 13: "Timestamp Option", 14: "Nonce option",
		15: "Trust Anchor Option", 16: "Certificate Option", 17: "IP Address Option", 18: "New Router Prefix Information Option",
		19: "Link-layer Address Option", 20: "Neighbor Advertisement Acknowledgement Option", 21: "CARD Request Option",
		22: "CARD Reply Option", 23: "MAP Option", 24: "Route Information Option", 25: "Recursive DNS Server Option",
		26: "IPv6 Router Advertisement Flags Option", 31: "DNS Search List Option",
	}
})

// ndOption names the option that a payload begins with. One whose length is not that of its fields is any option; of a length
// that leads nowhere, none or beyond the message, it is read as its type says.
func ndOption(l *craft.Layer, payload []byte) craft.Name {
	if len(payload) == 0 {
		return ""
	}
	sound := len(payload) > 1 && payload[1] > 0 && 8*int(payload[1]) <= len(payload)
	if name, ok := ndOptions()[payload[0]]; ok && (!sound || fitsIn(l.Lookup(name), 8*int(payload[1]))) {
		return name
	}
	if sound {
		return ICMPv6NDOptUnknown
	}
	return craft.Raw
}

// ndOpt is the table of an option of a fixed length, in units of 8 bytes, or of a computed one when that is 0.
func ndOpt(name craft.Name, kind, length uint64, title, doc string, fields ...craft.Field) craft.Spec {
	size := craft.Field{Name: "len", Kind: craft.Number, Bits: 8, Default: length, Doc: "length in units of 8 bytes"}
	s := craft.Spec{Name: name, Families: []craft.Name{"ICMPv6NDOpt"}, Title: "ICMPv6 " + title, Doc: doc, Hooks: craft.Hooks{GuessPayload: ndOption, Validate: notEmpty}}
	if length == 0 {
		size.Computed = &craft.Computation{What: craft.HeaderLength, Unit: 8}
		s.Pad = &craft.Pad{To: 8, Counted: true}
	}
	s.Fields = append([]craft.Field{{Name: "type", Kind: craft.Enum, Bits: 8, Default: kind, Names: ndOptionNames(), Doc: "option type"}, size}, fields...)
	return s
}

// notEmpty notes a length of 0: nobody is to read such a message, RFC 4861, section 4.6.
func notEmpty(l *craft.Layer, _ []byte) error {
	if l.Uint("len") == 0 && l.Note() == "" {
		l.SetNote("malformed: len is 0, the option alone has 8 bytes")
	}
	return nil
}

// linkAddress puts the address into the option's summary.
func linkAddress(s craft.Spec) craft.Spec {
	s.Summary = func(p *craft.Packet, i int) string {
		return p.Layers()[i].Protocol().Title() + " " + p.Layers()[i].Text("lladdr")
	}
	return s
}

const forever = 0xffffffff

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		linkAddress(ndOpt(ICMPv6NDOptSrcLLAddr, 1, 1, "Neighbor Discovery Option - Source Link-Layer Address", "the sender's link-layer address, RFC 4861",
			craft.Field{Name: "lladdr", Kind: craft.Hardware, Bits: 48, Doc: "the address"})),
		linkAddress(ndOpt(ICMPv6NDOptDstLLAddr, 2, 1, "Neighbor Discovery Option - Destination Link-Layer Address", "the target's link-layer address, RFC 4861",
			craft.Field{Name: "lladdr", Kind: craft.Hardware, Bits: 48, Doc: "the address"})),
		ndOpt(ICMPv6NDOptPrefixInfo, 3, 4, "Neighbor Discovery Option - Prefix Information", "a prefix of the link, RFC 4861",
			craft.Field{Name: "prefixlen", Kind: craft.Number, Bits: 8, Default: 64, Doc: "length of the prefix in bits"},
			craft.Field{Name: "L", Kind: craft.Number, Bits: 1, Default: 1, Doc: "addresses of the prefix are on the link"},
			craft.Field{Name: "A", Kind: craft.Number, Bits: 1, Default: 1, Doc: "hosts may make addresses of it by themselves"},
			craft.Field{Name: "R", Kind: craft.Number, Bits: 1, Doc: "prefix is the router's whole address, RFC 6275"},
			craft.Field{Name: "res1", Kind: craft.Number, Bits: 5, Doc: "reserved"},
			craft.Field{Name: "validlifetime", Kind: craft.Number, Bits: 32, Default: forever, Hex: true, Doc: "how long addresses are valid, in seconds; all ones are for ever"},
			craft.Field{Name: "preferredlifetime", Kind: craft.Number, Bits: 32, Default: forever, Hex: true, Doc: "how long they are preferred, in seconds"},
			craft.Field{Name: "res2", Kind: craft.Number, Bits: 32, Hex: true, Doc: "reserved"},
			craft.Field{Name: "prefix", Kind: craft.IPv6Address, Bits: 128, Doc: "the prefix"}),
		ndOpt(ICMPv6NDOptRedirectedHdr, 4, 0, "Neighbor Discovery Option - Redirected Header", "the packet that made a router send a redirect, RFC 4861",
			craft.Field{Name: "res", Kind: craft.Bytes, Bits: 48, Doc: "reserved"},
			craft.Field{Name: "pkt", Kind: craft.Packets, Doc: "the packet, cut to a multiple of 8 bytes", Part: wholePacket()}),
		ndOpt(ICMPv6NDOptMTU, 5, 1, "Neighbor Discovery Option - MTU", "the link's MTU, RFC 4861",
			craft.Field{Name: "res", Kind: craft.Number, Bits: 16, Hex: true, Doc: "reserved"},
			craft.Field{Name: "mtu", Kind: craft.Number, Bits: 32, Default: 1280, Doc: "MTU in bytes"}),
		ndOpt(ICMPv6NDOptShortcutLimit, 6, 1, "Neighbor Discovery Option - NBMA Shortcut Limit", "limit of shortcuts over NBMA links, RFC 2491",
			craft.Field{Name: "shortcutlim", Kind: craft.Number, Bits: 8, Default: 40, Doc: "limit in hops"},
			craft.Field{Name: "res1", Kind: craft.Number, Bits: 8, Doc: "reserved"},
			craft.Field{Name: "res2", Kind: craft.Number, Bits: 32, Doc: "reserved"}),
		ndOpt(ICMPv6NDOptAdvInterval, 7, 1, "Neighbor Discovery - Interval Advertisement", "time between advertisements, RFC 6275",
			craft.Field{Name: "res", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			craft.Field{Name: "advint", Kind: craft.Number, Bits: 32, Doc: "the time in milliseconds"}),
		ndOpt(ICMPv6NDOptHAInfo, 8, 1, "Neighbor Discovery - Home Agent Information", "about a home agent, RFC 6275",
			craft.Field{Name: "res", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			craft.Field{Name: "pref", Kind: craft.Number, Bits: 16, Doc: "preference"},
			craft.Field{Name: "lifetime", Kind: craft.Number, Bits: 16, Default: 1, Doc: "how long it is one, in seconds"}),
		ndOpt(ICMPv6NDOptSrcAddrList, 9, 0, "Inverse Neighbor Discovery Option - Source Address List", "the sender's addresses, RFC 3122", addressList("addrlist")...),
		ndOpt(ICMPv6NDOptTgtAddrList, 10, 0, "Inverse Neighbor Discovery Option - Target Address List", "the target's addresses, RFC 3122", addressList("addrlist")...),
		ndOpt(ICMPv6NDOptIPAddr, 17, 3, "Neighbor Discovery - IP Address Option (FH for MIPv6)", "an address of fast handovers, RFC 5568",
			craft.Field{Name: "optcode", Kind: craft.Enum, Bits: 8, Default: 1, Names: map[uint64]string{1: "Old Care-Of Address", 2: "New Care-Of Address", 3: "NAR's IP address"}, Doc: "whose address"},
			craft.Field{Name: "plen", Kind: craft.Number, Bits: 8, Default: 64, Doc: "length of the prefix in bits"},
			craft.Field{Name: "res", Kind: craft.Number, Bits: 32, Doc: "reserved"},
			craft.Field{Name: "addr", Kind: craft.IPv6Address, Bits: 128, Doc: "the address"}),
		ndOpt(ICMPv6NDOptNewRtrPrefix, 18, 3, "Neighbor Discovery - New Router Prefix Information Option (FH for MIPv6)", "prefix of the new router of fast handovers, RFC 4068",
			craft.Field{Name: "optcode", Kind: craft.Number, Bits: 8, Doc: "option code"},
			craft.Field{Name: "plen", Kind: craft.Number, Bits: 8, Default: 64, Doc: "length of the prefix in bits"},
			craft.Field{Name: "res", Kind: craft.Number, Bits: 32, Doc: "reserved"},
			craft.Field{Name: "prefix", Kind: craft.IPv6Address, Bits: 128, Doc: "the prefix"}),
		ndOpt(ICMPv6NDOptLLA, 19, 1, "Neighbor Discovery - Link-Layer Address (LLA) Option (FH for MIPv6)", "a link-layer address of fast handovers, RFC 5568",
			craft.Field{Name: "optcode", Kind: craft.Number, Bits: 8, Doc: "whose address"},
			craft.Field{Name: "lla", Kind: craft.Hardware, Bits: 48, Doc: "the address"}),
		ndOpt(ICMPv6NDOptMAP, 23, 3, "Neighbor Discovery - MAP Option", "a mobility anchor point, RFC 5380",
			craft.Field{Name: "dist", Kind: craft.Number, Bits: 4, Default: 1, Doc: "distance in hops"},
			craft.Field{Name: "pref", Kind: craft.Number, Bits: 4, Default: 15, Doc: "preference"},
			craft.Field{Name: "R", Kind: craft.Number, Bits: 1, Default: 1, Doc: "a regional care-of address is to be used"},
			craft.Field{Name: "res", Kind: craft.Number, Bits: 7, Doc: "reserved"},
			craft.Field{Name: "validlifetime", Kind: craft.Number, Bits: 32, Default: forever, Doc: "how long it is one, in seconds"},
			craft.Field{Name: "addr", Kind: craft.IPv6Address, Bits: 128, Doc: "its address"}),
		routeSpec(),
		ndOpt(ICMPv6NDOptRDNSS, 25, 0, "Neighbor Discovery Option - Recursive DNS Server Option", "name servers, RFC 8106",
			craft.Field{Name: "res", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			craft.Field{Name: "lifetime", Kind: craft.Number, Bits: 32, Default: forever, Doc: "how long they may be used, in seconds"},
			craft.Field{Name: "dns", Kind: craft.Values, Doc: "their addresses", Item: craft.Item{Kind: craft.IPv6Address}}),
		ndOpt(ICMPv6NDOptEFA, 26, 1, "Neighbor Discovery Option - Expanded Flags Option", "more flags of a router advertisement, RFC 5175",
			craft.Field{Name: "res", Kind: craft.Number, Bits: 48, Doc: "the flags"}),
		becomes(ndOpt(ICMPv6NDOptUnknown, 0, 0, "Neighbor Discovery Option", "an option of neighbour discovery without a table of its own",
			craft.Field{Name: "data", Kind: craft.Bytes, Doc: "the option's data"}), ndOption),
	}
})

func addressList(name string) []craft.Field {
	return []craft.Field{
		{Name: "res", Kind: craft.Bytes, Bits: 48, Doc: "reserved"},
		{Name: name, Kind: craft.Values, Doc: "the addresses", Item: craft.Item{Kind: craft.IPv6Address}},
	}
}

// routeSpec is the table of a route: as much of its prefix as the option's length leaves is on the wire.
func routeSpec() craft.Spec {
	s := ndOpt(ICMPv6NDOptRouteInfo, 24, 0, "Neighbor Discovery Option - Route Information Option", "a route through the router, RFC 4191",
		craft.Field{Name: "plen", Kind: craft.Number, Bits: 8, Doc: "length of the prefix in bits"},
		craft.Field{Name: "res1", Kind: craft.Number, Bits: 3, Doc: "reserved"},
		craft.Field{Name: "prf", Kind: craft.Enum, Bits: 2, Names: preferences(), Doc: "preference among routes"},
		craft.Field{Name: "res2", Kind: craft.Number, Bits: 3, Doc: "reserved"},
		craft.Field{Name: "rtlifetime", Kind: craft.Number, Bits: 32, Default: forever, Doc: "how long the route is valid, in seconds"},
		craft.Field{Name: "prefix", Kind: craft.Text, Doc: "the prefix: an IPv6 address, of which 0, 8 or 16 bytes are on the wire", Part: shortPrefix()})
	s.Summary = func(p *craft.Packet, i int) string {
		l := p.Layers()[i]
		return l.Protocol().Title() + " " + l.Value("prefix").Text() + "/" + l.Text("plen") + " Preference " + l.Text("prf")
	}
	return s
}

// shortPrefix is an address of which only the first bytes may be here; the others are zeros.
var shortPrefix = sync.OnceValue(func() *craft.Part {
	return &craft.Part{
		Encode: func(_ *craft.Layer, v any) ([]byte, error) {
			a, err := netip.ParseAddr(fmt.Sprint(v))
			if err != nil || !a.Is6() {
				return nil, fmt.Errorf("want IPv6 address, got %v", v)
			}
			b := a.As16()
			return b[:], nil
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			if len(b) > 16 {
				return craft.Verbatim(b)
			}
			var whole [16]byte
			copy(whole[:], b)
			return netip.AddrFrom16(whole).String()
		},
		Initial: func(l *craft.Layer) []byte {
			if n := 8*int(l.Uint("len")) - 8; l.IsSet("len") && n > 0 {
				return make([]byte, n)
			}
			return nil
		},
		Wire: func(l *craft.Layer, b []byte) []byte {
			if n := 8*int(l.Uint("len")) - 8; l.IsSet("len") && n < len(b) && !l.AsBytes("prefix") {
				return b[:max(n, 0)]
			}
			return b
		},
	}
})

// wholePacket is a packet that stands inside a field with all of its layers. An option ends at a multiple of 8 bytes: the packet
// is padded to there (RFC 4861, section 4.6), and reads with the Padding that is no part of it.
func wholePacket() *craft.Part {
	return &craft.Part{
		Encode: func(_ *craft.Layer, v any) ([]byte, error) {
			b, err := craft.AppendPackets(nil, v)
			return append(b, make([]byte, -len(b)&7)...), err
		},
		Decode: func(l *craft.Layer, b []byte) any {
			if len(b) == 0 {
				return []*craft.Packet{}
			}
			what := craft.Raw
			if soundIP(b) || soundIPv6(b) {
				what = IPVersion(b)
			}
			return []*craft.Packet{l.Dissect(b, what)}
		},
	}
}
