package lab

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// A complaint is the type and code of an ICMP error (RFC 792).
type complaint struct {
	kind header.ICMPv4Type
	code header.ICMPv4Code
}

// icmpErrorSize is the greatest length of a packet that carries an ICMP error (RFC 1812, section 4.3.2.3).
const icmpErrorSize = 576

// icmpError makes the ICMP error with which the node at from answers a packet; nil where none may be sent.
func icmpError(from netip.Addr, about header.IPv4, c complaint) header.IPv4 {
	if !mayComplain(about) {
		return nil
	}
	quote := about[:min(len(about), icmpErrorSize-header.IPv4MinimumSize-header.ICMPv4MinimumSize)]
	p := newPacket(from, source(about), header.ICMPv4ProtocolNumber, header.ICMPv4MinimumSize+len(quote))
	h := header.ICMPv4(p.Payload())
	h.SetType(c.kind)
	h.SetCode(c.code)
	copy(h[header.ICMPv4MinimumSize:], quote)
	sumICMP(h)
	return p
}

// mayComplain says whether a packet may be answered with an ICMP error: not an ICMP error itself, no later fragment, and
// from and to one host (RFC 1122, section 3.2.2).
func mayComplain(about header.IPv4) bool {
	src, dst := source(about), destination(about)
	if about.FragmentOffset() != 0 || !src.IsGlobalUnicast() || dst.IsMulticast() || dst == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return false
	}
	h := header.ICMPv4(transport(about, header.ICMPv4ProtocolNumber))
	return len(h) == 0 || isQuery(h.Type())
}

// isQuery says whether an ICMP type is a question or an answer, not an error about another packet.
func isQuery(t header.ICMPv4Type) bool {
	switch t {
	case header.ICMPv4DstUnreachable, header.ICMPv4SrcQuench, header.ICMPv4Redirect, header.ICMPv4TimeExceeded, header.ICMPv4ParamProblem:
		return false
	}
	return true
}

// echoReply makes the answer to an echo request; nil when p is none or is damaged.
func echoReply(p header.IPv4) header.IPv4 {
	request := header.ICMPv4(transport(p, header.ICMPv4ProtocolNumber))
	if len(request) < header.ICMPv4MinimumSize || request.Type() != header.ICMPv4Echo || checksum.Checksum(request, 0) != 0xffff {
		return nil
	}
	answer := newPacket(destination(p), source(p), header.ICMPv4ProtocolNumber, len(request))
	h := header.ICMPv4(answer.Payload())
	copy(h, request)
	h.SetType(header.ICMPv4EchoReply)
	sumICMP(h)
	return answer
}

// quotedIn returns the beginning of the packet that an ICMP error is about; nil when p is no intact ICMP error or the
// quote is too short to hold the flow.
func quotedIn(p header.IPv4) header.IPv4 {
	h := header.ICMPv4(transport(p, header.ICMPv4ProtocolNumber))
	if len(h) < header.ICMPv4MinimumSize || isQuery(h.Type()) || checksum.Checksum(h, 0) != 0xffff {
		return nil
	}
	q := header.IPv4(h[header.ICMPv4MinimumSize:])
	if len(q) < header.IPv4MinimumSize || header.IPVersion(q) != header.IPv4Version ||
		len(q) < int(q.HeaderLength())+header.ICMPv4MinimumErrorPayloadSize {
		return nil
	}
	return q
}

// sumICMP computes the checksum of a whole ICMP message.
func sumICMP(h header.ICMPv4) {
	h.SetChecksum(0)
	h.SetChecksum(^checksum.Checksum(h, 0))
}
