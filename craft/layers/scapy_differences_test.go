package layers_test

import (
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// apart are protocols that are laid out otherwise than scapy's layers of the same name: random packets have none of them.
var apart = map[craft.Name]string{
	layers.NTPControl:    "the authenticator is a layer of its own; scapy writes a zero byte where there is no data and loses one byte of one",
	layers.NTPPrivate:    "the authenticator is a layer of its own, the data are bytes, and the mode is 7 by default, without which it is no such message",
	layers.NTPExtensions: "the authenticator is a layer of its own",

	"IPv6ExtHdrSegmentRoutingTLVPad1": rfc8754,
	"IPv6ExtHdrSegmentRoutingTLVHMAC": rfc8754,

	"DHCP6OptGeoConf":        geoConf,
	"DHCP6OptGeoConfElement": geoConf,
}

const rfc8754 = "RFC 8754, section 2.1, has them otherwise than scapy, which gives Pad1 a length and counts 48 bytes too many in an HMAC"

const geoConf = "an element's length has one byte (RFC 4776, section 3.3); scapy gives it two, and cannot compute the option's"

// A deviation is where a layer is built otherwise than scapy builds it, on purpose. Random packets are kept clear of it.
type deviation struct {
	layer craft.Name
	why   string
	mend  func(p plan, i int) // takes it out of layer i
	plan  plan                // a packet that is built otherwise: a test says so
}

var deviations = []deviation{
	{
		layer: layers.ARP, why: "an address is an address whatever the types say; in scapy its text is the bytes",
		mend: func(p plan, i int) {
			l := p[i]
			if l.tag("hwsrc") == "address" {
				l.drop("hwtype")
			}
			if s := l.setting("psrc"); s != nil && s.tag == "address" {
				text, _ := s.value.(string)
				l.drop("ptype")
				if strings.Contains(text, ":") {
					l.put("ptype", "number", uint64(0x86dd))
				}
			}
		},
		plan: plan{{layers.ARP, []setting{
			{field: "ptype", tag: "number", value: uint64(0)},
			{field: "hwsrc", tag: "address", value: "02:00:00:00:00:01"},
			{field: "psrc", tag: "address", value: "192.0.2.1"},
		}}},
	},
	{
		layer: layers.ICMP, why: "the domain name messages have no unused word: RFC 1788, sections 3 and 4",
		mend: dropDomainName,
		plan: plan{{layers.ICMP, []setting{{field: "type", tag: "number", value: uint64(37)}}}},
	},
	{
		layer: layers.ICMPerror, why: "the domain name messages have no unused word: RFC 1788, sections 3 and 4",
		mend: dropDomainName,
		plan: plan{{layers.ICMPerror, []setting{{field: "type", tag: "number", value: uint64(38)}}}},
	},
	{
		layer: layers.NTPAuthenticator, why: "a digest has the length of its hash, in scapy always 16 bytes",
		mend: func(p plan, i int) { p[i].put("dgst", "bytes", octets("0123456789abcdef")) },
		plan: plan{{layers.NTPAuthenticator, []setting{{field: "dgst", tag: "bytes", value: octets("01234567890123456789")}}}},
	},
	{
		layer: layers.NTPExtension, why: "the length is computed, and one that is set holds the padding; in scapy it is 0",
		mend: func(p plan, i int) {
			p[i].put("len", "number", uint64(16))
			p[i].put("value", "bytes", octets("0123456789ab"))
		},
		plan: plan{{layers.NTPExtension, nil}},
	},
	{
		layer: layers.IPv6ExtHdrSegmentRoutingTLV, why: "the length is computed; in scapy it is 0",
		mend: func(p plan, i int) {
			if p[i].setting("len") == nil {
				p[i].put("len", "number", uint64(0))
			}
		},
		plan: plan{{layers.IPv6ExtHdrSegmentRoutingTLV, []setting{{field: "type", tag: "number", value: uint64(9)}, {field: "value", tag: "bytes", value: octets("abc")}}}},
	},
	{
		layer: "TCP", why: noIPv6, mend: pinChecksum,
		plan: plan{{layers.IPv6, hosts6}, {layers.TCP, nil}, {layers.IPv6ExtHdrFragment, fragment1}, {layers.TCP, nil}},
	},
	{
		layer: "UDP", why: noIPv6, mend: pinChecksum,
		plan: plan{{layers.IPv6ExtHdrFragment, fragment1}, {layers.UDP, nil}},
	},
	{
		layer: layers.RIPAuth, why: "an authentication of an unknown type has 16 bytes like one with a password; in scapy it has none",
		mend: func(p plan, i int) {
			if v, ok := p[i].number("authtype"); ok && (v < 1 || v > 3) {
				p[i].drop("authtype")
			}
		},
		plan: plan{{layers.RIPAuth, []setting{{field: "authtype", tag: "number", value: uint64(0)}}}},
	},
	{
		layer: layers.VRRPv3, why: "no addresses count as none; in scapy as one",
		mend: func(p plan, i int) {
			if i == 0 || p[i-1].name != layers.IP && p[i-1].name != layers.IPv6 {
				p[i].drop("addrlist") // without IP below, scapy's are bytes
			}
			if p[i].setting("addrlist") == nil {
				p[i].put("ipcount", "number", uint64(0))
			}
			if i > 0 && strings.HasPrefix(string(p[i-1].name), "IPv6ExtHdr") {
				p[i].put("chksum", "number", uint64(1)) // scapy finds no addresses to sum over behind an extension header
			}
		},
		plan: plan{{layers.VRRPv3, nil}},
	},
	{
		layer: layers.ERSPANII, why: "the version of type II is 1; in scapy it is 0 by default",
		mend: func(p plan, i int) { p[i].pin("ver", 1) },
		plan: plan{{layers.ERSPANII, nil}},
	},
	{
		layer: layers.DNSRRMX, why: "the type is MX; in scapy it is SOA by default",
		mend: func(p plan, i int) { p[i].put("type", "number", uint64(15)) },
		plan: plan{{layers.DNSRRMX, nil}},
	},
	{
		layer: layers.DNSRR, why: "explicit data of no bytes are no bytes, as an update's (RFC 2136, section 2.5.2); scapy writes the root's name",
		mend: func(p plan, i int) {
			if p[i].tag("rdata") == "text" && p[i].setting("rdata").value == "" {
				p[i].drop("rdata")
			}
		},
		plan: plan{{layers.DNSRR, []setting{{field: "type", tag: "number", value: uint64(2)}, {field: "rdata", tag: "text", value: ""}}}},
	},
	{
		layer: layers.DNSRR, why: "an empty string in a TXT record is a string, too",
		mend: func(p plan, i int) {
			if p[i].tag("rdata") == "texts" {
				list, _ := p[i].setting("rdata").value.([]any)
				p[i].setting("rdata").value = slices.DeleteFunc(slices.Clone(list), func(v any) bool { return v == "" })
			}
		},
		plan: plan{{layers.DNSRR, []setting{{field: "type", tag: "number", value: uint64(16)}, {field: "rdata", tag: "texts", value: []any{""}}}}},
	},
	{
		layer: layers.DNSRRTSIG, why: lengthsByDefault,
		mend: func(p plan, i int) { p[i].pin("mac_len", 20); p[i].pin("other_len", 0) },
		plan: plan{{layers.DNSRRTSIG, nil}},
	},
	{
		layer: layers.DNSRRNSEC3, why: lengthsByDefault,
		mend: func(p plan, i int) { p[i].pin("saltlength", 0); p[i].pin("hashlength", 0) },
		plan: plan{{layers.DNSRRNSEC3, []setting{{field: "salt", tag: "bytes", value: octets("salt")}}}},
	},
	{
		layer: layers.DNSRRNSEC3PARAM, why: lengthsByDefault,
		mend: func(p plan, i int) { p[i].pin("saltlength", 0) },
		plan: plan{{layers.DNSRRNSEC3PARAM, []setting{{field: "salt", tag: "bytes", value: octets("salt")}}}},
	},
	{
		layer: layers.DNSRRDLV, why: "an explicit type of 0 stays",
		mend: func(p plan, i int) {
			if v, ok := p[i].number("type"); ok && v == 0 {
				p[i].drop("type")
			}
		},
		plan: plan{{layers.DNSRRDLV, []setting{{field: "type", tag: "number", value: uint64(0)}}}},
	},
	homeAddress([]plan{{{layers.HAO, []setting{{field: "hoa", tag: "address", value: "2001:db8::3"}}}}, {{layers.PadN, nil}}}),
	homeAddress([]plan{{{layers.HAO, []setting{{field: "hoa", tag: "address", value: "2001:db8::3"}, {field: "optlen", tag: "number", value: uint64(1)}}}}}),
	alignedOptions("IPv6ExtHdrHopByHop"),
	alignedOptions("IPv6ExtHdrDestOpt"),
	{
		layer: "IPv6ExtHdrSegmentRouting", why: "a single byte of padding is one zero (RFC 8754, section 2.1.1.1); scapy writes three bytes",
		mend: func(p plan, i int) {
			size := 0
			if s := p[i].setting("tlv_objects"); s != nil {
				elements, _ := s.value.([]plan)
				for _, e := range elements {
					wire, err := craft.Build(e.packet(), nil)
					if err != nil {
						return
					}
					size += len(wire)
				}
			}
			if size%8 == 7 {
				p[i].drop("tlv_objects")
			}
		},
		plan: plan{{"IPv6ExtHdrSegmentRouting", []setting{{field: "tlv_objects", tag: "packets", value: []plan{
			{{"IPv6ExtHdrSegmentRoutingTLVPadN", []setting{{field: "padding", tag: "bytes", value: make(octets, 5)}}}}}}}}},
	},
	{
		layer: layers.ICMPv6NDOptUnknown, why: "an option's length counts words of 8 bytes (RFC 4861, section 4.6), and it is filled up to one; scapy counts bytes",
		mend: func(p plan, i int) {
			p[i].put("len", "number", uint64(1))
			p[i].put("data", "bytes", octets("123456"))
		},
		plan: plan{{layers.ICMPv6NDOptUnknown, []setting{{field: "type", tag: "number", value: uint64(99)}}}},
	},
	emptyWord(layers.HTTPRequest, "Path", "Method", "Http_Version"),
	emptyWord(layers.HTTPResponse, "Reason_Phrase", "Status_Code", "Http_Version"),
	paddingInLength(layers.Dot3), paddingInLength(layers.EAPOL),
	{
		layer: layers.PPP, why: "an even number has two bytes, since the last byte of a number is the odd one (RFC 1661, section 2); scapy writes one",
		mend: func(p plan, i int) {
			if v, ok := p[i].number("proto"); ok && v < 256 && v%2 == 0 {
				p[i].drop("proto")
			}
		},
		plan: plan{{layers.PPP, []setting{{field: "proto", tag: "number", value: uint64(2)}}}},
	},
	{
		layer: layers.GeneveOptions, why: "explicit reserved bits stay; scapy writes the length over them",
		mend: func(p plan, i int) { p[i].drop("reserved") },
		plan: plan{{layers.GeneveOptions, []setting{{field: "reserved", tag: "number", value: uint64(1)}}}},
	},
	{
		layer: layers.GRErouting, why: "the length is the same whatever follows; in scapy it is 0 when something does",
		mend: func(p plan, i int) { p[i].pin("SRE_len", 0) },
		plan: plan{{layers.GRErouting, []setting{{field: "routing_info", tag: "bytes", value: octets("a")}}}, {craft.Raw, nil}},
	},
	optionOfFixedLength(layers.PPPLCPAuthProtocolOption, "data", 4),
	optionOfFixedLength(layers.PPPIPCPOptionIPAddress, "garbage", 6), optionOfFixedLength(layers.PPPIPCPOptionDNS1, "garbage", 6), optionOfFixedLength(layers.PPPIPCPOptionDNS2, "garbage", 6),
	optionOfFixedLength(layers.PPPIPCPOptionNBNS1, "garbage", 6), optionOfFixedLength(layers.PPPIPCPOptionNBNS2, "garbage", 6),
	otherByCode(layers.PPPCHAP, 1, 2), otherByCode(layers.PPPPAP, 2, 1, 3),
	{
		layer: layers.ICMPv6NDOptRedirectedHdr, why: "a packet is padded to the end of its option (RFC 4861, section 4.6); scapy cuts it off",
		mend: func(p plan, i int) {
			if s := p[i].setting("pkt"); s != nil {
				if packets, _ := s.value.([]plan); len(packets) != 1 || len(packets[0]) != 1 || packets[0][0].name != layers.IPv6 {
					p[i].drop("pkt")
				}
			}
		},
		plan: plan{{layers.ICMPv6NDOptRedirectedHdr, []setting{{field: "pkt", tag: "packets", value: []plan{{{layers.IP, []setting{
			{field: "src", tag: "address", value: "192.0.2.1"}, {field: "dst", tag: "address", value: "192.0.2.2"}}}}}}}}},
	},
	oneBitTC(layers.LLMNRQuery), oneBitTC(layers.LLMNRResponse), partialFQDN, moreNames, auxDataInWords, offsetOfL2TP,
	announcedQuote(layers.SCTPerror), announcedQuote(layers.IPerror),
	addressOfUnknownType(layers.SCTPChunkParamAddIPAddr),
	addressOfUnknownType(layers.SCTPChunkParamDelIPAddr),
	addressOfUnknownType(layers.SCTPChunkParamSetPrimaryAddr),
	paddingOfTheLast(layers.SCTPChunkInit, 29), paddingOfTheLast(layers.SCTPChunkInitAck, 29), paddingOfTheLast(layers.SCTPChunkHeartbeatReq, 9),
	paddingOfTheLast(layers.SCTPChunkHeartbeatAck, 9), paddingOfTheLast(layers.SCTPChunkAddressConf, 13), paddingOfTheLast(layers.SCTPChunkAddressConfAck, 13),
	jumbogram(layers.IPv6), jumbogram(layers.IPerror6),
	{
		layer: layers.GeneveOptions, why: "an option has whole words (RFC 8926, section 3.5), and is filled up to one; scapy writes the bytes and counts the words before them",
		mend: func(p plan, i int) { p[i].put("data", "bytes", octets("1234")) },
		plan: plan{{layers.GeneveOptions, []setting{{field: "data", tag: "bytes", value: octets("a")}}}},
	},
	{
		layer: layers.EDNS0ClientSubnet, why: "without an address for the family there is none; scapy keeps that of IPv4",
		mend: func(p plan, i int) {
			if v, ok := p[i].number("family"); ok && v != 1 && v != 2 {
				p[i].drop("family")
			}
		},
		plan: plan{{layers.EDNS0ClientSubnet, []setting{{field: "family", tag: "number", value: uint64(8)}}}},
	},
}

// paddingInLength is a protocol whose length counts the padding in scapy.
func paddingInLength(name craft.Name) deviation {
	return deviation{
		layer: name, why: "padding is no payload; this length counts it in scapy",
		mend: func(p plan, i int) {
			if p[len(p)-1].name == craft.Padding {
				p[i].pin("len", 8)
			}
		},
		plan: plan{{name, nil}, {craft.Padding, []setting{{field: "load", tag: "bytes", value: octets("trailer")}}}},
	}
}

func optionOfFixedLength(name craft.Name, rest string, length uint64) deviation {
	return deviation{
		layer: name, why: lengthsByDefault,
		mend: func(p plan, i int) { p[i].pin("len", length) },
		plan: plan{{name, []setting{{field: rest, tag: "bytes", value: octets("a")}}}},
	}
}

// otherByCode is a message that is another one in scapy when it is made with some codes.
func otherByCode(name craft.Name, codes ...uint64) deviation {
	return deviation{
		layer: name, why: "a message has the layout of its name; scapy makes another one of it by its code",
		mend: func(p plan, i int) {
			if v, ok := p[i].number("code"); ok && slices.Contains(codes, v) {
				p[i].drop("code")
			}
		},
		plan: plan{{name, []setting{{field: "code", tag: "number", value: codes[0]}}}},
	}
}

func addressOfUnknownType(name craft.Name) deviation {
	return deviation{
		layer: name, why: "an address is one of IPv4 unless its type says IPv6; in scapy one of any other type has no bytes",
		mend: func(p plan, i int) {
			if v, ok := p[i].number("addr_type"); ok && v != 5 && v != 6 {
				p[i].drop("addr_type")
			}
		},
		plan: plan{{name, []setting{{field: "addr_type", tag: "number", value: uint64(7)}, {field: "correlation_id", tag: "number", value: uint64(1)}}}},
	}
}

const lengthsByDefault = "lengths are computed; in scapy they have defaults"

const noIPv6 = "an extension header without IPv6 below it has no addresses to sum over, and so there is no checksum"

var (
	fragment1 = []setting{{field: "id", tag: "number", value: uint64(1)}}
	hosts6    = []setting{{field: "src", tag: "address", value: "2001:db8::1"}, {field: "dst", tag: "address", value: "2001:db8::2"}}
)

// pinChecksum sets the checksum of a transport that stands on extension headers only.
func pinChecksum(p plan, i int) {
	k := i - 1
	for k >= 0 && strings.HasPrefix(string(p[k].name), "IPv6ExtHdr") {
		k--
	}
	if k < i-1 && (k < 0 || p[k].name != layers.IPv6 && p[k].name != layers.IPerror6) {
		p[i].put("chksum", "number", uint64(1))
	}
}

// pinICMPv6 sets the checksum of a message that no IPv6 carries: scapy sums it with the addresses of whatever IPv6 is
// anywhere below.
func (p plan) pinICMPv6(i int) {
	k := i - 1
	for k >= 0 && strings.HasPrefix(string(p[k].name), "IPv6ExtHdr") {
		k--
	}
	if k >= 0 && p[k].name != layers.IPv6 && p[k].name != layers.IPerror6 {
		p[i].put("cksum", "number", uint64(1))
	}
}

// dropDomainName leaves out the types of the messages of RFC 1788.
func dropDomainName(p plan, i int) {
	l := p[i]
	if v, _ := l.number("type"); v == 37 || v == 38 {
		l.settings = slices.DeleteFunc(l.settings, func(s setting) bool { return !s.needed && s.field != "code" && s.field != "chksum" })
	}
}

// setting is what a layer sets a field to; nil when it leaves it alone.
func (l *layerPlan) setting(field string) *setting {
	i := slices.IndexFunc(l.settings, func(s setting) bool { return s.field == field })
	if i < 0 {
		return nil
	}
	return &l.settings[i]
}

func (l *layerPlan) tag(field string) string {
	if s := l.setting(field); s != nil {
		return s.tag
	}
	return ""
}

func (l *layerPlan) number(field string) (uint64, bool) {
	if s := l.setting(field); s != nil {
		n, ok := s.value.(uint64)
		return n, ok
	}
	return 0, false
}

// drop leaves a field alone.
func (l *layerPlan) drop(field string) {
	l.settings = slices.DeleteFunc(l.settings, func(s setting) bool { return s.field == field })
}

// pin sets a number unless it is set.
func (l *layerPlan) pin(field string, n uint64) {
	if l.setting(field) == nil {
		l.put(field, "number", n)
	}
}

// put sets a field, whether it was set or not. What decides which others there are comes first.
func (l *layerPlan) put(field, tag string, value any) {
	l.drop(field)
	at := len(l.settings)
	if slices.Contains(craft.Lookup(l.name).ShapeFields(), field) {
		at = 0
	}
	l.settings = slices.Insert(l.settings, at, setting{field: field, tag: tag, value: value, needed: true})
}

// scapyEnds are protocols above which scapy leaves everything out of the packet.
var scapyEnds = []craft.Name{layers.VRRP, layers.VRRPv3}

// mend keeps a packet clear of what is built otherwise on purpose.
func (p plan) mend() plan {
	for i, l := range p {
		if strings.HasPrefix(string(l.name), "ICMPv6") && l.tag("cksum") == "" && craft.Lookup(l.name).Has("cksum") {
			p.pinICMPv6(i)
		}
	}
	if i := slices.IndexFunc(p, func(l *layerPlan) bool { return slices.Contains(scapyEnds, l.name) }); i >= 0 {
		p = p[:i+1]
	}
	for i, l := range p {
		p.mendQuote(i)
		for _, s := range l.settings {
			elements, _ := s.value.([]plan)
			for _, e := range elements {
				e.mend()
			}
		}
		for _, d := range slices.Concat(deviations, linkDeviations) {
			if d.layer == l.name {
				d.mend(p, i)
			}
		}
	}
	return p
}

// clear reports whether a packet is clear of what is built otherwise on purpose.
func (p plan) clear() bool { return p.clone().mend().String() == p.String() }

// mendQuote puts bytes below a quote that stands on something else than an error or a quote: scapy's quotes mean what they
// quote on some protocols and nothing on others.
func (p plan) mendQuote(i int) {
	if i == 0 || !isQuote(p[i].name) || isQuote(p[i-1].name) || p[i-1].name == layers.ICMP {
		return
	}
	p[i-1] = &layerPlan{craft.Raw, []setting{{field: "load", tag: "bytes", value: octets("a quote:")}}}
}

func isQuote(name craft.Name) bool {
	return strings.HasSuffix(string(name), "error") || strings.HasSuffix(string(name), "error6")
}
