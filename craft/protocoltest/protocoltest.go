package protocoltest

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// A Case is one protocol and what it is tried with.
type Case struct {
	// Protocol is its name.
	Protocol craft.Name
	// Values are what ExplicitFields sets, by field, where the kind of a field does not say what it takes: a list of layers of
	// one protocol. A nil value leaves the field out.
	Values map[string]any
	// Frames are packets that the protocol stands in: at least one.
	Frames []Frame
}

// A Frame is a packet as bytes, and how it was made.
type Frame struct {
	// Name is a few words for the output.
	Name string
	// First is the protocol that the bytes begin with; "" is that of the first layer of Packet.
	First craft.Name
	// Wire is the bytes.
	Wire []byte
	// Packet builds to the bytes, and reads back as it was made; nil is for bytes that are only read.
	Packet *craft.Packet
	// Wrong marks bytes with a length, a count or a checksum that no builder would write: refreshing them changes them.
	Wrong bool
}

// first is the protocol that the bytes begin with.
func (f Frame) first() craft.Name {
	if f.First == "" && f.Packet != nil {
		return f.Packet.Layers()[0].Name()
	}
	return f.First
}

// Mutations is how often Run damages each frame.
const Mutations = 100

// Run holds one protocol against all promises. A protocol that is not installed, a value for a field that it does not have,
// and frames in none of which it stands are errors of the case.
func Run(t *testing.T, c Case) {
	p := craft.Lookup(c.Protocol)
	if p == nil {
		t.Fatalf("there is no protocol %q: is the package imported that installs it?", c.Protocol)
	}
	t.Run("table", func(t *testing.T) {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	})
	t.Run("explicit fields", func(t *testing.T) { ExplicitFields(t, p, c.Values) })
	t.Run("sets", func(t *testing.T) { Sets(t, p) })
	stands := false
	for _, f := range c.Frames {
		stands = stands || craft.Dissect(f.Wire, f.first()).Has(c.Protocol)
		t.Run(f.Name, func(t *testing.T) { runFrame(t, f) })
	}
	if !stands {
		t.Errorf("%s stands in none of the %d frames: give one that holds it", c.Protocol, len(c.Frames))
	}
}

// runFrame holds one frame against all promises.
func runFrame(t *testing.T, f Frame) {
	checks := []struct {
		name  string
		check func(*testing.T)
	}{
		{"builds", f.Builds},
		{"reads as written", f.ReadsAsWritten},
		{"cleared fields", f.Clears},
		{"truncations", f.BuildsBack},
		{"fields assigned to themselves", f.TakesItself},
		{"refresh", f.Refreshes},
		{"mutations", func(t *testing.T) { f.Survives(t, Mutations) }},
	}
	for _, c := range checks {
		t.Run(c.name, c.check)
	}
}
