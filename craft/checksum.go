package craft

import (
	"encoding/binary"
)

// Checksum is the Internet checksum of RFC 1071.
func Checksum(b []byte) uint16 { return ^FoldSum(AddSum(0, b)) }

// AddSum adds b as 16-bit words to acc. Words are added eight bytes at a time: one's complement sums do not care.
func AddSum(acc uint64, b []byte) uint64 {
	for len(b) >= 8 {
		v := binary.BigEndian.Uint64(b)
		acc += v>>32 + v&0xffffffff
		b = b[8:]
	}
	if len(b) >= 4 {
		acc += uint64(binary.BigEndian.Uint32(b))
		b = b[4:]
	}
	if len(b) >= 2 {
		acc += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		acc += uint64(b[0]) << 8
	}
	return acc
}

// FoldSum is a sum of 16-bit words folded into one, carries added back: its complement is the checksum.
func FoldSum(acc uint64) uint16 {
	for acc > 0xffff {
		acc = acc>>16 + acc&0xffff
	}
	return uint16(acc)
}

// A SumRule says what a protocol's computed checksum covers. All else that the protocol computes must follow from lengths and
// from what is the same in all elements of a set. The zero SumRule says nothing: sets over a protocol that computes anything
// are then built one by one.
type SumRule struct {
	// Covers says over which bytes the checksum goes.
	Covers Coverage
	// Field is the checksum.
	Field string
	// NeverZero sends a checksum of 0 as 0xffff, as UDP does.
	NeverZero bool
	// Only is a network protocol over which alone, and over its quotes, there is a checksum; "" is any.
	Only Name
}

// Coverage says what a checksum is the Internet checksum (RFC 1071) of.
type Coverage uint8

const unsaid Coverage = 0

// Coverages of checksums.
const (
	// CoversNothing says that there is no checksum.
	CoversNothing Coverage = iota + 1
	// CoversHeader is the layer's own header.
	CoversHeader
	// CoversMessage is the header and all behind it.
	CoversMessage
	// CoversSegment is that, and the pseudo-header of the network layer below; without one the checksum is 0.
	CoversSegment
)
