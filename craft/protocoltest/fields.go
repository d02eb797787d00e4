package protocoltest

import (
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/layers"
)

// ExplicitFields sets each field of a protocol to a value that no builder would choose, in every shape that has the field, and
// checks that it goes on the wire as set and reads back. values are as in Case. Left out are fields that choose the shape,
// which other ones depend on, and options.
func ExplicitFields(t *testing.T, p *craft.Protocol, values map[string]any) {
	for name := range values {
		if !p.Has(name) {
			t.Errorf("there is a value for %s.%s, which has no such field", p.Name(), name)
		}
	}
	for _, f := range p.Fields() {
		value, listed := values[f.Name]
		if f.Kind == craft.Options || chooses(p, f.Name) || listed && value == nil {
			continue
		}
		if !listed {
			value = wrong(f)
		}
		t.Run(f.Name, func(t *testing.T) { explicitField(t, p, f, value) })
	}
}

// explicitField sets one field in every shape that has it.
func explicitField(t *testing.T, p *craft.Protocol, f craft.Field, value any) {
	tried, checked := false, false
	for _, l := range Shapes(p) {
		if l.Set(f.Name, value) != nil {
			continue // absent from this shape, or another kind there
		}
		tried = true
		checked = explicit(t, l, f) || checked
	}
	switch {
	case !tried:
		t.Errorf("no shape of %s takes %v for %s", p.Name(), value, f.Name)
	case !checked:
		t.Error("no packet read back as it was built")
	}
}

// explicit builds a layer in which a field is set and reads it again. It is false when what was built reads as something else.
func explicit(t *testing.T, l *craft.Layer, f craft.Field) bool {
	t.Helper()
	want := l.Text(f.Name)
	packet := craft.Stack(layers.IP.New("dst", "192.0.2.1"), l, craft.Padding.New("load", "trailer"))
	wire, err := craft.Build(packet, nil)
	if err != nil {
		t.Fatal(err)
	}
	read := craft.Dissect(wire[packet.Offset(1):], l.Name()).Layers()[0]
	switch {
	case read.Name() == craft.Raw && read.Note() != "":
		differs(t, packet, f.Name, wire) // a length that leaves nothing for the fields behind it
		return true
	case read.Name() != l.Name():
		return false // a general message whose code or type is that of a special one
	}
	switch f.Kind { // text leaves out bits without a name, and more bytes may follow a string
	case craft.Number, craft.Enum, craft.Port, craft.Flags, craft.IPv4, craft.Hardware:
		if got := read.Uint(f.Name); got != l.Uint(f.Name) {
			t.Fatalf("%s: set %#x, on the wire %#x", l.Fields(), l.Uint(f.Name), got)
		}
	default:
		if got := read.Text(f.Name); got != want && (want == "" || !strings.HasPrefix(got, strings.TrimRight(want, `"}`))) {
			t.Fatalf("%s: set %s, on the wire %s", l.Fields(), want, got)
		}
	}
	return true
}

// differs checks that a field of the packet's second layer alone made the difference: without it, the packet has other bytes.
func differs(t *testing.T, p *craft.Packet, field string, wire []byte) {
	t.Helper()
	if err := p.Layers()[1].Clear(field); err != nil {
		t.Fatal(err)
	}
	without, err := craft.Build(p, nil)
	if err != nil || string(without) == string(wire) {
		t.Errorf("with %s\n%swithout\n%s%v", field, hexdump.Dump(wire), hexdump.Dump(without), err)
	}
}

// wrong is a value that no builder would choose for a field.
func wrong(f craft.Field) any {
	switch f.Kind {
	case craft.IPv4:
		return "203.0.113.77"
	case craft.IPv6Address:
		return "2001:db8::77"
	case craft.Hardware:
		return "02:aa:bb:cc:dd:ee"
	case craft.Bytes:
		text := "wrong on purpose"
		if f.Bits > 0 {
			text = text[:min(len(text), f.Bits/8)]
		}
		return text
	case craft.Text:
		return "wrong on purpose"
	case craft.Fixed:
		return "1234.5"
	case craft.Values, craft.Packets:
		return craft.Verbatim("\x01\x02")
	case craft.Number, craft.Enum, craft.Port, craft.Flags, craft.Options:
	}
	return uint64(0x5a5a5a5a5a5a5a5a) & (1<<f.Bits - 1)
}

// Shapes are layers with every setting of the fields that choose a layer's shape, so that every field is in one of them;
// and one with an unknown first field, which leaves the general message of a protocol what it is.
func Shapes(p *craft.Protocol) []*craft.Layer {
	layers := []*craft.Layer{craft.NewLayer(p)}
	if first := p.Fields()[0]; first.Kind == craft.Enum && first.Bits > 0 {
		l := craft.NewLayer(p)
		if l.Set(first.Name, wrong(first)) == nil {
			layers = append(layers, l)
		}
	}
	keys := p.ShapeFields()
	for i, name := range keys {
		for _, v := range settings(p, name) {
			l := craft.NewLayer(p)
			if l.Set(name, v) != nil {
				continue
			}
			layers = append(layers, l)
			for _, other := range keys[i+1:] {
				for w := range p.Fields()[p.Index(other)].Names {
					if l := craft.NewLayer(p); l.Set(name, v) == nil && l.Set(other, w) == nil {
						layers = append(layers, l)
					}
				}
			}
		}
	}
	return layers
}

// settings are the values of a field that may choose a shape: the small ones, those with names, and each bit.
func settings(p *craft.Protocol, field string) []uint64 {
	f := p.Fields()[p.Index(field)]
	var values []uint64
	for v := range uint64(64) {
		values = append(values, v)
	}
	for v := range f.Names {
		values = append(values, v)
	}
	for bit := range f.Bits {
		values = append(values, 1<<bit)
	}
	return values
}

// chooses reports whether a field is one of those that choose the shape.
func chooses(p *craft.Protocol, field string) bool { return slices.Contains(p.ShapeFields(), field) }
