package layers

import (
	"slices"

	"github.com/moonwire/moonwire/craft"
)

// UDP is the User Datagram Protocol, RFC 768.
const UDP craft.Name = "UDP"

func udpSpec() craft.Spec {
	return craft.Spec{
		Name: UDP, Doc: "User Datagram Protocol, RFC 768",
		Fields: []craft.Field{
			{Name: "sport", Kind: craft.Port, Bits: 16, Default: 53, Doc: "source port"},
			{Name: "dport", Kind: craft.Port, Bits: 16, Default: 53, Doc: "destination port"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.Total, Instead: jumboDatagram, Open: craft.Unless("len")}},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.SegmentSum, Number: 17, ZeroIsNone: true}, Hex: true},
		},
		Binds: slices.Concat([]craft.Binding{craft.Over(IP, "proto", 17), craft.Over(IPv6, "nh", 17)}, mdnsGroups(), llmnrGroups()),
		Next:  []string{"dport", "sport"}, Identity: []string{"sport", "dport"},
		Hooks: craft.Hooks{
			Summary: portSummary,
			Answers: func(m craft.Match, i, j int) (bool, string) {
				// The reply's source port is free: TFTP answers from a new one (RFC 1350, section 4).
				if m.Reply.Layers()[i].Uint("dport") != m.Question.Layers()[j].Uint("sport") {
					return false, "it is not addressed to the question's port"
				}
				if i+1 < len(m.Reply.Layers()) && j+1 < len(m.Question.Layers()) && m.Reply.Layers()[i+1].Protocol().Decides() && m.Question.Layers()[j+1].Protocol().Decides() {
					return m.Next(i, j) // the payloads decide, as DNS does by its id
				}
				return true, "it comes to the question's port"
			},
			Flow: func(f *craft.Flow, l *craft.Layer) {
				portFlow(f, l)
				f.AnyPort = true
			},
		},
	}
}

// jumboDatagram is the length of a datagram that is longer than its field says, in a jumbogram: 0, RFC 2675, section 4.
func jumboDatagram(b *craft.Builder, i int) (n uint64, ok bool) {
	const header, most = 8, 0xffff
	if under, _ := b.Under(i); under == nil || under.Name() != IPv6 || header+b.Packet().PayloadLen(i) <= most {
		return 0, false
	}
	return 0, slices.ContainsFunc(b.Packet().Layers()[:i], func(l *craft.Layer) bool { return jumbo(l) >= 0 })
}

var _ = define(udpSpec)
