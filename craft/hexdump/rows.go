package hexdump

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxRow is how many bytes a row of a dump may have.
const maxRow = 256

// A row is a line of a dump: its offset and what stands behind it.
type dumpRow struct {
	line   int    // counted from 1
	digits string // of the offset
	rest   string
	marked bool // a colon ends the offset
	star   bool // the row before, again and again; nothing else is set
}

// Offsets have so many digits.
const (
	leastDigits = 3
	mostDigits  = 16
)

// splitRow takes a line of a dump apart; ok is false when it is none.
func splitRow(line string) (r dumpRow, ok bool) {
	line = strings.TrimRight(strings.TrimLeft(line, " \t"), " \t")
	if line == "*" {
		return dumpRow{star: true}, true
	}
	digits := strings.TrimPrefix(line, "0x")
	n := 0
	for n < len(digits) && isHex(digits[n]) {
		n++
	}
	if n < leastDigits || n > mostDigits {
		return r, false
	}
	r.digits, r.rest = digits[:n], digits[n:]
	if colon := strings.TrimPrefix(r.rest, ":"); colon != r.rest {
		r.marked, r.rest = true, colon
	}
	return r, r.rest == "" || r.rest[0] == ' ' || r.rest[0] == '\t'
}

// offset is the row's offset with digits of a base.
func (r dumpRow) offset(base int) (uint64, error) {
	n, err := strconv.ParseUint(r.digits, base, 64)
	if err != nil {
		return 0, fmt.Errorf("want an offset, got %s", quote(r.digits))
	}
	return n, nil
}

// isSure reports whether a row that begins a dump can be nothing else: bytes are not written so.
func (r dumpRow) isSure() bool {
	switch {
	case r.marked:
		return true
	case strings.Trim(r.digits, "0") != "": // one that begins in the middle has a colon, or others that follow it
		return false
	case len(r.digits)%2 == 1, strings.HasPrefix(r.rest, "  "), strings.HasPrefix(r.rest, "\t"):
		return true
	}
	first := firstWord(r.rest)
	return len(first) < len(r.digits) && isPair(first)
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(text, " \t"), " ")
	return word
}

// A dump is the part of a text that rows of a dump are in, and how they are to be read.
type dump struct {
	rows   []dumpRow
	broken error // why the rows end before the text does
	sure   bool  // it is a dump, if not a good one
}

// maxStarts is how many lines are tried as the first of a dump: lines of plain hex may all look like one.
const maxStarts = 16

// findDump finds the dump in a text; nil when there is none.
func findDump(lines []string) *dump {
	tried := 0
	for n, line := range lines {
		r, ok := splitRow(line)
		if !ok || r.star || r.rest == "" || !startsWord(r.rest) {
			continue
		}
		d := &dump{sure: r.isSure()}
		d.collect(lines[n:], n)
		if d.sure || d.isConsistent() {
			return d
		}
		if tried++; tried == maxStarts {
			return nil
		}
	}
	return nil
}

// startsWord reports whether a text begins with a word that may stand for bytes.
func startsWord(text string) bool {
	for _, g := range groups() {
		if g.read(firstWord(text)) != nil {
			return true
		}
	}
	return false
}

// collect takes the lines of a dump apart; before is how many lines are before the first.
func (d *dump) collect(lines []string, before int) {
	for n, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, ok := splitRow(line)
		if !ok && d.begins(lines[n+1:]) {
			d.broken = fmt.Errorf("line %d: %w", before+n+1, errSecond)
			return
		}
		if !ok {
			d.broken = fmt.Errorf("line %d: want a row of the dump, that is an offset and bytes, got %s", before+n+1, quote(line))
			return
		}
		r.line = before + n + 1
		d.rows = append(d.rows, r)
	}
}

// errSecond is what is wrong with a text of two dumps.
var errSecond = errors.New("a second packet begins here: paste one at a time")

// begins reports whether a dump that begins as this one does, at the same offset, stands in the lines.
func (d *dump) begins(lines []string) bool {
	for _, line := range lines {
		if r, ok := splitRow(line); ok && !r.star && r.digits == d.rows[0].digits && r.marked == d.rows[0].marked && startsWord(r.rest) {
			return true
		}
	}
	return false
}

// isConsistent reports whether several rows can be read in some way: their offsets say that they are rows.
func (d *dump) isConsistent() bool {
	if d.broken != nil || len(d.rows) < 2 {
		return false
	}
	for _, way := range ways() {
		if w := (&reading{dump: d, way: way}); w.all() == nil {
			return true
		}
	}
	return false
}

