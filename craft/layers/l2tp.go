package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// L2TP is the Layer Two Tunneling Protocol, version 2, RFC 2661.
const L2TP craft.Name = "L2TP"

// The field of L2TP that is computed.
const l2tpLen = 2

var l2tpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "hdr", Kind: craft.Flags, Bits: 12, Join: "+", Flags: []string{"res00", "res01", "res02", "res03", "priority", "offset", "res06",
			"sequence", "res08", "res09", "length", "control"}, Doc: "which fields are there, and whether it is a control message"},
		{Name: "version", Kind: craft.Enum, Bits: 4, Default: 2, Names: map[uint64]string{2: "L2TPv2"}, Doc: "version"},
		{Name: "len", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "length of header and payload in bytes"},
		{Name: "tunnel_id", Kind: craft.Number, Bits: 16, Doc: "the receiver's number of the tunnel"},
		{Name: "session_id", Kind: craft.Number, Bits: 16, Doc: "the receiver's number of the session"},
		{Name: "ns", Kind: craft.Number, Bits: 16, Doc: "number of this message"},
		{Name: "nr", Kind: craft.Number, Bits: 16, Doc: "number of the message expected next"},
		{Name: "offset", Kind: craft.Number, Bits: 16, Doc: "bytes between the header and the payload"},
		{Name: "offset_pad", Kind: craft.Number, Bits: 16, Doc: "the first two of them: the header ends on a word"},
	}
})

// Flags of L2TP, as they stand in the header's first byte, that decide the layout.
const l2tpControl, l2tpLength, l2tpSequence, l2tpOffset = 0x80, 0x40, 0x08, 0x02

// l2tpShapes are the layouts by what is there: 1 the length, 2 the numbers, 4 the offset.
var l2tpShapes = sync.OnceValue(func() [8]*craft.Shape {
	return func() (shapes [8]*craft.Shape) {
		for i := range shapes {
			specs := craft.AllFields(l2tpFields()[:l2tpLen])
			for _, f := range l2tpFields()[l2tpLen:] {
				flag := map[string]int{"len": 1, "ns": 2, "nr": 2, "offset": 4, "offset_pad": 4}[f.Name]
				if i&flag == flag {
					specs = append(specs, craft.ShapeField{Name: f.Name})
				}
			}
			shapes[i] = craft.Layout(l2tpFields(), specs)
		}
		return shapes
	}()
})

// likeL2TP holds a header against RFC 2661, section 3.1: the version, what is reserved, and what a control message must have.
func likeL2TP(b []byte) bool {
	const reserved, version, least = 0x34, 2, 6
	if len(b) < least || b[0]&reserved != 0 || b[1] != version {
		return false
	}
	if b[0]&l2tpControl != 0 && b[0] != l2tpControl|l2tpLength|l2tpSequence {
		return false
	}
	return b[0]&l2tpLength == 0 || binary.BigEndian.Uint16(b[2:]) >= least+2
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: L2TP, Doc: "Layer Two Tunneling Protocol version 2, RFC 2661",
		Fields: l2tpFields(),
		Binds: []craft.Binding{
			craft.StackOver(UDP, "dport", 1701), craft.StackOver(UDP, "sport", 1701), craft.ReadOver(UDP, "dport", 1701), craft.ReadOver(UDP, "sport", 1701),
		},
		Keys:  []string{"hdr"},
		Shape: l2tpShapes()[0],
		Hooks: craft.Hooks{
			Accepts: likeL2TP,
			Sum:     craft.SumRule{Covers: craft.CoversNothing},
			Choose: func(c craft.Choice) *craft.Shape {
				i, first := 0, c.Header[0]
				if first&(l2tpControl|l2tpLength) != 0 {
					i |= 1
				}
				if first&(l2tpControl|l2tpSequence) != 0 {
					i |= 2
				}
				if first&l2tpOffset != 0 && first&l2tpControl == 0 {
					i |= 4
				}
				return l2tpShapes()[i]
			},
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if l.Uint("hdr")>>11 == 1 {
					return craft.Raw // a control message: a list of attributes
				}
				return PPP
			},
			PayloadLen: func(l *craft.Layer, rest int) (int, error) {
				if !l.Has("len") {
					return rest, nil
				}
				n := int(l.Uint("len")) - l.Shape().Size()
				switch {
				case n < 0:
					return rest, fmt.Errorf("malformed: len is %d, the header alone has %d bytes", l.Uint("len"), l.Shape().Size())
				case n > rest:
					return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", l.Uint("len"), rest+l.Shape().Size())
				}
				return n, nil
			},
			Derive: func(_ *craft.Builder, _ int, hdr, payload []byte, _ uint64) error {
				return craft.PutLength(hdr[2:], "L2TP.len", len(hdr)+len(payload))
			},
		},
	}
})
