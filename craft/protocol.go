package craft

import "fmt"

// A Protocol is the compiled table of one protocol: everything else (constructors, listings, completion, errors,
// dissection, the Lua binding) reads it. It never changes once defined and is safe for concurrent use.
type Protocol struct {
	spec    Spec
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

// A Spec is what a protocol's file writes down.
type Spec struct {
	Name   Name
	Title  string // heading in Show; the name when empty
	Doc    string // one line: what it is and its RFC
	Fields []Field
	Binds  []Binding // what may carry it
	Next   []string  // the fields that tell what this protocol carries, in the order in which they are looked at
	Like   Name      // a protocol whose payloads this one carries too, told by the first of next in both
	Reads  Name      // the same for reading only: stacking goes by the binds that name this protocol itself
	Quotes Name      // the protocol that this one is the quote of
	Keys   []string  // the fields that choose the shape

	Shape *Shape // the layout when there is only one; nil: all the fields, in order
	Hooks
}

// Hooks are the parts of a protocol that no table can say. All are optional.
type Hooks struct {
	// Choose picks the shape for the header as it stands.
	Choose func(c Choice) *Shape
	// OnBelow marks a shape that also depends on the layer below, as that of DNS over TCP.
	OnBelow bool
	// Accepts reports whether a payload begins like this protocol, for those that share an announcement with others (the
	// messages of ICMPv6) or have a port that others use as well. Nil claims everything.
	Accepts func(payload []byte) bool
	// Dispatch names the protocol that the bytes really are, when it is another one: the 802.3 frame where Ethernet was
	// announced. "" is this one.
	Dispatch func(data []byte) Name
	// Validate tells why bytes that begin with such a header, which was read, are no such protocol's all the same: they stay
	// Raw, with the error as their note.
	Validate func(l *Layer, data []byte) error
	// Follows are the computed fields that a header which was read has right. They stay readable, and the builder computes
	// them again, so that they follow when the fields that they count are changed.
	Follows func(l *Layer) uint64
	// Detach is called before a part of variable length gets other bytes, for those on whose place other parts depend, as
	// DNS names do that point to others.
	Detach func(l *Layer, i int)
	// HeaderLen is the whole header's length as the fixed part announces it, options included.
	HeaderLen func(hdr []byte) int
	// PayloadLen is how much of the rest belongs to this layer, as its header says; the rest is Padding.
	PayloadLen func(l *Layer, rest int) (int, error)
	// GuessPayload names what the payload is when no binding tells. "" means Raw.
	GuessPayload func(l *Layer, payload []byte) Name
	// Extends marks an extension header: the network layer below it carries what it carries.
	Extends bool
	// Network marks a protocol with host addresses, which a flow begins with.
	Network bool
	// Takes is how much of a payload belongs to what follows the header; the rest is the layer's own, and stands in a
	// field of it: the extension of an ICMP error. Behind is the other way round: what building puts behind a payload of n
	// bytes; hdr is the built header, or nil when only the length counts.
	Takes  func(l *Layer, payload []byte) int
	Behind func(l *Layer, hdr []byte, n int) []byte
	// Filler is what building puts behind a header of n bytes, as the padding of options.
	Filler func(l *Layer, n int) []byte
	// Align makes building fill the header with zeros up to a multiple of so many bytes, as SCTP's chunks. What stands in
	// that place on the wire is kept with the layer.
	Align int
	// Quoted marks a protocol that stands inside an ICMP error and may be cut short.
	Quoted bool
	// Ask fills the fields that only the host knows, into the built header.
	Ask func(b *Builder, i int, unset uint64) error
	// Derive computes the fields nobody set, into the built header.
	Derive func(b *Builder, i int, hdr, payload []byte, unset uint64) error
	// Sum says what the computed checksum covers, for templates.
	Sum SumRule
	// Summary is the layer's part of a one-line summary; "" leaves the name alone.
	Summary func(p *Packet, i int) string
	// Answers decides whether r's layer i, which is this protocol's, answers q's layer j.
	Answers func(m Match, i, j int) (bool, string)
	// Replies are the protocols besides its own whose messages this one's answers decides about: DHCPv6's reply answers
	// its solicit.
	Replies []Name
	// Flow adds what the layer knows of the flow a packet belongs to.
	Flow func(f *Flow, l *Layer)
	// Options is the table of an Options field.
	Options []OptionSpec
}

// A Choice is what choosing a shape may look at.
type Choice struct {
	Header []byte // the header's bytes; of a packet being read, all that are here
	Set    uint64 // the fields that somebody fixed
	Below  *Layer // the layer below; nil for none
}

// Name is the protocol's name.
func (p *Protocol) Name() Name { return p.spec.Name }

// Doc is one line: what the protocol is and the RFC that says so.
func (p *Protocol) Doc() string { return p.spec.Doc }

// Fields is the table, in wire order. The caller must not change it.
func (p *Protocol) Fields() []Field { return p.spec.Fields }

// Has reports whether the protocol has a field of that name, in any of its shapes.
func (p *Protocol) Has(field string) bool {
	_, ok := p.index[field]
	return ok
}

// Kind is the kind of the field of that name; Number when there is none.
func (p *Protocol) Kind(field string) Kind {
	if i, ok := p.index[field]; ok {
		return p.spec.Fields[i].Kind
	}
	return Number
}

// FieldNames lists the fields' names in wire order.
func (p *Protocol) FieldNames() []string {
	names := make([]string, len(p.spec.Fields))
	for i := range p.spec.Fields {
		names[i] = p.spec.Fields[i].Name
	}
	return names
}

// ShapeFields lists the fields that decide which others there are, as ICMP's type does; they are to be set first.
func (p *Protocol) ShapeFields() []string { return p.spec.Keys }

// fieldNamed finds a field or says which ones there are.
func (p *Protocol) fieldNamed(name string) (int, error) {
	if i, ok := p.index[name]; ok {
		return i, nil
	}
	return 0, fmt.Errorf("%s has no field %q; it has %s", p.spec.Name, name, list(p.FieldNames()))
}

func compile(s Spec) *Protocol {
	p := &Protocol{spec: s, index: map[string]int{}}
	if p.spec.Title == "" {
		p.spec.Title = string(p.spec.Name)
	}
	if p.spec.Shape == nil {
		p.spec.Shape = Layout(p.spec.Fields, AllFields(p.spec.Fields))
	}
	for i, f := range p.spec.Fields {
		p.index[f.Name] = i
		switch f.Auto {
		case AutoDerived:
			p.derived |= 1 << i
		case AutoState:
			p.derived |= 1 << i
			p.state |= 1 << i
		case AutoHost:
			p.host |= 1 << i
		case AutoDefault:
		}
		p.nests = p.nests || f.Kind == Packets
		if f.View != nil {
			p.views |= 1 << i
		}
	}
	for _, name := range s.Keys {
		p.shaping |= 1 << fieldIndex(p.spec.Fields, name)
	}
	return p
}
