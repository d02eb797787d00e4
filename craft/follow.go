package craft

import "fmt"

// This file reads computed fields backwards: which of them are right and follow what they measure, and where a payload ends.

// follow gives the lengths and counts of a layer that was read back to the builder where they are right: they follow what
// they measure.
func (l *Layer) follow() {
	if pad := l.proto.pad; pad != nil && pad.Counted && l.UnpaddedLen()&(pad.To-1) != 0 {
		return // without its length the header would be filled up
	}
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
	v, n := s.uint(l.hdr), 0
	if r.tells && l.varies(r.of) {
		n = max(r.measured(v), 0) // counting would read them again, and what stands in their fields twice as often at each depth
	} else {
		n = l.measure(r, size)
	}
	return uint64(r.scale(n)) == v
}

// number is field i, which has a fixed width.
func (l *Layer) number(i int) uint64 { return l.shape.slots[i].uint(l.hdr) }

// numeric is field i as a number, whatever its width.
func (l *Layer) numeric(i int) uint64 {
	if s := &l.shape.slots[i]; s.bits > 0 && s.bits <= 64 {
		return s.uint(l.hdr)
	}
	return l.value(i).num
}

// open reports whether a length says nothing.
func (l *Layer) open(r *row) bool {
	if len(r.open) == 0 {
		return false
	}
	for k := range r.open {
		ok := false
		for c := &r.open[k]; c != nil && !ok; c = c.or {
			ok = l.shape.mask>>c.field&1 == 1 && c.met(l.number(c.field))
		}
		if !ok {
			return false
		}
	}
	return true
}

// headerFits is what is wrong with a length of the header that is less than its fixed fields; nil when nothing is.
func (l *Layer) headerFits() error {
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		if r.what != HeaderLength || l.shape.mask>>r.field&1 == 0 {
			continue
		}
		if v := l.number(r.field); r.measured(v) < l.shape.size {
			return fmt.Errorf("malformed: %s is %d, the header alone has %d bytes", l.proto.spec.Fields[r.field].Name, v, l.shape.size)
		}
	}
	return nil
}

// announced is how much of the rest the layer's length leaves to what it carries; what is left stands behind the payload.
func (l *Layer) announced(rest int) (int, error) {
	if l.proto.announces < 0 {
		return rest, nil
	}
	r := &l.proto.rows[l.proto.announces]
	if l.shape.mask>>r.field&1 == 0 || l.open(r) {
		return rest, nil
	}
	v, header := l.number(r.field), 0
	if r.what == Total {
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
