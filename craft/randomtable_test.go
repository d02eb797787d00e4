package craft_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/values"
)

// TestTablesAtRandom declares protocols whose rows are drawn, and holds of each what is promised of all: what is read builds back, a
// field that is assigned to itself changes nothing, the order of setting does not matter, and sets are compiled as they are built.
func TestTablesAtRandom(t *testing.T) {
	for seed := range uint64(400) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			table := craft.NewTable()
			_, err := table.Define(randomTable(r, "Inner", ""))
			if err != nil {
				t.Fatal(err)
			}
			s := randomTable(r, "X", "Inner")
			p, err := table.Define(s)
			if err != nil {
				t.Fatal(err)
			}
			for range 6 {
				readsBack(t, table, randomBytes(r))
				setsInAnyOrder(t, r, p)
			}
			compilesSets(t, r, table.NewPacket(p))
			if t.Failed() {
				t.Logf("%+v", s)
			}
		})
	}
}

func readsBack(t *testing.T, table *craft.Table, wire []byte) {
	t.Helper()
	p := table.Dissect(bytes.Clone(wire), "X")
	crafttest.Rebuilt(t, p, wire)
	_ = p.Show() + p.Summary() + p.Command()
	for _, l := range p.Layers() {
		for _, field := range l.Fields() {
			if v := l.Value(field); !v.IsNone() {
				crafttest.Set(t, l, field, v)
				crafttest.Rebuilt(t, p, wire)
			}
		}
	}
}

// setsInAnyOrder sets and clears fields as it comes, and then those that are set in the order of the table.
func setsInAnyOrder(t *testing.T, r *rand.Rand, p *craft.Protocol) {
	t.Helper()
	l, again, set := craft.NewLayer(p), craft.NewLayer(p), map[string]any{}
	for range 16 {
		f := &p.Fields()[r.IntN(len(p.Fields()))]
		switch v := randomValue(r, f); {
		case !l.Has(f.Name):
		case v == nil || r.IntN(4) == 0:
			if err := l.Clear(f.Name); err != nil {
				t.Fatal(err)
			}
			delete(set, f.Name)
		case l.Set(f.Name, v) == nil: // it may be too large
			set[f.Name] = v
		}
		maps.DeleteFunc(set, func(field string, _ any) bool { return !l.Has(field) }) // it went with a condition
	}
	for _, field := range append(p.ShapeFields(), p.FieldNames()...) {
		if v, ok := set[field]; ok {
			crafttest.Set(t, again, field, v)
		}
	}
	one, err := craft.Build(craft.Stack(l), nil)
	other, err2 := craft.Build(craft.Stack(again), nil)
	if !bytes.Equal(one, other) || (err == nil) != (err2 == nil) {
		t.Errorf("as it came %x, %v; at once %x, %v", one, err, other, err2)
	}
}

func compilesSets(t *testing.T, r *rand.Rand, p *craft.Packet) {
	t.Helper()
	for _, field := range p.Layers()[0].Fields() {
		if r.IntN(3) == 0 {
			_ = p.Layers()[0].Set(field, values.Range(0, uint64(r.IntN(4)), 1)) // not for all kinds
		}
	}
	template, err := craft.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range min(template.Len(), 40) {
		fast, err := template.Append(nil, i)
		slow, err2 := craft.Build(p.At(i), nil)
		if !bytes.Equal(fast, slow) || (err == nil) != (err2 == nil) {
			t.Errorf("element %d: compiled %x, %v; built %x, %v", i, fast, err, slow, err2)
		}
	}
}

