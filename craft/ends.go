package craft

import "fmt"

// This file finds where parts of variable length end: the field that counts or measures them says it, so that the table needs
// to say it once.

// An end is how a part's length is found; the zero end is to the end of the bytes.
type end struct {
	row     *row     // the computed field that says it; nil for none
	measure *Measure // or a field that is not computed; nil for none
}

// A Measure is a length that another field gives: value * Unit + Plus bytes, or that many elements when Count is set.
type Measure struct {
	// Field is that field.
	Field string
	// Unit is how many bytes one stands for; 0 is 1.
	Unit int
	// Plus is added; negative when the field counts more than this one's bytes.
	Plus int
	// Count makes the value a number of elements; Unit and Plus are not used then.
	Count bool
}

// compileEnds finds what says where each part of variable length ends: a field that measures or counts it, or, for the last one,
// a length of the header.
func (p *Protocol) compileEnds() {
	for i := range p.spec.Fields {
		f := &p.spec.Fields[i]
		if f.Bits != 0 || f.Part != nil && f.Part.Length != nil || f.View != nil {
			continue
		}
		if p.ends == nil {
			p.ends = make([]end, len(p.spec.Fields))
		}
		p.ends[i].measure = f.Length
		for k := range p.rows {
			r := &p.rows[k]
			if f.Length == nil && !r.State && (r.What == LengthOf || r.What == CountOf) && r.of == i && r.field < i { // one behind it is not found before it
				p.ends[i].row = r
			}
		}
		if r := p.ends[i].row; r != nil && r.What == CountOf {
			r.tells = f.Part != nil && (f.Part.Width > 0 || f.Part.Pick != nil) && !f.Part.Virtual && f.Part.Trailer == nil
		}
	}
}

// end is how many of the rest bytes belong to a part, behind so many bytes of the header.
func (l *Layer) end(c cut, before int, rest []byte) (int, error) {
	e := &l.proto.ends[c.field]
	switch {
	case e.measure != nil && e.measure.Count:
		return l.counted(c.field, e.measure.Field, l.Uint(e.measure.Field), rest)
	case e.measure != nil:
		return units(l.Uint(e.measure.Field), max(e.measure.Unit, 1)) + e.measure.Plus, nil
	case e.row != nil && e.row.What == CountOf:
		n := max(e.row.measured(l.number(e.row.field)), 0)
		return l.counted(c.field, l.proto.spec.Fields[e.row.field].Name, uint64(n), rest)
	case e.row != nil:
		return e.row.measured(l.number(e.row.field)), nil
	case c.field == l.lastPart():
		return l.leftBy(c, before, len(rest)), nil
	}
	return len(rest), nil
}

// lastPart is the last part of variable length.
func (l *Layer) lastPart() int {
	if l.shape.tail >= 0 {
		return l.shape.tail
	}
	return l.shape.inner[len(l.shape.inner)-1].field
}

// leftBy is what a length of the header leaves for its last part: all the rest, but for the fields behind it, when there is none.
func (l *Layer) leftBy(c cut, before, rest int) int {
	behind := l.shape.size - c.at
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		if l.shape.mask>>r.field&1 == 0 {
			continue
		}
		header := 0
		switch r.What {
		case HeaderLength, Total:
		case Behind:
			header = l.offset(r.field) + l.shape.slots[r.field].bytes
		default:
			continue
		}
		header += r.measured(l.number(r.field))
		return header - before - behind
	}
	if rest < behind {
		return rest
	}
	return rest - behind
}

// counted is how long so many elements of a list are.
func (l *Layer) counted(i int, by string, count uint64, rest []byte) (int, error) {
	p := l.proto.spec.Fields[i].Part
	if p.Width > 0 {
		return units(count, p.Width), nil
	}
	if p.Pick == nil {
		return len(rest), nil // elements that only their own part can tell
	}
	at := 0
	for k := range count {
		if at == len(rest) {
			return at, fmt.Errorf("truncated: %s is %d, %d layers are here", by, count, k)
		}
		_, n := l.ReadOne(p.Pick(l, rest[at:]), rest[at:])
		at += n
	}
	return at, nil
}
