package craft

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// Command is Lua source that makes the packet again: the fields that are set, layer by layer. It reads back what it writes
// (commandread.go) and builds it. What the fields that are set do not tell is told besides: bytes of a field that no value
// gives as raw bytes, a computed field that would be computed otherwise as if it were set, and a packet whose fields cannot
// say all of it as dissect("...", First).
func (p *Packet) Command() string {
	if len(p.layers) == 0 {
		return string(Raw) + "{}" // no bytes either
	}
	text, again := p.spell()
	wire, err := Build(p, nil)
	if err != nil || again.builds(wire) {
		return text // without bytes there is nothing to compare
	}
	if p.Wire == nil {
		if told, ok := p.spellComputed(again, wire); ok {
			return told
		}
	}
	if p.holdsSets() {
		return text // bytes would lose them
	}
	return p.inBytes(wire)
}

// spellComputed writes the packet with those computed fields in it that what its text makes computes otherwise: how many
// layers were put into a list that reads as another number.
func (p *Packet) spellComputed(again *Packet, wire []byte) (text string, ok bool) {
	c := p.Copy()
	for again != nil && c.fixComputed(again) {
		if text, again = c.spell(); again.builds(wire) {
			return text, true
		}
	}
	return "", false
}

// fixComputed sets the innermost computed field that another packet of the same layers computes otherwise, which those outside
// may follow; false when there is none.
func (p *Packet) fixComputed(other *Packet) bool {
	b, o := newBuilder(p, nil), newBuilder(other, nil)
	defer b.release()
	defer o.release()
	if b.build(nil) != nil || o.build(nil) != nil {
		return false
	}
	for i, l := range slices.Backward(p.layers) {
		computed := l.proto.derived & l.shape.mask & other.layers[i].shape.mask &^ l.fixed &^ l.proto.views
		for f, field := range slices.Backward(l.proto.spec.Fields) {
			if computed>>f&1 == 0 || bytes.Equal(b.At(i, field.Name), o.At(i, field.Name)) {
				continue
			}
			if l.varies(f) {
				l.setPart(f, bytes.Clone(b.At(i, field.Name)))
			} else {
				s := l.shape.slots[f]
				copy(l.hdr[s.off:s.off+s.bytes], b.At(i, field.Name))
			}
			l.mark(f)
			return true
		}
	}
	return false
}

// spell writes the packet in fields, and makes the packet that this text makes; nil when it makes none.
func (p *Packet) spell() (text string, again *Packet) {
	again = &Packet{table: p.table}
	parts := make([]string, len(p.layers))
	for i, l := range p.layers {
		var made *Layer
		if parts[i], made = l.spell(); made == nil {
			again = nil
		}
		if again != nil {
			again.layers = append(again.layers, made)
		}
	}
	if text = strings.Join(parts, "/"); again == nil || tooMuch(text) {
		return text, nil
	}
	again.restack()
	return text, again
}

// builds reports whether the packet builds to these bytes; nil is none.
func (p *Packet) builds(wire []byte) bool {
	if p == nil {
		return false
	}
	b, err := Build(p, nil)
	return err == nil && bytes.Equal(b, wire)
}

// holdsSets reports whether a field of the packet has several values, or one that is drawn.
func (p *Packet) holdsSets() bool {
	for _, l := range p.layers {
		if len(l.sets()) > 0 {
			return true
		}
	}
	return false
}

// inBytes is a packet told by its bytes, which are read as they were, or as plain bytes where nothing reads them so.
func (p *Packet) inBytes(wire []byte) string {
	first := p.layers[0].proto.spec.Name
	if p.table.Lookup(first) == nil || !p.table.Dissect(bytes.Clone(wire), first).builds(wire) {
		return string(Raw) + "{load=" + values.Quote(wire) + "}"
	}
	return "dissect(" + values.Quote(wire) + ", " + string(first) + ")"
}

