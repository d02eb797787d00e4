package craft

import (
	"fmt"
	"maps"
	"slices"

	"github.com/moonwire/moonwire/craft/internal/iana"
)

// This file completes the rows of protocols that are declared at run time, and says what is wrong with them.

// widths are the widths in bits of the kinds that have one.
func (k Kind) width() int {
	switch k {
	case IPv4:
		return 32
	case IPv6Address:
		return 128
	case Hardware:
		return 48
	case Port:
		return 16
	case Number, Enum, Flags:
		return 8
	}
	return 0
}

// completeField fills in what row i leaves out.
func (s *Spec) completeField(b *book, i int) error {
	f := &s.Fields[i]
	if f.Bits == 0 {
		f.Bits = f.Kind.width()
	}
	if err := s.checkField(i); err != nil {
		return err
	}
	f.Steady = f.Steady || f.Name == "src" || f.Name == "dst" // as the addresses of network headers
	if f.Kind == Port {
		f.Names = iana.Services()
	}
	if slices.ContainsFunc(f.Flags, func(name string) bool { return len(name) != 1 }) {
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
	if err := f.checkElements(b); err != nil {
		return err
	}
	return s.ordered(f)
}

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
	case f.Kind == Options && f.Part == nil && len(s.Options) == 0:
		return fmt.Errorf("%s: want another kind: a list of options is a list of layers here", f.Name)
	}
	return f.checkWidth()
}

// checkWidth says what is wrong with the width of a row.
func (f *Field) checkWidth() error {
	switch {
	case f.Bits < 0 || f.Bits > 1<<16 || f.Bits > 64 && f.Kind != Bytes && f.Kind != IPv6Address:
		return fmt.Errorf("%s: want at most 64 bits for a %s, got %d", f.Name, f.Kind, f.Bits)
	case f.Kind == Bytes && f.Bits%8 != 0:
		return fmt.Errorf("%s: want whole bytes, got %d bits", f.Name, f.Bits)
	case slices.Contains([]Kind{IPv4, IPv6Address, Hardware}, f.Kind) && f.Bits != f.Kind.width():
		return fmt.Errorf("%s: want %d bits for an %s, got %d", f.Name, f.Kind.width(), f.Kind, f.Bits)
	case f.LittleEndian && f.Bits%8 != 0:
		return fmt.Errorf("%s: want whole bytes for a field with the least significant byte first, got %d bits", f.Name, f.Bits)
	case f.Kind == Flags && len(f.Flags) > f.Bits:
		return fmt.Errorf("%s: want at most %d flags, got %d", f.Name, f.Bits, len(f.Flags))
	}
	return nil
}

// checkElements says what is wrong with the elements of a list.
func (f *Field) checkElements(b *book) error {
	switch {
	case f.Kind == Packets && b.protocols[f.Of] == nil:
		return fmt.Errorf("%s: want the protocol of its elements, got %q", f.Name, f.Of)
	case f.Kind != Values:
	case !slices.Contains([]Kind{Number, IPv4, IPv6Address, Hardware}, f.Item.Kind):
		return fmt.Errorf("%s: want a list of numbers or addresses, got a list of %s", f.Name, f.Item.Kind)
	case f.Item.Bytes < 0 || f.Item.Bytes > 8 && f.Item.Kind == Number:
		return fmt.Errorf("%s: want elements of 8, 16, ... 64 bits, got %d", f.Name, 8*f.Item.Bytes)
	}
	return nil
}

// part is how a row of variable length without a Part is read and written; nil is as bytes.
func (f *Field) part() *Part {
	switch f.Kind {
	case Text:
		if f.Length == nil {
			return zeroTerminated
		}
		return plainText
	case Values:
		one := f.Item
		if one.Bytes == 0 {
			one.Bytes = max(one.Kind.width()/8, 1)
		}
		return ItemList(one)
	case Packets:
		return LayersOf(f.Of)
	}
	return nil
}

// ordered checks that the field with another one's length stands before it.
func (s *Spec) ordered(f *Field) error {
	if f.Length == nil {
		return nil
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
