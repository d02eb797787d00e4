package craft

import (
	"maps"
	"slices"
)

// A Definition declares a protocol at run time, with the table that built-in ones have. It then builds, dissects, stands
// for sets, matches and is listed like a built-in one, in the Table it was given to.
type Definition struct {
	// Name is the protocol's name, a word as Lua and Go write them; no built-in protocol may have it.
	Name Name
	// Doc is one line: what the protocol is and who says so.
	Doc string
	// Fields is the table, in wire order; at most 64.
	Fields []FieldDefinition
	// Over are the protocols that carry it.
	Over []Carrier
	// Next is the field that says what it carries; "" when nothing does.
	Next string
	// Carries are the protocols it carries by the value of Next. With no Next, the value 0 is what it always carries.
	Carries map[uint64]Name
	// Answers says which message answers which; nil leaves it to the payloads.
	Answers *AnswerRule
	// Summary is the layer's part of a one-line summary, in the language of Packet.Sprintf; "" is its name.
	Summary string
}

// A FieldDefinition is one row of a Definition's table.
type FieldDefinition struct {
	// Name is the field's name.
	Name string
	// Kind says how its bits are read.
	Kind Kind
	// Bits is its width. 0 is the width that the kind has (IPv4: 32, IPv6Address: 128, Hardware: 48, Port: 16), or a variable
	// length for Bytes, Text (a string that ends in a zero byte), Values and Packets.
	Bits int
	// Doc is one line for listings.
	Doc string
	// Default is the value when none is set, as Layer.Set takes it; nil is zero or nothing.
	Default any
	// Names are the names of an Enum's values.
	Names map[uint64]string
	// Flags are the names of a Flags field's bits, lowest first.
	Flags []string
	// Hex shows a number in hex.
	Hex bool
	// LittleEndian has the least significant byte first; such a field has whole bytes.
	LittleEndian bool
	// Computed fills the field at build when it is not set; nil for none.
	Computed *Computation
	// Length is how many bytes a field of variable length has; nil is up to the end.
	Length *Measure
	// Of is the kind of a Values field's elements: Number (with Width), IPv4, IPv6Address or Hardware.
	Of Kind
	// Width is the width of an element in bits, for numbers; 0 is 8.
	Width int
	// OfProtocol is the protocol of a Packets field's elements.
	OfProtocol Name
	// When says when the field is there at all, by fields before it and before the first of variable length; all
	// conditions must hold. None: always.
	When []Condition
}

// A Computation fills a field at build: (what it measures, or sums up) / Unit + Plus.
type Computation struct {
	// What is "total" (header and payload in bytes), "header", "payload", "length" (of the field Of), "count" (of the
	// elements of the field Of) or "checksum" (the Internet checksum of header and payload, RFC 1071).
	What string
	// Of is the field that "length" and "count" measure.
	Of string
	// Unit is what is counted in: 4 for a length in words. 0 is 1; a part of a unit counts as one.
	Unit int
	// Plus is added after dividing.
	Plus int
}

// A Measure is a length that another field gives: value * Unit + Plus bytes, or that many elements when Count is set.
type Measure struct {
	// Field is that field.
	Field string
	// Unit is how many bytes one stands for; 0 is 1.
	Unit int
	// Plus is added; negative when the field counts more than this one's bytes.
	Plus int
	// Count makes the value a number of elements; Unit and Plus are not used then.
	Count bool
}

// A Condition holds when the value of a field, after Mask, is one of Values.
type Condition struct {
	// Field is looked at.
	Field string
	// Mask is and-ed to the value first; 0 is all bits.
	Mask uint64
	// Values are those that make it hold; none: any but zero.
	Values []uint64
}

// A Carrier is a protocol below, and the values of its fields that announce this one.
type Carrier struct {
	// Below is the carrying protocol.
	Below Name
	// Fields and their values; all must hold to recognise the payload, and stacking sets them all.
	Fields map[string]uint64
	// ReadOnly recognises the payload without setting anything when stacked, as a second port does.
	ReadOnly bool
}

// An AnswerRule says which message answers which. All parts must hold.
type AnswerRule struct {
	// Same are fields with equal values in both.
	Same []string
	// Swapped are pairs of fields that change places.
	Swapped [][2]string
	// Reply gives, for a field, the reply's value to each value of the question.
	Reply map[string]map[uint64]uint64
}

// clone is an independent copy: later changes to the parts of the first one do not reach the protocol.
func (d Definition) clone() Definition {
	d.Over, d.Carries = slices.Clone(d.Over), maps.Clone(d.Carries)
	for i := range d.Over {
		d.Over[i].Fields = maps.Clone(d.Over[i].Fields)
	}
	d.Fields = slices.Clone(d.Fields)
	for i := range d.Fields {
		f := &d.Fields[i]
		f.Names, f.Flags, f.When = maps.Clone(f.Names), slices.Clone(f.Flags), slices.Clone(f.When)
		f.Computed, f.Length = cloned(f.Computed), cloned(f.Length)
		for k := range f.When {
			f.When[k].Values = slices.Clone(f.When[k].Values)
		}
	}
	if a := cloned(d.Answers); a != nil {
		a.Same, a.Swapped, a.Reply = slices.Clone(a.Same), slices.Clone(a.Swapped), maps.Clone(a.Reply)
		for field, reply := range a.Reply {
			a.Reply[field] = maps.Clone(reply)
		}
		d.Answers = a
	}
	return d
}

func cloned[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
