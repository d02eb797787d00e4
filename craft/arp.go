package craft

import "encoding/binary"

// ARP is the Address Resolution Protocol, RFC 826.
const ARP Name = "ARP"

const arpWhoHas, arpIsAt = 1, 2

var _ = define(spec{
	name: ARP, doc: "Address Resolution Protocol, RFC 826",
	fields: arpFields,
	binds: []bind{
		over(Ether, "type", 0x0806), over(SNAP, "code", 0x0806), over(CookedLinux, "proto", 0x0806), over(GRE, "proto", 0x0806),
	},
	keys:  []string{"ptype", "hwlen", "plen"},
	shape: arpIPv4,
	hooks: hooks{
		choose:     chooseARP,
		ask:        askARP,
		derive:     deriveARP,
		network:    true,
		sum:        sumRule{covers: nothing},
		payloadLen: func(*Layer, int) (int, error) { return 0, nil }, // everything behind is the frame's trailer
		summary:    arpSummary,
		answers: func(m match, i, j int) (bool, string) {
			r, q := m.r.layers[i], m.q.layers[j]
			switch {
			case r.Uint("op") != q.Uint("op")+1:
				return false, "op is not the answer to the question's op"
			case r.Addr("psrc") != q.Addr("pdst"):
				return false, "it tells about another address than the one asked for"
			}
			return true, "it tells the address that was asked for"
		},
		flow: func(f *flow, l *Layer) {
			f.proto, f.src, f.dst = flowARP, l.Addr("psrc"), l.Addr("pdst")
		},
	},
})

var arpFields = []Field{
	{Name: "hwtype", Kind: Number, Bits: 16, def: 1, hex: true, Doc: "hardware type; 1 is Ethernet"},
	{Name: "ptype", Kind: Enum, Bits: 16, def: 0x0800, hex: true, names: etherTypes, Doc: "protocol type"},
	{Name: "hwlen", Kind: Number, Bits: 8, auto: derived, Doc: "length of hwsrc and hwdst in bytes"},
	{Name: "plen", Kind: Number, Bits: 8, auto: derived, Doc: "length of psrc and pdst in bytes"},
	{Name: "op", Kind: Enum, Bits: 16, def: arpWhoHas, names: arpOps, Doc: "operation: who-has, is-at, ..."},
	{Name: "hwsrc", Kind: Hardware, Bits: 48, auto: fromHost, Doc: "sender's hardware address"},
	{Name: "psrc", Kind: IPv4, Bits: 32, auto: fromHost, Doc: "sender's protocol address"},
	{Name: "hwdst", Kind: Hardware, Bits: 48, Doc: "target's hardware address"},
	{Name: "pdst", Kind: IPv4, Bits: 32, Doc: "target's protocol address"},
}

var arpOps = map[uint64]string{
	1: "who-has", 2: "is-at", 3: "RARP-req", 4: "RARP-rep", 5: "Dyn-RARP-req", 6: "Dyn-RAR-rep", 7: "Dyn-RARP-err",
	8: "InARP-req", 9: "InARP-rep",
}

var (
	arpIPv4 = arpShape(6, 4)
	arpIPv6 = arpShape(6, 16)
)

// arpShape is the layout for addresses of the given lengths; odd ones are byte strings.
func arpShape(hwlen, plen int) *shape {
	hw := slotSpec{kind: Bytes, bits: hwlen * 8}
	if hwlen == 6 {
		hw.kind = Hardware
	}
	proto := slotSpec{kind: Bytes, bits: plen * 8}
	switch plen {
	case 4:
		proto.kind = IPv4
	case 16:
		proto.kind = IPv6Address
	}
	specs := all(arpFields[:5])
	for _, name := range []string{"hwsrc", "psrc", "hwdst", "pdst"} {
		s := hw
		if name[0] == 'p' {
			s = proto
		}
		s.name = name
		if s.bits > 0 {
			specs = append(specs, s)
		}
	}
	return layout(arpFields, specs)
}

// chooseARP picks the layout by the lengths, where somebody fixed them, and by the protocol type.
func chooseARP(c choice) *shape {
	hdr, set := c.hdr, c.set
	hwlen, plen := 6, 4
	if binary.BigEndian.Uint16(hdr[2:]) == 0x86dd {
		plen = 16
	}
	if set>>2&1 == 1 {
		hwlen = int(hdr[4])
	}
	if set>>3&1 == 1 {
		plen = int(hdr[5])
	}
	switch {
	case hwlen == 6 && plen == 4:
		return arpIPv4
	case hwlen == 6 && plen == 16:
		return arpIPv6
	}
	return arpShape(hwlen, plen)
}

func askARP(b *builder, i int, unset uint64) error {
	l, hdr := b.p.layers[i], b.header(i)
	dst := l.Addr("pdst")
	if !dst.IsValid() {
		return nil // addresses of an odd length: no host can be asked
	}
	if at := fieldIndex(arpFields, "psrc"); unset>>at&1 == 1 {
		src, err := b.source(dst)
		if err != nil {
			return err
		}
		copy(hdr[l.shape.slots[at].off:], src.AsSlice())
	}
	if at := fieldIndex(arpFields, "hwsrc"); unset>>at&1 == 1 && l.shape.slots[at].kind == Hardware {
		src := b.hardware()
		copy(hdr[l.shape.slots[at].off:], src[:])
	}
	return nil
}

// deriveARP fills the two lengths from the layout in force.
func deriveARP(b *builder, i int, hdr, _ []byte, unset uint64) error {
	s := b.p.layers[i].shape
	if unset>>2&1 == 1 {
		hdr[4] = byte(s.slots[5].bytes)
	}
	if unset>>3&1 == 1 {
		hdr[5] = byte(s.slots[6].bytes)
	}
	return nil
}

func arpSummary(p *Packet, i int) string {
	l := p.layers[i]
	switch l.Uint("op") {
	case arpWhoHas:
		return "ARP who has " + l.Text("pdst") + " says " + l.Text("psrc")
	case arpIsAt:
		return "ARP is at " + l.Text("hwsrc") + " says " + l.Text("psrc")
	}
	return "ARP " + l.Text("op") + " " + l.Text("psrc") + " > " + l.Text("pdst")
}
