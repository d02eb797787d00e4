package craft

import (
	"fmt"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// A Protocol is the compiled table of one protocol: everything else (constructors, listings, completion, errors,
// dissection, the Lua binding) reads it. It never changes once defined and is safe for concurrent use.
type Protocol struct {
	spec    Spec
	index   map[string]int // field name to index
	derived uint64         // the fields computed at build
	host    uint64         // the fields asked of the host
	shaping uint64         // the fields that choose the shape
	nests   bool           // packets stand in its fields
	views   uint64         // the fields that stand inside others
	simple  uint64         // the fields of variable length that are their bytes and nothing else
	leads   uint64         // the fields on which it depends what stacking it sets in the layer below
	stacks  []bound        // what stacking it sets in the layer below
	lifts   []bound        // what it sets in itself when certain protocols are stacked on it

	rows      []row    // the computed fields, checksums last
	announces int      // the row that says where the payload ends; -1 for none
	sum       int      // the row of the checksum; -1 for none
	hooked    uint64   // the fields that the hook Derive computes
	follows   bool     // some fields follow what is changed
	when      *chooser // finds the shape by the fields' conditions; nil when they are always there
	options   int      // the field of options; -1 for none
	trailer   int      // the field that stands behind the payload; -1 for none
	pad       *Pad     // what fills the header up; nil for nothing
	ends      []end    // where parts of variable length end, by field
	onBelow   bool     // the shape depends on the layer below
	padding   bool     // it is Padding
	behind    bool     // it stands behind payloads, or one of its fields does
	least     int      // how many bytes the hook Choose looks at
}

// A Spec is what a protocol's file writes down: a table of fields, what carries it, and hooks for what no table says. One without
// functions is what a script declares. The zero value of every part stands for "none".
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
	// what Ethernet carries: those that are bound to it by that field alone.
	Like Name
	// Reads is as Like, but used only when dissecting.
	Reads Name
	// Quotes is, for a header that is quoted in an error, the protocol that it is a copy of: IPerror quotes IP. Table.Define takes
	// none.
	Quotes Name
	// Keys are the fields that the hook Choose looks at, and LayerBelow where it looks there. They are set before the others.
	Keys []string
	// Carries are the protocols it carries by the value of the first field in Next, where those above do not name it. With no
	// Next, the value 0 is what it always carries.
	Carries map[uint64]Name
	// Matches says by fields which message answers which; nil leaves it to Answers.
	Matches *AnswerRule
	// Brief is the layer's part of a one-line summary, in the language of Packet.Sprintf; "" leaves it to Summary.
	Brief string
	// Pad fills the header up to a multiple of some bytes; nil is not at all, but for options, which have words of 4 bytes.
	Pad *Pad
	// Ends marks a layer that carries nothing: what stands behind it is the trailer of what it stands in.
	Ends bool
	// Fragments are the conditions of which each says that the layer carries a part of a datagram.
	Fragments []Condition
	// Families are the names, besides its own, by which it is found in a packet: EAP finds EAP_MD5. A family may be a protocol, the
	// general one, or only a name.
	Families []Name
	// Addresses are the fields whose family others announce.
	Addresses []AddressFamily
	// Identity are the fields by which the first eight bytes of a message are recognised: where an error quotes it, these
	// are compared. Fields that routers and NATs rewrite do not belong here. Where it is nil, Table.Define takes the usual ones
	// that there are: sport, dport, type, code, id, seq.
	Identity []string
	// Shape is the layout of the header when Choose is nil or there is nothing to choose by; nil: all fields, in order.
	Shape *Shape
	// Replies are the protocols besides its own whose messages Answers decides about: DHCPv6's reply answers its solicit.
	Replies []Name
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

	Hooks
}

// Hooks are the parts of a protocol that no table can say. All are optional. In all of them i and j are places of layers in
// their packets, hdr is the layer's own header, and bit n of unset is 1 if field n of the table is not set.
// A hook must not name its own protocol's variable; it gets the layer.
type Hooks struct {
	// Choose picks the shape for the header as it stands, for a protocol with several layouts.
	Choose func(c Choice) *Shape
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
	// PayloadLen is how many of the rest bytes behind the header belong to this layer, where no computed length says it; what is
	// left becomes Padding. The error becomes the layer's note.
	PayloadLen func(l *Layer, rest int) (int, error)
	// GuessPayload names what the payload is when no binding does; "" is Raw. It is scapy's guess_payload_class.
	GuessPayload func(l *Layer, payload []byte) Name
	// Ask fills the fields that only the host knows (Asked) into the built header. The error ends the build.
	Ask func(b *Builder, i int, unset uint64) error
	// Neighbour is the link-layer address that a frame with a packet of this protocol is sent to: the next hop's, or a group's. A
	// link layer's Ask gets it from Builder.Neighbour. Nil is everybody.
	Neighbour func(b *Builder, i int) (values.MAC, error)
	// Derive computes the fields that no row can say (ByLayout, ByBytes) into the built header, those whose bits are in unset. The
	// payload lies behind hdr in the same memory: hdr[:len(hdr)+len(payload)] is the whole message. The error ends the build.
	Derive func(b *Builder, i int, hdr, payload []byte, unset uint64) error
	// Summary is the layer's part of a one-line summary; "" leaves it at the name. Nil does so always.
	Summary func(p *Packet, i int) string
	// Answers decides whether the reply's layer i, which is of this protocol, answers the question's layer j, and says why in
	// half a sentence. Nil goes on with the payloads.
	Answers func(m Match, i, j int) (bool, string)
	// Flow adds what the layer knows of the flow that a packet belongs to. It is what scapy's hashret is made of.
	Flow func(f *Flow, l *Layer)
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
	// Reading is true while a header is read, false while one is made.
	Reading bool
	// Set has a bit for each field that was set.
	Set uint64
	// Below is the layer below; nil for none.
	Below *Layer
}

