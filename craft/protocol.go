package craft

import (
	"fmt"

	"github.com/moonwire/moonwire/craft/values"
)

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

// A Spec is what a protocol's file writes down: a table of fields, what carries it, and hooks for what no table says. The zero
// value of every part stands for "none".
type Spec struct {
	// Name is the protocol's name, the word used in Go, in Lua, in errors and in listings.
	Name Name
	// Title is the heading that Show gives a layer; "" is the name.
	Title string
	// Doc is one line: what the protocol is and the RFC that says so.
	Doc string
	// Fields are the rows of the table, in wire order, at most 64.
	Fields []Field
	// Binds say what may carry it. Each is used to dissect and to build.
	Binds []Binding
	// Next are the fields that announce what this protocol carries, in the order in which they are looked at.
	Next []string
	// Like is a protocol whose payloads this one carries too, announced by the first field of Next in both, as a VLAN tag carries
	// what Ethernet carries.
	Like Name
	// Reads is as Like, but used only when dissecting.
	Reads Name
	// Quotes is, for a header that is quoted in an error, the protocol that it is a copy of: IPerror quotes IP.
	Quotes Name
	// Keys are the fields that choose the shape. They are set before the others.
	Keys []string
	// Identity are the fields by which the first eight bytes of a message are recognised: where an error quotes it, these
	// are compared. Fields that routers and NATs rewrite do not belong here.
	Identity []string
	// Shape is the layout of the header when Choose is nil or there is nothing to choose by; nil: all fields, in order.
	Shape *Shape

	Hooks
}

// Hooks are the parts of a protocol that no table can say. All are optional. In all of them i and j are places of layers in
// their packets, hdr is the layer's own header, and bit n of unset is 1 if field n of the table is not set.
// A hook must not name its own protocol's variable; it gets the layer.
type Hooks struct {
	// Choose picks the shape for the header as it stands, for a protocol with several layouts.
	Choose func(c Choice) *Shape
	// OnBelow marks a shape that also depends on the layer below, as that of DNS over TCP.
	OnBelow bool
	// Accepts reports whether a payload begins like this protocol, where several share an announcement (the messages of
	// ICMPv6) or others use the same port: what no more than a port announces has to look like it. It gets what is here, which a
	// capture may have cut anywhere. Nil accepts everything.
	Accepts func(payload []byte) bool
	// Dispatch names the protocol that the bytes really are: the 802.3 frame where Ethernet was announced. "" is this one.
	// It is scapy's dispatch_hook.
	Dispatch func(data []byte) Name
	// Validate says why bytes whose header could be read are not this protocol after all: they stay Raw, with the error
	// as their note.
	Validate func(l *Layer, data []byte) error
	// Follows are the computed fields whose value in a dissected header is correct, one bit each. They stay readable, and
	// building computes them again, so that they follow when what they count is changed.
	Follows func(l *Layer) uint64
	// Detach is called before field i, of variable length, gets other bytes: other fields may depend on where its bytes
	// stand, as DNS names that point into it do.
	Detach func(l *Layer, i int)
	// HeaderLen is the length of the whole header, options included, as the fixed part announces it.
	HeaderLen func(hdr []byte) int
	// PayloadLen is how many of the rest bytes behind the header belong to this layer, as its header says; what is left
	// becomes Padding. The error becomes the layer's note.
	PayloadLen func(l *Layer, rest int) (int, error)
	// GuessPayload names what the payload is when no binding does; "" is Raw. It is scapy's guess_payload_class.
	GuessPayload func(l *Layer, payload []byte) Name
	// Takes splits off a trailer when a packet is read: it is how much of a payload belongs to the layers above. The rest
	// is the layer's own and stands in a Virtual field, as the extension of an ICMP error.
	Takes func(l *Layer, payload []byte) int
	// Behind appends that trailer when a packet is built, behind a payload of n bytes. hdr is the built header, to be
	// completed, or nil when only the length counts.
	Behind func(l *Layer, hdr []byte, n int) []byte
	// Filler is what building puts behind a header of n bytes, as the padding of options.
	Filler func(l *Layer, n int) []byte
	// Align makes building fill the header with zeros up to a multiple of so many bytes, as SCTP's chunks. What stands in
	// that place on the wire is kept with the layer.
	Align int
	// Ask fills the fields that only the host knows (AutoHost) into the built header. The error ends the build.
	Ask func(b *Builder, i int, unset uint64) error
	// Derive computes the fields that are not set into the built header, lengths and checksums. The payload lies behind hdr
	// in the same memory: hdr[:len(hdr)+len(payload)] is the whole message. The error ends the build.
	Derive func(b *Builder, i int, hdr, payload []byte, unset uint64) error
	// Sum says what the computed checksum covers, for templates.
	Sum SumRule
	// Summary is the layer's part of a one-line summary; "" leaves it at the name. Nil does so always.
	Summary func(p *Packet, i int) string
	// Answers decides whether the reply's layer i, which is of this protocol, answers the question's layer j, and says why in
	// half a sentence. Nil goes on with the payloads.
	Answers func(m Match, i, j int) (bool, string)
	// Replies are the protocols besides its own whose messages Answers decides about: DHCPv6's reply answers its solicit.
	Replies []Name
	// Flow adds what the layer knows of the flow that a packet belongs to. It is what scapy's hashret is made of.
	Flow func(f *Flow, l *Layer)
	// Options is the table of a field of kind Options.
	Options []OptionSpec

	// Network marks a protocol with host addresses, which a flow begins with.
	Network bool
	// Extends marks an extension header: the network layer below carries what it carries.
	Extends bool
	// Tag marks what may stand between the addresses of a frame and the packet that they are for, as a VLAN tag.
	Tag bool
	// Quoted marks a header that stands inside an error and may be cut short.
	Quoted bool
	// Pseudo returns the unfolded sum of the pseudo-header for a segment of n bytes in layer k; i is the network layer.
	Pseudo func(b *Builder, i, k int, proto byte, n int) uint64
	// Reroutes are the addresses that replace the network header's in pseudo-headers and for whoever answers: a home address,
	// the last hop of a source route; nil for none.
	Reroutes func(l *Layer) (src, dst []byte)
}

