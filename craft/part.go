package craft

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// A part says how a field of variable length is read and written. Its bytes are what a layer keeps; values are made of
// them when somebody asks. All hooks are optional: without any, a part is the bytes up to the end.
type part struct {
	// length is how many of the bytes at hand belong to the field, by the fields before it. With an error it is how many
	// to take all the same; the layer gets the error as its note.
	length func(l *Layer, rest []byte) (int, error)
	// encode makes the bytes of a value as Set takes it.
	encode func(l *Layer, value any) ([]byte, error)
	// decode makes the value of the bytes: uint64, string, []any or []*Packet, as the field's kind says. What cannot be
	// read is the last element of a list, as a Verbatim or a packet of Raw, so that encoding gives the same bytes.
	decode func(l *Layer, b []byte) any
	// wire makes of the field's bytes what goes on the wire, where that is more: with the padding that aligns options.
	wire func(l *Layer, b []byte) []byte
	// told marks a field that tells the builder something: nothing of it goes on the wire.
	told bool
	// initial makes the bytes that a field has when nobody set it, where they depend on the fields before it.
	initial func(l *Layer) []byte
}

// A view is a field that stands somewhere inside another one and has no bytes of its own, as a header in the head of an
// HTTP message. It may be absent.
type view struct {
	// of is the field that holds it.
	of string
	// read finds field i in the bytes of the other one; nil when it is absent.
	read func(l *Layer, i int, whole []byte) []byte
	// write makes the other field's bytes when field i gets a value; a value of nil takes it away.
	write func(l *Layer, i int, whole, value []byte) []byte
}

// holder is the field that view i stands in; -1 for a field that is no view.
func (l *Layer) holder(i int) int {
	if v := l.proto.fields[i].view; v != nil {
		return l.proto.index[v.of]
	}
	return -1
}

// holds reports whether a view of field i was set.
func (l *Layer) holds(i int) bool {
	for k := range l.proto.fields {
		if (l.fixed&l.proto.views)>>k&1 == 1 && l.holder(k) == i {
			return true
		}
	}
	return false
}

// absent reports whether field i is a view of something that is not there.
func (l *Layer) absent(i int) bool { return l.proto.views>>i&1 == 1 && l.part(i) == nil }

// part is the bytes of field i, which has a variable length.
func (l *Layer) part(i int) []byte {
	l.catchUp()
	return l.stored(i)
}

// stored is the bytes of field i without the changes to packets in it that are still to be written.
func (l *Layer) stored(i int) []byte {
	if l.proto.views>>i&1 == 1 {
		return l.proto.fields[i].view.read(l, i, l.part(l.holder(i)))
	}
	if (l.fixed|l.above)>>i&1 == 0 {
		f := &l.proto.fields[i]
		switch {
		case f.deflt != nil:
			return f.deflt
		case f.part != nil && f.part.initial != nil:
			return f.part.initial(l)
		}
	}
	switch {
	case i == l.shape.tail:
		return l.tail
	case l.extra == nil:
		return nil
	}
	return l.extra.parts[i]
}

// wired is what goes on the wire of field i, which has a variable length.
func (l *Layer) wired(i int) []byte {
	b := l.part(i)
	switch p := l.proto.fields[i].part; {
	case p == nil:
	case p.told:
		return nil
	case p.wire != nil:
		return p.wire(l, b)
	}
	return b
}

// setPart gives field i its bytes.
func (l *Layer) setPart(i int, b []byte) {
	if l.proto.views>>i&1 == 1 {
		in := l.holder(i)
		l.setPart(in, l.proto.fields[i].view.write(l, i, l.part(in), b))
		return
	}
	if l.extra != nil && len(l.extra.stale) > 0 { // what was to be written has been replaced
		l.extra.stale = slices.DeleteFunc(l.extra.stale, func(k int) bool { return k == i })
	}
	if i == l.shape.tail {
		l.tail = b
		return
	}
	l.more().setInner(i, b)
}

// varies reports whether field i has a variable length in the layer's shape.
func (l *Layer) varies(i int) bool {
	return i == l.shape.tail || l.shape.slots[i].bits == 0 && l.shape.mask>>i&1 == 1
}

// offset is where field i begins in the layer's own bytes.
func (l *Layer) offset(i int) int {
	if i == l.shape.tail {
		n := len(l.hdr)
		for _, c := range l.shape.inner {
			n += len(l.wired(c.field))
		}
		return n
	}
	at := l.shape.slots[i].off
	n := at
	for _, c := range l.shape.inner {
		if c.field == i {
			return n - at + c.at
		}
		if l.varies(i) || c.at <= at {
			n += len(l.wired(c.field))
		}
	}
	return n
}

