package craft

import (
	"fmt"
	"net/netip"
)

// Options of neighbour discovery: each begins with its type and its length in units of 8 bytes.
const (
	// ICMPv6NDOptSrcLLAddr is the sender's link-layer address, RFC 4861.
	ICMPv6NDOptSrcLLAddr Name = "ICMPv6NDOptSrcLLAddr"
	// ICMPv6NDOptDstLLAddr is the target's link-layer address, RFC 4861.
	ICMPv6NDOptDstLLAddr Name = "ICMPv6NDOptDstLLAddr"
	// ICMPv6NDOptPrefixInfo is a prefix of the link, RFC 4861.
	ICMPv6NDOptPrefixInfo Name = "ICMPv6NDOptPrefixInfo"
	// ICMPv6NDOptRedirectedHdr is the packet that made a router send a redirect, RFC 4861.
	ICMPv6NDOptRedirectedHdr Name = "ICMPv6NDOptRedirectedHdr"
	// ICMPv6NDOptMTU is the link's MTU, RFC 4861.
	ICMPv6NDOptMTU Name = "ICMPv6NDOptMTU"
	// ICMPv6NDOptShortcutLimit limits shortcuts over NBMA links, RFC 2491.
	ICMPv6NDOptShortcutLimit Name = "ICMPv6NDOptShortcutLimit"
	// ICMPv6NDOptAdvInterval is the time between advertisements, RFC 6275.
	ICMPv6NDOptAdvInterval Name = "ICMPv6NDOptAdvInterval"
	// ICMPv6NDOptHAInfo is about a home agent, RFC 6275.
	ICMPv6NDOptHAInfo Name = "ICMPv6NDOptHAInfo"
	// ICMPv6NDOptSrcAddrList are the sender's addresses, RFC 3122.
	ICMPv6NDOptSrcAddrList Name = "ICMPv6NDOptSrcAddrList"
	// ICMPv6NDOptTgtAddrList are the target's addresses, RFC 3122.
	ICMPv6NDOptTgtAddrList Name = "ICMPv6NDOptTgtAddrList"
	// ICMPv6NDOptIPAddr is an address or prefix, RFC 5568.
	ICMPv6NDOptIPAddr Name = "ICMPv6NDOptIPAddr"
	// ICMPv6NDOptNewRtrPrefix is a prefix of the new router, RFC 4068.
	ICMPv6NDOptNewRtrPrefix Name = "ICMPv6NDOptNewRtrPrefix"
	// ICMPv6NDOptLLA is a link-layer address, RFC 5568.
	ICMPv6NDOptLLA Name = "ICMPv6NDOptLLA"
	// ICMPv6NDOptMAP is a mobility anchor point, RFC 5380.
	ICMPv6NDOptMAP Name = "ICMPv6NDOptMAP"
	// ICMPv6NDOptRouteInfo is a route through the router, RFC 4191.
	ICMPv6NDOptRouteInfo Name = "ICMPv6NDOptRouteInfo"
	// ICMPv6NDOptRDNSS are name servers, RFC 8106.
	ICMPv6NDOptRDNSS Name = "ICMPv6NDOptRDNSS"
	// ICMPv6NDOptEFA are more flags of an advertisement, RFC 5175.
	ICMPv6NDOptEFA Name = "ICMPv6NDOptEFA"
	// ICMPv6NDOptUnknown is an option that has no table of its own.
	ICMPv6NDOptUnknown Name = "ICMPv6NDOptUnknown"
)

