package craft

import (
	"errors"
	"fmt"
)

// maxLayers bounds how deep a nest of tunnels is read; what is deeper stays Raw.
const maxLayers = 64

// Dissect reads bytes as a packet that begins with the given protocol. It never fails: what no protocol reads stays as Raw
// with a note; of a header that is cut short the whole fields are a layer with a note, and the rest is Raw; bytes behind what
// the headers announce become Padding. The packet takes data over.
//
// Every field that was on the wire counts as set, so that building gives the same bytes; Refresh hands the lengths and
// checksums back to the builder. Counts and lengths of what stands in a layer's own header follow a change of it by themselves,
// unless they were wrong already.
func Dissect(data []byte, first Name) *Packet { return dissect(nil, data, first) }

func dissect(in *Table, data []byte, first Name) *Packet {
	d := dissector{book: in.book(), p: &Packet{Link: first, Wire: data, table: in}}
	d.p.layers = d.p.room[:0]
	d.run(data, first)
	d.pads()
	return d.p
}

// A dissector is one packet being read.
type dissector struct {
	book    *book
	p       *Packet
	left    []left // outermost first
	quoting bool   // a quote has begun: what it carries is quoted, too
}

func (d *dissector) add(l *Layer) {
	l.packet = d.p
	d.p.layers = append(d.p.layers, l)
}

// run reads layer after layer; next names what the bytes begin with, "" is nothing known.
func (d *dissector) run(data []byte, next Name) {
	known := d.book.protocols[next]
	for len(data) > 0 {
		if d.quoting && known != nil {
			known = d.book.quoted(known) // whoever announced it: a field, a guess, or what has no table
		}
		if known == nil && (next == "" || next == Raw) || known == d.book.raw || len(d.p.layers) >= maxLayers {
			d.add(bytesLayer(Raw, data))
			return
		}
		if known == d.book.padding {
			d.add(bytesLayer(Padding, data))
			return
		}
		p := known.really(data, d.book.protocols)
		if p == nil {
			next, data = d.foreign(data, next)
			known = d.book.protocols[next]
			continue
		}
		l := &Layer{}
		if err := l.read(p, data, d.p, d.last(), false); err != nil {
			raw := bytesLayer(Raw, data)
			raw.more().note = err.Error()
			d.add(raw)
			return
		}
		d.add(l)
		d.quoting = d.quoting || p.spec.Quoted
		if l.shape.short && !p.spec.Quoted {
			if rest := data[l.Len():]; len(rest) > 0 {
				d.add(bytesLayer(Raw, rest)) // part of a field
			}
			return
		}
		data = d.within(l, d.payload(l, data[min(l.Len(), len(data)):]))
		if known, next = d.carried(l, data); known == nil {
			known = d.book.protocols[next]
		}
	}
}

// within takes what stands behind the payload of l, but belongs to it, off.
func (d *dissector) within(l *Layer, payload []byte) []byte {
	t := l.trailing()
	if t == nil {
		return payload
	}
	n := min(max(t.Split(l, payload), 0), len(payload))
	l.setPart(l.proto.trailer, payload[n:])
	if n < len(payload) {
		l.fixed |= 1 << l.proto.trailer
	}
	return payload[:n]
}

// really is the protocol of the bytes where p was announced: Dispatch may name another. nil stays nil.
func (p *Protocol) really(data []byte, in map[Name]*Protocol) *Protocol {
	if p == nil || p.spec.Dispatch == nil {
		return p
	}
	if other := in[p.spec.Dispatch(data)]; other != nil {
		return other
	}
	return p
}

// last is the innermost layer read so far; nil for none.
func (d *dissector) last() *Layer {
	if n := len(d.p.layers); n > 0 {
		return d.p.layers[n-1]
	}
	return nil
}

// payload takes what belongs to l from the rest and keeps the remainder as Padding.
func (d *dissector) payload(l *Layer, rest []byte) []byte {
	n, err := l.announced(len(rest))
	switch {
	case l.proto.spec.Ends:
		n, err = 0, l.headerFits()
	case l.proto.spec.Quoted:
		return rest // the lengths in a quote are those of the whole packet
	case l.proto.spec.PayloadLen != nil:
		n, err = l.proto.spec.PayloadLen(l, len(rest))
	}
	if (n < 0 || n > len(rest)) && err == nil {
		err = fmt.Errorf("malformed: a payload of %d bytes, %d are here", n, len(rest))
	}
	if err != nil {
		l.AddNote(err.Error())
	}
	n = min(max(n, 0), len(rest))
	if n < len(rest) {
		d.left = append(d.left, left{len(d.p.layers) - 1, rest[n:]})
	}
	return rest[:n]
}

