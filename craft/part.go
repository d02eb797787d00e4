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

// A Part says how a field of variable length is read and written. Its bytes are what a layer keeps; values are made of
// them when somebody asks. All hooks are optional: without any, a part is the bytes up to the end.
type Part struct {
	// Length is how many of the bytes at hand belong to the field, by the fields before it. With an error it is how many
	// to take all the same; the layer gets the error as its note.
	Length func(l *Layer, rest []byte) (int, error)
	// Encode makes the bytes of a value as Set takes it.
	Encode func(l *Layer, value any) ([]byte, error)
	// Decode makes the value of the bytes: uint64, string, []any or []*Packet, as the field's kind says. What cannot be
	// read is the last element of a list, as a Verbatim or a packet of Raw, so that encoding gives the same bytes.
	Decode func(l *Layer, b []byte) any
	// Wire makes of the field's bytes what goes on the wire, where that is more: with the padding that aligns options.
	Wire func(l *Layer, b []byte) []byte
	// Virtual marks a field that tells the builder something: nothing of it goes on the wire.
	Virtual bool
	// Initial makes the bytes that a field has when nobody set it, where they depend on the fields before it.
	Initial func(l *Layer) []byte
}

// A View is a field that stands somewhere inside another one and has no bytes of its own, as a header in the head of an
// HTTP message. It may be absent.
type View struct {
	// Of is the field that holds it.
	Of string
	// Read finds field i in the bytes of the other one; nil when it is absent.
	Read func(l *Layer, i int, whole []byte) []byte
	// Write makes the other field's bytes when field i gets a value; a value of nil takes it away.
	Write func(l *Layer, i int, whole, value []byte) []byte
}

// holder is the field that view i stands in; -1 for a field that is no view.
func (l *Layer) holder(i int) int {
	if v := l.proto.spec.Fields[i].View; v != nil {
		return l.proto.index[v.Of]
	}
	return -1
}