// ndOptions are the options by type.
var ndOptions = map[byte]Name{
	1: ICMPv6NDOptSrcLLAddr, 2: ICMPv6NDOptDstLLAddr, 3: ICMPv6NDOptPrefixInfo, 4: ICMPv6NDOptRedirectedHdr, 5: ICMPv6NDOptMTU,
	6: ICMPv6NDOptShortcutLimit, 7: ICMPv6NDOptAdvInterval, 8: ICMPv6NDOptHAInfo, 9: ICMPv6NDOptSrcAddrList, 10: ICMPv6NDOptTgtAddrList,
	17: ICMPv6NDOptIPAddr, 18: ICMPv6NDOptNewRtrPrefix, 19: ICMPv6NDOptLLA, 23: ICMPv6NDOptMAP, 24: ICMPv6NDOptRouteInfo,
	25: ICMPv6NDOptRDNSS, 26: ICMPv6NDOptEFA, dnsslType: ICMPv6NDOptDNSSL,
}

var ndOptionNames = map[uint64]string{
	1: "Source Link-Layer Address", 2: "Target Link-Layer Address", 3: "Prefix Information", 4: "Redirected Header", 5: "MTU",
	6: "NBMA Shortcut Limit Option", 7: "Advertisement Interval Option", 8: "Home Agent Information Option", 9: "Source Address List",
	10: "Target Address List", 11: "CGA Option", 12: "RSA Signature Option", 13: "Timestamp Option", 14: "Nonce option",
	15: "Trust Anchor Option", 16: "Certificate Option", 17: "IP Address Option", 18: "New Router Prefix Information Option",
	19: "Link-layer Address Option", 20: "Neighbor Advertisement Acknowledgement Option", 21: "CARD Request Option",
	22: "CARD Reply Option", 23: "MAP Option", 24: "Route Information Option", 25: "Recursive DNS Server Option",
	26: "IPv6 Router Advertisement Flags Option", 31: "DNS Search List Option",
}

// ndOption names the option that a payload begins with. Options of a fixed layout are read as their type says whatever
// their length tells, as in scapy; one that nobody knows has nothing but its length.
func ndOption(_ *Layer, payload []byte) Name {
	if len(payload) == 0 {
		return ""
	}
	if name, ok := ndOptions[payload[0]]; ok {
		return name
	}
	if len(payload) > 1 && payload[1] > 0 && 8*int(payload[1]) <= len(payload) {
		return ICMPv6NDOptUnknown
	}
	return Raw
}

// ndOpt is the table of an option of a fixed length, in units of 8 bytes, or of a computed one when that is 0.
func ndOpt(name Name, kind, length uint64, title, doc string, fields ...Field) Spec {
	size := Field{Name: "len", Kind: Number, Bits: 8, Default: length, Doc: "length in units of 8 bytes"}
	s := Spec{Name: name, Title: "ICMPv6 " + title, Doc: doc, Hooks: Hooks{GuessPayload: ndOption}}
	if length == 0 {
		size.Auto = AutoDerived
		s.Derive = func(_ *Builder, _ int, hdr, _ []byte, _ uint64) error {
			n := (len(hdr) + 7) / 8
			if n > 255 {
				return fmt.Errorf("%s.len: want an option of at most 2040 bytes, got %d: set len yourself to send it", name, len(hdr))
			}
			hdr[1] = byte(n)
			return nil
		}
	}
	s.Fields = append([]Field{{Name: "type", Kind: Enum, Bits: 8, Default: kind, Names: ndOptionNames, Doc: "option type"}, size}, fields...)
	return s
}

// restOfOption is how much of an option its length leaves after the first bytes.
func restOfOption(before int) func(l *Layer, rest []byte) (int, error) {
	return func(l *Layer, _ []byte) (int, error) { return 8*int(l.Uint("len")) - before, nil }
}

// linkAddress makes the option's summary tell the address.
func linkAddress(s Spec) Spec {
	s.Summary = func(p *Packet, i int) string {
		return p.Layers()[i].Protocol().Title() + " " + p.Layers()[i].Text("lladdr")
	}
	return s
}

const forever = 0xffffffff

