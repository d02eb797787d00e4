package craft

import "bytes"

// A list of layers is kept as its bytes, and how many layers they are is found by reading them. That fails for a layer
// that was made wrong on purpose, as a DNS record with a length of its own: such a list remembers how many were put in.

// A tally is how many layers were put into a field, as long as it has these bytes.
type tally struct {
	bytes []byte
	n     int
}

// remember keeps how many layers a value of field i has, which became the bytes b.
func (l *Layer) remember(i int, b []byte, v any) {
	n, ok := countLayers(v)
	if !ok || l.proto.spec.Fields[i].Kind != Packets {
		return
	}
	e := l.more()
	if e.counts == nil {
		e.counts = map[int]tally{}
	}
	e.counts[i] = tally{b, n}
}

// putIn is how many layers were put into field i; ok is false when it was read, or set as bytes.
func (l *Layer) putIn(i int) (n int, ok bool) {
	if l.extra == nil {
		return 0, false
	}
	b := l.part(i) // first: changes to the layers are written, and counted, when it is read
	c, ok := l.extra.counts[i]
	return c.n, ok && bytes.Equal(c.bytes, b)
}

// elements is how many values or layers field i has: the layers that were put there, or what is read.
func (l *Layer) elements(i int) int {
	if n, ok := l.putIn(i); ok {
		return n
	}
	switch p := l.proto.spec.Fields[i].Part; {
	case p == nil:
		return 0
	case p.Count != nil:
		return p.Count(l, l.part(i))
	case p.Width > 0:
		return len(l.part(i)) / p.Width
	}
	v := l.value(i)
	return len(v.List()) + len(v.Packets())
}

// countLayers counts the layers of a value. Bytes may be any number of them: ok is false.
func countLayers(v any) (n int, ok bool) {
	switch v := v.(type) {
	case *Packet:
		for _, l := range v.layers {
			if l.proto.spec.Name == Raw || l.proto.spec.Name == Padding {
				return 0, false
			}
		}
		return len(v.layers), true
	case *Layer:
		return countLayers(&Packet{layers: []*Layer{v}})
	case []*Packet:
		return countAll(v)
	case []any:
		return countAll(v)
	}
	return 0, false
}

func countAll[T any](list []T) (n int, ok bool) {
	for _, one := range list {
		k, ok := countLayers(one)
		if !ok {
			return 0, false
		}
		n += k
	}
	return n, true
}
