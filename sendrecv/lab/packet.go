package lab

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// initialTTL is what every node of the lab sends with (RFC 1700).
const initialTTL = 64

// hardware is the link-layer address of a node: its IPv4 address behind a locally administered prefix. So every host knows
// its neighbours, and no ARP exchange disturbs a capture.
func hardware(a netip.Addr) tcpip.LinkAddress {
	ip := a.As4()
	return tcpip.LinkAddress([]byte{0x02, 0x00, ip[0], ip[1], ip[2], ip[3]})
}

// address is gVisor's spelling of an address.
func address(a netip.Addr) tcpip.Address { return tcpip.AddrFrom4(a.As4()) }

// source and destination are the addresses of a packet.
func source(p header.IPv4) netip.Addr      { return netip.AddrFrom4(p.SourceAddress().As4()) }
func destination(p header.IPv4) netip.Addr { return netip.AddrFrom4(p.DestinationAddress().As4()) }

// isFor says whether a frame is for the station at a, or for all.
func isFor(a netip.Addr, frame []byte) bool {
	return len(frame) >= header.EthernetMinimumSize &&
		(isBroadcast(frame) || header.Ethernet(frame).DestinationAddress() == hardware(a))
}

// isBroadcast says whether a frame is for all stations.
func isBroadcast(frame []byte) bool {
	return header.Ethernet(frame).DestinationAddress() == header.EthernetBroadcastAddress
}

// packetIn returns the IPv4 packet in a frame, without padding; nil when there is none that is whole.
func packetIn(frame []byte) header.IPv4 {
	if len(frame) < header.EthernetMinimumSize || header.Ethernet(frame).Type() != header.IPv4ProtocolNumber {
		return nil
	}
	p := header.IPv4(frame[header.EthernetMinimumSize:])
	if !p.IsValid(len(p)) || !p.IsChecksumValid() {
		return nil
	}
	return p[:p.TotalLength()]
}

// transport returns the transport header and payload of a packet of the given protocol; nil for another protocol and for
// a fragment that does not begin it.
func transport(p header.IPv4, proto tcpip.TransportProtocolNumber) []byte {
	if p == nil || p.TransportProtocol() != proto || p.FragmentOffset() != 0 {
		return nil
	}
	return p[p.HeaderLength():]
}

// segmentIn returns the TCP segment of a packet; nil when there is none with a whole header.
func segmentIn(p header.IPv4) header.TCP {
	t := header.TCP(transport(p, header.TCPProtocolNumber))
	if len(t) < header.TCPMinimumSize || int(t.DataOffset()) < header.TCPMinimumSize || int(t.DataOffset()) > len(t) {
		return nil
	}
	return t
}

// intact says whether the segment's checksum is right.
func intact(p header.IPv4, t header.TCP) bool {
	payload := t.Payload()
	return t.IsChecksumValid(p.SourceAddress(), p.DestinationAddress(), checksum.Checksum(payload, 0), uint16(len(payload)))
}

// frameOf puts a packet into a frame.
func frameOf(from, to tcpip.LinkAddress, p header.IPv4) []byte {
	frame := make([]byte, header.EthernetMinimumSize, header.EthernetMinimumSize+len(p))
	header.Ethernet(frame).Encode(&header.EthernetFields{SrcAddr: from, DstAddr: to, Type: header.IPv4ProtocolNumber})
	return append(frame, p...)
}

// newPacket makes a packet with an empty body of the given length.
func newPacket(src, dst netip.Addr, proto tcpip.TransportProtocolNumber, body int) header.IPv4 {
	p := header.IPv4(make([]byte, header.IPv4MinimumSize+body))
	p.Encode(&header.IPv4Fields{
		TotalLength: uint16(len(p)), TTL: initialTTL, Protocol: uint8(proto),
		SrcAddr: address(src), DstAddr: address(dst),
	})
	p.SetChecksum(^p.CalculateChecksum())
	return p
}

// reset makes the answer to a segment that belongs to no connection (RFC 9293, section 3.5.2), nil when it is a reset
// itself.
func reset(p header.IPv4) header.IPv4 {
	to := segmentIn(p)
	if to == nil || to.Flags().Contains(header.TCPFlagRst) {
		return nil
	}
	answer := newPacket(destination(p), source(p), header.TCPProtocolNumber, header.TCPMinimumSize)
	fields := header.TCPFields{
		SrcPort: to.DestinationPort(), DstPort: to.SourcePort(),
		DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagRst,
	}
	if to.Flags().Contains(header.TCPFlagAck) {
		fields.SeqNum = to.AckNumber()
	} else {
		fields.Flags |= header.TCPFlagAck
		fields.AckNum = to.SequenceNumber() + sequenceLength(to)
	}
	t := header.TCP(answer.Payload())
	t.Encode(&fields)
	pseudo := header.PseudoHeaderChecksum(header.TCPProtocolNumber, answer.SourceAddress(), answer.DestinationAddress(), uint16(len(t)))
	t.SetChecksum(^t.CalculateChecksum(pseudo))
	return answer
}

// sequenceLength is the sequence space a segment takes: its payload, SYN and FIN.
func sequenceLength(t header.TCP) uint32 {
	n := uint32(len(t.Payload()))
	for _, flag := range []header.TCPFlags{header.TCPFlagSyn, header.TCPFlagFin} {
		if t.Flags().Contains(flag) {
			n++
		}
	}
	return n
}
