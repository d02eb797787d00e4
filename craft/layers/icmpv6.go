package layers

import (
	"slices"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Messages of ICMPv6, RFC 4443.
const (
	// ICMPv6EchoRequest asks for an echo.
	ICMPv6EchoRequest craft.Name = "ICMPv6EchoRequest"
	// ICMPv6EchoReply is the echo.
	ICMPv6EchoReply craft.Name = "ICMPv6EchoReply"
	// ICMPv6DestUnreach says that a packet could not be delivered, and quotes it.
	ICMPv6DestUnreach craft.Name = "ICMPv6DestUnreach"
	// ICMPv6PacketTooBig gives the MTU of the link that a packet did not fit, and quotes it.
	ICMPv6PacketTooBig craft.Name = "ICMPv6PacketTooBig"
	// ICMPv6TimeExceeded says that a packet used up its hop limit or its fragments took too long, and quotes it.
	ICMPv6TimeExceeded craft.Name = "ICMPv6TimeExceeded"
	// ICMPv6ParamProblem says what in a packet could not be read, and quotes it.
	ICMPv6ParamProblem craft.Name = "ICMPv6ParamProblem"
	// ICMPv6Unknown is a message that has no table.
	ICMPv6Unknown craft.Name = "ICMPv6Unknown"
)

// icmpv6 is what all messages have in common: the family, the type that distinguishes them, a code or whatever stands in its place, and
// the checksum. A message that has fixed fields only carries what follows it.
func icmpv6(name craft.Name, kind uint64, title string, code craft.Field, s craft.Spec) craft.Spec {
	s.Name, s.Title, s.Families = name, title, []craft.Name{"ICMPv6", "_ICMPv6"}
	s.Fields = append([]craft.Field{
		{Name: "type", Kind: craft.Enum, Bits: 8, Default: kind, Names: icmpv6Types(), Doc: "message type"},
		code,
		{Name: "cksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.SegmentSum, Number: iana.ICMPv6, Only: IPv6}, Hex: true},
	}, s.Fields...)
	s.Binds = append([]craft.Binding{craft.Over(IPv6, "nh", iana.ICMPv6), craft.ReadOver(IPerror6, "nh", iana.ICMPv6)}, s.Binds...)
	if s.Accepts == nil && name != ICMPv6Unknown {
		s.Accepts = func(payload []byte) bool { return len(payload) > 0 && uint64(payload[0]) == kind }
	}
	s.Identity = slices.DeleteFunc([]string{"type", "code", "id", "seq"}, func(id string) bool {
		return !slices.ContainsFunc(s.Fields, func(f craft.Field) bool { return f.Name == id })
	})
	return s
}

// plainCode is a code that has no names.
var plainCode = craft.Field{Name: "code", Kind: craft.Number, Bits: 8, Doc: "what exactly"}

var icmpv6Types = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Destination unreachable", 2: "Packet too big", 3: "Time exceeded", 4: "Parameter problem", 100: "Private Experimentation",
		101: "Private Experimentation", 128: "Echo Request", 129: "Echo Reply", 130: "MLD Query", 131: "MLD Report", 132: "MLD Done",
		133: "Router Solicitation", 134: "Router Advertisement", 135: "Neighbor Solicitation", 136: "Neighbor Advertisement",
		137: "Redirect Message", 138: "Router Renumbering", 139: "ICMP Node Information Query", 140: "ICMP Node Information Response",
		141: "Inverse Neighbor Discovery Solicitation Message", 142: "Inverse Neighbor Discovery Advertisement Message",
		143: "MLD Report Version 2", 144: "Home Agent Address Discovery Request Message", 145: "Home Agent Address Discovery Reply Message",
		146: "Mobile Prefix Solicitation", 147: "Mobile Prefix Advertisement", 148: "Certification Path Solicitation",
		149: "Certification Path Advertisement", 151: "Multicast Router Advertisement", 152: "Multicast Router Solicitation",
		153: "Multicast Router Termination", 155: "RPL Control Message", 200: "Private Experimentation", 201: "Private Experimentation",
	}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		icmpv6(ICMPv6EchoRequest, 128, "ICMPv6 Echo Request", plainCode, echoSpec("echo request of ICMPv6, RFC 4443")),
		icmpv6(ICMPv6EchoReply, 129, "ICMPv6 Echo Reply", plainCode, echoReplySpec()),
	}
})

// echoSpec is the table of both messages of an echo.
func echoSpec(doc string) craft.Spec {
	return craft.Spec{
		Doc: doc,
		Fields: []craft.Field{
			{Name: "id", Kind: craft.Number, Bits: 16, Hex: true, Doc: "identifier of the asking process"},
			{Name: "seq", Kind: craft.Number, Bits: 16, Hex: true, Doc: "sequence number of the question"},
			{Name: "data", Kind: craft.Bytes, Doc: "what is to come back"},
		},
		Hooks: craft.Hooks{
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return l.Protocol().Title() + " (id: " + l.Text("id") + " seq: " + l.Text("seq") + ")"
			},
			Answers: func(craft.Match, int, int) (bool, string) { return false, "an echo request answers nothing" },
			Flow: func(f *craft.Flow, l *craft.Layer) {
				f.SPort, f.DPort, f.SameID = uint16(l.Uint("id")), uint16(l.Uint("seq")), true
			},
		},
	}
}

