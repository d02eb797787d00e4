package craft

import "strings"

// The packet that an ICMP error quotes is read by the tables of the protocols themselves, under names of their own: it is
// the question coming home, not a layer of the answer. A quote may be cut after eight bytes (RFC 792) and what is
// missing then is absent.
const (
	// IPerror is the IP header that an ICMP error quotes.
	IPerror Name = "IPerror"
	// IPerror6 is the IPv6 header that an ICMPv6 error quotes.
	IPerror6 Name = "IPerror6"
	// TCPerror is the TCP header, or its first bytes, that an ICMP error quotes.
	TCPerror Name = "TCPerror"
	// UDPerror is the UDP header that an ICMP error quotes.
	UDPerror Name = "UDPerror"
	// ICMPerror is the ICMP header that an ICMP error quotes.
	ICMPerror Name = "ICMPerror"
)

var _ = Define(quotedSpec(ipSpec, IPerror, "IP in ICMP", Over(IPerror, "proto", 4)))
var _ = Define(quotedSpec(ipv6Spec, IPerror6, "IPv6 in ICMPv6", StackOver(IPerror, "proto", 41), StackOver(IPerror6, "nh", 41)))
var _ = Define(quotedSpec(tcpSpec, TCPerror, "TCP in ICMP", Over(IPerror, "proto", 6), Over(IPerror6, "nh", 6)))
var _ = Define(quotedSpec(udpSpec, UDPerror, "UDP in ICMP", Over(IPerror, "proto", 17), Over(IPerror6, "nh", 17)))
var _ = Define(quotedSpec(icmpSpec, ICMPerror, "ICMP in ICMP", Over(IPerror, "proto", 1)))

// quotedSpec is the table of a protocol as it stands in a quote.
func quotedSpec(s Spec, name Name, title string, binds ...Binding) Spec {
	s.Quotes, s.Name, s.Title, s.Binds = s.Name, name, title, binds
	what, where, _ := strings.Cut(title, " in ")
	s.Doc = "the " + what + " header that an " + where + " error quotes"
	s.Quoted = true
	s.Summary = nil
	s.PayloadLen = quotedPayload
	return s
}

// quotedPayload takes what there is: the lengths in a quote are those of the whole packet.
func quotedPayload(_ *Layer, rest int) (int, error) { return rest, nil }
