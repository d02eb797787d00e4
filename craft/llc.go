package craft

const (
	// LLC is the header of IEEE 802.2 logical link control.
	LLC Name = "LLC"
	// SNAP is the Subnetwork Access Protocol, RFC 1042: an EtherType behind an LLC header.
	SNAP Name = "SNAP"
)

var _ = Define(Spec{
	Name: LLC, Doc: "logical link control, IEEE 802.2",
	Fields: []Field{
		{Name: "dsap", Kind: Number, Bits: 8, Hex: true, Doc: "destination service access point"},
		{Name: "ssap", Kind: Number, Bits: 8, Hex: true, Doc: "source service access point"},
		{Name: "ctrl", Kind: Number, Bits: 8, Doc: "control; 3 is unnumbered information"},
	},
	Next: []string{"dsap"},
	Binds: []Binding{
		Over(Ether, "type", 0x8870), // a frame too long for a length, IEEE 802.1AC
		StackOver(CookedLinux, "proto", 0x7a), ReadOver(CookedLinux, "proto", 0x7a), ReadOver(CookedLinux, "proto", 4),
		Over(GRE, "proto", 0x7a),
	},
	Hooks: Hooks{Tag: true},
})

var _ = Define(Spec{
	Name: SNAP, Doc: "Subnetwork Access Protocol, RFC 1042",
	Fields: []Field{
		{Name: "OUI", Kind: Number, Bits: 24, Hex: true, Doc: "whose numbers code is one of; 0 are the EtherTypes"},
		{Name: "code", Kind: Enum, Bits: 16, Hex: true, Names: etherTypes, Doc: "protocol of the payload"},
	},
	Binds: []Binding{Over(LLC, "dsap", 0xaa, FieldValue{Field: "ssap", Value: 0xaa}, FieldValue{Field: "ctrl", Value: 3})},
	Next:  []string{"code"},
	Reads: Ether,
	Hooks: Hooks{Tag: true},
})
