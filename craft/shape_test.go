package craft_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
)

// TestNumbersOfAnyWidthStandAnywhere puts a number of each width behind each number of bits, and reads it and its neighbours back.
func TestNumbersOfAnyWidthStandAnywhere(t *testing.T) {
	for before := range 8 {
		for bits := 1; bits <= 64; bits++ {
			table, p := declared(t, between(before, bits))
			for _, v := range []uint64{0, 1, 0x123456789abcdef1 & (1<<bits - 1), 1<<bits - 1} {
				want := map[string]uint64{"n": v, "before": 1<<before - 1, "behind": 0}
				l := craft.NewLayer(p)
				for field, v := range want {
					if l.Has(field) {
						crafttest.Set(t, l, field, v)
					}
				}
				read := table.Dissect(crafttest.Build(t, craft.Stack(l)), "X").Layers()[0]
				for field, v := range want {
					if l.Uint(field) != v || read.Uint(field) != v {
						t.Errorf("%d bits behind %d: %s is set to %#x, is %#x, and is read as %#x", bits, before, field, v, l.Uint(field), read.Uint(field))
					}
				}
			}
		}
	}
}

// between is a protocol with a number of so many bits behind so many others, and what fills the last byte up.
func between(before, bits int) craft.Spec {
	var fields []craft.Field
	for _, f := range []craft.Field{{Name: "before", Bits: before}, {Name: "n", Bits: bits}, {Name: "behind", Bits: -(before + bits) & 7}} {
		if f.Bits > 0 {
			fields = append(fields, f)
		}
	}
	return craft.Spec{Name: "X", Fields: fields}
}
