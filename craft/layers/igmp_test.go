package layers_test

import (
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// goldenIGMP are packets that scapy 2.5.0 builds.
var goldenIGMP = []goldenPacket{
	{"group query", stack(layers.IP.New(), layers.IGMP.New("gaddr", "224.1.2.3")),
		"4500001c000100000102bbdd7f0000017f00000111140ce7e0010203"},
	{"report of version 1", stack(layers.IP.New(), layers.IGMP.New("type", 18, "gaddr", "224.1.2.3")),
		"4500001c000100000102bbdd7f0000017f00000112140be7e0010203"},
	{"report of version 2", stack(layers.IP.New(), layers.IGMP.New("type", 22, "mrcode", 0, "gaddr", "224.1.2.3")),
		"4500001c000100000102bbdd7f0000017f000001160007fbe0010203"},
	{"leave", stack(layers.IP.New("src", "192.0.2.2", "ttl", 5, "dst", "224.0.0.2"), layers.IGMP.New("type", 23, "gaddr", "224.1.2.3")),
		"4500001c00010000050213dbc0000202e0000002171406e7e0010203"},
	{"IGMP alone", stack(layers.IGMP.New()),
		"1114eeeb00000000"},
	{"group query of version 3", stack(layers.IP.New("src", "192.0.2.2"), layers.IGMPv3.New(), layers.IGMPv3mq.New("gaddr", "224.1.2.3", "s", 1, "qrv", 2, "qqic", 125, "srcaddrs", []any{"1.2.3.4", "5.6.7.8"})),
		"45c0002800010000010216fbc0000202e00000161114f253e00102030a7d00020102030405060708"},
	{"membership report", stack(layers.IP.New("src", "192.0.2.2"), layers.IGMPv3.New("type", 34), layers.IGMPv3mr.New("records", []any{layers.IGMPv3gr.New("rtype", 4, "maddr", "224.1.2.3"), layers.IGMPv3gr.New("maddr", "224.1.2.4", "srcaddrs", []any{"1.2.3.4", "5.6.7.8"})})),
		"45c0003400010000010216efc0000202e0000016220004dd0000000204000000e001020301000002e00102040102030405060708"},
	{"membership report without type", stack(layers.IP.New("src", "192.0.2.2", "tos", 0, "dst", "224.0.0.1"), layers.IGMPv3.New(), layers.IGMPv3mr.New()),
		"4500001c00010000010217dcc0000202e00000012200ddff00000000"},
	{"multicast router advertisement of IGMP", stack(layers.IP.New("src", "192.0.2.2"), layers.IGMPv3.New("type", 48), layers.IGMPv3mra.New("qryIntvl", 5, "robust", 2)),
		"45c0001c0001000001021707c0000202e00000163014cfe400050002"},
	{"multicast router solicitation of IGMP", stack(layers.IP.New("src", "192.0.2.2"), layers.IGMPv3.New("type", 49)),
		"45c00018000100000102170bc0000202e00000163114ceeb"},
}

// misbuiltIGMP are packets that scapy 2.5.0 builds.
var misbuiltIGMP = []goldenPacket{
	{"wrong number of groups", stack(layers.IP.New("src", "192.0.2.2"), layers.IGMPv3.New(), layers.IGMPv3mr.New("numgrp", 7, "records", []any{layers.IGMPv3gr.New()})),
		"45c0002400010000010216ffc0000202e00000162200dcf8000000070100000000000000"},
	{"wrong number of sources of IGMP", stack(layers.IP.New("src", "192.0.2.2"), layers.IGMPv3.New(), layers.IGMPv3mq.New("numsrc", 1, "srcaddrs", []any{"1.2.3.4", "5.6.7.8"})),
		"45c0002800010000010216fbc0000202e00000161114ded600000000000000010102030405060708"},
	{"wrong checksum of IGMP", stack(layers.IP.New(), layers.IGMP.New("chksum", 4369)),
		"4500001c000100000102bbdd7f0000017f0000011114111100000000"},
}

func TestAnswersOfIGMP(t *testing.T) {
	const all, group = "224.0.0.1", "239.1.1.1"
	query := between(hostA, all, layers.IGMP.New())
	query3 := between(hostA, all, layers.IGMPv3.New(), layers.IGMPv3mq.New())
	report := between(hostB, group, layers.IGMP.New("type", 0x16, "gaddr", group))
	report3 := between(hostB, "224.0.0.22", layers.IGMPv3.New(), layers.IGMPv3mr.New())
	cases := []verdict{
		{"query, report", query, report, true},
		{"query of version 3, report of version 2", query3, report, true},
		{"query of version 3, report of version 3", query3, report3, true},
		{"query, query", query, between(hostB, all, layers.IGMP.New()), false},
		{"query, leave", query, between(hostB, group, layers.IGMP.New("type", 0x17)), false},
		{"report, report", report, between(hostC, group, layers.IGMP.New("type", 0x16)), false},
	}
	judge(t, cases)
}

func TestVersionsOfIGMPAreToldApart(t *testing.T) {
	cases := []struct{ name, payload, want string }{
		{"a query of eight bytes", "1114eeeb00000000", "IP / IGMP: 127.0.0.1 > 224.0.0.1 Group Membership Query 0.0.0.0"},
		{"a query of twelve bytes", "1114eeeb0000000000000000", "IP / IGMPv3: 127.0.0.1 > 224.0.0.1 Membership Query / IGMPv3mq"},
		{"a report of version 2", "1600e9ff00000000", "IP / IGMP: 127.0.0.1 > 224.0.0.1 Version 2 - Membership Report 0.0.0.0"},
		{"a report of version 3", "2200ddff00000000", "IP / IGMPv3: 127.0.0.1 > 224.0.0.1 Version 3 Membership Report / IGMPv3mr"},
		{"a type that nobody knows", "9900000000000000", "IP / IGMP: 127.0.0.1 > 224.0.0.1 153 0.0.0.0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			const header = "4600000000010000 01020000 7f000001 e0000001 94040000" // with Router Alert; a len of 0 is all there is
			wire := crafttest.Unhex(t, header+c.payload)
			p := craft.Dissect(wire, layers.IP)
			if got := p.Summary(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

var auxDataInWords = deviation{
	layer: layers.ICMPv6MLDMultAddrRec, why: "auxiliary data is counted in words, and belongs to its record: RFC 3810, section 5.2.6, and RFC 3376, section 4.2.6",
	mend: func(p plan, i int) { p[i].drop("auxdata") },
	plan: plan{{layers.ICMPv6MLDMultAddrRec, []setting{{field: "auxdata", tag: "bytes", value: octets("abcd")}}}},
}

// hasAuxData reports whether a record of a report says that it has auxiliary data.
func hasAuxData(_ *reading, l *craft.Layer) bool {
	return slices.ContainsFunc(elementsOf(l, "records"), func(e *craft.Layer) bool { return e.Uint("auxdlen") > 0 || e.Uint("auxdata_len") > 0 })
}

// TestAuxiliaryDataBelongsToItsRecord reads the record behind it, too.
func TestAuxiliaryDataBelongsToItsRecord(t *testing.T) {
	for _, c := range []struct {
		report *craft.Layer
		wire   string
	}{
		{layers.IGMPv3mr.New("records", []any{layers.IGMPv3gr.New("maddr", "224.1.2.3", "srcaddrs", "1.2.3.4", "auxdata", "abcdefgh"), layers.IGMPv3gr.New("maddr", "224.1.2.4")}),
			"0000 0002 01 02 0001 e0010203 01020304 6162636465666768 01 00 0000 e0010204"},
		{layers.ICMPv6MLReport2.New("records", []any{layers.ICMPv6MLDMultAddrRec.New("dst", "ff02::5", "auxdata", "a"), layers.ICMPv6MLDMultAddrRec.New("dst", "ff02::6")}),
			"8f00 0000 0000 0002 04 01 0000 ff020000000000000000000000000005 61000000 04 00 0000 ff020000000000000000000000000006"},
	} {
		is(t, built(t, craft.Stack(c.report)), c.wire)
		wire := crafttest.Unhex(t, c.wire)
		p := craft.Dissect(wire, c.report.Name())
		if n := len(p.Layers()[0].Value("records").Packets()); n != 2 || len(p.Layers()) != 1 {
			t.Errorf("%d records in %s", n, p.Show())
		}
		crafttest.Rebuilt(t, p, wire)
	}
}
