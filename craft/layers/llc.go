package layers

import "github.com/moonwire/moonwire/craft"

const (
	// LLC is the header of IEEE 802.2 logical link control.
	LLC craft.Name = "LLC"
	// SNAP is the Subnetwork Access Protocol, RFC 1042: an EtherType behind an LLC header.
	SNAP craft.Name = "SNAP"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: LLC, Doc: "logical link control, IEEE 802.2",
		Fields: []craft.Field{
			{Name: "dsap", Kind: craft.Number, Bits: 8, Hex: true, Doc: "destination service access point"},
			{Name: "ssap", Kind: craft.Number, Bits: 8, Hex: true, Doc: "source service access point"},
			{Name: "ctrl", Kind: craft.Number, Bits: 8, Doc: "control; 3 is unnumbered information"},
		},
		Next: []string{"dsap"},
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x8870), // a frame too long for a length, IEEE 802.1AC
			craft.Over(CookedLinux, "proto", cookedLLC), craft.ReadOver(CookedLinux, "proto", cookedTokenRing),
			craft.ReadOver(CookedLinux, "proto", 0x7a), // scapy's number
			craft.Over(GRE, "proto", 0x7a),
		},
		Tag: true,
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: SNAP, Doc: "Subnetwork Access Protocol, RFC 1042",
		Fields: []craft.Field{
			{Name: "OUI", Kind: craft.Number, Bits: 24, Hex: true, Doc: "whose numbers code is one of; 0 are the EtherTypes"},
			{Name: "code", Kind: craft.Enum, Bits: 16, Hex: true, Names: etherTypes(), Doc: "protocol of the payload"},
		},
		Binds: []craft.Binding{craft.Over(LLC, "dsap", 0xaa, craft.FieldValue{Field: "ssap", Value: 0xaa}, craft.FieldValue{Field: "ctrl", Value: 3})},
		Next:  []string{"code"},
		Reads: Ether,
		Tag:   true,
	}
})
