package craft

import "bytes"

// padding is what building puts behind the header of n bytes: zeros up to a multiple of four behind options, and
// whatever a protocol puts behind its own.
func (l *Layer) padding(n int) []byte {
	if l.shape.short {
		return nil // the header does not get that far
	}
	if l.proto.spec.Filler != nil {
		return l.proto.spec.Filler(l, n)
	}
	if a := l.proto.spec.Align; a > 0 {
		if l.extra != nil && l.extra.odd != nil && l.extra.odd.behind == n {
			return l.extra.odd.bytes
		}
		return zeros[:(a-n%a)%a]
	}
	if t := l.shape.tail; t >= 0 && l.proto.spec.Fields[t].Kind == Options {
		return zeros[:-n&3]
	}
	return nil
}

var zeros [8]byte

// oddPadding is what a packet from the wire had in place of the zeros behind a header of so many bytes: fewer of them,
// or something else. It stays with the layer as long as the header has that length.
type oddPadding struct {
	behind int
	bytes  []byte
}

// readPadding keeps the bytes behind a header that building would not put there.
func (l *Layer) readPadding(data []byte) {
	n := l.UnpaddedLen()
	if l.proto.spec.Align == 0 || n > len(data) {
		return
	}
	want := l.padding(n)
	if have := data[n:min(n+len(want), len(data))]; !bytes.Equal(have, want) {
		l.more().odd = &oddPadding{n, have}
	}
}
