package layers

import (
	"encoding/binary"

	"github.com/moonwire/moonwire/craft"
)

const (
	// MPLS is one entry of a label stack, RFC 3032.
	MPLS craft.Name = "MPLS"
	// EoMCW is the control word between a label stack and an Ethernet frame, RFC 4448.
	EoMCW craft.Name = "EoMCW"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: MPLS, Doc: "entry of an MPLS label stack, RFC 3032",
		Fields: []craft.Field{
			{Name: "label", Kind: craft.Number, Bits: 20, Default: 3, Doc: "label; 0 and 2 announce IPv4 and IPv6"},
			{Name: "cos", Kind: craft.Number, Bits: 3, Doc: "traffic class, RFC 5462"},
			{Name: "s", Kind: craft.Number, Bits: 1, Default: 1, Doc: "bottom of the stack: the payload follows"},
			{Name: "ttl", Kind: craft.Number, Bits: 8, Doc: "time to live in hops"},
		},
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x8847), craft.ReadOver(Ether, "type", 0x8848), craft.Over(GRE, "proto", 0x8847), craft.Over(IP, "proto", 137), craft.Over(IPv6, "nh", 137),
			craft.Over(UDP, "dport", 6635).Looks(likeMPLS), craft.StackOver(MPLS, "s", 0), craft.ReadOver(PPP, "proto", 0x281), craft.ReadOver(PPP, "proto", 0x283),
		},
		Hooks: craft.Hooks{GuessPayload: mplsCarries},
	}
})

// likeMPLS walks a stack to its bottom, RFC 3032, and looks for what may stand behind it: an IP packet of a length that fits, or an
// Ethernet frame of a known type, with or without a control word.
func likeMPLS(b []byte) bool {
	const entry, deepest, control, frame = 4, 16, 4, 14
	for range deepest {
		if len(b) < entry {
			return false
		}
		bottom := b[2]&1 == 1
		if b = b[entry:]; bottom {
			break
		}
	}
	switch {
	case len(b) > 0 && b[0]>>4 == 4:
		return soundIP(b)
	case len(b) > 0 && b[0]>>4 == 6:
		return soundIPv6(b)
	case len(b) >= control && b[0]|b[1] == 0:
		b = b[control:]
	}
	return len(b) >= frame && etherTypes()[uint64(binary.BigEndian.Uint16(b[12:]))] != ""
}

// mplsCarries guesses from the first bytes what no field says: the version of an IP packet, the zeros of a control word
// (RFC 4928), or else an Ethernet frame.
func mplsCarries(l *craft.Layer, payload []byte) craft.Name {
	switch {
	case l.Uint("s") == 0:
		return MPLS
	case len(payload) == 0:
		return craft.Raw
	}
	switch version := payload[0] >> 4; {
	case version == 4:
		return IP
	case version == 6:
		return IPv6
	case len(payload) > 1 && payload[0] == 0 && payload[1] == 0:
		return EoMCW
	}
	return Ether
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: EoMCW, Doc: "control word of Ethernet over MPLS, RFC 4448",
		Fields: []craft.Field{
			{Name: "zero", Kind: craft.Number, Bits: 4, Doc: "0, so that it cannot be taken for an IP version"},
			{Name: "reserved", Kind: craft.Number, Bits: 12, Doc: "reserved, 0"},
			{Name: "seq", Kind: craft.Number, Bits: 16, Doc: "sequence number; 0 is unused"},
		},
		Hooks: craft.Hooks{GuessPayload: func(*craft.Layer, []byte) craft.Name { return Ether }},
	}
})
