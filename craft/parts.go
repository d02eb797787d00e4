package craft

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// The kinds of parts that several protocols have.

// ZeroTerminated is a string that ends in a zero byte.
func ZeroTerminated() *Part { return zeroTerminated }

var zeroTerminated = &Part{
	Length: func(_ *Layer, rest []byte) (int, error) {
		if i := bytes.IndexByte(rest, 0); i >= 0 {
			return i + 1, nil
		}
		return len(rest), errors.New("malformed: no zero byte at the end of a string")
	},
	Encode: func(_ *Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return append([]byte(v), 0), nil
		case []byte:
			return append(append([]byte(nil), v...), 0), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	},
	Decode: func(_ *Layer, b []byte) any { return string(bytes.TrimSuffix(b, []byte{0})) },
}

// PlainText is a string up to the end, or as long as a Length that is added says.
func PlainText() *Part { return plainText }

var plainText = &Part{
	Encode: func(_ *Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return []byte(v), nil
		case []byte:
			return bytes.Clone(v), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	},
	Decode: func(_ *Layer, b []byte) any { return string(b) },
}

// Ending is the part with another way to find its end.
func (p *Part) Ending(length func(l *Layer, rest []byte) (int, error)) *Part {
	other := *p
	other.Length = length
	return &other
}

// An Item is how one value of a list of equal ones goes on the wire.
type Item struct {
	// Bytes is the width of one value.
	Bytes int
	// Kind is Number, IPv4, IPv6Address or Hardware.
	Kind Kind
}

// Encode writes one value. The error says what was wanted.
func (t Item) Encode(v any) ([]byte, error) {
	if raw, ok := v.(Verbatim); ok {
		return raw, nil
	}
	b := kinds[t.Kind].encode(t, v)
	switch {
	case b != nil:
		return b, nil
	case t.Kind == Number:
		return nil, fmt.Errorf("want a number of %d bits, got %v", 8*t.Bytes, v)
	}
	return nil, fmt.Errorf("want %s, got %v", t.Kind, v)
}

// Decode reads one value of the item's width.
func (t Item) Decode(b []byte) any {
	v := Value{kind: t.Kind, bytes: b}
	for _, c := range b {
		v.num = v.num<<8 | uint64(c)
	}
	return v.Decoded()
}

// ItemList is a list of values of one width.
func ItemList(one Item) *Part {
	return &Part{
		Width: one.Bytes,
		Encode: func(_ *Layer, v any) ([]byte, error) {
			var out []byte
			values, ok := v.([]any)
			if !ok {
				values = []any{v}
			}
			for i, v := range values {
				b, err := one.Encode(v)
				if err != nil {
					return nil, fmt.Errorf("element %d: %w", i+1, err)
				}
				out = append(out, b...)
			}
			return out, nil
		},
		Decode: func(_ *Layer, b []byte) any {
			values := []any{}
			for ; len(b) >= one.Bytes; b = b[one.Bytes:] {
				values = append(values, one.Decode(b[:one.Bytes]))
			}
			if len(b) > 0 {
				values = append(values, Verbatim(b))
			}
			return values
		},
	}
}

// NamedItemList is a list of numbers that have names: both are accepted.
func NamedItemList(width int, names map[uint64]string) *Part {
	p := *ItemList(Item{Bytes: width, Kind: Number})
	numbers := p.Encode
	p.Encode = func(l *Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		values = slices.Clone(values)
		for i, v := range values {
			name, isName := v.(string)
			if n, known := (&Field{Names: names}).Number(name); isName && known {
				values[i] = n
			}
		}
		return numbers(l, values)
	}
	return &p
}

// Uint reads all the integer types that Set takes.
func Uint(v any) (uint64, bool) {
	switch n := reflect.ValueOf(v); {
	case n.CanUint():
		return n.Uint(), true
	case n.CanInt():
		return uint64(n.Int()), n.Int() >= 0
	}
	return 0, false
}

// PacketList is a list of layers that stand inside the field, one after the other. pick names the protocol of the one that
// begins at b; "" says that nothing begins there.
func PacketList(pick func(l *Layer, b []byte) Name) *Part {
	return &Part{
		Pick: pick,
		Encode: func(_ *Layer, v any) ([]byte, error) {
			b, err := AppendPackets(nil, v)
			if err != nil {
				return nil, err
			}
			return trimPadding(b, v), nil
		},
		Decode: func(l *Layer, b []byte) any {
			list := []*Packet{}
			for len(b) > 0 {
				p, n := l.ReadOne(pick(l, b), b)
				list = append(list, p)
				b = b[n:]
			}
			return list
		},
	}
}

// LayersOf is a list of layers of one protocol.
func LayersOf(name Name) *Part {
	return PacketList(func(*Layer, []byte) Name { return name })
}

// AppendPackets builds what stands in a list of layers: a packet, several, or none.
func AppendPackets(out []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case *Packet:
		return AppendBuild(out, v, nil)
	case *Layer:
		return AppendBuild(out, Stack(v), nil)
	case Verbatim:
		return append(out, v...), nil
	case []*Packet:
		for _, p := range v {
			if out, err = AppendBuild(out, p, nil); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		for i, p := range v {
			if out, err = AppendPackets(out, p); err != nil {
				return nil, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("want a list of layers, got %v", v)
}
