package lists

import (
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/grid"
)

// listMethods are list:name(...) of a list of packets.
var listMethods = slices.Concat(lineMethods, selectionMethods, listLayerMethods, talkMethods, tableMethods, seriesMethods, exportMethods, dumpMethods, packetListMethods)

// packetListMethods are those that only lists of packets have.
var packetListMethods = []Method{
	{"replace", `list:replace("IP.src", old, new, ...)`, `a list with copies where a field had the old value, which may be left out; several: {"IP.ttl", 64}, {"TCP.sport", 1, 2}; {delete_checksums=true}`, (*Lists).replaceInList},
	{"sr", "list:sr(multi, lookahead)", "who asked and who answered among the packets: two lists, as sr returns", (*Lists).pairUp},
}

// packetKind is the lists of packets.
func (s *Lists) packetKind() *kind {
	k := &kind{name: "list of packets", element: "packet", one: "a packet", gives: "each packet, as function(p) ... end", methods: listMethods, counts: true, line: s.packetLine, time: s.passed}
	k.packet = s.packetIn
	k.parts = func(v glua.LValue) []glua.LValue {
		if s.packetIn(v) == nil {
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
func (s *Lists) packetIn(v glua.LValue) *craft.Packet {
	p, _ := s.host.PacketOf(v)
	return p
}

// passed is when a packet of a list passed.
func (s *Lists) passed(v glua.LValue) time.Time {
	if p := s.packetIn(v); p != nil {
		return p.Time
	}
	return time.Time{}
}

// packetLine is an element of a list of packets on one line.
func (s *Lists) packetLine(v glua.LValue) string {
	if p := s.packetIn(v); p != nil {
		return s.packetSummary(p)
	}
	return s.host.Describe(v)
}

// packetSummary is a packet on one line, with the hosts that it would have.
func (s *Lists) packetSummary(p *craft.Packet) string { return s.host.Resolved(p).Summary() }

// Layers that stand in a field come as a list. Its fields are those of the first one, since there is often only one:
// p[DNS].qd.qname is p[DNS].qd[1].qname.

// layersKind is the lists of layers: they are packets.
func (s *Lists) layersKind() *kind {
	k := s.packetKind()
	k.name, k.element, k.one, k.counts = "list of layers", "layer", "a layer", false
	k.gives = "each layer, as function(p) ... end"
	return k
}

// layersIndex is list.name and list:method(). A field is found before a method, as in a layer.
func (s *Lists) layersIndex(k *kind) glua.LGFunction {
	bound := s.bind(k.methods)
	return func(l *glua.LState) int {
		key, ok := l.Get(2).(glua.LString)
		first, isLayer := l.CheckTable(1).RawGetInt(1).(*glua.LUserData)
		if !ok || !isLayer || bound[string(key)] != nil && !s.hasField(first, string(key)) {
			return s.listIndex(l, k, bound)
		}
		l.Push(l.GetField(first, string(key)))
		return 1
	}
}

// hasField reports whether a packet's first layer has a field of that name.
func (s *Lists) hasField(v *glua.LUserData, name string) bool {
	p := s.packetIn(v)
	return p != nil && len(p.Layers()) > 0 && p.Layers()[0].Has(name)
}

// layersSet is list.name = value, and list[i] = value.
func (s *Lists) layersSet(l *glua.LState, k *kind) int {
	list := l.CheckTable(1)
	if key, ok := l.Get(2).(glua.LString); ok {
		if first, ok := list.RawGetInt(1).(*glua.LUserData); ok {
			l.SetField(first, string(key), l.Get(3))
			return 0
		}
	}
	return s.listSet(l, k)
}
