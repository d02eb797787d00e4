// Package lists is the lists that scripts work on: of packets, of answers, of layers, of what has fields (Record), and the tables that
// lists make of themselves. They have the methods of scapy's lists. It knows no interpreter but by a Host.
package lists

import (
	"io"
	"maps"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// A Host is the interpreter that lists are part of: what they need of packets as scripts have them.
type Host interface {
	// Machine runs the scripts.
	Machine() *vm.Machine
	// Table is the protocols in force.
	Table() *craft.Table
	// Output takes what methods print.
	Output() io.Writer

	// Notice tells the user what is not the output of the script.
	Notice(format string, args ...any)

	// Packet is a packet as a value.
	Packet(p *craft.Packet) *glua.LUserData
	// Layer is a layer of a packet as a value.
	Layer(layer *craft.Layer) *glua.LUserData
	// PacketOf is a value as a packet, if it can stand for one: a packet, a layer, a protocol, bytes.
	PacketOf(v glua.LValue) (*craft.Packet, bool)
	// LayerName is argument 2, which names a protocol: IP or "IP". A name that no layer can have is an error.
	LayerName(l *glua.LState) craft.Name
	// Read is a field as a value.
	Read(layer *craft.Layer, field string) glua.LValue
	// Captured is what a capture says of a packet: p.sec, p.nsec, p.wirelen, p.iface, p.comment.
	Captured(p *craft.Packet, name string) glua.LValue
	// Assign gives a field a value.
	Assign(layer *craft.Layer, field string, v glua.LValue) error
	// Resolved is a packet with the addresses that it would leave here with, as far as they are known.
	Resolved(p *craft.Packet) *craft.Packet
	// Build is a packet's bytes as they would leave here, until the next Build.
	Build(l *glua.LState, p *craft.Packet) []byte

	// TableText is a table of Lua's own as Lua would make it.
	TableText(t *glua.LTable) string
	// Describe is a value as text, of a long one the beginning.
	Describe(v glua.LValue) string
	// Suggestion says what is meant by a name that none of those has, behind an error; "" when nothing is near.
	Suggestion(name string, names []string) string
	// Ended takes note that a list of a kind gave nil for an element behind its last one, for the error of whoever needs it.
	Ended(kind string, at, size int)
	// Lacking takes note that a table gave nil for a name, and what there is to say to whoever needs it.
	Lacking(name, why string)
}

// Lists are the kinds of lists of one interpreter. Use them as the interpreter: from one goroutine at a time.
type Lists struct {
	host Host
	vm   *vm.Machine
	l    *glua.LState // the machine's main thread

	kinds map[*glua.LTable]*kind // by their metatables
	types types

	// Printed is the grid that make_table printed last; nil for none. Whoever shows what an entry returned need not show it again, and
	// sets it to nil before the next one.
	Printed *glua.LTable
}

// types are the metatables of lists and of what else is made here.
type types struct {
	packets, layers, pair, answers           *glua.LTable
	conversations, grid, series, sessionRows *glua.LTable // listings
	sessions, written                        *glua.LTable
}

// New makes the lists of an interpreter.
func New(host Host) *Lists {
	s := &Lists{host: host, vm: host.Machine(), l: host.Machine().Lua(), kinds: map[*glua.LTable]*kind{}}
	t := &s.types
	t.sessions, t.written = s.sessionsType(), s.writtenType()
	t.packets = s.newListType(s.packetKind(), nil)
	layers := s.layersKind()
	t.layers = s.newListType(layers, map[string]glua.LGFunction{"__index": s.layersIndex(layers), "__newindex": func(l *glua.LState) int { return s.layersSet(l, layers) }, "__tostring": s.writtenText})
	t.answers = s.newListType(s.answerKind(), nil)
	t.pair = binding.Type(s.vm, "question and answer", map[string]glua.LGFunction{
		"__index": pairIndex, "__newindex": pairSet, "__len": pairLen, "__tostring": s.pairText,
	})
	t.conversations = s.newListType(s.listingKind("list of conversations", "conversation"), nil)
	t.grid = s.newListType(s.listingKind("table of rows", "row"), nil)
	t.series = s.newListType(s.listingKind("series", "point"), nil)
	t.sessionRows = s.newListType(s.listingKind("list of sessions", "session"), nil)
	return s
}

// A Method is one list:name(...), or a field of an element.
type Method struct {
	// Name is what it is called by, Usage how, and Doc what it does, in a line.
	Name, Usage, Doc string
	// Call is what it does, with the list as argument 1; nil for a field.
	Call func(s *Lists, l *glua.LState) int
}

// An option is one argument of a method, by its name.
type option struct{ name, doc string }

// named is argument n, which must be a table of options with no other names than the known ones.
func named(l *glua.LState, n int, known []option) *glua.LTable {
	names := make([]string, len(known))
	for i, o := range known {
		names[i] = o.name
	}
	return binding.Named(l, n, names)
}

// bind makes methods callable.
func (s *Lists) bind(methods []Method) map[string]*glua.LFunction {
	bound := map[string]*glua.LFunction{}
	for _, m := range methods {
		bound[m.Name] = binding.Method(s.vm, m.Name, m.Usage, func(l *glua.LState) int { return m.Call(s, l) })
	}
	return bound
}

// methodNames are the names of methods.
func methodNames(methods []Method) []string {
	all := make([]string, len(methods))
	for i, m := range methods {
		all[i] = m.Name
	}
	return all
}

// Methods are the methods and fields of a list, of an element of the answers, or of a table that a list made; nil for any other value.
func (s *Lists) Methods(v glua.LValue) []Method {
	if k := s.kindOf(v); k != nil {
		return k.methods
	}
	if t, ok := v.(*glua.LTable); ok && t.Metatable == s.types.sessions {
		return sessionTableMethods
	}
	if pairIn(v) != nil {
		return pairFields
	}
	return nil
}

// Gives is what functions that methods of a list take, and loops over it, get of each element; "" for what is no list.
func (s *Lists) Gives(v glua.LValue) string {
	if k := s.kindOf(v); k != nil {
		return k.gives
	}
	return ""
}

// EveryMethod are the methods and fields of all of them.
func (s *Lists) EveryMethod() []Method {
	all := slices.Concat(pairFields, sessionTableMethods)
	for _, k := range slices.SortedFunc(maps.Values(s.kinds), func(a, b *kind) int { return strings.Compare(a.name, b.name) }) {
		all = append(all, k.methods...)
	}
	return all
}

// Shown is a list, or a table that a list made, as the prompt shows it; ok is false for any other value.
func (s *Lists) Shown(v glua.LValue) (text string, ok bool) {
	if k := s.kindOf(v); k != nil {
		return k.table(v.(*glua.LTable)), true
	}
	if t, ok := v.(*glua.LTable); ok && t.Metatable == s.types.sessions {
		return s.sessionsText(t), true
	}
	return "", false
}

// Packets is a list of values that are packets.
func (s *Lists) Packets(values []glua.LValue) *glua.LTable {
	elements := make([]glua.LValue, len(values))
	for i, v := range values {
		elements[i] = s.element(v)
	}
	return s.newList(s.types.packets, elements)
}

// Layers is a list of values that are layers: what a field of layers is read as.
func (s *Lists) Layers(values []glua.LValue) *glua.LTable { return s.newList(s.types.layers, values) }

// IsPackets reports whether a value is a list of packets.
func (s *Lists) IsPackets(v glua.LValue) bool { return s.isOf(v, s.types.packets) }

// IsAnswers reports whether a value is a list of answers.
func (s *Lists) IsAnswers(v glua.LValue) bool { return s.isOf(v, s.types.answers) }

func (s *Lists) isOf(v glua.LValue, mt *glua.LTable) bool {
	t, ok := v.(*glua.LTable)
	return ok && t.Metatable == mt
}

// say prints text for the user to read.
func (s *Lists) say(l *glua.LState, text string) int { return binding.Say(l, s.host.Output(), text) }

func pushString(l *glua.LState, text string) int {
	l.Push(glua.LString(text))
	return 1
}