// spell writes the layer's fields that are set, and makes the layer that this text makes; nil when it makes none. A field whose
// value is not read back to the same bytes is written as raw bytes.
func (l *Layer) spell() (text string, made *Layer) {
	if l.foreignLayer() {
		return string(Raw) + "{load=" + values.Quote(l.tail) + "}", bytesLayer(Raw, l.tail)
	}
	s := speller{layer: l, written: l.written()}
	if l.extra != nil {
		s.raw = l.extra.raw // as it was set
	}
	for s.spell() { // once more for each field that turns out to need raw bytes
	}
	if s.failed {
		s.made = nil
	}
	texts := slices.DeleteFunc(s.texts, func(text string) bool { return text == "" })
	return string(l.proto.spec.Name) + "{" + strings.Join(texts, ", ") + "}", s.made
}

// A speller writes the fields of a layer.
type speller struct {
	layer   *Layer
	written uint64   // the fields to write
	raw     uint64   // those of them that are written as raw bytes
	texts   []string // a text for each field of the table
	made    *Layer   // what is read back of the texts
	failed  bool     // a text is not read back
}

// spell writes all fields and reads them back; it reports that another field has to be written as raw bytes: then all begins anew.
func (s *speller) spell() (again bool) {
	p := s.layer.proto
	s.texts, s.failed = make([]string, len(p.spec.Fields)), false
	s.made = NewPacket(p).layers[0]
	s.made.packet.table = s.layer.table()
	for _, keys := range []bool{true, false} { // scripts, too, set those that choose the shape first
		for i := range p.spec.Fields {
			if s.written>>i&1 == 0 || p.shaping>>i&1 == 1 != keys || s.needless(i) {
				continue
			}
			if !s.field(i) && s.raw>>i&1 == 0 && s.layer.takesRaw(i) {
				s.raw |= 1 << i
				return true
			}
		}
	}
	return false
}

// needless reports that field i is empty, as it is when nothing is written.
func (s *speller) needless(i int) bool {
	if !s.layer.varies(i) || s.made.shape.mask>>i&1 == 0 {
		return false
	}
	is, without := s.layer.part(i), s.made.part(i)
	return len(is) == 0 && len(without) == 0 && (s.layer.proto.spec.Fields[i].View == nil || is == nil)
}

// field writes field i and reads it back; it reports whether its bytes are the same.
func (s *speller) field(i int) bool {
	l, name := s.layer, s.layer.proto.spec.Fields[i].Name
	text := l.literal(i)
	if s.raw>>i&1 == 1 && l.setOf(i) == nil {
		text = l.rawBytes(i).Command()
	}
	s.texts[i] = name + "=" + text
	v, ok := l.element(i)
	if !ok {
		v, ok = readValue(l.table(), l.proto, name, text)
	}
	if !ok || s.made.Set(name, v) != nil {
		s.failed = true
		return false
	}
	return s.made.shape.mask>>i&1 == 1 && bytes.Equal(l.rawBytes(i), s.made.rawBytes(i))
}

// element is the first value of a field that holds a set, which is written as what makes all of them.
func (l *Layer) element(i int) (any, bool) {
	switch {
	case l.setOf(i) == nil:
		return nil, false
	case l.varies(i):
		return Verbatim(l.part(i)), true
	}
	return l.value(i), true
}

// takesRaw reports whether raw bytes may stand in the place of field i.
func (l *Layer) takesRaw(i int) bool {
	return l.setOf(i) == nil && (l.varies(i) || l.shape.slots[i].aligned())
}

// rawBytes are the bytes that stand for field i; those that it shares with others are of all of them.
func (l *Layer) rawBytes(i int) Verbatim {
	switch {
	case l.replaced(i):
		return l.extra.verbatim[i]
	case l.varies(i):
		return l.part(i)
	}
	s := l.shape.slots[i]
	if s.aligned() {
		return l.hdr[s.off : s.off+s.bytes]
	}
	return strconv.AppendUint(nil, s.uint(l.hdr), 10)
}
