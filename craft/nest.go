package craft

import "slices"

// A nest is a field in which packets stand: a change to one of them is a change of the field. As long as nothing else
// changes the field, reading it gives the same packets again, so that p[DNS].an[1] is one packet however often it is
// named. The field's bytes follow when they are next read: a change to each of many packets writes them once.
type nest struct {
	layer   *Layer
	field   int
	bytes   []byte // the field as it goes on the wire with these packets in it
	packets []*Packet
}

// nested is the packets that stand in field i, whose bytes are b.
func (l *Layer) nested(i int, b []byte) any {
	if n := l.nest(i); n != nil && n.holds(b) {
		return n.packets
	}
	v := l.proto.spec.Fields[i].Part.Decode(l, b)
	packets, ok := v.([]*Packet)
	if !ok {
		return v
	}
	if several := l.several(i, len(packets), b); several != nil {
		packets = several
	}
	n := &nest{layer: l, field: i, bytes: b, packets: packets}
	for _, p := range packets {
		p.inside = n
	}
	if l.extra.nests == nil {
		l.extra.nests = map[int]*nest{}
	}
	l.extra.nests[i] = n
	return packets
}

// several is the packets of field i with their sets, if it holds a set of lists: a change to one of them keeps the sets of
// the others. nil when it holds none. As when the bytes b are read, there are n packets: where that is one for each layer,
// those of a packet with several stand alone.
func (l *Layer) several(i, n int, b []byte) []*Packet {
	s, ok := l.setOf(i).(packetSet)
	if !ok {
		return nil
	}
	list := copies(s.packets)
	if len(list) != n {
		list = apart(list)
	}
	if first, err := l.encoded(i, list); err != nil || len(list) != n || string(first) != string(b) {
		return nil
	}
	return list
}

// apart is each layer of the packets as a separate packet.
func apart(packets []*Packet) (list []*Packet) {
	for _, p := range packets {
		for _, l := range p.layers {
			list = append(list, Stack(l.copy()))
		}
	}
	return list
}

// nest is the nest of field i; nil when it was never read.
func (l *Layer) nest(i int) *nest {
	if l.extra == nil {
		return nil
	}
	return l.extra.nests[i]
}

// Depth is in how many fields, one inside the other, the layer stands.
func (l *Layer) Depth() (n int) {
	for p := l.packet; p != nil && p.inside != nil; p = p.inside.layer.packet {
		n++
	}
	return n
}

// holds reports whether the packets are those of the very bytes b.
func (n *nest) holds(b []byte) bool {
	return len(n.bytes) == len(b) && (len(b) == 0 || &n.bytes[0] == &b[0])
}

// current reports whether the packets still stand in the field.
func (n *nest) current() bool { return n.layer.nest(n.field) == n && n.holds(n.layer.stored(n.field)) }

// stands reports whether list is the packets that stand in field i, as reading it gave them.
func (l *Layer) stands(i int, list any) bool {
	packets, _ := list.([]*Packet)
	n := l.nest(i)
	return n != nil && n.current() && len(packets) > 0 && len(n.packets) == len(packets) && &n.packets[0] == &packets[0]
}

// changed marks the field in which a packet stands, if any, as one to be written again. A packet that was replaced
// stands in no field.
func (p *Packet) changed() {
	if p == nil || p.inside == nil {
		return
	}
	n, l, i := p.inside, p.inside.layer, p.inside.field
	if !n.current() {
		return
	}
	if l.fixed>>i&1 == 0 {
		l.setPart(i, n.bytes) // a default, which is now the layer's own
	}
	if len(p.layers) == 0 { // nothing of it is left: it goes out of the list
		n.packets = slices.DeleteFunc(slices.Clone(n.packets), func(q *Packet) bool { return q == p })
		p.inside = nil
	}
	if !slices.Contains(l.extra.stale, i) {
		l.extra.stale = append(l.extra.stale, i)
	}
	canonical := l.extra.canon
	l.mark(i)
	l.extra.canon = canonical & (1 << i)
}

// catchUp writes the fields in which packets have changed.
func (l *Layer) catchUp() {
	if l.extra != nil && len(l.extra.stale) > 0 {
		l.rewrite()
	}
}

// rewrite is catchUp when there is something to write. All fields are encoded before the first one is replaced, which may
// change the bytes of the others, too. What cannot be built stays as it was.
func (l *Layer) rewrite() {
	stale := l.extra.stale
	l.extra.stale = nil
	written, errs := make([][]byte, len(stale)), make([]error, len(stale))
	for k, i := range stale {
		if written[k], errs[k] = l.encoded(i, l.nest(i).packets); errs[k] == nil {
			written[k], _ = l.kept(i, written[k], l.nest(i).bytes)
		}
	}
	for k, i := range stale {
		n := l.nest(i)
		if errs[k] == nil {
			l.replacePart(i, written[k])
			l.remember(i, written[k], n.packets)
			n.bytes = written[k]
		}
		if s := nestedSet(n.packets); s != nil {
			l.hold(fieldSet{field: i, set: s})
		}
	}
}

// within are the packets that stand in field i, as reading it gives them; nil when it has none. Their changes need not be
// written for that.
func (l *Layer) within(i int) any {
	if l.extra != nil && slices.Contains(l.extra.stale, i) {
		return l.nest(i).packets
	}
	return nil
}

// inner finds the nth layer of a name among those that stand in the fields of layers; left is n less those found.
func inner(layers []*Layer, m sought, n int) (found *Layer, left int) {
	for _, l := range layers {
		if !l.proto.nests {
			continue
		}
		for i, f := range l.proto.spec.Fields {
			if f.Kind != Packets || !l.varies(i) {
				continue
			}
			for _, p := range l.value(i).Packets() {
				if found, n = nth(p.layers, m, n); found != nil {
					return found, 0
				}
			}
		}
	}
	return nil, n
}