// randomTable draws rows: numbers that fill whole bytes together, addresses, and parts of variable length; then what computes them.
func randomTable(r *rand.Rand, name, of craft.Name) craft.Spec {
	s := craft.Spec{Name: name}
	add := func(f craft.Field) {
		f.Name = fmt.Sprintf("f%d", len(s.Fields))
		s.Fields = append(s.Fields, f)
	}
	for range 2 + r.IntN(6) {
		switch r.IntN(4) {
		case 0:
			add(randomPart(r, of))
		case 1:
			add(craft.Field{Kind: []craft.Kind{craft.IPv4, craft.IPv6Address, craft.Hardware}[r.IntN(3)]})
		default:
			for bits := 8 * (1 + r.IntN(10)); bits > 0; {
				n := 1 + r.IntN(min(bits, 64))
				add(craft.Field{Bits: n, LittleEndian: n%8 == 0 && bits%8 == 0 && r.IntN(4) == 0})
				bits -= n
			}
		}
	}
	if r.IntN(4) == 0 {
		s.Pad = &craft.Pad{To: 1 << r.IntN(4)}
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		f.When = randomCondition(r, s.Fields[:i], f)
		f.Computed = randomComputation(r, s.Fields, f)
		if s.Pad != nil && f.Computed != nil && f.Computed.What == craft.HeaderLength {
			s.Pad.Counted = true
		}
	}
	return s
}

func randomPart(r *rand.Rand, of craft.Name) craft.Field {
	switch r.IntN(5) {
	case 0:
		return craft.Field{Kind: craft.Text}
	case 1:
		return craft.Field{Kind: craft.Values, Item: craft.Item{Bytes: 1 + r.IntN(8)}}
	case 2:
		return craft.Field{Kind: craft.Values, Item: craft.Item{Kind: craft.IPv4}}
	case 3:
		if of != "" {
			return craft.Field{Kind: craft.Packets, Of: of}
		}
	}
	return craft.Field{Kind: craft.Bytes}
}

// randomCondition is a condition on one of the numbers before all parts of variable length, now and then, for a field of whole bytes
// that begins on one.
func randomCondition(r *rand.Rand, before []craft.Field, f *craft.Field) []craft.Condition {
	bits, numbers, moving := f.Bits, []string{}, false
	for i := range before {
		switch b := &before[i]; {
		case b.Bits > 0:
			if bits += b.Bits; !moving {
				numbers = append(numbers, b.Name)
			}
		case b.Kind != craft.IPv4 && b.Kind != craft.IPv6Address && b.Kind != craft.Hardware:
			moving = true
		}
	}
	if bits%8 != 0 || f.Bits%8 != 0 || len(numbers) == 0 || r.IntN(3) > 0 {
		return nil
	}
	return []craft.Condition{{Field: numbers[r.IntN(len(numbers))], Mask: uint64(r.IntN(2)), Not: r.IntN(3) == 0}}
}

func randomComputation(r *rand.Rand, fields []craft.Field, f *craft.Field) *craft.Computation {
	if f.Kind != craft.Number || r.IntN(3) > 0 {
		return nil
	}
	c := &craft.Computation{What: craft.Total + craft.What(r.IntN(8)), Unit: r.IntN(5), Times: 8 * r.IntN(2), Plus: max(r.IntN(6)-3, -1)}
	switch of := fields[r.IntN(len(fields))]; {
	case c.What == craft.LengthOf, c.What == craft.CountOf && (of.Kind == craft.Values || of.Kind == craft.Packets):
		c.Of = of.Name
	case c.What == craft.CountOf, c.What >= craft.HeaderSum && f.Bits != 16:
		return nil
	}
	return c
}

// randomBytes are small numbers for the most part, so that they are lengths that fit.
func randomBytes(r *rand.Rand) []byte {
	b := make([]byte, r.IntN(60))
	for i := range b {
		if b[i] = byte(r.IntN(6)); r.IntN(3) == 0 {
			b[i] = byte(r.Uint32())
		}
	}
	return b
}

// randomValue is a value for a field; nil for none.
func randomValue(r *rand.Rand, f *craft.Field) any {
	switch f.Kind {
	case craft.Number:
		return uint64(r.IntN(3))
	case craft.Bytes, craft.Text:
		return []string{"", "ab"}[r.IntN(2)]
	case craft.Values:
		if f.Item.Kind == craft.IPv4 {
			return []any{"192.0.2.1"}
		}
		return []any{uint64(1), uint64(2)}
	}
	return nil
}
