package craft

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// inlineHeader is how much header a layer holds without its own allocation: enough for IP, TCP and ARP.
const inlineHeader = 40

// A Layer is one protocol's part of a packet: its header bytes and a map of the fields that were set. A field of
// the fixed header lives in the bytes, so that reading and writing it are bit moves and building is a copy.
type Layer struct {
	proto *Protocol
	shape *Shape
	hdr   []byte // the fixed header: defaults, values from the layer above, and what was set
	tail  []byte // the variable part at its end as it goes on the wire: options without padding, a payload
	fixed uint64 // the fields that were set
	above uint64 // the fields that hold a value given by the layer above
	seen  uint64 // the fields that were read, hold what building would compute, and follow changes
	extra *extra // what few layers have

	packet *Packet // whose layer it is; nil before it was stacked
	buf    [inlineHeader]byte
}

// extra holds what only few layers have.
type extra struct {
	err      error // what was wrong with New's pairs
	note     string
	verbatim map[int]Verbatim // bytes in place of a field
	raw      uint64           // the parts of variable length that were set as bytes
	sets     []fieldSet       // fields that hold several values, in the order of the table
	nth      int              // how many layers of its protocol are outside it, if it has sets
	parts    map[int][]byte   // the variable parts before the end, as they go on the wire
	counts   map[int]tally    // how many layers were put into fields
	nests    map[int]*nest    // the packets that stand in fields, for those that were read
	stale    []int            // the fields in which packets have changed since the fields were written
	foreign  *DecodedLayer    // what a Decoder read
	told     uint64           // fields that were set by the address that they announce
	canon    uint64           // the field that was set last, if its part wrote it: setting it again needs no look at its spelling
	odd      *oddPadding      // what stood on the wire in place of padding
	owner    *owner           // of Padding: behind whose payload it stands
	depth    int              // in how many fields, one inside the other, it stood when it was read
}

// Verbatim is a value that stands for any field of whole bytes: its bytes go on the wire in the field's place, however
// many they are. The other fields of that header are computed as if it had its own width; the headers below count what
// is really there.
type Verbatim []byte

// Command is the bytes as Lua writes them: raw"\x01".
func (v Verbatim) Command() string { return "raw" + values.Quote(v) }

// New makes a layer and sets fields given as name and value pairs, in order: IP.New("dst", "10.0.0.1", "ttl", 3). What
// is wrong with a pair is remembered and returned by Build, so that packets can be written as expressions; to see it
// at once, use Set. A field that decides which others there are (ICMP's type) comes before those.
func (n Name) New(pairs ...any) *Layer {
	p := Lookup(n)
	if p == nil {
		err := fmt.Errorf("no protocol %q", n)
		return &Layer{proto: &Protocol{spec: Spec{Name: n}}, shape: &Shape{tail: -1}, extra: &extra{err: err}}
	}
	l := newLayer(p)
	if len(pairs)%2 != 0 {
		l.more().err = fmt.Errorf("%s: want pairs of a field's name and its value, got %d words", n, len(pairs))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		l.Fail(l.Set(name, pairs[i+1]))
	}
	return l
}

// Replaced reports whether Verbatim bytes of another width stand in the place of a field.
func (l *Layer) Replaced(field string) bool {
	i, ok := l.proto.index[field]
	return ok && l.replaced(i)
}

// Rerouted are the addresses that the layer puts in the place of the network header's: a home address as the source, the
// last hop of a source route as the destination; nil for none.
func (l *Layer) Rerouted() (src, dst []byte) {
	if l.proto.spec.Reroutes == nil {
		return nil, nil
	}
	return l.proto.spec.Reroutes(l)
}

// replaced reports that verbatim bytes stand in the place of a field.
func (l *Layer) replaced(i int) bool {
	if l.extra == nil {
		return false
	}
	_, ok := l.extra.verbatim[i]
	return ok
}

// NewLayer makes a layer of a protocol with every field at its default.
func NewLayer(p *Protocol) *Layer { return newLayer(p) }

func newLayer(p *Protocol) *Layer {
	l := &Layer{proto: p}
	if p.nests {
		l.extra = &extra{}
	}
	l.setShape(p.spec.Shape)
	return l
}

// err is what was wrong with the pairs given to New; nil when nothing was.
func (l *Layer) err() error {
	if l.extra == nil {
		return nil
	}
	return l.extra.err
}

// Fail makes Build refuse the layer with this error, as New does for a pair that no field takes. The first error stays.
func (l *Layer) Fail(err error) {
	if err != nil && l.err() == nil {
		l.more().err = err
	}
}

// more is the layer's extra part, made when first needed.
func (l *Layer) more() *extra {
	if l.extra == nil {
		l.extra = &extra{}
	}
	return l.extra
}

// Shape is the layout that the layer has now.
func (l *Layer) Shape() *Shape { return l.shape }

// Name is the layer's protocol by name.
func (l *Layer) Name() Name { return l.proto.spec.Name }

// Protocol is the layer's protocol.
func (l *Layer) Protocol() *Protocol { return l.proto }

