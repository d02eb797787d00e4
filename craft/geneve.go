package craft

import "fmt"

const (
	// GENEVE is Generic Network Virtualization Encapsulation, RFC 8926.
	GENEVE Name = "GENEVE"
	// GeneveOptions is one option of a GENEVE header.
	GeneveOptions Name = "GeneveOptions"
)

var _ = define(spec{
	name: GENEVE, doc: "Generic Network Virtualization Encapsulation, RFC 8926",
	fields: []Field{
		{Name: "version", Kind: Number, Bits: 2, Doc: "version"},
		{Name: "optionlen", Kind: Number, Bits: 6, auto: derived, Doc: "length of the options in words of 4 bytes"},
		{Name: "oam", Kind: Number, Bits: 1, Doc: "a control packet"},
		{Name: "critical", Kind: Number, Bits: 1, Doc: "an option is critical"},
		{Name: "reserved", Kind: Number, Bits: 6, Doc: "reserved"},
		{Name: "proto", Kind: Enum, Bits: 16, hex: true, names: etherTypes, Doc: "protocol of the payload"},
		{Name: "vni", Kind: Number, Bits: 24, hex: true, Doc: "network identifier"},
		{Name: "reserved2", Kind: Number, Bits: 8, hex: true, Doc: "reserved"},
		{Name: "options", Kind: Packets, part: packets(
			func(*Layer, []byte) Name { return GeneveOptions },
			func(l *Layer, _ []byte) (int, error) { return 4 * int(l.Uint("optionlen")), nil },
		), Doc: "list of GeneveOptions"},
	},
	binds: []bind{over(UDP, "dport", 6081)},
	next:  []string{"proto"},
	reads: Ether,
	hooks: hooks{
		sum: sumRule{covers: nothing},
		derive: func(_ *builder, _ int, hdr, _ []byte, _ uint64) error {
			n := (len(hdr) - 8) / 4
			if n > 63 {
				return fmt.Errorf("GENEVE.optionlen: want at most 252 bytes of options, got %d: set optionlen yourself to send them", len(hdr)-8)
			}
			hdr[0] = hdr[0]&0xc0 | byte(n)
			return nil
		},
		follows: wordsFollow("optionlen", "options"),
		summary: func(p *Packet, i int) string {
			l := p.layers[i]
			return fmt.Sprintf("GENEVE (vni=%s,optionlen=%s,proto=%s)", l.Text("vni"), l.Text("optionlen"), l.Text("proto"))
		},
		answers: func(m match, i, j int) (bool, string) {
			r, q := m.r.layers[i], m.q.layers[j]
			if r.Uint("proto") != q.Uint("proto") || r.Uint("vni") != q.Uint("vni") {
				return false, "it belongs to another network or protocol"
			}
			return m.next(i, j)
		},
	},
})

var _ = define(spec{
	name: GeneveOptions, title: "Geneve Options", doc: "option of GENEVE, RFC 8926, section 3.5",
	fields: []Field{
		{Name: "classid", Kind: Enum, Bits: 16, hex: true, names: geneveClasses, Doc: "whose options these are"},
		{Name: "type", Kind: Number, Bits: 8, hex: true, Doc: "type; 0x80 is critical"},
		{Name: "reserved", Kind: Number, Bits: 3, Doc: "reserved"},
		{Name: "length", Kind: Number, Bits: 5, auto: derived, Doc: "length of data in words of 4 bytes"},
		{Name: "data", Kind: Bytes, part: &part{length: func(l *Layer, _ []byte) (int, error) {
			return 4 * int(l.Uint("length")), nil
		}}, Doc: "data"},
	},
	hooks: hooks{
		derive: func(_ *builder, _ int, hdr, _ []byte, _ uint64) error {
			n := (len(hdr) - 4) / 4
			if n > 31 {
				return fmt.Errorf("GeneveOptions.length: want at most 124 bytes of data, got %d: set length yourself to send them", len(hdr)-4)
			}
			hdr[3] = hdr[3]&0xe0 | byte(n)
			return nil
		},
		follows: wordsFollow("length", "data"),
	},
})

// wordsFollow lets a length in words follow its part when it was read right.
func wordsFollow(length, part string) func(l *Layer) uint64 {
	return func(l *Layer) uint64 {
		if n := len(l.part(fieldIndex(l.proto.fields, part))); uint64(n) != 4*l.Uint(length) {
			return 0
		}
		return 1 << fieldIndex(l.proto.fields, length)
	}
}

var geneveClasses = map[uint64]string{
	0x0100: "Linux", 0x0101: "Open vSwitch", 0x0102: "Open Virtual Networking (OVN)", 0x0103: "In-band Network Telemetry (INT)",
	0x0104: "VMware", 0x0105: "Amazon.com, Inc.", 0x0106: "Cisco Systems, Inc.", 0x0107: "Oracle Corporation",
	0x0110: "Amazon.com, Inc.", 0x0118: "IBM", 0x0128: "Ericsson", 0xfeff: "Unassigned", 0xffff: "Experimental",
}
