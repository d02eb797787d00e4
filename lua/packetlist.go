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
	for _, i := range numbers {
		packets = append(packets, s.resolved(out.Questions.At(i)))
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
	{"summary", "list:summary()", "one line for each packet", func(_ *State, l *glua.LState) int {
		return pushString(l, strings.Join(listLines(l.CheckTable(1)), "\n"))
	}},
}

func listLines(t *glua.LTable) []string {
	var lines []string
	for i := 1; i <= t.Len(); i++ {
		if p, ok := packetOf(t.RawGetInt(i)); ok {
			lines = append(lines, p.Summary())
		}
	}
	return lines
}

func listText(l *glua.LState) int {
	if n := l.CheckTable(1).Len(); n != 1 {
		return pushString(l, fmt.Sprintf("<%d packets>", n))
	}
	return pushString(l, "<1 packet>")
}
