package craft

// This file holds what stands behind a payload: Padding, which the length of a layer leaves over, and what belongs to a field,
// as the extension of an ICMP error.

// A Trailer is a field that stands behind the layer's payload instead of in its header.
type Trailer struct {
	// Split is how much of a payload belongs to the layers above; what is left is the field's.
	Split func(l *Layer, payload []byte) int
	// Append makes what stands behind a payload of n bytes. hdr is the built header, to be completed, or nil when only
	// the length counts.
	Append func(l *Layer, hdr []byte, n int) []byte
}

// trailing is the layer's trailer; nil for none.
func (l *Layer) trailing() *Trailer {
	if i := l.proto.trailer; i >= 0 && l.shape.mask>>i&1 == 1 {
		return l.proto.spec.Fields[i].Part.Trailer
	}
	return nil
}

// An owner is the layer behind whose payload a Padding stands, of those below it: nth of the protocol, counted from 0 at the
// innermost one.
type owner struct {
	proto Name
	nth   int
}

// left is bytes that the length of a layer left over, or a decoder.
type left struct {
	by    int // the layer's place
	bytes []byte
}

// pads appends the bytes that layers left over as Padding, the innermost first.
func (d *dissector) pads() {
	for i := len(d.left) - 1; i >= 0; i-- {
		l := bytesLayer(Padding, d.left[i].bytes)
		o := &owner{proto: d.p.layers[d.left[i].by].proto.spec.Name}
		for _, other := range d.p.layers[d.left[i].by+1:] {
			if other.proto.spec.Name == o.proto {
				o.nth++
			}
		}
		l.more().owner = o
		d.add(l)
	}
}

// behind is the place of the layer behind whose payload the Padding at place k stands; -1 is behind the whole packet, as where
// it was stacked by hand.
func (p *Packet) behind(k int) int {
	e := p.layers[k].extra
	if e == nil || e.owner == nil {
		return -1
	}
	n := e.owner.nth
	for i := k - 1; i >= 0; i-- {
		if p.layers[i].proto.spec.Name == e.owner.proto {
			if n == 0 {
				return i
			}
			n--
		}
	}
	return -1
}

// isPadding reports whether the layer is Padding.
func (l *Layer) isPadding() bool { return l.proto.padding }

// A span is where a layer is in the packet: its header, and what it carries with what stands behind that.
type span struct {
	start, head, end int
	unset            uint64 // the fields that building fills, where it does
}

// spans finds the layers' places in the packet's bytes without building them.
func (p *Packet) spans(room []span) []span {
	spans, at := room[:0], 0
	padding := false
	for _, l := range p.layers {
		s := span{start: at, head: at, end: at}
		if l.isPadding() {
			padding = true
		} else {
			at += l.Len()
			s.head = at
		}
		spans = append(spans, s)
	}
	for i := len(p.layers) - 1; i >= 0; i-- {
		l := p.layers[i]
		if l.isPadding() {
			continue
		}
		if t := l.trailing(); t != nil {
			at += len(t.Append(l, nil, at-spans[i].head))
		}
		spans[i].end = at
		if padding {
			at = p.placePadding(spans, i, at)
		}
	}
	if padding {
		p.placePadding(spans, -1, at)
	}
	return spans
}

// length is how long all layers are, without what belongs to fields behind their payloads.
func (p *Packet) length() (n int) {
	for _, l := range p.layers {
		n += l.Len()
	}
	return n
}

// placePadding places the Padding that stands behind layer i.
func (p *Packet) placePadding(spans []span, i, at int) int {
	for k := i + 1; k < len(p.layers); k++ {
		if l := p.layers[k]; l.isPadding() && p.behind(k) == i {
			spans[k] = span{start: at, head: at + len(l.tail), end: at + len(l.tail)}
			at = spans[k].end
		}
	}
	return at
}

// Offset is where layer n, counted from 0, begins in the packet's bytes; where they end when there are no more than n layers.
func (p *Packet) Offset(n int) int {
	if n >= len(p.layers) {
		return p.length()
	}
	var room [8]span
	return p.spans(room[:])[n].start
}

// PayloadLen is how many bytes the layers above layer i take, with what stands behind them, but without the Padding behind the
// payload itself; for -1 those of all layers, without what stands behind the first one.
func (p *Packet) PayloadLen(i int) int {
	var room [8]span
	spans := p.spans(room[:])
	switch {
	case i >= 0:
		return spans[i].end - spans[i].head
	case len(spans) == 0:
		return 0
	}
	return spans[0].end
}
