package hexdump

import (
	"encoding/hex"
	"slices"
	"strconv"
)

// A group is what a word of a dump stands for: bytes, or a number of a little-endian host.
type group struct {
	name   string
	little bool // the bytes of a number stand in the other order
	// width is how many digits a whole word has; 0 is any even number.
	width int
	// bytes is how many bytes a whole word is; 0 is half as many as digits.
	bytes int
	// base is of the digits: 16 and 8, 10 and 2.
	base int
}

// groups are all that words of a dump may stand for, the likeliest first.
func groups() []group {
	return []group{
		{name: "bytes", base: 16},
		{name: "numbers of 2 bytes", little: true, width: 4, bytes: 2, base: 16},
		{name: "numbers of 4 bytes", little: true, width: 8, bytes: 4, base: 16},
		{name: "numbers of 8 bytes", little: true, width: 16, bytes: 8, base: 16},
		{name: "octal bytes", width: 3, bytes: 1, base: 8},
		{name: "octal numbers of 2 bytes", little: true, width: 6, bytes: 2, base: 8},
		{name: "decimal numbers of 2 bytes", little: true, width: 5, bytes: 2, base: 10},
		{name: "bits", width: 8, bytes: 1, base: 2},
	}
}

// maxGroup is how many bytes stand together in a dump with text beside them: as many as a row has.
const maxGroup = maxRow

// read is the bytes that a word stands for; nil for a word that is none of this kind.
func (g group) read(word string) []byte {
	if g.base == 16 {
		if !isHexWord(word) || len(word) > 2*maxGroup || g.width > 0 && len(word) > g.width {
			return nil
		}
		b := pairs(word)
		if g.little {
			slices.Reverse(b)
		}
		return b
	}
	if len(word) != g.width {
		return nil
	}
	n, err := strconv.ParseUint(word, g.base, 8*g.bytes)
	if err != nil {
		return nil
	}
	b := make([]byte, g.bytes)
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	return b
}

// isShort reports whether a word is one at the end of a row of numbers, of which fewer bytes are there.
func (g group) isShort(word string) bool { return g.little && len(word) < g.width }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// isHexWord reports whether a word is pairs of hex digits and nothing else.
func isHexWord(word string) bool {
	for i := range len(word) {
		if !isHex(word[i]) {
			return false
		}
	}
	return word != "" && len(word)%2 == 0
}

func isPair(word string) bool { return len(word) == 2 && isHexWord(word) }

// pairs are the bytes of a word that isHexWord.
func pairs(word string) []byte {
	b, _ := hex.DecodeString(word)
	return b
}