// LayerBelow stands among the Keys of a protocol whose shape depends on the layer below, as that of DNS over TCP.
const LayerBelow = "layer below"

// Is reports whether the protocol has that name, or is one of the family of that name, as EAP_MD5 is an EAP.
func (p *Protocol) Is(name Name) bool {
	return p.spec.Name == name || slices.Contains(p.spec.Families, name)
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
func (p *Protocol) ShapeFields() (fields []string) {
	for _, name := range p.spec.Keys {
		if name != LayerBelow {
			fields = append(fields, name)
		}
	}
	return fields
}

// fieldNamed finds a field or says which ones there are.
func (p *Protocol) fieldNamed(name string) (int, error) {
	if i, ok := p.index[name]; ok {
		return i, nil
	}
	return 0, fmt.Errorf("%s has no field %q; it has %s", p.spec.Name, name, values.Listing(p.FieldNames()))
}

// compile makes a protocol of a table.
func compile(s Spec) *Protocol {
	p := &Protocol{spec: s, index: make(map[string]int, len(s.Fields)), options: -1, trailer: -1, padding: s.Name == Padding}
	if p.spec.Title == "" {
		p.spec.Title = string(p.spec.Name)
	}
	for i := range p.spec.Fields {
		p.compileField(i)
	}
	if p.when = newChooser(p.spec.Fields); p.when != nil && p.spec.Choose == nil {
		p.spec.Keys = append(p.spec.Keys[:len(p.spec.Keys):len(p.spec.Keys)], p.when.keys()...)
	}
	for _, name := range p.spec.Keys {
		if name == LayerBelow {
			p.onBelow = true
			continue
		}
		p.shaping |= 1 << fieldIndex(p.spec.Fields, name)
	}
	if p.spec.Shape == nil {
		p.spec.Shape = p.plainShape()
	}
	if r := p.spec.Matches; r != nil && p.spec.Answers == nil {
		p.spec.Answers = func(m Match, i, j int) (bool, string) { return r.hold(m.Reply.layers[i], m.Question.layers[j]) }
	}
	if brief := p.spec.Brief; brief != "" && p.spec.Summary == nil {
		p.spec.Summary = func(packet *Packet, _ int) string {
			text, err := packet.Sprintf(brief)
			if err != nil {
				return string(p.spec.Name)
			}
			return text
		}
	}
	for i, sl := range p.spec.Shape.slots {
		if p.shaping>>i&1 == 1 {
			p.least = max(p.least, sl.off+sl.bytes)
		}
	}
	p.pad = p.spec.pad()
	p.behind = p.padding || p.trailer >= 0
	p.compileRows()
	p.compileEnds()
	return p
}

// compileField notes what one row says.
func (p *Protocol) compileField(i int) {
	f := &p.spec.Fields[i]
	p.index[f.Name] = i
	if c := f.Computed; c != nil {
		if c.What == Asked {
			p.host |= 1 << i
		} else {
			p.derived |= 1 << i
		}
	}
	if names := kinds[f.Kind].names; names != nil && f.Names == nil {
		f.Names = names()
	}
	if f.Bits == 0 && f.Part == nil {
		f.Part = kinds[f.Kind].part(f)
	}
	if f.Kind == Options {
		p.options = i
	}
	if f.Part != nil && f.Part.Trailer != nil {
		p.trailer = i
	}
	p.nests = p.nests || f.Kind == Packets
	if f.View != nil {
		p.views |= 1 << i
	}
	if f.Bits == 0 && f.Part == nil && f.Initial == nil && f.Value == nil && f.View == nil && f.Kind != Packets {
		p.simple |= 1 << i
	}
}

// plainShape is the shape of a layer of which nothing is set.
func (p *Protocol) plainShape() *Shape {
	all := Layout(p.spec.Fields, AllFields(p.spec.Fields))
	if p.when == nil || p.spec.Choose != nil {
		return all
	}
	return p.when.choose(&Layer{proto: p, shape: all, hdr: all.init}, nil)
}
