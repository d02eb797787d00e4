package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// L2TP is the Layer Two Tunneling Protocol, version 2, RFC 2661.
const L2TP craft.Name = "L2TP"

var l2tpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "hdr", Kind: craft.Flags, Bits: 12, Join: "+", Flags: []string{"res00", "res01", "res02", "res03", "priority", "offset", "res06",
			"sequence", "res08", "res09", "length", "control"}, Doc: "which fields are there, and whether it is a control message"},
		{Name: "version", Kind: craft.Enum, Bits: 4, Default: 2, Names: map[uint64]string{2: "L2TPv2"}, Doc: "version"},
		{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Total), When: craft.GivenBits("hdr", l2tpControl|l2tpLength)},
		{Name: "tunnel_id", Kind: craft.Number, Bits: 16, Doc: "the receiver's number of the tunnel"},
		{Name: "session_id", Kind: craft.Number, Bits: 16, Doc: "the receiver's number of the session"},
		{Name: "ns", Kind: craft.Number, Bits: 16, When: craft.GivenBits("hdr", l2tpControl|l2tpSequence), Doc: "number of this message"},
		{Name: "nr", Kind: craft.Number, Bits: 16, When: craft.GivenBits("hdr", l2tpControl|l2tpSequence), Doc: "number of the message expected next"},
		{Name: "offset", Kind: craft.Number, Bits: 16, Computed: craft.Measures("offset_pad"), When: l2tpOffset},
		{Name: "offset_pad", Kind: craft.Bytes, When: l2tpOffset, Doc: "what stands between this and the payload: zeros, as many as offset says", Part: &craft.Part{
			Initial: func(l *craft.Layer) []byte { return make([]byte, l.Uint("offset")) },
		}},
	}
})

// Flags of L2TP that decide the layout.
const l2tpControl, l2tpLength, l2tpSequence = 0x800, 0x400, 0x080

// l2tpOffset is when there is an offset: never in a control message.
var l2tpOffset = []craft.Condition{{Field: "hdr", Mask: 0x820, Values: []uint64{0x020}}}

// likeL2TP holds a header against RFC 2661, section 3.1: the version, what is reserved, and what a control message must have.
func likeL2TP(b []byte) bool {
	const reserved, version, least = 0x34, 2, 6
	if len(b) < least || b[0]&reserved != 0 || b[1] != version {
		return false
	}
	flags := uint(b[0]) << 4
	if flags&l2tpControl != 0 && flags != l2tpControl|l2tpLength|l2tpSequence {
		return false
	}
	return flags&l2tpLength == 0 || binary.BigEndian.Uint16(b[2:]) >= least+2
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: L2TP, Doc: "Layer Two Tunneling Protocol version 2, RFC 2661",
		Fields: l2tpFields(),
		Binds: []craft.Binding{
			craft.StackOver(UDP, "dport", 1701), craft.StackOver(UDP, "sport", 1701), craft.ReadOver(UDP, "dport", 1701), craft.ReadOver(UDP, "sport", 1701),
		},
		Hooks: craft.Hooks{
			Accepts: likeL2TP,
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if l.Uint("hdr")>>11 == 1 {
					return craft.Raw // a control message: a list of attributes
				}
				return PPP
			},
		},
	}
})
