package values

import (
	"math"
	"math/bits"
)

// RandEnum draws the numbers from first to last in a random order, each once, then all of them again in the same order.
// last below first is first alone.
func RandEnum(first, last, seed uint64) Generator {
	return enumeration("RandEnum("+Literal(first)+","+Literal(last)+")", first, max(first, last), seed)
}

// RandEnumByte is RandEnum of all numbers of 8 bits.
func RandEnumByte(seed uint64) Generator {
	return enumeration("RandEnumByte()", 0, math.MaxUint8, seed)
}

// RandEnumShort is RandEnum of all numbers of 16 bits.
func RandEnumShort(seed uint64) Generator {
	return enumeration("RandEnumShort()", 0, math.MaxUint16, seed)
}

// RandEnumInt is RandEnum of all numbers of 32 bits.
func RandEnumInt(seed uint64) Generator {
	return enumeration("RandEnumInt()", 0, math.MaxUint32, seed)
}

func enumeration(text string, first, last, seed uint64) Generator {
	n := last - first + 1 // 0 is 2^64
	return &generator{text: text, seed: seed, samples: []any{first, last}, num: func(s Spot, _ Random) uint64 {
		i := s.Index
		if n > 0 {
			i %= n
		}
		return first + permute(i, n, scramble(seed+s.where))
	}}
}

// permute is where number i of 0..n-1 stands in a random order that key names; n = 0 stands for 2^64. It is a Feistel
// network over as many bits as n needs, gone round until it falls into the range.
func permute(i, n, key uint64) uint64 {
	if n == 1 {
		return 0
	}
	half := (bits.Len64(n-1) + 1) / 2
	mask := uint64(1)<<half - 1
	for {
		left, right := i>>half, i&mask
		for round := range uint64(4) {
			left, right = right, left^scramble(key+right*4+round)&mask
		}
		i = left<<half | right
		if n == 0 || i < n {
			return i
		}
	}
}

// RandSingByte draws one of the numbers of 8 bits at which programs go wrong: small ones, powers of two and their
// neighbours, the largest.
func RandSingByte(seed uint64) Generator { return singular("RandSingByte()", 8, seed) }

// RandSingShort is RandSingByte for 16 bits.
func RandSingShort(seed uint64) Generator { return singular("RandSingShort()", 16, seed) }

// RandSingInt is RandSingByte for 32 bits.
func RandSingInt(seed uint64) Generator { return singular("RandSingInt()", 32, seed) }

// RandSingLong is RandSingByte for 64 bits.
func RandSingLong(seed uint64) Generator { return singular("RandSingLong()", 64, seed) }

func singular(text string, width int, seed uint64) Generator {
	values := singularities(width)
	return &generator{text: text, seed: seed, samples: []any{uint64(0), values[len(values)-1]}, num: func(_ Spot, r Random) uint64 {
		return values[r.Below(uint64(len(values)))]
	}}
}

// singularities are the numbers of a width at which programs go wrong.
func singularities(width int) []uint64 {
	values := []uint64{0, 1, 2, 3, 4, 5}
	for bit := 3; bit < width; bit++ {
		power := uint64(1) << bit
		if bit == width-1 {
			values = append(values, power-2) // below the largest signed number
		}
		values = append(values, power-1, power, power+1)
	}
	largest := uint64(math.MaxUint64) >> (64 - width)
	return append(values, largest-1, largest)
}

// RandSingString draws one of the strings at which programs go wrong: empty and very long ones, formats, paths, quotes,
// shell commands, control characters, bytes that are no text.
func RandSingString(seed uint64) Generator {
	return &generator{text: "RandSingString()", seed: seed, samples: []any{""}, value: func(s Spot, r *Random) any {
		return clip(singularString(r), s)
	}}
}
