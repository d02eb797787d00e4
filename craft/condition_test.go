package craft

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// TestShapesAreKeptInBounds reads a header with a flag for each of its fields in more ways than are kept.
func TestShapesAreKeptInBounds(t *testing.T) {
	s := Spec{Name: "X", Fields: []Field{{Name: "flags", Bits: 16}}}
	for bit := range 16 {
		s.Fields = append(s.Fields, Field{Name: fmt.Sprintf("f%d", bit), Bits: 8, When: GivenBits("flags", 1<<bit)})
	}
	table := NewTable()
	p, err := table.Define(s)
	if err != nil {
		t.Fatal(err)
	}
	for flags := range uint16(2 * maxShapes) {
		wire := binary.BigEndian.AppendUint16(nil, flags)
		for bit := range 16 {
			if flags>>bit&1 == 1 {
				wire = append(wire, byte(bit))
			}
		}
		read := table.Dissect(wire, "X")
		l := read.layers[0]
		if again, err := Build(read, nil); err != nil || string(again) != string(wire) || len(read.layers) != 1 {
			t.Fatalf("%x builds %x, %v", wire, again, err)
		}
		if bit := int(flags) % 16; l.Has(fmt.Sprintf("f%d", bit)) != (flags>>bit&1 == 1) {
			t.Fatalf("%#x: it has %v", flags, l.Fields())
		}
		if err := l.Set("flags", uint64(flags^0x8000)); err != nil || !l.Has("f15") || l.Uint("flags") != uint64(flags^0x8000) {
			t.Fatalf("%#x: it has %v when bit 15 is set too, %v", flags, l.Fields(), err)
		}
	}
	n := 0
	p.when.byMask.Range(func(any, any) bool { n++; return true })
	if n > maxShapes+8 { // the last ones may be met at once
		t.Errorf("%d shapes are kept", n)
	}
}
