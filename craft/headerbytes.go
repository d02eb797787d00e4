package craft

// This file is what hooks read and write of a layer: the bytes of its parts, and places in its header.

// PartBytes are the bytes of a field of variable length as the layer keeps them, without reading what they mean; nil for other
// fields. The caller must not change them.
func (l *Layer) PartBytes(field string) []byte {
	i, ok := l.proto.index[field]
	if !ok || !l.varies(i) {
		return nil
	}
	return l.part(i)
}

// SetPartBytes gives a field of variable length its bytes: another spelling of what it holds. Packets that were read from the
// field stay in it, and the field counts as set.
func (l *Layer) SetPartBytes(field string, b []byte) {
	i, ok := l.proto.index[field]
	if !ok || !l.varies(i) {
		return
	}
	if n := l.nest(i); n != nil && n.holds(l.part(i)) {
		n.bytes = b
	}
	if l.extra != nil {
		l.extra.raw &^= 1 << i
		l.extra.canon = 0
	}
	l.setPart(i, b)
	l.fixed |= 1 << i
	l.above &^= 1 << i
}

// Suggest gives a computed number the value that building takes for it. The field does not count as set.
func (l *Layer) Suggest(field string, n uint64) {
	if i, ok := l.proto.index[field]; ok && l.shape.slots[i].bits > 0 {
		l.shape.slots[i].put(l.hdr, n)
	}
}

// Put writes a number into the place of a field in the layer's built header.
func (l *Layer) Put(hdr []byte, field string, n uint64) {
	if i, ok := l.proto.index[field]; ok && l.shape.slots[i].bits > 0 {
		s := l.shape.slots[i]
		s.off = l.offset(i)
		s.put(hdr, n)
	}
}

// OffsetOf is where a field begins in the layer's own bytes; 0 when the layer has no such field.
func (l *Layer) OffsetOf(field string) int {
	i, ok := l.proto.index[field]
	if !ok || l.shape.mask>>i&1 == 0 {
		return 0
	}
	return l.offset(i)
}

// Width is how many bytes a field of the fixed header touches in the present shape; 0 for one of variable length.
func (l *Layer) Width(field string) int {
	if i, ok := l.proto.index[field]; ok {
		return l.shape.slots[i].bytes
	}
	return 0
}

// HeaderBytes are the layer's own bytes as it keeps them: what Build begins with, before it computes anything.
func (l *Layer) HeaderBytes() []byte { return l.appendHeader(nil) }