func echoReplySpec() craft.Spec {
	s := echoSpec("echo reply of ICMPv6, RFC 4443")
	s.Replies = []craft.Name{ICMPv6EchoRequest}
	s.Answers = func(m craft.Match, i, j int) (bool, string) {
		r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
		switch {
		case q.Name() != ICMPv6EchoRequest:
			return false, "an echo reply is not answered"
		case r.Uint("id") != q.Uint("id") || r.Uint("seq") != q.Uint("seq"):
			return false, "id or seq differ"
		case echoed(m.Reply.Layers()[i:]) != echoed(m.Question.Layers()[j:]):
			return false, "it echoes other data"
		}
		return true, "it has the question's id, seq and data"
	}
	return s
}

// echoed is the data of an echo, with what was stacked upon it.
func echoed(layers []*craft.Layer) string {
	data := string(layers[0].Bytes("data"))
	for _, l := range layers[1:] {
		if l.Name() == craft.Raw {
			data += string(l.Bytes("load"))
		}
	}
	return data
}

// quoting makes a message carry the packet that it is about.
func quoting(s craft.Spec) craft.Spec {
	s.Families = append(s.Families, "_ICMPv6Error")
	s.Carries = map[uint64]craft.Name{0: IPerror6}
	return s
}

// codes is the code of a message whose codes have names.
func codes(names map[uint64]string) craft.Field {
	return craft.Field{Name: "code", Kind: craft.Enum, Bits: 8, Names: names, Doc: "what exactly"}
}

var quoteLength = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "length", Kind: craft.Number, Bits: 8, Doc: "length of the quoted packet in units of 8 bytes, RFC 4884"},
		{Name: "unused", Kind: craft.Number, Bits: 24, Hex: true, Doc: "unused"},
		icmpExtension(8),
	}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		quoting(icmpv6(ICMPv6DestUnreach, 1, "ICMPv6 Destination Unreachable", codes(map[uint64]string{
			0: "No route to destination", 1: "Communication with destination administratively prohibited",
			2: "Beyond scope of source address", 3: "Address unreachable", 4: "Port unreachable",
		}), craft.Spec{
			Doc:    "destination unreachable message of ICMPv6, RFC 4443",
			Fields: quoteLength(),
		})),
		quoting(icmpv6(ICMPv6PacketTooBig, 2, "ICMPv6 Packet Too Big", plainCode, craft.Spec{
			Doc:    "packet too big message of ICMPv6, RFC 4443",
			Fields: []craft.Field{{Name: "mtu", Kind: craft.Number, Bits: 32, Default: 1280, Doc: "MTU of the next link in bytes"}},
		})),
		quoting(icmpv6(ICMPv6TimeExceeded, 3, "ICMPv6 Time Exceeded", codes(map[uint64]string{
			0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded",
		}), craft.Spec{
			Doc:    "time exceeded message of ICMPv6, RFC 4443",
			Fields: quoteLength(),
		})),
		quoting(icmpv6(ICMPv6ParamProblem, 4, "ICMPv6 Parameter Problem", codes(map[uint64]string{
			0: "erroneous header field encountered", 1: "unrecognized Next Header type encountered",
			2: "unrecognized IPv6 option encountered", 3: "first fragment has incomplete header chain",
		}), craft.Spec{
			Doc: "parameter problem message of ICMPv6, RFC 4443",
			Fields: []craft.Field{
				{Name: "ptr", Kind: craft.Number, Bits: 32, Default: 6, Doc: "offset of the byte at fault"},
			},
		})),
		becomes(icmpv6(ICMPv6Unknown, 1, "ICMPv6 message", plainCode, craft.Spec{
			Doc:    "an ICMPv6 message without a table of its own",
			Fields: []craft.Field{{Name: "msgbody", Kind: craft.Bytes, Doc: "what follows the checksum"}},
		}), pickICMPv6),
	}
})

// icmpv6Messages are the messages that have tables, by type.
var icmpv6Messages = sync.OnceValue(func() map[byte]craft.Name {
	return map[byte]craft.Name{
		1: ICMPv6DestUnreach, 2: ICMPv6PacketTooBig, 3: ICMPv6TimeExceeded, 4: ICMPv6ParamProblem, 128: ICMPv6EchoRequest, 129: ICMPv6EchoReply,
		130: ICMPv6MLQuery, 131: ICMPv6MLReport, 132: ICMPv6MLDone, 133: ICMPv6NDRS, 134: ICMPv6NDRA, 135: ICMPv6NDNS, 136: ICMPv6NDNA,
		137: ICMPv6NDRedirect, 141: ICMPv6NDINDSol, 142: ICMPv6NDINDAdv, 143: ICMPv6MLReport2,
		151: ICMPv6MRDAdvertisement, 152: ICMPv6MRDSolicitation, 153: ICMPv6MRDTermination,
	}
})

// pickICMPv6 names the message that bytes begin with. Queries are told apart by their length.
func pickICMPv6(_ *craft.Layer, b []byte) craft.Name {
	name := icmpv6Messages()[b[0]]
	if name == ICMPv6MLQuery && len(b) >= query2Min {
		return ICMPv6MLQuery2
	}
	return name
}
