package craft

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/moonwire/moonwire/craft/values"
)

// An Item is how one value of a list of equal ones goes on the wire.
type Item struct {
	// Bytes is the width of one value.
	Bytes int
	// Kind is Number, IPv4, IPv6Address or Hardware.
	Kind Kind
}

// Encode writes one value. The error says what was wanted.
func (t Item) Encode(v any) ([]byte, error) {
	switch v := v.(type) {
	case Verbatim:
		return v, nil
	case string:
		if a, err := netip.ParseAddr(v); err == nil && len(a.AsSlice()) == t.Bytes && (t.Kind == IPv4 || t.Kind == IPv6Address) {
			return a.AsSlice(), nil
		}
		if m, err := values.ParseMAC(v); err == nil && t.Kind == Hardware {
			return m[:], nil
		}
	case netip.Addr:
		if len(v.AsSlice()) == t.Bytes && (t.Kind == IPv4 || t.Kind == IPv6Address) {
			return v.AsSlice(), nil
		}
	case values.MAC:
		if t.Kind == Hardware {
			return v[:], nil
		}
	}
	n, ok := Uint(v)
	if !ok || t.Kind != Number || t.Bytes < 8 && n>>(8*t.Bytes) != 0 {
		if t.Kind == Number {
			return nil, fmt.Errorf("want a number of %d bits, got %v", 8*t.Bytes, v)
		}
		return nil, fmt.Errorf("want %s, got %v", t.Kind, v)
	}
	return binary.BigEndian.AppendUint64(nil, n)[8-t.Bytes:], nil
}

// Decode reads one value of the item's width.
func (t Item) Decode(b []byte) any {
	switch t.Kind {
	case IPv4, IPv6Address:
		a, _ := netip.AddrFromSlice(b)
		return a
	case Hardware:
		return values.MAC(b)
	case Number, Enum, Port, Flags, Bytes, Options, Text, Values, Packets, Fixed:
	}
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}
