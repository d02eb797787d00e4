package layers

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Internet Group Management Protocol: versions 1 and 2, RFC 2236, and version 3, RFC 3376.
const (
	// IGMP is a message of versions 1 and 2.
	IGMP craft.Name = "IGMP"
	// IGMPv3 is what messages of version 3 begin with.
	IGMPv3 craft.Name = "IGMPv3"
	// IGMPv3mq is the rest of a membership query of version 3.
	IGMPv3mq craft.Name = "IGMPv3mq"
	// IGMPv3mr is the rest of a membership report of version 3.
	IGMPv3mr craft.Name = "IGMPv3mr"
	// IGMPv3gr is a group record of a membership report.
	IGMPv3gr craft.Name = "IGMPv3gr"
	// IGMPv3mra is the rest of a multicast router advertisement, RFC 4286.
	IGMPv3mra craft.Name = "IGMPv3mra"
)

// Message types of IGMP.
const igmpQuery, igmpReport1, igmpReport2, igmpLeave, igmpReport3, igmpAdvertisement = 0x11, 0x12, 0x16, 0x17, 0x22, 0x30

// igmpQuery3 is how long a query of version 3 is at least: RFC 3376, section 7.1.
const igmpQuery3 = 12

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IGMP, Doc: "Internet Group Management Protocol versions 1 and 2, RFC 2236",
		Fields: []craft.Field{
			{Name: "type", Kind: craft.Enum, Bits: 8, Default: igmpQuery, Names: map[uint64]string{
				igmpQuery: "Group Membership Query", igmpReport1: "Version 1 - Membership Report",
				igmpReport2: "Version 2 - Membership Report", igmpLeave: "Leave Group",
			}, Doc: "message type"},
			{Name: "mrcode", Kind: craft.Number, Bits: 8, Default: 20, Doc: "maximum response time in tenths of a second"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.MessageSum), Hex: true},
			{Name: "gaddr", Kind: craft.IPv4, Bits: 32, Doc: "the group; 0.0.0.0 for all of them"},
		},
		Identity: []string{"type"},
		Binds:    []craft.Binding{craft.Over(IP, "proto", iana.IGMP), craft.StackOver(IP, "ttl", 1)},
		Replies:  []craft.Name{IGMP, IGMPv3},
		Hooks: igmpHooks(craft.Hooks{
			Dispatch: func(data []byte) craft.Name {
				if igmpVersion3(data) {
					return IGMPv3
				}
				return ""
			},
			Summary: func(p *craft.Packet, i int) string {
				return igmpSummary(p, i) + " " + p.Layers()[i].Text("gaddr")
			},
		}),
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IGMPv3, Families: []craft.Name{IGMP}, Doc: "Internet Group Management Protocol version 3, RFC 3376",
		Fields: []craft.Field{
			{Name: "type", Kind: craft.Enum, Bits: 8, Default: igmpQuery, Names: map[uint64]string{
				igmpQuery: "Membership Query", igmpReport3: "Version 3 Membership Report",
				igmpAdvertisement: "Multicast Router Advertisement", 0x31: "Multicast Router Solicitation", 0x32: "Multicast Router Termination",
			}, Doc: "message type"},
			{Name: "mrcode", Kind: craft.Number, Bits: 8, Default: 20, Doc: "maximum response time in tenths of a second; floating point from 128 on"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.MessageSum), Hex: true},
		},
		Identity: []string{"type"},
		Binds:    []craft.Binding{craft.Over(IP, "proto", iana.IGMP), craft.StackOver(IP, "ttl", 1), craft.StackOver(IP, "tos", 0xc0), craft.StackOver(IP, "dst", 0xe0000016)},
		Next:     []string{"type"},
		Replies:  []craft.Name{IGMP, IGMPv3},
		Hooks: igmpHooks(craft.Hooks{
			Accepts: igmpVersion3,
			Dispatch: func(data []byte) craft.Name {
				switch data[0] {
				case igmpQuery, igmpReport1, igmpReport2, igmpLeave:
					if !igmpVersion3(data) {
						return IGMP
					}
				}
				return ""
			},
			Summary: igmpSummary,
		}),
	}
})