// readParts reads a header with parts of variable length inside it: each tells its length by the fields before it. The
// error tells that the bytes end before the last field of fixed width.
func (l *Layer) readParts(data []byte) error {
	here, at := len(data), 0
	for _, c := range append(l.shape.inner[:len(l.shape.inner):len(l.shape.inner)], cut{l.shape.tail, l.shape.size}) {
		if len(data) < c.at-at {
			return fmt.Errorf("truncated: %s header, %d bytes are here", l.proto.name, here)
		}
		copy(l.hdr[at:c.at], data)
		data, at = data[c.at-at:], c.at
		if c.field < 0 {
			return nil
		}
		if p := l.proto.fields[c.field].part; p != nil && p.told {
			l.fixed &^= 1 << c.field
			continue
		}
		n := l.partLength(c.field, data)
		l.setPart(c.field, data[:n:n])
		data = data[n:]
	}
	return nil
}

// partLength is how many of the bytes at hand belong to field i.
func (l *Layer) partLength(i int, rest []byte) int {
	p := l.proto.fields[i].part
	if p == nil || p.length == nil {
		return len(rest)
	}
	n, err := p.length(l, rest)
	switch {
	case n > len(rest) && err == nil:
		err = fmt.Errorf("truncated: %s of %d bytes, %d are here", l.proto.fields[i].Name, n, len(rest))
	case n < 0 && err == nil:
		err = fmt.Errorf("malformed: the lengths before %s leave %d bytes for it", l.proto.fields[i].Name, n)
	}
	if err != nil && l.Note() == "" {
		l.more().note = err.Error()
	}
	return min(max(n, 0), len(rest))
}

// replacePart gives field i other bytes than it had.
func (l *Layer) replacePart(i int, b []byte) {
	if l.proto.loosen != nil && !bytes.Equal(b, l.part(i)) {
		l.proto.loosen(l, i)
	}
	l.setPart(i, b)
}

// decoded is the value of field i as its part reads it.
func (l *Layer) decoded(i int, b []byte) any {
	p := l.proto.fields[i].part
	switch {
	case p == nil || p.decode == nil:
		return nil
	case l.proto.fields[i].Kind == Packets:
		return l.nested(i, b)
	}
	return p.decode(l, b)
}

// encoded makes the bytes of a value for field i.
func (l *Layer) encoded(i int, v any) ([]byte, error) {
	p := l.proto.fields[i].part
	if p == nil || p.encode == nil {
		return nil, l.wants(i, v)
	}
	return p.encode(l, v)
}

// The kinds of parts that several protocols have.

// zeroTerminated is a string that ends in a zero byte.
var zeroTerminated = &part{
	length: func(_ *Layer, rest []byte) (int, error) {
		if i := bytes.IndexByte(rest, 0); i >= 0 {
			return i + 1, nil
		}
		return len(rest), errors.New("malformed: no zero byte at the end of a string")
	},
	encode: func(_ *Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return append([]byte(v), 0), nil
		case []byte:
			return append(append([]byte(nil), v...), 0), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	},
	decode: func(_ *Layer, b []byte) any { return string(bytes.TrimSuffix(b, []byte{0})) },
}

// plainText is a string whose length another field tells.
var plainText = &part{
	encode: func(_ *Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return []byte(v), nil
		case []byte:
			return bytes.Clone(v), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	},
	decode: func(_ *Layer, b []byte) any { return string(b) },
}

// byLength is a byte string whose length another field of the layer tells; minus is what that length counts besides.
func byLength(field string, minus int) *part {
	return &part{length: func(l *Layer, _ []byte) (int, error) { return int(l.Uint(field)) - minus, nil }}
}

// An item is how one value of a list of equal ones goes on the wire.
type item struct {
	bytes int
	kind  Kind
}

// items is a list of values of one width. length may be nil: the list goes to the end.
func items(one item, length func(l *Layer, rest []byte) (int, error)) *part {
	return &part{
		length: length,
		encode: func(_ *Layer, v any) ([]byte, error) {
			var out []byte
			values, ok := v.([]any)
			if !ok {
				values = []any{v}
			}
			for i, v := range values {
				b, err := one.encode(v)
				if err != nil {
					return nil, fmt.Errorf("element %d: %w", i+1, err)
				}
				out = append(out, b...)
			}
			return out, nil
		},
		decode: func(_ *Layer, b []byte) any {
			values := []any{}
			for ; len(b) >= one.bytes; b = b[one.bytes:] {
				values = append(values, one.decode(b[:one.bytes]))
			}
			if len(b) > 0 {
				values = append(values, Verbatim(b))
			}
			return values
		},
	}
}

