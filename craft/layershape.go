package craft

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
	if !l.shape.short { // what is not there does not appear
		l.takeShape(l.chosen(l.fixed))
	}
}

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
	if l.shape.tail >= 0 && s.tail != l.shape.tail {
		tail := l.tail
		l.tail = nil
		if was := l.shape.tail; s.mask>>was&1 == 1 {
			l.more().setInner(was, tail)
		}
		if s.tail >= 0 && l.extra != nil {
			l.tail = l.extra.parts[s.tail]
		}
	}
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

// chosen is the shape for the header as it stands, when these fields are set.
func (l *Layer) chosen(set uint64) *Shape {
	return l.proto.spec.Choose(Choice{Header: l.hdr, Set: set, Below: l.Below()})
}

// Below is the layer that carries this one; nil for none.
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
	return nil
}

// toSet finds a field to set: one of the layer's present shape, or one that belongs to the shape it has once that field
// is set, as the length in front of a DNS message.
func (l *Layer) toSet(name string, value any) (int, *before, error) {
	was := l.announce(name, value)
	i, err := l.field(name)
	if err == nil {
		return i, was, nil
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
