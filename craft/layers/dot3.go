package layers

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Dot3 is the Ethernet header with a length in place of a type, IEEE 802.3.
const Dot3 craft.Name = "Dot3"

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: Dot3, Title: "802.3", Doc: "Ethernet header with a length, IEEE 802.3",
		Fields: []craft.Field{
			{Name: "dst", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "destination; the next hop's address"},
			{Name: "src", Kind: craft.Hardware, Bits: 48, Computed: craft.Computes(craft.Asked), Doc: "source; the interface's address"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.PayloadLength)},
		},
		Carries: map[uint64]craft.Name{0: LLC},
		Hooks: craft.Hooks{
			Ask:      askEther,
			Dispatch: dot3Becomes,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return "802.3 " + l.Text("src") + " > " + l.Text("dst")
			},
		},
	}
})

// etherBecomes tells frames with a length from those with a type. What lies between 1500 and 1536 is neither, and is
// left to Ethernet.
func etherBecomes(data []byte) craft.Name {
	if len(data) >= 14 && int(data[12])<<8|int(data[13]) <= iana.MaxLength8023 {
		return Dot3
	}
	return ""
}

// dot3Becomes is etherBecomes the other way round.
func dot3Becomes(data []byte) craft.Name {
	if len(data) >= 14 && etherBecomes(data) == "" {
		return Ether
	}
	return ""
}

// etherCarries knows what follows a length in place of a type.
func etherCarries(l *craft.Layer, _ []byte) craft.Name {
	if l.Uint("type") <= iana.MaxLength8023 {
		return LLC
	}
	return ""
}
