package layers

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Messages of DHCPv6, RFC 8415. Options follow as layers, one upon the other.
const (
	// DHCP6 is a message of any type.
	DHCP6 craft.Name = "DHCP6"
	// DHCP6Solicit looks for servers.
	DHCP6Solicit craft.Name = "DHCP6_Solicit"
	// DHCP6Advertise is a server's answer to DHCP6Solicit.
	DHCP6Advertise craft.Name = "DHCP6_Advertise"
	// DHCP6Request asks a server for addresses.
	DHCP6Request craft.Name = "DHCP6_Request"
	// DHCP6Confirm asks whether addresses still fit the link.
	DHCP6Confirm craft.Name = "DHCP6_Confirm"
	// DHCP6Renew asks the same server for more time.
	DHCP6Renew craft.Name = "DHCP6_Renew"
	// DHCP6Rebind asks any server for more time.
	DHCP6Rebind craft.Name = "DHCP6_Rebind"
	// DHCP6Reply is a server's answer.
	DHCP6Reply craft.Name = "DHCP6_Reply"
	// DHCP6Release gives addresses back.
	DHCP6Release craft.Name = "DHCP6_Release"
	// DHCP6Decline says that addresses are in use.
	DHCP6Decline craft.Name = "DHCP6_Decline"
	// DHCP6Reconf makes a client ask again.
	DHCP6Reconf craft.Name = "DHCP6_Reconf"
	// DHCP6InfoRequest asks for settings without addresses.
	DHCP6InfoRequest craft.Name = "DHCP6_InfoRequest"
	// DHCP6RelayForward passes a message on towards the servers.
	DHCP6RelayForward craft.Name = "DHCP6_RelayForward"
	// DHCP6RelayReply passes an answer on towards the client.
	DHCP6RelayReply craft.Name = "DHCP6_RelayReply"
)

// Ports of clients, and of servers and relays.
const dhcp6Client, dhcp6Server = 546, 547

// dhcp6Types are the types of messages, by their place in RFC 8415, section 7.3.
var dhcp6Types = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "SOLICIT", 2: "ADVERTISE", 3: "REQUEST", 4: "CONFIRM", 5: "RENEW", 6: "REBIND", 7: "REPLY", 8: "RELEASE", 9: "DECLINE",
		10: "RECONFIGURE", 11: "INFORMATION-REQUEST", 12: "RELAY-FORW", 13: "RELAY-REPL",
	}
})

var _ = define(func() craft.Spec {
	return becomes(dhcp6Spec(DHCP6, 0, "DHCPv6 Generic Message", "message of DHCPv6 of any type, RFC 8415", dhcp6Client, dhcp6Server),
		func(_ *craft.Layer, b []byte) craft.Name { return dhcp6Named(b) })
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Solicit, 1, "DHCPv6 Solicit Message", "looks for DHCPv6 servers, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Advertise, 2, "DHCPv6 Advertise Message", "a DHCPv6 server's answer to a solicitation, RFC 8415", dhcp6Server, dhcp6Client, DHCP6Solicit)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Request, 3, "DHCPv6 Request Message", "asks a DHCPv6 server for addresses, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Confirm, 4, "DHCPv6 Confirm Message", "asks whether addresses still fit the link, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Renew, 5, "DHCPv6 Renew Message", "asks the same DHCPv6 server for more time, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Rebind, 6, "DHCPv6 Rebind Message", "asks any DHCPv6 server for more time, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Reply, 7, "DHCPv6 Reply Message", "a DHCPv6 server's answer, RFC 8415", dhcp6Server, dhcp6Client,
		DHCP6Solicit, DHCP6Request, DHCP6Confirm, DHCP6Renew, DHCP6Rebind, DHCP6Release, DHCP6Decline, DHCP6InfoRequest)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Release, 8, "DHCPv6 Release Message", "gives addresses back, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Decline, 9, "DHCPv6 Decline Message", "tells that addresses are in use, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6Reconf, 10, "DHCPv6 Reconfigure Message", "tells a client to ask again, RFC 8415", dhcp6Server, dhcp6Client)
})
var _ = define(func() craft.Spec {
	return dhcp6Spec(DHCP6InfoRequest, 11, "DHCPv6 Information Request Message", "asks for settings without addresses, RFC 8415", dhcp6Client, dhcp6Server)
})
var _ = define(func() craft.Spec {
	return relaySpec(DHCP6RelayForward, 12, "DHCPv6 Relay Forward Message", "passes a message on towards the DHCPv6 servers, RFC 8415")
})
var _ = define(func() craft.Spec {
	return relaySpec(DHCP6RelayReply, 13, "DHCPv6 Relay Reply Message", "passes an answer on towards the DHCPv6 client, RFC 8415", DHCP6RelayForward)
})

// dhcp6Spec is the table of a message between client and server; it answers the questions given.
func dhcp6Spec(name craft.Name, kind uint64, title, doc string, sport, dport uint64, questions ...craft.Name) craft.Spec {
	s := dhcp6Message(name, kind, title, doc, sport, dport)
	s.Fields = append(s.Fields, craft.Field{Name: "trid", Kind: craft.Number, Bits: 24, Hex: true, Doc: "pairs an answer with its question"})
	s.Families = []craft.Name{DHCP6}
	s.Replies = questions
	s.Answers = func(m craft.Match, i, j int) (bool, string) {
		r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
		switch {
		case !slices.Contains(questions, q.Name()):
			return false, "a message of that type does not answer the question's"
		case r.Uint("trid") != q.Uint("trid"):
			return false, "the transaction ids differ"
		}
		return true, "it has the question's transaction id"
	}
	return s
}

