package layers_test

import (
	"bytes"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// A readDifference is where bytes are read otherwise than scapy reads them, on purpose.
type readDifference struct {
	why    string
	ends   bool // what follows in the packet is read otherwise too
	covers func(r *reading, m mismatch) bool
}

var readDifferences = []readDifference{
	{
		why: "a header of which no field is whole is Raw, with a note; scapy makes a layer of part of a field", ends: true,
		covers: func(r *reading, m mismatch) bool {
			got, want := r.got(m.layer), r.want(m.layer)
			return got != nil && want != nil && got.Name() == craft.Raw && strings.HasPrefix(got.Note(), "truncated: "+string(want.name)+" header")
		},
	},
	{
		why: "of a header that is not as it should be, what has a variable length is kept as it is, and part of a field is none", ends: true,
		covers: func(r *reading, m mismatch) bool {
			got := r.got(m.layer)
			if got == nil || got.Note() == "" {
				return false
			}
			layer, field, ok := strings.Cut(m.field, ".")
			if !ok {
				return true
			}
			i := slices.IndexFunc(got.Protocol().Fields(), func(f craft.Field) bool { return f.Name == field })
			return string(got.Name()) != layer || i < 0 || got.Protocol().Fields()[i].Bits == 0 || !got.Has(field)
		},
	},
	{
		why: "scapy has protocols that are not here", ends: true,
		covers: func(r *reading, m mismatch) bool {
			want := r.want(m.layer)
			return want != nil && craft.Lookup(want.name) == nil && !strings.Contains(m.field, ".")
		},
	},
	{
		why: "scapy gives up on a layer with an exception where there is something to be read", ends: true,
		covers: func(r *reading, m mismatch) bool {
			want := r.want(m.layer)
			return r.gaveUp != "" && want != nil && (want.name == craft.Raw || want.name == craft.Padding) && m.layer > 0
		},
	},
	{
		why: "gopacket reads protocols that are not scapy's", ends: true,
		covers: func(r *reading, m mismatch) bool {
			got := r.got(m.layer)
			return got != nil && craft.Lookup(got.Name()) == nil
		},
	},
	{
		why: "another layer than scapy's: see otherLayers", ends: true,
		covers: func(r *reading, m mismatch) bool {
			if strings.Contains(m.field, ".") {
				return false
			}
			name := [3]string{"", "nothing", "nothing"}
			if below := r.got(m.layer - 1); below != nil {
				name[0] = string(below.Name())
			}
			if got := r.got(m.layer); got != nil {
				name[1] = string(got.Name())
			}
			if want := r.want(m.layer); want != nil {
				name[2] = string(want.name)
			}
			return slices.ContainsFunc(otherLayers, func(o otherLayer) bool {
				return matches(o.below, name[0]) && matches(o.got, name[1]) && matches(o.want, name[2])
			})
		},
	},
	{
		why: "a field that is read otherwise: see otherFields", ends: true,
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(otherFields, func(o otherField) bool {
				return matches(o.field, m.field) && (o.when == nil || o.when(r, r.got(m.layer)))
			})
		},
	},
	{
		why: "a quote may be cut short, so the lengths in it count nothing; and what it carries behind the transport is bytes", ends: true,
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.layers[:min(m.layer, len(r.layers))], func(l *craft.Layer) bool { return isQuote(l.Name()) })
		},
	},
	{
		why: "what cannot be read as its field promises is bytes", ends: true,
		covers: func(r *reading, m mismatch) bool {
			_, field, _ := strings.Cut(m.field, ".")
			got := r.got(m.layer)
			if got == nil || !got.Has(field) {
				return false
			}
			v, err := got.Get(field)
			_, whole := v.Decoded().(craft.Verbatim)
			return err == nil && (whole || slices.ContainsFunc(v.List(), isVerbatim) || slices.ContainsFunc(r.elements(m), holdsVerbatim))
		},
	},
	{
		why: offsetInBytes, ends: true,
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.layers[:min(m.layer, len(r.layers))], func(l *craft.Layer) bool { return l.Name() == layers.L2TP && l.Has("offset") })
		},
	},
	{
		why: "the lengths of PPPoE, L2TP and PPTP end the payload", ends: true,
		covers: func(r *reading, m mismatch) bool {
			n := len(r.layers)
			return n > 0 && r.layers[n-1].Name() == craft.Padding && slices.ContainsFunc(r.layers[:min(m.layer, n)], func(l *craft.Layer) bool {
				return l.Has("sessionid") || l.Name() == layers.L2TP || l.Name() == layers.GREPPTP
			})
		},
	},
	{
		why: "a chunk of SCTP ends where its length says, and its padding is no more than three bytes behind it", ends: true,
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.layers[:min(m.layer+1, len(r.layers))], func(l *craft.Layer) bool {
				return strings.HasPrefix(string(l.Name()), "SCTPChunk") && l.Uint("len")%4 != 0
			})
		},
	},
	{
		why: "a packet has 64 layers at most", ends: true,
		covers: func(_ *reading, m mismatch) bool { return m.layer >= 64 },
	},
	{
		why: "IPv6 without a length, and with options, may be a jumbogram: all that is there is its payload", ends: true,
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.layers[:min(m.layer, len(r.layers))], func(l *craft.Layer) bool {
				return l.Name() == layers.IPv6 && l.Uint("plen") == 0 && l.Uint("nh") == 0
			})
		},
	},
	{
		why: "the root's name is written as a dot, wherever it stands",
		covers: func(r *reading, m mismatch) bool {
			_, field, _ := strings.Cut(m.field, ".")
			return r.got(m.layer).Text(field) == `"."` || slices.ContainsFunc(r.elements(m), func(l *craft.Layer) bool {
				return slices.ContainsFunc(l.Fields(), func(field string) bool {
					return l.Text(field) == `"."` || l.Text(field) == "."
				})
			})
		},
	},
	{
		why: "a UDP length of 0 is a jumbogram's (RFC 2675): what follows is its payload; scapy counts back from the end", ends: true,
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.layers[:min(m.layer, len(r.layers))], func(l *craft.Layer) bool { return l.Name() == layers.UDP && l.Uint("len") == 0 })
		},
	},
	{
		why: "a fragment other than the first does not begin with a header", ends: true,
		covers: func(r *reading, m mismatch) bool {
			got, below := r.got(m.layer), r.got(m.layer-1)
			return got != nil && got.Name() == craft.Raw && below != nil && (below.Uint("frag") != 0 || below.Uint("offset") != 0)
		},
	},
	{
		why: "where both ports announce something, the destination's goes first; in scapy the protocol that was bound first", ends: true,
		covers: func(r *reading, m mismatch) bool {
			got, want, below := r.got(m.layer), r.want(m.layer), r.got(m.layer-1)
			return got != nil && want != nil && below != nil && below.Has("dport") && got.Name() != craft.Raw && want.name != craft.Raw && got.Name() != want.name
		},
	},
	{
		why: "options are taken by their lengths, up to the end of the header; scapy takes some by the layout that their kind has, and stops at an end of list",
		covers: func(r *reading, m mismatch) bool {
			layer, field, _ := strings.Cut(m.field, ".")
			if field != "options" || craft.Lookup(craft.Name(layer)) == nil || craft.Lookup(craft.Name(layer)).Kind(field) != craft.Options {
				return false
			}
			got := r.got(m.layer)
			v, err := got.Get(field)
			for i, o := range v.Options() {
				_, ok := got.Protocol().OptionValues(o)
				odd := !ok && (o.Kind < 0 || got.Protocol().OptionName(o) != "") || got.Protocol().Name() != layers.TCP && sameNumber(got.Protocol(), o)
				behind := i > 0 && o.Kind != 0 && v.Options()[i-1].Kind == 0
				if odd || behind {
					return true
				}
			}
			return err != nil
		},
	},
	{
		why:    "ARP's addresses are what their lengths say, whatever the types are; in scapy they are bytes where the types are others",
		covers: func(r *reading, m mismatch) bool { return strings.HasPrefix(m.field, "ARP.") && sameBytes(r, m) },
	},
	{
		why: "later versions of scapy have layers for these records and options, too",
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.elements(m), func(l *craft.Layer) bool {
				return slices.Contains(younger, l.Name())
			})
		},
	},
	{
		why: "where no bytes are left there is nothing; scapy makes a layer without fields",
		covers: func(r *reading, m mismatch) bool {
			want := r.want(m.layer)
			_, field, ok := strings.Cut(m.field, ".")
			if want == nil || !ok {
				return want != nil && len(want.fields) == 0
			}
			return holdsNothing(want.fields[field])
		},
	},
	{
		why: "the addresses of a segment routing header end where it ends", ends: true,
		covers: func(r *reading, m mismatch) bool {
			l := r.got(m.layer)
			return m.field == "IPv6ExtHdrSegmentRouting.addresses" && 2*(l.Uint("lastentry")+1) > l.Uint("len")
		},
	},
	{
		why: "VRRP without authentication data leaves bytes that are too few for it alone", ends: true,
		covers: func(r *reading, m mismatch) bool {
			return m.field == "VRRP.auth1" && !r.got(m.layer).Has("auth1")
		},
	},
	{
		why: "what cannot be read in a list of layers is bytes up to the end of the list",
		covers: func(r *reading, m mismatch) bool {
			return slices.ContainsFunc(r.elements(m), broken)
		},
	},
}

