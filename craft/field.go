package craft

import "github.com/moonwire/moonwire/craft/values"

// A Field is one row of a protocol's table. The zero value of every part but Name stands for "none".
type Field struct {
	// Name is the field's name, scapy's where scapy has one.
	Name string
	// Kind says how its bits are read.
	Kind Kind
	// Bits is its width; 0 for a part of variable length, and in Table.Define for the usual width of a kind that has one.
	Bits int
	// Doc is one line for listings.
	Doc string

	// Default is the value of a field of up to 64 bits that is not set.
	Default uint64
	// Initial is the default of a wider field or of a part of variable length, as it goes on the wire.
	Initial []byte
	// Value is the default as Layer.Set takes it, in place of Default and Initial; nil is those.
	Value any
	// Computed says what building puts into the field when it is not set, in place of a default; nil is the default.
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
	// Names are the names that values of an Enum or Port have; a Port without any has those of services. They must not be changed.
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

// fits reports whether a number fits, as far as the width tells: a part of variable length decides when it is given one.
func (f *Field) fits(v uint64) bool { return f.Bits == 0 || f.Bits >= 64 || v <= f.max() }

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
