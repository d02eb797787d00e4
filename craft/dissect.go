package craft

import (
	"errors"
	"fmt"
)

// maxLayers bounds how deep a nest of tunnels is read; what is deeper stays Raw.
const maxLayers = 64

// Dissect reads bytes as a packet that begins with the given protocol. It never fails: what no protocol reads stays as Raw
// with a note; of a header that is cut short the whole fields are a layer with a note, and the rest is Raw; bytes behind what the headers announce become Padding. The packet takes
// data over. Every field that was on the wire counts as set, so that building gives the same bytes; Refresh hands the
// lengths and checksums back to the builder. Counts and lengths of lists of layers follow a change of the list by
// themselves, unless they were wrong already.
func Dissect(data []byte, first Name) *Packet { return dissect(nil, data, first) }

func dissect(in *Table, data []byte, first Name) *Packet {
	d := dissector{book: in.book(), p: &Packet{Link: first, Wire: data, table: in}}
	d.p.layers = d.p.room[:0]
	d.run(data, first)
	for i := len(d.trailers) - 1; i >= 0; i-- {
		name := Padding
		if d.kept > 0 && i+1 >= d.kept {
			name = Raw // something of an outer layer stands behind it
		}
		d.add(bytesLayer(name, d.trailers[i]))
	}
	return d.p
}

// A dissector is one packet being read.
type dissector struct {
	book     *book
	p        *Packet
	trailers [][]byte // bytes that a layer left over, outermost first
	kept     int      // from which trailer on, counted from 1, they stand in a payload that does not end its packet; 0 for none
}

func (d *dissector) add(l *Layer) {
	l.packet = d.p
	d.p.layers = append(d.p.layers, l)
}

// run reads layer after layer; next names what the bytes begin with, "" is nothing known.
func (d *dissector) run(data []byte, next Name) {
	for len(data) > 0 {
		if next == "" || next == Raw || len(d.p.layers) >= maxLayers {
			d.add(bytesLayer(Raw, data))
			return
		}
		if next == Padding {
			d.add(bytesLayer(Padding, data))
			return
		}
		p := d.book.protocols[next].really(data, d.book.protocols)
		if p == nil {
			next, data = d.foreign(data, next)
			continue
		}
		l, err := read(p, data, d.p, d.last())
		if err != nil {
			raw := bytesLayer(Raw, data)
			raw.more().note = err.Error()
			d.add(raw)
			return
		}
		d.add(l)
		if l.shape.short && !p.spec.Quoted {
			if rest := data[l.Len():]; len(rest) > 0 {
				d.add(bytesLayer(Raw, rest)) // part of a field
			}
			return
		}
		data = d.payload(l, data[l.Len():])
		if p.spec.Takes != nil {
			n := p.spec.Takes(l, data)
			if n < len(data) && d.kept == 0 {
				d.kept = len(d.trailers) + 1
			}
			data = data[:n]
		}
		next = d.carried(l, data)
	}
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

// payload takes what belongs to l from the rest and keeps the remainder as a trailer.
func (d *dissector) payload(l *Layer, rest []byte) []byte {
	if l.proto.spec.PayloadLen == nil {
		return rest
	}
	n, err := l.proto.spec.PayloadLen(l, len(rest))
	if err != nil && l.Note() == "" {
		l.more().note = err.Error()
	}
	if n < len(rest) {
		d.trailers = append(d.trailers, rest[n:])
	}
	return rest[:n]
}

// carried names the protocol of a layer's payload.
func (d *dissector) carried(l *Layer, payload []byte) Name {
	if l.proto.spec.GuessPayload != nil {
		if name := l.proto.spec.GuessPayload(l, payload); name != "" {
			return name
		}
	}
	if p := d.book.carried(l, payload); p != nil {
		return p.spec.Name
	}
	return carriedElsewhere(l, payload)
}

// read makes a layer of a packet of the bytes it begins with. The error says what makes the header unreadable.
func read(p *Protocol, data []byte, in *Packet, below *Layer) (*Layer, error) {
	l := &Layer{proto: p, shape: p.spec.Shape, packet: in}
	if p.nests {
		l.extra = &extra{}
	}
	if p.spec.Choose != nil && len(data) >= p.minimum() {
		l.shape = p.spec.Choose(Choice{Header: data, Set: ^uint64(0), Below: below})
	}
	if len(data) < l.shape.size {
		l.cutShort(len(data), fmt.Sprintf("truncated: %s header of %d bytes, %d are here", p.spec.Name, l.shape.size, len(data)))
		if l.shape.mask == 0 {
			return nil, errors.New(l.extra.note)
		}
	}
	l.hdr = l.room(l.shape.size)
	copy(l.hdr, data)
	l.fixed = l.shape.mask &^ p.views
	if l.shape.short && !p.spec.Quoted {
		return l, nil
	}
	if l.proto.spec.HeaderLen == nil && l.shape.mask != 0 && (l.shape.tail >= 0 || len(l.shape.inner) > 0) {
		return l, l.settle(data, l.readParts(data))
	}
	l.readTail(data[l.shape.size:])
	return l, l.settle(data, nil)
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
func (l *Layer) settle(data []byte, err error) error {
	if l.shape.short {
		return err
	}
	l.readPadding(data)
	if err == nil && l.proto.spec.Validate != nil {
		err = l.proto.spec.Validate(l, data)
	}
	if err == nil && l.proto.spec.Follows != nil && l.Note() == "" {
		if right := l.proto.spec.Follows(l); right != 0 {
			l.fixed &^= right
			l.more().seen = right
		}
	}
	return err
}

// quoteBytes is how much of a quoted transport header there is at least: RFC 792.
const quoteBytes = 8

// minimum is how many bytes choosing a shape looks at.
func (p *Protocol) minimum() int {
	n := 0
	for i, s := range p.spec.Shape.slots {
		if p.shaping>>i&1 == 1 {
			n = max(n, s.off+s.bytes)
		}
	}
	return n
}

// readTail takes the options that the header announces. When they are not all here the layer keeps its fixed header,
// with a note, and the rest is left to be Raw.
func (l *Layer) readTail(rest []byte) {
	if l.proto.spec.HeaderLen == nil || l.shape.tail < 0 {
		return // a quote that was cut short has none
	}
	n := l.proto.spec.HeaderLen(l.hdr) - len(l.hdr)
	word := l.proto.spec.Fields[l.lengthField()].Name
	switch {
	case n < 0:
		l.more().note = fmt.Sprintf("malformed: %s %d, the header alone has %d bytes", word, l.Uint(word), len(l.hdr))
	case n > len(rest):
		l.more().note = fmt.Sprintf("malformed: %s %d beyond the packet", word, l.Uint(word))
	default:
		l.tail = trimOptions(rest[:n])
	}
}

// lengthField is the field that announces the header's length: the first one derived.
func (l *Layer) lengthField() int {
	for i := range l.proto.spec.Fields {
		if l.proto.derived>>i&1 == 1 {
			return i
		}
	}
	return 0
}

// bytesLayer is a Raw or Padding layer.
func bytesLayer(name Name, b []byte) *Layer {
	l := newLayer(Lookup(name))
	l.tail = b
	l.fixed = 1
	return l
}
