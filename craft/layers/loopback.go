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
			Names: map[uint64]string{2: "IPv4", 7: "OSI", 10: "IPv6 of Linux", 16: "Appletalk", 23: "Netware IPX/SPX", 24: "IPv6 of NetBSD", 28: "IPv6 of FreeBSD", 30: "IPv6",
				0x0800: "EtherType of IPv4", 0x86dd: "EtherType of IPv6"}},
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
		Reads:  Ether, // some systems write an EtherType
		Shape:  loopbackShape(),
		Hooks: craft.Hooks{
			// And some the address and control of PPP.
			Dispatch: func(data []byte) craft.Name {
				if len(data) > 2 && data[0] == 0xff && data[1] == 3 {
					return HDLC
				}
				return ""
			},
			// A family is a small number: the zeros show where it begins.
			Choose: func(c craft.Choice) *craft.Shape {
				if b := c.Header; len(b) >= 4 && b[0] == 0 && b[1] == 0 && (b[2] != 0 || b[3] != 0) {
					return loopbackBig()
				}
				return loopbackShape()
			},
		},
	}
})
