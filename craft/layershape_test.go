package craft_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
)

// TestPartsMoveWithTheShape changes which fields there are: a part of variable length stays, whether fields stand behind it or not,
// and one that was away is as it was never set.
func TestPartsMoveWithTheShape(t *testing.T) {
	_, p := declared(t, craft.Spec{Name: "X", Fields: []craft.Field{
		{Name: "flags", Bits: 8},
		{Name: "first", Kind: craft.Bytes, When: craft.GivenBits("flags", 4)},
		{Name: "data", Kind: craft.Bytes},
		{Name: "n", Bits: 8, When: craft.GivenBits("flags", 1)},
		{Name: "last", Kind: craft.Bytes, When: craft.GivenBits("flags", 2)},
	}})
	parts := map[string]string{"first": "f", "data": "abc", "last": "z"}
	bytes := func(flags int, has func(field string) bool) string {
		text := string(rune(flags))
		for _, field := range []string{"first", "data", "n", "last"} {
			switch {
			case field != "n" && has(field):
				text += parts[field]
			case field == "n" && flags&1 != 0:
				text += "\x00"
			}
		}
		return text
	}
	bit := map[string]int{"first": 4, "data": 0, "last": 2}
	for from := range 8 {
		for to := range 8 {
			packet := craft.Stack(layer(t, p, "flags", from))
			l := packet.Layers()[0]
			in := func(field string) bool { return bit[field]&^from == 0 }
			for field, value := range parts {
				if in(field) {
					crafttest.Set(t, l, field, value)
				}
			}
			if got, want := crafttest.Build(t, packet), bytes(from, in); string(got) != want {
				t.Errorf("%d: got %q, want %q", from, got, want)
			}
			crafttest.Set(t, l, "flags", to)
			both := func(field string) bool { return in(field) && bit[field]&^to == 0 }
			if got, want := crafttest.Build(t, packet), bytes(to, both); string(got) != want {
				t.Errorf("%d, then %d: got %q, want %q", from, to, got, want)
			}
			crafttest.Set(t, l, "flags", from)
			if got, want := crafttest.Build(t, packet), bytes(from, both); string(got) != want {
				t.Errorf("%d, %d and back: got %q, want %q", from, to, got, want)
			}
		}
	}
}
