package craft

import (
	"slices"
	"time"
)

// A Packet is a stack of layers, outermost first. The zero Packet has none and builds to no bytes.
type Packet struct {
	layers []*Layer
	room   [4]*Layer // so that most packets need no slice of their own
	inside *nest     // the field in which it stands; nil for a separate packet
	table  *Table    // the protocols that its fields are read with; nil for the built-in ones

	// Time is when the packet passed the port it came from; zero for a packet that was made here.
	Time time.Time
	// Link is what the packet was read as, the first protocol given to Dissect: the link it came through. It says what its
	// bytes are when no layer does; "" for a packet that was made here.
	Link Name
	// Wire is the packet as it arrived, from its first layer on; nil for a packet that was made here. It does not
	// follow changes.
	Wire []byte
	// Info is what a capture says of the packet besides; nil is nothing.
	Info *CaptureInfo
}

// Stack puts layers one upon the other, outermost first. The packet takes the layers over: a layer belongs to one
// packet.
func Stack(layers ...*Layer) *Packet {
	p := &Packet{}
	p.layers = append(p.room[:0], layers...)
	p.adoptTable(layers)
	p.restack()
	return p
}

// adoptTable has a packet without a table take that of layers that come in.
func (p *Packet) adoptTable(layers []*Layer) {
	for _, l := range layers {
		if p.table == nil {
			p.table = l.table()
		}
	}
}

// NewPacket makes a packet of one layer with every field at its default.
func NewPacket(proto *Protocol) *Packet {
	both := &struct { // one allocation, since scripts make very many
		p Packet
		l Layer
	}{}
	both.l.proto, both.l.packet = proto, &both.p
	if proto.nests {
		both.l.extra = &extra{}
	}
	both.l.setShape(proto.spec.Shape)
	both.p.layers = append(both.p.room[:0], &both.l)
	return &both.p
}

// withRoom is an empty packet, and memory for n layers: for two of them, as scripts stack most often, in one piece.
func withRoom(n int) (*Packet, []Layer) {
	if n != 2 {
		p := &Packet{}
		p.layers = p.room[:0]
		return p, make([]Layer, n)
	}
	both := &struct {
		p Packet
		l [2]Layer
	}{}
	both.p.layers = both.p.room[:0]
	return &both.p, both.l[:]
}

// Over is a new packet with upper's layers on top of p's, as scapy's "/": both are copied.
func (p *Packet) Over(upper *Packet) *Packet {
	c, slab := withRoom(len(p.layers) + len(upper.layers))
	if c.table = p.table; c.table == nil {
		c.table = upper.table
	}
	for i := range slab {
		from := upper.layers
		at := i - len(p.layers)
		if at < 0 {
			from, at = p.layers, i
		}
		from[at].copyTo(&slab[i])
		c.layers = append(c.layers, &slab[i])
	}
	c.restack()
	return c
}

// Copy makes an independent packet.
func (p *Packet) Copy() *Packet {
	c := p.Over(&Packet{})
	c.Time, c.Link, c.Wire, c.Info = p.Time, p.Link, p.Wire, p.Info
	return c
}

// From is a new packet that begins at layer n, counted from 0; it has copies of p's layers, and of its Wire the part
// from there on.
func (p *Packet) From(n int) *Packet {
	c := (&Packet{layers: p.layers[n:], table: p.table}).Copy()
	c.Time = p.Time
	if n == 0 {
		c.Link = p.Link
	}
	at := p.Offset(n)
	if at <= len(p.Wire) {
		c.Wire = p.Wire[at:]
	}
	c.Info = p.Info
	return c
}

// Head is a new packet of copies of p's first n layers.
func (p *Packet) Head(n int) *Packet {
	c := (&Packet{layers: p.layers[:n], table: p.table}).Copy()
	c.Time, c.Link = p.Time, p.Link
	return c
}

// AboveTags is the place of the layer that the frame at layer i is for: behind VLAN tags and the like; the number of layers
// when there is none.
func (p *Packet) AboveTags(i int) int {
	for i++; i < len(p.layers) && p.layers[i].proto.spec.Tag; {
		i++
	}
	return i
}

// restack gives every field that the layer above decides its value again.
func (p *Packet) restack() {
	for i, l := range slices.Backward(p.layers) { // what a layer says below may depend on what it is told above
		l.packet = p
		if len(l.sets()) > 0 {
			l.redraw(p.before(i))
		}
		l.release()
		if i+1 < len(p.layers) {
			upper := p.layers[i+1]
			l.lift(upper.proto.stacks, l.proto, upper)
			l.lift(l.proto.lifts, upper.proto, upper)
		}
	}
	for _, l := range p.layers {
		if l.proto.onBelow { // and a shape on that of the layer below
			l.reshape()
		}
	}
	p.changed()
}

