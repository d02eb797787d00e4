package hexdump

import (
	"fmt"
	"strconv"
	"strings"
)

// maxQuoted is how much of a wrong word an error repeats, in bytes.
const maxQuoted = 80

// maxParsed is how many bytes a dump may hold: a star in it stands for any number of rows.
const maxParsed = 1 << 20

// maxText is how long the text may be: a dump has a handful of characters for each byte.
const maxText = 8 * maxParsed

// Parse reads the bytes of one packet back from the text that people paste: what Dump and scapy's hexdump print,
// tcpdump -x, -xx, -X and -XX, Wireshark's and tshark's hex dump, xxd, hexdump and od with any of their options for numbers in hex
// and octal, and plain hex with or without spaces, colons, commas, 0x and \x, as in a C array; but no characters, and no decimal numbers but hexdump -d's. Headings above a dump and the text beside it
// are passed over; text without hex digits is no bytes. The error names the line.
//
// Offsets grow by as many bytes as a row has: that tells offsets from bytes, and whether they are hex, octal or decimal. Whether groups
// of several bytes are numbers of a little-endian host, the text beside them tells; without any, groups behind an offset of six or seven
// digits are, as hexdump and od print them.
func Parse(text string) ([]byte, error) {
	b, _, err := ParseWithDoubt(text)
	return b, err
}

// ParseWithDoubt is Parse, and says what else the text could have meant; doubt is "" when it could not.
func ParseWithDoubt(text string) (b []byte, doubt string, err error) {
	if len(text) > maxText {
		return nil, "", fmt.Errorf("want at most %d bytes of text, got %d", maxText, len(text))
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	if d := findDump(lines); d != nil {
		b, doubt, err = d.read()
	} else if b, err = plainHex(lines); err == nil {
		doubt = plainDoubt(lines, b)
	}
	if err != nil && isUnread(lines) {
		err = fmt.Errorf("%w; characters, decimal and floating-point numbers are not read: print bytes in hex (od -An -tx1, hexdump -C, xxd)", err)
	}
	return b, doubt, err
}

// plainDoubt says what else plain hex could have meant.
func plainDoubt(lines []string, b []byte) string {
	switch {
	case isDoubtful(lines):
		return "the zeros that it begins with are taken for bytes: put a colon behind them if they are an offset"
	case beginsSwapped(b, groupBytes(lines)):
		return "its groups are taken for bytes in their order, and look like a little-endian host's numbers, as od -x and hexdump print them: print bytes (od -An -tx1, hexdump -C)"
	case isOctal(lines):
		return "its groups are taken for hex, and look like octal numbers, as od -An -o prints them: print bytes (od -An -tx1, hexdump -C)"
	}
	return ""
}

// isDoubtful reports whether text is one line that may begin with an offset of 0: groups of one width, the first of them zero.
func isDoubtful(lines []string) bool {
	var only string
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if only != "" {
			return false
		}
		only = line
	}
	words := strings.Fields(only)
	const shortest = 4 // digits of an offset that can be a group
	return len(words) > 1 && len(words[0]) >= shortest && strings.Trim(words[0], "0") == "" && len(words[0]) == len(words[1]) && words[1] != words[0]
}

// plainHex reads hex digits in pairs, with what stands between them in any language.
func plainHex(lines []string) ([]byte, error) {
	var out []byte
	for n, line := range lines {
		if _, body, ok := strings.Cut(line, "{"); ok && len(out) == 0 {
			line = body // the head of a C array
		}
		line, _, last := strings.Cut(line, "}")
		if line = withoutComments(line); strings.HasPrefix(line, "b\"") || strings.HasPrefix(line, "b'") {
			line = line[1:] // Python's bytes
		}
		if strings.TrimSpace(line) == "*" {
			return nil, fmt.Errorf("line %d: the star stands for rows like the one before, and no offset says how many: have them printed (hexdump -v, od -v)", n+1)
		}
		for word := range strings.FieldsFuncSeq(line, betweenHex) {
			b, err := hexWord(word)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			if out = append(out, b...); len(out) > maxParsed {
				return nil, fmt.Errorf("line %d: want at most %d bytes", n+1, maxParsed)
			}
		}
		if last {
			break
		}
	}
	return out, nil
}

// betweenHex reports whether a character may stand between hex digits.
func betweenHex(r rune) bool { return strings.ContainsRune(" \t:-,;'\"[]()", r) }

// withoutComments drops what C and scripts have behind the bytes of a line.
func withoutComments(line string) string {
	var b strings.Builder
	for line != "" {
		text, comment, _ := strings.Cut(line, "/*")
		b.WriteString(text + " ")
		_, line, _ = strings.Cut(comment, "*/")
	}
	line = b.String()
	for _, mark := range []string{"//", "#"} {
		line, _, _ = strings.Cut(line, mark)
	}
	return line
}

// hexWord reads a word of hex digits: pairs, or one or more bytes behind 0x or \x each.
func hexWord(word string) ([]byte, error) {
	if word == `\` { // a string goes on in the next line
		return nil, nil
	}
	var out []byte
	for rest := strings.NewReplacer(`\x`, "0x", "0X", "0x").Replace(word); rest != ""; {
		marked := strings.HasPrefix(rest, "0x")
		digits := strings.TrimPrefix(rest, "0x")
		n := strings.Index(digits, "0x")
		if n < 0 {
			n = len(digits)
		}
		digits, rest = digits[:n], digits[n:]
		if marked && len(digits) == 1 {
			digits = "0" + digits
		}
		if digits == "" || !isHexWord(digits) {
			return nil, fmt.Errorf("want pairs of hex digits, got %s", quote(word))
		}
		out = append(out, pairs(digits)...)
	}
	return out, nil
}

// quote is a piece of text as errors repeat it.
func quote(text string) string { return strconv.Quote(text[:min(len(text), maxQuoted)]) }
