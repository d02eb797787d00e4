package craft

import (
	"fmt"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// A Kind says what the bits of a field mean, and so how values are read and shown.
type Kind uint8

// Kinds of fields.
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
)

// String names the kind as errors do: "number", "IPv4 address".
func (k Kind) String() string {
	return [...]string{"number", "number or name", "port", "flags", "IPv4 address", "IPv6 address", "MAC address", "bytes", "list of options",
		"text", "list of values", "list of layers", "fixed-point number"}[k]
}

// A Field is one row of a protocol's table. The zero value of every part but Name stands for "none".
type Field struct {
	// Name is the field's name, scapy's where scapy has one.
	Name string
	// Kind says how its bits are read.
	Kind Kind
	// Bits is its width; 0 for a part of variable length.
	Bits int
	// Doc is one line for listings.
	Doc string

	// Default is the value of a field of up to 64 bits that is not set.
	Default uint64
	// Initial is the default of a wider field or of a part of variable length, as it goes on the wire.
	Initial []byte
	// Value is the default as Layer.Set takes it, in place of Default and Initial; nil is those.
	Value any
	// Computed says what building puts into the field when it is not set; nil is the default.
	Computed *Computation
	// When says when the field is there at all, by fields before it and before the first of variable length; all conditions
	// must hold. None: always.
	When []Condition
	// Item is the form of the elements of a list of values, where there is no Part.
	Item Item
	// Of is the protocol of the elements of a list of layers, where there is no Part.
	Of Name
	// Length says how long a part of variable length is, where no computed field says it and its Part does not; nil is to the
	// end.
	Length *Measure
	// LittleEndian puts the least significant byte first. Such a field has whole bytes.
	LittleEndian bool
	// Hex shows the number in hex.
	Hex bool
	// Names are the names that values of an Enum or Port have. They must not be changed.
	Names map[uint64]string
	// NamesBy gives the names of a value whose meaning depends on the rest of the header, as ICMP's codes do.
	NamesBy func(hdr []byte) map[uint64]string
	// Flags are the names of a Flags field's bits, lowest first.
	Flags []string
	// Join stands between the flags' names when they are written; with "" the names are single letters.
	Join string
	// Fraction is how many bits of a Fixed field stand behind the point.
	Fraction int
	// Part says how a part of variable length is read and written; nil is bytes up to the end.
	Part *Part
	// View says that the field stands inside another one and has no bytes itself.
	View *View
	// Single makes a list of layers hold one, as the PDU of an SNMP message.
	Single bool
	// Parse reads the text that a Bytes field takes for its bytes; nil: the text is the bytes.
	Parse func(text string) ([]byte, error)
	// Steady keeps Fuzz from changing the field.
	Steady bool
	// Random is what Fuzz puts into the field; nil is what its kind says.
	Random func(seed uint64) values.Generator
}

// Says is what the field is, in a line: Doc, or what is computed.
func (f *Field) Says() string {
	if f.Doc == "" && f.Computed != nil {
		return f.Computed.Says()
	}
	return f.Doc
}

// max is the largest number that fits.
func (f *Field) max() uint64 { return 1<<f.Bits - 1 }

// flagText writes flags by name, lowest bit first; unknown bits are left out.
func (f *Field) flagText(v uint64) string {
	var on []string
	for i, name := range f.Flags {
		if v>>i&1 == 1 {
			on = append(on, name)
		}
	}
	return strings.Join(on, f.Join)
}

// spelt reports whether all flags of a value have names.
func (f *Field) spelt(v uint64) bool {
	again, err := f.parseFlags(f.flagText(v))
	return err == nil && again == v
}

// parseFlags reads what flagText writes, in any order.
func (f *Field) parseFlags(text string) (uint64, error) {
	var v uint64
	for rest := text; rest != ""; {
		var name string
		if f.Join == "" {
			name, rest = rest[:1], rest[1:] // flags without a separator are single letters
		} else {
			name, rest, _ = strings.Cut(rest, f.Join)
		}
		bit, ok := f.flagBit(name)
		if !ok {
			return 0, fmt.Errorf("want flags out of %q, got %q", strings.Join(f.Flags, f.Join), text)
		}
		v |= 1 << bit
	}
	return v, nil
}

// flagBit finds a flag by its name.
func (f *Field) flagBit(name string) (int, bool) {
	for i, n := range f.Flags {
		if n == name {
			return i, true
		}
	}
	return 0, false
}

// Number finds the value with the given name, the smallest where several have it.
func (f *Field) Number(name string) (uint64, bool) {
	value, found := uint64(0), false
	for v, n := range f.Names {
		if n == name && (!found || v < value) {
			value, found = v, true
		}
	}
	return value, found
}