// carried is the protocol of a layer's payload, or names it.
func (d *dissector) carried(l *Layer, payload []byte) (*Protocol, Name) {
	if l.proto.spec.GuessPayload != nil {
		if name := l.proto.spec.GuessPayload(l, payload); name != "" {
			return nil, name
		}
	}
	if p := d.book.carried(l, payload); p != nil {
		return p, p.spec.Name
	}
	if len(l.proto.spec.Next) == 0 {
		if always := l.proto.spec.Carries[0]; always != "" {
			return nil, always
		}
	}
	return nil, carriedElsewhere(l, payload)
}

// read makes l, which is new, a layer of a packet of the bytes it begins with. The error says what makes the header unreadable.
// inside is for the element of a list.
func (l *Layer) read(p *Protocol, data []byte, in *Packet, below *Layer, inside bool) error {
	l.proto, l.shape, l.packet = p, p.spec.Shape, in
	if p.nests && l.extra == nil {
		l.extra = &extra{}
	}
	switch {
	case p.when != nil && p.spec.Choose == nil:
		l.shape = p.when.choose(l, data)
	case p.spec.Choose != nil && len(data) >= p.least:
		l.shape = p.spec.Choose(Choice{Header: data, Reading: true, Below: below})
	}
	if len(data) < l.shape.size {
		l.cutShort(len(data), fmt.Sprintf("truncated: %s header of %d bytes, %d are here", p.spec.Name, l.shape.size, len(data)))
		if l.shape.mask == 0 {
			return errors.New(l.extra.note)
		}
	}
	l.hdr = l.room(l.shape.size)
	copy(l.hdr, data)
	l.fixed = l.shape.mask &^ p.views
	if l.shape.short && !p.spec.Quoted {
		return nil
	}
	if p.options < 0 && l.shape.Varies() {
		return l.settle(data, l.readParts(data), inside)
	}
	l.readTail(data[l.shape.size:])
	return l.settle(data, nil, inside)
}

// cutShort gives a header of which the first n bytes are here the shape of what is here, and a note. A quote is as long as it is:
// it ends where whoever quotes it saw fit, which is no fault.
func (l *Layer) cutShort(n int, note string) {
	if l.proto.spec.Quoted && n >= quoteBytes {
		l.shape = l.shape.cut(n, 0)
		return
	}
	l.shape = l.shape.cut(l.shape.whole(n, 0), 0)
	l.SetNote(note)
}

// settle finishes a header that was read: padding, validity, and the fields that follow changes. err is from reading its parts.
func (l *Layer) settle(data []byte, err error, inside bool) error {
	if l.shape.short {
		return err
	}
	l.readPadding(data, inside)
	if err == nil && l.proto.spec.Validate != nil {
		err = l.proto.spec.Validate(l, data)
	}
	if err == nil && l.proto.follows && l.Note() == "" {
		l.follow()
	}
	return err
}

// quoteBytes is how much of a quoted transport header there is at least: RFC 792.
const quoteBytes = 8

// readTail takes the options that the header announces. When they are not all here the layer keeps its fixed header,
// with a note, and the rest is left to be Raw.
func (l *Layer) readTail(rest []byte) {
	if l.proto.options < 0 || l.shape.tail != l.proto.options {
		return // a quote that was cut short has none
	}
	v, word := l.headerLength()
	n := v - len(l.hdr)
	switch {
	case n < 0:
		l.SetNote(fmt.Sprintf("malformed: %s %d, the header alone has %d bytes", word, l.Uint(word), len(l.hdr)))
	case n > len(rest):
		l.SetNote(fmt.Sprintf("malformed: %s %d beyond the packet", word, l.Uint(word)))
	default:
		l.tail = trimOptions(rest[:n])
	}
}

// headerLength is the length of the header that one of its fields announces, and that field.
func (l *Layer) headerLength() (n int, field string) {
	for k := range l.proto.rows {
		if r := &l.proto.rows[k]; r.What == HeaderLength {
			return r.measured(l.number(r.field)), l.proto.spec.Fields[r.field].Name
		}
	}
	return len(l.hdr), ""
}

// bytesLayer is a Raw or Padding layer.
func bytesLayer(name Name, b []byte) *Layer {
	proto := builtin.sealed().raw
	if name == Padding {
		proto = builtin.sealed().padding
	}
	l := &Layer{proto: proto, shape: proto.spec.Shape, tail: b}
	l.fixed = 1
	return l
}
