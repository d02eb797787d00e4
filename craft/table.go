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

// A sealedTable is the table of built-in protocols. Each protocol's file adds its own while the package is initialised; the
// first use afterwards resolves the bindings, and nothing is added later.
type sealedTable struct {
	protocols map[Name]*Protocol
	once      sync.Once
	book      *book
}

var builtin = &sealedTable{protocols: map[Name]*Protocol{}}

// sealed is the table with its bindings resolved.
func (t *sealedTable) sealed() *book {
	t.once.Do(func() { t.book = seal(t.protocols) })
	return t.book
}

// NewTable is a table of the built-in protocols, to declare others upon.
func NewTable() *Table {
	t := &Table{}
	t.now.Store(builtin.sealed())
	return t
}

// Define compiles a protocol and puts it into the table of built-in ones. It is called where a variable is initialised.
func Define(s Spec) *Protocol {
	p := compile(s)
	if builtin.protocols[p.spec.Name] != nil {
		panic("craft: protocol " + string(p.spec.Name) + " is defined twice")
	}
	builtin.protocols[p.spec.Name] = p
	return p
}

// seal resolves the bindings between the built-in protocols.
func seal(protocols map[Name]*Protocol) *book {
	b := &book{protocols: protocols, rules: map[*Protocol][]rules{}, kin: map[Name][]*Protocol{}, quotes: map[Name][]*Protocol{}}
	all := b.sorted()
	for _, p := range all {
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
	for _, p := range all {
		for _, bd := range p.spec.Binds {
			if b.protocols[bd.below] == nil {
				panic(fmt.Sprintf("craft: %s is bound to %s, which is not defined", p.spec.Name, bd.below))
			}
			b.bind(p, bd)
		}
	}
	for low := range b.rules {
		b.order(low)
	}
	return b
}

// clone is a book to add to.
func (b *book) clone() *book {
	c := &book{protocols: maps.Clone(b.protocols), rules: map[*Protocol][]rules{}, kin: b.kin, quotes: b.quotes}
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

// Protocols lists the protocols in force by name.
func (t *Table) Protocols() []*Protocol { return t.book().sorted() }

// Dissect is the package's Dissect with the protocols of this table.
func (t *Table) Dissect(data []byte, first Name) *Packet { return dissect(t.book(), data, first) }

// Lookup finds a built-in protocol; nil when there is none of that name.
func Lookup(name Name) *Protocol { return builtin.protocols[name] }

// Protocols lists the built-in protocols by name.
func Protocols() []*Protocol { return builtin.sealed().sorted() }
