package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// ARP is the Address Resolution Protocol, RFC 826.
const ARP craft.Name = "ARP"

const arpWhoHas, arpIsAt = 1, 2

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: ARP, Doc: "Address Resolution Protocol, RFC 826",
		Fields: arpFields(),
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x0806), craft.Over(SNAP, "code", 0x0806), craft.Over(CookedLinux, "proto", 0x0806), craft.Over(GRE, "proto", 0x0806),
		},
		Keys:  []string{"ptype", "hwlen", "plen"},
		Shape: arpIPv4(),
		Ends:  true,
		Addresses: []craft.AddressFamily{
			{Field: "psrc", By: "ptype", Four: 0x0800, Six: 0x86dd}, {Field: "pdst", By: "ptype", Four: 0x0800, Six: 0x86dd},
		},
		Network: true,
		Hooks: craft.Hooks{
			Choose:    chooseARP,
			Ask:       askARP,
			Neighbour: arpNeighbour,
			Summary:   arpSummary,
			Answers: func(m craft.Match, i, j int) (bool, string) {
				r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
				switch {
				case r.Uint("op") != q.Uint("op")+1:
					return false, "op is not the answer to the question's op"
				case r.Addr("psrc") != q.Addr("pdst"):
					return false, "it tells about another address than the one asked for"
				case r.Addr("pdst") != q.Addr("psrc") && !q.Addr("psrc").IsUnspecified():
					return false, "it answers the question of another host"
				}
				return true, "it tells the address that was asked for"
			},
			Flow: func(f *craft.Flow, l *craft.Layer) {
				f.Proto, f.Src, f.Dst = flowARP, l.Addr("psrc"), l.Addr("pdst")
			},
		},
	}
})

// Numbers of the fields that the hooks compute.
const arpHWLen, arpPLen, arpHWSrc, arpPSrc = 2, 3, 5, 6

var arpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "hwtype", Kind: craft.Number, Bits: 16, Default: 1, Hex: true, Doc: "hardware type; 1 is Ethernet"},
		{Name: "ptype", Kind: craft.Enum, Bits: 16, Default: 0x0800, Hex: true, Names: etherTypes(), Doc: "protocol type"},
		{Name: "hwlen", Kind: craft.Number, Bits: 8, Computed: craft.Measures("hwsrc")},
		{Name: "plen", Kind: craft.Number, Bits: 8, Computed: craft.Measures("psrc")},
		{Name: "op", Kind: craft.Enum, Bits: 16, Default: arpWhoHas, Names: arpOps(), Doc: "operation: who-has, is-at, ..."},
		{Name: "hwsrc", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "sender's hardware address"},
		{Name: "psrc", Kind: craft.IPv4, Bits: 32, Computed: craft.Computes(craft.Asked), Doc: "sender's protocol address"},
		{Name: "hwdst", Kind: craft.Hardware, Bits: 48, Doc: "target's hardware address"},
		{Name: "pdst", Kind: craft.IPv4, Bits: 32, Doc: "target's protocol address"},
	}
})

var arpOps = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "who-has", 2: "is-at", 3: "RARP-req", 4: "RARP-rep", 5: "Dyn-RARP-req", 6: "Dyn-RAR-rep", 7: "Dyn-RARP-err",
		8: "InARP-req", 9: "InARP-rep",
	}
})

var (
	arpIPv4 = sync.OnceValue(func() *craft.Shape {
		return arpShape(6, 4)
	})
	arpIPv6 = sync.OnceValue(func() *craft.Shape {
		return arpShape(6, 16)
	})
)

// arpShape is the layout for addresses of the given lengths; odd ones are byte strings.
// flowARP marks the flow of an ARP exchange, beyond the IP protocol numbers.
const flowARP = 0x806

func arpShape(hwlen, plen int) *craft.Shape {
	hw := craft.ShapeField{Kind: craft.Bytes, Bits: hwlen * 8}
	if hwlen == 6 {
		hw.Kind = craft.Hardware
	}
	proto := craft.ShapeField{Kind: craft.Bytes, Bits: plen * 8}
	switch plen {
	case 4:
		proto.Kind = craft.IPv4
	case 16:
		proto.Kind = craft.IPv6Address
	}
	specs := craft.AllFields(arpFields()[:5])
	for _, name := range []string{"hwsrc", "psrc", "hwdst", "pdst"} {
		s := hw
		if name[0] == 'p' {
			s = proto
		}
		s.Name = name
		if s.Bits > 0 {
			specs = append(specs, s)
		}
	}
	return craft.Layout(arpFields(), specs)
}

// chooseARP picks the layout by the lengths, where they are set, and by the protocol type.
func chooseARP(c craft.Choice) *craft.Shape {
	hdr := c.Header
	hwlen, plen := 6, 4
	if binary.BigEndian.Uint16(hdr[2:]) == 0x86dd {
		plen = 16
	}
	if c.Reading || c.Set>>arpHWLen&1 == 1 {
		hwlen = int(hdr[4])
	}
	if c.Reading || c.Set>>arpPLen&1 == 1 {
		plen = int(hdr[5])
	}
	switch {
	case hwlen == 6 && plen == 4:
		return arpIPv4()
	case hwlen == 6 && plen == 16:
		return arpIPv6()
	}
	return arpShape(hwlen, plen)
}

// arpNeighbour is whom an answer is for; a question goes to everybody.
func arpNeighbour(b *craft.Builder, i int) (values.MAC, error) {
	if b.Layer(i).Uint("op") == arpWhoHas {
		return values.Broadcast(), nil
	}
	return b.NextHop(b.Layer(i).Addr("pdst"))
}

func askARP(b *craft.Builder, i int, unset uint64) error {
	l, hdr := b.Layer(i), b.Header(i)
	dst := l.Addr("pdst")
	if !dst.IsValid() {
		return nil // addresses of an odd length: no host can be asked
	}
	if unset>>arpPSrc&1 == 1 {
		src, err := b.Source(dst)
		if err != nil {
			return err
		}
		copy(hdr[l.OffsetOf("psrc"):], src.AsSlice())
	}
	if unset>>arpHWSrc&1 == 1 && l.Value("hwsrc").Kind() == craft.Hardware {
		src := b.Hardware()
		copy(hdr[l.OffsetOf("hwsrc"):], src[:])
	}
	return nil
}

func arpSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	switch l.Uint("op") {
	case arpWhoHas:
		return "ARP who has " + l.Text("pdst") + " says " + l.Text("psrc")
	case arpIsAt:
		return "ARP is at " + l.Text("hwsrc") + " says " + l.Text("psrc")
	}
	return "ARP " + l.Text("op") + " " + l.Text("psrc") + " > " + l.Text("pdst")
}
