package craft

import (
	"fmt"
	"math/bits"
)

// A row is a computed field of a protocol, compiled.
type row struct {
	*Computation
	field int
	of    int // the field that is measured

	plain  bool // the value is what is measured, in bytes
	shift  int  // of a value that is measured in units of a power of two; 0 for others
	sums   bool // it is a checksum
	byHook bool // the hook Derive computes it
	follow bool // the field follows a change of what was read: what it measures stands in its own header
}

// compileRows finds the computed fields, checksums last: they cover the others.
func (p *Protocol) compileRows() {
	p.announces, p.sum = -1, -1
	for _, sums := range []bool{false, true} {
		for i := range p.spec.Fields {
			c := p.spec.Fields[i].Computed
			if c == nil || c.sum() != sums || c.What == Asked {
				continue
			}
			r := row{Computation: c, field: i}
			r.sums, r.byHook = sums, c.What == ByLayout || c.What == ByBytes
			r.plain = c.Unit <= 1 && c.Times <= 1 && c.Plus == 0
			if c.Times <= 1 && c.Plus == 0 && c.Unit > 1 && c.Unit&(c.Unit-1) == 0 {
				r.shift = bits.TrailingZeros(uint(c.Unit))
			}
			if c.Of != "" {
				r.of = fieldIndex(p.spec.Fields, c.Of)
			}
			switch {
			case r.byHook:
				p.hooked |= 1 << i
			case sums && p.sum < 0:
				p.sum = len(p.rows)
			case c.ends() && p.announces < 0:
				p.announces = len(p.rows)
			}
			r.follow = r.follows() && p.shaping>>i&1 == 0 && !(c.What == HeaderLength && p.options >= 0) || p.spec.Fields[i].Bits == 0
			p.follows = p.follows || r.follow
			p.rows = append(p.rows, r)
		}
	}
}

// compute fills the fields of layer i that are not set.
func (b *Builder) compute(i int) error {
	l := b.p.layers[i]
	unset := l.proto.derived & l.shape.mask &^ (l.fixed | l.above)
	if unset == 0 {
		return nil
	}
	hook := unset & l.proto.hooked
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		if unset>>r.field&1 == 0 {
			continue
		}
		if r.byHook {
			continue
		}
		if hook != 0 && r.sums { // a checksum covers what the hook writes
			if err := b.hook(i, hook); err != nil {
				return err
			}
			hook = 0
		}
		if err := b.fill(i, r); err != nil {
			return err
		}
	}
	if hook != 0 {
		return b.hook(i, hook)
	}
	return nil
}

// hook has the protocol compute what no row says.
func (b *Builder) hook(i int, unset uint64) error {
	l := b.p.layers[i]
	if l.proto.spec.Derive == nil {
		return nil // a part of variable length, which its Initial computes
	}
	hdr := b.Header(i)
	return l.proto.spec.Derive(b, i, hdr, b.payload(i), unset)
}

// payload is what stands behind the header of layer i, in the same memory.
func (b *Builder) payload(i int) []byte { return b.out[b.spans[i].head:b.spans[i].end] }

// fill computes one field of layer i.
func (b *Builder) fill(i int, r *row) error {
	l := b.p.layers[i]
	s := &l.shape.slots[r.field]
	if s.bits == 0 {
		return nil // its part's Initial computes it
	}
	hdr := b.Header(i)
	if len(l.shape.inner) > 0 {
		moved := *s
		moved.off = l.offset(r.field)
		s = &moved
	}
	if r.Instead != nil {
		if n, ok := r.Instead(b, i); ok {
			s.put(hdr, n)
			return nil
		}
	}
	if r.sums {
		s.put(hdr, 0)
		s.put(hdr, uint64(b.checksum(i, r, hdr)))
		return nil
	}
	v := b.measure(i, r, len(hdr))
	switch {
	case r.plain:
	case r.shift > 0:
		v = (v + 1<<r.shift - 1) >> r.shift
	default:
		v = r.scale(v)
	}
	if s.bits < 64 && uint64(v)>>s.bits != 0 {
		return l.tooMuch(r, v)
	}
	s.put(hdr, uint64(v))
	return nil
}

// tooMuch says that a computed value does not fit its field.
func (l *Layer) tooMuch(r *row, v int) error {
	name, most := l.proto.spec.Fields[r.field].Name, int(l.most(r.field))
	unit := "bytes"
	if r.What == CountOf {
		unit = "elements"
	}
	if r.What == HeaderLength {
		unit += " of header"
	}
	out := "set " + name + " yourself to send it"
	if r.Beyond != "" {
		out = r.Beyond + ", or set " + name + " yourself"
	}
	return fmt.Errorf("%s.%s: want at most %d %s, got %d: %s", l.proto.spec.Name, name, r.measured(uint64(most)), unit, r.measured(uint64(v)), out)
}

// measure is the length or count that a field of layer i holds; size is how long the header is.
func (b *Builder) measure(i int, r *row, size int) int {
	switch r.What {
	case Total:
		return b.spans[i].end - b.spans[i].start
	case PayloadLength:
		return b.spans[i].end - b.spans[i].head
	}
	return b.p.layers[i].measure(r, size)
}

// measure is a length or a count within the layer's own header, of so many bytes.
func (l *Layer) measure(r *row, size int) int {
	switch r.What {
	case HeaderLength:
		return size - l.uncounted(size)
	case Behind:
		return size - l.uncounted(size) - l.offset(r.field) - l.shape.slots[r.field].bytes
	case LengthOf:
		if !l.varies(r.of) {
			return l.shape.slots[r.of].bytes
		}
		return len(l.part(r.of))
	case CountOf:
		return l.elements(r.of)
	}
	return 0
}

// checksum is the checksum of layer i, whose field is 0 now.
func (b *Builder) checksum(i int, r *row, hdr []byte) uint16 {
	covered := hdr
	if r.What != HeaderSum {
		covered = b.out[b.spans[i].start:b.spans[i].end]
	}
	sum := uint64(0)
	if r.What == SegmentSum {
		under, at := b.Under(i)
		if under == nil || !r.over(under) {
			return 0
		}
		sum = under.proto.spec.Pseudo(b, at, i, r.Number, len(covered))
	}
	c := ^FoldSum(AddSum(sum, covered))
	if c == 0 && r.ZeroIsNone {
		c = 0xffff
	}
	return c
}

// over reports whether there is a checksum over a network layer.
func (c *Computation) over(under *Layer) bool {
	return c.Only == "" || under.proto.spec.Name == c.Only || under.proto.spec.Quotes == c.Only
}