// namedItems is a list of numbers that have names: both are accepted.
func namedItems(width int, names map[uint64]string, length func(l *Layer, rest []byte) (int, error)) *part {
	p := *items(item{bytes: width, kind: Number}, length)
	numbers := p.encode
	p.encode = func(l *Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		values = slices.Clone(values)
		for i, v := range values {
			name, isName := v.(string)
			if n, known := (&Field{names: names}).byName(name); isName && known {
				values[i] = n
			}
		}
		return numbers(l, values)
	}
	return &p
}

func (t item) encode(v any) ([]byte, error) {
	switch v := v.(type) {
	case Verbatim:
		return v, nil
	case string:
		if a, err := netip.ParseAddr(v); err == nil && len(a.AsSlice()) == t.bytes && (t.kind == IPv4 || t.kind == IPv6Address) {
			return a.AsSlice(), nil
		}
		if m, err := values.ParseMAC(v); err == nil && t.kind == Hardware {
			return m[:], nil
		}
	case netip.Addr:
		if len(v.AsSlice()) == t.bytes && (t.kind == IPv4 || t.kind == IPv6Address) {
			return v.AsSlice(), nil
		}
	case values.MAC:
		if t.kind == Hardware {
			return v[:], nil
		}
	}
	n, ok := number(v)
	if !ok || t.kind != Number || t.bytes < 8 && n>>(8*t.bytes) != 0 {
		if t.kind == Number {
			return nil, fmt.Errorf("want a number of %d bits, got %v", 8*t.bytes, v)
		}
		return nil, fmt.Errorf("want %s, got %v", t.kind, v)
	}
	return binary.BigEndian.AppendUint64(nil, n)[8-t.bytes:], nil
}

func (t item) decode(b []byte) any {
	switch t.kind {
	case IPv4, IPv6Address:
		a, _ := netip.AddrFromSlice(b)
		return a
	case Hardware:
		return values.MAC(b)
	case Number, Enum, Port, Flags, Bytes, Options, Text, Values, Packets, Fixed:
	}
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// number reads all the integer types that Set takes.
func number(v any) (uint64, bool) {
	switch v := v.(type) {
	case uint64:
		return v, true
	case int:
		return uint64(v), v >= 0
	}
	return integer(v)
}

// packets is a list of layers that stand inside the field, one after the other. pick names the protocol of the one that
// begins at b; "" says that nothing begins there. length may be nil: the list goes to the end.
func packets(pick func(l *Layer, b []byte) Name, length func(l *Layer, rest []byte) (int, error)) *part {
	return &part{
		length: length,
		encode: func(l *Layer, v any) ([]byte, error) { return appendPackets(nil, v) },
		decode: func(l *Layer, b []byte) any {
			list := []*Packet{}
			for len(b) > 0 {
				p, n := readOne(Lookup(pick(l, b)), b)
				list = append(list, p)
				b = b[n:]
			}
			return list
		},
	}
}

// readAll reads layers of one protocol up to the end.
func readAll(proto *Protocol, b []byte) []*Packet {
	list := []*Packet{}
	for len(b) > 0 {
		p, n := readOne(proto, b)
		list = append(list, p)
		b = b[n:]
	}
	return list
}

// readOne reads the one layer that b begins with, and says how long it is; what cannot be read is Raw to the end.
func readOne(proto *Protocol, b []byte) (*Packet, int) {
	if proto = proto.really(b, builtin.protocols); proto != nil {
		if l, err := read(proto, b, nil); err == nil && l.length() > 0 && l.length() <= len(b) {
			p := &Packet{layers: []*Layer{l}}
			l.packet = p
			return p, l.length()
		}
	}
	p := &Packet{layers: []*Layer{bytesLayer(Raw, b)}}
	p.layers[0].packet = p
	return p, len(b)
}

// appendPackets builds what stands in a list of layers: a packet, several, or none.
func appendPackets(out []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case *Packet:
		return AppendBuild(out, v, nil)
	case *Layer:
		return AppendBuild(out, Stack(v), nil)
	case Verbatim:
		return append(out, v...), nil
	case []*Packet:
		for _, p := range v {
			if out, err = AppendBuild(out, p, nil); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		for i, p := range v {
			if out, err = appendPackets(out, p); err != nil {
				return nil, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("want a list of layers, got %v", v)
}
