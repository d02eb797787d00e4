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
