package craft

import "fmt"

// This file reads computed fields backwards: which of them are right and follow what they measure, and where a payload ends.

// follow gives the lengths and counts of a layer that was read back to the builder where they are right: they follow what
// they measure.
func (l *Layer) follow() {
	right, size := uint64(0), -1
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		if !r.follow || l.shape.mask>>r.field&1 == 0 {
			continue
		}
		if size < 0 {
			size = l.Len()
		}
		if l.right(r, size) {
			right |= 1 << r.field
		}
	}
	l.fixed &^= right
	l.seen = right
}

// right reports whether a computed field holds what building would put there.
func (l *Layer) right(r *row, size int) bool {
	s := l.shape.slots[r.field]
	if s.bits == 0 {
		p := l.proto.spec.Fields[r.field].Part
		return p != nil && p.Initial != nil && string(p.Initial(l)) == string(l.part(r.field))
	}
	n := l.measure(r, size)
	return uint64(r.scale(n)) == s.uint(l.hdr)
}

// announced is how much of the rest the layer's length leaves to what it carries; what is left stands behind the payload.
func (l *Layer) announced(rest int) (int, error) {
	if l.proto.announces < 0 {
		return rest, nil
	}
	r := &l.proto.rows[l.proto.announces]
	if l.shape.mask>>r.field&1 == 0 || len(r.Open) > 0 && all(r.Open, l) {
		return rest, nil
	}
	v, header := l.value(r.field).num, 0
	if r.What == Total {
		header = l.Len()
	}
	n, name := r.measured(v)-header, l.proto.spec.Fields[r.field].Name
	switch {
	case n < 0:
		return rest, fmt.Errorf("malformed: %s is %d, the header alone has %d bytes", name, v, header)
	case n > rest:
		return rest, fmt.Errorf("truncated: %s is %d, %d bytes are here", name, v, header+rest)
	}
	return n, nil
}
