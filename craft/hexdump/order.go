package hexdump

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Nothing in a dump of numbers tells in which order their bytes lie, unless text stands beside them. What the bytes amount to does: packets
// begin in few ways.

// beginsAsPacket reports whether bytes begin as an IP packet does, or as a frame with an EtherType that is common.
func beginsAsPacket(b []byte) bool {
	const typeAt = 12
	if len(b) > 0 && (b[0]>>4 == 4 && b[0]&0xf >= 5 || b[0]>>4 == 6) {
		return true
	}
	return len(b) >= typeAt+2 && slices.Contains([]uint16{0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x8863, 0x8864}, binary.BigEndian.Uint16(b[typeAt:]))
}

// beginsSwapped reports whether bytes begin as a packet when each group of so many is turned round, and not as they stand.
func beginsSwapped(b []byte, size int) bool {
	if size < 2 || beginsAsPacket(b) {
		return false
	}
	const looked = 16
	turned := slices.Clone(b[:min(len(b), looked)])
	for group := range slices.Chunk(turned, size) {
		slices.Reverse(group)
	}
	return beginsAsPacket(turned)
}

// groupBytes is how many bytes stand together in plain hex, by its first line; 0 when that has groups of several lengths, or one.
func groupBytes(lines []string) int {
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for _, w := range words[:len(words)-1] {
			if len(w) != len(words[0]) || !isHexWord(w) {
				return 0
			}
		}
		if n := len(words[0]) / 2; len(words) > 1 && (n == 2 || n == 4 || n == 8) {
			return n
		}
		return 0
	}
	return 0
}

// isOctal reports whether plain hex may as well be octal numbers of two bytes: words of six such digits, the highest 177777.
func isOctal(lines []string) bool {
	words := strings.Fields(strings.Join(lines[:min(len(lines), mostLooked)], " "))
	for _, w := range words {
		if len(w) != 6 || w[0] > '1' || strings.Trim(w, "01234567") != "" {
			return false
		}
	}
	return len(words) > 1
}
