package craft

import "fmt"

// A measure is a field of whole bytes that holds a length.
type measure struct {
	length string // the field with the length
	part   string // the part that it measures; "" is everything behind the length field
	plus   int    // what the length counts besides
}

// measured makes a protocol's lengths computed: they are filled at build, and those that were read right follow changes.
func measured(s spec, measures ...measure) spec {
	s.derive = func(b *builder, i int, hdr, _ []byte, unset uint64) error {
		return deriveMeasures(b.p.layers[i], hdr, unset, measures)
	}
	s.follows = func(l *Layer) (right uint64) {
		for _, m := range measures {
			if at := fieldIndex(l.proto.fields, m.length); l.shape.mask>>at&1 == 1 && l.Uint(m.length) == uint64(m.of(l, l.length())) {
				right |= 1 << at
			}
		}
		return right
	}
	return s
}

// of is what the length has to be; size is the length of the whole header.
func (m measure) of(l *Layer, size int) int {
	if m.part != "" {
		return len(l.part(fieldIndex(l.proto.fields, m.part))) + m.plus
	}
	at := fieldIndex(l.proto.fields, m.length)
	return size - l.offset(at) - l.shape.slots[at].bytes + m.plus
}

func deriveMeasures(l *Layer, hdr []byte, unset uint64, measures []measure) error {
	for _, m := range measures {
		at := fieldIndex(l.proto.fields, m.length)
		if unset>>at&1 == 0 {
			continue
		}
		n, s := m.of(l, len(hdr)), l.shape.slots[at]
		if n>>(8*s.bytes) != 0 {
			return fmt.Errorf("%s.%s: want at most %d bytes, got %d: set %s yourself to send it", l.proto.name, m.length, 1<<(8*s.bytes)-1, n, m.length)
		}
		from := l.offset(at)
		for k := s.bytes - 1; k >= 0; k-- {
			hdr[from+k] = byte(n)
			n >>= 8
		}
	}
	return nil
}
