package craft

import (
	"fmt"
	"net/netip"

	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/values"
)

// A Kind says what the bits of a field mean, and so how values are read and shown.
type Kind uint8

// Kinds of fields. A new one is a constant here, a row of kinds, and a row of the table in package lua/declare.
const (
	// Number is an unsigned integer.
	Number Kind = iota
	// Enum is an unsigned integer whose values have names; both are accepted.
	Enum
	// Port is a TCP or UDP port: service names are accepted, numbers are shown.
	Port
	// Flags is a set of one-bit flags written with letters.
	Flags
	// IPv4 is an IPv4 address.
	IPv4
	// IPv6Address is an IPv6 address.
	IPv6Address
	// Hardware is a 48-bit MAC address.
	Hardware
	// Bytes is a byte string.
	Bytes
	// Options is a list of kind-length-value options.
	Options
	// Text is a string that the wire spells in another way: a domain name, an object identifier, a string that ends in a
	// zero byte.
	Text
	// Values is a list of values: numbers, addresses, byte strings, or lists of them.
	Values
	// Packets is a list of packets that stand inside the field, as the records of a DNS message do.
	Packets
	// Fixed is a fixed-point number: NTP's times, in seconds and fractions.
	Fixed

	// LastKind is the last of them.
	LastKind = iota - 1
)

// kinds is all that the engine knows of each Kind.
var kinds = [LastKind + 1]kind{
	Number:      {name: "number", bits: 8, numeric: true, counts: true, kindRules: numbers{}},
	Enum:        {name: "number or name", bits: 8, numeric: true, counts: true, named: true, kindRules: enums{}},
	Port:        {name: "port", bits: 16, numeric: true, counts: true, named: true, names: iana.Services, kindRules: numbers{}},
	Flags:       {name: "flags", bits: 8, numeric: true, counts: true, kindRules: flagSets{}},
	IPv4:        {name: "IPv4 address", bits: 32, exact: true, numeric: true, addr: netip.Addr.Is4, kindRules: addresses{}},
	IPv6Address: {name: "IPv6 address", bits: 128, exact: true, wide: true, addr: netip.Addr.Is6, kindRules: addresses{}},
	Hardware:    {name: "MAC address", bits: 48, exact: true, numeric: true, kindRules: macs{}},
	Bytes:       {name: "bytes", wide: true, kindRules: byteStrings{}},
	Options:     {name: "list of options", kindRules: optionLists{}},
	Text:        {name: "text", kindRules: texts{}},
	Values:      {name: "list of values", kindRules: lists{}},
	Packets:     {name: "list of layers", kindRules: packetLists{}},
	Fixed:       {name: "fixed-point number", counts: true, kindRules: fixedPoints{}},
}

// A kind is the facts and the rules of a Kind.
type kind struct {
	name string // as errors say it
	bits int    // the width of a field given to Define without one; 0 is a variable length

	exact   bool // there is no other width
	numeric bool // its bits are the number that sets it, and there are at most 64
	counts  bool // it is a number to people too: errors say its range
	wide    bool // its value is the field's bytes, whatever their number
	named   bool // its values may have names, which JSON gives beside them

	addr  func(netip.Addr) bool    // whether an address is of this family; nil for kinds that are no addresses of IP
	names func() map[uint64]string // the names of the values of a field that has none; nil for none of the kind's own
	kindRules
}

// kindRules are what a kind does. Those that embed plain must only say how they are read, shown and drawn.
type kindRules interface {
	// text sets field i to what a text says.
	text(l *Layer, i int, text string) error
	// take sets field i to a value that is neither text nor a list nor, for a kind that is numeric, a number.
	take(l *Layer, i int, value any) error
	// decoded is a value in the form that sets it.
	decoded(v Value) any
	// show writes a value as Show does, json as JSON, and literal as Lua reads it back into field i.
	show(v Value) string
	json(b []byte, v Value) []byte
	literal(l *Layer, i int, v Value) string
	// draw is a generator of anything that field i can hold; nil when that is for the user to say.
	draw(l *Layer, i int, seed uint64) values.Generator
	// part is how a field of variable length without a Part is read and written; nil is as its bytes.
	part(f *Field) *Part
	// encode writes an element of a list; nil when it is none.
	encode(t Item, v any) []byte
}

// String names the kind as errors do: "number", "IPv4 address".
func (k Kind) String() string { return kinds[k].name }

// plain is what most kinds do.
type plain struct{}

func (plain) take(l *Layer, i int, value any) error {
	if l.varies(i) {
		return l.assignPart(i, value)
	}
	return l.wants(i, value)
}

func (plain) json(b []byte, v Value) []byte           { return appendJSON(b, v.Decoded()) }
func (plain) literal(_ *Layer, _ int, v Value) string { return values.Literal(v.Decoded()) }
func (plain) part(*Field) *Part                       { return nil }
func (plain) encode(Item, any) []byte                 { return nil }

// wants says what field i takes.
func (l *Layer) wants(i int, got any) error {
	switch v := got.(type) {
	case string:
		got = quoted(v)
	case []byte:
		got = values.Quote(v)
	case []Option:
		got = "a list of options"
	}
	k, f := &kinds[l.kind(i)], &l.proto.spec.Fields[i]
	if k.counts {
		return fmt.Errorf("want %s in 0..%d, got %v", k.name, l.most(i)>>f.Fraction, got)
	}
	return fmt.Errorf("want %s, got %v", k.name, got)
}
