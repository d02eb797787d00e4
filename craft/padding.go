package craft

import "bytes"

// A Pad fills a header up to a multiple of so many bytes, as the options of TCP and the chunks of SCTP.
type Pad struct {
	// To is the multiple, a power of two: 4 for words of 32 bits.
	To int
	// Counted padding is part of what the header's length says: none is made where the length is set, as what stands on the
	// wire then holds it. Other padding is not, and that of the last element of a list is left to what holds the list.
	Counted bool
	// Fill makes n bytes of padding; nil is zeros.
	Fill func(l *Layer, n int) []byte
}

// pad is the padding of the protocol's header: that of its options, unless the Spec says something else.
func (s *Spec) pad() *Pad {
	if s.Pad == nil && len(s.Fields) > 0 && s.Fields[len(s.Fields)-1].Kind == Options {
		return &Pad{To: 4, Counted: true}
	}
	return s.Pad
}

// padding is what building puts behind the header of n bytes.
func (l *Layer) padding(n int) []byte {
	pad := l.proto.pad
	if pad == nil || l.shape.short {
		return nil
	}
	gap := -n & (pad.To - 1)
	switch {
	case l.proto.options >= 0:
		if gap == 0 {
			return nil
		}
	case pad.Counted && l.measured():
		return nil
	case !pad.Counted && l.extra != nil && l.extra.odd != nil && l.extra.odd.behind == n:
		return l.extra.odd.bytes
	case gap > 0 && pad.Fill != nil:
		return pad.Fill(l, gap)
	}
	return zeros(gap)
}

// zeros is n zero bytes, not to be changed.
func zeros(n int) []byte {
	if n <= len(noughts) {
		return noughts[:n:n]
	}
	return make([]byte, n)
}

var noughts [16]byte

// measured reports whether the length of the header is set, or is not there to count what is filled up.
func (l *Layer) measured() bool {
	set, counted := l.fixed|l.seen, false
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		if !r.length() || l.shape.mask>>r.field&1 == 0 {
			continue
		}
		if counted = true; set>>r.field&1 == 1 {
			return true
		}
	}
	return !counted
}

// uncounted is how much of a header of so many bytes its length does not count.
func (l *Layer) uncounted(size int) int {
	if pad := l.proto.pad; pad == nil || pad.Counted {
		return 0
	}
	return size - l.UnpaddedLen()
}

// oddPadding is what a packet from the wire had in place of the zeros behind a header of so many bytes: fewer of them,
// or something else. It stays with the layer as long as the header has that length.
type oddPadding struct {
	behind int
	bytes  []byte
}

// readPadding keeps the bytes behind a header that building would not put there. inside is for the element of a list, whose
// padding is not there at all at the end.
func (l *Layer) readPadding(data []byte, inside bool) {
	if pad := l.proto.pad; pad == nil || pad.Counted {
		return
	}
	n := l.UnpaddedLen()
	if n > len(data) || inside && n == len(data) {
		return
	}
	want := l.padding(n)
	if have := data[n:min(n+len(want), len(data))]; !bytes.Equal(have, want) {
		l.more().odd = &oddPadding{n, have}
	}
}

// trimPadding takes the padding of the last of some packets, which became the bytes b, away again where no length counts it:
// what holds the list fills itself up.
func trimPadding(b []byte, v any) []byte {
	last := lastLayer(v)
	if last == nil || last.proto.pad == nil || last.proto.pad.Counted || last.extra != nil && last.extra.odd != nil {
		return b
	}
	return b[:len(b)-len(last.padding(last.UnpaddedLen()))]
}

// lastLayer is the last layer of some packets; nil for none, and for bytes.
func lastLayer(v any) *Layer {
	switch v := v.(type) {
	case *Layer:
		return v
	case *Packet:
		if n := len(v.layers); n > 0 {
			return v.layers[n-1]
		}
	case []*Packet:
		if n := len(v); n > 0 {
			return lastLayer(v[n-1])
		}
	case []any:
		if n := len(v); n > 0 {
			return lastLayer(v[n-1])
		}
	}
	return nil
}
