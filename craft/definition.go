package craft

import (
	"errors"
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

// Check says what is wrong with the protocol's table: a row that names a field which is not there, bits that fill no whole byte. Define
// refuses such a table; Install does not look, so that programs start fast: the tests of a protocol do.
func (p *Protocol) Check() error {
	s := &p.spec
	for i := range s.Fields {
		f := &s.Fields[i]
		err := s.checkField(i)
		switch {
		case err != nil:
		case f.Of != "" && Lookup(f.Of) == nil:
			err = fmt.Errorf("%s: want the protocol of its elements, got %q", f.Name, f.Of)
		case f.Computed != nil:
			err = f.Computed.check(s, f)
		default:
			err = s.ordered(f)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	if err := s.sound(); err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return nil
}

// sound says what is wrong with a table whose rows are right each by itself.
func (s *Spec) sound() error {
	for _, check := range []func() error{s.announcing, s.wholeBytes, s.conditions, s.matching, s.naming, s.filling, s.opting} {
		if err := check(); err != nil {
			return err
		}
	}
	if s.Brief != "" {
		if _, err := (&Packet{}).Sprintf(s.Brief); err != nil {
			return fmt.Errorf("summary: %w", err)
		}
	}
	return nil
}

// announcing holds that what it carries can be told.
func (s *Spec) announcing() error {
	for _, next := range s.Next {
		i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == next })
		if i < 0 || !s.Fields[i].announces() {
			return fmt.Errorf("next: want one of its fields that is a number of fixed width, got %q", next)
		}
	}
	if _, always := s.Carries[0]; len(s.Next) == 0 && len(s.Carries) > 0 && (!always || len(s.Carries) > 1) {
		return errors.New("carries: want next, the field that tells which of them it is")
	}
	return nil
}

// announces reports whether the field is a number that can tell what a layer carries.
func (f *Field) announces() bool {
	k := &kinds[f.Kind]
	return (f.Bits > 0 || f.Part != nil) && f.Bits <= 64 && k.numeric && k.counts
}

// wholeBytes holds that every run of bit fields ends on a byte.
func (s *Spec) wholeBytes() error {
	bits := 0
	for i := range s.Fields {
		f := &s.Fields[i]
		n := f.Bits
		if bits%8 != 0 && (n == 0 || n > 64 || kinds[f.Kind].wide || len(f.When) > 0) {
			return fmt.Errorf("%s: want it to begin on a whole byte, %d bits of one stand before it", f.Name, bits%8)
		}
		if n%8 != 0 && len(f.When) > 0 {
			return fmt.Errorf("%s: want whole bytes for a field that is not always there, got %d bits", f.Name, n)
		}
		bits += n
	}
	if bits%8 != 0 {
		return fmt.Errorf("want fields of whole bytes together, got %d bits", bits)
	}
	return nil
}

// conditions holds that what conditions look at stands where it can be found.
func (s *Spec) conditions() error {
	moving := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Bits == 0 })
	if moving < 0 {
		moving = len(s.Fields)
	}
	for i, f := range s.Fields {
		for k := range f.When {
			for c := &f.When[k]; c != nil; c = c.Or {
				at := slices.IndexFunc(s.Fields[:min(i, moving)], func(f Field) bool { return f.Name == c.Field })
				if at < 0 || s.Fields[at].Bits > 64 {
					return fmt.Errorf("%s: when: want a field before it, and before all that have a variable length, got %q", f.Name, c.Field)
				}
				if most := s.Fields[at].max(); c.Mask > most || slices.ContainsFunc(c.Values, func(v uint64) bool { return v > most }) {
					return fmt.Errorf("%s: when: want values and masks of %s in 0..%d", f.Name, c.Field, most)
				}
			}
		}
	}
	return nil
}

// matching holds that the fields by which messages answer each other are there.
func (s *Spec) matching() error {
	r := s.Matches
	if r == nil {
		return nil
	}
	names := slices.Concat(r.Same, slices.Collect(maps.Keys(r.Reply)))
	for _, pair := range r.Swapped {
		names = append(names, pair[:]...)
	}
	for _, name := range names {
		if !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Name == name }) {
			return fmt.Errorf("answers: there is no field %q", name)
		}
	}
	if len(names) == 0 {
		return errors.New("answers: want same, swapped or reply")
	}
	return nil
}

// naming holds that the fields which the table names beside its rows are there.
func (s *Spec) naming() error {
	for _, one := range []struct {
		what  string
		names []string
	}{{"keys", s.Keys}, {"identity", s.Identity}, {"addresses", s.announced()}, {"fragments", s.fragmenting()}} {
		for _, name := range one.names {
			if name != LayerBelow && !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Name == name }) {
				return fmt.Errorf("%s: there is no field %q", one.what, name)
			}
		}
	}
	return nil
}

// announced are the fields of Addresses.
func (s *Spec) announced() (names []string) {
	for _, a := range s.Addresses {
		names = append(names, a.Field, a.By)
	}
	return names
}

// fragmenting are the fields of Fragments.
func (s *Spec) fragmenting() (names []string) {
	for i := range s.Fragments {
		for c := &s.Fragments[i]; c != nil; c = c.Or {
			names = append(names, c.Field)
		}
	}
	return names
}

// filling holds that the header can be filled up.
func (s *Spec) filling() error {
	if s.Pad != nil && (s.Pad.To < 1 || s.Pad.To&(s.Pad.To-1) != 0) {
		return fmt.Errorf("pad: want a multiple of 1, 2, 4, 8, ... bytes, got %d", s.Pad.To)
	}
	counts := func(f Field) bool { return f.Computed != nil && f.Computed.length() }
	if s.Pad != nil && s.Pad.Counted && !slices.ContainsFunc(s.Fields, counts) {
		return errors.New("pad: want a field that is computed from a length, which counts it")
	}
	return nil
}

// opting holds that options can be found: they are the last field and the only one of variable length, and a field has the length of
// the header.
func (s *Spec) opting() error {
	at := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Kind == Options })
	switch {
	case at < 0:
	case at != len(s.Fields)-1:
		return fmt.Errorf("%s: want options at the end of the header", s.Fields[at].Name)
	case slices.ContainsFunc(s.Fields[:at], func(f Field) bool { return f.Bits == 0 }):
		return fmt.Errorf("%s: want no other field of variable length beside options", s.Fields[at].Name)
	case !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Computed != nil && f.Computed.What == HeaderLength }):
		return fmt.Errorf("%s: want a field that is computed from the header's length: it says where options end", s.Fields[at].Name)
	}
	return nil
}
