package craft

import (
	"math"
	"strconv"
)

// A What says what building puts into a field that is not set.
type What uint8

// What fields are computed from. Lengths are in bytes, of what goes on the wire.
const (
	// AsDefault is the table's default: nothing is computed.
	AsDefault What = iota
	// Total is the length of the header and all behind it.
	Total
	// HeaderLength is the length of the header.
	HeaderLength
	// PayloadLength is the length of what stands behind the header.
	PayloadLength
	// Behind is the length of what stands in the header behind the field.
	Behind
	// LengthOf is the length of the field Of.
	LengthOf
	// CountOf is how many values or layers the field Of holds.
	CountOf
	// HeaderSum is the Internet checksum (RFC 1071) of the header.
	HeaderSum
	// MessageSum is that of the header and all behind it.
	MessageSum
	// SegmentSum is that, with the pseudo-header of the network layer below; without one the checksum is 0.
	SegmentSum
	// ByLayout is what the hook Derive computes from lengths and from what is the same in all elements of a set.
	ByLayout
	// ByBytes is what the hook Derive computes from the bytes.
	ByBytes
	// Asked is asked of the Env, by the hook Ask.
	Asked
)

// A Computation says what building puts into a field that is not set. From the same row follow what a template may do, which
// fields of a packet that was read follow a change, where a payload or a part of variable length ends, and what Explain says.
// The zero Computation is the default.
type Computation struct {
	// What is computed.
	What What
	// Of is the field that LengthOf and CountOf measure.
	Of string
	// Unit is what a length is counted in: 4 is words of 32 bits. 0 is 1; a part of a unit counts as one.
	Unit int
	// Times multiplies: 8 for a length in bits. 0 is 1.
	Times int
	// Plus is added at the end. What becomes less than 0 is 0.
	Plus int

	// Open is when the length says nothing, and the payload goes to the end: 0 in a jumbogram. All conditions must hold; none
	// is never.
	Open []Condition
	// Beyond is the way out when what is measured does not fit the field, beside setting it; "" is none.
	Beyond string
	// State marks what changes on the way, as a hop counter in a list does: Refresh leaves it alone.
	State bool
	// ZeroIsNone marks a checksum that may be left away: Refresh leaves 0 alone, and a computed 0 is sent as 0xffff.
	ZeroIsNone bool
	// Number is the protocol's number in the pseudo-header of a SegmentSum.
	Number byte
	// Only is the network protocol over which alone, and over whose quotes, there is a SegmentSum; "" is any.
	Only Name
	// Instead is the value in place of the computed one, where a field or another layer says so: 0 in a jumbogram. Nil is
	// never.
	Instead func(b *Builder, i int) (n uint64, ok bool)
}

// Computes is a computation that needs no more words.
func Computes(what What) *Computation { return &Computation{What: what} }

// Measures is the length of a field in bytes.
func Measures(field string) *Computation { return &Computation{What: LengthOf, Of: field} }

// Counts is the number of elements in a field.
func Counts(field string) *Computation { return &Computation{What: CountOf, Of: field} }

// sum reports whether a checksum is computed: after the lengths, which it covers.
func (c *Computation) sum() bool { return c.What >= HeaderSum && c.What <= SegmentSum }

// follows reports whether what the field measures stands in its own header.
func (c *Computation) follows() bool {
	return c.What >= HeaderLength && c.What <= CountOf && c.What != PayloadLength
}

// length reports whether a length is computed: of all, of the header or of a part.
func (c *Computation) length() bool { return c.What >= Total && c.What <= LengthOf }

// ends reports whether the field says where the payload ends.
func (c *Computation) ends() bool { return c.What == Total || c.What == PayloadLength }

// unit is Unit, at least 1.
func (c *Computation) unit() int { return max(c.Unit, 1) }

// times is Times, at least 1.
func (c *Computation) times() int { return max(c.Times, 1) }

// scale is the value of the field for a length or a count.
func (c *Computation) scale(n int) int { return max((n*c.times()+c.unit()-1)/c.unit()+c.Plus, 0) }

// maxLength bounds a length that a field announces, so that arithmetic with it cannot overflow.
const maxLength = 1 << 32

// bounded is a length as an int, also where that has 32 bits: less than one, so that others can be added to it.
func bounded(n int64) int { return int(max(min(n, math.MaxInt>>2), math.MinInt>>2)) }

// units is so many units in bytes, for the value of a field.
func units(v uint64, unit int) int { return bounded(int64(min(v, maxLength)) * int64(unit)) }

// measured is the length or count that the value of a field announces; less than 0 when the value is less than Plus.
func (c *Computation) measured(v uint64) int {
	return bounded((int64(min(v, maxLength)) - int64(c.Plus)) * int64(c.unit()) / int64(c.times()))
}

// Says is what the field holds, in words: "length of header and payload in bytes".
func (c *Computation) Says() string {
	what := ""
	switch c.What {
	case AsDefault, ByLayout, ByBytes, Asked:
		return ""
	case Total:
		what = "length of header and payload"
	case HeaderLength:
		what = "header length"
	case PayloadLength:
		what = "length of the payload"
	case Behind:
		what = "length of what follows"
	case LengthOf:
		what = "length of " + c.Of
	case CountOf:
		return "number of elements in " + c.Of + c.adds()
	case HeaderSum:
		return "checksum of the header"
	case MessageSum:
		return "checksum of header and payload"
	case SegmentSum:
		return "checksum with pseudo-header"
	}
	switch {
	case c.times() == 8:
		what += " in bits"
	case c.unit() == 1:
		what += " in bytes"
	case c.unit() == 4:
		what += " in words of 4 bytes"
	default:
		what += " in units of " + strconv.Itoa(c.unit()) + " bytes"
	}
	return what + c.adds()
}

// adds is Plus in words.
func (c *Computation) adds() string {
	switch {
	case c.Plus > 0:
		return ", and " + strconv.Itoa(c.Plus)
	case c.Plus < 0:
		return ", less " + strconv.Itoa(-c.Plus)
	}
	return ""
}
