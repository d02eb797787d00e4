package craft

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// A Protocol is the compiled table of one protocol: everything else (constructors, listings, completion, errors,
// dissection, the Lua binding) reads it. It never changes once defined and is safe for concurrent use.
type Protocol struct {
	spec
	index   map[string]int // field name to index
	derived uint64         // the fields computed at build
	host    uint64         // the fields asked of the host
	shaping uint64         // the fields that choose the shape
}

// A spec is what a protocol's file writes down.
type spec struct {
	name   Name
	title  string // heading in Show; the name when empty
	doc    string // one line: what it is and its RFC
	fields []Field
	binds  []bind   // what may carry it
	next   string   // the field that tells what this protocol carries; "" when a hook does or nothing follows
	keys   []string // the fields that choose the shape

	shape *shape // the layout when there is only one; nil: all the fields, in order
	hooks
}

// hooks are the parts of a protocol that no table can say. All are optional.
type hooks struct {
	// choose picks the shape for the header as it stands; set tells which fields somebody fixed.
	choose func(p *Protocol, hdr []byte, set uint64) *shape
	// headerLen is the whole header's length as the fixed part announces it, options included.
	headerLen func(hdr []byte) int
	// payloadLen is how much of the rest belongs to this layer, as its header says; the rest is Padding.
	payloadLen func(l *Layer, rest int) (int, error)
	// carries names what the payload is when no binding tells. "" means Raw.
	carries func(l *Layer, payload []byte) Name
	// quoted marks a protocol that stands inside an ICMP error and may be cut short.
	quoted bool
	// ask fills the fields that only the host knows, into the built header.
	ask func(b *builder, i int, unset uint64) error
	// derive computes the fields nobody set, into the built header.
	derive func(b *builder, i int, hdr, payload []byte, unset uint64) error
	// summary is the layer's part of a one-line summary; "" leaves the name alone.
	summary func(p *Packet, i int) string
	// answers decides whether r's layer i answers q's layer j.
	answers func(m match, i, j int) (bool, string)
	// flow adds what the layer knows of the flow a packet belongs to.
	flow func(f *flow, l *Layer)
	// options is the table of an Options field.
	options []optionSpec
}

// A bind says how a protocol is carried by one below it: when the field of the lower layer has this value, the payload
// is this protocol, and the other way round the value is set when the packet is stacked.
type bind struct {
	below Name
	field string
	value uint64
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

// The table of built-in protocols. Each protocol's file adds its own while the package is initialised; the first use
// afterwards seals it by resolving the bindings, and nothing is added later.
type table struct {
	protocols map[Name]*Protocol
	seal      func() *bindings
}

// bindings are the resolved rules of who carries whom.
type bindings struct {
	up   map[*Protocol]map[uint64]*Protocol // lower protocol, value of its next field -> payload
	down map[*Protocol][]bound              // upper protocol -> what stacking it sets below
}

// A bound is one field of a lower layer and the value that the upper layer gives it.
type bound struct {
	below *Protocol
	field int
	value uint64
}

var builtin = newTable()

func newTable() *table {
	t := &table{protocols: map[Name]*Protocol{}}
	t.seal = sync.OnceValue(t.resolve)
	return t
}

// define compiles a protocol and puts it into the table of built-in ones. It is called where a variable is initialised.
func define(s spec) *Protocol {
	p := compile(s)
	if builtin.protocols[p.name] != nil {
		panic("craft: protocol " + string(p.name) + " is defined twice")
	}
	builtin.protocols[p.name] = p
	return p
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
		case fromHost:
			p.host |= 1 << i
		case fromDefault:
		}
	}
	for _, name := range s.keys {
		p.shaping |= 1 << fieldIndex(p.fields, name)
	}
	return p
}

// resolve turns the bindings' names into indices. It runs once, after every file's definitions.
func (t *table) resolve() *bindings {
	b := &bindings{up: map[*Protocol]map[uint64]*Protocol{}, down: map[*Protocol][]bound{}}
	for _, p := range t.protocols {
		for _, bd := range p.binds {
			low := t.protocols[bd.below]
			b.down[p] = append(b.down[p], bound{low, fieldIndex(low.fields, bd.field), bd.value})
			if bd.field != low.next {
				continue
			}
			if b.up[low] == nil {
				b.up[low] = map[uint64]*Protocol{}
			}
			b.up[low][bd.value] = p
		}
	}
	return b
}

// Lookup finds a built-in protocol; nil when there is none of that name.
func Lookup(name Name) *Protocol { return builtin.protocols[name] }

// Protocols lists the built-in protocols by name.
func Protocols() []*Protocol {
	var ps []*Protocol
	for _, name := range slices.Sorted(maps.Keys(builtin.protocols)) {
		ps = append(ps, builtin.protocols[name])
	}
	return ps
}
