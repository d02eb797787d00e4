package layers

import (
	"strings"

	"github.com/moonwire/moonwire/craft"
)

// The packet that an ICMP error quotes is read by the tables of the protocols themselves, under names of their own: it is
// the question coming home, not a layer of the answer. A quote may be cut after eight bytes (RFC 792) and what is
// missing then is absent.
const (
	// IPerror is the IP header that an ICMP error quotes.
	IPerror craft.Name = "IPerror"
	// IPerror6 is the IPv6 header that an ICMPv6 error quotes.
	IPerror6 craft.Name = "IPerror6"
	// TCPerror is the TCP header, or its first bytes, that an ICMP error quotes.
	TCPerror craft.Name = "TCPerror"
	// UDPerror is the UDP header that an ICMP error quotes.
	UDPerror craft.Name = "UDPerror"
	// ICMPerror is the ICMP header that an ICMP error quotes.
	ICMPerror craft.Name = "ICMPerror"
)

var _ = define(func() craft.Spec {
	return quotedSpec(ipSpec(), IPerror, "IP in ICMP", craft.Over(IPerror, "proto", 4))
})
var _ = define(func() craft.Spec {
	return quotedSpec(ipv6Spec(), IPerror6, "IPv6 in ICMPv6", craft.StackOver(IPerror, "proto", 41), craft.StackOver(IPerror6, "nh", 41))
})
var _ = define(func() craft.Spec {
	return quotedSpec(tcpSpec(), TCPerror, "TCP in ICMP", craft.Over(IPerror, "proto", 6), craft.Over(IPerror6, "nh", 6))
})
var _ = define(func() craft.Spec {
	return quotedSpec(udpSpec(), UDPerror, "UDP in ICMP", craft.Over(IPerror, "proto", 17), craft.Over(IPerror6, "nh", 17))
})
var _ = define(func() craft.Spec {
	return quotedSpec(icmpSpec(), ICMPerror, "ICMP in ICMP", craft.Over(IPerror, "proto", 1))
})

// quotedSpec is the table of a protocol as it stands in a quote.
func quotedSpec(s craft.Spec, name craft.Name, title string, binds ...craft.Binding) craft.Spec {
	s.Quotes, s.Name, s.Title, s.Binds = s.Name, name, title, binds
	what, where, _ := strings.Cut(title, " in ")
	s.Doc = "the " + what + " header that an " + where + " error quotes"
	s.Quoted = true
	s.Summary, s.Neighbour = nil, nil
	return s
}
