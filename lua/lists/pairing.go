package lists

import (
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
)

// pairOptions are the arguments of list:sr, scapy's.
var pairOptions = []option{
	{"multi", "true takes every answer to a packet, not only the first (false)"},
	{"lookahead", "how many packets behind its question an answer may stand; 0 is no limit (0)"},
}

// pairUp is list:sr{multi=, lookahead=}: the answers in the order of their questions, and the packets that are neither.
func (s *Lists) pairUp(l *glua.LState) int {
	t, k := s.checkList(l, "sr")
	given := s.arguments(l, "sr", pairOptions)
	match := sendrecv.Pairing{Multi: binding.Bool(l, given, "multi", false), Lookahead: binding.Whole(l, given, "lookahead", binding.MaxCount)}
	var all []glua.LValue
	var found [][2]int // question and answer
	paired := map[int]bool{}
	for i, v := range s.values(l, t) {
		all = append(all, v)
		for _, q := range match.Add(s.answerable(s.elementPacket(l, "sr", k, i, v))) {
			found = append(found, [2]int{q, len(all) - 1})
			paired[q], paired[len(all)-1] = true, true
		}
	}
	slices.SortFunc(found, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	answers := make([]glua.LValue, len(found))
	for i, f := range found {
		answers[i] = s.paired(all[f[0]], all[f[1]])
	}
	var rest []glua.LValue
	for i, v := range all {
		if !paired[i] {
			rest = append(rest, v)
		}
	}
	l.Push(s.newList(s.types.answers, answers))
	l.Push(s.newList(s.types.packets, rest))
	return 2
}

// answerable is a packet with the source that it would have, also where no host is known: that of loopback.
func (s *Lists) answerable(p *craft.Packet) *craft.Packet {
	p = s.host.Resolved(p)
	if !p.Asks() {
		return p
	}
	c := p.Copy()
	if c.Resolve(nil) != nil {
		return p
	}
	return c
}

// paired is two elements of a list of packets as question and answer: packets stay the values that they are.
func (s *Lists) paired(question, answer glua.LValue) glua.LValue {
	p := &Pair{Question: s.packetIn(question), Reply: s.packetIn(answer), rtt: glua.LNil}
	p.sent, p.answer = s.sameValue(question), s.sameValue(answer)
	if !p.Question.Time.IsZero() && !p.Reply.Time.IsZero() {
		p.rtt = glua.LNumber(p.Reply.Time.Sub(p.Question.Time).Seconds())
	}
	return s.pairValue(p)
}

// sameValue is an element of a list as a packet: itself when it is one.
func (s *Lists) sameValue(v glua.LValue) *glua.LUserData {
	if ud, ok := v.(*glua.LUserData); ok {
		if _, ok := ud.Value.(*craft.Packet); ok {
			return ud
		}
	}
	return s.host.Packet(s.packetIn(v))
}
