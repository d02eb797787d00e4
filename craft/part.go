package craft

import (
	"bytes"
	"fmt"
	"slices"
)

// A Part says how a field of variable length is read and written. Its bytes are what a layer keeps; values are made of
// them on demand. All hooks are optional: without any, a part is the bytes up to the end.
type Part struct {
	// Length is how many of the bytes at hand belong to the field, by the fields before it. With an error it is how many
	// to take all the same; the layer gets the error as its note.
	Length func(l *Layer, rest []byte) (int, error)
	// Encode makes the bytes of a value as Set takes it.
	Encode func(l *Layer, value any) ([]byte, error)
	// Decode makes the value of the bytes: uint64, string, []any or []*Packet, as the field's kind says. What cannot be
	// read is the last element of a list, as a Verbatim or a packet of Raw, so that encoding gives the same bytes.
	Decode func(l *Layer, b []byte) any
	// Width is how many bytes an element of a list has; 0 where that differs.
	Width int
	// Count is how many elements the bytes hold, where that can be told without reading them; nil reads them.
	Count func(l *Layer, b []byte) int
	// Pick names the protocol of the element of a list of layers that b begins with; "" says that none begins there.
	Pick func(l *Layer, b []byte) Name
	// Wire makes of the field's bytes what goes on the wire, where that is more: with the padding that aligns options.
	Wire func(l *Layer, b []byte) []byte
	// Detach is called before the field gets the bytes b in place of others: other fields may point into it, as names of DNS
	// do. Nil is nothing.
	Detach func(l *Layer, b []byte)
	// Trailer puts the field behind the payload; nil leaves it in the header.
	Trailer *Trailer
	// Virtual marks a field that steers the builder: nothing of it goes on the wire.
	Virtual bool
	// Initial makes the bytes that a field has when it is not set, where they depend on the fields before it.
	Initial func(l *Layer) []byte
}

// A View is a field that stands somewhere inside another one and has no bytes itself, as a header in the head of an
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
		if b := l.initial(i); b != nil {
			return b
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

// initial is the bytes that field i, which has a variable length, has when it is not set; nil for none.
func (l *Layer) initial(i int) []byte {
	f := &l.proto.spec.Fields[i]
	switch {
	case f.Initial != nil:
		return f.Initial
	case f.Part != nil && f.Part.Initial != nil:
		return f.Part.Initial(l)
	}
	return nil
}

// wired is what goes on the wire of field i, which has a variable length.
func (l *Layer) wired(i int) []byte {
	if i == l.shape.tail && l.proto.simple>>i&1 == 1 {
		return l.tail // inlined this far
	}
	return l.spelt(i)
}

// spelt is wired for parts that may go on the wire as something else.
func (l *Layer) spelt(i int) []byte {
	b := l.part(i)
	switch p := l.proto.spec.Fields[i].Part; {
	case p == nil:
	case p.Virtual, p.Trailer != nil:
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

// readParts reads a header with parts of variable length inside it: the length of each follows from the fields before it. Where
// the bytes end before the last field of fixed width, the layer has those that are here; the error says that there are none.
func (l *Layer) readParts(data []byte) error {
	here, at := len(data), 0
	for k, c := range append(l.shape.inner[:len(l.shape.inner):len(l.shape.inner)], cut{l.shape.tail, l.shape.size}) {
		if len(data) < c.at-at {
			copy(l.hdr[at:], data)
			return l.cutBehind(k, at+len(data), fmt.Errorf("truncated: %s header, %d bytes are here", l.proto.spec.Name, here))
		}
		copy(l.hdr[at:c.at], data)
		data, at = data[c.at-at:], c.at
		if c.field < 0 {
			return nil
		}
		if p := l.proto.spec.Fields[c.field].Part; p != nil && (p.Virtual || p.Trailer != nil) {
			l.fixed &^= 1 << c.field
			continue
		}
		n := l.partLength(c, here-len(data), data)
		l.setPart(c.field, data[:n:n])
		data = data[n:]
	}
	return nil
}

// cutBehind gives a header that ends behind the first parts of variable length, with n bytes of fixed fields, the shape of
// what is here, and a note; the error is returned when no field is.
func (l *Layer) cutBehind(parts, n int, err error) error {
	s := l.shape.cut(l.shape.whole(n, parts), parts)
	if s.mask == 0 {
		return err
	}
	l.shape, l.hdr = s, l.hdr[:s.size]
	l.fixed &= s.mask
	l.SetNote(err.Error())
	return nil
}

// partLength is how many of the bytes at hand belong to a part, behind so many bytes of the header.
func (l *Layer) partLength(c cut, before int, rest []byte) int {
	var n int
	var err error
	if p := l.proto.spec.Fields[c.field].Part; p != nil && p.Length != nil {
		n, err = p.Length(l, rest)
	} else {
		n, err = l.end(c, before, rest)
	}
	switch name := l.proto.spec.Fields[c.field].Name; {
	case n > len(rest) && err == nil:
		err = fmt.Errorf("truncated: %s of %d bytes, %d are here", name, n, len(rest))
	case n < 0 && err == nil:
		err = fmt.Errorf("malformed: the lengths before %s leave %d bytes for it", name, n)
	}
	if err != nil {
		l.SetNote(err.Error())
	}
	return min(max(n, 0), len(rest))
}

// replacePart gives field i other bytes than it had.
func (l *Layer) replacePart(i int, b []byte) {
	l.detach(i, b)
	l.setPart(i, b)
}

// detach lets the part look at what depends on the bytes of field i before these become b.
func (l *Layer) detach(i int, b []byte) {
	if p := l.proto.spec.Fields[i].Part; p != nil && p.Detach != nil && !bytes.Equal(b, l.part(i)) {
		p.Detach(l, b)
	}
}

// AsBytes reports whether a field of variable length was set to raw bytes (Verbatim), which go on the wire as they are.
func (l *Layer) AsBytes(field string) bool {
	i, ok := l.proto.index[field]
	return ok && l.extra != nil && l.extra.raw>>i&1 == 1
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
