package craft

// This file holds the checksum that transports share: over their segment and a pseudo-header of the network layer, which
// that layer's protocol sums up (Hooks.Pseudo).

// Under is the network layer that carries layer i, through extension headers, and its place in the packet; nil when there
// is something else below.
func (b *Builder) Under(i int) (network *Layer, at int) {
	for i--; i >= 0; i-- {
		switch l := b.p.layers[i]; {
		case l.shape.short:
			return nil, -1 // its addresses may not be here
		case l.proto.spec.Pseudo != nil:
			return l, i
		case !l.proto.spec.Extends:
			return nil, -1
		}
	}
	return nil, -1
}

// SegmentSum is the checksum of layer i's segment, its header and all behind it, with the pseudo-header of the network layer
// below; 0 when there is none. As in scapy, proto is the transport's own number whatever the network header says.
func (b *Builder) SegmentSum(i int, proto byte, segment []byte) uint16 {
	l, at := b.Under(i)
	if l == nil {
		return 0
	}
	return ^FoldSum(AddSum(l.proto.spec.Pseudo(b, at, i, proto, len(segment)), segment))
}
