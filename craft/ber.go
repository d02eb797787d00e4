package craft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
)

// This file reads and writes the Basic Encoding Rules of ASN.1, X.690, as far as SNMP uses them: a tag of one byte, a
// definite length, the content.

// A berForm says what the content of a value is.
type berForm uint8

const (
	berSigned   berForm = iota // an integer, in two's complement
	berUnsigned                // an integer that is never negative
	berBytes                   // bytes
	berText                    // bytes that people read
	berObject                  // an object identifier
	berAddress                 // an IPv4 address
	berNothing                 // no content
)

// A berType is a type of value, by the name that scapy has for it.
type berType struct {
	tag  byte
	name string
	form berForm
}

// berTypes are ASN.1's own types, and SNMP's: RFC 2578, section 7.1, RFC 3416, section 3.
var berTypes = []berType{
	{0x01, "BOOLEAN", berSigned}, {0x02, "INTEGER", berSigned}, {0x03, "BIT_STRING", berBytes}, {0x04, "STRING", berText}, {0x05, "NULL", berNothing},
	{0x06, "OID", berObject}, {0x0a, "ENUMERATED", berSigned}, {0x0c, "UTF8_STRING", berText}, {0x13, "PRINTABLE_STRING", berText},
	{0x16, "IA5_STRING", berText}, {0x17, "UTC_TIME", berText}, {0x18, "GENERALIZED_TIME", berText}, {0x30, "SEQUENCE", berBytes},
	{0x40, "IPADDRESS", berAddress}, {0x41, "COUNTER32", berUnsigned}, {0x42, "GAUGE32", berUnsigned}, {0x43, "TIME_TICKS", berUnsigned},
	{0x44, "OPAQUE", berBytes}, {0x46, "COUNTER64", berUnsigned},
	{0x80, "NO_SUCH_OBJECT", berNothing}, {0x81, "NO_SUCH_INSTANCE", berNothing}, {0x82, "END_OF_MIB_VIEW", berNothing},
}

// Tags that have a field of their own.
const berInteger, berString, berOID, berSequence, berIPAddress, berTicks = 0x02, 0x04, 0x06, 0x30, 0x40, 0x43

// berHead writes a tag and the length of the content.
func berHead(tag byte, n int) []byte {
	if n < 0x80 {
		return []byte{tag, byte(n)}
	}
	width := (bits.Len(uint(n)) + 7) / 8
	return append([]byte{tag, 0x80 | byte(width)}, binary.BigEndian.AppendUint64(nil, uint64(n))[8-width:]...)
}

// berWrap writes a value.
func berWrap(tag byte, content []byte) []byte { return append(berHead(tag, len(content)), content...) }

// readBER reads a tag and a length: head is how long they are, n how long the content is said to be. The error tells that
// b begins with neither.
func readBER(b []byte) (tag byte, head, n int, err error) {
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

// berContent is the content of the value that b is; ok is false when b is not one value of that tag, whole.
func berContent(tag byte, b []byte) (content []byte, ok bool) {
	got, head, n, err := readBER(b)
	if err != nil || got != tag || head+n != len(b) {
		return nil, false
	}
	return b[head:], true
}

// EncodeBER writes a value of ASN.1 as it goes on the wire, for fields that take values of several types: "TIME_TICKS" and
// 100, "OID" and "1.3.6.1", "NULL". The error tells which types there are, or what the type wants.
func EncodeBER(name string, value any) (Verbatim, error) {
	var names []string
	for _, t := range berTypes {
		if t.name == name {
			return t.encode(value)
		}
		names = append(names, t.name)
	}
	return nil, fmt.Errorf("no type %q; there are %s", name, list(names))
}

func (t berType) encode(value any) (Verbatim, error) {
	var content []byte
	switch t.form {
	case berSigned, berUnsigned:
		n, ok := berNumber(value)
		if !ok || t.form == berUnsigned && n.negative() {
			return nil, fmt.Errorf("%s: want a number of at most 64 bits, got %v", t.name, value)
		}
		content = n.content()
	case berBytes, berText:
		switch v := value.(type) {
		case string:
			content = []byte(v)
		case []byte:
			content = v
		default:
			return nil, fmt.Errorf("%s: want a string, got %v", t.name, value)
		}
	case berObject:
		var err error
		if content, err = objectContent(fmt.Sprint(value)); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
	case berAddress:
		a, err := netip.ParseAddr(fmt.Sprint(value))
		if err != nil || !a.Is4() {
			return nil, fmt.Errorf("%s: want an IPv4 address, got %v", t.name, value)
		}
		content = a.AsSlice()
	case berNothing:
	}
	return berWrap(t.tag, content), nil
}

// decode reads the content of a value; nil when it is not of the type's form.
func (t berType) decode(content []byte) any {
	switch t.form {
	case berSigned, berUnsigned:
		return readNumber(content, t.form == berUnsigned)
	case berText:
		return string(content)
	case berBytes:
		return content
	case berObject:
		if text, ok := objectText(content); ok {
			return text
		}
	case berAddress:
		if len(content) == 4 {
			return netip.AddrFrom4([4]byte(content))
		}
	case berNothing:
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

// berNumber reads the kinds of numbers that fields take; a negative one from Lua is a float64.
func berNumber(v any) (wide, bool) {
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
		n, ok := number(v)
		return wide{low: n}, ok
	}
	return wide{}, false
}

// readNumber reads two's complement as a uint64, or an int64 where it is negative; nil when it takes more than 64 bits.
// Some agents send a number that is never negative without the zero byte in front.
func readNumber(b []byte, unsigned bool) any {
	if len(b) == 0 {
		return nil
	}
	negative := b[0] >= 0x80 && !unsigned
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
