package protocoltest

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
)

// rebuilt checks that a packet builds to these bytes.
func rebuilt(t *testing.T, p *craft.Packet, wire []byte) {
	t.Helper()
	got, err := craft.Build(p, nil)
	if err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	if string(got) != string(wire) {
		t.Fatalf("%s\ngot\n%swant\n%s", p.Show(), hexdump.Dump(got), hexdump.Dump(wire))
	}
}

// Builds checks that the packet that was made gives the bytes.
func (f Frame) Builds(t *testing.T) {
	if f.Packet != nil {
		rebuilt(t, f.Packet.Copy(), f.Wire)
	}
}

// ReadsAsWritten checks that every field that was set reads back with the same value. Headers that an error quotes read as
// protocols of their own, and are left out.
func (f Frame) ReadsAsWritten(t *testing.T) {
	if f.Packet == nil {
		return
	}
	read := craft.Dissect(f.Wire, f.first()).Layers()
	for i, l := range f.Packet.Layers() {
		if i >= len(read) {
			t.Fatalf("%d layers were made, %d are read: %s is missing", len(f.Packet.Layers()), len(read), l.Name())
		}
		r := read[i]
		for _, field := range l.Fields() {
			if !l.IsSet(field) || strings.HasSuffix(string(r.Name()), "error") {
				continue
			}
			got, want := strings.ReplaceAll(r.Text(field), `,{"EOL"}`, ""), l.Text(field) // padding reads as EOL
			if got != want {
				t.Errorf("%s.%s: got %s, want %s", l.Name(), field, got, want)
			}
		}
	}
}

// Clears sets and clears every field that the packet leaves alone, and checks that it builds as if nothing had happened.
func (f Frame) Clears(t *testing.T) {
	if f.Packet == nil {
		return
	}
	for i := range f.Packet.Layers() {
		p := f.Packet.Copy()
		l := p.Layers()[i]
		proto := l.Protocol()
		for _, field := range l.Fields() {
			if l.IsSet(field) || !proto.Has(field) || chooses(proto, field) {
				continue
			}
			before := l.Text(field)
			if row := proto.Fields()[proto.Index(field)]; row.Kind != craft.Options {
				_ = l.Set(field, wrong(row)) // an address of odd length takes no MAC
			}
			if err := l.Clear(field); err != nil {
				t.Fatal(err)
			}
			if after := l.Text(field); after != before {
				t.Errorf("%s.%s was %s, is %s", l.Name(), field, before, after)
			}
		}
		rebuilt(t, p, f.Wire)
	}
}

// BuildsBack reads the frame and each of its beginnings, and checks that what was read builds back to the same bytes.
func (f Frame) BuildsBack(t *testing.T) {
	for n := range len(f.Wire) + 1 {
		rebuilt(t, craft.Dissect(f.Wire[:n], f.first()), f.Wire[:n])
	}
}

// TakesItself assigns the fields of the frame to themselves, and checks that it still builds to the same bytes: building really
// builds rather than repeat what was read.
func (f Frame) TakesItself(t *testing.T) { OwnValues(t, f.first(), f.Wire) }

// Refreshes computes all lengths, counts and checksums of the frame again, and checks that nothing has changed, if nothing in
// it is wrong on purpose.
func (f Frame) Refreshes(t *testing.T) {
	if f.Wrong {
		return
	}
	p := craft.Dissect(f.Wire, f.first())
	p.Refresh()
	rebuilt(t, p, f.Wire)
}
