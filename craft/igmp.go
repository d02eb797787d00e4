package craft

import (
	"encoding/binary"
	"fmt"
)

// Internet Group Management Protocol: versions 1 and 2, RFC 2236, and version 3, RFC 3376.
const (
	// IGMP is a message of versions 1 and 2.
	IGMP Name = "IGMP"
	// IGMPv3 is what messages of version 3 begin with.
	IGMPv3 Name = "IGMPv3"
	// IGMPv3mq is the rest of a membership query of version 3.
	IGMPv3mq Name = "IGMPv3mq"
	// IGMPv3mr is the rest of a membership report of version 3.
	IGMPv3mr Name = "IGMPv3mr"
	// IGMPv3gr is a group record of a membership report.
	IGMPv3gr Name = "IGMPv3gr"
	// IGMPv3mra is the rest of a multicast router advertisement, RFC 4286.
	IGMPv3mra Name = "IGMPv3mra"
)

// Message types of IGMP.
const igmpQuery, igmpReport1, igmpReport2, igmpLeave, igmpReport3, igmpAdvertisement = 0x11, 0x12, 0x16, 0x17, 0x22, 0x30

// igmpProtocol is IGMP's number in IP.proto.
const igmpProtocol = 2

// igmpQuery3 is how long a query of version 3 is at least: RFC 3376, section 7.1.
const igmpQuery3 = 12

