package craft

import "fmt"

// This file makes the parts of variable length of protocols that are declared at run time.

// part is how a field of variable length is read and written.
func (d *Definition) part(b *book, def *FieldDefinition) (*Part, error) {
	p, err := kinds[def.Kind].part(d, b, def)
	if err != nil || def.Length == nil {
		return p, err
	}
	measured := *p
	measured.Length = def.Length.of(def)
	if def.Kind == Packets && def.Length.Count {
		measured.Length = countedPackets(b.protocols[def.OfProtocol], def.Length.Field)
	}
	return &measured, d.ordered(def)
}

// ordered checks that the field with another one's length stands before it.
func (d *Definition) ordered(def *FieldDefinition) error {
	for _, f := range d.Fields {
		switch f.Name {
		case def.Length.Field:
			return nil
		case def.Name:
			return fmt.Errorf("%s: length: want a field before it, got %q", def.Name, def.Length.Field)
		}
	}
	return nil
}

// item is how an element of a Values field goes on the wire.
func (f *FieldDefinition) item() (Item, error) {
	switch k := &kinds[f.Of]; {
	case k.exact:
		return Item{k.bits / 8, f.Of}, nil
	case f.Of != Number:
		return Item{}, fmt.Errorf("%s: want a list of numbers or addresses, got a list of %s", f.Name, f.Of)
	}
	width := f.Width
	if width == 0 {
		width = 8
	}
	if width%8 != 0 || width < 0 || width > 64 {
		return Item{}, fmt.Errorf("%s: want elements of 8, 16, ... 64 bits, got %d", f.Name, width)
	}
	return Item{width / 8, Number}, nil
}

// of is how many bytes of the rest belong to a field.
func (m *Measure) of(f *FieldDefinition) func(l *Layer, rest []byte) (int, error) {
	unit := max(m.Unit, 1)
	if one, err := f.item(); m.Count && err == nil {
		unit = one.Bytes
	}
	return func(l *Layer, _ []byte) (int, error) {
		return int(min(l.Uint(m.Field), maxLength))*unit + m.Plus, nil
	}
}

// maxLength bounds a length that a field announces, so that arithmetic with it cannot overflow.
const maxLength = 1 << 24

// countedPackets is how long the layers of a protocol are that stand one after the other, as many as a field says.
func countedPackets(proto *Protocol, field string) func(l *Layer, rest []byte) (int, error) {
	return func(l *Layer, rest []byte) (int, error) {
		at := 0
		for k := range l.Uint(field) {
			if at == len(rest) {
				return at, fmt.Errorf("truncated: %s is %d, %d layers are here", field, l.Uint(field), k)
			}
			_, n := l.readOne(proto, rest[at:])
			at += n
		}
		return at, nil
	}
}
