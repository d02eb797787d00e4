package craft

import (
	"fmt"
	"strings"
)

// Diagram is the protocol's header as RFCs draw it, 32 bits to a row. A part of variable length, or one of more than 16
// bytes, is a row between slashes. A protocol of several layouts is drawn with the one that it has by default; that of a
// message at hand is drawn by the layer's Diagram.
func (p *Protocol) Diagram() string { return newLayer(p).Diagram() }

// Diagram is the layer's header as RFCs draw it, in its present layout. See Protocol.Diagram.
func (l *Layer) Diagram() string {
	var s strings.Builder
	s.WriteString(" 0                   1                   2                   3\n")
	s.WriteString(" 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1\n")
	s.WriteString(strings.Repeat("+-", wordBits) + "+\n")
	rows := l.drawn()
	for i, r := range rows {
		s.WriteString(r.line() + "\n")
		below := drawnRow{}
		if i+1 < len(rows) {
			below = rows[i+1]
		}
		s.WriteString(r.border(below) + "\n")
	}
	title := "Fig. " + string(l.proto.spec.Name)
	fmt.Fprintf(&s, "\n%s%s\n", strings.Repeat(" ", max(wordBits+1-(len(title)+1)/2, 0)), title)
	return s.String()
}

// wordBits is how many bits a row of a diagram has.
const wordBits = 32

// longest is the width in bits of the longest field that is drawn bit by bit.
const longest = 128

// A drawnRow is one row of a diagram: its fields from the left.
type drawnRow struct {
	cells []cell
	open  bool // one field, as long as it likes
}

// A cell is the part of a field that stands in one row: its bits from and to.
type cell struct {
	field    int
	name     string // "" when an earlier row has it
	from, to int
}

// drawn are the rows of the layer's diagram.
func (l *Layer) drawn() []drawnRow {
	var rows []drawnRow
	bit := wordBits // of the last row
	for i := range l.proto.spec.Fields {
		if l.shape.mask&^l.proto.views>>i&1 == 0 {
			continue
		}
		name := strings.ToUpper(strings.ReplaceAll(l.proto.spec.Fields[i].Name, "_", " "))
		bits := l.shape.slots[i].bits
		if l.varies(i) || bits > longest {
			if bits > longest {
				name += fmt.Sprintf(" (%d bytes)", bits/8)
			}
			rows, bit = append(rows, drawnRow{[]cell{{i, name, 0, wordBits}}, true}), wordBits
			continue
		}
		for bits > 0 {
			if bit == wordBits {
				rows, bit = append(rows, drawnRow{}), 0
			}
			n := min(bits, wordBits-bit)
			last := &rows[len(rows)-1]
			last.cells = append(last.cells, cell{i, name, bit, bit + n})
			bit, bits, name = bit+n, bits-n, ""
		}
	}
	return rows
}

// line is the row with its fields' names, each in the middle of its bits.
func (r drawnRow) line() string {
	edge := "|"
	if r.open {
		edge = "/"
	}
	s := edge
	for _, c := range r.cells {
		width := 2*(c.to-c.from) - 1
		name := c.name[:min(len(c.name), width)]
		left := (width - len(name) + 1) / 2
		s += strings.Repeat(" ", left) + name + strings.Repeat(" ", width-len(name)-left) + edge
	}
	return s
}

// border is the line between the row and the one below it: open where a field goes on.
func (r drawnRow) border(below drawnRow) string {
	last := r.cells[len(r.cells)-1]
	width, from, to := last.to, -1, -1
	if len(below.cells) > 0 {
		first := below.cells[0]
		width = max(width, below.cells[len(below.cells)-1].to)
		if first.field == last.field {
			from, to = last.from, first.to
		}
	}
	s := ""
	for bit := range width {
		switch {
		case bit < from || bit >= to:
			s += "+-"
		case bit == from:
			s += "+ "
		default:
			s += "  "
		}
	}
	return s + "+"
}
