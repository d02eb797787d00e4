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

// auto says who fills a field that nobody set.
type auto uint8

const (
	fromDefault auto = iota // the table's default value
	derived                 // computed at build from the rest of the packet; Refresh gives it back
	state                   // computed at build too, but a state that changes on the way: Refresh leaves it alone
	fromHost                // asked of the Env
)

// A Field is one row of a protocol's table.
type Field struct {
	// Name is the field's name, scapy's where scapy has one.
	Name string
	// Kind says how its bits are read.
	Kind Kind
	// Bits is its width; 0 for a part of variable length.
	Bits int
	// Doc is one line for listings.
	Doc string

	def    uint64            // default value of a field of up to 64 bits
	deflt  []byte            // default of a wider field, or of a part of variable length, as it goes on the wire
	auto   auto              // who fills it when nobody set it
	little bool              // the least significant byte comes first
	hex    bool              // shown in hex
	names  map[uint64]string // of an Enum or Port
	flags  []string          // names of a Flags field's bits, lowest first
	join   string            // between flags' names when written

	fraction int   // of a Fixed field: how many of its bits stand behind the point
	part     *part // how a part of variable length is read and written; nil: bytes to the end
	single   bool  // a list of layers that holds one
	view     *view // the field stands inside another one

	text func(string) ([]byte, error) // reads the text that a Bytes field takes for its bytes; nil: the text is the bytes

	random func(seed uint64) values.Generator // what Fuzz puts into it; nil: what its kind says

	// namesBy gives the names of a value whose meaning depends on the rest of the header, as ICMP's codes do.
	namesBy func(hdr []byte) map[uint64]string
}

// Computed reports whether an unset field is filled at build rather than from a default.
func (f *Field) Computed() bool { return f.auto != fromDefault }

// Single reports whether a list of layers is made to hold one, as the PDU of an SNMP message.
func (f *Field) Single() bool { return f.single }

// Default is the value of the field when nobody set it and nothing computes it.
func (f *Field) Default() uint64 { return f.def }

// Names lists the names a value can have, nil for kinds without names. The caller must not change it.
func (f *Field) Names() map[uint64]string { return f.names }

// FlagNames are the names of a Flags field's bits, lowest first; nil for other kinds. The caller must not change it.
func (f *Field) FlagNames() []string { return f.flags }

// max is the largest number that fits.
func (f *Field) max() uint64 { return 1<<f.Bits - 1 }

// flagText writes flags by name, lowest bit first; unknown bits are left out.
func (f *Field) flagText(v uint64) string {
	var on []string
	for i, name := range f.flags {
		if v>>i&1 == 1 {
			on = append(on, name)
		}
	}
	return strings.Join(on, f.join)
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
		if f.join == "" {
			name, rest = rest[:1], rest[1:] // flags without a separator are single letters
		} else {
			name, rest, _ = strings.Cut(rest, f.join)
		}
		bit, ok := f.flagBit(name)
		if !ok {
			return 0, fmt.Errorf("want flags out of %q, got %q", strings.Join(f.flags, f.join), text)
		}
		v |= 1 << bit
	}
	return v, nil
}

// flagBit finds a flag by its name.
func (f *Field) flagBit(name string) (int, bool) {
	for i, n := range f.flags {
		if n == name {
			return i, true
		}
	}
	return 0, false
}

// byName finds the value with the given name, the smallest where several have it.
func (f *Field) byName(name string) (uint64, bool) {
	value, found := uint64(0), false
	for v, n := range f.names {
		if n == name && (!found || v < value) {
			value, found = v, true
		}
	}
	return value, found
}
