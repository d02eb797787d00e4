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
	{Name: "version", Kind: Number, Bits: 4, def: 2, Doc: "VRRP version"},
	{Name: "type", Kind: Number, Bits: 4, def: 1, Doc: "1: advertisement"},
	{Name: "vrid", Kind: Number, Bits: 8, def: 1, Doc: "which virtual router"},
	{Name: "priority", Kind: Number, Bits: 8, def: 100, Doc: "255 is the owner of the address, 0 gives it up"},
	{Name: "ipcount", Kind: Number, Bits: 8, auto: derived, Doc: "how many addresses follow"},
	{Name: "authtype", Kind: Number, Bits: 8, Doc: "0 is none"},
	{Name: "adv", Kind: Number, Bits: 8, def: 1, Doc: "interval between advertisements in seconds"},
	{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum of the message"},
	{Name: "addrlist", Kind: Values, part: items(item{4, IPv4}, func(l *Layer, _ []byte) (int, error) { return 4 * int(l.Uint("ipcount")), nil }), Doc: "the virtual router's addresses"},
	{Name: "auth1", Kind: Number, Bits: 32, Doc: "authentication data, first half"},
	{Name: "auth2", Kind: Number, Bits: 32, Doc: "authentication data, second half"},
}

var (
	vrrpShape  = layout(vrrpFields, all(vrrpFields))
	vrrpNoAuth = layout(vrrpFields, all(vrrpFields[:len(vrrpFields)-2]))
)

var _ = define(spec{
	name: VRRP, doc: "Virtual Router Redundancy Protocol 2, RFC 3768",
	fields: vrrpFields,
	binds:  []bind{over(IP, "proto", vrrpProtocol)},
	shape:  vrrpShape,
	hooks: hooks{
		// Some routers leave the authentication data away.
		choose: func(c choice) *shape {
			const reading = ^uint64(0)
			if c.set == reading && len(c.hdr) >= vrrpNoAuth.size && len(c.hdr) < vrrpShape.size+4*int(c.hdr[3]) {
				return vrrpNoAuth
			}
			return vrrpShape
		},
		derive: deriveVRRP,
		sum:    sumRule{covers: overHeader, field: "chksum"},
	},
})

func deriveVRRP(b *builder, i int, hdr, payload []byte, unset uint64) error {
	l := b.p.layers[i]
	if unset>>vrrpCount&1 == 1 {
		n := len(b.at(i, "addrlist")) / vrrpWidth(l)
		if n > 0xff {
			return fmt.Errorf("%s.ipcount: want at most 255 addresses, got %d: set ipcount yourself to send them", l.proto.name, n)
		}
		hdr[3] = byte(n)
	}
	if unset>>vrrpSum&1 == 1 {
		binary.BigEndian.PutUint16(hdr[6:], 0)
		sum := checksum(hdr)
		if l.proto.name == VRRPv3 {
			sum = b.transportSum(i, vrrpProtocol, hdr[:len(hdr)+len(payload)])
		}
		binary.BigEndian.PutUint16(hdr[6:], sum)
	}
	return nil
}

var _ = define(spec{
	name: VRRPv3, doc: "Virtual Router Redundancy Protocol 3, RFC 9568",
	fields: []Field{
		{Name: "version", Kind: Number, Bits: 4, def: 3, Doc: "VRRP version"},
		{Name: "type", Kind: Number, Bits: 4, def: 1, Doc: "1: advertisement"},
		{Name: "vrid", Kind: Number, Bits: 8, def: 1, Doc: "which virtual router"},
		{Name: "priority", Kind: Number, Bits: 8, def: 100, Doc: "255 is the owner of the address, 0 gives it up"},
		{Name: "ipcount", Kind: Number, Bits: 8, auto: derived, Doc: "how many addresses follow"},
		{Name: "res", Kind: Number, Bits: 4, Doc: "reserved bits"},
		{Name: "adv", Kind: Number, Bits: 12, def: 100, Doc: "interval between advertisements in hundredths of a second"},
		{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum with pseudo-header; 0 without an IP layer below"},
		{Name: "addrlist", Kind: Values, part: vrrpAddresses, Doc: "the virtual router's addresses, all of the family that carries the message"},
	},
	binds: []bind{over(IP, "proto", vrrpProtocol), over(IPv6, "nh", vrrpProtocol)},
	hooks: hooks{
		claims: func(b []byte) bool { return len(b) > 0 && b[0]>>4 == 3 },
		derive: deriveVRRP,
		sum:    sumRule{covers: overSegment, field: "chksum"},
	},
})

// vrrpWidth is how long an address of the message is. A packet from the wire tells by its length, another one by what
// carries it.
func vrrpWidth(l *Layer) int {
	if l.proto.name != VRRPv3 {
		return 4
	}
	if n := int(l.Uint("ipcount")); n > 0 && l.IsSet("ipcount") && len(l.tail) == 16*n {
		return 16
	}
	if below := l.below(); below != nil && below.proto.name == IPv6 {
		return 16
	}
	return 4
}

var vrrpAddresses = &part{
	length: func(l *Layer, rest []byte) (int, error) {
		n := int(l.Uint("ipcount"))
		if len(rest) == 16*n {
			return 16 * n, nil
		}
		return 4 * n, nil
	},
	encode: func(l *Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		var out []byte
		for i, v := range values {
			b, err := item{4, IPv4}.encode(v)
			if err != nil {
				b, err = item{16, IPv6Address}.encode(v)
			}
			if err != nil {
				return nil, fmt.Errorf("element %d: want an address, got %v", i+1, v)
			}
			out = append(out, b...)
		}
		return out, nil
	},
	decode: func(l *Layer, b []byte) any {
		one := item{4, IPv4}
		if vrrpWidth(l) == 16 {
			one = item{16, IPv6Address}
		}
		return items(one, nil).decode(l, b)
	},
}
