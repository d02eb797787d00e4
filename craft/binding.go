package craft

import (
	"fmt"
	"maps"
	"slices"
)

// A Binding says how a protocol is carried by one below it: when fields of the lower layer have these values, the payload
// is this protocol, and the other way round the values are set when the packet is stacked.
type Binding struct {
	below   Name
	when    []FieldValue
	way     way
	accepts func(payload []byte) bool
	field   string // of the upper protocol; "" for a binding that always holds
	holds   func(l *Layer) bool
}

// Looks makes the binding hold only for payloads that look like the protocol: for one that Accepts everything elsewhere, where no
// more than a port announces it. Stacking is as without.
func (b Binding) Looks(accepts func(payload []byte) bool) Binding {
	b.accepts = accepts
	return b
}

// FieldValue is a field and its value.
type FieldValue struct {
	// Field is the field's name.
	Field string
	// Value is its value as a number.
	Value uint64
	// Bytes is the value of a field of more than 64 bits or of variable length, which can only be stacked.
	Bytes []byte
}

// way says which way round a binding holds.
type way uint8

const (
	bothWays    way = iota
	whenRead        // only to find what a packet carries
	whenStacked     // only to set the lower layer's fields
)

// Over binds the protocol of the Spec to the one below: it is the payload when the field has that value and all of more hold,
// and stacking it there sets them.
func Over(below Name, field string, value uint64, more ...FieldValue) Binding {
	return Binding{below: below, when: append([]FieldValue{{Field: field, Value: value}}, more...)}
}

// ReadOver is Over for reading only: stacking leaves the lower layer's fields alone.
func ReadOver(below Name, field string, value uint64, more ...FieldValue) Binding {
	b := Over(below, field, value, more...)
	b.way = whenRead
	return b
}

// StackOver is Over for stacking only: reading goes by other rules.
func StackOver(below Name, field string, value uint64, more ...FieldValue) Binding {
	b := Over(below, field, value, more...)
	b.way = whenStacked
	return b
}

// StackBytes is StackOver for a field of more than 64 bits or of variable length, which gets these bytes.
func StackBytes(below Name, field string, b []byte) Binding {
	return Binding{below: below, when: []FieldValue{{Field: field, Bytes: b}}, way: whenStacked}
}

// If makes a binding for stacking hold only while holds says so of the upper layer. It is asked when layers are stacked, and when
// that field of the upper layer is set.
func (b Binding) If(field string, holds func(l *Layer) bool) Binding {
	b.field, b.holds = field, holds
	return b
}

// A bound is one field and the value it gets when two protocols are stacked: other is the lower one in the upper
// protocol's list, and the upper one in the lower protocol's.
type bound struct {
	other *Protocol
	field int
	value uint64
	bytes []byte // of a field of more than 64 bits
	asked int    // the upper layer's field on which it depends, if holds is not nil
	holds func(l *Layer) bool
}

// rules say what a protocol carries by the value of one of its fields.
type rules struct {
	field int
	by    map[uint64][]rule
}

// A rule is one candidate for a payload, when further fields have their values too.
type rule struct {
	upper   *Protocol
	also    []bound // in the lower protocol; other is not used
	accepts func(payload []byte) bool
}

// takes reports whether the payload begins like the candidate.
func (r rule) takes(payload []byte) bool {
	return (r.accepts == nil || r.accepts(payload)) && (r.upper.spec.Accepts == nil || r.upper.spec.Accepts(payload))
}

// A book is one state of a Table. It never changes: what is declared later goes into a new one.
type book struct {
	protocols map[Name]*Protocol
	rules     map[*Protocol][]rules
	kin       map[Name][]*Protocol // those that carry the same payloads as the one of that name, by like or reads
	quotes    map[Name][]*Protocol // the quotes of the one of that name
	raw       *Protocol
	padding   *Protocol
	families  map[Name]bool // the names that find more protocols than the one of that name
}

