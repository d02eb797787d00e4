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
		{Name: "payload_len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.PayloadLength)},
		{Name: "call_id", Kind: craft.Number, Bits: 16, Doc: "the peer's number of the call"},
		{Name: "sequence_number", Kind: craft.Number, Bits: 32, Hex: true, When: craft.Given("seqnum_present"), Doc: "number of the packet"},
		{Name: "ack_number", Kind: craft.Number, Bits: 32, Hex: true, When: craft.Given("acknum_present"), Doc: "highest number received"},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GREPPTP, Families: []craft.Name{GRE}, Title: "GRE PPTP", Doc: "enhanced GRE of PPTP, RFC 2637",
		Fields: pptpFields(),
		Binds:  []craft.Binding{craft.Over(IP, "proto", 47), craft.Over(IPv6, "nh", 47)},
		Next:   []string{"proto"},
		Like:   GRE,
		Reads:  Ether,
		Hooks: craft.Hooks{
			Accepts: beginsPPTP,
		},
	}
})

// beginsPPTP tells PPTP's header from that of plain GRE.
func beginsPPTP(data []byte) bool {
	return len(data) >= 4 && binary.BigEndian.Uint16(data[2:]) == pptpType
}
