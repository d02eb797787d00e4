package craft_test

import (
	"bytes"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestNestsHaveABottom reads layers that stand inside one another more often than anybody means it: what is deeper than a packet has
// layers stays Raw, and the time that it takes does not double with each of them.
func TestNestsHaveABottom(t *testing.T) {
	table := craft.NewTable()
	for _, s := range []craft.Spec{
		{Name: "Box", Fields: []craft.Field{{Name: "n", Bits: 8}}},
		counting("Crate", "Box"),
		counting("Box", "Crate"),
	} {
		if _, err := table.Define(s); err != nil {
			t.Fatal(err)
		}
	}
	options := []byte{}
	for range 200 { // IA_TA options, of which each holds the one before it
		n := 4 + len(options)
		options = append([]byte{0, 4, byte(n >> 8), byte(n), 0, 0, 0, 0}, options...)
	}
	for first, wire := range map[craft.Name][]byte{
		"Box":               bytes.Repeat([]byte{1}, 200),
		layers.DHCP6Solicit: append([]byte{1, 0, 0, 1}, options...),
	} {
		p := table.Dissect(wire, first)
		crafttest.Rebuilt(t, p, wire)
		if n := depth(p); n != 64+1 {
			t.Errorf("%s: want 64 layers inside one another, and Raw, got %d", first, n)
		}
	}
}

// counting is a protocol with a counted list of layers.
func counting(name, of craft.Name) craft.Spec {
	return craft.Spec{Name: name, Fields: []craft.Field{
		{Name: "n", Bits: 8, Computed: craft.Counts("all")},
		{Name: "all", Kind: craft.Packets, Of: of},
	}}
}

// depth is how deep the packet's innermost layer stands.
func depth(p *craft.Packet) (n int) {
	for _, l := range p.Layers() {
		n = max(n, l.Depth())
		for _, field := range l.Fields() {
			for _, in := range l.Value(field).Packets() {
				n = max(n, depth(in))
			}
		}
	}
	return n
}
