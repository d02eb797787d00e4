package craft

import "fmt"

// A Protocol is the compiled table of one protocol: everything else (constructors, listings, completion, errors,
// dissection, the Lua binding) reads it. It never changes once defined and is safe for concurrent use.
type Protocol struct {
	spec
	index   map[string]int // field name to index
	derived uint64         // the fields computed at build
	state   uint64         // those of them that Refresh leaves alone
	host    uint64         // the fields asked of the host
	shaping uint64         // the fields that choose the shape
	nests   bool           // packets stand in its fields
	views   uint64         // the fields that stand inside others
	stacks  []bound        // what stacking it sets in the layer below
	lifts   []bound        // what it sets in itself when certain protocols are stacked on it
}

// A spec is what a protocol's file writes down.
type spec struct {
	name   Name
	title  string // heading in Show; the name when empty
	doc    string // one line: what it is and its RFC
	fields []Field
	binds  []bind   // what may carry it
	next   []string // the fields that tell what this protocol carries, in the order in which they are looked at
	like   Name     // a protocol whose payloads this one carries too, told by the first of next in both
	reads  Name     // the same for reading only: stacking goes by the binds that name this protocol itself
	quotes Name     // the protocol that this one is the quote of
	keys   []string // the fields that choose the shape

	shape *shape // the layout when there is only one; nil: all the fields, in order
	hooks
}

// hooks are the parts of a protocol that no table can say. All are optional.
type hooks struct {
	// choose picks the shape for the header as it stands.
	choose func(c choice) *shape
	// onBelow marks a shape that also depends on the layer below, as that of DNS over TCP.
	onBelow bool
	// claims reports whether a payload begins like this protocol, for those that share an announcement with others (the
	// messages of ICMPv6) or have a port that others use as well. Nil claims everything.
	claims func(payload []byte) bool
	// becomes names the protocol that the bytes really are, when it is another one: the 802.3 frame where Ethernet was
	// announced. "" is this one.
	becomes func(data []byte) Name
	// sound tells why bytes that begin with such a header, which was read, are no such protocol's all the same: they stay
	// Raw, with the error as their note.
	sound func(l *Layer, data []byte) error
	// follows are the computed fields that a header which was read has right. They stay readable, and the builder computes
	// them again, so that they follow when the fields that they count are changed.
	follows func(l *Layer) uint64
	// loosen is called before a part of variable length gets other bytes, for those on whose place other parts depend, as
	// DNS names do that point to others.
	loosen func(l *Layer, i int)
	// headerLen is the whole header's length as the fixed part announces it, options included.
	headerLen func(hdr []byte) int
	// payloadLen is how much of the rest belongs to this layer, as its header says; the rest is Padding.
	payloadLen func(l *Layer, rest int) (int, error)
	// carries names what the payload is when no binding tells. "" means Raw.
	carries func(l *Layer, payload []byte) Name
	// extends marks an extension header: the network layer below it carries what it carries.
	extends bool
	// network marks a protocol with host addresses, which a flow begins with.
	network bool
	// takes is how much of a payload belongs to what follows the header; the rest is the layer's own, and stands in a
	// field of it: the extension of an ICMP error. Behind is the other way round: what building puts behind a payload of n
	// bytes; hdr is the built header, or nil when only the length counts.
	takes  func(l *Layer, payload []byte) int
	behind func(l *Layer, hdr []byte, n int) []byte
	// filler is what building puts behind a header of n bytes, as the padding of options.
	filler func(l *Layer, n int) []byte
	// align makes building fill the header with zeros up to a multiple of so many bytes, as SCTP's chunks. What stands in
	// that place on the wire is kept with the layer.
	align int
	// quoted marks a protocol that stands inside an ICMP error and may be cut short.
	quoted bool
	// ask fills the fields that only the host knows, into the built header.
	ask func(b *builder, i int, unset uint64) error
	// derive computes the fields nobody set, into the built header.
	derive func(b *builder, i int, hdr, payload []byte, unset uint64) error
	// sum says what the computed checksum covers, for templates.
	sum sumRule
	// summary is the layer's part of a one-line summary; "" leaves the name alone.
	summary func(p *Packet, i int) string
	// answers decides whether r's layer i, which is this protocol's, answers q's layer j.
	answers func(m match, i, j int) (bool, string)
	// replies are the protocols besides its own whose messages this one's answers decides about: DHCPv6's reply answers
	// its solicit.
	replies []Name
	// flow adds what the layer knows of the flow a packet belongs to.
	flow func(f *flow, l *Layer)
	// options is the table of an Options field.
	options []optionSpec
}

// A choice is what choosing a shape may look at.
type choice struct {
	hdr   []byte // the header's bytes; of a packet being read, all that are here
	set   uint64 // the fields that somebody fixed
	below *Layer // the layer below; nil for none
}

// Name is the protocol's name.
func (p *Protocol) Name() Name { return p.name }

// Doc is one line: what the protocol is and the RFC that says so.
func (p *Protocol) Doc() string { return p.doc }

// Fields is the table, in wire order. The caller must not change it.
func (p *Protocol) Fields() []Field { return p.fields }

// Has reports whether the protocol has a field of that name, in any of its shapes.
func (p *Protocol) Has(field string) bool {
	_, ok := p.index[field]
	return ok
}

// Kind is the kind of the field of that name; Number when there is none.
func (p *Protocol) Kind(field string) Kind {
	if i, ok := p.index[field]; ok {
		return p.fields[i].Kind
	}
	return Number
}

// FieldNames lists the fields' names in wire order.
func (p *Protocol) FieldNames() []string {
	names := make([]string, len(p.fields))
	for i := range p.fields {
		names[i] = p.fields[i].Name
	}
	return names
}

// ShapeFields lists the fields that decide which others there are, as ICMP's type does; they are to be set first.
func (p *Protocol) ShapeFields() []string { return p.keys }

// fieldNamed finds a field or says which ones there are.
func (p *Protocol) fieldNamed(name string) (int, error) {
	if i, ok := p.index[name]; ok {
		return i, nil
	}
	return 0, fmt.Errorf("%s has no field %q; it has %s", p.name, name, list(p.FieldNames()))
}

func compile(s spec) *Protocol {
	p := &Protocol{spec: s, index: map[string]int{}}
	if p.title == "" {
		p.title = string(p.name)
	}
	if p.shape == nil {
		p.shape = layout(p.fields, all(p.fields))
	}
	for i, f := range p.fields {
		p.index[f.Name] = i
		switch f.auto {
		case derived:
			p.derived |= 1 << i
		case state:
			p.derived |= 1 << i
			p.state |= 1 << i
		case fromHost:
			p.host |= 1 << i
		case fromDefault:
		}
		p.nests = p.nests || f.Kind == Packets
		if f.view != nil {
			p.views |= 1 << i
		}
	}
	for _, name := range s.keys {
		p.shaping |= 1 << fieldIndex(p.fields, name)
	}
	return p
}
