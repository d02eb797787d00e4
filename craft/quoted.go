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

var _ = define(quotedSpec(ipSpec, IPerror, "IP in ICMP", over(IPerror, "proto", 4)))
var _ = define(quotedSpec(ipv6Spec, IPerror6, "IPv6 in ICMPv6", stackOver(IPerror, "proto", 41), stackOver(IPerror6, "nh", 41)))
var _ = define(quotedSpec(tcpSpec, TCPerror, "TCP in ICMP", over(IPerror, "proto", 6), over(IPerror6, "nh", 6)))
var _ = define(quotedSpec(udpSpec, UDPerror, "UDP in ICMP", over(IPerror, "proto", 17), over(IPerror6, "nh", 17)))
var _ = define(quotedSpec(icmpSpec, ICMPerror, "ICMP in ICMP", over(IPerror, "proto", 1)))

// quotedSpec is the table of a protocol as it stands in a quote.
func quotedSpec(s spec, name Name, title string, binds ...bind) spec {
	s.quotes, s.name, s.title, s.binds = s.name, name, title, binds
	what, where, _ := strings.Cut(title, " in ")
	s.doc = "the " + what + " header that an " + where + " error quotes"
	s.quoted = true
	s.summary = nil
	s.payloadLen = quotedPayload
	return s
}

// quotedPayload takes what there is: the lengths in a quote are those of the whole packet.
func quotedPayload(_ *Layer, rest int) (int, error) { return rest, nil }