var (
	_ = Define(linkAddress(ndOpt(ICMPv6NDOptSrcLLAddr, 1, 1, "Neighbor Discovery Option - Source Link-Layer Address", "the sender's link-layer address, RFC 4861",
		Field{Name: "lladdr", Kind: Hardware, Bits: 48, Doc: "the address"})))
	_ = Define(linkAddress(ndOpt(ICMPv6NDOptDstLLAddr, 2, 1, "Neighbor Discovery Option - Destination Link-Layer Address", "the target's link-layer address, RFC 4861",
		Field{Name: "lladdr", Kind: Hardware, Bits: 48, Doc: "the address"})))
	_ = Define(ndOpt(ICMPv6NDOptPrefixInfo, 3, 4, "Neighbor Discovery Option - Prefix Information", "a prefix of the link, RFC 4861",
		Field{Name: "prefixlen", Kind: Number, Bits: 8, Default: 64, Doc: "length of the prefix in bits"},
		Field{Name: "L", Kind: Number, Bits: 1, Default: 1, Doc: "addresses of the prefix are on the link"},
		Field{Name: "A", Kind: Number, Bits: 1, Default: 1, Doc: "hosts may make addresses of it by themselves"},
		Field{Name: "R", Kind: Number, Bits: 1, Doc: "prefix is the router's whole address, RFC 6275"},
		Field{Name: "res1", Kind: Number, Bits: 5, Doc: "reserved"},
		Field{Name: "validlifetime", Kind: Number, Bits: 32, Default: forever, Hex: true, Doc: "how long addresses are valid, in seconds; all ones are for ever"},
		Field{Name: "preferredlifetime", Kind: Number, Bits: 32, Default: forever, Hex: true, Doc: "how long they are preferred, in seconds"},
		Field{Name: "res2", Kind: Number, Bits: 32, Hex: true, Doc: "reserved"},
		Field{Name: "prefix", Kind: IPv6Address, Bits: 128, Doc: "the prefix"}))
	_ = Define(ndOpt(ICMPv6NDOptRedirectedHdr, 4, 0, "Neighbor Discovery Option - Redirected Header", "the packet that made a router send a redirect, RFC 4861",
		Field{Name: "res", Kind: Bytes, Bits: 48, Doc: "reserved"},
		Field{Name: "pkt", Kind: Packets, Doc: "the packet, cut to a multiple of 8 bytes", Part: wholePacket()}))
	_ = Define(ndOpt(ICMPv6NDOptMTU, 5, 1, "Neighbor Discovery Option - MTU", "the link's MTU, RFC 4861",
		Field{Name: "res", Kind: Number, Bits: 16, Hex: true, Doc: "reserved"},
		Field{Name: "mtu", Kind: Number, Bits: 32, Default: 1280, Doc: "MTU in bytes"}))
	_ = Define(ndOpt(ICMPv6NDOptShortcutLimit, 6, 1, "Neighbor Discovery Option - NBMA Shortcut Limit", "limit of shortcuts over NBMA links, RFC 2491",
		Field{Name: "shortcutlim", Kind: Number, Bits: 8, Default: 40, Doc: "limit in hops"},
		Field{Name: "res1", Kind: Number, Bits: 8, Doc: "reserved"},
		Field{Name: "res2", Kind: Number, Bits: 32, Doc: "reserved"}))
	_ = Define(ndOpt(ICMPv6NDOptAdvInterval, 7, 1, "Neighbor Discovery - Interval Advertisement", "time between advertisements, RFC 6275",
		Field{Name: "res", Kind: Number, Bits: 16, Doc: "reserved"},
		Field{Name: "advint", Kind: Number, Bits: 32, Doc: "the time in milliseconds"}))
	_ = Define(ndOpt(ICMPv6NDOptHAInfo, 8, 1, "Neighbor Discovery - Home Agent Information", "about a home agent, RFC 6275",
		Field{Name: "res", Kind: Number, Bits: 16, Doc: "reserved"},
		Field{Name: "pref", Kind: Number, Bits: 16, Doc: "preference"},
		Field{Name: "lifetime", Kind: Number, Bits: 16, Default: 1, Doc: "how long it is one, in seconds"}))
	_ = Define(ndOpt(ICMPv6NDOptSrcAddrList, 9, 0, "Inverse Neighbor Discovery Option - Source Address List", "the sender's addresses, RFC 3122", addressList("addrlist")...))
	_ = Define(ndOpt(ICMPv6NDOptTgtAddrList, 10, 0, "Inverse Neighbor Discovery Option - Target Address List", "the target's addresses, RFC 3122", addressList("addrlist")...))
	_ = Define(ndOpt(ICMPv6NDOptIPAddr, 17, 3, "Neighbor Discovery - IP Address Option (FH for MIPv6)", "an address of fast handovers, RFC 5568",
		Field{Name: "optcode", Kind: Enum, Bits: 8, Default: 1, Names: map[uint64]string{1: "Old Care-Of Address", 2: "New Care-Of Address", 3: "NAR's IP address"}, Doc: "whose address"},
		Field{Name: "plen", Kind: Number, Bits: 8, Default: 64, Doc: "length of the prefix in bits"},
		Field{Name: "res", Kind: Number, Bits: 32, Doc: "reserved"},
		Field{Name: "addr", Kind: IPv6Address, Bits: 128, Doc: "the address"}))
	_ = Define(ndOpt(ICMPv6NDOptNewRtrPrefix, 18, 3, "Neighbor Discovery - New Router Prefix Information Option (FH for MIPv6)", "prefix of the new router of fast handovers, RFC 4068",
		Field{Name: "optcode", Kind: Number, Bits: 8, Doc: "option code"},
		Field{Name: "plen", Kind: Number, Bits: 8, Default: 64, Doc: "length of the prefix in bits"},
		Field{Name: "res", Kind: Number, Bits: 32, Doc: "reserved"},
		Field{Name: "prefix", Kind: IPv6Address, Bits: 128, Doc: "the prefix"}))
	_ = Define(ndOpt(ICMPv6NDOptLLA, 19, 1, "Neighbor Discovery - Link-Layer Address (LLA) Option (FH for MIPv6)", "a link-layer address of fast handovers, RFC 5568",
		Field{Name: "optcode", Kind: Number, Bits: 8, Doc: "whose address"},
		Field{Name: "lla", Kind: Hardware, Bits: 48, Doc: "the address"}))
	_ = Define(ndOpt(ICMPv6NDOptMAP, 23, 3, "Neighbor Discovery - MAP Option", "a mobility anchor point, RFC 5380",
		Field{Name: "dist", Kind: Number, Bits: 4, Default: 1, Doc: "distance in hops"},
		Field{Name: "pref", Kind: Number, Bits: 4, Default: 15, Doc: "preference"},
		Field{Name: "R", Kind: Number, Bits: 1, Default: 1, Doc: "a regional care-of address is to be used"},
		Field{Name: "res", Kind: Number, Bits: 7, Doc: "reserved"},
		Field{Name: "validlifetime", Kind: Number, Bits: 32, Default: forever, Doc: "how long it is one, in seconds"},
		Field{Name: "addr", Kind: IPv6Address, Bits: 128, Doc: "its address"}))
	_ = Define(routeSpec())
	_ = Define(ndOpt(ICMPv6NDOptRDNSS, 25, 0, "Neighbor Discovery Option - Recursive DNS Server Option", "name servers, RFC 8106",
		Field{Name: "res", Kind: Number, Bits: 16, Doc: "reserved"},
		Field{Name: "lifetime", Kind: Number, Bits: 32, Default: forever, Doc: "how long they may be used, in seconds"},
		Field{Name: "dns", Kind: Values, Doc: "their addresses", Part: ItemList(Item{16, IPv6Address}, restOfOption(8))}))
	_ = Define(ndOpt(ICMPv6NDOptEFA, 26, 1, "Neighbor Discovery Option - Expanded Flags Option", "more flags of a router advertisement, RFC 5175",
		Field{Name: "res", Kind: Number, Bits: 48, Doc: "the flags"}))
	_ = Define(ndOpt(ICMPv6NDOptUnknown, 0, 0, "Neighbor Discovery Option", "an option of neighbour discovery without a table of its own",
		Field{Name: "data", Kind: Bytes, Doc: "the option's data", Part: byUnits}))
)

