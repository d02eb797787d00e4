package craft

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A LengthField is a field of whole bytes that holds a length.
type LengthField struct {
	// Field is the field with the length.
	Field string
	// Part is the field of variable length that it measures; "" is everything behind Field.
	Part string
	// Plus is what the length counts besides, in bytes; negative when it counts less.
	Plus int

	field, part int // where WithLengths found them in the table, which may have grown in front since
}

// at is the number of a field that was found at hint.
func at(fields []Field, name string, hint int) int {
	if hint < len(fields) && fields[hint].Name == name {
		return hint
	}
	return fieldIndex(fields, name)
}

// WithLengths makes lengths of a protocol computed: they are filled at build, and those that a packet from the wire has right
// follow changes. It gives the Spec its Derive and Follows.
func WithLengths(s Spec, measures ...LengthField) Spec {
	measures = slices.Clone(measures) // the caller's stay as they are
	for i := range measures {
		m := &measures[i]
		m.field = fieldIndex(s.Fields, m.Field)
		if m.Part != "" {
			m.part = fieldIndex(s.Fields, m.Part)
		}
	}
	s.Derive = func(b *Builder, i int, hdr, _ []byte, unset uint64) error {
		return deriveMeasures(b.p.layers[i], hdr, unset, measures)
	}
	s.Follows = func(l *Layer) (right uint64) {
		for _, m := range measures {
			if i := at(l.proto.spec.Fields, m.Field, m.field); l.shape.mask>>i&1 == 1 && l.Uint(m.Field) == uint64(m.of(l, l.Len())) {
				right |= 1 << i
			}
		}
		return right
	}
	return s
}

// of is what the length has to be; size is the length of the whole header.
func (m LengthField) of(l *Layer, size int) int {
	if m.Part != "" {
		return len(l.part(at(l.proto.spec.Fields, m.Part, m.part))) + m.Plus
	}
	i := at(l.proto.spec.Fields, m.Field, m.field)
	return size - l.offset(i) - l.shape.slots[i].bytes + m.Plus
}

func deriveMeasures(l *Layer, hdr []byte, unset uint64, measures []LengthField) error {
	for _, m := range measures {
		i := at(l.proto.spec.Fields, m.Field, m.field)
		if unset>>i&1 == 0 {
			continue
		}
		n, s := m.of(l, len(hdr)), l.shape.slots[i]
		if n>>(8*s.bytes) != 0 {
			return fmt.Errorf("%s.%s: want at most %d bytes, got %d: set %s yourself to send it", l.proto.spec.Name, m.Field, 1<<(8*s.bytes)-1, n, m.Field)
		}
		from := l.offset(i)
		for k := s.bytes - 1; k >= 0; k-- {
			hdr[from+k] = byte(n)
			n >>= 8
		}
	}
	return nil
}

// PutLength writes a computed length into a field of 16 bits; what names it as errors do, "UDP.len".
func PutLength(field []byte, what string, n int) error {
	if n > 0xffff {
		_, name, _ := strings.Cut(what, ".")
		return fmt.Errorf("%s: want at most 65535 bytes, got %d: set %s yourself to send it", what, n, name)
	}
	binary.BigEndian.PutUint16(field, uint16(n))
	return nil
}
