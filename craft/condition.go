package craft

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Condition holds when the value of a field, after Mask, is one of Values.
type Condition struct {
	// Field is looked at: one before the field that is there or not. A field that is not there is 0.
	Field string
	// Mask is and-ed to the value first; 0 is all bits.
	Mask uint64
	// Values are those that make it hold; none: any but zero.
	Values []uint64
	// Not turns it round.
	Not bool
	// Or is another one that is enough; nil for none.
	Or *Condition
}

// Given is the condition that a field is not 0.
func Given(field string) []Condition { return []Condition{{Field: field}} }

// GivenAny is the condition that a field has one of these values.
func GivenAny(field string, values ...uint64) []Condition {
	return []Condition{{Field: field, Values: values}}
}

// GivenBits is the condition that one of these bits of a field is on.
func GivenBits(field string, mask uint64) []Condition { return []Condition{{Field: field, Mask: mask}} }

// Unless is the condition that a field has none of these values; without any, that it is 0.
func Unless(field string, values ...uint64) []Condition {
	return []Condition{{Field: field, Values: values, Not: true}}
}

// met reports whether the condition holds for a value.
func (c *Condition) met(v uint64) bool {
	if c.Mask != 0 {
		v &= c.Mask
	}
	if len(c.Values) == 0 {
		return (v != 0) != c.Not
	}
	return slices.Contains(c.Values, v) != c.Not
}

// holds reports whether the condition holds for a layer.
func (c *Condition) holds(l *Layer) bool {
	for ; c != nil; c = c.Or {
		if c.met(l.Uint(c.Field)) {
			return true
		}
	}
	return false
}

// A chooser finds the shape of a protocol by the conditions of its fields. It is safe for concurrent use.
type chooser struct {
	fields []Field
	when   [][]check
	byMask sync.Map // from the fields that are there to *Shape
	kept   atomic.Int32
}

// maxShapes is how many shapes of a protocol are kept: a table with a flag for each of 40 fields has more than any memory holds, and
// packets from outside choose among them.
const maxShapes = 1 << 12

// A check is a condition with the number of its field.
type check struct {
	*Condition
	field int
	or    *check
}

// newChooser compiles the conditions; nil when all fields are always there.
func newChooser(fields []Field) *chooser {
	some := false
	for i := range fields {
		some = some || len(fields[i].When) > 0
	}
	if !some {
		return nil
	}
	c := &chooser{fields: fields, when: make([][]check, len(fields))}
	for i := range fields {
		for k := range fields[i].When {
			c.when[i] = append(c.when[i], *compileCheck(fields, &fields[i].When[k]))
		}
	}
	return c
}

func compileCheck(fields []Field, on *Condition) *check {
	one := &check{Condition: on, field: fieldIndex(fields, on.Field)}
	if on.Or != nil {
		one.or = compileCheck(fields, on.Or)
	}
	return one
}

// keys are the fields that conditions look at: they are set before the others.
func (c *chooser) keys() (keys []string) {
	for _, checks := range c.when {
		for i := range checks {
			for one := &checks[i]; one != nil; one = one.or {
				if !slices.Contains(keys, one.Field) {
					keys = append(keys, one.Field)
				}
			}
		}
	}
	return keys
}

// choose is the shape of a header that is read, or of layer l, which is made, when hdr is nil. The fields are laid out one after
// the other, so that a condition may look at one that is itself not always there.
func (c *chooser) choose(l *Layer, hdr []byte) *Shape {
	present, bit := uint64(0), 0
	var at [64]int32 // where fields begin, in bits
	value := func(i int) uint64 {
		switch {
		case present>>i&1 == 0:
			return 0
		case hdr != nil:
			return bitsAt(hdr, int(at[i]), &c.fields[i])
		case l.shape.mask>>i&1 == 0:
			return c.fields[i].Default
		}
		return l.shape.slots[i].uint(l.hdr)
	}
	for i := range c.fields {
		if !c.here(i, value) {
			continue
		}
		present |= 1 << i
		at[i] = int32(bit)
		if f := &c.fields[i]; f.View == nil {
			bit += f.Bits
		}
	}
	return c.shape(present)
}

// here reports whether the conditions of field i hold, for the values of the fields before it.
func (c *chooser) here(i int, value func(i int) uint64) bool {
	for k := range c.when[i] {
		ok := false
		for one := &c.when[i][k]; one != nil && !ok; one = one.or {
			ok = one.met(value(one.field))
		}
		if !ok {
			return false
		}
	}
	return true
}

// bitsAt is the value of a field that begins so many bits into a header; 0 when it is not all here.
func bitsAt(hdr []byte, at int, f *Field) uint64 {
	s := slotAt(at, f.Bits)
	s.little = f.LittleEndian
	if s.off+s.bytes > len(hdr) {
		return 0
	}
	return s.uint(hdr)
}

// shape is the shape with these fields, compiled when it is met first, and each time where there are too many to keep.
func (c *chooser) shape(present uint64) *Shape {
	if s, ok := c.byMask.Load(present); ok {
		if s, ok := s.(*Shape); ok {
			return s
		}
	}
	var specs []ShapeField
	for i := range c.fields {
		if present>>i&1 == 1 {
			specs = append(specs, ShapeField{Name: c.fields[i].Name})
		}
	}
	if c.kept.Load() >= maxShapes {
		return Layout(c.fields, specs)
	}
	s, loaded := c.byMask.LoadOrStore(present, Layout(c.fields, specs))
	if !loaded {
		c.kept.Add(1)
	}
	kept, _ := s.(*Shape)
	return kept
}
