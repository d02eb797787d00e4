package layers_test

import (
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestFieldsAreReadWithTheProtocolsOfTheirLayer walks all packets that stand inside fields of the golden packets and of scapy's:
// a protocol that was declared in the table is known in each.
func TestFieldsAreReadWithTheProtocolsOfTheirLayer(t *testing.T) {
	table := craft.NewTable()
	knock, err := table.Define(craft.Spec{Name: "Knock", Fields: []craft.Field{{Name: "times", Bits: 64}},
		Binds: []craft.Binding{craft.Over(layers.UDP, "dport", 7000)}})
	if err != nil {
		t.Fatal(err)
	}
	wire := crafttest.Build(t, craft.Stack(layers.IPv6.New(), layers.UDP.New("dport", 7000), craft.NewLayer(knock)))
	fields := map[string]bool{}
	var walk func(p *craft.Packet)
	walk = func(p *craft.Packet) {
		for _, l := range p.Layers() {
			for _, f := range l.Protocol().Fields() {
				if f.Kind != craft.Packets || !l.Has(f.Name) {
					continue
				}
				for _, in := range l.Value(f.Name).Packets() {
					fields[string(l.Name())+"."+f.Name] = true
					for _, one := range in.Layers() {
						if !one.Dissect(wire, layers.IPv6).Has("Knock") || one.Lookup("Knock") == nil {
							t.Errorf("%s in %s.%s does not know Knock", one.Name(), l.Name(), f.Name)
						}
					}
					walk(in)
				}
			}
		}
	}
	for _, c := range slices.Concat(golden, misbuilt) {
		p := c.packet()
		walk(table.Adopt(p))
		walk(table.Dissect(crafttest.Unhex(t, c.wire), p.Layers()[0].Name()))
	}
	for _, v := range vectors(t) {
		walk(table.Dissect(crafttest.Unhex(t, v.Wire), v.First))
	}
	if len(fields) < 40 {
		t.Errorf("only %d fields have packets in them", len(fields))
	}
}

// TestWholePacketsInsideFields puts a declared protocol into the field that holds a packet with all of its layers, behind what
// it is declared over, and reads it back from there.
func TestWholePacketsInsideFields(t *testing.T) {
	table := craft.NewTable()
	knock, err := table.Define(craft.Spec{Name: "Knock", Fields: []craft.Field{{Name: "times", Bits: 64}},
		Binds: []craft.Binding{
			craft.Over(layers.UDP, "dport", 7000),
			craft.Over(layers.IP, "proto", 253), craft.Over(layers.IPv6, "nh", 253),
		}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		layer craft.Name
		field string
		lower []*craft.Layer
	}{
		{layers.ICMPv6NDOptRedirectedHdr, "pkt", []*craft.Layer{layers.IPv6.New(), layers.UDP.New("dport", 7000)}},
		{layers.ICMPv6NDOptRedirectedHdr, "pkt", []*craft.Layer{layers.IPv6.New(), layers.IPv6ExtHdrDestOpt.New()}},
		{layers.ICMPv6NDOptRedirectedHdr, "pkt", []*craft.Layer{layers.IP.New(), layers.UDP.New("dport", 7000)}},
	} {
		inner := craft.Stack(append(c.lower, craft.NewLayer(knock))...)
		made := table.NewPacket(craft.Lookup(c.layer))
		crafttest.Set(t, made.Layers()[0], c.field, inner)
		for name, p := range map[string]*craft.Packet{"made": made, "read": table.Dissect(crafttest.Build(t, made), c.layer)} {
			if got := p.Layers()[0].Value(c.field).Packets()[0]; !got.Has("Knock") {
				t.Errorf("%s.%s, %s: got %s", c.layer, c.field, name, got.Summary())
			}
		}
	}
}
