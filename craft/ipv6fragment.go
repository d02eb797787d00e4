package craft

import "github.com/moonwire/moonwire/craft/internal/iana"

// IPv6ExtHdrFragment is the Fragment header of IPv6, RFC 8200, section 4.5.
const IPv6ExtHdrFragment Name = "IPv6ExtHdrFragment"

var _ = Define(Spec{
	Name: IPv6ExtHdrFragment, Title: "IPv6 Extension Header - Fragmentation header", Doc: "Fragment header of IPv6, RFC 8200",
	Fields: []Field{
		nextHeader,
		{Name: "res1", Kind: Number, Bits: 8, Doc: "reserved"},
		{Name: "offset", Kind: Number, Bits: 13, Doc: "fragment offset in units of 8 bytes"},
		{Name: "res2", Kind: Number, Bits: 2, Doc: "reserved"},
		{Name: "m", Kind: Number, Bits: 1, Doc: "more fragments follow"},
		{Name: "id", Kind: Number, Bits: 32, Doc: "identification of the fragments of one packet"},
	},
	Binds: []Binding{Over(IPv6, "nh", iana.Fragment), ReadOver(IPerror6, "nh", iana.Fragment)},
	Next:  []string{"nh"},
	Like:  IPv6,
	Hooks: Hooks{
		Extends: true,
		// Only the first fragment begins with the header that nh names.
		GuessPayload: func(l *Layer, _ []byte) Name {
			if l.Uint("offset") != 0 {
				return Raw
			}
			return ""
		},
		Flow: func(f *Flow, l *Layer) {
			f.Proto = uint16(l.Uint("nh"))
			f.Fragment = f.Fragment || l.Uint("offset") != 0
		},
	},
})
