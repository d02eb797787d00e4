package layers

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

const (
	// PPP is the protocol field of the Point-to-Point Protocol, RFC 1661, section 2.
	PPP craft.Name = "PPP"
	// HDLC is the address and control field in front of PPP on serial lines, RFC 1662.
	HDLC craft.Name = "HDLC"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: PPP, Title: "PPP Link Layer", Doc: "Point-to-Point Protocol, RFC 1661",
		Fields: []craft.Field{
			{Name: "proto", Kind: craft.Enum, Initial: []byte{0x21}, Names: iana.PPPProtocols(), Part: pppNumber, Doc: "protocol of the payload: one byte where that is enough, else two"},
		},
		Binds: []craft.Binding{craft.Over(PPPoE, "code", 0), craft.Over(GREPPTP, "proto", pptpType)},
		Next:  []string{"proto"},
		Hooks: craft.Hooks{
			Dispatch: func(data []byte) craft.Name {
				if len(data) > 0 && data[0] == 0xff {
					return HDLC
				}
				return ""
			},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: HDLC, Doc: "address and control of PPP in HDLC-like framing, RFC 1662",
		Fields: []craft.Field{
			{Name: "address", Kind: craft.Number, Bits: 8, Default: 0xff, Hex: true, Doc: "0xff: all stations"},
			{Name: "control", Kind: craft.Number, Bits: 8, Default: 3, Hex: true, Doc: "3: unnumbered information"},
		},
		Carries: map[uint64]craft.Name{0: PPP},
	}
})

// pppNumber is a protocol number of one byte, which is odd, or of two, of which the first is even (RFC 1661, section 2).
// A number that came from the wire in two bytes where one would do keeps them.
var pppNumber = &craft.Part{
	Length: func(_ *craft.Layer, rest []byte) (int, error) {
		switch {
		case len(rest) == 0:
			return 0, errors.New("truncated: no protocol number")
		case rest[0]&1 == 1:
			return 1, nil
		}
		return 2, nil
	},
	Encode: func(l *craft.Layer, v any) ([]byte, error) {
		n, ok := craft.Uint(v)
		if name, isText := v.(string); isText {
			n, ok = l.Protocol().Fields()[0].Number(name)
		}
		if !ok || n > 0xffff {
			return nil, fmt.Errorf("want number or name in 0..65535, got %v", v)
		}
		switch b := l.PartBytes("proto"); {
		case len(b) == 2 && uint64(binary.BigEndian.Uint16(b)) == n:
			return b, nil
		case n < 0x100 && n&1 == 1:
			return []byte{byte(n)}, nil
		}
		return binary.BigEndian.AppendUint16(nil, uint16(n)), nil
	},
	Decode: func(_ *craft.Layer, b []byte) any {
		var n uint64
		for _, c := range b {
			n = n<<8 | uint64(c)
		}
		return n
	},
}