// read reads the dump in the way that its offsets and the text beside it agree with best.
func (d *dump) read() ([]byte, string, error) {
	var best *reading
	var first error
	rival := false
	for _, way := range ways() {
		r := &reading{dump: d, way: way}
		err := r.all()
		if err == nil {
			err = d.broken
		}
		switch {
		case err != nil:
			if first == nil {
				first = err
			}
		case best == nil:
			best = r
		case string(r.out) == string(best.out):
		case r.score() > best.score():
			best, rival = r, false
		case r.score() == best.score():
			rival = true
		}
	}
	if best == nil {
		return nil, "", first
	}
	doubt := ""
	switch little := best.way.group.little; {
	case little && best.agreed == 0 && beginsSwapped(best.out, best.way.group.bytes):
		doubt = "its groups are taken for a little-endian host's " + best.way.group.name + ", and look like bytes in their order, as od --endian=big prints them: print bytes (od -An -tx1, hexdump -C)"
	case rival:
		doubt = "its groups are taken for " + best.way.group.name + ", and may be something else: nothing beside them tells"
	}
	return best.out, doubt, nil
}

// A way is one in which a dump may be meant: the base of its offsets, and what its words stand for.
type way struct {
	base  int
	group group
}

// ways are all ways, the likeliest first.
func ways() (all []way) {
	for _, g := range groups() {
		for _, base := range []int{16, 8, 10} {
			all = append(all, way{base, g})
		}
	}
	return all
}

// A reading is a dump that is being read in one way.
type reading struct {
	*dump
	way     way
	start   uint64 // the offset it begins with
	out     []byte
	width   int  // bytes of the row before
	end     int  // how far behind the offset the words of a full row end; 0 is not known
	beside  bool // text stands beside the words
	agreed  int  // rows whose text is that of their bytes
	against int  // and rows whose text is another
}

// all reads all rows.
func (r *reading) all() error {
	for i := range r.rows {
		if err := r.row(i); err != nil {
			return fmt.Errorf("line %d: %w", r.rows[i].line, err)
		}
	}
	if last := r.rows[len(r.rows)-1]; last.star {
		return fmt.Errorf("line %d: want the offset up to which the star stands", last.line)
	}
	return nil
}

// score says how well the reading agrees with what stands beside the words, and with what programs print.
func (r *reading) score() int {
	score := 0
	switch {
	case r.agreed > r.against:
		score = 2
	case r.against > 0 || r.beside:
	case r.printsNumbers() == r.way.group.little:
		score = 1
	}
	return score
}

// printsNumbers reports whether a dump without text beside it looks like those of programs that print numbers: hexdump and od have
// offsets of six or seven digits, and no colon.
func (r *reading) printsNumbers() bool {
	first := r.rows[0]
	return !first.marked && (len(first.digits) == 6 || len(first.digits) == 7)
}

// row reads row i.
func (r *reading) row(i int) error {
	row := r.rows[i]
	if row.star {
		return nil // the next row says how often
	}
	offset, err := row.offset(r.way.base)
	if err != nil {
		return err
	}
	if i == 0 {
		r.start = offset
	} else if r.rows[i-1].star {
		if err := r.repeat(offset); err != nil {
			return err
		}
	}
	switch at := r.start + uint64(len(r.out)); {
	case offset == at:
	case offset == r.start:
		return errSecond
	default:
		return fmt.Errorf("want offset %#x, as many bytes as the rows before have, got %#x", at, offset)
	}
	if row.rest == "" {
		return nil // hexdump ends with the length
	}
	return r.bytes(row, r.next(i, offset))
}

// repeat is the star of hexdump: the last row again and again, up to an offset.
func (r *reading) repeat(to uint64) error {
	at := r.start + uint64(len(r.out))
	if to < at || to-r.start > maxParsed || r.width == 0 {
		return fmt.Errorf("want an offset from %#x to %#x behind the star, got %#x", at, r.start+maxParsed, to)
	}
	row := r.out[len(r.out)-r.width:]
	for i := 0; r.start+uint64(len(r.out)) < to; i++ {
		r.out = append(r.out, row[i%len(row)])
	}
	return nil
}

// next is how many bytes the row at an offset has, as the row after it shows, or those before a star; 0 when neither does.
func (r *reading) next(i int, offset uint64) int {
	if i+1 == len(r.rows) {
		return 0
	}
	if r.rows[i+1].star {
		return r.width
	}
	after, err := r.rows[i+1].offset(r.way.base)
	if err != nil || after <= offset || after-offset > maxRow {
		return 0
	}
	return int(after - offset)
}
