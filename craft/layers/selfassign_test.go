package layers_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
)

// long is asked for where tests try all there is instead of samples.
var long = os.Getenv(longTests) != ""

// captures are folders of real captures: those of the judge, and more where they are at hand.
var captures = []string{"../../sendrecv/vantage/testdata", cmp.Or(os.Getenv("MOONWIRE_CAPTURES"), "/work/shared/captures")}

// TestFieldsAssignedToThemselvesStayAsTheyAre gives every field of fixed width, of every protocol in each of its shapes, every
// value that its bits hold, and assigns it what it reads as: the value, and its text.
func TestFieldsAssignedToThemselvesStayAsTheyAre(t *testing.T) {
	for _, p := range craft.Protocols() {
		if len(p.Fields()) == 0 {
			continue
		}
		seen := map[string]bool{}
		for _, shape := range protocoltest.Shapes(p) {
			key := strings.Join(shape.Fields(), " ")
			if seen[key] {
				continue
			}
			seen[key] = true
			for _, f := range p.Fields() {
				if f.Bits > 0 && shape.Has(f.Name) {
					everyValue(t, shape, f)
				}
			}
		}
	}
}

// everyValue assigns a field of a layer to itself, with each value.
func everyValue(t *testing.T, shape *craft.Layer, f craft.Field) {
	t.Helper()
	for _, bits := range bitPatterns(f.Bits) {
		l := craft.Stack(shape).Copy().Layers()[0]
		if !setBits(l, f, bits) || !l.Has(f.Name) {
			continue
		}
		if err := protocoltest.OwnValue(craft.Stack(l), first, f.Name); err != nil {
			t.Errorf("bits %x: %v", bits, err)
			return
		}
	}
}

// setBits puts bits into a field whatever its kind makes of them; false when they are refused.
func setBits(l *craft.Layer, f craft.Field, bits []byte) bool {
	if f.Bits%8 == 0 && len(bits)*8 == f.Bits && l.Set(f.Name, craft.Verbatim(bits)) == nil {
		return true
	}
	n := uint64(0)
	for _, b := range bits {
		n = n<<8 | uint64(b)
	}
	return l.SetUint(f.Name, n) == nil
}

// bitPatterns are values of a width: all of a byte, and none, all, one and any of the bits of a wider field; with MOONWIRE_LONG all
// of up to 16 bits.
func bitPatterns(width int) (patterns [][]byte) {
	most := 8
	if long {
		most = 16
	}
	size := (width + 7) / 8
	if width <= most {
		for n := range 1 << width {
			patterns = append(patterns, []byte{byte(n >> 8), byte(n)}[2-size:])
		}
		return patterns
	}
	add := func(fill func(bit int) bool) {
		b := make([]byte, size)
		for bit := range width {
			if fill(bit) {
				b[size-1-bit/8] |= 1 << (bit % 8)
			}
		}
		patterns = append(patterns, b)
	}
	add(func(int) bool { return false })
	add(func(int) bool { return true })
	for one := range min(width, 128) {
		add(func(bit int) bool { return bit == one })
	}
	r := rand.New(rand.NewPCG(uint64(width), 1))
	for range 16 {
		add(func(int) bool { return r.Uint64()&1 == 1 })
	}
	return patterns
}

// first is the layer that a packet begins with.
func first(p *craft.Packet) *craft.Layer { return p.Layers()[0] }

// TestReadPacketsStayAsTheyAre assigns every field of the golden packets, the vectors and the captures to itself, of the packets
// that stand in fields too; of the packets as they are, cut short, and with bytes that are wrong.
func TestReadPacketsStayAsTheyAre(t *testing.T) {
	wires, protos := seeds(t)
	for _, f := range frames(t) {
		wires, protos = append(wires, f.Wire), append(protos, f.First)
	}
	for _, folder := range captures {
		for _, f := range some(captured(t, folder), 150) {
			wires, protos = append(wires, f.wire), append(protos, f.first)
		}
	}
	r := rand.New(rand.NewPCG(7, 7))
	for i, wire := range wires {
		step, wrong := len(wire)/2+1, 1
		if long {
			step, wrong = 1, 100
		}
		for n := len(wire); n > 0; n -= step {
			protocoltest.OwnValues(t, protos[i], wire[:n])
		}
		for range min(wrong, len(wire)) {
			b := bytes.Clone(wire)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
			}
			protocoltest.OwnValues(t, protos[i], b)
		}
	}
}

// TestOddPacketsStayAsTheyAre is for what only a fuzzer finds.
func TestOddPacketsStayAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		name, wire string
		first      craft.Name
	}{
		{"a name in DNS that points into the header, and goes on over the counts", "0c0101000001000000000000c00000010001", layers.DNS},
	} {
		t.Run(c.name, func(t *testing.T) { protocoltest.OwnValues(t, c.first, crafttest.Unhex(t, c.wire)) })
	}
}

// TestLengthsThatPaddingWouldChangeStay reads headers of every protocol whose lengths say less than what is here: where building would fill
// them up, they stay as long as they came.
func TestLengthsThatPaddingWouldChangeStay(t *testing.T) {
	for _, p := range craft.Protocols() {
		for _, f := range p.Fields() {
			if f.Computed == nil || f.Computed.What != craft.HeaderLength && f.Computed.What != craft.Behind {
				continue
			}
			l := craft.NewLayer(p)
			for _, part := range variable(p) {
				_ = l.Set(part, craft.Verbatim("abcdefghijkl")) // where it does not fit, the others do
			}
			wire, err := craft.Build(craft.Stack(l), nil)
			if err != nil {
				continue
			}
			whole := craft.Dissect(wire, p.Name()).Layers()[0].Uint(f.Name)
			for less := range min(whole, 8) {
				l := craft.Dissect(bytes.Clone(wire), p.Name()).Layers()[0]
				if l.Name() != p.Name() || l.SetUint(f.Name, whole-less) != nil {
					continue
				}
				wire, err := craft.Build(l.Packet(), nil)
				if err == nil {
					protocoltest.OwnValues(t, p.Name(), wire)
				}
			}
		}
	}
}
