package craft

const (
	// MPLS is one entry of a label stack, RFC 3032.
	MPLS Name = "MPLS"
	// EoMCW is the control word between a label stack and an Ethernet frame, RFC 4448.
	EoMCW Name = "EoMCW"
)

var _ = define(spec{
	name: MPLS, doc: "entry of an MPLS label stack, RFC 3032",
	fields: []Field{
		{Name: "label", Kind: Number, Bits: 20, def: 3, Doc: "label; 0 and 2 announce IPv4 and IPv6"},
		{Name: "cos", Kind: Number, Bits: 3, Doc: "traffic class, RFC 5462"},
		{Name: "s", Kind: Number, Bits: 1, def: 1, Doc: "bottom of the stack: the payload follows"},
		{Name: "ttl", Kind: Number, Bits: 8, Doc: "time to live in hops"},
	},
	binds: []bind{
		over(Ether, "type", 0x8847), readOver(Ether, "type", 0x8848), over(GRE, "proto", 0x8847), over(IP, "proto", 137), over(IPv6, "nh", 137),
		over(UDP, "dport", 6635), stackOver(MPLS, "s", 0), readOver(PPP, "proto", 0x281), readOver(PPP, "proto", 0x283),
	},
	hooks: hooks{carries: mplsCarries},
})

// mplsCarries guesses from the first bytes what no field tells: the version of an IP packet, the zeros of a control word
// (RFC 4928), or else an Ethernet frame.
func mplsCarries(l *Layer, payload []byte) Name {
	switch {
	case l.Uint("s") == 0:
		return MPLS
	case len(payload) == 0:
		return Raw
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

var _ = define(spec{
	name: EoMCW, doc: "control word of Ethernet over MPLS, RFC 4448",
	fields: []Field{
		{Name: "zero", Kind: Number, Bits: 4, Doc: "0, so that it cannot be taken for an IP version"},
		{Name: "reserved", Kind: Number, Bits: 12, Doc: "reserved, 0"},
		{Name: "seq", Kind: Number, Bits: 16, Doc: "sequence number; 0 is unused"},
	},
	hooks: hooks{carries: func(*Layer, []byte) Name { return Ether }},
})
