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
