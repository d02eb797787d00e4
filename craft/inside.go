package craft

// This file reads the packets that stand inside fields, with the protocols of the layer around them.

// table is the protocols that the layer was read with, or made of, or those of the layer in whose field it stands; nil for the
// built-in ones.
func (l *Layer) table() *Table {
	for p := l.packet; p != nil; p = p.inside.layer.packet {
		if p.table != nil || p.inside == nil {
			return p.table
		}
	}
	return nil
}

// Lookup finds a protocol among those that the layer was read with, or made of, and for a nil layer among the built-in ones; nil
// when there is none of that name.
func (l *Layer) Lookup(name Name) *Protocol {
	if l == nil {
		return Lookup(name)
	}
	return l.table().Lookup(name)
}

// Dissect reads a whole packet that stands in a field of the layer, with the protocols that the layer was read with. Packets
// nested deeper than a packet has layers stay Raw.
func (l *Layer) Dissect(b []byte, first Name) *Packet {
	if l.Depth() >= maxLayers {
		first = Raw
	}
	return l.table().Dissect(b, first)
}

// ReadOne reads the one layer of a protocol that stands at the beginning of b, in a field of l, and says how long it is; what
// cannot be read is Raw to the end. So is what is nested deeper than a packet has layers.
func (l *Layer) ReadOne(name Name, b []byte) (*Packet, int) {
	return l.readOne(l.table().Lookup(name), b)
}

func (l *Layer) readOne(proto *Protocol, b []byte) (*Packet, int) {
	p, depth := &Packet{table: l.table()}, l.depth()
	if proto = proto.really(b, p.table.book().protocols); proto != nil && depth < maxLayers {
		one := &Layer{}
		if proto.nests {
			one.extra = &extra{depth: depth + 1}
		}
		if err := one.read(proto, b, p, nil, true); err == nil && !one.shape.short && one.Len() > 0 && one.UnpaddedLen() <= len(b) {
			p.layers = append(p.room[:0], one)
			return p, min(one.Len(), len(b)) // the last one has its padding behind the list
		}
	}
	raw := bytesLayer(Raw, b)
	raw.packet = p
	p.layers = append(p.room[:0], raw)
	return p, len(b)
}

// depth is Depth, also of a layer that is being read and stands in no field yet.
func (l *Layer) depth() int {
	if l.extra == nil {
		return l.Depth()
	}
	return max(l.Depth(), l.extra.depth)
}
