package craft

import (
	"errors"
	"fmt"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// A fieldSet is a set in a field of a layer.
type fieldSet struct {
	field int
	set   values.Set
	weak  bool // of Fuzz: it gives way to what the layer above says
}

// assignSet puts a set into a field. Its values are tried first, so that one out of range is refused here.
func (l *Layer) assignSet(i int, s values.Set) error {
	if kinds[l.kind(i)].addr != nil {
		s = values.Networks(s)
	}
	if s.Len() == 0 {
		return errors.New("want at least one value, got an empty list")
	}
	if err := l.copy().try(i, s); err != nil {
		return err
	}
	first := s.At(0) // the header shows it
	if g, ok := first.(values.Generator); ok {
		first = g.Draw(l.spot(i, 0))
	}
	if err := l.assign(i, first); err != nil {
		return err
	}
	if s.Len() > 1 || values.Draws(s) {
		l.keep(fieldSet{field: i, set: s})
	}
	return nil
}

// keep notes the set that a field got.
func (l *Layer) keep(fs fieldSet) {
	l.hold(fs)
	l.packet.changed()
}

// hold puts a set among the layer's sets.
func (l *Layer) hold(fs fieldSet) {
	e := l.more()
	e.sets = append(e.sets, fs)
	slices.SortFunc(e.sets, func(a, b fieldSet) int { return a.field - b.field })
}

// try assigns every value that a field might get, or of those that lie between two others the ends, to see whether it
// takes them. The layer is one to try on.
func (l *Layer) try(i int, value any) error {
	switch v := value.(type) {
	case values.Generator:
		for _, sample := range v.Samples() {
			if err := l.try(i, sample); err != nil {
				return fmt.Errorf("%w (%s)", err, values.Literal(v))
			}
		}
		return nil
	case values.Set:
		return values.Probe(v, func(one any) error { return l.try(i, one) })
	}
	return l.assign(i, value)
}

// SetOf is the set in a field, a set of one Generator when its value is drawn; nil when the field holds one value.
func (l *Layer) SetOf(field string) values.Set {
	i, ok := l.proto.index[field]
	if !ok {
		return nil
	}
	return l.setOf(i)
}

// setOf is SetOf for field i.
func (l *Layer) setOf(i int) values.Set {
	for _, fs := range l.sets() {
		if fs.field == i {
			return fs.set
		}
	}
	return nil
}

// sets are the layer's sets in the order of the table.
func (l *Layer) sets() []fieldSet {
	if l.extra == nil {
		return nil
	}
	l.catchUp()
	return l.extra.sets
}

// redraw writes the first element of the layer's sets again, for a layer whose place in the packet has changed and with
// it what generators draw.
func (l *Layer) redraw(nth int) {
	if l.extra.nth == nth {
		return
	}
	l.extra.nth = nth
	sets := l.extra.sets
	l.extra.sets = nil
	l.place(sets, 0, 0)
	l.extra.sets = sets
}

// yield takes the value that Fuzz gave a field away again; it reports whether there was one.
func (l *Layer) yield(i int) bool {
	for _, fs := range l.sets() {
		if fs.field == i && fs.weak {
			l.forget(i)
			l.fixed &^= 1 << i
			return true
		}
	}
	return false
}

// spot is where field i of the layer is, in packet index of its stream.
func (l *Layer) spot(i int, index uint64) values.Spot {
	nth := 0
	if l.extra != nil {
		nth = l.extra.nth
	}
	s := values.Spot{Index: index}.In(string(l.proto.spec.Name), nth, i)
	if l.varies(i) {
		return s
	}
	slot := l.shape.slots[i]
	s.Width = slot.bytes
	if slot.bits <= 64 {
		s.Max = 1<<(slot.bits-l.proto.spec.Fields[i].Fraction) - 1
	}
	return s
}

// Draws reports whether the field's value is drawn for each packet, all of its values or some.
func (l *Layer) Draws(field string) bool {
	s := l.SetOf(field)
	return s != nil && values.Draws(s)
}

// Draws reports whether the value of any field is drawn for each packet.
func (p *Packet) Draws() bool {
	for _, l := range p.layers {
		for _, fs := range l.sets() {
			if values.Draws(fs.set) {
				return true
			}
		}
	}
	return false
}
