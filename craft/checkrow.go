package craft

import (
	"fmt"
	"maps"
	"slices"
)

// This file says what is wrong with one row of a table.

// checkField says what is wrong with row i.
func (s *Spec) checkField(i int) error {
	f := &s.Fields[i]
	switch {
	case !word().MatchString(f.Name):
		return fmt.Errorf("field %d: want a name of letters, digits and underscores, got %q", i+1, f.Name)
	case slices.Contains(keywords(), f.Name):
		return fmt.Errorf("field %d: %q is a word of Lua's own: choose another name", i+1, f.Name)
	case f.Bits > 0 && f.Bits < 64 && slices.ContainsFunc(slices.Collect(maps.Keys(f.Names)), func(v uint64) bool { return v > f.max() }):
		return fmt.Errorf("%s: names: want numbers in 0..%d", f.Name, f.max())
	case slices.ContainsFunc(s.Fields[:i], func(other Field) bool { return other.Name == f.Name }):
		return fmt.Errorf("%s: there are two fields of that name", f.Name)
	case f.Kind > LastKind || f.Kind == Options && len(s.Options) == 0:
		return fmt.Errorf("%s: want a table of its options beside the fields", f.Name)
	}
	if err := f.checkItem(); err != nil {
		return err
	}
	return f.checkWidth()
}

// checkWidth says what is wrong with the width of a row.
func (f *Field) checkWidth() error {
	switch kind := &kinds[f.Kind]; {
	case f.Bits == 0 && f.Part == nil && f.View == nil && (kind.bits > 0 || kind.counts):
		return fmt.Errorf("%s: want its width in bits", f.Name)
	case f.Fraction < 0 || f.Fraction > f.Bits:
		return fmt.Errorf("%s: want a fraction of 0..%d bits, got %d", f.Name, f.Bits, f.Fraction)
	case f.Bits < 0 || f.Bits > 1<<16 || f.Bits > 64 && !kind.wide:
		return fmt.Errorf("%s: want at most 64 bits for a %s, got %d", f.Name, f.Kind, f.Bits)
	case kind.wide && f.Bits%8 != 0:
		return fmt.Errorf("%s: want whole bytes, got %d bits", f.Name, f.Bits)
	case kind.exact && f.Bits != kind.bits:
		return fmt.Errorf("%s: want %d bits for an %s, got %d", f.Name, kind.bits, f.Kind, f.Bits)
	case f.LittleEndian && f.Bits%8 != 0:
		return fmt.Errorf("%s: want whole bytes for a field with the least significant byte first, got %d bits", f.Name, f.Bits)
	case f.Kind == Flags && len(f.Flags) > f.Bits:
		return fmt.Errorf("%s: want at most %d flags, got %d", f.Name, f.Bits, len(f.Flags))
	}
	return nil
}

// checkItem says what is wrong with the elements of a list of values.
func (f *Field) checkItem() error {
	if f.Kind != Values {
		return nil
	}
	switch of := &kinds[min(f.Item.Kind, LastKind)]; {
	case f.Item.Kind != Number && !of.exact:
		return fmt.Errorf("%s: want a list of numbers or addresses, got a list of %s", f.Name, of.name)
	case f.Item.Bytes < 0 || f.Item.Bytes > 8 && !of.exact:
		return fmt.Errorf("%s: want elements of 8, 16, ... 64 bits, got %d", f.Name, 8*f.Item.Bytes)
	case of.exact && f.Item.Bytes != 0 && 8*f.Item.Bytes != of.bits:
		return fmt.Errorf("%s: want elements of %d bits for an %s, got %d", f.Name, of.bits, of.name, 8*f.Item.Bytes)
	}
	return nil
}

// ordered checks that the field with another one's length stands before it.
func (s *Spec) ordered(f *Field) error {
	if f.Length == nil {
		return nil
	}
	if f.Length.Unit < 0 {
		return fmt.Errorf("%s: length: want a unit of at least 1, got %d", f.Name, f.Length.Unit)
	}
	if f.Length.Count && f.Kind != Values && f.Kind != Packets {
		return fmt.Errorf("%s: length: want a list for a count of elements, got %s: leave count away for bytes", f.Name, f.Kind)
	}
	for i := range s.Fields {
		switch s.Fields[i].Name {
		case f.Length.Field:
			return nil
		case f.Name:
			return fmt.Errorf("%s: length: want a field before it, got %q", f.Name, f.Length.Field)
		}
	}
	return nil
}

// check holds that a computation can be made.
func (c *Computation) check(s *Spec, f *Field) error {
	if c.What == Asked || c.What == ByLayout || c.What == ByBytes {
		return nil
	}
	if f.Bits == 0 || f.Bits > 64 {
		return fmt.Errorf("%s: computed: want a number of fixed width", f.Name)
	}
	if f.Default != 0 || f.Value != nil {
		return fmt.Errorf("%s: computed: want no default beside it: nothing would take it", f.Name)
	}
	if c.Unit < 0 || c.Times < 0 {
		return fmt.Errorf("%s: computed: want unit and times of at least 1, got %d and %d", f.Name, c.Unit, c.Times)
	}
	switch c.What {
	case LengthOf, CountOf:
		for _, of := range s.Fields {
			if of.Name == c.Of && (c.What == LengthOf || of.Kind == Values || of.Kind == Packets) {
				return nil
			}
		}
		what := map[What]string{LengthOf: "length", CountOf: "count"}[c.What]
		return fmt.Errorf("%s: computed: want a field of variable length to take the %s of, got %q", f.Name, what, c.Of)
	case HeaderSum, MessageSum, SegmentSum:
		if f.Bits != 16 {
			return fmt.Errorf("%s: computed: want 16 bits for a checksum, got %d", f.Name, f.Bits)
		}
	}
	return nil
}
