package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// ICMP is the Internet Control Message Protocol, RFC 792.
const ICMP craft.Name = "ICMP"

// ICMP message types that decide a layout or an answer.
const (
	icmpEchoReply, icmpUnreachable, icmpQuench, icmpRedirect, icmpEcho = 0, 3, 4, 5, 8

	icmpTimeExceeded, icmpParameter, icmpTimestamp, icmpTimestampReply = 11, 12, 13, 14
	icmpMask, icmpMaskReply                                            = 17, 18
)

func icmpSpec() craft.Spec {
	return craft.Spec{
		Name: ICMP, Doc: "Internet Control Message Protocol, RFC 792",
		Fields: icmpFields(),
		Binds:  []craft.Binding{craft.Over(IP, "proto", 1)},
		Keys:   []string{"type"}, Identity: []string{"type", "code", "id", "seq"},
		Shape: icmpShapes()[icmpIDs],
		Hooks: craft.Hooks{
			Choose:       chooseICMP,
			GuessPayload: icmpCarries,
			Summary:      icmpSummary,
			Answers:      icmpAnswers,
			Flow: func(f *craft.Flow, l *craft.Layer) {
				f.SPort = uint16(l.Uint("id"))
				f.DPort = uint16(l.Uint("seq"))
				f.SameID = true
			},
		},
	}
}

var _ = define(icmpSpec)

var icmpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "type", Kind: craft.Enum, Bits: 8, Default: icmpEcho, Names: icmpTypes(), Doc: "message type"},
		{Name: "code", Kind: craft.Enum, Bits: 8, NamesBy: func(hdr []byte) map[uint64]string { return icmpCodes()[uint64(hdr[0])] }, Doc: "what exactly"},
		{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.MessageSum), Hex: true},
		{Name: "id", Kind: craft.Number, Bits: 16, Hex: true, Doc: "identifier of the asking process"},
		{Name: "seq", Kind: craft.Number, Bits: 16, Hex: true, Doc: "sequence number of the question"},
		{Name: "ts_ori", Kind: craft.Number, Bits: 32, Doc: "originate timestamp, milliseconds since midnight UT"},
		{Name: "ts_rx", Kind: craft.Number, Bits: 32, Doc: "receive timestamp"},
		{Name: "ts_tx", Kind: craft.Number, Bits: 32, Doc: "transmit timestamp"},
		{Name: "gw", Kind: craft.IPv4, Bits: 32, Doc: "gateway to use instead"},
		{Name: "ptr", Kind: craft.Number, Bits: 8, Doc: "offset of the byte at fault"},
		{Name: "reserved", Kind: craft.Number, Bits: 8, Doc: "unused byte"},
		{Name: "length", Kind: craft.Number, Bits: 8, Doc: "length of the quoted packet in words, RFC 4884"},
		{Name: "addr_mask", Kind: craft.IPv4, Bits: 32, Doc: "address mask, RFC 950"},
		{Name: "nexthopmtu", Kind: craft.Number, Bits: 16, Doc: "MTU of the next hop, RFC 1191"},
		{Name: "unused", Kind: craft.Number, Bits: 32, Doc: "unused"},
		icmpExtension(4),
	}
})

// The layouts of the families of message types.
const (
	icmpIDs = iota
	icmpTimes
	icmpMasks
	icmpGateway
	icmpDestination
	icmpTime
	icmpProblem
	icmpOther
)

var icmpShapes = sync.OnceValue(func() [8]*craft.Shape {
	return [...]*craft.Shape{
		icmpIDs:         icmpShape("id", "seq"),
		icmpTimes:       icmpShape("id", "seq", "ts_ori", "ts_rx", "ts_tx"),
		icmpMasks:       icmpShape("id", "seq", "addr_mask"),
		icmpGateway:     icmpShape("gw"),
		icmpDestination: icmpShape("reserved", "length", "nexthopmtu", "ext"),
		icmpTime:        icmpShape("reserved", "length", "unused", "ext"),
		icmpProblem:     icmpShape("ptr", "length", "unused", "ext"),
		icmpOther:       icmpShape("unused"),
	}
})

