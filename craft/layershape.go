package craft

import (
	"fmt"
	"maps"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// Cut reports whether the header ends before its last field, as a quote and what a capture kept of a packet may: the fields
// that are not here read as zeros.
func (l *Layer) Cut() bool { return l.shape.short }

// setShape gives the layer a fresh header of that shape.
func (l *Layer) setShape(s *Shape) {
	l.shape = s
	l.hdr = l.room(s.size)
	copy(l.hdr, s.init)
}

// room is memory for a header of n bytes.
func (l *Layer) room(n int) []byte {
	if n <= inlineHeader {
		return l.buf[:n:n]
	}
	return make([]byte, n)
}

// reshape chooses the shape again after a field that decides it has changed; what was set and still exists is kept.
func (l *Layer) reshape() {
	if !l.proto.chooses() || l.shape.short {
		return // what is not there does not appear
	}
	for range maxReshaped {
		s := l.chosen(l.fixed)
		if s == l.shape {
			return
		}
		l.takeShape(s) // a field that decides it too may have moved
	}
}

// maxReshaped is how often a shape is chosen at most, for shapes that lead from one to the other and back.
const maxReshaped = 4

// takeShape gives the layer another shape; what is set and has a place in it is kept.
func (l *Layer) takeShape(s *Shape) {
	if s == l.shape {
		return
	}
	l.catchUp()
	for i := range l.proto.spec.Fields {
		if s.mask>>i&1 == 0 {
			l.forget(i)
		}
	}
	l.moveParts(s)
	old, oldShape := append([]byte(nil), l.hdr...), l.shape
	keep := l.fixed | l.above
	l.setShape(s)
	l.fixed, l.above = l.fixed&s.mask, l.above&s.mask
	for i, from := range oldShape.slots {
		to := s.slots[i]
		if keep>>i&1 == 0 || from.bits == 0 || to.bits != from.bits {
			continue
		}
		if from.bits > 64 {
			copy(l.hdr[to.off:to.off+to.bytes], old[from.off:])
		} else {
			to.put(l.hdr, from.uint(old))
		}
	}
}

// moveParts puts the parts of variable length where another shape has them: the one at the end, and those before it.
func (l *Layer) moveParts(s *Shape) {
	was, tail := l.shape.tail, l.tail
	if was != s.tail && was >= 0 {
		l.tail = nil
		if tail != nil {
			l.more().setInner(was, tail)
		}
	}
	if l.extra == nil {
		return
	}
	for i := range l.extra.parts {
		if s.mask>>i&1 == 0 {
			delete(l.extra.parts, i)
		}
	}
	if was != s.tail && s.tail >= 0 {
		l.tail = l.extra.parts[s.tail]
		delete(l.extra.parts, s.tail)
	}
}

// chosen is the shape for the header as it stands, when these fields are set.
func (l *Layer) chosen(set uint64) *Shape {
	if l.proto.spec.Choose == nil {
		return l.proto.when.choose(l, nil)
	}
	return l.proto.spec.Choose(Choice{Header: l.hdr, Set: set, Below: l.Below()})
}

// chooses reports whether the protocol has several shapes.
func (p *Protocol) chooses() bool { return p.spec.Choose != nil || p.when != nil }

// Below is the layer that carries this one; nil for none. One that is being read is not in its packet yet: the last one there
// carries it.
func (l *Layer) Below() *Layer {
	if l.packet == nil {
		return nil
	}
	var below *Layer
	for _, other := range l.packet.layers {
		if other == l {
			return below
		}
		below = other
	}
	return below
}

// lacks says why the layer has no field i, and what makes it have one.
func (l *Layer) lacks(i int) error {
	name, has := l.proto.spec.Fields[i].Name, values.Listing(l.Fields())
	if l.shape.short {
		return fmt.Errorf("%s.%s: the header is cut short and has %s", l.proto.spec.Name, name, has)
	}
	if with := l.settingWith(i); with != "" {
		return fmt.Errorf("%s.%s: not in the layer as it stands, which has %s; set %s, for one, to have it", l.proto.spec.Name, name, has, with)
	}
	return fmt.Errorf("%s.%s: not in the layer as it stands, which has %s", l.proto.spec.Name, name, has)
}

// settingWith is a setting of one of the fields that choose the shape which gives the layer field i; "" when one is not enough.
func (l *Layer) settingWith(i int) string {
	for k := range l.proto.spec.Fields {
		s := l.shape.slots[k]
		if l.proto.shaping>>k&1 == 0 || s.bits == 0 || s.bits > 64 || !l.proto.chooses() {
			continue
		}
		trial := l.copy()
		for _, n := range l.settings(k) {
			s.put(trial.hdr, n)
			if trial.chosen(l.fixed|1<<k).mask>>i&1 == 1 {
				return l.spelled(k, n)
			}
		}
	}
	return ""
}

// settings are values of field k that may choose a shape: of flags what is set, with one more or one less; else those with names, and small ones.
func (l *Layer) settings(k int) (all []uint64) {
	f, s := &l.proto.spec.Fields[k], l.shape.slots[k]
	if f.Kind == Flags {
		for bit := range s.bits {
			all = append(all, s.uint(l.hdr)^1<<bit)
		}
		return all
	}
	all = slices.Sorted(maps.Keys(f.Names))
	for n := range uint64(256) {
		all = append(all, n)
	}
	return slices.DeleteFunc(all, func(n uint64) bool { return s.bits < 64 && n>>s.bits != 0 })
}

// spelled is a value of field k as one sets it, and its name.
func (l *Layer) spelled(k int, n uint64) string {
	f := &l.proto.spec.Fields[k]
	switch name := f.Names[n]; {
	case f.Kind == Flags:
		return f.Name + "=" + values.Quote([]byte(Value{kind: Flags, num: n, field: f}.String()))
	case name != "":
		return fmt.Sprintf("%s=%d (%s)", f.Name, n, name)
	}
	return fmt.Sprintf("%s=%d", f.Name, n)
}

// toSet finds a field to set: one of the layer's present shape, or one that belongs to the shape it has once that field
// is set, as the length in front of a DNS message.
func (l *Layer) toSet(name string, value any) (int, *before, error) {
	was := l.announce(name, value)
	i, err := l.field(name)
	if err == nil || l.shape.short {
		return i, was, err
	}
	at, ok := l.proto.index[name]
	if !ok || l.proto.spec.Choose == nil {
		was.restore(l)
		return i, nil, err
	}
	s := l.chosen(l.fixed | 1<<at)
	if s.mask>>at&1 == 0 {
		was.restore(l)
		return i, nil, err
	}
	if was == nil {
		was = &before{layer: l.copy(), packet: l.packet}
	}
	l.takeShape(s)
	return at, was, nil
}

// before is a layer as it was before it took the shape that a field needs, in case the field is refused.
type before struct {
	layer  *Layer
	packet *Packet
}

// restore makes l what it was; nil when nothing has changed.
func (b *before) restore(l *Layer) {
	if b != nil {
		b.layer.copyTo(l)
		l.packet = b.packet
	}
}
