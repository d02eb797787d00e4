package hexdump

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// betweenBytes are the characters that may stand between bytes in hex.
const betweenBytes = " \t\r\n:,-."

// Unhex is the bytes that pairs of hex digits stand for, with blanks, new lines, colons, commas, 0x and \x between them if need be. The
// error names the place of the first character that does not belong there, counted from 1.
func Unhex(text string) ([]byte, error) {
	out := make([]byte, 0, len(text)/2)
	for at := 0; at < len(text); {
		rest := text[at:]
		switch {
		case strings.IndexByte(betweenBytes, text[at]) >= 0:
			at++
			continue
		case hasPrefixFold(rest, "0x"), hasPrefixFold(rest, `\x`):
			at += 2
			if at == len(text) || !isHex(text[at]) {
				return nil, misplaced(text, at)
			}
			continue
		case !isHex(text[at]):
			return nil, misplaced(text, at)
		case len(rest) < 2 || !isHex(rest[1]):
			if len(rest) > 1 && strings.IndexByte(betweenBytes, rest[1]) < 0 {
				return nil, misplaced(text, at+1)
			}
			return nil, fmt.Errorf("character %d: want pairs of hex digits, got %q alone", at+1, rest[:1])
		}
		out = append(out, pairs(rest[:2])...)
		at += 2
	}
	return out, nil
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// misplaced is the error for what is no hex digit.
func misplaced(text string, at int) error {
	if at == len(text) {
		return fmt.Errorf("character %d: want hex digits, got the end", at+1)
	}
	r, _ := utf8.DecodeRuneInString(text[at:])
	return fmt.Errorf("character %d: want a hex digit, got %q", at+1, string(r))
}
