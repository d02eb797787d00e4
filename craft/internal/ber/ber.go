// Package ber reads and writes the Basic Encoding Rules of ASN.1, X.690, as far as SNMP uses them: a tag of one byte, a
// definite length, the content.
package ber

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"sync"
)

// A form says what the content of a value is.
type form uint8

const (
	signedNumber   form = iota // an integer, in two's complement
	unsignedNumber             // an integer that is never negative
	octets                     // bytes
	readable                   // bytes that people read
	object                     // an object identifier
	address                    // an IPv4 address
	nothing                    // no content
)

// A Type is a type of value.
type Type struct {
	// Tag is the byte that a value of the type begins with.
	Tag byte
	// Name is the name that scapy has for the type: "TIME_TICKS".
	Name string

	form form
}

// Types are ASN.1's own types, and SNMP's: RFC 2578, section 7.1, RFC 3416, section 3. The caller must not change them.
func Types() []Type { return table() }

var table = sync.OnceValue(func() []Type {
	return []Type{
		{0x01, "BOOLEAN", signedNumber}, {0x02, "INTEGER", signedNumber}, {0x03, "BIT_STRING", octets}, {0x04, "STRING", readable}, {0x05, "NULL", nothing},
		{0x06, "OID", object}, {0x0a, "ENUMERATED", signedNumber}, {0x0c, "UTF8_STRING", readable}, {0x13, "PRINTABLE_STRING", readable},
		{0x16, "IA5_STRING", readable}, {0x17, "UTC_TIME", readable}, {0x18, "GENERALIZED_TIME", readable}, {0x30, "SEQUENCE", octets},
		{0x40, "IPADDRESS", address}, {0x41, "COUNTER32", unsignedNumber}, {0x42, "GAUGE32", unsignedNumber}, {0x43, "TIME_TICKS", unsignedNumber},
		{0x44, "OPAQUE", octets}, {0x46, "COUNTER64", unsignedNumber},
		{0x80, "NO_SUCH_OBJECT", nothing}, {0x81, "NO_SUCH_INSTANCE", nothing}, {0x82, "END_OF_MIB_VIEW", nothing},
	}
})

// The tags of the types that fields are declared with.
const (
	Integer   = 0x02
	String    = 0x04
	Null      = 0x05
	OID       = 0x06
	Sequence  = 0x30
	IPAddress = 0x40
	TimeTicks = 0x43
)

// Head is a tag and the length of a content of n bytes.
func Head(tag byte, n int) []byte {
	if n < 0x80 {
		return []byte{tag, byte(n)}
	}
	width := (bits.Len(uint(n)) + 7) / 8
	return append([]byte{tag, 0x80 | byte(width)}, binary.BigEndian.AppendUint64(nil, uint64(n))[8-width:]...)
}

// Wrap is a whole value: its tag, its length and its content.
func Wrap(tag byte, content []byte) []byte { return append(Head(tag, len(content)), content...) }

// Read reads a tag and a length: head is how long they are, n how long the content is said to be. The error tells that
// b begins with neither.
func Read(b []byte) (tag byte, head, n int, err error) {
	switch {
	case len(b) < 2:
		return 0, 0, 0, errors.New("malformed: no tag and length")
	case b[0]&0x1f == 0x1f:
		return 0, 0, 0, errors.New("malformed: a tag of several bytes")
	case b[1] < 0x80:
		return b[0], 2, int(b[1]), nil
	}
	width := int(b[1] & 0x7f)
	if width == 0 || width > 4 || len(b) < 2+width {
		return 0, 0, 0, errors.New("malformed: a length that cannot be read")
	}
	length := uint64(0)
	for _, c := range b[2 : 2+width] {
		length = length<<8 | uint64(c)
	}
	if length > 1<<30 {
		return 0, 0, 0, fmt.Errorf("malformed: a length of %d bytes", length)
	}
	return b[0], 2 + width, int(length), nil
}

// Content is the content of the value that b is; ok is false when b is not one value of that tag, whole.
func Content(tag byte, b []byte) (content []byte, ok bool) {
	got, head, n, err := Read(b)
	if err != nil || got != tag || head+n != len(b) {
		return nil, false
	}
	return b[head:], true
}

// Encode writes a value of the type of that name: "TIME_TICKS" and 100, "OID" and "1.3.6.1", "NULL" and anything. The
// error lists the types there are, or says what the type wants.
func Encode(name string, value any) ([]byte, error) {
	var names []string
	for _, t := range Types() {
		if t.Name == name {
			return t.Encode(value)
		}
		names = append(names, t.Name)
	}
	last := len(names) - 1
	return nil, fmt.Errorf("no type %q; there are %s and %s", name, strings.Join(names[:last], ", "), names[last])
}

// Encode writes a value of the type: a number, a string or bytes, an address or an object identifier as text. A type
// without content takes any value. The error says what the type wants.
func (t Type) Encode(value any) ([]byte, error) {
	var content []byte
	switch t.form {
	case signedNumber, unsignedNumber:
		n, ok := number(value)
		if !ok || t.form == unsignedNumber && n.negative() {
			return nil, fmt.Errorf("%s: want a number of at most 64 bits, got %v", t.Name, value)
		}
		content = n.content()
	case octets, readable:
		switch v := value.(type) {
		case string:
			content = []byte(v)
		case []byte:
			content = v
		default:
			return nil, fmt.Errorf("%s: want a string, got %v", t.Name, value)
		}
	case object:
		var err error
		if content, err = objectContent(fmt.Sprint(value)); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
	case address:
		a, err := netip.ParseAddr(fmt.Sprint(value))
		if err != nil || !a.Is4() {
			return nil, fmt.Errorf("%s: want an IPv4 address, got %v", t.Name, value)
		}
		content = a.AsSlice()
	case nothing:
	}
	return Wrap(t.Tag, content), nil
}

