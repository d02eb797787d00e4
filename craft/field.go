package craft

import "github.com/moonwire/moonwire/craft/values"

// Auto says who fills a field that is not set.
type Auto uint8

// Ways of filling a field.
const (
	// AutoDefault is the table's default value.
	AutoDefault Auto = iota
	// AutoDerived is computed at build from the rest of the packet. Refresh gives it back to the builder.
	AutoDerived
	// AutoState is computed at build too, but changes on the way, as a hop counter in a list does: Refresh leaves it alone.
	AutoState
	// AutoHost is asked of the Env.
	AutoHost
)

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
	// Auto says who fills the field when it is not set.
	Auto Auto
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

// Computed reports whether an unset field is filled at build rather than from a default.
func (f *Field) Computed() bool { return f.Auto != AutoDefault }

// max is the largest number that fits.
func (f *Field) max() uint64 { return 1<<f.Bits - 1 }

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