// lift takes the values that the layer above decides, of those that hold for the given protocol.
func (l *Layer) lift(values []bound, other *Protocol, upper *Layer) {
	for _, b := range values {
		if b.other == other && (b.holds == nil || b.holds(upper)) && l.shape.mask>>b.field&1 == 1 && (l.fixed>>b.field&1 == 0 || l.yield(b.field)) {
			l.write(b.field, b.value, b.bytes)
			l.above |= 1 << b.field
			if l.proto.shaping>>b.field&1 == 1 {
				l.reshape()
			}
		}
	}
}

// write puts a number, or the bytes of a wide field, into field i, which may be one of variable length.
func (l *Layer) write(i int, n uint64, wide []byte) {
	if !l.varies(i) {
		l.shape.slots[i].write(l.hdr, n, wide)
		return
	}
	if wide != nil {
		l.setPart(i, wide)
		return
	}
	if b, err := l.encoded(i, n); err == nil { // a table binds only values that its field takes
		l.setPart(i, b)
	}
}

// before is how many layers of layer i's protocol are outside it.
func (p *Packet) before(i int) int {
	n := 0
	for _, l := range p.layers[:i] {
		if l.proto == p.layers[i].proto {
			n++
		}
	}
	return n
}

// release gives the fields that an earlier layer above had decided their defaults.
func (l *Layer) release() {
	if l.above == 0 {
		return
	}
	above := l.above
	l.above = 0
	for i := range l.proto.spec.Fields {
		switch {
		case above>>i&1 == 0 || l.fixed>>i&1 == 1:
		case l.varies(i):
			l.setPart(i, nil)
		default:
			l.shape.slots[i].write(l.hdr, l.proto.spec.Fields[i].Default, l.proto.spec.Fields[i].Initial)
		}
	}
	if above&l.proto.shaping != 0 {
		l.reshape()
	}
}

// Layers are the packet's layers, outermost first. The caller must not change the slice; the layers are the packet's
// own.
func (p *Packet) Layers() []*Layer { return p.layers }

// Layer is the packet's first layer of that protocol, or else of that family (Spec.Families); nil when there is none. A nil layer
// reads as zeros.
func (p *Packet) Layer(name Name) *Layer { return p.Nth(name, 1) }

// Nth is the packet's nth layer of that protocol, counted from 1, as in a tunnel; nil when there is none. Behind the
// packet's own layers come those that stand inside their fields, as the records of a DNS message do, and behind all of these the
// other members of the family that the name stands for: a general protocol's name finds its special ones.
func (p *Packet) Nth(name Name, n int) *Layer { return p.NthFrom(0, name, n) }

// NthFrom is Nth among the layers from place i on.
func (p *Packet) NthFrom(i int, name Name, n int) *Layer {
	found, left := nth(p.layers[i:], sought{name: name}, n)
	if found == nil && p.table.book().families[name] {
		found, _ = nth(p.layers[i:], sought{name: name, family: true}, left)
	}
	return found
}

// sought is a name to look for: that of a protocol, or of the family of others.
type sought struct {
	name   Name
	family bool
}

func (m sought) fits(p *Protocol) bool {
	if !m.family {
		return p.spec.Name == m.name
	}
	return p.spec.Name != m.name && p.Is(m.name)
}

func nth(layers []*Layer, m sought, n int) (found *Layer, left int) {
	for _, l := range layers {
		if m.fits(l.proto) {
			if n--; n == 0 {
				return l, 0
			}
		}
	}
	return inner(layers, m, n)
}

// Has reports whether the packet has a layer of that protocol, or of that family.
func (p *Packet) Has(name Name) bool { return p.Layer(name) != nil }

// Refresh gives all lengths, checksums and counts of all layers back to the builder, as one wants after editing a
// packet that came from the wire. Those beyond the header of a fragment, and of the quote in an error, are left alone: they are
// those of a whole packet, of which a part is here.
func (p *Packet) Refresh() { p.RefreshFrom(0) }

// RefreshFrom is Refresh for layer n, counted from 0, and those above it.
func (p *Packet) RefreshFrom(n int) {
	for i, l := range p.layers {
		if l.proto.spec.Quoted {
			return
		}
		if i >= n {
			l.Refresh()
		}
		if l.fragment() {
			return
		}
	}
}

// fragment reports whether the layer carries a part of a datagram.
func (l *Layer) fragment() bool {
	for i := range l.proto.spec.Fragments {
		if l.proto.spec.Fragments[i].holds(l) {
			return true
		}
	}
	return false
}

// Len is the layer's own length on the wire.
func (l *Layer) Len() int {
	n := l.UnpaddedLen()
	if l.proto.pad != nil {
		n += len(l.padding(n))
	}
	if l.extra != nil {
		for i, v := range l.extra.verbatim {
			n += len(v) - l.shape.slots[i].bytes
		}
	}
	return n
}

// UnpaddedLen is how long the fixed header and the parts of variable length are: Len without padding.
func (l *Layer) UnpaddedLen() int {
	n := len(l.hdr)
	if l.shape.tail >= 0 {
		n += len(l.wired(l.shape.tail))
	}
	for _, c := range l.shape.inner {
		n += len(l.wired(c.field))
	}
	return n
}