// Empty reports whether values of the type have no content, as NULL.
func (t Type) Empty() bool { return t.form == nothing }

// Decode reads the content of a value: uint64, int64 when it is negative, string, []byte or netip.Addr; nil when it is not
// of the type's form.
func (t Type) Decode(content []byte) any {
	switch t.form {
	case signedNumber, unsignedNumber:
		return readNumber(content, t.form == unsignedNumber)
	case readable:
		return string(content)
	case octets:
		return content
	case object:
		if text, ok := objectText(content); ok {
			return text
		}
	case address:
		if len(content) == 4 {
			return netip.AddrFrom4([4]byte(content))
		}
	case nothing:
	}
	return nil
}

// A wide number is one of 64 bits with its sign.
type wide struct {
	low  uint64
	sign bool
}

func (n wide) negative() bool { return n.sign }

// content is the shortest two's complement that holds the number.
func (n wide) content() []byte {
	b := binary.BigEndian.AppendUint64([]byte{0}, n.low)
	if n.sign {
		b[0] = 0xff
	}
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return b
}

// number reads the kinds of numbers that fields take; a negative one from Lua is a float64.
func number(v any) (wide, bool) {
	signed := func(n int64) (wide, bool) { return wide{uint64(n), n < 0}, true }
	switch v := v.(type) {
	case int:
		return signed(int64(v))
	case int64:
		return signed(v)
	case float64:
		if n := int64(v); float64(n) == v {
			return signed(n)
		}
	case string:
		if n, err := strconv.ParseInt(v, 0, 64); err == nil {
			return signed(n)
		}
		if n, err := strconv.ParseUint(v, 0, 64); err == nil {
			return wide{low: n}, true
		}
	default:
		return unsigned(v)
	}
	return wide{}, false
}

// unsigned reads the integer types that number does not.
func unsigned(v any) (wide, bool) {
	switch v := v.(type) {
	case uint64:
		return wide{low: v}, true
	case uint:
		return wide{low: uint64(v)}, true
	case uint32:
		return wide{low: uint64(v)}, true
	case uint16:
		return wide{low: uint64(v)}, true
	case uint8:
		return wide{low: uint64(v)}, true
	case int32:
		return wide{uint64(int64(v)), v < 0}, true
	}
	return wide{}, false
}

// EncodeInteger writes a number as an INTEGER; ok is false when v is no number of at most 64 bits.
func EncodeInteger(v any) (b []byte, ok bool) {
	n, ok := number(v)
	return Wrap(Integer, n.content()), ok
}

// readNumber reads two's complement as a uint64, or an int64 where it is negative; nil when it takes more than 64 bits.
// With never, the number is of a type that is never negative: some agents leave out the zero byte in front.
func readNumber(b []byte, never bool) any {
	if len(b) == 0 {
		return nil
	}
	negative := b[0] >= 0x80 && !never
	for len(b) > 8 && (b[0] == 0 && !negative || b[0] == 0xff && negative && b[1] >= 0x80) {
		b = b[1:]
	}
	if len(b) > 8 {
		return nil
	}
	n := uint64(0)
	if negative {
		n = ^n
	}
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	if negative {
		return int64(n)
	}
	return n
}

// objectContent writes an object identifier, with or without a dot in front: X.690, section 8.19.
func objectContent(text string) ([]byte, error) {
	trimmed := strings.TrimPrefix(text, ".")
	if trimmed == "" {
		return []byte{}, nil
	}
	var arcs []uint64
	for part := range strings.SplitSeq(trimmed, ".") {
		n, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("want an object identifier such as 1.3.6.1, got %q", text)
		}
		arcs = append(arcs, n)
	}
	if len(arcs) < 2 || arcs[0] > 2 || arcs[0] < 2 && arcs[1] > 39 || arcs[1] > 1<<63 {
		return nil, fmt.Errorf("want an object identifier such as 1.3.6.1, got %q", text)
	}
	var out []byte
	for _, n := range append([]uint64{arcs[0]*40 + arcs[1]}, arcs[2:]...) {
		for shift := (max(bits.Len64(n), 1) - 1) / 7 * 7; shift > 0; shift -= 7 {
			out = append(out, 0x80|byte(n>>shift&0x7f))
		}
		out = append(out, byte(n&0x7f))
	}
	return out, nil
}

// objectText reads an object identifier; ok is false when it ends within a number or one takes more than 64 bits.
func objectText(b []byte) (text string, ok bool) {
	var arcs []string
	for len(b) > 0 {
		n := uint64(0)
		for {
			if len(b) == 0 || n>>57 != 0 {
				return "", false
			}
			c := b[0]
			b = b[1:]
			n = n<<7 | uint64(c&0x7f)
			if c < 0x80 {
				break
			}
		}
		if arcs == nil {
			first := min(n/40, 2)
			arcs = append(arcs, strconv.FormatUint(first, 10))
			n -= 40 * first
		}
		arcs = append(arcs, strconv.FormatUint(n, 10))
	}
	return strings.Join(arcs, "."), true
}