// An otherLayer is where a layer is read otherwise, by the names of the layer below, of this one here and in scapy; a *
// stands for anything.
type otherLayer struct{ below, got, want, why string }

const portAlone = "a port alone is no protocol: a message has to begin like one"

var otherLayers = []otherLayer{
	{"", "ICMPv6NDOpt*", "ICMPv6NDOptUnknown", "bytes are the message that they hold, whatever they are said to be"},
	{"", "DHCP6_*", "DHCP6", "bytes are the message that they hold, whatever they are said to be"},
	{"", "DHCP6Opt*", "DHCP6OptUnknown", "bytes are the message that they hold, whatever they are said to be"},
	{"", "TLS_Ext_*", "TLS_Ext_Unknown", "bytes are the message that they hold, whatever they are said to be"},
	{"", "VRRPv3", "VRRP", "a message of a version that nobody defined stays what it is said to be"},
	{"", "ICMPv6*", "ICMPv6Unknown", "bytes are the message that they hold, whatever they are said to be"},
	{"", "NTPPrivate", "NTP", "bytes are the message that they hold; NTPHeader is NTP here"},
	{"", "NTPControl", "NTP", "bytes are the message that they hold; NTPHeader is NTP here"},
	{"RIPAuth", "RIPAuth", "RIPEntry", "what follows an authentication entry may be another one"},
	{"RIP*", "Raw", "RIP*", "fewer bytes than an entry has are none"},
	{"*", "ICMPv6Unknown", "Raw", "a message of a type that nobody knows has its head"},
	{"*", "ICMPv6NDOptUnknown", "Raw", "an option of a type that nobody knows has its length"},
	{"*", "DHCP6*", "Raw", "DHCPv6 is read from either of its ports, and messages of unknown types too"},
	{"DHCP6*", "DHCP6OptUnknown", "DHCP6Opt*", lengthOfAnother},
	{"ICMPv6ND*", "ICMPv6NDOptUnknown", "ICMPv6NDOpt*", lengthOfAnother},
	{"DHCP6*", "DHCP6Opt*", "Padding", "options follow options that have some in them"},
	{"IPv6*", "ICMP", "Raw", "a protocol number means the same in both versions of IP"},
	{"IPerror6", "ICMP", "Raw", "a protocol number means the same in both versions of IP"},
	{"Loopback", "IPv6", "Raw", "the numbers of other systems for IPv6: 24, 28 and 30"},
	{"Loopback", "*", "Raw", "an EtherType is read in the place of an address family"},
	{"HDLC", "PPP", "Loopback", "PPP stands on link type NULL, too"},
	{"CookedLinux*", "Raw", "*", "1 is Novell's frame, and the type of the interface may say what its packets are"},
	{"*", "Dot1Q", "Raw", "an outer tag by its older numbers, 0x9100 to 0x9300"},
	{"*", "MPLS", "Raw", "labels of multicast, EtherType 0x8848"},
	{"*", "PPP", "Raw", "PPP by its EtherType, 0x880b"},
	{"IGMPv3", "IGMPv3mr", "Raw", "a report is one whatever else its head says"},
	{"GRE", "GRErouting", "*", "routing information stands before what the protocol field announces"},
	{"GRE", "Ether", "ERSPAN_II", "ERSPAN without a sequence number has no header"},
	{"GRE", "Dot3", "ERSPAN_II", "ERSPAN without a sequence number has no header"},
	{"GRE_PPTP", "Raw", "*", "PPTP has no routing information"},
	{"GRE_PPTP", "*", "GRErouting", "PPTP has no routing information"},
	{"IPv6*", "IGMP*", "Raw", "a protocol number means the same in both versions of IP"},
	{"*", "HDLC", "Raw", "PPP by its EtherType, 0x880b"},
	{"EAP*", "Raw", "Padding", "bytes that a message's length counts and its layout has no place for are its payload"},
	{"IPv6*", "VRRP", "VRRPv3", "the version tells the version"},
	{"CookedLinux*", "*", "Raw", "it carries what Ethernet carries"},
	{"GENEVE", "*", "Raw", "it carries what Ethernet carries"},
	{"IPv6*", "IP", "Raw", "a protocol number means the same in both versions of IP"},
	{"UDP", "RIP", "Raw", "one of the ports suffices"},
	{"*", "Dot1AD", "Raw", "a tag by its EtherType, whatever carries it"},
	{"*", "Dot3", "Raw", "a frame in a frame, by its EtherType, 0x6558"},
	{"*", "PPPoE", "Raw", "PPPoE by its EtherType, whatever carries it"},
	{"UDP", "L2TP", "Raw", "one of the ports suffices"},
	{"UDP", "SNMP", "Raw", "one of the ports suffices"},
	{"UDP", "NTP*", "Raw", "one of the ports suffices"},
	{"DHCP6*", "DHCP6OptGeoConf", "DHCP6OptUnknown", "it is known by its place, not only by itself"},
	{"HTTP", "Raw", "HTTP*", "a version that is none"},
	{"NTP", "NTPExtensions", "Raw", "an extension field needs no authenticator behind it"},
	{"TCP*", "TLS", "*", "scapy reads TLS only when asked to"},
	{"HTTP", "HTTP*", "Raw", "a method that nobody knows is one, and the first line ends where the next begins"},
	{"UDP", "VXLAN", "Raw", "one of the ports suffices"},
	{"PPP_*", "Padding", "Raw", "what stands behind the length is padding"},
	{"PPP_*_Option*", "Raw", "Padding", "an option stands in a packet, not by itself"},
	{"SCTP*", "Raw", "Padding", "fewer bytes than a chunk has are none"},
	{"SCTP*", "nothing", "Padding", "what cannot be read in a list is bytes up to its end"},
	{"DHCP6*", "Raw", "Padding", "options follow options that have some in them"},
	{"DHCP6*", "nothing", "Padding", "options follow options that have some in them"},
	{"*", "PPPoED", "Raw", "PPPoE by its EtherType, whatever carries it"},
	{"PPPoED", "Raw", "PPP", "discovery carries tags"},
	{"*", "VRRPv3", "VRRP", "the version tells the version; scapy looks at it in 16 bytes only"},
	{"UDP", "BOOTP", "Raw", "one of the ports suffices"},
	{"IP", "IGMP*", "Raw", "a message with another TTL than 1 is one all the same"},
	{"*", "Ether", "Raw", "a frame in a frame, by its EtherType, 0x6558"},
	{"*", "Raw", "BOOTP", "not all bytes to its port are BOOTP: a message has to begin like one"},
	{"PPP_LCP_*", "Padding", "*", "a packet ends where its length says"},
	{"L2TP", "Raw", "*", "a control message carries no PPP, RFC 2661, section 3.1"},
	{"NTP", "Raw", "NTPAuthenticator", "an authenticator has the length of a digest and its key"},
	{"*", "Raw", "DHCP6_*", "a header that is cut short is Raw"},
	{"NTP", "Raw", "NTPExtensions", "an extension field whose length is wrong is none"},
	{"*", "SCTPChunk", "*", "a chunk of an unknown type has its length"},
	{"SCTPChunk*", "Raw", "*", "fewer bytes than a chunk has are none"},
	{"UDP", "Raw", "GENEVE", portAlone}, {"UDP", "Raw", "L2TP", portAlone}, {"UDP", "Raw", "LLMNR*", portAlone}, {"UDP", "Raw", "MPLS", portAlone},
	{"UDP", "Raw", "NTP*", portAlone}, {"UDP", "Raw", "RIP", portAlone}, {"UDP", "Raw", "SNMP", portAlone}, {"UDP", "Raw", "TFTP*", portAlone},
	{"UDP", "Raw", "VXLAN", portAlone}, {"UDP", "Raw", "DHCP6*", portAlone},
	{"*", "Raw", "DNS", "not all bytes to its port are DNS: a message has to begin like one"},
	{"*", "IGMPv3*", "IGMP", "the type tells the version"},
	{"*", "IGMP", "IGMPv3*", "the type tells the version"},
}

