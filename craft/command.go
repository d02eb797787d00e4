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
	text, _ := p.tell()
	return text
}

// tell writes the packet, and makes the packet that this text makes; nil where that is not known.
func (p *Packet) tell() (text string, again *Packet) {
	if len(p.layers) == 0 {
		return string(Raw) + "{}", NewPacket(Lookup(Raw)) // no bytes either
	}
	layers := make([]*speller, len(p.layers))
	for i, l := range p.layers {
		layers[i] = l.speller()
	}
	text, again = p.spell(layers)
	wire, err := Build(p, nil)
	if err != nil || again.builds(wire) {
		return text, again // without bytes there is nothing to compare
	}
	for p.Wire == nil && again != nil && p.fixComputed(layers, again) {
		if told, made := p.spell(layers); made.builds(wire) {
			return told, made
		}
	}
	if p.holdsSets() {
		return text, nil // bytes would lose them
	}
	return p.inBytes(wire)
}

// spell writes the packet in fields, and makes the packet that this text makes; nil when it makes none.
func (p *Packet) spell(layers []*speller) (text string, again *Packet) {
	again = &Packet{table: p.table}
	parts := make([]string, len(layers))
	for i, s := range layers {
		for s.spell() { // once more for each field that turns out to need raw bytes
		}
		parts[i] = s.text()
		again.layers = append(again.layers, s.made)
	}
	text = strings.Join(parts, "/")
	if slices.Contains(again.layers, nil) || tooMuch(text) {
		return text, nil
	}
	again.restack()
	return text, again
}

// fixComputed has the innermost computed field written that another packet of the same layers computes otherwise, which those
// outside may follow; false when there is none.
func (p *Packet) fixComputed(layers []*speller, other *Packet) bool {
	b, o := newBuilder(p, nil), newBuilder(other, nil)
	defer b.release()
	defer o.release()
	if b.build(nil) != nil || o.build(nil) != nil {
		return false
	}
	for i, l := range slices.Backward(p.layers) {
		computed := l.proto.derived & l.shape.mask & other.layers[i].shape.mask &^ layers[i].written &^ l.proto.views
		for f, field := range slices.Backward(l.proto.spec.Fields) {
			if computed>>f&1 == 1 && !bytes.Equal(b.At(i, field.Name), o.At(i, field.Name)) {
				layers[i].fix(f, b.At(i, field.Name))
				return true
			}
		}
	}
	return false
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
	return slices.ContainsFunc(p.layers, func(l *Layer) bool { return len(l.sets()) > 0 })
}

// inBytes is a packet told by its bytes, which are read as they were, or as plain bytes where nothing reads them so.
func (p *Packet) inBytes(wire []byte) (text string, again *Packet) {
	first := p.layers[0].proto.spec.Name
	if p.table.Lookup(first) != nil {
		if again = p.table.Dissect(bytes.Clone(wire), first); again.builds(wire) {
			return "dissect(" + values.Quote(wire) + ", " + string(first) + ")", again
		}
	}
	return string(Raw) + "{load=" + values.Quote(wire) + "}", &Packet{layers: []*Layer{bytesLayer(Raw, wire)}}
}

// A speller writes the fields of a layer.
type speller struct {
	layer   *Layer
	name    Name          // as what the layer is written
	written uint64        // the fields to write
	raw     uint64        // those of them that are written as raw bytes
	told    map[int]spelt // how the others are written
	texts   []string      // a text for each field of the table
	made    *Layer        // what is read back of the texts; nil when one of them is not read
}

// A spelt is how a field is written.
type spelt struct {
	text  string
	value any    // what the text is read as
	read  bool   // it is read
	want  []byte // the field's bytes
}

// speller begins with the fields that are set.
func (l *Layer) speller() *speller {
	s := &speller{layer: l, name: l.proto.spec.Name, written: l.written(), told: map[int]spelt{}}
	if l.foreignLayer() {
		s.layer, s.name = bytesLayer(Raw, l.tail), Raw
		s.layer.packet = l.packet
		s.written = 1
	}
	if l.extra != nil {
		s.raw = l.extra.raw // as it was set
	}
	return s
}

