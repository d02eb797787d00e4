package craft

import (
	"fmt"

	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Dot3 is the Ethernet header with a length in place of a type, IEEE 802.3.
const Dot3 Name = "Dot3"

var _ = Define(Spec{
	Name: Dot3, Title: "802.3", Doc: "Ethernet header with a length, IEEE 802.3",
	Fields: []Field{
		{Name: "dst", Kind: Hardware, Bits: 48, Auto: AutoHost, Doc: "destination; the next hop's address"},
		{Name: "src", Kind: Hardware, Bits: 48, Auto: AutoHost, Doc: "source; the interface's address"},
		{Name: "len", Kind: Number, Bits: 16, Auto: AutoDerived, Doc: "length of the payload in bytes"},
	},
	Hooks: Hooks{
		Ask:          askEther,
		Sum:          SumRule{Covers: CoversNothing},
		GuessPayload: func(*Layer, []byte) Name { return LLC },
		PayloadLen: func(l *Layer, rest int) (int, error) {
			n := int(l.Uint("len"))
			if n > rest {
				return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", n, rest)
			}
			return n, nil
		},
		Derive: func(_ *Builder, _ int, hdr, payload []byte, _ uint64) error {
			return PutLength(hdr[12:], "Dot3.len", len(payload))
		},
		Summary: func(p *Packet, i int) string {
			l := p.Layers()[i]
			return "802.3 " + l.Text("src") + " > " + l.Text("dst")
		},
	},
})

// etherBecomes tells frames with a length from those with a type. What lies between 1500 and 1536 is neither, and is
// left to Ethernet.
func etherBecomes(data []byte) Name {
	if len(data) >= 14 && int(data[12])<<8|int(data[13]) <= iana.MaxLength8023 {
		return Dot3
	}
	return ""
}

// etherCarries knows what follows a length in place of a type.
func etherCarries(l *Layer, _ []byte) Name {
	if l.Uint("type") <= iana.MaxLength8023 {
		return LLC
	}
	return ""
}