// bind adds the rules and the values that an upper protocol's binding stands for, also for the protocols that carry the
// same payloads as the one it names.
func (b *book) bind(upper *Protocol, bd Binding) {
	low := b.protocols[bd.below]
	b.bindTo(low, upper, bd)
	b.bindQuotes(upper, bd)
	if len(bd.when) != 1 || len(low.spec.Next) == 0 || bd.when[0].Field != low.spec.Next[0] {
		return
	}
	for _, other := range b.kin[bd.below] {
		also := Binding{below: other.spec.Name, way: bd.way, accepts: bd.accepts}
		if other.spec.Like != bd.below {
			if bd.way == whenStacked {
				continue
			}
			also.way = whenRead
		}
		also.when = []FieldValue{{Field: other.spec.Next[0], Value: bd.when[0].Value}}
		b.bindTo(other, upper, also)
	}
}

// bindQuotes stacks a protocol on the quotes of the one that carries it, as on that one itself.
func (b *book) bindQuotes(upper *Protocol, bd Binding) {
	if bd.way == whenRead {
		return
	}
	bd.way = whenStacked
	for _, quote := range b.quotes[bd.below] {
		b.bindTo(quote, upper, bd)
	}
}

// bindAsQuote has the quotes of a protocol stacked wherever it is stacked itself: a TCP header that is quoted behind an extension
// header is announced as TCP is there.
func (b *book) bindAsQuote(upper *Protocol, bd Binding) {
	if bd.way == whenRead || bd.holds != nil {
		return
	}
	bd.way = whenStacked
	for _, quote := range b.quotes[upper.spec.Name] {
		b.bind(quote, bd)
	}
}

// quoted is the protocol under whose name p stands in a quote: p itself when there is no such name.
func (b *book) quoted(p *Protocol) *Protocol {
	if quotes := b.quotes[p.spec.Name]; len(quotes) > 0 {
		return quotes[0]
	}
	return p
}

func (b *book) bindTo(low, upper *Protocol, bd Binding) {
	values := make([]bound, len(bd.when))
	for i, w := range bd.when {
		values[i] = bound{other: low, field: fieldIndex(low.spec.Fields, w.Field), value: w.Value, bytes: w.Bytes, holds: bd.holds}
		if bd.holds != nil {
			values[i].asked = fieldIndex(upper.spec.Fields, bd.field)
			upper.leads |= 1 << values[i].asked
		}
	}
	if bd.way != whenRead {
		upper.stacks = append(upper.stacks, values...)
	}
	if bd.way != whenStacked {
		b.addRule(low, values[0], rule{upper, values[1:], bd.accepts})
	}
}

// attach has p, which is new, carry a protocol that is there already and is not changed. What p has no field for is left out.
func (b *book) attach(p, upper *Protocol, bd Binding) {
	values := make([]bound, len(bd.when))
	for k, w := range bd.when {
		i, ok := p.index[w.Field]
		if !ok || !p.spec.Fields[i].fits(w.Value) {
			return
		}
		values[k] = bound{other: upper, field: i, value: w.Value, bytes: w.Bytes, holds: bd.holds}
	}
	if bd.way != whenRead {
		p.lifts = append(p.lifts, values...)
	}
	if bd.way != whenStacked {
		b.addRule(p, values[0], rule{upper, values[1:], bd.accepts})
	}
}

// inherit has p, which is new, carry what the protocols that it is Like, or Reads, carry.
func (b *book) inherit(p *Protocol) error {
	for _, name := range []Name{p.spec.Like, p.spec.Reads} {
		if name == "" {
			continue
		}
		low := b.protocols[name]
		if low == nil || len(low.spec.Next) == 0 || len(p.spec.Next) == 0 {
			return fmt.Errorf("next: want a field that announces what it carries, as one of %s does", name)
		}
		for _, upper := range b.sorted() {
			for _, bd := range upper.spec.Binds {
				if bd.below != name || len(bd.when) != 1 || bd.when[0].Field != low.spec.Next[0] || bd.way == whenStacked && name == p.spec.Reads {
					continue
				}
				if name == p.spec.Reads {
					bd.way = whenRead
				}
				bd.when = []FieldValue{{Field: p.spec.Next[0], Value: bd.when[0].Value}}
				b.attach(p, upper, bd)
			}
		}
	}
	return nil
}

