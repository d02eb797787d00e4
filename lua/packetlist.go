package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

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

// listMethods are packets:name().
var listMethods = []method{
	{"summary", "list:summary()", "one line for each packet", func(s *State, l *glua.LState) int {
		return s.lines(l, func(v glua.LValue) (string, bool) {
			p, ok := packetOf(v)
			if !ok {
				return "", false
			}
			return p.Summary(), true
		})
	}},
}

// lines is list:summary(): a line for each element of the list that has one.
func (s *State) lines(l *glua.LState, line func(glua.LValue) (string, bool)) int {
	var lines []string
	t, size := l.CheckTable(1), 0
	for i, n := 1, t.Len(); i <= n; i++ {
		s.check(l)
		if text, ok := line(t.RawGetInt(i)); ok {
			lines = append(lines, text)
			size += len(text) + 1
		}
	}
	s.vm.Room(l, "summary", size)
	return pushString(l, strings.Join(lines, "\n"))
}

func listText(l *glua.LState) int {
	if n := l.CheckTable(1).Len(); n != 1 {
		return pushString(l, fmt.Sprintf("<%d packets>", n))
	}
	return pushString(l, "<1 packet>")
}

// Layers that stand in a field come as a list. Its fields are those of the first one, since there is often only one:
// p[DNS].qd.qname is p[DNS].qd[1].qname.

// layersIndex is list.name and list:method().
func (s *State) layersIndex(l *glua.LState) int {
	list := l.CheckTable(1)
	key, ok := l.Get(2).(glua.LString)
	if !ok {
		return 0
	}
	for _, m := range listMethods {
		if m.name == string(key) {
			l.Push(l.NewFunction(func(l *glua.LState) int { return m.call(s, l) }))
			return 1
		}
	}
	first, ok := list.RawGetInt(1).(*glua.LUserData)
	if !ok {
		return 0
	}
	l.Push(l.GetField(first, string(key)))
	return 1
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