// byUnits is the rest of an option as bytes. Building pads it to a multiple of 8 with zeros, where nobody set the length.
var byUnits = &Part{
	Length: restOfOption(2),
	Wire: func(l *Layer, b []byte) []byte {
		if n := -(2 + len(b)) & 7; n > 0 && !l.IsSet("len") {
			return append(b[:len(b):len(b)], make([]byte, n)...)
		}
		return b
	},
}

func addressList(name string) []Field {
	return []Field{
		{Name: "res", Kind: Bytes, Bits: 48, Doc: "reserved"},
		{Name: name, Kind: Values, Doc: "the addresses", Part: ItemList(Item{16, IPv6Address}, restOfOption(8))},
	}
}

// routeSpec is the table of a route: as much of its prefix as the option's length leaves is on the wire.
func routeSpec() Spec {
	s := ndOpt(ICMPv6NDOptRouteInfo, 24, 0, "Neighbor Discovery Option - Route Information Option", "a route through the router, RFC 4191",
		Field{Name: "plen", Kind: Number, Bits: 8, Doc: "length of the prefix in bits"},
		Field{Name: "res1", Kind: Number, Bits: 3, Doc: "reserved"},
		Field{Name: "prf", Kind: Enum, Bits: 2, Names: preferences, Doc: "preference among routes"},
		Field{Name: "res2", Kind: Number, Bits: 3, Doc: "reserved"},
		Field{Name: "rtlifetime", Kind: Number, Bits: 32, Default: forever, Doc: "how long the route is valid, in seconds"},
		Field{Name: "prefix", Kind: Text, Doc: "the prefix: an IPv6 address, of which 0, 8 or 16 bytes are on the wire", Part: shortPrefix})
	s.Summary = func(p *Packet, i int) string {
		l := p.Layers()[i]
		return l.Protocol().Title() + " " + l.Value("prefix").Text() + "/" + l.Text("plen") + " Preference " + l.Text("prf")
	}
	return s
}