// reattach has p, which takes the place of an earlier protocol of its name, carry what was declared upon that one, and be carried by
// what carries the name.
func (b *book) reattach(p *Protocol) {
	for _, other := range b.sorted() {
		for _, bd := range other.spec.Binds {
			if bd.below == p.spec.Name {
				b.attach(p, other, bd)
			}
		}
		for v, name := range other.spec.Carries {
			if name != p.spec.Name || len(other.spec.Next) == 0 || other == p {
				continue
			}
			at := bound{other: other, field: other.index[other.spec.Next[0]], value: v}
			p.stacks = append(p.stacks, at)
			b.addRule(other, at, rule{upper: p})
		}
	}
	b.order(p)
}

// addRule files a candidate under the value that announces it. Candidates that look at the payload come before the one
// that takes everything.
func (b *book) addRule(low *Protocol, key bound, r rule) {
	at := slices.IndexFunc(b.rules[low], func(rs rules) bool { return rs.field == key.field })
	if at < 0 {
		at = len(b.rules[low])
		b.rules[low] = append(b.rules[low], rules{field: key.field, by: map[uint64][]rule{}})
	}
	by := b.rules[low][at].by
	by[key.value] = append(by[key.value], r)
	slices.SortStableFunc(by[key.value], func(x, y rule) int { return y.weight() - x.weight() })
}

// weight is how much a candidate asks for: more conditions go first.
func (r rule) weight() int {
	n := 2 * len(r.also)
	if r.upper.spec.Accepts != nil || r.accepts != nil {
		n++
	}
	return n
}

// order puts the fields of each protocol's rules in the order in which they are to be looked at.
func (b *book) order(low *Protocol) {
	rank := func(rs rules) int {
		if i := slices.Index(low.spec.Next, low.spec.Fields[rs.field].Name); i >= 0 {
			return i
		}
		return len(low.spec.Next) + rs.field
	}
	slices.SortStableFunc(b.rules[low], func(x, y rules) int { return rank(x) - rank(y) })
}

// carried finds the protocol that a layer announces for its payload; nil when no rule says so.
func (b *book) carried(l *Layer, payload []byte) *Protocol {
	if p := b.announced(l.proto, l, payload); p != nil || l.proto.spec.Quotes == "" {
		return p
	}
	// A header that quotes another announces headers as that one does, tunnels, and messages by which a question is recognised;
	// others are often cut short there and stay bytes.
	p := b.announced(b.protocols[l.proto.spec.Quotes], l, payload)
	if p != nil && (p.spec.Extends || b.quoted(p) != p || l.proto.spec.Network && (len(p.spec.Identity) > 0 || b.tunnels(p))) {
		return p
	}
	return nil
}

// tunnels reports whether a protocol carries whole packets, as GRE does: what it holds is read for the packet within.
func (b *book) tunnels(p *Protocol) bool {
	return len(b.rules[p]) > 0 || p.spec.GuessPayload != nil
}

// announced is carried by the rules of a protocol with l's fields.
func (b *book) announced(low *Protocol, l *Layer, payload []byte) *Protocol {
	for _, rs := range b.rules[low] {
		if l.shape.mask>>rs.field&1 == 0 {
			continue
		}
		for _, r := range rs.by[l.numeric(rs.field)] {
			if r.holds(l) && r.takes(payload) {
				return r.upper
			}
		}
	}
	return nil
}

func (r rule) holds(l *Layer) bool {
	for _, v := range r.also {
		if l.shape.mask>>v.field&1 == 0 || l.numeric(v.field) != v.value {
			return false
		}
	}
	return true
}

// sorted are the protocols by name, so that what is derived from a map has one order.
func (b *book) sorted() []*Protocol {
	var ps []*Protocol
	for _, name := range slices.Sorted(maps.Keys(b.protocols)) {
		ps = append(ps, b.protocols[name])
	}
	return ps
}
