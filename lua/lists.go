package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// answers is the list that sr returns first: elements have sent, answer and rtt.
func (s *State) answers(out *sendrecv.Outcome) *glua.LTable {
	t := s.l.CreateTable(len(out.Pairs), 0)
	for _, pair := range out.Pairs {
		row := s.l.NewTable()
		row.RawSetString("sent", s.packetValue(pair.Sent))
		row.RawSetString("answer", s.packetValue(pair.Answer))
		row.RawSetString("rtt", glua.LNumber(pair.RTT.Seconds()))
		row.Metatable = s.types.pair
		t.Append(row)
	}
	t.Metatable = s.types.exchange
	return t
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

// answerMethods are answers:name().
var answerMethods = []method{
	{"summary", "answers:summary()", "one line for each answer: what was sent ==> what came", func(_ *State, l *glua.LState) int {
		t := l.CheckTable(1)
		var lines []string
		for i := 1; i <= t.Len(); i++ {
			row, ok := t.RawGetInt(i).(*glua.LTable)
			if !ok {
				continue
			}
			sent, _ := packetOf(row.RawGetString("sent"))
			answer, _ := packetOf(row.RawGetString("answer"))
			if sent != nil && answer != nil {
				lines = append(lines, sent.Summary()+" ==> "+answer.Summary())
			}
		}
		return pushString(l, strings.Join(lines, "\n"))
	}},
}

func answersText(l *glua.LState) int {
	if n := l.CheckTable(1).Len(); n != 1 {
		return pushString(l, fmt.Sprintf("<%d answers>", n))
	}
	return pushString(l, "<1 answer>")
}

// pairText is one row of the answers: sent ==> answer (rtt).
func pairText(l *glua.LState) int {
	t := l.CheckTable(1)
	sent, _ := packetOf(t.RawGetString("sent"))
	answer, _ := packetOf(t.RawGetString("answer"))
	if sent == nil || answer == nil {
		return pushString(l, "<question and answer>")
	}
	return pushString(l, sent.Summary()+" ==> "+answer.Summary()+" ("+vm.Text(t.RawGetString("rtt"))+" s)")
}
