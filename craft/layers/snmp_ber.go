package layers

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/ber"
)

// The fields of a message in BER: each is a value with its tag and length, and so a part of variable length.

// berField is how long the value of that tag is which b begins with. Another value does not belong to the field: it has no
// bytes then.
func berField(tag byte) func(l *craft.Layer, b []byte) (int, error) {
	return func(_ *craft.Layer, b []byte) (int, error) {
		got, head, n, err := ber.Read(b)
		switch {
		case err != nil:
			return 0, err
		case got != tag:
			return 0, fmt.Errorf("malformed: tag %#x where %#x belongs", got, tag)
		}
		return head + n, nil
	}
}

// berPart is a field with a value of one type.
func berPart(tag byte) *craft.Part {
	var typ ber.Type
	for _, t := range ber.Types() {
		if t.Tag == tag {
			typ = t
		}
	}
	return &craft.Part{
		Length: berField(tag),
		Encode: func(_ *craft.Layer, v any) ([]byte, error) { return typ.Encode(v) },
		Decode: func(_ *craft.Layer, b []byte) any {
			if content, ok := ber.Content(tag, b); ok {
				switch v := typ.Decode(content).(type) {
				case netip.Addr:
					return v.String()
				case nil:
				default:
					return v
				}
			}
			return craft.Verbatim(b)
		},
	}
}

// berAny is a field with a value of any type: a number is an INTEGER, a string a STRING, and all others are a list of the
// type's name and the value: {"TIME_TICKS", 100}, {"NULL"}. length is how much of the message belongs to it.
func berAny(length func(l *craft.Layer, rest []byte) (int, error)) *craft.Part {
	return &craft.Part{
		Length: length,
		Encode: encodeAny,
		Decode: func(_ *craft.Layer, b []byte) any {
			for _, t := range ber.Types() {
				content, ok := ber.Content(t.Tag, b)
				if !ok {
					continue
				}
				v := t.Decode(content)
				switch {
				case t.Empty() && len(content) == 0:
					return []any{t.Name}
				case v == nil:
				case t.Tag == ber.Integer || t.Tag == ber.String:
					return v
				default:
					return []any{t.Name, v}
				}
			}
			return craft.Verbatim(b)
		},
	}
}

// EncodeBER writes a value of ASN.1 as it goes on the wire, for fields that take values of several types: "TIME_TICKS" and
// 100, "OID" and "1.3.6.1", "NULL". The error lists the types there are, or says what the type wants.
func EncodeBER(name string, value any) (craft.Verbatim, error) { return ber.Encode(name, value) }

func encodeAny(_ *craft.Layer, v any) ([]byte, error) {
	switch v := v.(type) {
	case string, []byte:
		return ber.Encode("STRING", v)
	case netip.Addr:
		return ber.Encode("IPADDRESS", v)
	case []any:
		if len(v) == 0 || len(v) > 2 {
			break
		}
		if name, ok := v[0].(string); ok {
			return ber.Encode(name, append(v, nil)[1])
		}
	}
	if b, ok := ber.EncodeInteger(v); ok {
		return b, nil
	}
	return nil, fmt.Errorf(`want a number, a string, or a type and its value such as {"TIME_TICKS", 100}, got %v`, v)
}

// berHeader is the tag and the length in front of the fields behind it, up to the layer's field named last ("" is the
// end). It is computed unless it is set.
func berHeader(name string, tag byte, last, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Bytes, Computed: craft.Computes(craft.ByLayout), Doc: doc, Part: &craft.Part{
		Length: func(l *craft.Layer, b []byte) (int, error) {
			got, head, n, err := ber.Read(b)
			switch {
			case err != nil:
				return 0, err
			case got != tag:
				return 0, fmt.Errorf("malformed: tag %#x where %#x belongs", got, tag)
			case n > len(b)-head:
				return head, fmt.Errorf("truncated: %s of %d bytes, %d are here", l.Name(), n, len(b)-head)
			}
			return head, nil
		},
		Initial: func(l *craft.Layer) []byte { return ber.Head(tag, bytesBetween(l, name, last)) },
	}}
}

// bytesBetween is how many bytes the parts between two fields have, the last one included.
func bytesBetween(l *craft.Layer, first, last string) int {
	n := 0
	fields := l.Protocol().Fields()
	for _, f := range fields[l.Protocol().Index(first)+1:] {
		n += len(l.PartBytes(f.Name))
		if f.Name == last {
			break
		}
	}
	return n
}

// berInside is how much of the rest belongs to a field that goes up to the end of what a header before it announces.
func berInside(header string) func(l *craft.Layer, rest []byte) (int, error) {
	return func(l *craft.Layer, rest []byte) (int, error) {
		_, _, n, err := ber.Read(l.PartBytes(header))
		if err != nil {
			return 0, nil // the header itself has the note
		}
		for _, f := range l.Protocol().Fields()[l.Protocol().Index(header)+1:] {
			n -= len(l.PartBytes(f.Name)) // the fields in between that were read already; the others have no bytes yet
		}
		if n < 0 {
			return 0, errors.New("malformed: the values are longer than what holds them")
		}
		return min(n, len(rest)), nil
	}
}
