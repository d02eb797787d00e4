package hexdump

import (
	"encoding/hex"
	"errors"
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

// Parse reads the bytes of one packet back from the text that people paste: what Hexdump and scapy's hexdump print,
// tcpdump -x, -xx, -X and -XX, Wireshark's and tshark's hex dump, xxd, hexdump -C, od -A x -t x1, and plain hex with or without
// spaces, colons, commas, 0x and \x, as in a C array. Headings above a dump and the text beside it are passed over; text
// without hex digits is no bytes. The error names the line.
func Parse(text string) ([]byte, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("want at most %d bytes of text, got %d", maxText, len(text))
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	first := firstRow(lines)
	if first < 0 {
		return plainHex(lines)
	}
	d := dump{lines: lines}
	for n := first; n < len(lines); n++ {
		if err := d.row(n); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return d.result()
}

// A dumpRow is a line of a dump: its offset and what stands behind it.
type dumpRow struct {
	offset uint64
	rest   string
	sure   bool // it can be nothing else: a colon ends the offset
}

// splitRow takes a line of a dump apart; ok is false when it is none.
func splitRow(line string) (r dumpRow, ok bool) {
	line = strings.TrimLeft(line, " \t")
	digits := strings.TrimPrefix(line, "0x")
	n := 0
	for n < len(digits) && isHex(digits[n]) {
		n++
	}
	offset, err := strconv.ParseUint(digits[:n], 16, 64)
	if err != nil || n < 3 {
		return r, false
	}
	r.offset, r.rest = offset, digits[n:]
	if colon := strings.TrimPrefix(r.rest, ":"); colon != r.rest {
		r.sure, r.rest = true, colon
	}
	if r.rest != "" && r.rest[0] != ' ' && r.rest[0] != '\t' {
		return r, false
	}
	if r.sure || r.rest == "" || strings.HasPrefix(r.rest, "  ") || r.rest[0] == '\t' {
		return r, true
	}
	return r, len(digits[:n]) > 3 && isPair(firstWord(r.rest)) // od: one space
}

// firstRow is the line with which a dump begins; -1 for text that is no dump. A dump begins at offset 0, unless its
// offsets have colons.
func firstRow(lines []string) int {
	for n, line := range lines {
		r, ok := splitRow(line)
		if !ok || strings.TrimSpace(r.rest) == "" || !isHexWord(firstWord(r.rest)) {
			continue
		}
		if r.sure || r.offset == 0 {
			return n
		}
	}
	return -1
}

// A dump is one being read.
type dump struct {
	lines []string
	start uint64 // the offset it begins with
	out   []byte
	any   bool // a row was read
	star  bool // the row before repeats up to the next offset
	width int  // bytes of the row before
	end   int  // how far behind the offset the hex of a full row ends; 0 is not known
}

// row reads line n.
func (d *dump) row(n int) error {
	line := d.lines[n]
	switch strings.TrimSpace(line) {
	case "":
		return nil
	case "*":
		d.star = d.any
		return nil
	}
	r, ok := splitRow(line)
	if !ok {
		return fmt.Errorf("want a row of the dump, that is an offset and bytes, got %s", quote(line))
	}
	if !d.any {
		d.start, d.any = r.offset, true
	}
	if d.star {
		if err := d.repeat(r.offset); err != nil {
			return err
		}
	}
	switch at := d.start + uint64(len(d.out)); {
	case r.offset == at:
	case r.offset == d.start:
		return errors.New("a second packet begins here: paste one at a time")
	default:
		return fmt.Errorf("want offset %#x, as many bytes as the rows before have, got %#x", at, r.offset)
	}
	if strings.TrimSpace(r.rest) == "" {
		return nil // hexdump ends with the length
	}
	return d.bytes(r, d.next(n, r.offset))
}

// repeat is the star of hexdump: the last row again and again, up to an offset.
func (d *dump) repeat(to uint64) error {
	d.star = false
	at := d.start + uint64(len(d.out))
	if to < at || to-d.start > maxParsed || d.width == 0 {
		return fmt.Errorf("want an offset from %#x to %#x behind the star, got %#x", at, d.start+maxParsed, to)
	}
	row := d.out[len(d.out)-d.width:]
	for i := 0; d.start+uint64(len(d.out)) < to; i++ {
		d.out = append(d.out, row[i%len(row)])
	}
	return nil
}

// next is how many bytes the row at an offset has, as the row after it shows; 0 when none does.
func (d *dump) next(n int, offset uint64) int {
	for _, line := range d.lines[n+1:] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, ok := splitRow(line)
		if ok && r.offset > offset && r.offset-offset <= maxRow {
			return int(r.offset - offset)
		}
		return 0
	}
	return 0
}

// maxRow is how many bytes a row of a dump may have.
const maxRow = 256

// bytes reads the bytes of a row. want is how many there are; with 0 they end where
// those of the rows before do, or before the text beside them.
func (d *dump) bytes(r dumpRow, want int) error {
	hex := r.rest
	if want == 0 && d.end > 0 && d.end < len(hex) {
		hex = hex[:d.end]
	}
	most := want
	if want == 0 && d.end == 0 {
		most = bytesPerRow
	}
	row, used, err := rowBytes(hex, most)
	switch {
	case err != nil:
		return err
	case len(row) == 0:
		return fmt.Errorf("want bytes behind the offset, got %s", quote(r.rest))
	case want > 0 && len(row) != want:
		return fmt.Errorf("want %d bytes up to the next row, got %d", want, len(row))
	case len(d.out)+len(row) > maxParsed:
		return fmt.Errorf("want at most %d bytes", maxParsed)
	}
	if want > 0 {
		d.end = max(d.end, used)
	}
	d.out, d.width = append(d.out, row...), len(row)
	return nil
}

// rowBytes reads at most most bytes, 0 is any number. They end before what is no hex, and before two spaces, unless it is
// the gap that many dumps have behind the eighth byte. used is how much text they took.
func rowBytes(text string, most int) (row []byte, used int, err error) {
	for most == 0 || len(row) < most {
		word := strings.TrimLeft(text[used:], " \t")
		space := len(text) - used - len(word)
		middle := len(row) == bytesPerRow/2 && space == 2 && isPair(firstWord(word))
		if len(row) > 0 && space > 1 && !middle {
			break
		}
		word = firstWord(word)
		if !isHexWord(word) {
			break
		}
		if len(word) > 2*maxGroup {
			return nil, 0, fmt.Errorf("want groups of at most %d bytes, got %s", maxGroup, quote(word))
		}
		row = append(row, pairs(word)...)
		used += space + len(word)
	}
	return row, used, nil
}

// maxGroup is how many bytes stand together in a dump.
const maxGroup = 8

// result is what was read.
func (d *dump) result() ([]byte, error) {
	if d.star {
		return nil, fmt.Errorf("line %d: want the offset up to which the star stands", len(d.lines))
	}
	return d.out, nil
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

func firstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(text, " \t"), " ")
	return word
}

// quote is a piece of text as errors repeat it.
func quote(text string) string { return strconv.Quote(text[:min(len(text), maxQuoted)]) }
