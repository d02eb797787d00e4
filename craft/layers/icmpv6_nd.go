package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Neighbor Discovery of IPv6, RFC 4861, and its inverse, RFC 3122. Behind the message stand options, each a layer of its own.
const (
	// ICMPv6NDRS is a router solicitation.
	ICMPv6NDRS craft.Name = "ICMPv6ND_RS"
	// ICMPv6NDRA is a router advertisement.
	ICMPv6NDRA craft.Name = "ICMPv6ND_RA"
	// ICMPv6NDNS is a neighbor solicitation.
	ICMPv6NDNS craft.Name = "ICMPv6ND_NS"
	// ICMPv6NDNA is a neighbor advertisement.
	ICMPv6NDNA craft.Name = "ICMPv6ND_NA"
	// ICMPv6NDRedirect reports a better way to a destination.
	ICMPv6NDRedirect craft.Name = "ICMPv6ND_Redirect"
	// ICMPv6NDINDSol asks for the addresses of a link-layer address.
	ICMPv6NDINDSol craft.Name = "ICMPv6ND_INDSol"
	// ICMPv6NDINDAdv gives them.
	ICMPv6NDINDAdv craft.Name = "ICMPv6ND_INDAdv"
)

// neighbours is what all messages of neighbour discovery have in common.
func neighbours(name craft.Name, kind uint64, what, doc, group string, s craft.Spec) craft.Spec {
	s.Doc = doc
	s.Binds = onLink(255, group)
	s.GuessPayload = ndOption
	return icmpv6(name, kind, "ICMPv6 "+what, plainCode, s)
}

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		neighbours(ICMPv6NDRS, 133, "Neighbor Discovery - Router Solicitation", "router solicitation, RFC 4861", "ff02::2", craft.Spec{
			Fields: []craft.Field{{Name: "res", Kind: craft.Number, Bits: 32, Doc: "reserved"}},
			Hooks:  craft.Hooks{Flow: routersFlow},
		}),
		neighbours(ICMPv6NDRA, 134, "Neighbor Discovery - Router Advertisement", "router advertisement, RFC 4861", "ff02::1", routerSpec()),
		neighbours(ICMPv6NDNS, 135, "Neighbor Discovery - Neighbor Solicitation", "neighbor solicitation, RFC 4861", "ff02::1", craft.Spec{
			Fields: []craft.Field{
				{Name: "res", Kind: craft.Number, Bits: 32, Doc: "reserved"},
				{Name: "tgt", Kind: craft.IPv6Address, Bits: 128, Doc: "the address that is asked for"},
			},
			Hooks: craft.Hooks{
				Summary: targetSummary,
				Flow: func(f *craft.Flow, l *craft.Layer) {
					withoutAddresses(f, 135)
					f.Dst = l.Addr("tgt")
				},
			},
		}),
		neighbours(ICMPv6NDNA, 136, "Neighbor Discovery - Neighbor Advertisement", "neighbor advertisement, RFC 4861", "ff02::1", advertisementSpec()),
		neighbours(ICMPv6NDRedirect, 137, "Neighbor Discovery - Redirect", "redirect, RFC 4861", "ff02::1", craft.Spec{
			Fields: []craft.Field{
				{Name: "res", Kind: craft.Number, Bits: 32, Hex: true, Doc: "reserved"},
				{Name: "tgt", Kind: craft.IPv6Address, Bits: 128, Doc: "the better next hop"},
				{Name: "dst", Kind: craft.IPv6Address, Bits: 128, Steady: true, Doc: "the destination"},
			},
		}),
		neighbours(ICMPv6NDINDSol, 141, "Inverse Neighbor Discovery Solicitation", "inverse neighbor discovery solicitation, RFC 3122", "ff02::1", craft.Spec{
			Fields: []craft.Field{{Name: "reserved", Kind: craft.Number, Bits: 32, Hex: true, Doc: "reserved"}},
		}),
		neighbours(ICMPv6NDINDAdv, 142, "Inverse Neighbor Discovery Advertisement", "inverse neighbor discovery advertisement, RFC 3122", "ff02::1", craft.Spec{
			Fields: []craft.Field{{Name: "reserved", Kind: craft.Number, Bits: 32, Hex: true, Doc: "reserved"}},
		}),
	}
})

