package layers

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
)

// ERSPANII is Encapsulated Remote Switched Port Analyzer, type II: the header before a mirrored frame in GRE,
// draft-foschiano-erspan-03, section 4.2. Type I has no header: there Ether stands on GRE. Type III has another number and no table.
const ERSPANII craft.Name = "ERSPAN_II"

// erspanProto is the protocol type in GRE of types I and II: a sequence number tells them apart, sections 4.1 and 4.2.
const erspanProto = 0x88be

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: ERSPANII, Title: "ERSPAN II", Doc: "a switch's mirrored frame in GRE, draft-foschiano-erspan-03, section 4.2",
		Fields: []craft.Field{
			{Name: "ver", Kind: craft.Number, Bits: 4, Default: 1, Doc: "version; 1 is type II"},
			{Name: "vlan", Kind: craft.Number, Bits: 12, Doc: "VLAN of the frame"},
			{Name: "cos", Kind: craft.Number, Bits: 3, Doc: "class of service of the frame"},
			{Name: "en", Kind: craft.Enum, Bits: 2, Names: map[uint64]string{0: "none", 1: "ISL", 2: "802.1Q", 3: "preserved"},
				Doc: "how the port tagged the frame; preserved: the tag is still in it"},
			{Name: "t", Kind: craft.Number, Bits: 1, Doc: "the frame was cut short"},
			{Name: "session_id", Kind: craft.Number, Bits: 10, Doc: "which mirroring session"},
			{Name: "reserved", Kind: craft.Number, Bits: 12, Doc: "reserved"},
			{Name: "index", Kind: craft.Number, Bits: 20, Doc: "port and direction of the frame, as the switch numbers them"},
		},
		Binds:    []craft.Binding{craft.Over(GRE, "proto", erspanProto, craft.FieldValue{Field: "seqnum_present", Value: 1})},
		Carries:  map[uint64]craft.Name{0: Ether},
		Families: []craft.Name{"ERSPAN"},
		Brief:    "ERSPAN_II session %ERSPAN_II.session_id%",
		Hooks: craft.Hooks{
			Validate: func(l *craft.Layer, _ []byte) error {
				if ver := l.Uint("ver"); ver != 1 {
					l.AddNote(fmt.Sprintf("malformed: ver is %d, ERSPAN type II has 1", ver))
				}
				return nil
			},
		},
	}
})
