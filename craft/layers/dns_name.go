package layers

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moonwire/moonwire/craft"
)

// A domain name is written as text with a dot behind every label: "www.example.com.", and the root is ".". A dot or a
// backslash inside a label has a backslash before it, and \DDD is any byte by its decimal number, as in RFC 1035,
// section 5.1. On the wire each label has its length before it; the name ends in a zero byte or in a pointer to a place
// earlier in the message, section 4.1.4.

// Limits of domain names.
const (
	maxLabel    = 63
	maxPointers = 20  // how many are followed, as scapy does
	maxName     = 255 // bytes of a name that points elsewhere; one in its place may be as long as it is
	pointerBits = 0xc0
)

var (
	errNameEnd   = errors.New("a name that does not end")
	errNameLabel = errors.New("a label of an unknown kind")
	errNameLoop  = errors.New("a name that points in circles")
	errNameLong  = errors.New("a name of more than 255 bytes")
	errNameAhead = errors.New("a name that points outside the message")
)

// appendName writes a domain name in text as it goes on the wire, without pointers.
func appendName(out []byte, name string) ([]byte, error) {
	if name == "" || name == "." {
		return append(out, 0), nil
	}
	for rest := name; rest != ""; {
		var label []byte
		var err error
		if label, rest, err = cutLabel(rest); err != nil {
			return nil, err
		}
		switch {
		case len(label) == 0:
			return nil, fmt.Errorf("want a domain name, got %q with an empty label", name)
		case len(label) > maxLabel:
			return nil, fmt.Errorf("want labels of at most %d bytes, got %d in %q", maxLabel, len(label), label)
		}
		out = append(append(out, byte(len(label))), label...)
	}
	return append(out, 0), nil
}

// cutLabel is the first label of a name in text, without its escapes, and what follows the dot behind it.
func cutLabel(name string) (label []byte, rest string, err error) {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '.':
			return label, name[i+1:], nil
		case c != '\\':
			label = append(label, c)
		case i+3 < len(name) && digits(name[i+1:i+4]):
			n := int(name[i+1]-'0')*100 + int(name[i+2]-'0')*10 + int(name[i+3]-'0')
			if n > 255 {
				return nil, "", fmt.Errorf(`want \000 to \255, got \%s in %q`, name[i+1:i+4], name)
			}
			label = append(label, byte(n))
			i += 3
		case i+1 < len(name):
			label = append(label, name[i+1])
			i++
		default:
			return nil, "", fmt.Errorf("want a character behind the backslash in %q", name)
		}
	}
	return label, "", nil
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// scanName is how many bytes the name at the beginning of b takes, and whether it ends in a pointer.
func scanName(b []byte) (n int, points bool, err error) {
	for n < len(b) {
		switch c := int(b[n]); {
		case c == 0:
			return n + 1, false, nil
		case c&pointerBits == pointerBits && n+2 <= len(b):
			return n + 2, true, nil
		case c&pointerBits == 0:
			n += 1 + c
		case c&pointerBits == pointerBits:
			return len(b), false, errNameEnd
		default:
			return len(b), false, errNameLabel
		}
	}
	return len(b), false, errNameEnd
}

// expandName appends the name at msg[at:] with its pointers followed, and says where it ends in its place.
func expandName(out, msg []byte, at int) (name []byte, end int, err error) {
	n, points, err := scanName(msg[at:])
	end = at + n
	from, pointed := len(out), points
	for hops := 1; points && err == nil; hops++ {
		out = append(out, msg[at:at+n-2]...)
		at = int(msg[at+n-2]&^pointerBits)<<8 | int(msg[at+n-1])
		switch {
		case hops > maxPointers:
			return out, end, errNameLoop
		case len(out)-from > maxName:
			return out, end, errNameLong
		case at >= len(msg):
			return out, end, errNameAhead
		}
		n, points, err = scanName(msg[at:])
	}
	if out = append(out, msg[at:at+n]...); err == nil && pointed && len(out)-from > maxName {
		err = errNameLong
	}
	return out, end, err
}

// nameText writes a name without pointers as text.
func nameText(b []byte) string {
	if len(b) == 1 {
		return "."
	}
	var s strings.Builder
	for len(b) > 1 {
		for _, c := range b[1 : 1+b[0]] {
			if c == '.' || c == '\\' {
				s.WriteByte('\\')
			}
			s.WriteByte(c)
		}
		s.WriteByte('.')
		b = b[1+b[0]:]
	}
	return s.String()
}

// domainName is the part that holds one domain name. A name that cannot be read, and one that points elsewhere while
// there is no message around it, stays as its bytes.
var domainName = &craft.Part{
	Length: func(_ *craft.Layer, rest []byte) (int, error) {
		n, _, err := scanName(rest)
		if err != nil {
			err = fmt.Errorf("malformed: %w", err)
		}
		return n, err
	},
	Encode: func(_ *craft.Layer, v any) ([]byte, error) { return encodeName(v) },
	Decode: func(_ *craft.Layer, b []byte) any { return decodeName(b) },
}

// encodeName makes a name of a value as Set takes it.
func encodeName(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendName(nil, v)
	case []byte:
		return appendName(nil, string(v))
	case craft.Verbatim:
		return v, nil
	}
	return nil, fmt.Errorf("want a domain name, got %v", v)
}

func decodeName(b []byte) any {
	if n, points, err := scanName(b); err != nil || n != len(b) || points {
		return craft.Verbatim(b)
	}
	return nameText(b)
}

// domainNames is the part that holds a list of domain names without pointers; length may be nil: to the end.
func domainNames(length func(l *craft.Layer, rest []byte) (int, error)) *craft.Part {
	return &craft.Part{
		Length: length,
		Encode: func(_ *craft.Layer, v any) ([]byte, error) {
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			out := []byte{}
			for i, v := range list {
				b, err := encodeName(v)
				if err != nil {
					return nil, fmt.Errorf("element %d: %w", i+1, err)
				}
				out = append(out, b...)
			}
			return out, nil
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			list := []any{}
			for len(b) > 0 {
				n, points, err := scanName(b)
				if err != nil || points {
					return append(list, craft.Verbatim(b))
				}
				list = append(list, nameText(b[:n]))
				b = b[n:]
			}
			return list
		},
	}
}

// rootName is the name of the root as it goes on the wire.
var rootName = []byte{0}

// mustName is a name of a table as it goes on the wire.
func mustName(name string) []byte {
	b, err := appendName(nil, name)
	if err != nil {
		panic(err)
	}
	return b
}