// routersFlow is the flow of router discovery: any advertisement answers any solicitation.
func routersFlow(f *craft.Flow, _ *craft.Layer) { withoutAddresses(f, 133) }

// preferences are those of RFC 4191, section 2.1.
var preferences = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "Medium (default)", 1: "High", 2: "Reserved", 3: "Low"}
})

func routerSpec() craft.Spec {
	return craft.Spec{
		Fields: []craft.Field{
			{Name: "chlim", Kind: craft.Number, Bits: 8, Doc: "hop limit for hosts to use; 0 says nothing"},
			{Name: "M", Kind: craft.Number, Bits: 1, Doc: "addresses are given by DHCPv6"},
			{Name: "O", Kind: craft.Number, Bits: 1, Doc: "other configuration is given by DHCPv6"},
			{Name: "H", Kind: craft.Number, Bits: 1, Doc: "the router is a home agent, RFC 6275"},
			{Name: "prf", Kind: craft.Enum, Bits: 2, Default: 1, Names: preferences(), Doc: "preference among default routers, RFC 4191"},
			{Name: "P", Kind: craft.Number, Bits: 1, Doc: "the router is a proxy, RFC 4389"},
			{Name: "res", Kind: craft.Number, Bits: 2, Doc: "reserved"},
			{Name: "routerlifetime", Kind: craft.Number, Bits: 16, Default: 1800, Doc: "how long it is a default router, in seconds; 0 says it is none"},
			{Name: "reachabletime", Kind: craft.Number, Bits: 32, Doc: "how long a neighbour counts as reachable, in milliseconds; 0 says nothing"},
			{Name: "retranstimer", Kind: craft.Number, Bits: 32, Doc: "time between solicitations in milliseconds; 0 says nothing"},
		},
		Replies: []craft.Name{ICMPv6NDRS},
		Hooks: craft.Hooks{
			Flow: routersFlow,
			Answers: func(m craft.Match, _, j int) (bool, string) {
				if m.Question.Layers()[j].Name() != ICMPv6NDRS {
					return false, "an advertisement is not answered"
				}
				return true, "an advertisement answers a solicitation"
			},
		},
	}
}

func advertisementSpec() craft.Spec {
	return craft.Spec{
		Fields: []craft.Field{
			{Name: "R", Kind: craft.Number, Bits: 1, Default: 1, Doc: "the sender is a router"},
			{Name: "S", Kind: craft.Number, Bits: 1, Doc: "it was solicited"},
			{Name: "O", Kind: craft.Number, Bits: 1, Default: 1, Doc: "what is known so far is to be overridden"},
			{Name: "res", Kind: craft.Number, Bits: 29, Hex: true, Doc: "reserved"},
			{Name: "tgt", Kind: craft.IPv6Address, Bits: 128, Doc: "the address that it is about"},
		},
		Replies: []craft.Name{ICMPv6NDNS},
		Hooks: craft.Hooks{
			Summary: targetSummary,
			Answers: func(m craft.Match, i, j int) (bool, string) {
				r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
				switch {
				case q.Name() != ICMPv6NDNS:
					return false, "an advertisement is not answered"
				case r.Addr("tgt") != q.Addr("tgt"):
					return false, "it tells about another address than the one asked for"
				}
				return true, "it tells about the address that was asked for"
			},
			Flow: func(f *craft.Flow, l *craft.Layer) {
				withoutAddresses(f, 135)
				f.Src = l.Addr("tgt") // as the one who answers
			},
		},
	}
}

// targetSummary names the message and what it is about.
func targetSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	return l.Protocol().Title() + " (tgt: " + l.Text("tgt") + ")"
}
