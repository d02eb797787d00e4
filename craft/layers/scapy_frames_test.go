package layers_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// A randomFrame is bytes that both read.
type randomFrame struct {
	first craft.Name
	wire  []byte
}

// frame makes bytes by chance: those of a packet with a layer of the target in it, or of a vector, with something done to
// them.
func (g *stackGenerator) frame(target craft.Name, vectors []*vector) randomFrame {
	var f randomFrame
	for len(f.wire) == 0 {
		if g.chance(40) {
			v := oneOf(g, vectors)
			wire, err := hex.DecodeString(v.Wire)
			if _, both := g.scapy[v.First]; !both || err != nil {
				continue
			}
			f = randomFrame{v.First, wire}
			break
		}
		p := g.stack(target)
		wire, err := craft.Build(p.packet(), nil)
		if err == nil && len(g.places[p[0].name]) == 0 && p[0].name != layers.NTPExtension { // scapy looks at the type of a layer that stands in a field
			f = randomFrame{p[0].name, wire}
		}
	}
	for range oneOf(g, []int{0, 1, 1, 1, 3}) {
		f.wire = g.mutate(f.wire)
	}
	if here, other := renamed[f.first]; other {
		f.first = here
	}
	if len(f.wire) == 0 {
		f.wire = []byte{0} // of no bytes scapy makes a layer without fields
	}
	return f
}

// mutate does one thing to bytes.
func (g *stackGenerator) mutate(b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	at := g.IntN(len(b))
	switch g.IntN(8) {
	case 0, 1:
		b[at] ^= 1 << g.IntN(8)
	case 2, 3:
		b[at] = byte(g.bits(8))
	case 4:
		return b[:at]
	case 5:
		return b[:max(len(b)-1-g.IntN(4), 0)]
	case 6:
		return append(b, g.bytes(0)...)
	case 7:
		return slices.Insert(b, at, g.bytes(0)...)
	}
	return b
}

func (f randomFrame) String() string { return fmt.Sprintf("%s of %x", f.first, f.wire) }

// A reading is what both make of bytes.
type reading struct {
	randomFrame
	packet *craft.Packet
	layers []*craft.Layer
	scapy  []scapyLayer
	gaveUp string // the exception that a layer of scapy's raised, which became Raw for it
}

// got is layer i as it is read here; nil for none. want is the same of scapy's.
func (r *reading) got(i int) *craft.Layer {
	if i < 0 || i >= len(r.layers) {
		return nil
	}
	return r.layers[i]
}

func (r *reading) want(i int) *scapyLayer {
	if i >= len(r.scapy) {
		return nil
	}
	return &r.scapy[i]
}

// wrong is the first mismatch that is none on purpose.
func (r *reading) wrong() (mismatch, bool) {
	v := vector{First: r.first, Layers: r.scapy}
	for _, m := range v.compare(r.packet) {
		if slices.ContainsFunc(r.layers[:min(m.layer, len(r.layers))], func(l *craft.Layer) bool { return l.Note() != "" }) {
			return m, false // what follows a layer that is not as it should be is anybody's guess
		}
		i := slices.IndexFunc(readDifferences, func(d readDifference) bool { return d.covers(r, m) })
		if i < 0 {
			return m, true
		}
		if readDifferences[i].ends {
			return m, false
		}
	}
	return mismatch{}, false
}

func TestRandomFramesAreReadAsScapyReadsThem(t *testing.T) {
	s := startScapy(t)
	g, from, all := newStackGenerator(s.fields), scapySeed(t), vectors(t)
	frames := make([]randomFrame, scapyCases())
	questions := make([][]any, len(frames))
	for i := range frames {
		frames[i] = g.frame(g.target(from, i), all)
		questions[i] = []any{"dissect", frames[i].first, hex.EncodeToString(frames[i].wire)}
	}
	raised := map[string]int{}
	count, example := map[string]int{}, map[string]string{}
	s.askAll(t, questions, func(i int, a answer) {
		if a.Error != "" {
			raised[a.Error]++
			return
		}
		r := &reading{randomFrame: frames[i], packet: craft.Dissect(slices.Clone(frames[i].wire), frames[i].first), scapy: a.Layers, gaveUp: a.GaveUp}
		r.layers = r.packet.Layers()
		m, wrong := r.wrong()
		if !wrong {
			return
		}
		key := r.signature(m)
		count[key]++
		if text := r.explain(m); example[key] == "" || len(text) < len(example[key]) {
			example[key] = fmt.Sprintf("case %d of seed %d: %s", i, from, text)
		}
	})
	reportRaised(t, from, len(frames), raised)
	for n, key := range slices.Sorted(maps.Keys(example)) {
		if n == mostFailures {
			t.Errorf("and %d kinds more", len(example)-n)
			break
		}
		t.Errorf("%s: %d times, as in %s", key, count[key], example[key])
	}
}

// signature names a mismatch.
func (r *reading) signature(m mismatch) string {
	if want := r.want(m.layer); want != nil && !strings.Contains(m.field, ".") {
		return m.field + ", not " + string(want.name)
	}
	return m.field
}

func (r *reading) explain(m mismatch) string {
	return fmt.Sprintf("layer %d: %s: %s\n%s\ngot  %s\nwant %v %s", m.layer, m.field, m.text, r.randomFrame, r.packet.Summary(), r.scapy, r.gaveUp)
}
