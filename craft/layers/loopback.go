package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Loopback is the header of BSD's loopback interface, link types NULL and LOOP: an address family.
const Loopback craft.Name = "Loopback"

var loopbackFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "type", Kind: craft.Enum, Bits: 32, Default: 2, LittleEndian: true, Doc: "address family of the payload, in the byte order of the host that captured",
			Names: map[uint64]string{2: "IPv4", 7: "OSI", 10: "IPv6", 16: "Appletalk", 23: "Netware IPX/SPX", 24: "IPv6", 28: "IPv6", 30: "IPv6"}},
	}
})

// loopbackShape is the layout of a little-endian host, which is the one that is built, and loopbackBig that of a
// big-endian one and of OpenBSD.
var (
	loopbackShape = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(loopbackFields(), craft.AllFields(loopbackFields()))
	})
	loopbackBig = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(loopbackFields(), []craft.ShapeField{{Name: "type", BigEndian: true}})
	})
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: Loopback, Doc: "BSD loopback, LINKTYPE_NULL and LINKTYPE_LOOP",
		Fields: loopbackFields(),
		Next:   []string{"type"},
		Shape:  loopbackShape(),
		Hooks: craft.Hooks{
			// A family is a small number: the zeros tell where it begins.
			Choose: func(c craft.Choice) *craft.Shape {
				if b := c.Header; len(b) >= 4 && b[0] == 0 && b[1] == 0 && (b[2] != 0 || b[3] != 0) {
					return loopbackBig()
				}
				return loopbackShape()
			},
		},
	}
})
