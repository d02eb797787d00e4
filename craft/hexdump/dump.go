package hexdump

import (
	"fmt"
	"strings"
)

// bytesPerRow is how many bytes a row of a dump shows.
const bytesPerRow = 16

// Dump is bytes as scapy and tcpdump -X show them: offset, sixteen bytes in hex, and as text. ParseHexcap reads it back.
func Dump(b []byte) string {
	var s strings.Builder
	for at := 0; at < len(b); at += bytesPerRow {
		row := b[at:min(at+bytesPerRow, len(b))]
		fmt.Fprintf(&s, "%04x  %-47s  %s\n", at, Hex(row), Text(row))
	}
	return s.String()
}

// Hex is bytes as pairs of upper-case hex digits with spaces between.
func Hex(b []byte) string { return fmt.Sprintf("% X", b) }

// Text is bytes as text, with a dot for each that is no printable ASCII character.
func Text(b []byte) string {
	text := make([]byte, len(b))
	for i, c := range b {
		text[i] = printed(c)
	}
	return string(text)
}

// printed is a byte as dumps show it as text.
func printed(c byte) byte {
	if c >= 0x20 && c < 0x7f {
		return c
	}
	return '.'
}