func icmpShape(names ...string) *craft.Shape {
	specs := craft.AllFields(icmpFields()[:3])
	for _, name := range names {
		s := craft.ShapeField{Name: name}
		if name == "unused" && len(names) > 1 {
			s.Kind, s.Bits = craft.Number, 16 // beside other fields only half of the word is unused
		}
		specs = append(specs, s)
	}
	return craft.Layout(icmpFields(), specs)
}

func chooseICMP(c craft.Choice) *craft.Shape {
	switch c.Header[0] {
	case icmpTimestamp, icmpTimestampReply:
		return icmpShapes()[icmpTimes]
	case icmpMask, icmpMaskReply:
		return icmpShapes()[icmpMasks]
	case icmpEchoReply, icmpEcho, 15, 16, 37, 38:
		return icmpShapes()[icmpIDs]
	case icmpRedirect:
		return icmpShapes()[icmpGateway]
	case icmpUnreachable:
		return icmpShapes()[icmpDestination]
	case icmpTimeExceeded:
		return icmpShapes()[icmpTime]
	case icmpParameter:
		return icmpShapes()[icmpProblem]
	}
	return icmpShapes()[icmpOther]
}

// icmpCarries reads what an error quotes as a packet.
func icmpCarries(l *craft.Layer, _ []byte) craft.Name {
	if isICMPError(l.Uint("type")) {
		return IPerror
	}
	return craft.Raw
}

func isICMPError(t uint64) bool {
	switch t {
	case icmpUnreachable, icmpQuench, icmpRedirect, icmpTimeExceeded, icmpParameter:
		return true
	}
	return false
}

func icmpSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	s := "ICMP "
	if i > 0 && p.Layers()[i-1].Name() == IP {
		s += endpoint(p.Layers()[i-1], "src") + " > " + p.Layers()[i-1].Text("dst") + " "
	}
	return s + l.Text("type") + " " + l.Text("code")
}

// icmpReplies pairs each question with its answer: RFC 792, 950, 1256, 1393.
var icmpReplies = sync.OnceValue(func() map[uint64]uint64 {
	return map[uint64]uint64{8: 0, 13: 14, 15: 16, 17: 18, 33: 34, 35: 36, 37: 38}
})

func icmpAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	if want, ok := icmpReplies()[q.Uint("type")]; !ok || r.Uint("type") != want {
		return false, "its type does not answer the question's type"
	}
	if r.Uint("id") != q.Uint("id") || r.Uint("seq") != q.Uint("seq") {
		return false, "id or seq differ"
	}
	return true, "it has the question's id and seq"
}

var icmpTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "echo-reply", 3: "dest-unreach", 4: "source-quench", 5: "redirect", 8: "echo-request", 9: "router-advertisement",
		10: "router-solicitation", 11: "time-exceeded", 12: "parameter-problem", 13: "timestamp-request",
		14: "timestamp-reply", 15: "information-request", 16: "information-response", 17: "address-mask-request",
		18: "address-mask-reply", 30: "traceroute", 31: "datagram-conversion-error", 32: "mobile-host-redirect",
		33: "ipv6-where-are-you", 34: "ipv6-i-am-here", 35: "mobile-registration-request",
		36: "mobile-registration-reply", 37: "domain-name-request", 38: "domain-name-reply", 39: "skip", 40: "photuris",
	}
})

var icmpCodes = sync.OnceValue(func() map[uint64]map[uint64]string {
	return map[uint64]map[uint64]string{
		3: {0: "network-unreachable", 1: "host-unreachable", 2: "protocol-unreachable", 3: "port-unreachable",
			4: "fragmentation-needed", 5: "source-route-failed", 6: "network-unknown", 7: "host-unknown",
			9: "network-prohibited", 10: "host-prohibited", 11: "TOS-network-unreachable", 12: "TOS-host-unreachable",
			13: "communication-prohibited", 14: "host-precedence-violation", 15: "precedence-cutoff"},
		5:  {0: "network-redirect", 1: "host-redirect", 2: "TOS-network-redirect", 3: "TOS-host-redirect"},
		11: {0: "ttl-zero-during-transit", 1: "ttl-zero-during-reassembly"},
		12: {0: "ip-header-bad", 1: "required-option-missing"},
		40: {0: "bad-spi", 1: "authentication-failed", 2: "decompression-failed", 3: "decryption-failed",
			4: "need-authentification", 5: "need-authorization"},
	}
})
