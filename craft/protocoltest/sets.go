package protocoltest

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// Sets gives each field of a protocol of which a number can be wrong two values, under and over layers with checksums and
// lengths, and checks that the elements are the same made by craft.Compile as built one by one.
func Sets(t *testing.T, p *craft.Protocol) {
	for _, f := range p.Fields() {
		if f.Bits == 0 {
			continue // of what varies in length, every element is built
		}
		for _, below := range [][]*craft.Layer{{layers.IP.New()}, {layers.IPv6.New(), layers.UDP.New("sport", values.Range(1, 3, 1))}} {
			l := craft.NewLayer(p)
			v, err := l.Get(f.Name)
			if err != nil || l.Set(f.Name, values.List(v, wrong(f))) != nil {
				continue // absent from the first shape, or another kind there
			}
			sameEitherWay(t, f.Name, craft.Stack(append(below, l, craft.Raw.New("load", "abc"))...))
		}
	}
}

// sameEitherWay compares the elements of a packet's sets as a template makes them with those that are built.
func sameEitherWay(t *testing.T, field string, p *craft.Packet) {
	t.Helper()
	template, err := craft.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if template.Len() < 2 {
		t.Fatalf("%s: %s stands for one packet", field, p)
	}
	for i := range template.Len() {
		want, wantErr := craft.Build(p.At(i), nil)
		got, gotErr := template.Append(nil, i)
		if string(got) != string(want) || (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("%s of %s, element %d, compiled: %v\ngot\n%s%v\nwant\n%s%v", field, p, i, template.Compiled(), hexdump.Dump(got), gotErr, hexdump.Dump(want), wantErr)
		}
	}
}
