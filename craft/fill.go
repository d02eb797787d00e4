package craft

import (
	"fmt"
	"math/bits"
)

// A row is a computed field of a protocol, compiled: what is looked at for every packet stands in it.
type row struct {
	*Computation
	bit   uint64 // the field's, where the builder fills it
	what  What
	field int
	of    int     // the field that is measured
	shift int     // of a value that is measured in units of a power of two; 0 for others
	open  []check // when the length says nothing

	plain   bool // the value is what is measured, in bytes
	whole   bool // it is the length of the header, padding and all
	sums    bool // it is a checksum
	instead bool // there may be another value
	byHook  bool // the hook Derive computes it
	follow  bool // the field follows a change of what was read: what it measures stands in its own header
	tells   bool // the count by which the elements of the list were read: that many are there
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
			r := p.compileRow(c, i)
			switch {
			case r.byHook:
				p.hooked |= 1 << i
			case sums && p.sum < 0:
				p.sum = len(p.rows)
			case c.ends() && p.announces < 0:
				p.announces = len(p.rows)
			}
			p.follows = p.follows || r.follow
			p.rows = append(p.rows, r)
		}
	}
}

// compileRow compiles what field i is computed from.
func (p *Protocol) compileRow(c *Computation, i int) row {
	r := row{Computation: c, what: c.What, field: i, sums: c.sum(), byHook: c.What == ByLayout || c.What == ByBytes}
	if !r.byHook {
		r.bit = 1 << i
	}
	r.plain = c.Unit <= 1 && c.Times <= 1 && c.Plus == 0
	if c.Times <= 1 && c.Plus == 0 && c.Unit > 1 && c.Unit&(c.Unit-1) == 0 {
		r.shift = bits.TrailingZeros(uint(c.Unit))
	}
	if c.Of != "" {
		r.of = fieldIndex(p.spec.Fields, c.Of)
	}
	r.instead = c.Instead != nil
	r.whole = c.What == HeaderLength && (p.pad == nil || p.pad.Counted)
	for k := range c.Open {
		r.open = append(r.open, *compileCheck(p.spec.Fields, &c.Open[k]))
	}
	r.follow = r.follows() && p.shaping>>i&1 == 0 && !(c.What == HeaderLength && p.options >= 0) || p.spec.Fields[i].Bits == 0
	return r
}

// compute fills these fields of layer i, which nobody set.
func (b *Builder) compute(i int, l *Layer, unset uint64) error {
	at, hooked := &b.spans[i], unset&l.proto.hooked
	hdr := b.out[at.start:at.head]
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		s := &l.shape.slots[r.field]
		if unset&r.bit == 0 || s.bits == 0 { // without bits: its part's Initial computes it
			continue
		}
		if r.instead {
			if n, ok := r.Instead(b, i); ok {
				s.put(hdr[l.offset(r.field)-s.off:], n)
				continue
			}
		}
		place := hdr
		if len(l.shape.inner) > 0 {
			place = hdr[l.offset(r.field)-s.off:]
		}
		if !r.sums {
			n := r.scaled(b.length(at, l, r))
			if s.bits < 64 && uint64(n)>>s.bits != 0 {
				return l.tooMuch(r, n)
			}
			s.put(place, uint64(n))
			continue
		}
		if hooked != 0 { // a checksum covers what the hook writes
			if err := b.hook(i, hooked); err != nil {
				return err
			}
			hooked = 0
		}
		s.put(place, uint64(b.checksum(i, r, hdr)))
	}
	if hooked != 0 {
		return b.hook(i, hooked)
	}
	return nil
}

// hook has the protocol compute what no row says.
func (b *Builder) hook(i int, unset uint64) error {
	s := &b.p.layers[i].proto.spec
	if s.Derive == nil {
		return nil // a part of variable length, which its Initial computes
	}
	return s.Derive(b, i, b.Header(i), b.out[b.spans[i].head:b.spans[i].end], unset)
}

// length is what a field of the layer at a place counts or measures.
func (b *Builder) length(at *span, l *Layer, r *row) int {
	switch {
	case r.what == Total:
		return at.end - at.start
	case r.whole:
		return at.head - at.start
	case r.what == PayloadLength:
		return at.end - at.head
	}
	return l.measure(r, at.head-at.start)
}

// scaled is the value of the field for a length or a count.
func (r *row) scaled(n int) int {
	switch {
	case r.plain:
		return n
	case r.shift > 0:
		return (n + 1<<r.shift - 1) >> r.shift
	}
	return r.scale(n)
}

// tooMuch says that a computed value does not fit its field.
func (l *Layer) tooMuch(r *row, v int) error {
	name := l.proto.spec.Fields[r.field].Name
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
	return fmt.Errorf("%s.%s: want at most %d %s, got %d: %s", l.proto.spec.Name, name, r.measured(l.most(r.field)), unit, r.measured(uint64(v)), out)
}

// measure is a length or a count within the layer's own header, of so many bytes.
func (l *Layer) measure(r *row, size int) int {
	switch r.what {
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
	if r.what != HeaderSum {
		covered = b.out[b.spans[i].start:b.spans[i].end]
	}
	sum := uint64(0)
	if r.what == SegmentSum {
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
