package lua

import (
	"io"
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// listFunctions make lists.
func (s *State) listFunctions() []function {
	return []function{
		{"PacketList", "PacketList(packets)", "a list of packets, with a list's methods, of a table of packets or of an iterator, as pcap(file) is; PacketList() is an empty one", nil, s.listOf},
	}
}

// listOf is PacketList(packets).
func (s *State) listOf(l *glua.LState) int {
	if l.GetTop() == 0 {
		l.Push(s.packetList(nil))
		return 1
	}
	t, ok := l.Get(1).(*glua.LTable)
	if !ok {
		var packets []*craft.Packet
		for p := range s.packets(l, 1) {
			if packets = append(packets, p); s.full() {
				s.announceFull(binding.Plural(len(packets), "packet"))
				break
			}
		}
		l.Push(s.packetList(packets))
		return 1
	}
	refuseNames(l, t)
	var values []glua.LValue
	for i, n := 1, t.Len(); i <= n; i++ {
		s.check(l)
		v := t.RawGetInt(i)
		if v == glua.LNil {
			continue
		}
		if _, ok := packetOf(v); !ok {
			l.RaiseError("PacketList: element %d: want a packet, got %s", i, vm.KindOf(v))
		}
		values = append(values, v)
	}
	l.Push(s.lists.Packets(values))
	return 1
}

// refuseNames refuses what stands in a table for a list without being in its row.
func refuseNames(l *glua.LState, t *glua.LTable) {
	n := t.Len()
	t.ForEach(func(k, _ glua.LValue) {
		if i, ok := k.(glua.LNumber); !ok || i < 1 || i > glua.LNumber(n) || i != glua.LNumber(int(i)) {
			l.RaiseError("PacketList: want packets one after the other, as in PacketList{p, q}, got one under %s", binding.Brief(k))
		}
	})
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
	values := make([]glua.LValue, len(packets))
	for i, p := range packets {
		values[i] = s.packetValue(p)
	}
	return s.lists.Packets(values)
}

// A host is the State as lists see it.
type host struct{ s *State }

var _ lists.Host = host{}

func (h host) Machine() *vm.Machine { return h.s.vm }

func (h host) Table() *craft.Table { return h.s.table }

func (h host) Output() io.Writer { return h.s.config.Stdout }

func (h host) Notice(format string, args ...any) { h.s.notice(format, args...) }

func (h host) Packet(p *craft.Packet) *glua.LUserData { return h.s.packetValue(p) }

func (h host) Layer(layer *craft.Layer) *glua.LUserData {
	return h.s.value(layerView{layer}, h.s.types.layer)
}

func (h host) PacketOf(v glua.LValue) (*craft.Packet, bool) { return packetOf(v) }

func (h host) LayerName(l *glua.LState) craft.Name { return h.s.layerName(l, &craft.Packet{}) }

func (h host) Read(layer *craft.Layer, field string) glua.LValue { return h.s.read(layer, field) }

func (h host) Captured(p *craft.Packet, name string) glua.LValue { return h.s.captured(p, name) }

func (h host) Assign(layer *craft.Layer, field string, v glua.LValue) error {
	return h.s.assign(layer, field, v)
}

func (h host) Resolved(p *craft.Packet) *craft.Packet { return h.s.resolved(p) }

func (h host) Build(l *glua.LState, p *craft.Packet) []byte { return h.s.build(l, p) }

func (h host) TableText(t *glua.LTable) string { return h.s.tableText(t) }

func (h host) Describe(v glua.LValue) string { return shortened(h.s.vm.Describe(v)) }

func (h host) Suggestion(name string, names []string) string { return suggestion(name, names) }

func (h host) Ended(kind string, at, size int) { h.s.gap = gap{list: kind, at: at, size: size} }

func (h host) Lacking(name, why string) { h.s.gap = gap{name: name, why: why} }