// SetNote notes what is wrong with a layer that was read; a note that is there stays.
func (l *Layer) SetNote(text string) {
	if l.Note() == "" {
		l.more().note = text
	}
}

// AddNote notes something else that is wrong with a layer that was read, behind the note that is there.
func (l *Layer) AddNote(text string) {
	if was := l.more().note; was != "" {
		text = was + "; " + text
	}
	l.extra.note = text
}

// Note says what dissecting found wrong with the layer ("malformed: ihl 15 beyond the packet"); "" when nothing. What it
// quotes of the packet is visible (values.OneLine).
func (l *Layer) Note() string {
	if l.extra == nil {
		return ""
	}
	return values.OneLine(l.extra.note)
}

// Fields lists the fields the layer has in its present shape, in wire order. Absent HTTP headers are not
// listed.
func (l *Layer) Fields() []string {
	if l.foreignLayer() {
		return l.extra.foreign.Fields()
	}
	var names []string
	for i := range l.proto.spec.Fields {
		if l.shape.mask>>i&1 == 1 && !l.absent(i) {
			names = append(names, l.proto.spec.Fields[i].Name)
		}
	}
	return names
}

// Has reports whether the layer has a field of that name in its present shape.
func (l *Layer) Has(field string) bool {
	if l.foreignLayer() {
		return slices.Contains(l.extra.foreign.Fields(), field)
	}
	i, ok := l.proto.index[field]
	return ok && l.shape.mask>>i&1 == 1
}

// IsSet reports whether the field was set, or the packet came from the wire with it.
func (l *Layer) IsSet(field string) bool {
	i, ok := l.proto.index[field]
	if ok && l.proto.views != 0 && l.holds(i) {
		return true // by one of its views
	}
	return ok && (l.fixed|l.seen)>>i&1 == 1
}

// SetBits has a bit for each field that IsSet, counted as the protocol's fields are: for hooks that are called for every packet.
// Views are not in it.
func (l *Layer) SetBits() uint64 { return l.fixed | l.seen }

// Clear gives a field back to the builder: its default, the layer above, or its computation decides again.
func (l *Layer) Clear(field string) error {
	i, err := l.field(field)
	if err != nil {
		return err
	}
	l.clear(i)
	return nil
}

func (l *Layer) clear(i int) {
	l.forget(i)
	if l.varies(i) {
		l.detach(i, l.initial(i))
		l.setPart(i, nil)
	}
	if s := l.shape.slots[i]; s.bits > 0 && l.fixed>>i&1 == 1 {
		copy(l.hdr[s.off:s.off+s.bytes], l.mergeDefault(s, i))
	}
	l.fixed &^= 1 << i
	if l.proto.shaping>>i&1 == 1 {
		l.reshape()
	}
	if l.packet != nil {
		l.packet.restack() // the layer above may have a value for it
	}
}

// mergeDefault is the bytes a slot touches with the field's default in place and its neighbours' bits kept.
func (l *Layer) mergeDefault(s slot, i int) []byte {
	if s.bits > 64 {
		return l.shape.init[s.off : s.off+s.bytes]
	}
	h := append([]byte(nil), l.hdr[:s.off+s.bytes]...)
	s.put(h, l.proto.spec.Fields[i].Default)
	return h[s.off:]
}

// forget drops the several values or the verbatim bytes of a field, and what was read of the fields that follow it.
func (l *Layer) forget(i int) {
	l.seen = 0
	if l.extra == nil {
		return
	}
	l.extra.told &^= 1 << i
	l.extra.raw &^= 1 << i
	l.extra.canon = 0
	delete(l.extra.verbatim, i)
	for k := range l.extra.sets {
		if l.extra.sets[k].field == i {
			l.extra.sets = append(l.extra.sets[:k:k], l.extra.sets[k+1:]...)
			return
		}
	}
}

// Refresh gives every derived field (lengths, checksums, counts) back to the builder, as one wants after editing a
// packet that came from the wire. Addresses stay, and a checksum that says that there is none.
func (l *Layer) Refresh() {
	if l.quoted() || l.shape.short {
		return // its lengths and sums are those of the whole packet, of which a part is here
	}
	for k := range l.proto.rows {
		r := &l.proto.rows[k]
		switch {
		case r.State || l.proto.shaping>>r.field&1 == 1 || l.shape.mask>>r.field&1 == 0: // a length that chose the shape is right for it
		case r.ZeroIsNone && l.fixed>>r.field&1 == 1 && l.value(r.field).num == 0:
		default:
			l.clear(r.field)
		}
	}
	if l.proto.derived != 0 && l.Note() != "" {
		l.extra.note = "" // it was about what is computed again
	}
}

// quoted reports whether the layer is part of a quote: one that is marked so, or what it carries.
func (l *Layer) quoted() bool {
	if l.proto.spec.Quoted || l.packet == nil {
		return l.proto.spec.Quoted
	}
	for _, below := range l.packet.layers {
		if below == l || below.proto.spec.Quoted {
			return below != l
		}
	}
	return false
}

