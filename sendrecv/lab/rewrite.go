package lab

import (
	"encoding/binary"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// A side is one of the two ends a packet names.
type side int

const (
	sourceSide side = iota
	destinationSide
)

func (s side) other() side { return 1 - s }

// addr is where an IPv4 header keeps the side's address, port where a TCP or UDP header keeps its port.
func (s side) addr() int { return 12 + 4*int(s) }
func (s side) port() int { return 2 * int(s) }

// Where the checksums are, and an ICMP query's identifier.
const (
	ipSumAt   = 10
	tcpSumAt  = 16
	udpSumAt  = 6
	icmpSumAt = 2
	icmpIDAt  = 4
)

// flowOf reads the flow of a packet, or of the beginning of one, whose given side is the guest.
func flowOf(p header.IPv4, guest side) (flow, bool) {
	proto := p.TransportProtocol()
	body := transport(p, proto)
	if len(body) < header.ICMPv4MinimumErrorPayloadSize {
		return flow{}, false
	}
	f := flow{proto, endpoint(p, body, guest), endpoint(p, body, guest.other())}
	switch proto {
	case header.TCPProtocolNumber, header.UDPProtocolNumber:
		return f, true
	case header.ICMPv4ProtocolNumber:
		f.guest = netip.AddrPortFrom(f.guest.Addr(), binary.BigEndian.Uint16(body[icmpIDAt:]))
		f.remote = netip.AddrPortFrom(f.remote.Addr(), 0)
		return f, isQuery(header.ICMPv4(body).Type())
	}
	return flow{}, false
}

func endpoint(p header.IPv4, body []byte, s side) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(p[s.addr():])), binary.BigEndian.Uint16(body[s.port():]))
}

// readdress changes one side of a packet and the checksums that cover it, as far as the packet is there.
func readdress(p header.IPv4, s side, to netip.AddrPort) {
	proto, body := p.TransportProtocol(), p[p.HeaderLength():]
	sum := sumOf(p)
	port := binary.BigEndian.AppendUint16(nil, to.Port())
	addr := to.Addr().AsSlice()
	if proto == header.ICMPv4ProtocolNumber { // its checksum does not cover the address
		patch(body, icmpIDAt, port, sum)
	} else {
		patch(body, s.port(), port, sum)
		adjust(sum, p[s.addr():], addr)
	}
	if proto == header.UDPProtocolNumber && sum != nil && binary.BigEndian.Uint16(sum) == 0 {
		binary.BigEndian.PutUint16(sum, 0xffff)
	}
	patch(p, s.addr(), addr, p[ipSumAt:])
}

// sumOf is where a packet keeps its transport checksum; nil when a quote ends before it, and when UDP has none (RFC 768).
func sumOf(p header.IPv4) []byte {
	body := p[p.HeaderLength():]
	switch p.TransportProtocol() {
	case header.ICMPv4ProtocolNumber:
		return body[icmpSumAt:]
	case header.TCPProtocolNumber:
		if len(body) >= header.TCPMinimumSize {
			return body[tcpSumAt:]
		}
	case header.UDPProtocolNumber:
		if binary.BigEndian.Uint16(body[udpSumAt:]) != 0 {
			return body[udpSumAt:]
		}
	}
	return nil
}

// patch replaces bytes and adjusts the checksum over them.
func patch(b []byte, at int, with, sum []byte) {
	adjust(sum, b[at:], with)
	copy(b[at:], with)
}

// adjust keeps a checksum as right, or as wrong, as it was when bytes at an even offset change: it moves by the difference
// alone (RFC 1624, section 3). A nil sum is none.
func adjust(sum, was, is []byte) {
	if sum == nil {
		return
	}
	s := ^binary.BigEndian.Uint16(sum)
	for i := 0; i < len(is); i += 2 {
		if was[i] == is[i] && was[i+1] == is[i+1] {
			continue // of a message of zeros, nothing changed would come out as the other zero of the complement
		}
		s = checksum.Combine(s, ^binary.BigEndian.Uint16(was[i:]))
		s = checksum.Combine(s, binary.BigEndian.Uint16(is[i:]))
	}
	binary.BigEndian.PutUint16(sum, ^s)
}
