package layers

import (
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The Virtual Router Redundancy Protocol.
const (
	// VRRP is version 2, RFC 3768; other versions than 3 are read as it.
	VRRP craft.Name = "VRRP"
	// VRRPv3 is version 3, RFC 9568, for IPv4 and IPv6.
	VRRPv3 craft.Name = "VRRPv3"
)

const vrrpProtocol = 112

var vrrpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "version", Kind: craft.Number, Bits: 4, Default: 2, Doc: "VRRP version"},
		{Name: "type", Kind: craft.Number, Bits: 4, Default: 1, Doc: "1: advertisement"},
		{Name: "vrid", Kind: craft.Number, Bits: 8, Default: 1, Doc: "which virtual router"},
		{Name: "priority", Kind: craft.Number, Bits: 8, Default: 100, Doc: "255 is the owner of the address, 0 gives it up"},
		{Name: "ipcount", Kind: craft.Number, Bits: 8, Computed: craft.Counts("addrlist")},
		{Name: "authtype", Kind: craft.Number, Bits: 8, Doc: "0 is none"},
		{Name: "adv", Kind: craft.Number, Bits: 8, Default: 1, Doc: "interval between advertisements in seconds"},
		{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderSum), Hex: true},
		{Name: "addrlist", Kind: craft.Values, Item: craft.Item{Kind: craft.IPv4}, Doc: "the virtual router's addresses"},
		{Name: "auth1", Kind: craft.Number, Bits: 32, Doc: "authentication data, first half"},
		{Name: "auth2", Kind: craft.Number, Bits: 32, Doc: "authentication data, second half"},
	}
})

var (
	vrrpShape = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(vrrpFields(), craft.AllFields(vrrpFields()))
	})
	vrrpNoAuth = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(vrrpFields(), craft.AllFields(vrrpFields()[:len(vrrpFields())-2]))
	})
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: VRRP, Doc: "Virtual Router Redundancy Protocol 2, RFC 3768",
		Fields: vrrpFields(),
		Binds:  []craft.Binding{craft.Over(IP, "proto", vrrpProtocol)}, Identity: []string{"type"},
		Shape: vrrpShape(),
		Hooks: craft.Hooks{
			// Some routers leave the authentication data away.
			Choose: func(c craft.Choice) *craft.Shape {
				if c.Reading && len(c.Header) >= vrrpNoAuth().Size() && len(c.Header) < vrrpShape().Size()+4*int(c.Header[3]) {
					return vrrpNoAuth()
				}
				return vrrpShape()
			},
			Dispatch: func(data []byte) craft.Name {
				if data[0]>>4 == 3 {
					return VRRPv3
				}
				return ""
			},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: VRRPv3, Doc: "Virtual Router Redundancy Protocol 3, RFC 9568",
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Number, Bits: 4, Default: 3, Doc: "VRRP version"},
			{Name: "type", Kind: craft.Number, Bits: 4, Default: 1, Doc: "1: advertisement"},
			{Name: "vrid", Kind: craft.Number, Bits: 8, Default: 1, Doc: "which virtual router"},
			{Name: "priority", Kind: craft.Number, Bits: 8, Default: 100, Doc: "255 is the owner of the address, 0 gives it up"},
			{Name: "ipcount", Kind: craft.Number, Bits: 8, Computed: craft.Counts("addrlist")},
			{Name: "res", Kind: craft.Number, Bits: 4, Doc: "reserved bits"},
			{Name: "adv", Kind: craft.Number, Bits: 12, Default: 100, Doc: "interval between advertisements in hundredths of a second"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.SegmentSum, Number: vrrpProtocol}, Hex: true, Doc: "checksum with pseudo-header; 0 without an IP layer below"},
			{Name: "addrlist", Kind: craft.Values, Part: vrrpAddresses, Doc: "the virtual router's addresses, all of the family that carries the message"},
		},
		Binds: []craft.Binding{craft.Over(IP, "proto", vrrpProtocol), craft.Over(IPv6, "nh", vrrpProtocol)}, Identity: []string{"type"},
		Hooks: craft.Hooks{
			Accepts: func(b []byte) bool { return len(b) > 0 && b[0]>>4 == 3 },
			Dispatch: func(data []byte) craft.Name {
				if data[0]>>4 == 2 {
					return VRRP
				}
				return ""
			},
		},
	}
})

// vrrpWidth is how long an address of the message is. What carries it decides, behind extension headers too. With nothing below, it is
// an IPv6 message whose first address is link-local, as the first one must be (RFC 9568, 5.2.9); in IPv4 that would be a reserved one.
func vrrpWidth(l *craft.Layer, addresses []byte) int {
	for below := l.Below(); below != nil; below = below.Below() {
		switch below.Name() {
		case IP:
			return 4
		case IPv6:
			return 16
		}
	}
	if len(addresses) >= 16 && addresses[0] == 0xfe && addresses[1]&0xc0 == 0x80 {
		return 16
	}
	return 4
}

var vrrpAddresses = &craft.Part{
	Length: func(l *craft.Layer, rest []byte) (int, error) {
		return int(l.Uint("ipcount")) * vrrpWidth(l, rest), nil
	},
	Encode: func(l *craft.Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		var out []byte
		for i, v := range values {
			b, err := craft.Item{Bytes: 4, Kind: craft.IPv4}.Encode(v)
			if err != nil {
				b, err = craft.Item{Bytes: 16, Kind: craft.IPv6Address}.Encode(v)
			}
			if err != nil {
				return nil, fmt.Errorf("element %d: want an address, got %v", i+1, v)
			}
			out = append(out, b...)
		}
		return out, nil
	},
	Decode: func(l *craft.Layer, b []byte) any {
		one := craft.Item{Bytes: 4, Kind: craft.IPv4}
		if vrrpWidth(l, b) == 16 {
			one = craft.Item{Bytes: 16, Kind: craft.IPv6Address}
		}
		return craft.ItemList(one).Decode(l, b)
	},
}