// field finds a field of the layer's present shape.
func (l *Layer) field(name string) (int, error) {
	if l.foreignLayer() {
		return 0, fmt.Errorf("%s can be read, not changed: no table of its own", l.proto.spec.Name)
	}
	i, err := l.proto.fieldNamed(name)
	if err != nil {
		return 0, err
	}
	if l.shape.mask>>i&1 == 0 {
		return 0, l.lacks(i)
	}
	return i, nil
}

// copy makes an independent layer.
func (l *Layer) copy() *Layer {
	c := &Layer{}
	l.copyTo(c)
	return c
}

// copyTo makes c an independent copy of l.
func (l *Layer) copyTo(c *Layer) {
	l.catchUp()
	*c = *l
	c.hdr = c.room(len(l.hdr))
	copy(c.hdr, l.hdr)
	if l.tail != nil {
		c.tail = append([]byte(nil), l.tail...)
	}
	if l.extra != nil {
		c.extra = l.extra.copy()
	}
	c.packet = nil
}

// setInner keeps the bytes of a part that stands before the end.
func (e *extra) setInner(i int, b []byte) {
	if e.parts == nil {
		e.parts = map[int][]byte{}
	}
	e.parts[i] = b
}

func (e *extra) copy() *extra {
	c := *e
	c.sets = append([]fieldSet(nil), e.sets...)
	c.verbatim = maps.Clone(e.verbatim)
	c.parts = maps.Clone(e.parts) // their bytes are replaced, never changed
	c.counts = maps.Clone(e.counts)
	c.nests, c.stale = nil, nil // nests are of this layer's packets
	c.depth = 0
	return &c
}

// Get reads a field. A computed field that is not set has no value before the packet is built: IsNone. The error says
// that the layer has no such field.
func (l *Layer) Get(field string) (Value, error) {
	if l.foreignLayer() {
		return l.foreignValue(field)
	}
	i, ok := l.proto.index[field]
	if !ok || l.shape.mask>>i&1 == 0 {
		_, err := l.field(field)
		return Value{}, err
	}
	return l.value(i), nil
}

func (l *Layer) value(i int) Value {
	f := &l.proto.spec.Fields[i]
	v := Value{kind: f.Kind, field: f, layer: l}
	if l.extra != nil && len(l.extra.verbatim) > 0 {
		if raw, ok := l.extra.verbatim[i]; ok {
			return Value{kind: Bytes, field: f, bytes: raw, list: raw, layer: l}
		}
	}
	if l.varies(i) {
		if v.list = l.within(i); v.list != nil {
			return v // its bytes are made on demand
		}
		v.bytes = l.part(i)
		v.none = f.Computed != nil && (l.fixed|l.above|l.seen)>>i&1 == 0 || f.View != nil && v.bytes == nil
		if f.Part != nil && f.Part.Decode != nil && !v.none {
			v.list = l.decoded(i, v.bytes)
			n, ok := v.list.(uint64)
			v.num = n
			switch {
			case ok || !kinds[f.Kind].numeric:
			case v.list == nil:
				v.none = true // it is absent
			default:
				v.kind = Values // a negative number, or what is none
			}
		}
		return v
	}
	s := l.shape.slots[i]
	v.kind = s.kind
	v.none = f.Computed != nil && (l.fixed|l.above|l.seen)>>i&1 == 0
	if kinds[s.kind].wide {
		v.bytes = l.hdr[s.off : s.off+s.bytes]
		return v
	}
	v.num = s.uint(l.hdr)
	return v
}

// Uint reads a field as a number; 0 when the layer is nil, has no such field, or the field is not a number.
func (l *Layer) Uint(field string) uint64 {
	if l == nil {
		return 0
	}
	if i, ok := l.proto.index[field]; ok && (l.extra == nil || l.extra.verbatim == nil && l.extra.foreign == nil) {
		if s := &l.shape.slots[i]; s.bits > 0 && !kinds[s.kind].wide {
			return s.uint(l.hdr) // as Value, without all that stands beside the number
		}
	}
	return l.Value(field).num
}

// Addr reads an IPv4 or IPv6 address; the zero Addr when there is none.
func (l *Layer) Addr(field string) netip.Addr { return l.Value(field).Addr() }

// Bytes reads a byte string; nil when there is none. The caller must not change it.
func (l *Layer) Bytes(field string) []byte { return l.Value(field).Bytes() }

// Text reads a field as Show writes it: flags as letters, names where values have names; "None" when it is computed
// at build and "" when the layer has no such field.
func (l *Layer) Text(field string) string {
	if l == nil {
		return ""
	}
	v, err := l.Get(field)
	if err != nil {
		return ""
	}
	return v.String()
}

// Value reads a field like Get; the zero Value when the layer is nil or has no such field.
func (l *Layer) Value(field string) Value {
	if l == nil {
		return Value{}
	}
	v, err := l.Get(field)
	if err != nil {
		return Value{}
	}
	return v
}
