package craft

// IPv6ExtHdrFragment is the Fragment header of IPv6, RFC 8200, section 4.5.
const IPv6ExtHdrFragment Name = "IPv6ExtHdrFragment"

var _ = define(spec{
	name: IPv6ExtHdrFragment, title: "IPv6 Extension Header - Fragmentation header", doc: "Fragment header of IPv6, RFC 8200",
	fields: []Field{
		nextHeader,
		{Name: "res1", Kind: Number, Bits: 8, Doc: "reserved"},
		{Name: "offset", Kind: Number, Bits: 13, Doc: "fragment offset in units of 8 bytes"},
		{Name: "res2", Kind: Number, Bits: 2, Doc: "reserved"},
		{Name: "m", Kind: Number, Bits: 1, Doc: "more fragments follow"},
		{Name: "id", Kind: Number, Bits: 32, Doc: "identification of the fragments of one packet"},
	},
	binds: []bind{over(IPv6, "nh", fragmenting), readOver(IPerror6, "nh", fragmenting)},
	next:  []string{"nh"},
	like:  IPv6,
	hooks: hooks{
		extends: true,
		// Only the first fragment begins with the header that nh names.
		carries: func(l *Layer, _ []byte) Name {
			if l.Uint("offset") != 0 {
				return Raw
			}
			return ""
		},
		flow: func(f *flow, l *Layer) {
			f.proto = uint16(l.Uint("nh"))
			f.part = f.part || l.Uint("offset") != 0
		},
	},
})