// text is the layer as it was last written.
func (s *speller) text() string {
	texts := slices.DeleteFunc(s.texts, func(text string) bool { return text == "" })
	return string(s.name) + "{" + strings.Join(texts, ", ") + "}"
}

// spell writes all fields and reads them back; it reports that another field has to be written as raw bytes: then all begins anew.
func (s *speller) spell() (again bool) {
	p, failed := s.layer.proto, false
	s.texts = make([]string, len(p.spec.Fields))
	s.made = NewPacket(p).layers[0]
	s.made.packet.table = s.layer.table()
	for _, keys := range []bool{true, false} { // scripts, too, set those that choose the shape first
		for i := range p.spec.Fields {
			if s.written>>i&1 == 0 || p.shaping>>i&1 == 1 != keys || s.needless(i) {
				continue
			}
			same, read := s.field(i)
			if !same && s.raw>>i&1 == 0 && s.layer.takesRaw(i) {
				s.raw |= 1 << i
				return true
			}
			failed = failed || !read
		}
	}
	if failed {
		s.made = nil
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

// field writes field i and reads it back; it reports whether the text is read, and gives the same bytes.
func (s *speller) field(i int) (same, read bool) {
	name, told := s.layer.proto.spec.Fields[i].Name, s.tell(i)
	s.texts[i] = name + "=" + told.text
	if !told.read || s.made.Set(name, told.value) != nil {
		return false, false
	}
	return s.made.shape.mask>>i&1 == 1 && bytes.Equal(told.want, s.made.rawBytes(i)), true
}

// tell is how field i is written.
func (s *speller) tell(i int) spelt {
	if s.raw>>i&1 == 1 && s.layer.takesRaw(i) {
		raw := s.layer.rawBytes(i)
		return spelt{raw.Command(), raw, true, raw}
	}
	told, ok := s.told[i]
	if !ok {
		told = s.layer.tell(i)
		s.told[i] = told
	}
	return told
}

// fix has a computed field written as if it had been set to these bytes.
func (s *speller) fix(i int, b []byte) {
	l := s.layer.copy()
	l.packet = s.layer.packet
	if l.varies(i) {
		l.setPart(i, bytes.Clone(b))
	} else {
		at := l.shape.slots[i]
		copy(l.hdr[at.off:at.off+at.bytes], b)
	}
	l.fixed |= 1 << i
	s.written |= 1 << i
	s.told[i] = l.tell(i)
}

// maxTold is how deep layers in fields of layers are written as layers.
const maxTold = 50

// tell writes the value of field i.
func (l *Layer) tell(i int) spelt {
	if v, ok := l.element(i); ok {
		return spelt{l.literal(i), v, true, l.rawBytes(i)}
	}
	if l.varies(i) && l.proto.spec.Fields[i].Kind == Packets {
		if l.Depth() >= maxTold {
			return spelt{} // raw bytes
		}
		if packets := l.value(i).Packets(); packets != nil {
			return l.tellPackets(i, packets)
		}
	}
	text := l.literal(i)
	v, ok := readValue(l.proto, l.proto.spec.Fields[i].Name, text)
	return spelt{text, v, ok, l.rawBytes(i)}
}

// tellPackets writes a list of layers. Each is read back when it is written: that is not done once more for the list.
func (l *Layer) tellPackets(i int, packets []*Packet) spelt {
	if b, err := l.encoded(i, packets); err != nil || !bytes.Equal(b, l.part(i)) {
		return spelt{} // not as encoding would write it
	}
	texts, list := make([]string, len(packets)), make([]any, len(packets))
	read := true
	for k, p := range packets {
		var again *Packet
		texts[k], again = p.tell()
		list[k], read = again, read && again != nil
	}
	text := "{" + strings.Join(texts, ", ") + "}"
	return spelt{text, list, read && !tooMuch(text), l.rawBytes(i)}
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
