package craft

import "sync"

// A nest is a field in which packets stand: a change to one of them is a change of the field. As long as nothing else
// changes the field, reading it gives the same packets again, so that p[DNS].an[1] is one packet however often it is
// named.
type nest struct {
	layer   *Layer
	field   int
	bytes   []byte // the field as it goes on the wire with these packets in it
	packets []*Packet
}

// nesting guards the nests of all layers: reading a field makes one, and reading is free to all.
var nesting sync.Mutex

// nested is the packets that stand in field i, whose bytes are b.
func (l *Layer) nested(i int, b []byte) any {
	if n := l.nest(i, nil); n != nil && n.holds(b) {
		return n.packets
	}
	v := l.proto.fields[i].part.decode(l, b)
	packets, ok := v.([]*Packet)
	if !ok {
		return v
	}
	n := &nest{layer: l, field: i, bytes: b, packets: packets}
	for _, p := range packets {
		p.inside = n
	}
	return l.nest(i, n).packets
}

// nest is the nest of field i, nil when nobody read it; with a new one it becomes that, unless somebody was faster.
func (l *Layer) nest(i int, n *nest) *nest {
	nesting.Lock()
	defer nesting.Unlock()
	old := l.extra.nests[i]
	if n == nil || old != nil && old.holds(n.bytes) {
		return old
	}
	if l.extra.nests == nil {
		l.extra.nests = map[int]*nest{}
	}
	l.extra.nests[i] = n
	return n
}

// depth is in how many fields, one inside the other, the layer stands.
func (l *Layer) depth() (n int) {
	for p := l.packet; p != nil && p.inside != nil; p = p.inside.layer.packet {
		n++
	}
	return n
}

// holds reports whether the packets are those of the very bytes b.
func (n *nest) holds(b []byte) bool {
	return len(n.bytes) == len(b) && (len(b) == 0 || &n.bytes[0] == &b[0])
}

// changed tells the field in which a packet stands, if any, that the packet is another one now. A packet whose place was
// given to others stands nowhere.
func (p *Packet) changed() {
	if p == nil || p.inside == nil {
		return
	}
	n, l, i := p.inside, p.inside.layer, p.inside.field
	if l.nest(i, nil) != n || !n.holds(l.part(i)) {
		return
	}
	b, err := l.encoded(i, n.packets)
	if err != nil {
		return // what cannot be built stays as it was
	}
	l.replacePart(i, b)
	l.remember(i, b, n.packets)
	n.bytes = b
	l.mark(i)
	if s := nestedSet(n.packets); s != nil {
		l.keep(fieldSet{field: i, set: s})
	}
}

// inner finds the nth packet of a protocol among those that stand in the fields of layers; left is n less those found.
func inner(layers []*Layer, name Name, n int) (found *Layer, left int) {
	for _, l := range layers {
		if !l.proto.nests {
			continue
		}
		for i, f := range l.proto.fields {
			if f.Kind != Packets || !l.varies(i) {
				continue
			}
			for _, p := range l.value(i).Packets() {
				if found, n = p.nth(name, n); found != nil {
					return found, 0
				}
			}
		}
	}
	return nil, n
}
