package craft

import "encoding/binary"

// This file holds the checksum that transports share: over their segment and a pseudo-header of the network layer.

// under is the IP layer that carries layer i, through IPv6's extension headers, with its header as built; nil when there
// is something else.
func (b *Builder) under(i int) (*Layer, []byte) {
	for i--; i >= 0; i-- {
		switch l := b.p.layers[i]; l.proto.spec.Name {
		case IP, IPerror, IPv6, IPerror6:
			return l, b.header(i)
		default:
			if !l.proto.spec.Extends {
				return nil, nil
			}
		}
	}
	return nil, nil
}

// transportSum is the checksum of layer i's segment over the pseudo-header of RFC 9293, section 3.1, or RFC 8200, section
// 8.1; 0 when there is no IP layer below. As in scapy, the protocol is the transport's own whatever IP.proto says, the
// length obeys an explicit IP.len but not IPv6's plen, and the destination is the last hop of a source route.
func (b *Builder) transportSum(i int, proto byte, segment []byte) uint16 {
	l, ip := b.under(i)
	if l == nil {
		return 0
	}
	if l.proto.spec.Name == IPv6 || l.proto.spec.Name == IPerror6 {
		return b.sumOverIPv6(i, ip, proto, segment)
	}
	n := len(segment)
	if l.IsSet("len") && !l.replaced(ipLen) {
		n = max(int(l.Uint("len"))-4*b.ihl(l, ip), 0)
	}
	var pseudo [12]byte
	copy(pseudo[:], ip[12:20])
	if hop, ok := finalHop(l); ok {
		copy(pseudo[4:8], hop)
	}
	pseudo[9] = proto
	binary.BigEndian.PutUint16(pseudo[10:], uint16(n))
	return ^FoldSum(AddSum(AddSum(0, pseudo[:]), segment))
}

// ihl is the header length in words that the checksum of the layer above reckons with.
func (b *Builder) ihl(l *Layer, ip []byte) int {
	if l.IsSet("ihl") { // half a byte: nothing can stand in its place
		return int(l.Uint("ihl"))
	}
	return len(ip) / 4
}

// sumOverIPv6 is transportSum over an IPv6 header as built. The destination is the one that the innermost routing header
// with hops to go leads to, and the source is the home address that the outermost header of a mobile node tells (RFC 6275,
// section 11.3.1).
func (b *Builder) sumOverIPv6(i int, ip []byte, proto byte, segment []byte) uint16 {
	var pseudo [40]byte
	copy(pseudo[:], ip[8:40])
	routed := false
	for i--; b.p.layers[i].proto.spec.Extends; i-- {
		if last := b.p.layers[i].lastHop(); last != nil && !routed {
			routed = true
			copy(pseudo[16:32], last)
		}
		if home := b.p.layers[i].homeAddress(); home != nil {
			copy(pseudo[:16], home)
		}
	}
	binary.BigEndian.PutUint32(pseudo[32:], uint32(len(segment)))
	pseudo[39] = proto
	return ^FoldSum(AddSum(AddSum(0, pseudo[:]), segment))
}
