package craft

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// This file says what is wrong with a table as a whole.

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
