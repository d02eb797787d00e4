package craft

import "encoding/binary"

// GREPPTP is the enhanced GRE header of PPTP, RFC 2637.
const GREPPTP Name = "GRE_PPTP"

// pptpType is the EtherType of PPP in GRE.
const pptpType = 0x880b

// Numbers of the fields that PPTP's header computes and may lack.
const (
	pptpLen  = 10
	pptpTail = 12
)

var pptpFields = []Field{
	{Name: "chksum_present", Kind: Number, Bits: 1, Doc: "0"},
	{Name: "routing_present", Kind: Number, Bits: 1, Doc: "0"},
	{Name: "key_present", Kind: Number, Bits: 1, def: 1, Doc: "1: payload_len and call_id stand in the key's place"},
	{Name: "seqnum_present", Kind: Number, Bits: 1, Doc: "sequence_number is there"},
	{Name: "strict_route_source", Kind: Number, Bits: 1, Doc: "0"},
	{Name: "recursion_control", Kind: Number, Bits: 3, Doc: "0"},
	{Name: "acknum_present", Kind: Number, Bits: 1, Doc: "ack_number is there"},
	{Name: "flags", Kind: Number, Bits: 4, Doc: "reserved"},
	{Name: "version", Kind: Number, Bits: 3, def: 1, Doc: "1: enhanced GRE"},
	{Name: "proto", Kind: Enum, Bits: 16, def: pptpType, hex: true, names: etherTypes, Doc: "protocol of the payload: PPP"},
	{Name: "payload_len", Kind: Number, Bits: 16, auto: derived, Doc: "length of the payload in bytes"},
	{Name: "call_id", Kind: Number, Bits: 16, Doc: "the peer's number of the call"},
	{Name: "sequence_number", Kind: Number, Bits: 32, hex: true, Doc: "number of the packet"},
	{Name: "ack_number", Kind: Number, Bits: 32, hex: true, Doc: "highest number received"},
}

// pptpShapes are the layouts by the flags: 1 with a sequence number, 2 with an acknowledgement.
var pptpShapes = func() (shapes [4]*shape) {
	for i := range shapes {
		specs := all(pptpFields[:pptpTail])
		if i&1 != 0 {
			specs = append(specs, slotSpec{name: "sequence_number"})
		}
		if i&2 != 0 {
			specs = append(specs, slotSpec{name: "ack_number"})
		}
		shapes[i] = layout(pptpFields, specs)
	}
	return shapes
}()

var _ = define(spec{
	name: GREPPTP, title: "GRE PPTP", doc: "enhanced GRE of PPTP, RFC 2637",
	fields: pptpFields,
	binds:  []bind{over(IP, "proto", 47), over(IPv6, "nh", 47)},
	next:   []string{"proto"},
	like:   GRE,
	reads:  Ether,
	keys:   []string{"seqnum_present", "acknum_present"},
	shape:  pptpShapes[0],
	hooks: hooks{
		sum:    sumRule{covers: nothing},
		claims: beginsPPTP,
		choose: func(c choice) *shape {
			return pptpShapes[int(c.hdr[0]>>4&1)|int(c.hdr[1]>>6&2)]
		},
		derive: func(_ *builder, _ int, hdr, payload []byte, _ uint64) error {
			return putLength(hdr[4:], "GRE_PPTP.payload_len", len(payload))
		},
	},
})

// beginsPPTP tells PPTP's header from that of plain GRE.
func beginsPPTP(data []byte) bool {
	return len(data) >= 4 && binary.BigEndian.Uint16(data[2:]) == pptpType
}
