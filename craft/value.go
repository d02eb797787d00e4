package craft

import (
	"math"
	"net/netip"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// A Value is the content of one field. The zero Value is the number 0 of no field.
type Value struct {
	kind  Kind
	num   uint64
	bytes []byte
	list  any // what a part of variable length decodes to: string, []any or []*Packet
	none  bool
	field *Field
	layer *Layer
}

// Kind says what the value is.
func (v Value) Kind() Kind { return v.kind }

// IsNone reports that the field is computed at build and it is not set.
func (v Value) IsNone() bool { return v.none }

// Uint is the value as a number; addresses of up to 64 bits are numbers too. Of a fixed-point number it is all the bits:
// see Float.
func (v Value) Uint() uint64 { return v.num }

// Bytes is the value of a byte string or a list of options as it goes on the wire. The caller must not change it.
func (v Value) Bytes() []byte {
	if v.kind == Packets && v.bytes == nil && v.layer != nil { // read while changes to the packets were to be written
		return v.layer.part(v.layer.proto.index[v.field.Name])
	}
	return v.bytes
}

// Addr is the value of an address field; the zero Addr for other kinds and for a field without a value.
func (v Value) Addr() netip.Addr {
	switch {
	case v.none:
	case kinds[v.kind].addr == nil:
	case kinds[v.kind].wide:
		return netip.AddrFrom16([16]byte(v.bytes))
	default:
		return values.IPv4Of(v.num)
	}
	a, _ := v.list.(netip.Addr)
	return a
}

// List is the value of a list of values: uint64, netip.Addr, MAC, string, []byte, []any of these, and a Verbatim for what
// cannot be read. Nil for other kinds. The caller must not change it.
func (v Value) List() []any {
	list, _ := v.list.([]any)
	return list
}

// Decoded is the value as Set takes it: a number, an address, a string, a byte string, options, a list of values or of
// layers, a Verbatim for what cannot be read. Nil for a field that is not set. The caller must not change it.
func (v Value) Decoded() any {
	if v.none {
		return nil
	}
	return kinds[v.kind].decoded(v)
}

// Packets is the value of a list of layers. A change to one of them changes the field. Nil for other kinds.
func (v Value) Packets() []*Packet {
	list, _ := v.list.([]*Packet)
	return list
}

// Text is the value of a text field, and the name or number of others.
func (v Value) Text() string {
	if s, ok := v.list.(string); ok {
		return s
	}
	return v.String()
}

// Options is the value of a list of options, each as it is read from the wire.
func (v Value) Options() []Option { return parseOptions(v.bytes) }

// Single is the one layer of a field that is made to hold one; nil for other fields, and when it holds another number.
func (v Value) Single() *Packet {
	if p := v.Packets(); v.field != nil && v.field.Single && len(p) == 1 {
		return p[0]
	}
	return nil
}

// String writes the value as Show does.
func (v Value) String() string {
	if v.none {
		return "None"
	}
	return kinds[v.kind].show(v)
}

// Name is the value's name ("echo-request"), or its number where it has none; those of a list are written as a list.
func (v Value) Name() string {
	if v.list != nil && v.kind == Values {
		return v.String()
	}
	if name, ok := v.names()[v.num]; ok {
		return name
	}
	return v.String()
}

// Float is the value of a fixed-point number in units, as near as a float64 comes to it; exact says whether nothing
// was lost. Other numbers are their own value.
func (v Value) Float() (units float64, exact bool) {
	units = float64(v.num)
	exact = v.num <= 1<<53 || uint64(units) == v.num && units < 1<<63
	if v.field != nil {
		units = math.Ldexp(units, -v.field.Fraction)
	}
	return units, exact
}

// names are the names this value is looked up in.
func (v Value) names() map[uint64]string {
	switch {
	case v.field == nil:
		return nil
	case v.field.NamesBy != nil:
		return v.field.NamesBy(v.layer.hdr)
	}
	return v.field.Names
}

// A Record is a value with parts that have names, as some that gopacket decodes.
type Record []RecordField

// A RecordField is one part of a Record.
type RecordField struct {
	// Name is the part's name.
	Name string
	// Value is what it holds: uint64, int64, float64, string, []byte, []any or a Record; nil for nothing.
	Value any
}

// Command is the record as a table of Lua.
func (r Record) Command() string {
	parts := make([]string, len(r))
	for i, f := range r {
		parts[i] = f.Name + "=" + values.Literal(f.Value)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
