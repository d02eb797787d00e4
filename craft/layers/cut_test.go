package layers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
)

// TestHeadersThatAreCutShort cuts a header of every protocol, in the shapes of its smallest settings, behind every byte: the fields that are
// whole are shown, with a note, and the rest is bytes.
func TestHeadersThatAreCutShort(t *testing.T) {
	for _, proto := range craft.Protocols() {
		if len(proto.Fields()) == 0 {
			continue
		}
		t.Run(string(proto.Name()), func(t *testing.T) {
			seen := map[*craft.Shape]bool{}
			for _, l := range protocoltest.Shapes(proto) {
				if seen[l.Shape()] {
					continue
				}
				seen[l.Shape()] = true
				wire, err := craft.Build(craft.Stack(l), nil)
				if err != nil {
					continue // another test's
				}
				for n := range len(wire) {
					if n > 0 {
						cutHeader(t, proto, wire, n)
					}
				}
			}
		})
	}
}

// cutHeader holds what the first n bytes of a header are read as against the whole of it.
func cutHeader(t *testing.T, proto *craft.Protocol, wire []byte, n int) {
	t.Helper()
	p, whole := craft.Dissect(slices.Clone(wire[:n:n]), proto.Name()), craft.Dissect(slices.Clone(wire), proto.Name())
	crafttest.Rebuilt(t, p, wire[:n])
	usable(t, p)
	l, all := p.Layers()[0], whole.Layers()[0]
	if all.Name() != proto.Name() || all.Shape().Varies() || n >= all.Shape().Size() {
		return // what is cut is something else, or stands where the fields before it say
	}
	here := 0
	for _, field := range all.Fields() {
		if all.Width(field) == 0 || all.OffsetOf(field)+all.Width(field) > n {
			continue
		}
		here++
		if l.Name() != proto.Name() || l.Text(field) != all.Text(field) {
			t.Errorf("%d of %d bytes: %s.%s is %q, not %q", n, len(wire), l.Name(), field, l.Text(field), all.Text(field))
		}
	}
	quoted := strings.HasSuffix(string(proto.Name()), "error") || strings.HasSuffix(string(proto.Name()), "error6")
	if cut := strings.HasPrefix(l.Note(), "truncated: "+string(proto.Name())+" header"); !cut && !quoted {
		t.Errorf("%d of %d bytes: %s, with the note %q", n, len(wire), p.Summary(), l.Note())
	}
	if here == 0 && n < 8 && l.Name() != craft.Raw {
		t.Errorf("%d of %d bytes: %s has no field", n, len(wire), p.Summary())
	}
}

// usable does with a packet whatever can be done with one: nothing of it panics.
func usable(t *testing.T, p *craft.Packet) {
	t.Helper()
	text, err := p.MarshalJSON()
	if all := p.Show() + p.Summary() + p.String() + p.Command() + string(text); all == "" || err != nil {
		t.Errorf("%v: %v", p, err)
	}
	craft.QuestionKeys(p)
	craft.ReplyKeys(p)
	_ = craft.Why(p, p)
	if _, err := craft.ExplainText(p, nil); err != nil {
		t.Errorf("%s: %v", p.Summary(), err)
	}
	for _, under := range []craft.Name{layers.Ether, layers.IP, layers.IPv6, layers.UDP} {
		_, _ = craft.Build(craft.Stack(under.New()).Over(p), nil)
	}
	for _, upper := range []*craft.Packet{craft.Stack(layers.TCP.New()), craft.Stack(layers.UDP.New(), layers.DNS.New()), craft.Stack(layers.ICMP.New())} {
		_, _ = craft.Build(p.Over(upper), nil)
		craft.QuestionKeys(p.Over(upper))
	}
	q := p.Copy()
	for _, l := range q.Layers() {
		for _, f := range l.Protocol().Fields() {
			if v, err := l.Get(f.Name); err == nil {
				_ = l.Set(f.Name, v)
			} else if err := l.Set(f.Name, 1); err == nil && !l.Has(f.Name) {
				t.Errorf("%s.%s is set and not there", l.Name(), f.Name)
			}
			_ = l.Clear(f.Name)
		}
	}
	q.Refresh()
	_, _ = craft.Build(q, nil)
}
