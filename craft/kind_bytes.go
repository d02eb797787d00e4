package craft

import (
	"bytes"
	"fmt"

	"github.com/moonwire/moonwire/craft/values"
)

// byteStrings are the rules of byte strings.
type byteStrings struct{ plain }

func (r byteStrings) text(l *Layer, i int, text string) error {
	b := []byte(text)
	if parse := l.proto.spec.Fields[i].Parse; parse != nil {
		var err error
		if b, err = parse(text); err != nil {
			return err
		}
	}
	return r.take(l, i, b)
}

func (r byteStrings) take(l *Layer, i int, value any) error {
	b, ok := value.([]byte)
	switch p := l.proto.spec.Fields[i].Part; {
	case !ok, l.varies(i) && p != nil && p.Encode != nil:
		return r.plain.take(l, i, value)
	case !l.varies(i):
		return l.assignFixedBytes(i, b)
	}
	l.replacePart(i, append([]byte(nil), b...))
	l.mark(i)
	return nil
}

// assignFixedBytes writes a byte string into the header; a short one is padded with zeros.
func (l *Layer) assignFixedBytes(i int, b []byte) error {
	s := l.shape.slots[i]
	if len(b) > s.bytes {
		return fmt.Errorf("want at most %d bytes, got %d", s.bytes, len(b))
	}
	n := copy(l.hdr[s.off:s.off+s.bytes], b) // b may be these very bytes, as Get gave them
	clear(l.hdr[s.off+n : s.off+s.bytes])
	l.mark(i)
	return nil
}

func (byteStrings) decoded(v Value) any {
	if raw, ok := v.list.(Verbatim); ok {
		return raw // in place of a field of another width
	}
	return v.bytes
}

// longBytes is the width in bits from which on a byte string is shown without the zero bytes that fill it up.
const longBytes = 128

func (byteStrings) show(v Value) string {
	if v.field != nil && v.field.Bits >= longBytes {
		return values.Quote(bytes.TrimRight(v.bytes, "\x00"))
	}
	return values.Quote(v.bytes)
}

func (byteStrings) json(b []byte, v Value) []byte {
	if v.layer == nil && isText(v.bytes) {
		return appendText(b, string(v.bytes)) // what gopacket decoded: names and addresses are text
	}
	return appendHex(b, v.bytes)
}

func (byteStrings) literal(_ *Layer, _ int, v Value) string { return v.String() }

// maxFuzzed is how long a byte string becomes at most: many have a length of 8 bits, or of 5 in words, in front of them, which
// counts more than the string.
const maxFuzzed = 124

func (byteStrings) draw(l *Layer, i int, seed uint64) values.Generator {
	longest := uint64(maxFuzzed)
	if w := l.spot(i, 0).Width; w > 0 {
		longest = uint64(w)
	}
	return values.RandBin(values.Size{Random: values.RandNum(0, longest, seed+1)}, seed)
}
