package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// GREPPTP is the enhanced GRE header of PPTP, RFC 2637.
const GREPPTP craft.Name = "GRE_PPTP"

// pptpType is the EtherType of PPP in GRE.
const pptpType = 0x880b

// Numbers of the fields that PPTP's header computes and may lack.
const (
	pptpLen  = 10
	pptpTail = 12
)

var pptpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "chksum_present", Kind: craft.Number, Bits: 1, Doc: "0"},
		{Name: "routing_present", Kind: craft.Number, Bits: 1, Doc: "0"},
		{Name: "key_present", Kind: craft.Number, Bits: 1, Default: 1, Doc: "1: payload_len and call_id stand in the key's place"},
		{Name: "seqnum_present", Kind: craft.Number, Bits: 1, Doc: "sequence_number is there"},
		{Name: "strict_route_source", Kind: craft.Number, Bits: 1, Doc: "0"},
		{Name: "recursion_control", Kind: craft.Number, Bits: 3, Doc: "0"},
		{Name: "acknum_present", Kind: craft.Number, Bits: 1, Doc: "ack_number is there"},
		{Name: "flags", Kind: craft.Number, Bits: 4, Doc: "reserved"},
		{Name: "version", Kind: craft.Number, Bits: 3, Default: 1, Doc: "1: enhanced GRE"},
		{Name: "proto", Kind: craft.Enum, Bits: 16, Default: pptpType, Hex: true, Names: etherTypes(), Doc: "protocol of the payload: PPP"},
		{Name: "payload_len", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "length of the payload in bytes"},
		{Name: "call_id", Kind: craft.Number, Bits: 16, Doc: "the peer's number of the call"},
		{Name: "sequence_number", Kind: craft.Number, Bits: 32, Hex: true, Doc: "number of the packet"},
		{Name: "ack_number", Kind: craft.Number, Bits: 32, Hex: true, Doc: "highest number received"},
	}
})

// pptpShapes are the layouts by the flags: 1 with a sequence number, 2 with an acknowledgement.
var pptpShapes = sync.OnceValue(func() [4]*craft.Shape {
	return func() (shapes [4]*craft.Shape) {
		for i := range shapes {
			specs := craft.AllFields(pptpFields()[:pptpTail])
			if i&1 != 0 {
				specs = append(specs, craft.ShapeField{Name: "sequence_number"})
			}
			if i&2 != 0 {
				specs = append(specs, craft.ShapeField{Name: "ack_number"})
			}
			shapes[i] = craft.Layout(pptpFields(), specs)
		}
		return shapes
	}()
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GREPPTP, Families: []craft.Name{GRE}, Title: "GRE PPTP", Doc: "enhanced GRE of PPTP, RFC 2637",
		Fields: pptpFields(),
		Binds:  []craft.Binding{craft.Over(IP, "proto", 47), craft.Over(IPv6, "nh", 47)},
		Next:   []string{"proto"},
		Like:   GRE,
		Reads:  Ether,
		Keys:   []string{"seqnum_present", "acknum_present"},
		Shape:  pptpShapes()[0],
		Hooks: craft.Hooks{
			Sum:     craft.SumRule{Covers: craft.CoversNothing},
			Accepts: beginsPPTP,
			Choose: func(c craft.Choice) *craft.Shape {
				return pptpShapes()[int(c.Header[0]>>4&1)|int(c.Header[1]>>6&2)]
			},
			Derive: func(_ *craft.Builder, _ int, hdr, payload []byte, _ uint64) error {
				return craft.PutLength(hdr[4:], "GRE_PPTP.payload_len", len(payload))
			},
		},
	}
})

// beginsPPTP tells PPTP's header from that of plain GRE.
func beginsPPTP(data []byte) bool {
	return len(data) >= 4 && binary.BigEndian.Uint16(data[2:]) == pptpType
}