// shortPrefix is an address of which only the first bytes may be here; the others are zeros.
var shortPrefix = &Part{
	Length: restOfOption(8),
	Encode: func(_ *Layer, v any) ([]byte, error) {
		a, err := netip.ParseAddr(fmt.Sprint(v))
		if err != nil || !a.Is6() {
			return nil, fmt.Errorf("want IPv6 address, got %v", v)
		}
		b := a.As16()
		return b[:], nil
	},
	Decode: func(_ *Layer, b []byte) any {
		if len(b) > 16 {
			return Verbatim(b)
		}
		var whole [16]byte
		copy(whole[:], b)
		return netip.AddrFrom16(whole).String()
	},
	Initial: func(l *Layer) []byte {
		if n := 8*int(l.Uint("len")) - 8; l.IsSet("len") && n > 0 {
			return make([]byte, n)
		}
		return nil
	},
	Wire: func(l *Layer, b []byte) []byte {
		if n := 8*int(l.Uint("len")) - 8; l.IsSet("len") && n < len(b) {
			return b[:max(n, 0)]
		}
		return b
	},
}

// wholePacket is a packet that stands inside a field with all of its layers.
func wholePacket() *Part {
	return &Part{
		Length: restOfOption(8),
		Encode: func(_ *Layer, v any) ([]byte, error) {
			b, err := AppendPackets(nil, v)
			return b[:len(b)&^7], err
		},
		Decode: func(l *Layer, b []byte) any {
			if len(b) == 0 {
				return []*Packet{}
			}
			return []*Packet{l.Dissect(b, IPVersion(b))}
		},
	}
}
