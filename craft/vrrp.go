package craft

import (
	"encoding/binary"
	"fmt"
)

// The Virtual Router Redundancy Protocol.
const (
	// VRRP is version 2, RFC 3768; other versions than 3 are read as it.
	VRRP Name = "VRRP"
	// VRRPv3 is version 3, RFC 9568, for IPv4 and IPv6.
	VRRPv3 Name = "VRRPv3"
)

const vrrpProtocol = 112

// Numbers of the fields that are computed, the same in both versions.
const vrrpCount, vrrpSum = 4, 7

var vrrpFields = []Field{
	{Name: "version", Kind: Number, Bits: 4, Default: 2, Doc: "VRRP version"},
	{Name: "type", Kind: Number, Bits: 4, Default: 1, Doc: "1: advertisement"},
	{Name: "vrid", Kind: Number, Bits: 8, Default: 1, Doc: "which virtual router"},
	{Name: "priority", Kind: Number, Bits: 8, Default: 100, Doc: "255 is the owner of the address, 0 gives it up"},
	{Name: "ipcount", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "how many addresses follow"},
	{Name: "authtype", Kind: Number, Bits: 8, Doc: "0 is none"},
	{Name: "adv", Kind: Number, Bits: 8, Default: 1, Doc: "interval between advertisements in seconds"},
	{Name: "chksum", Kind: Number, Bits: 16, Auto: AutoDerived, Hex: true, Doc: "checksum of the message"},
	{Name: "addrlist", Kind: Values, Part: ItemList(Item{4, IPv4}, func(l *Layer, _ []byte) (int, error) { return 4 * int(l.Uint("ipcount")), nil }), Doc: "the virtual router's addresses"},
	{Name: "auth1", Kind: Number, Bits: 32, Doc: "authentication data, first half"},
	{Name: "auth2", Kind: Number, Bits: 32, Doc: "authentication data, second half"},
}

var (
	vrrpShape  = Layout(vrrpFields, AllFields(vrrpFields))
	vrrpNoAuth = Layout(vrrpFields, AllFields(vrrpFields[:len(vrrpFields)-2]))
)

var _ = Define(Spec{
	Name: VRRP, Doc: "Virtual Router Redundancy Protocol 2, RFC 3768",
	Fields: vrrpFields,
	Binds:  []Binding{Over(IP, "proto", vrrpProtocol)}, Identity: []string{"type"},
	Shape: vrrpShape,
	Hooks: Hooks{
		// Some routers leave the authentication data away.
		Choose: func(c Choice) *Shape {
			const reading = ^uint64(0)
			if c.Set == reading && len(c.Header) >= vrrpNoAuth.Size() && len(c.Header) < vrrpShape.Size()+4*int(c.Header[3]) {
				return vrrpNoAuth
			}
			return vrrpShape
		},
		Derive: deriveVRRP,
		Sum:    SumRule{Covers: CoversHeader, Field: "chksum"},
	},
})

func deriveVRRP(b *Builder, i int, hdr, payload []byte, unset uint64) error {
	l := b.Layer(i)
	if unset>>vrrpCount&1 == 1 {
		n := len(b.At(i, "addrlist")) / vrrpWidth(l)
		if n > 0xff {
			return fmt.Errorf("%s.ipcount: want at most 255 addresses, got %d: set ipcount yourself to send them", l.Name(), n)
		}
		hdr[3] = byte(n)
	}
	if unset>>vrrpSum&1 == 1 {
		binary.BigEndian.PutUint16(hdr[6:], 0)
		sum := Checksum(hdr)
		if l.Name() == VRRPv3 {
			sum = b.SegmentSum(i, vrrpProtocol, hdr[:len(hdr)+len(payload)])
		}
		binary.BigEndian.PutUint16(hdr[6:], sum)
	}
	return nil
}

var _ = Define(Spec{
	Name: VRRPv3, Doc: "Virtual Router Redundancy Protocol 3, RFC 9568",
	Fields: []Field{
		{Name: "version", Kind: Number, Bits: 4, Default: 3, Doc: "VRRP version"},
		{Name: "type", Kind: Number, Bits: 4, Default: 1, Doc: "1: advertisement"},
		{Name: "vrid", Kind: Number, Bits: 8, Default: 1, Doc: "which virtual router"},
		{Name: "priority", Kind: Number, Bits: 8, Default: 100, Doc: "255 is the owner of the address, 0 gives it up"},
		{Name: "ipcount", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "how many addresses follow"},
		{Name: "res", Kind: Number, Bits: 4, Doc: "reserved bits"},
		{Name: "adv", Kind: Number, Bits: 12, Default: 100, Doc: "interval between advertisements in hundredths of a second"},
		{Name: "chksum", Kind: Number, Bits: 16, Auto: AutoDerived, Hex: true, Doc: "checksum with pseudo-header; 0 without an IP layer below"},
		{Name: "addrlist", Kind: Values, Part: vrrpAddresses, Doc: "the virtual router's addresses, all of the family that carries the message"},
	},
	Binds: []Binding{Over(IP, "proto", vrrpProtocol), Over(IPv6, "nh", vrrpProtocol)}, Identity: []string{"type"},
	Hooks: Hooks{
		Accepts: func(b []byte) bool { return len(b) > 0 && b[0]>>4 == 3 },
		Derive:  deriveVRRP,
		Sum:     SumRule{Covers: CoversSegment, Field: "chksum"},
	},
})

// vrrpWidth is how long an address of the message is. A packet from the wire tells by its length, another one by what
// carries it.
func vrrpWidth(l *Layer) int {
	if l.Name() != VRRPv3 {
		return 4
	}
	if n := int(l.Uint("ipcount")); n > 0 && l.IsSet("ipcount") && len(l.PartBytes("addrlist")) == 16*n {
		return 16
	}
	if below := l.Below(); below != nil && below.Name() == IPv6 {
		return 16
	}
	return 4
}

var vrrpAddresses = &Part{
	Length: func(l *Layer, rest []byte) (int, error) {
		n := int(l.Uint("ipcount"))
		if len(rest) == 16*n {
			return 16 * n, nil
		}
		return 4 * n, nil
	},
	Encode: func(l *Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		var out []byte
		for i, v := range values {
			b, err := Item{4, IPv4}.Encode(v)
			if err != nil {
				b, err = Item{16, IPv6Address}.Encode(v)
			}
			if err != nil {
				return nil, fmt.Errorf("element %d: want an address, got %v", i+1, v)
			}
			out = append(out, b...)
		}
		return out, nil
	},
	Decode: func(l *Layer, b []byte) any {
		one := Item{4, IPv4}
		if vrrpWidth(l) == 16 {
			one = Item{16, IPv6Address}
		}
		return ItemList(one, nil).Decode(l, b)
	},
}
