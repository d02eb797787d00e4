package layers

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// IPv6ExtHdrFragment is the Fragment header of IPv6, RFC 8200, section 4.5.
const IPv6ExtHdrFragment craft.Name = "IPv6ExtHdrFragment"

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: IPv6ExtHdrFragment, Families: []craft.Name{ipv6Extensions}, Title: "IPv6 Extension Header - Fragmentation header", Doc: "Fragment header of IPv6, RFC 8200",
		Fields: []craft.Field{
			nextHeader(),
			{Name: "res1", Kind: craft.Number, Bits: 8, Doc: "reserved"},
			{Name: "offset", Kind: craft.Number, Bits: 13, Doc: "fragment offset in units of 8 bytes"},
			{Name: "res2", Kind: craft.Number, Bits: 2, Doc: "reserved"},
			{Name: "m", Kind: craft.Number, Bits: 1, Doc: "more fragments follow"},
			{Name: "id", Kind: craft.Number, Bits: 32, Doc: "identification of the fragments of one packet"},
		},
		Binds:     []craft.Binding{craft.Over(IPv6, "nh", iana.Fragment), craft.ReadOver(IPerror6, "nh", iana.Fragment)},
		Next:      []string{"nh"},
		Like:      IPv6,
		Fragments: []craft.Condition{{Field: "m"}, {Field: "offset"}},
		Extends:   true,
		Hooks: craft.Hooks{
			// Only the first fragment begins with the header that nh names.
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if l.Uint("offset") != 0 {
					return craft.Raw
				}
				return ""
			},
			Flow: func(f *craft.Flow, l *craft.Layer) {
				f.Proto = uint16(l.Uint("nh"))
				f.Fragment = f.Fragment || l.Uint("offset") != 0
			},
		},
	}
})