// An otherField is a field that is read otherwise, when is nil or true.
type otherField struct {
	field string
	when  func(r *reading, l *craft.Layer) bool
	why   string
}

var otherFields = []otherField{
	{"ICMPv6NDOptUnknown.data", nil, "the length counts words, for an unknown type as well; scapy takes all that is there"},
	{"ICMPv6NDOptDNSSL.searchlist", nil, "a name that cannot be read is bytes"},
	{"ICMPv6NDOptRedirectedHdr.pkt", func(_ *reading, l *craft.Layer) bool { return hasElement(l, "pkt", layers.IP) }, "a packet is of the version that it says; in scapy of IPv6"},
	{"LLMNR*.t", nil, oneBit},
	{"LLMNR*.tc", nil, oneBit},
	{"DHCP6OptClientFQDN.fqdn", nil, partialFQDN.why},
	{"ICMPv6MLDMultAddrRec.*", nil, auxDataInWords.why},
	{"ICMPv6MLReport2.records", hasAuxData, auxDataInWords.why},
	{"IGMPv3mr.records", hasAuxData, auxDataInWords.why},
	{"NTPExtension.value", nil, "the value is bytes"},
	{"NTPAuthenticator.*", nil, "an authenticator takes what there is; scapy takes its end"},
	{"NTPControl.*", nil, apart[layers.NTPControl]},
	{"NTPPrivate.*", nil, apart[layers.NTPPrivate]},
	{"L2TP.offset_pad", nil, offsetInBytes},
	{"ICMPv6NDOptRedirectedHdr.pkt", nil, "the first bytes tell whether it is a packet, and of which version"},
	{"ICMPv6*.ext", nil, "the extension is a field, since it stands behind the quote"},
	{"ICMP.ext", nil, "the extension is a field, since it stands behind the quote"},
	{"VRRPv3.addrlist", func(_ *reading, l *craft.Layer) bool { return l.Protocol() != nil }, "without IP below, addresses are IPv4's; scapy has bytes"},
	{"IPv6ExtHdr*.autopad", nil, "options that are not aligned were not padded; scapy says they were"},
	{"SCTPChunk*.params", func(_ *reading, l *craft.Layer) bool { return hasElement(l, "params", "SCTPChunkParam") }, "a parameter of an unknown type has its length"},
	{"Loopback.type", nil, "four bytes in the order of the machine that captured"},
	{"ICMPv6MLReport2.records", nil, "there are as many records as the number says; scapy reads all that is there"},
	{"ICMPv6NDOptRouteInfo.prefix", func(r *reading, l *craft.Layer) bool { return len(l.Bytes("prefix")) == 0 }, "a prefix of no bytes is ::"},
	{"IPv6ExtHdr*.options", func(_ *reading, l *craft.Layer) bool { return hasElement(l, "options", layers.HBHOptUnknown) }, lengthOfAnother},
	{"SCTPChunk*.params", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc(elementsOf(l, "params"), func(e *craft.Layer) bool { t := e.Uint("addr_type"); return e.Has("addr_type") && t != 5 && t != 6 })
	}, "an address is one of IPv4 unless its type says IPv6"},
	{"SCTPChunk*.params", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc(elementsOf(l, "params"), func(e *craft.Layer) bool {
			return slices.ContainsFunc(e.Fields(), func(field string) bool {
				v, err := e.Get(field)
				return err == nil && v.Kind() == craft.Values && len(v.List()) == 0
			})
		})
	}, "a list without elements is empty; scapy shows its default"},
	{"SNMP.PDU", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc(elementsOf(l, "PDU"), func(e *craft.Layer) bool { return strings.Contains(e.Text("value"), "BIT_STRING") })
	}, "a string of bits has all of its bytes"},
	{"Raw.load", func(r *reading, l *craft.Layer) bool { return slices.ContainsFunc(r.layers, isMRD) }, "multicast router discovery carries nothing; scapy takes four bytes"},
	{"DNS.*", func(_ *reading, l *craft.Layer) bool { return hasBareRecord(l) }, "data that do not fit the type of a record are bytes"},
	{"LLMNR*.*", func(_ *reading, l *craft.Layer) bool { return hasBareRecord(l) }, "data that do not fit the type of a record are bytes"},
	{"DNS.*", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc([]string{"an", "ns", "ar"}, func(field string) bool { return hasElement(l, field, layers.DNSRRTSIG) })
	}, "the time of a signature has 48 bits, RFC 8945, section 4.2"},
	{"NTPExtensions.*", nil, "extension fields end where the last whole one does"},
	{"DHCP6*.*", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc(l.Fields(), func(field string) bool { return hasElement(l, field, "DHCP6OptUnknown") })
	}, "an option of an unknown type has its length"},
	{"DHCP6Opt*.*", func(r *reading, l *craft.Layer) bool {
		elements := []*craft.Layer{l}
		for _, field := range l.Fields() {
			elements = append(elements, elementsOf(l, field)...)
		}
		return slices.ContainsFunc(elements, func(e *craft.Layer) bool { return e.Has("reqopts") && len(e.Bytes("reqopts")) == 0 })
	}, "a list without elements is empty; scapy shows its default"},
	{"SNMP.PDU", func(_ *reading, l *craft.Layer) bool { return strings.Contains(l.Text("PDU"), `raw"`) }, "counters, gauges and times have no sign, even where the byte that says so is missing"},
	{"DNS.*", func(_ *reading, l *craft.Layer) bool { return hasOddName(l) }, "a letter of a name may be any byte"},
	{"LLMNR*.*", func(_ *reading, l *craft.Layer) bool { return hasOddName(l) }, "a letter of a name may be any byte"},
	{"DHCP6OptVSS.data", nil, "the length counts the type"},
	{"SNMP.PDU", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc(elementsOf(l, "PDU"), func(e *craft.Layer) bool {
			return strings.HasPrefix(e.Text("oid"), `"2.`) || strings.Contains(e.Text("value"), `"2.`)
		})
	}, "an object identifier begins with 0, 1 or 2 (X.690, section 8.19.4)"},
	{"IPv6ExtHdrSegmentRouting.tlv_objects", func(_ *reading, l *craft.Layer) bool {
		return hasElement(l, "tlv_objects", layers.IPv6ExtHdrSegmentRoutingTLV)
	}, "a TLV whose length does not fit its layout has its bytes"},
	{"DHCP6*.*", func(_ *reading, l *craft.Layer) bool {
		return slices.ContainsFunc(l.Fields(), func(field string) bool { return hasElement(l, field, "DHCP6") })
	}, "a message of an unknown type is one, too"},
	{"PPP_LCP_Configure.options", func(_ *reading, l *craft.Layer) bool { return hasElement(l, "options", layers.PPPLCPOption) }, lengthOfAnother},
	{"PPP_IPCP.options", func(_ *reading, l *craft.Layer) bool { return hasElement(l, "options", layers.PPPIPCPOption) }, lengthOfAnother},
	{"PPP_ECP.options", func(_ *reading, l *craft.Layer) bool { return hasElement(l, "options", layers.PPPECPOption) }, lengthOfAnother},
	{"PPP_LCP_Code_Reject.rejected_packet", nil, "the packet ends where the length says"},
	{"RIPAuth.password", nil, "an authentication of an unknown type has 16 bytes"},
	{"HTTP*.*", func(r *reading, _ *craft.Layer) bool { return len(r.scapy[0].fields) == 0 }, "a first line that lacks a word has the others"},
	{"HTTP*.*", func(r *reading, _ *craft.Layer) bool {
		return bytes.ContainsAny(r.wire, "\v\f\x1c\x1d\x1e\x1f") || bytes.Count(r.wire, []byte("\r")) != bytes.Count(r.wire, []byte("\r\n"))
	}, "only blanks are space, and a line ends with both of its characters"},
	{"ICMP*.unused", func(_ *reading, l *craft.Layer) bool { return !l.Has("unused") }, "the domain name messages have no unused word: RFC 1788"},
	{"SCTPChunk*.params", func(_ *reading, l *craft.Layer) bool {
		return hasElement(l, "params", layers.SCTPChunkParamErrorIndication)
	}, "the causes end where the length says"},
	{"DHCP6Opt*domains", func(_ *reading, l *craft.Layer) bool { return oddLetters(l) }, "a letter of a name may be any byte"},
	{"GENEVE.options", nil, "options are taken by their lengths"},
	{"IPv6ExtHdrSegmentRouting.tlv_objects", func(_ *reading, l *craft.Layer) bool {
		return hasElement(l, "tlv_objects", "IPv6ExtHdrSegmentRoutingTLVPad1") || hasElement(l, "tlv_objects", "IPv6ExtHdrSegmentRoutingTLVHMAC")
	}, rfc8754},
	{"DNS.*", func(r *reading, _ *craft.Layer) bool { return hasBitmaps(r.layers) }, "types are read as numbers; scapy keeps the bytes of the bitmap"},
}
