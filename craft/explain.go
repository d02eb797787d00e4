package craft

import (
	"fmt"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// An Origin says where the value of a field comes from.
type Origin uint8

// Origins, in the order in which a value is looked for.
const (
	// Explicit is a value that was set, or that was on the wire.
	Explicit Origin = iota
	// FromAbove is a value that the layer above decides.
	FromAbove
	// FromDefault is the protocol's default.
	FromDefault
	// Computed is worked out at build from the rest of the packet.
	Computed
	// FromHost is asked of the host that sends.
	FromHost
)

// An Explanation says where the value of one field of a packet comes from.
type Explanation struct {
	// Layer is the layer's place in the packet, counted from 0.
	Layer int
	// Field is the field's name.
	Field string
	// Value is what goes on the wire, as Show writes it.
	Value string
	// Origin is where it comes from.
	Origin Origin
	// Says is the origin in words: "computed: length of header and payload in bytes".
	Says string
}

// Explain builds the packet and says of each field what goes on the wire and why: who decided it, and, for one that was
// set, what would have been computed. The error is Build's.
func Explain(p *Packet, env Env) ([]Explanation, error) {
	built, err := builtValues(p, env)
	if err != nil {
		return nil, err
	}
	var all []Explanation
	for i, l := range p.layers {
		if l.foreignLayer() {
			continue
		}
		for f := range l.proto.spec.Fields {
			if l.shape.mask>>f&1 == 0 || l.absent(f) {
				continue
			}
			e := Explanation{Layer: i, Field: l.proto.spec.Fields[f].Name, Value: built.layers[i].value(f).String()}
			e.Origin, e.Says = l.origin(f)
			if e.Origin == Explicit && l.proto.derived>>f&1 == 1 && !l.proto.spec.Fields[f].Computed.State {
				e.Says += computedInstead(p, env, i, f, e.Value)
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// Origin says who decides the value of the field now; FromDefault when there is no such field.
func (l *Layer) Origin(field string) Origin {
	i, ok := l.proto.index[field]
	if !ok {
		return FromDefault
	}
	origin, _ := l.origin(i)
	return origin
}

// origin is where the value of field f comes from, and that in words.
func (l *Layer) origin(f int) (Origin, string) {
	field := &l.proto.spec.Fields[f]
	switch {
	case l.SetOf(field.Name) != nil && l.SetOf(field.Name).Len() == 1:
		return Explicit, "drawn by " + values.Literal(l.SetOf(field.Name))
	case l.SetOf(field.Name) != nil:
		return Explicit, fmt.Sprintf("the first of %d values", l.SetOf(field.Name).Len())
	case l.fixed>>f&1 == 1 && l.packet != nil && l.packet.Wire != nil:
		return Explicit, "as it arrived, or set"
	case l.fixed>>f&1 == 1:
		return Explicit, "set"
	case l.above>>f&1 == 1:
		return FromAbove, "told by " + l.aboveName() + " above"
	case field.Computed == nil:
		return FromDefault, "default"
	case field.Computed.What == Asked:
		return FromHost, "asked of this host: " + field.Says()
	}
	return Computed, "computed: " + field.Says()
}

// aboveName names the layer above.
func (l *Layer) aboveName() string {
	for i, other := range l.packet.layers {
		if other == l && i+1 < len(l.packet.layers) {
			return string(l.packet.layers[i+1].proto.spec.Name)
		}
	}
	return "the layer"
}

// computedInstead says what a set field would hold if it were computed, when that is something else.
func computedInstead(p *Packet, env Env, i, f int, value string) string {
	c := p.Copy()
	c.layers[i].clear(f)
	built, err := builtValues(c, env)
	if err != nil {
		return ""
	}
	if would := built.layers[i].value(f).String(); would != value {
		return "; computed it would be " + would
	}
	return ""
}

// builtValues is a copy of the packet with every field of fixed width as it is on the wire.
func builtValues(p *Packet, env Env) (*Packet, error) {
	c := p.Copy()
	b := newBuilder(c, env)
	defer b.release()
	for _, step := range []func() error{func() error { return b.write(nil) }, b.ask, b.derive} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for i, l := range c.layers {
		for f, s := range l.shape.slots {
			if l.varies(f) {
				l.setPart(f, l.part(f)) // its default, when it is not set
			}
			if s.bits == 0 || l.replaced(f) {
				continue
			}
			at := b.spans[i].start + l.offset(f)
			copy(l.hdr[s.off:s.off+s.bytes], b.out[at:at+s.bytes])
		}
		l.fixed |= l.shape.mask
	}
	return c, nil
}

// ExplainText is Explain as text for reading, a line for each field.
func ExplainText(p *Packet, env Env) (string, error) {
	all, err := Explain(p, env)
	if err != nil {
		return "", err
	}
	return ExplanationsText(p, all), nil
}

// ExplanationsText is what Explain says of the packet as text for reading, a line for each field.
func ExplanationsText(p *Packet, all []Explanation) string {
	var names, values int
	for _, e := range all {
		names = max(names, len(p.layers[e.Layer].proto.spec.Name)+1+len(e.Field))
		values = max(values, min(len(e.Value), maxShown/4)) // longer ones stand out
	}
	var b strings.Builder
	for i, e := range all {
		if i > 0 && e.Layer != all[i-1].Layer {
			b.WriteByte('\n')
		}
		name := string(p.layers[e.Layer].proto.spec.Name) + "." + e.Field
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", names, name, values, e.Value, e.Says)
	}
	return b.String()
}