// relaySpec is the table of a message between relays and servers.
func relaySpec(name craft.Name, kind uint64, title, doc string, questions ...craft.Name) craft.Spec {
	s := dhcp6Message(name, kind, title, doc, dhcp6Server, dhcp6Server)
	s.Fields = append(s.Fields,
		craft.Field{Name: "hopcount", Kind: craft.Number, Bits: 8, Doc: "how many relays passed it on before"},
		craft.Field{Name: "linkaddr", Kind: craft.IPv6Address, Bits: 128, Doc: "tells the link of the client"},
		craft.Field{Name: "peeraddr", Kind: craft.IPv6Address, Bits: 128, Doc: "the client, or the relay that it came from"})
	s.Replies = questions
	s.Answers = func(m craft.Match, i, j int) (bool, string) {
		r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
		if !slices.Contains(questions, q.Name()) || r.Uint("hopcount") != q.Uint("hopcount") ||
			r.Addr("linkaddr") != q.Addr("linkaddr") || r.Addr("peeraddr") != q.Addr("peeraddr") {
			return false, "it is for another link or peer"
		}
		return true, "it is for the question's link and peer"
	}
	return s
}

// dhcp6Message is what all messages have.
func dhcp6Message(name craft.Name, kind uint64, title, doc string, sport, dport uint64) craft.Spec {
	s := craft.Spec{Name: name, Title: title, Doc: doc}
	s.Fields = []craft.Field{{Name: "msgtype", Kind: craft.Enum, Bits: 8, Default: kind, Names: dhcp6Types(), Doc: "type of the message"}}
	for _, field := range []string{"dport", "sport"} {
		s.Binds = append(s.Binds, craft.ReadOver(UDP, field, dhcp6Server), craft.ReadOver(UDP, field, dhcp6Client))
	}
	s.Binds = append(s.Binds, craft.StackOver(UDP, "sport", sport, craft.FieldValue{Field: "dport", Value: dport}))
	s.Accepts = func(b []byte) bool { return dhcp6Named(b) == name && likeDHCP6(b) }
	s.GuessPayload = pickDHCP6
	return s
}

// Lengths of the headers of messages.
const dhcp6Header, relayHeader = 4, 34

// dhcp6Named names the message that bytes begin with; "" for none. One of an unknown type is known by its options.
func dhcp6Named(b []byte) craft.Name {
	switch {
	case len(b) < dhcp6Header:
		return ""
	case b[0] == 12 || b[0] == 13:
		return []craft.Name{DHCP6RelayForward, DHCP6RelayReply}[b[0]-12]
	case b[0] >= 1 && b[0] <= 11:
		return []craft.Name{
			DHCP6Solicit, DHCP6Advertise, DHCP6Request, DHCP6Confirm, DHCP6Renew, DHCP6Rebind, DHCP6Reply, DHCP6Release, DHCP6Decline,
			DHCP6Reconf, DHCP6InfoRequest,
		}[b[0]-1]
	}
	if whole, _ := walkDHCP6(b[dhcp6Header:]); whole {
		return DHCP6
	}
	return ""
}

// likeDHCP6 reports whether bytes that no more than a port announces are a message, by its options.
func likeDHCP6(b []byte) bool {
	switch name := dhcp6Named(b); name {
	case "":
		return false
	case DHCP6RelayForward, DHCP6RelayReply:
		return likeRelay(b)
	case DHCP6:
		return len(b) > dhcp6Header
	}
	_, ok := walkDHCP6(b[dhcp6Header:])
	return ok
}

// walkDHCP6 walks options; whole says that they end where the bytes do. When the last one is cut, which a capture may have done, their
// codes are ones that are assigned: those have one byte so far (RFC 8415, section 24).
func walkDHCP6(b []byte) (whole, ok bool) {
	assigned := true
	for len(b) > 0 {
		assigned = assigned && b[0] == 0
		if len(b) > 1 && b[0]|b[1] == 0 {
			return false, false
		}
		if len(b) < 4 || 4+int(binary.BigEndian.Uint16(b[2:])) > len(b) {
			return false, assigned
		}
		b = b[4+binary.BigEndian.Uint16(b[2:]):]
	}
	return true, true
}

// likeRelay looks at the hops, of which there are 8 by default (RFC 8415, section 7.6), and at the address of the link, which may be none.
func likeRelay(b []byte) bool {
	const hops = 32
	link := b[2:min(18, len(b))]
	_, ok := walkDHCP6(b[min(relayHeader, len(b)):])
	return ok && b[1] <= hops && len(link) == 16 && (allZero(link) || link[0]>>5 == 1 || link[0] >= 0xfc)
}

// pickDHCP6 names the option that bytes begin with. One whose length is not that of its fields is any option.
func pickDHCP6(l *craft.Layer, b []byte) craft.Name {
	if len(b) < 4 {
		return craft.Raw
	}
	proto := l.Lookup(dhcp6ByCode(binary.BigEndian.Uint16(b)))
	if proto == nil {
		return DHCP6OptUnknown
	}
	if !fitsIn(proto, 4+int(binary.BigEndian.Uint16(b[2:]))) {
		return DHCP6OptUnknown
	}
	return proto.Name()
}