// holds reports whether a view of field i was set.
func (l *Layer) holds(i int) bool {
	for k := range l.proto.spec.Fields {
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
		return l.proto.spec.Fields[i].View.Read(l, i, l.part(l.holder(i)))
	}
	if (l.fixed|l.above)>>i&1 == 0 {
		f := &l.proto.spec.Fields[i]
		switch {
		case f.Initial != nil:
			return f.Initial
		case f.Part != nil && f.Part.Initial != nil:
			return f.Part.Initial(l)
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
	switch p := l.proto.spec.Fields[i].Part; {
	case p == nil:
	case p.Virtual:
		return nil
	case p.Wire != nil:
		return p.Wire(l, b)
	}
	return b
}

// setPart gives field i its bytes.
func (l *Layer) setPart(i int, b []byte) {
	if l.proto.views>>i&1 == 1 {
		in := l.holder(i)
		l.setPart(in, l.proto.spec.Fields[i].View.Write(l, i, l.part(in), b))
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
			return fmt.Errorf("truncated: %s header, %d bytes are here", l.proto.spec.Name, here)
		}
		copy(l.hdr[at:c.at], data)
		data, at = data[c.at-at:], c.at
		if c.field < 0 {
			return nil
		}
		if p := l.proto.spec.Fields[c.field].Part; p != nil && p.Virtual {
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
	p := l.proto.spec.Fields[i].Part
	if p == nil || p.Length == nil {
		return len(rest)
	}
	n, err := p.Length(l, rest)
	switch {
	case n > len(rest) && err == nil:
		err = fmt.Errorf("truncated: %s of %d bytes, %d are here", l.proto.spec.Fields[i].Name, n, len(rest))
	case n < 0 && err == nil:
		err = fmt.Errorf("malformed: the lengths before %s leave %d bytes for it", l.proto.spec.Fields[i].Name, n)
	}
	if err != nil && l.Note() == "" {
		l.more().note = err.Error()
	}
	return min(max(n, 0), len(rest))
}

// replacePart gives field i other bytes than it had.
func (l *Layer) replacePart(i int, b []byte) {
	if l.proto.spec.Detach != nil && !bytes.Equal(b, l.part(i)) {
		l.proto.spec.Detach(l, i)
	}
	l.setPart(i, b)
}

// decoded is the value of field i as its part reads it.
func (l *Layer) decoded(i int, b []byte) any {
	p := l.proto.spec.Fields[i].Part
	switch {
	case p == nil || p.Decode == nil:
		return nil
	case l.proto.spec.Fields[i].Kind == Packets:
		return l.nested(i, b)
	}
	return p.Decode(l, b)
}

// encoded makes the bytes of a value for field i.
func (l *Layer) encoded(i int, v any) ([]byte, error) {
	p := l.proto.spec.Fields[i].Part
	if p == nil || p.Encode == nil {
		return nil, l.wants(i, v)
	}
	return p.Encode(l, v)
}

// The kinds of parts that several protocols have.

// ZeroTerminated is a string that ends in a zero byte.
func ZeroTerminated() *Part { return zeroTerminated }

var zeroTerminated = &Part{
	Length: func(_ *Layer, rest []byte) (int, error) {
		if i := bytes.IndexByte(rest, 0); i >= 0 {
			return i + 1, nil
		}
		return len(rest), errors.New("malformed: no zero byte at the end of a string")
	},
	Encode: func(_ *Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return append([]byte(v), 0), nil
		case []byte:
			return append(append([]byte(nil), v...), 0), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	},
	Decode: func(_ *Layer, b []byte) any { return string(bytes.TrimSuffix(b, []byte{0})) },
}

// PlainText is a string up to the end, or as long as a Length that is added says.
func PlainText() *Part { return plainText }

var plainText = &Part{
	Encode: func(_ *Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return []byte(v), nil
		case []byte:
			return bytes.Clone(v), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	},
	Decode: func(_ *Layer, b []byte) any { return string(b) },
}

// ByLength is a byte string whose length another field of the layer tells; minus is what that length counts besides.
func ByLength(field string, minus int) *Part {
	return &Part{Length: func(l *Layer, _ []byte) (int, error) { return int(l.Uint(field)) - minus, nil }}
}

// An Item is how one value of a list of equal ones goes on the wire.
type Item struct {
	// Bytes is the width of one value.
	Bytes int
	// Kind is Number, IPv4, IPv6Address or Hardware.
	Kind Kind
}

// ItemList is a list of values of one width. length may be nil: the list goes to the end.
func ItemList(one Item, length func(l *Layer, rest []byte) (int, error)) *Part {
	return &Part{
		Length: length,
		Encode: func(_ *Layer, v any) ([]byte, error) {
			var out []byte
			values, ok := v.([]any)
			if !ok {
				values = []any{v}
			}
			for i, v := range values {
				b, err := one.Encode(v)
				if err != nil {
					return nil, fmt.Errorf("element %d: %w", i+1, err)
				}
				out = append(out, b...)
			}
			return out, nil
		},
		Decode: func(_ *Layer, b []byte) any {
			values := []any{}
			for ; len(b) >= one.Bytes; b = b[one.Bytes:] {
				values = append(values, one.Decode(b[:one.Bytes]))
			}
			if len(b) > 0 {
				values = append(values, Verbatim(b))
			}
			return values
		},
	}
}

// NamedItemList is a list of numbers that have names: both are accepted.
func NamedItemList(width int, names map[uint64]string, length func(l *Layer, rest []byte) (int, error)) *Part {
	p := *ItemList(Item{Bytes: width, Kind: Number}, length)
	numbers := p.Encode
	p.Encode = func(l *Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		values = slices.Clone(values)
		for i, v := range values {
			name, isName := v.(string)
			if n, known := (&Field{Names: names}).Number(name); isName && known {
				values[i] = n
			}
		}
		return numbers(l, values)
	}
	return &p
}

// Encode writes one value. The error says what was wanted.
func (t Item) Encode(v any) ([]byte, error) {
	switch v := v.(type) {
	case Verbatim:
		return v, nil
	case string:
		if a, err := netip.ParseAddr(v); err == nil && len(a.AsSlice()) == t.Bytes && (t.Kind == IPv4 || t.Kind == IPv6Address) {
			return a.AsSlice(), nil
		}
		if m, err := values.ParseMAC(v); err == nil && t.Kind == Hardware {
			return m[:], nil
		}
	case netip.Addr:
		if len(v.AsSlice()) == t.Bytes && (t.Kind == IPv4 || t.Kind == IPv6Address) {
			return v.AsSlice(), nil
		}
	case values.MAC:
		if t.Kind == Hardware {
			return v[:], nil
		}
	}
	n, ok := Uint(v)
	if !ok || t.Kind != Number || t.Bytes < 8 && n>>(8*t.Bytes) != 0 {
		if t.Kind == Number {
			return nil, fmt.Errorf("want a number of %d bits, got %v", 8*t.Bytes, v)
		}
		return nil, fmt.Errorf("want %s, got %v", t.Kind, v)
	}
	return binary.BigEndian.AppendUint64(nil, n)[8-t.Bytes:], nil
}

// Decode reads one value of the item's width.
func (t Item) Decode(b []byte) any {
	switch t.Kind {
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

// Uint reads all the integer types that Set takes.
func Uint(v any) (uint64, bool) {
	switch v := v.(type) {
	case uint64:
		return v, true
	case int:
		return uint64(v), v >= 0
	}
	return integer(v)
}

// PacketList is a list of layers that stand inside the field, one after the other. pick names the protocol of the one that
// begins at b; "" says that nothing begins there. length may be nil: the list goes to the end.
func PacketList(pick func(l *Layer, b []byte) Name, length func(l *Layer, rest []byte) (int, error)) *Part {
	return &Part{
		Length: length,
		Encode: func(l *Layer, v any) ([]byte, error) { return AppendPackets(nil, v) },
		Decode: func(l *Layer, b []byte) any {
			list := []*Packet{}
			for len(b) > 0 {
				p, n := l.ReadOne(pick(l, b), b)
				list = append(list, p)
				b = b[n:]
			}
			return list
		},
	}
}

// readAll reads layers of one protocol up to the end of a field.
func (l *Layer) readAll(proto *Protocol, b []byte) []*Packet {
	list := []*Packet{}
	for len(b) > 0 {
		p, n := l.readOne(proto, b)
		list = append(list, p)
		b = b[n:]
	}
	return list
}

// table is the protocols that the layer was read with, or made of; nil for the built-in ones.
func (l *Layer) table() *Table {
	if l.packet == nil {
		return nil
	}
	return l.packet.table
}

// Dissect reads a whole packet that stands in a field of the layer, with the protocols that the layer was read with. Packets
// nested deeper than a packet has layers stay Raw.
func (l *Layer) Dissect(b []byte, first Name) *Packet {
	if l.Depth() >= maxLayers {
		first = Raw
	}
	return l.table().Dissect(b, first)
}

// ReadOne reads the one layer of a protocol that stands at the beginning of b, in a field of l, and says how long it is; what
// cannot be read is Raw to the end.
func (l *Layer) ReadOne(name Name, b []byte) (*Packet, int) {
	return l.readOne(l.table().Lookup(name), b)
}

func (l *Layer) readOne(proto *Protocol, b []byte) (*Packet, int) {
	p := &Packet{table: l.table()}
	if proto = proto.really(b, p.table.book().protocols); proto != nil {
		if one, err := read(proto, b, p, nil); err == nil && one.Len() > 0 && one.Len() <= len(b) {
			p.layers = append(p.room[:0], one)
			return p, one.Len()
		}
	}
	raw := bytesLayer(Raw, b)
	raw.packet = p
	p.layers = append(p.room[:0], raw)
	return p, len(b)
}

// AppendPackets builds what stands in a list of layers: a packet, several, or none.
func AppendPackets(out []byte, v any) ([]byte, error) {
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
			if out, err = AppendPackets(out, p); err != nil {
				return nil, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("want a list of layers, got %v", v)
}
