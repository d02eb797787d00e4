package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

const (
	// GENEVE is Generic Network Virtualization Encapsulation, RFC 8926.
	GENEVE craft.Name = "GENEVE"
	// GeneveOptions is one option of a GENEVE header.
	GeneveOptions craft.Name = "GeneveOptions"
)

// likeGENEVE holds a header against RFC 8926, section 3.4: version 0, what is reserved is zero, and an EtherType.
func likeGENEVE(b []byte) bool {
	if len(b) < 4 || b[0]>>6 != 0 || b[1]&0x3f != 0 {
		return false
	}
	return (len(b) < 8 || b[7] == 0) && (binary.BigEndian.Uint16(b[2:]) > iana.MaxLength8023)
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GENEVE, Doc: "Generic Network Virtualization Encapsulation, RFC 8926",
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Number, Bits: 2, Doc: "version"},
			{Name: "optionlen", Kind: craft.Number, Bits: 6, Computed: &craft.Computation{What: craft.LengthOf, Of: "options", Unit: 4}},
			{Name: "oam", Kind: craft.Number, Bits: 1, Doc: "a control packet"},
			{Name: "critical", Kind: craft.Number, Bits: 1, Doc: "an option is critical"},
			{Name: "reserved", Kind: craft.Number, Bits: 6, Doc: "reserved"},
			{Name: "proto", Kind: craft.Enum, Bits: 16, Hex: true, Names: etherTypes(), Doc: "protocol of the payload"},
			{Name: "vni", Kind: craft.Number, Bits: 24, Hex: true, Doc: "network identifier"},
			{Name: "reserved2", Kind: craft.Number, Bits: 8, Hex: true, Doc: "reserved"},
			{Name: "options", Kind: craft.Packets, Of: GeneveOptions, Doc: "list of GeneveOptions"},
		},
		Binds: []craft.Binding{craft.Over(UDP, "dport", 6081)},
		Next:  []string{"proto"},
		Reads: Ether,
		Hooks: craft.Hooks{
			Accepts: likeGENEVE,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return fmt.Sprintf("GENEVE (vni=%s,optionlen=%s,proto=%s)", l.Text("vni"), l.Text("optionlen"), l.Text("proto"))
			},
			Answers: func(m craft.Match, i, j int) (bool, string) {
				r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
				if r.Uint("proto") != q.Uint("proto") || r.Uint("vni") != q.Uint("vni") {
					return false, "it belongs to another network or protocol"
				}
				return m.Next(i, j)
			},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GeneveOptions, Title: "Geneve Options", Doc: "option of GENEVE, RFC 8926, section 3.5",
		Pad: &craft.Pad{To: 4, Counted: true},
		Fields: []craft.Field{
			{Name: "classid", Kind: craft.Enum, Bits: 16, Hex: true, Names: geneveClasses(), Doc: "whose options these are"},
			{Name: "type", Kind: craft.Number, Bits: 8, Hex: true, Doc: "type; 0x80 is critical"},
			{Name: "reserved", Kind: craft.Number, Bits: 3, Doc: "reserved"},
			{Name: "length", Kind: craft.Number, Bits: 5, Computed: &craft.Computation{What: craft.LengthOf, Of: "data", Unit: 4}},
			{Name: "data", Kind: craft.Bytes, Doc: "data"},
		},
	}
})

var geneveClasses = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0x0100: "Linux", 0x0101: "Open vSwitch", 0x0102: "Open Virtual Networking (OVN)", 0x0103: "In-band Network Telemetry (INT)",
		0x0104: "VMware", 0x0105: "Amazon.com, Inc.", 0x0106: "Cisco Systems, Inc.", 0x0107: "Oracle Corporation",
		0x0110: "Amazon.com, Inc.", 0x0118: "IBM", 0x0128: "Ericsson", 0xfeff: "Unassigned", 0xffff: "Experimental",
	}
})
