package lab

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// arpReply makes the answer of the station at a to an ARP request for it (RFC 826); nil when the frame asks nothing of it.
func arpReply(a netip.Addr, frame []byte) []byte {
	if header.Ethernet(frame).Type() != header.ARPProtocolNumber {
		return nil
	}
	request := header.ARP(frame[header.EthernetMinimumSize:])
	if !request.IsValid() || request.Op() != header.ARPRequest || netip.AddrFrom4([4]byte(request.ProtocolAddressTarget())) != a {
		return nil
	}
	answer := make([]byte, header.EthernetMinimumSize+header.ARPSize)
	header.Ethernet(answer).Encode(&header.EthernetFields{
		SrcAddr: hardware(a), DstAddr: header.Ethernet(frame).SourceAddress(), Type: header.ARPProtocolNumber,
	})
	reply := header.ARP(answer[header.EthernetMinimumSize:])
	reply.SetIPv4OverEthernet()
	reply.SetOp(header.ARPReply)
	copy(reply.HardwareAddressSender(), hardware(a))
	copy(reply.ProtocolAddressSender(), request.ProtocolAddressTarget())
	copy(reply.HardwareAddressTarget(), request.HardwareAddressSender())
	copy(reply.ProtocolAddressTarget(), request.ProtocolAddressSender())
	return answer
}
