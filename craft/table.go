package craft

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// A Table is the protocols in force: the built-in ones, and those that one session declared upon them. Two tables never
// meet. A Table is safe for concurrent use. A nil Table is the built-in protocols; the zero Table is not usable, see
// NewTable.
type Table struct {
	now      atomic.Pointer[book]
	defining sync.Mutex
}

// A registry is the built-in protocols: the packages that hold some install them while the program starts, and the first use
// afterwards makes the table of them. Nothing is added later.
type registry struct {
	parts   []func() []Spec
	decoder Decoder // reads what has no table; nil for none
	once    sync.Once
	book    *book // once it was used
}

var builtin = &registry{parts: []func() []Spec{plainSpecs}}

// sealed is the table with its bindings resolved.
func (r *registry) sealed() *book {
	r.once.Do(func() { r.book = seal(r.parts) })
	if r.book == nil {
		panic("craft: there is no table of protocols: making it has panicked before")
	}
	return r.book
}

// Install adds protocols to the built-in ones, for every Table of the program. specs is called at the first use of any
// protocol. Install is called where a package variable is initialised, as craft/layers does:
//
//	var _ = craft.Install(specs)
//
// A protocol for one session is declared with Table.Define instead. Two protocols of one name, a binding to a protocol that
// nobody installs, and an Install after the first use are mistakes of the program: they panic.
func Install(specs func() []Spec) struct{} {
	if builtin.book != nil {
		panic("craft: protocols are installed after the first use of the table")
	}
	builtin.parts = append(builtin.parts, specs)
	return struct{}{}
}

// NewTable is a table of the built-in protocols, to declare others upon.
func NewTable() *Table {
	t := &Table{}
	t.now.Store(builtin.sealed())
	return t
}

// seal compiles the built-in protocols and resolves the bindings between them.
func seal(parts []func() []Spec) *book {
	protocols := map[Name]*Protocol{}
	for _, specs := range parts {
		for _, s := range specs() {
			if protocols[s.Name] != nil {
				panic("craft: protocol " + string(s.Name) + " is defined twice")
			}
			p := compile(s)
			if err := p.setDefaults(); err != nil {
				panic("craft: " + err.Error())
			}
			protocols[s.Name] = p
		}
	}
	b := &book{protocols: protocols, rules: map[*Protocol][]rules{}, raw: protocols[Raw], padding: protocols[Padding]}
	b.relate()
	all := b.sorted()
	for _, p := range all {
		for _, bd := range p.spec.Binds {
			if b.protocols[bd.below] == nil {
				panic(fmt.Sprintf("craft: %s is bound to %s, which is not defined", p.spec.Name, bd.below))
			}
			b.bind(p, bd)
			b.bindAsQuote(p, bd)
		}
		if err := b.carry(p); err != nil {
			panic(fmt.Sprintf("craft: %s: %v", p.spec.Name, err))
		}
	}
	for low := range b.rules {
		b.order(low)
	}
	return b
}

// relate notes which protocols carry what another one carries, are its quotes, or belong to a family.
func (b *book) relate() {
	b.kin, b.quotes, b.families = map[Name][]*Protocol{}, map[Name][]*Protocol{}, map[Name]bool{}
	for _, p := range b.sorted() {
		for _, family := range p.spec.Families {
			b.families[family] = true
		}
		if p.spec.Quotes != "" {
			b.quotes[p.spec.Quotes] = append(b.quotes[p.spec.Quotes], p)
		}
		if p.spec.Like != "" {
			b.kin[p.spec.Like] = append(b.kin[p.spec.Like], p)
		}
		if p.spec.Reads != "" {
			b.kin[p.spec.Reads] = append(b.kin[p.spec.Reads], p)
		}
	}
}

// clone is a book to add to; it is to be related anew.
func (b *book) clone() *book {
	c := &book{protocols: maps.Clone(b.protocols), rules: map[*Protocol][]rules{}, raw: b.raw, padding: b.padding}
	for low, all := range b.rules {
		for _, rs := range all {
			by := map[uint64][]rule{}
			for v, candidates := range rs.by {
				by[v] = slices.Clone(candidates)
			}
			c.rules[low] = append(c.rules[low], rules{rs.field, by})
		}
	}
	return c
}

// book is the table's present state.
func (t *Table) book() *book {
	if t == nil {
		return builtin.sealed()
	}
	return t.now.Load()
}

// Lookup finds a protocol by its name; nil when there is none.
func (t *Table) Lookup(name Name) *Protocol { return t.book().protocols[name] }

// Knows reports whether a layer may have that name: it is that of a protocol in force or of a family, or of what a Decoder reads.
func (t *Table) Knows(name Name) bool {
	b := t.book()
	return b.protocols[name] != nil || b.families[name] || t.Decodes(name)
}

// Decodes reports whether a Decoder reads a protocol of that name, which may have a table as well.
func (t *Table) Decodes(name Name) bool { return builtin.decoder != nil && builtin.decoder.Reads(name) }

// Families lists the names that find several protocols in a packet, of which some are protocols themselves.
func (t *Table) Families() []Name { return slices.Sorted(maps.Keys(t.book().families)) }

// Protocols lists the protocols in force by name.
func (t *Table) Protocols() []*Protocol { return t.book().sorted() }

// Names lists their names, as text to choose from.
func (t *Table) Names() []string {
	var names []string
	for _, p := range t.Protocols() {
		names = append(names, string(p.Name()))
	}
	return names
}

// Dissect is the package's Dissect with the protocols of this table.
func (t *Table) Dissect(data []byte, first Name) *Packet { return dissect(t, data, first) }

// NewPacket makes a packet of one layer with every field at its default. What is put into its fields is read with the
// protocols of this table. proto must be one of them.
func (t *Table) NewPacket(proto *Protocol) *Packet { return t.Adopt(NewPacket(proto)) }

// Adopt has what stands in the fields of p read with the protocols of this table, if p knows no table yet, and returns p.
func (t *Table) Adopt(p *Packet) *Packet {
	if p.table == nil {
		p.table = t
	}
	return p
}

// Lookup finds a built-in protocol; nil when there is none of that name.
func Lookup(name Name) *Protocol { return builtin.sealed().protocols[name] }

// Protocols lists the built-in protocols by name.
func Protocols() []*Protocol { return builtin.sealed().sorted() }
