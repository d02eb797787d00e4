package craft

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"
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
	case v.kind == IPv4:
		return values.IPv4Of(v.num)
	case v.kind == IPv6Address:
		return netip.AddrFrom16([16]byte(v.bytes))
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

// Decoded is the value of a field of variable length as Set takes it: a string, an address, a list of values or of layers,
// a Verbatim for what cannot be read. Nil for other fields. The caller must not change it.
func (v Value) Decoded() any { return v.list }

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

// longBytes is the width in bits from which on a byte string is shown without the zero bytes that fill it up.
const longBytes = 128

// String writes the value as Show does.
func (v Value) String() string {
	if v.none {
		return "None"
	}
	switch v.kind {
	case Enum:
		if name, ok := v.names()[v.num]; ok {
			return name
		}
	case Flags:
		return v.field.flagText(v.num)
	case IPv4, IPv6Address:
		return v.Addr().String()
	case Hardware:
		return values.MACOf(v.num).String()
	case Bytes:
		if v.field != nil && v.field.Bits >= longBytes {
			return values.Quote(bytes.TrimRight(v.bytes, "\x00"))
		}
		return values.Quote(v.bytes)
	case Text, Values, Packets:
		if names := v.names(); names != nil && v.list != nil {
			return values.Literal(named(v.List(), names))
		}
		return values.Literal(v.list)
	case Options:
		return v.layer.proto.optionsText(v.Options())
	case Fixed:
		return v.field.fixedText(v.num)
	case Number, Port:
	}
	if v.field != nil && v.field.Hex {
		return "0x" + strconv.FormatUint(v.num, 16)
	}
	return strconv.FormatUint(v.num, 10)
}

// named is a list of numbers with their names in their places.
func named(list []any, names map[uint64]string) []any {
	list = slices.Clone(list)
	for i, v := range list {
		if n, ok := v.(uint64); ok && names[n] != "" {
			list[i] = names[n]
		}
	}
	return list
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
