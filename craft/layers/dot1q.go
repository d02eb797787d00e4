package layers

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
)

const (
	// Dot1Q is the VLAN tag of IEEE 802.1Q.
	Dot1Q craft.Name = "Dot1Q"
	// Dot1AD is the outer tag of stacked VLANs, IEEE 802.1ad.
	Dot1AD craft.Name = "Dot1AD"
)

var _ = define(func() craft.Spec {
	return tagSpec(Dot1Q, "802.1Q", "VLAN tag, IEEE 802.1Q", 0x8100)
})
var _ = define(func() craft.Spec {
	return tagSpec(Dot1AD, "802_1AD", "outer tag of stacked VLANs, IEEE 802.1ad", 0x88a8)
})

// tagSpec is the table of a VLAN tag. Whatever Ethernet carries, a tag carries too.
func tagSpec(name craft.Name, title, doc string, etherType uint64) craft.Spec {
	s := craft.Spec{
		Name: name, Families: []craft.Name{Dot1Q}, Title: title, Doc: doc,
		Fields: []craft.Field{
			{Name: "prio", Kind: craft.Number, Bits: 3, Doc: "priority code point, 7 is the highest"},
			{Name: "id", Kind: craft.Number, Bits: 1, Doc: "drop eligible; formerly the canonical format indicator"},
			{Name: "vlan", Kind: craft.Number, Bits: 12, Default: 1, Doc: "VLAN identifier; 0 is no VLAN, only a priority"},
			{Name: "type", Kind: craft.Enum, Bits: 16, Hex: true, Names: etherTypes(), Doc: "protocol of the payload; below 1501 its length"},
		},
		Binds: []craft.Binding{craft.Over(Ether, "type", etherType)},
		Next:  []string{"type"},
		Like:  Ether,
		Tag:   true,
		Hooks: craft.Hooks{
			PayloadLen:   etherPayload,
			GuessPayload: etherCarries,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				kind, vlan := l.Text("type"), l.Text("vlan")
				if i > 0 && p.Layers()[i-1].Has("src") && p.Layers()[i-1].Has("dst") {
					return fmt.Sprintf("802.1q %s > %s (%s) vlan %s", p.Layers()[i-1].Text("src"), p.Layers()[i-1].Text("dst"), kind, vlan)
				}
				return fmt.Sprintf("802.1q (%s) vlan %s", kind, vlan)
			},
			Answers: func(m craft.Match, i, j int) (bool, string) {
				r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
				if r.Uint("type") != q.Uint("type") || r.Uint("vlan") != q.Uint("vlan") {
					return false, "it belongs to another VLAN or protocol"
				}
				return m.Next(i, j)
			},
		},
	}
	if name == Dot1Q {
		for _, old := range []uint64{0x9100, 0x9200, 0x9300} { // of outer tags, before IEEE 802.1ad
			s.Binds = append(s.Binds, craft.ReadOver(Ether, "type", old))
		}
		s.Binds = append(s.Binds, craft.Over(SNAP, "code", etherType), craft.Over(CookedLinux, "proto", etherType), craft.Over(GRE, "proto", etherType))
	}
	return s
}
