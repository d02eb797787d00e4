package protocoltest

import (
	"fmt"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// OwnValue assigns a field of a layer of a packet to itself and reports what it changed.
func OwnValue(p *craft.Packet, at func(p *craft.Packet) *craft.Layer, field string) error {
	before, err := craft.Build(p, nil)
	if err != nil {
		return nil // what does not fit its length field
	}
	for _, form := range []string{"value", "what it decodes to", "text"} {
		c := p.Copy()
		l := at(c)
		v := l.Value(field)
		if v.IsNone() && form != "value" {
			continue
		}
		var what any = v
		switch form {
		case "text":
			what = v.Text()
			switch v.Kind() {
			case craft.Bytes, craft.Options, craft.Text, craft.Values, craft.Packets:
				continue // its text is Lua
			}
		case "what it decodes to":
			what = v.Decoded()
		}
		if err := l.Set(field, what); err != nil {
			return fmt.Errorf("%s.%s does not take its own %s %v: %w", l.Name(), field, form, what, err)
		}
		after, err := craft.Build(c, nil)
		if err != nil {
			return fmt.Errorf("%s.%s = its %s %v: %w", l.Name(), field, form, what, err)
		}
		if string(after) != string(before) {
			return fmt.Errorf("%s.%s = its %s %v:\n%x is now\n%x", l.Name(), field, form, what, before, after)
		}
	}
	return nil
}

// OwnValues assigns the fields of what any bytes are read as to themselves, one in each of its copies and then all of them.
func OwnValues(t *testing.T, first craft.Name, wire []byte) {
	t.Helper()
	p := craft.Dissect(wire, first)
	whole := func(p *craft.Packet) *craft.Packet { return p }
	inside(p, whole, func(at func(p *craft.Packet) *craft.Layer, field string) {
		if err := OwnValue(p, at, field); err != nil {
			t.Errorf("%s of %x: %v", first, wire, err)
		}
	})
	inside(p, whole, func(at func(p *craft.Packet) *craft.Layer, field string) {
		if err := at(p).Set(field, at(p).Value(field)); err != nil {
			t.Error(err)
		}
	})
	rebuilt(t, p, wire)
}

// mostInside is how many packets of a field are visited: each visit reads all of them again, and a longer list repeats itself.
const mostInside = 100

// inside visits the fields of the packet that in finds in another one, and of the packets in its fields.
func inside(whole *craft.Packet, in func(p *craft.Packet) *craft.Packet, visit func(at func(p *craft.Packet) *craft.Layer, field string)) {
	for i, l := range in(whole).Layers() {
		at := func(p *craft.Packet) *craft.Layer { return in(p).Layers()[i] }
		for _, field := range l.Fields() {
			if !l.Protocol().Has(field) {
				continue // decoded by gopacket, not to be changed
			}
			visit(at, field)
			for k := range min(len(l.Value(field).Packets()), mostInside) {
				inside(whole, func(p *craft.Packet) *craft.Packet { return at(p).Value(field).Packets()[k] }, visit)
			}
		}
	}
}
