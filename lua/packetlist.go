package lua

import (
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// listFunctions make lists.
func (s *State) listFunctions() []function {
	return []function{
		{"PacketList", "PacketList(packets)", "a list of packets, with a list's methods, of a table of packets or of an iterator, as pcap(file) is", nil, s.listOf},
	}
}

// listOf is PacketList(packets).
func (s *State) listOf(l *glua.LState) int {
	if l.GetTop() != 1 {
		l.RaiseError("PacketList: want one table of packets or an iterator, got %s", plural(l.GetTop(), "argument"))
	}
	t, ok := l.Get(1).(*glua.LTable)
	if !ok {
		var packets []*craft.Packet
		for p := range s.packets(l, 1) {
			if packets = append(packets, p); s.full() {
				s.announceFull(plural(len(packets), "packet"))
				break
			}
		}
		l.Push(s.packetList(packets))
		return 1
	}
	var values []glua.LValue
	for i, v := range s.values(l, t) {
		if _, ok := packetOf(v); !ok {
			l.RaiseError("PacketList: element %d: want a packet, got %s", i, vm.KindOf(v))
		}
		values = append(values, v)
	}
	l.Push(s.newList(s.types.list, values))
	return 1
}

// unanswered is the list that sr returns second, in the order of the questions: what got no answer, and what could not even
// be sent.
func (s *State) unanswered(out *sendrecv.Outcome) *glua.LTable {
	numbers := slices.Clone(out.Unanswered)
	for _, f := range out.Failed {
		numbers = append(numbers, f.Number)
	}
	slices.Sort(numbers)
	var packets []*craft.Packet
	for n, i := range numbers {
		if s.full() {
			s.notice("the list of packets without an answer holds the first %d of %d: more would fill the memory that a script may use", n, len(numbers))
			break
		}
		packets = append(packets, s.resolved(out.Sequence.At(i)))
	}
	return s.packetList(packets)
}

// packetList is a Lua list of packets.
func (s *State) packetList(packets []*craft.Packet) *glua.LTable {
	t := s.l.CreateTable(len(packets), 0)
	for _, p := range packets {
		t.Append(s.packetValue(p))
	}
	t.Metatable = s.types.list
	return t
}

// listMethods are list:name(...) of a list of packets.
var listMethods = slices.Concat(lineMethods, selectionMethods, listLayerMethods, talkMethods, tableMethods, seriesMethods, exportMethods, dumpMethods, packetListMethods)

// packetListMethods are those that only lists of packets have.
var packetListMethods = []method{
	{"replace", `list:replace("IP.src", old, new, ...)`, `a list with copies where a field had the old value, which may be left out; several: {"IP.ttl", 64}, {"TCP.sport", 1, 2}; {delete_checksums=true}`, (*State).replaceInList},
	{"sr", "list:sr(multi, lookahead)", "who asked and who answered among the packets: two lists, as sr returns", (*State).pairUp},
}

// packetKind is the lists of packets.
func (s *State) packetKind() *listKind {
	k := &listKind{name: "list of packets", element: "packet", one: "a packet", methods: listMethods, counts: true, line: s.packetLine, time: passed}
	k.packet = packetIn
	k.parts = func(v glua.LValue) []glua.LValue {
		if packetIn(v) == nil {
			return nil
		}
		return []glua.LValue{v}
	}
	s.exportPackets(k)
	k.table = func(t *glua.LTable) string {
		n := t.Len()
		return rows(n, heading(t, k, n > grid.Most), func(i int) string { return s.packetLine(t.RawGetInt(i)) })
	}
	return k
}

// packetIn is an element of a list as a packet; nil when it is none.
func packetIn(v glua.LValue) *craft.Packet {
	p, _ := packetOf(v)
	return p
}

// passed is when a packet of a list passed.
func passed(v glua.LValue) time.Time {
	if p := packetIn(v); p != nil {
		return p.Time
	}
	return time.Time{}
}

// packetLine is an element of a list of packets on one line.
func (s *State) packetLine(v glua.LValue) string {
	if p := packetIn(v); p != nil {
		return s.resolved(p).Summary()
	}
	return s.foreignLine(v)
}

// foreignLine is what a script put into a list, on one line.
func (s *State) foreignLine(v glua.LValue) string { return shortened(s.vm.Describe(v)) }

// Layers that stand in a field come as a list. Its fields are those of the first one, since there is often only one:
// p[DNS].qd.qname is p[DNS].qd[1].qname.

// layersKind is the lists of layers: they are packets.
func (s *State) layersKind() *listKind {
	k := s.packetKind()
	k.name, k.element, k.one, k.counts = "list of layers", "layer", "a layer", false
	return k
}

// layersIndex is list.name and list:method(). A field is found before a method, as in a layer.
func (s *State) layersIndex(k *listKind) glua.LGFunction {
	bound := s.bind(k.methods)
	return func(l *glua.LState) int {
		key, ok := l.Get(2).(glua.LString)
		first, isLayer := l.CheckTable(1).RawGetInt(1).(*glua.LUserData)
		if !ok || !isLayer || bound[string(key)] != nil && !hasField(first, string(key)) {
			return s.listIndex(l, k, bound)
		}
		l.Push(l.GetField(first, string(key)))
		return 1
	}
}

// hasField reports whether a packet's first layer has a field of that name.
func hasField(v *glua.LUserData, name string) bool {
	p := packetIn(v)
	return p != nil && len(p.Layers()) > 0 && p.Layers()[0].Has(name)
}

// layersSet is list.name = value, and list[i] = value.
func (s *State) layersSet(l *glua.LState) int {
	list := l.CheckTable(1)
	if key, ok := l.Get(2).(glua.LString); ok {
		if first, ok := list.RawGetInt(1).(*glua.LUserData); ok {
			l.SetField(first, string(key), l.Get(3))
			return 0
		}
	}
	list.RawSet(l.Get(2), l.Get(3))
	return 0
}
