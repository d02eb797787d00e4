package craft

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// This file declares protocols at run time. What a declaration says is a Spec, as that of a built-in one; that of a script has no
// functions.

var word = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
})

// keywords are the words that cannot be names in Lua.
var keywords = sync.OnceValue(func() []string {
	return strings.Fields("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
})

// Define declares a protocol in the table, or declares it anew: it then builds, dissects, stands for sets, matches and is listed
// like a built-in one. The error says which row is wrong and what was wanted; the table is as before then. Packets that exist
// keep the protocol they were made with; protocols that were declared upon an earlier one of the name, or carry it, go on with this one
// where its fields allow it.
func (t *Table) Define(s Spec) (*Protocol, error) {
	t.defining.Lock()
	defer t.defining.Unlock()
	s.own()
	b := t.now.Load().clone()
	switch {
	case !word().MatchString(string(s.Name)):
		return nil, fmt.Errorf("want a name of letters, digits and underscores, got %q", s.Name)
	case slices.Contains(keywords(), string(s.Name)):
		return nil, fmt.Errorf("%q is a word of Lua's own: choose another name", s.Name)
	case Lookup(s.Name) != nil:
		return nil, fmt.Errorf("%s is a built-in protocol: choose another name", s.Name)
	case s.Quotes != "":
		return nil, fmt.Errorf("%s: quotes: only a protocol that is installed stands for the quotes of another one", s.Name)
	}
	b.remove(s.Name)
	if err := s.complete(b); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	p := compile(s)
	if err := p.setDefaults(); err != nil {
		return nil, err
	}
	b.protocols[s.Name] = p
	b.relate()
	if err := s.bind(b, p); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	if err := b.inherit(p); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	b.reattach(p)
	t.now.Store(b)
	return p, nil
}

// own makes the Spec independent of the parts it was given: later changes to them do not reach the protocol.
func (s *Spec) own() {
	s.Binds, s.Carries, s.Next, s.Identity = slices.Clone(s.Binds), maps.Clone(s.Carries), slices.Clone(s.Next), slices.Clone(s.Identity)
	s.Keys, s.Families, s.Replies = slices.Clone(s.Keys), slices.Clone(s.Families), slices.Clone(s.Replies)
	s.Addresses, s.Options, s.Fragments, s.Pad = slices.Clone(s.Addresses), slices.Clone(s.Options), ownConditions(s.Fragments), cloned(s.Pad)
	s.Fields = slices.Clone(s.Fields)
	for i := range s.Fields {
		f := &s.Fields[i]
		f.Names, f.Flags, f.When, f.Initial = maps.Clone(f.Names), slices.Clone(f.Flags), ownConditions(f.When), slices.Clone(f.Initial)
		f.Computed, f.Length = cloned(f.Computed), cloned(f.Length)
		if f.Computed != nil {
			f.Computed.Open = ownConditions(f.Computed.Open)
		}
	}
	if a := cloned(s.Matches); a != nil {
		a.Same, a.Swapped, a.Reply = slices.Clone(a.Same), slices.Clone(a.Swapped), maps.Clone(a.Reply)
		for field, reply := range a.Reply {
			a.Reply[field] = maps.Clone(reply)
		}
		s.Matches = a
	}
}

func ownConditions(all []Condition) []Condition {
	all = slices.Clone(all)
	for i := range all {
		for c := &all[i]; ; c = c.Or {
			c.Values = slices.Clone(c.Values)
			if c.Or = cloned(c.Or); c.Or == nil {
				break
			}
		}
	}
	return all
}

func cloned[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// remove takes an earlier declaration of the name away.
func (b *book) remove(name Name) {
	old := b.protocols[name]
	delete(b.protocols, name)
	delete(b.rules, old)
	for _, all := range b.rules {
		for _, rs := range all {
			for v, candidates := range rs.by {
				rs.by[v] = slices.DeleteFunc(candidates, func(r rule) bool { return r.upper == old })
			}
		}
	}
}

// bind adds what carries the protocol and what it carries.
func (s *Spec) bind(b *book, p *Protocol) error {
	for _, bd := range s.Binds {
		low := b.protocols[bd.below]
		if low == nil {
			return fmt.Errorf("there is no protocol %q to stand over", bd.below)
		}
		if len(bd.when) == 0 {
			return fmt.Errorf("want the field of %s that announces it, as {%s, field=value}", bd.below, bd.below)
		}
		for _, v := range bd.when {
			i, err := low.fieldNamed(v.Field)
			if err != nil {
				return err
			}
			if f := &low.spec.Fields[i]; !f.fits(v.Value) {
				return fmt.Errorf("%s.%s: want %s in 0..%d, got %d", low.spec.Name, v.Field, f.Kind, f.max(), v.Value)
			}
		}
		b.bind(p, bd)
		b.order(low)
	}
	return b.carry(p)
}

// carry adds what a protocol carries by its own table. The protocols above are not changed: others may not know this one.
func (b *book) carry(p *Protocol) error {
	for v, name := range p.spec.Carries {
		upper := b.protocols[name]
		if upper == nil {
			return fmt.Errorf("there is no protocol %q to carry", name)
		}
		if len(p.spec.Next) == 0 {
			continue // always the same
		}
		at := bound{other: upper, field: p.index[p.spec.Next[0]], value: v}
		if !p.spec.Fields[at.field].fits(v) {
			return fmt.Errorf("%s: want a number in 0..%d, got %d", p.spec.Next[0], p.spec.Fields[at.field].max(), v)
		}
		p.lifts = append(p.lifts, at)
		b.addRule(p, at, rule{upper: upper})
	}
	return nil
}

// setDefaults reads the defaults that are given as values, as assignments are read.
func (p *Protocol) setDefaults() error {
	given := false
	for i := range p.spec.Fields {
		given = given || p.spec.Fields[i].Value != nil
	}
	if !given {
		return nil
	}
	everything := *p // with all the fields that may be there
	everything.spec.Choose, everything.when, everything.shaping = nil, nil, 0
	everything.spec.Shape = Layout(p.spec.Fields, AllFields(p.spec.Fields))
	for i := range p.spec.Fields {
		f := &p.spec.Fields[i]
		if f.Value == nil {
			continue
		}
		l := newLayer(&everything)
		if err := l.assign(i, f.Value); err != nil {
			return fmt.Errorf("%s.%s: default: %w", p.spec.Name, f.Name, err)
		}
		v := l.value(i)
		f.Default = v.num
		switch {
		case l.varies(i):
			f.Initial = slices.Clone(l.part(i))
		case v.bytes != nil:
			f.Initial = slices.Clone(v.bytes)
		}
	}
	if p.when != nil {
		p.when = newChooser(p.spec.Fields) // its shapes have the defaults
	}
	p.spec.Shape = p.plainShape()
	return nil
}

// identifying are the names that fields have by which a message is recognised in the quote of an error, where the Spec says
// nothing.
var identifying = []string{"sport", "dport", "type", "code", "id", "seq"}

// complete fills in what a declaration may leave out, and says what is wrong with it.
func (s *Spec) complete(b *book) error {
	if len(s.Fields) > 64 {
		return fmt.Errorf("want at most 64 fields, got %d", len(s.Fields))
	}
	unknown := s.Identity == nil
	for i := range s.Fields {
		if err := s.completeField(b, i); err != nil {
			return err
		}
		if name := s.Fields[i].Name; unknown && slices.Contains(identifying, name) {
			s.Identity = append(s.Identity, name)
		}
	}
	return s.sound()
}

// completeField fills in what row i leaves out.
func (s *Spec) completeField(b *book, i int) error {
	f := &s.Fields[i]
	if f.Bits == 0 {
		f.Bits = kinds[min(f.Kind, LastKind)].bits
	}
	if err := s.checkField(i); err != nil {
		return err
	}
	f.Steady = f.Steady || f.Name == "src" || f.Name == "dst" // as the addresses of network headers
	if f.Join == "" && slices.ContainsFunc(f.Flags, func(name string) bool { return len(name) != 1 }) {
		f.Join = "+"
	}
	if f.Computed != nil {
		if err := f.Computed.check(s, f); err != nil {
			return err
		}
	}
	if f.Bits > 0 || f.Part != nil {
		return nil
	}
	if f.Kind == Text {
		s.ending(f)
	}
	if f.Kind == Packets && b.protocols[f.Of] == nil {
		return fmt.Errorf("%s: want the protocol of its elements, got %q", f.Name, f.Of)
	}
	return s.ordered(f)
}

// ending says how a text ends: where a field that is computed from its length says so, or else with a zero byte, also when it is empty.
func (s *Spec) ending(f *Field) {
	measured := func(other Field) bool {
		return other.Computed != nil && other.Computed.What == LengthOf && other.Computed.Of == f.Name
	}
	switch {
	case slices.ContainsFunc(s.Fields, measured):
		f.Part = plainText
	case f.Length == nil && f.Initial == nil:
		f.Initial = []byte{0}
	}
}