var _ = define(spec{
	name: IGMP, doc: "Internet Group Management Protocol versions 1 and 2, RFC 2236",
	fields: []Field{
		{Name: "type", Kind: Enum, Bits: 8, def: igmpQuery, names: map[uint64]string{
			igmpQuery: "Group Membership Query", igmpReport1: "Version 1 - Membership Report",
			igmpReport2: "Version 2 - Membership Report", igmpLeave: "Leave Group",
		}, Doc: "message type"},
		{Name: "mrcode", Kind: Number, Bits: 8, def: 20, Doc: "maximum response time in tenths of a second"},
		{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum of the message"},
		{Name: "gaddr", Kind: IPv4, Bits: 32, Doc: "the group; 0.0.0.0 for all of them"},
	},
	binds: []bind{over(IP, "proto", igmpProtocol), stackOver(IP, "ttl", 1)},
	hooks: igmpHooks(hooks{summary: func(p *Packet, i int) string {
		return igmpSummary(p, i) + " " + p.layers[i].Text("gaddr")
	}}),
})

var _ = define(spec{
	name: IGMPv3, doc: "Internet Group Management Protocol version 3, RFC 3376",
	fields: []Field{
		{Name: "type", Kind: Enum, Bits: 8, def: igmpQuery, names: map[uint64]string{
			igmpQuery: "Membership Query", igmpReport3: "Version 3 Membership Report",
			igmpAdvertisement: "Multicast Router Advertisement", 0x31: "Multicast Router Solicitation", 0x32: "Multicast Router Termination",
		}, Doc: "message type"},
		{Name: "mrcode", Kind: Number, Bits: 8, def: 20, Doc: "maximum response time in tenths of a second; floating point from 128 on"},
		{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum of the message"},
	},
	binds: []bind{over(IP, "proto", igmpProtocol), stackOver(IP, "ttl", 1), stackOver(IP, "tos", 0xc0), stackOver(IP, "dst", 0xe0000016)},
	next:  []string{"type"},
	hooks: igmpHooks(hooks{
		claims: func(payload []byte) bool {
			if len(payload) == 0 {
				return false
			}
			switch payload[0] {
			case igmpQuery:
				return len(payload) >= igmpQuery3
			case igmpReport3, igmpAdvertisement, 0x31, 0x32:
				return true
			}
			return false
		},
		summary: igmpSummary,
	}),
})

// igmpHooks adds what both versions have in common.
func igmpHooks(h hooks) hooks {
	h.derive = func(_ *builder, _ int, hdr, payload []byte, _ uint64) error {
		binary.BigEndian.PutUint16(hdr[2:], 0)
		binary.BigEndian.PutUint16(hdr[2:], ^fold(sum(sum(0, hdr), payload)))
		return nil
	}
	h.sum = sumRule{covers: overMessage, field: "chksum"}
	h.flow = func(f *flow, _ *Layer) { f.withoutAddresses(igmpQuery) } // reports go to groups, from anywhere
	h.replies = []Name{IGMP, IGMPv3}
	h.answers = func(m match, i, j int) (bool, string) {
		switch r := m.r.layers[i].Uint("type"); {
		case m.q.layers[j].Uint("type") != igmpQuery:
			return false, "only queries are answered"
		case r == igmpReport1 || r == igmpReport2 || r == igmpReport3:
			return true, "a report answers a query"
		}
		return false, "it is no report"
	}
	return h
}

// igmpSummary writes "IGMP: 10.0.0.1 > 224.0.0.1 Group Membership Query".
func igmpSummary(p *Packet, i int) string {
	l := p.layers[i]
	s := string(l.proto.name) + ":"
	if i > 0 && p.layers[i-1].proto.name == IP {
		s += " " + p.layers[i-1].endpoint("src") + " > " + p.layers[i-1].Text("dst")
	}
	return s + " " + l.Text("type")
}

var _ = define(withCount(spec{
	name: IGMPv3mq, doc: "membership query of IGMP version 3, RFC 3376",
	fields: []Field{
		{Name: "gaddr", Kind: IPv4, Bits: 32, Doc: "the group; 0.0.0.0 for all of them"},
		{Name: "resv", Kind: Number, Bits: 4, Doc: "reserved"},
		{Name: "s", Kind: Number, Bits: 1, Doc: "routers are not to update their timers"},
		{Name: "qrv", Kind: Number, Bits: 3, Doc: "querier's robustness variable"},
		{Name: "qqic", Kind: Number, Bits: 8, Doc: "querier's query interval code, in seconds up to 127"},
		{Name: "numsrc", Kind: Number, Bits: 16, auto: derived, Doc: "number of sources"},
		{Name: "srcaddrs", Kind: Values, Doc: "the sources asked for", part: countedAddresses()},
	},
	binds: []bind{over(IGMPv3, "type", igmpQuery)},
}, "numsrc", "srcaddrs"))

var _ = define(withCount(spec{
	name: IGMPv3gr, doc: "group record of a membership report of IGMP version 3, RFC 3376",
	fields: []Field{
		{Name: "rtype", Kind: Enum, Bits: 8, def: 1, names: recordTypes, Doc: "record type: which sources are wanted"},
		{Name: "auxdlen", Kind: Number, Bits: 8, Doc: "length of auxiliary data in words of 4 bytes; nobody has defined any"},
		{Name: "numsrc", Kind: Number, Bits: 16, auto: derived, Doc: "number of sources"},
		{Name: "maddr", Kind: IPv4, Bits: 32, Doc: "the group"},
		{Name: "srcaddrs", Kind: Values, Doc: "the sources", part: countedAddresses()},
	},
}, "numsrc", "srcaddrs"))

var _ = define(withCount(spec{
	name: IGMPv3mr, doc: "membership report of IGMP version 3, RFC 3376",
	fields: []Field{
		{Name: "res2", Kind: Number, Bits: 16, hex: true, Doc: "reserved"},
		{Name: "numgrp", Kind: Number, Bits: 16, auto: derived, Doc: "number of group records"},
		{Name: "records", Kind: Packets, Doc: "the groups: IGMPv3gr", part: packets(func(*Layer, []byte) Name { return IGMPv3gr }, groupRecords)},
	},
	binds: []bind{over(IGMPv3, "type", igmpReport3), stackOver(IGMPv3, "mrcode", 0)},
}, "numgrp", "records"))

var _ = define(spec{
	name: IGMPv3mra, doc: "multicast router advertisement, RFC 4286",
	fields: []Field{
		{Name: "qryIntvl", Kind: Number, Bits: 16, Doc: "seconds between queries"},
		{Name: "robust", Kind: Number, Bits: 16, Doc: "robustness variable of the querier"},
	},
	binds: []bind{over(IGMPv3, "type", igmpAdvertisement)},
})

// countedAddresses is a list of IPv4 addresses, as many as numsrc says.
func countedAddresses() *part {
	return items(item{4, IPv4}, func(l *Layer, _ []byte) (int, error) { return 4 * int(l.Uint("numsrc")), nil })
}

// groupRecords is how long as many records are as numgrp says.
func groupRecords(l *Layer, rest []byte) (int, error) {
	n := 0
	for i := range int(l.Uint("numgrp")) {
		if len(rest)-n < 8 {
			return len(rest), fmt.Errorf("truncated: numgrp is %d, %d records are here", l.Uint("numgrp"), i)
		}
		n = min(n+8+4*int(binary.BigEndian.Uint16(rest[n+2:])), len(rest))
	}
	return n, nil
}

// withCount makes a field of 16 bits hold how many elements a list has.
func withCount(s spec, count, list string) spec {
	s.sum = sumRule{covers: nothing}
	s.derive = func(b *builder, i int, hdr, _ []byte, _ uint64) error {
		l := b.p.layers[i]
		return putCount(l, hdr, fieldIndex(l.proto.fields, count), l.elements(fieldIndex(l.proto.fields, list)))
	}
	return s
}