// igmpVersion3 reports a message of version 3: queries are told apart by their length.
func igmpVersion3(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case igmpQuery:
		return len(b) >= igmpQuery3
	case igmpReport3, igmpAdvertisement, 0x31, 0x32:
		return true
	}
	return false
}

// igmpHooks adds what both versions have in common.
func igmpHooks(h craft.Hooks) craft.Hooks {
	h.Flow = func(f *craft.Flow, _ *craft.Layer) { withoutAddresses(f, igmpQuery) } // reports go to groups, from anywhere
	h.Answers = func(m craft.Match, i, j int) (bool, string) {
		switch r := m.Reply.Layers()[i].Uint("type"); {
		case m.Question.Layers()[j].Uint("type") != igmpQuery:
			return false, "only queries are answered"
		case r == igmpReport1 || r == igmpReport2 || r == igmpReport3:
			return true, "a report answers a query"
		}
		return false, "it is no report"
	}
	return h
}

// igmpSummary writes "IGMP: 10.0.0.1 > 224.0.0.1 Group Membership Query".
func igmpSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	s := string(l.Name()) + ":"
	if i > 0 && p.Layers()[i-1].Name() == IP {
		s += " " + endpoint(p.Layers()[i-1], "src") + " > " + p.Layers()[i-1].Text("dst")
	}
	return s + " " + l.Text("type")
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IGMPv3mq, Doc: "membership query of IGMP version 3, RFC 3376",
		Fields: []craft.Field{
			{Name: "gaddr", Kind: craft.IPv4, Bits: 32, Doc: "the group; 0.0.0.0 for all of them"},
			{Name: "resv", Kind: craft.Number, Bits: 4, Doc: "reserved"},
			{Name: "s", Kind: craft.Number, Bits: 1, Doc: "routers are not to update their timers"},
			{Name: "qrv", Kind: craft.Number, Bits: 3, Doc: "querier's robustness variable"},
			{Name: "qqic", Kind: craft.Number, Bits: 8, Doc: "querier's query interval code, in seconds up to 127"},
			{Name: "numsrc", Kind: craft.Number, Bits: 16, Computed: craft.Counts("srcaddrs")},
			{Name: "srcaddrs", Kind: craft.Values, Doc: "the sources asked for", Item: craft.Item{Kind: craft.IPv4}},
		},
		Binds: []craft.Binding{craft.Over(IGMPv3, "type", igmpQuery)},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IGMPv3gr, Doc: "group record of a membership report of IGMP version 3, RFC 3376",
		Fields: []craft.Field{
			{Name: "rtype", Kind: craft.Enum, Bits: 8, Default: 1, Names: recordTypes(), Doc: "record type: which sources are wanted"},
			auxDataLength("auxdlen"),
			{Name: "numsrc", Kind: craft.Number, Bits: 16, Computed: craft.Counts("srcaddrs")},
			{Name: "maddr", Kind: craft.IPv4, Bits: 32, Doc: "the group"},
			{Name: "srcaddrs", Kind: craft.Values, Doc: "the sources", Item: craft.Item{Kind: craft.IPv4}},
			auxData(),
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IGMPv3mr, Doc: "membership report of IGMP version 3, RFC 3376",
		Fields: []craft.Field{
			{Name: "res2", Kind: craft.Number, Bits: 16, Hex: true, Doc: "reserved"},
			{Name: "numgrp", Kind: craft.Number, Bits: 16, Computed: craft.Counts("records")},
			{Name: "records", Kind: craft.Packets, Doc: "the groups: IGMPv3gr", Of: IGMPv3gr},
		},
		Binds: []craft.Binding{craft.Over(IGMPv3, "type", igmpReport3), craft.StackOver(IGMPv3, "mrcode", 0)},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IGMPv3mra, Doc: "multicast router advertisement, RFC 4286",
		Fields: []craft.Field{
			{Name: "qryIntvl", Kind: craft.Number, Bits: 16, Doc: "seconds between queries"},
			{Name: "robust", Kind: craft.Number, Bits: 16, Doc: "robustness variable of the querier"},
		},
		Binds: []craft.Binding{craft.Over(IGMPv3, "type", igmpAdvertisement)},
	}
})