// A Choice is what choosing a shape may look at.
type Choice struct {
	// Header is the header's bytes; of a packet being read, all that are here.
	Header []byte
	// Set has a bit for each field that was set; all bits are set while a header is read.
	Set uint64
	// Below is the layer below; nil for none.
	Below *Layer
}

// Name is the protocol's name.
func (p *Protocol) Name() Name { return p.spec.Name }

// Doc is one line: what the protocol is and the RFC that says so.
func (p *Protocol) Doc() string { return p.spec.Doc }

// Fields is the table, in wire order. The caller must not change it.
func (p *Protocol) Fields() []Field { return p.spec.Fields }

// Title is the heading that Show gives a layer of the protocol: the name unless the protocol has another.
func (p *Protocol) Title() string { return p.spec.Title }

// Shape is the layout of a layer of which nothing is set.
func (p *Protocol) Shape() *Shape { return p.spec.Shape }

// PayloadsOf is the protocol whose payloads this one carries, the name in Reads, else in Like, else its own, and the field that
// announces them; "" for none.
func (p *Protocol) PayloadsOf() (name Name, field string) {
	name = p.spec.Name
	switch {
	case p.spec.Reads != "":
		name = p.spec.Reads
	case p.spec.Like != "":
		name = p.spec.Like
	}
	if len(p.spec.Next) > 0 {
		field = p.spec.Next[0]
	}
	return name, field
}

// Decides reports whether the protocol has its own rules about what answers what.
func (p *Protocol) Decides() bool { return p.spec.Answers != nil && p.spec.Name != Raw }

// Extends reports whether the protocol is an extension header: the network layer below it carries what it carries.
func (p *Protocol) Extends() bool { return p.spec.Extends }

// Index is the number of a field in Fields; -1 when there is none of that name.
func (p *Protocol) Index(field string) int {
	if i, ok := p.index[field]; ok {
		return i
	}
	return -1
}

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
	return 0, fmt.Errorf("%s has no field %q; it has %s", p.spec.Name, name, values.Listing(p.FieldNames()))
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
