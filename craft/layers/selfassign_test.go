package layers_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
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
		for _, shape := range shapes(p) {
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
		if err := assignedToItself(craft.Stack(l), first, f.Name); err != nil {
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

// assignedToItself assigns a field of a layer of a packet to itself and reports what it changed.
func assignedToItself(p *craft.Packet, at func(p *craft.Packet) *craft.Layer, field string) error {
	before, err := craft.Build(p, nil)
	if err != nil {
		return nil // what does not fit its length field
	}
	for _, form := range []string{"value", "what it decodes to", "text"} {
		c := p.Copy()
		l := at(c)
		v := l.Value(field)
		if v.IsNone() && form != "value" {
			continue
		}
		var what any = v
		switch form {
		case "text":
			what = v.Text()
			switch v.Kind() {
			case craft.Bytes, craft.Options, craft.Text, craft.Values, craft.Packets:
				continue // its text is Lua
			}
		case "what it decodes to":
			what = v.Decoded()
		}
		if err := l.Set(field, what); err != nil {
			return fmt.Errorf("%s.%s does not take its own %s %v: %w", l.Name(), field, form, what, err)
		}
		after, err := craft.Build(c, nil)
		if err != nil {
			return fmt.Errorf("%s.%s = its %s %v: %w", l.Name(), field, form, what, err)
		}
		if string(after) != string(before) {
			return fmt.Errorf("%s.%s = its %s %v:\n%x is now\n%x", l.Name(), field, form, what, before, after)
		}
	}
	return nil
}

// first is the layer that a packet begins with.
func first(p *craft.Packet) *craft.Layer { return p.Layers()[0] }

// TestReadPacketsStayAsTheyAre assigns every field of the golden packets, the vectors and the captures to itself, of the packets
// that stand in fields too; of the packets as they are, cut short, and with bytes that are wrong.
func TestReadPacketsStayAsTheyAre(t *testing.T) {
	wires, protos := seeds(t)
	for _, f := range frames(t) {
		wires, protos = append(wires, f.wire), append(protos, f.first)
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
			staysAsItIs(t, wire[:n], protos[i])
		}
		for range min(wrong, len(wire)) {
			b := bytes.Clone(wire)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
			}
			staysAsItIs(t, b, protos[i])
		}
	}
}

// staysAsItIs assigns the fields of a packet to themselves, one in each of its copies and then all of them.
func staysAsItIs(t *testing.T, wire []byte, proto craft.Name) {
	t.Helper()
	p := craft.Dissect(wire, proto)
	whole := func(p *craft.Packet) *craft.Packet { return p }
	inside(p, whole, func(at func(p *craft.Packet) *craft.Layer, field string) {
		if err := assignedToItself(p, at, field); err != nil {
			t.Errorf("%s of %x: %v", proto, wire, err)
		}
	})
	inside(p, whole, func(at func(p *craft.Packet) *craft.Layer, field string) {
		crafttest.Set(t, at(p), field, at(p).Value(field))
	})
	crafttest.Rebuilt(t, p, wire)
}

// inside visits the fields of the packet that in finds in another one, and of the packets in its fields.
func inside(whole *craft.Packet, in func(p *craft.Packet) *craft.Packet, visit func(at func(p *craft.Packet) *craft.Layer, field string)) {
	for i, l := range in(whole).Layers() {
		at := func(p *craft.Packet) *craft.Layer { return in(p).Layers()[i] }
		for _, field := range l.Fields() {
			if !l.Protocol().Has(field) {
				continue // decoded by gopacket, not to be changed
			}
			visit(at, field)
			for k := range l.Value(field).Packets() {
				inside(whole, func(p *craft.Packet) *craft.Packet { return at(p).Value(field).Packets()[k] }, visit)
			}
		}
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
					staysAsItIs(t, wire, p.Name())
				}
			}
		}
	}
}
