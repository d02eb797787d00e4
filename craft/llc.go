package craft

const (
	// LLC is the header of IEEE 802.2 logical link control.
	LLC Name = "LLC"
	// SNAP is the Subnetwork Access Protocol, RFC 1042: an EtherType behind an LLC header.
	SNAP Name = "SNAP"
)

var _ = define(spec{
	name: LLC, doc: "logical link control, IEEE 802.2",
	fields: []Field{
		{Name: "dsap", Kind: Number, Bits: 8, hex: true, Doc: "destination service access point"},
		{Name: "ssap", Kind: Number, Bits: 8, hex: true, Doc: "source service access point"},
		{Name: "ctrl", Kind: Number, Bits: 8, Doc: "control; 3 is unnumbered information"},
	},
	next: []string{"dsap"},
	binds: []bind{
		over(Ether, "type", 0x8870), // a frame too long for a length, IEEE 802.1AC
		stackOver(CookedLinux, "proto", 0x7a), readOver(CookedLinux, "proto", 0x7a), readOver(CookedLinux, "proto", 4),
		over(GRE, "proto", 0x7a),
	},
})

var _ = define(spec{
	name: SNAP, doc: "Subnetwork Access Protocol, RFC 1042",
	fields: []Field{
		{Name: "OUI", Kind: Number, Bits: 24, hex: true, Doc: "whose numbers code is one of; 0 are the EtherTypes"},
		{Name: "code", Kind: Enum, Bits: 16, hex: true, names: etherTypes, Doc: "protocol of the payload"},
	},
	binds: []bind{over(LLC, "dsap", 0xaa, eq{field: "ssap", value: 0xaa}, eq{field: "ctrl", value: 3})},
	next:  []string{"code"},
	reads: Ether,
})
