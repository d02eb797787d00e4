package lua

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// A pair is one row of the list that sr returns first. Its packets are the same values at every read, so that an edit stays.
type pair struct {
	question, reply *craft.Packet
	sent, answer    *glua.LUserData // of the packets
	rtt             glua.LNumber    // seconds
}

// answers is the list that sr returns first.
func (s *State) answers(out *sendrecv.Outcome) *glua.LTable {
	t := s.l.CreateTable(len(out.Pairs), 0)
	for _, p := range out.Pairs {
		t.Append(s.value(&pair{
			question: p.Sent, sent: s.packetValue(p.Sent),
			reply: p.Answer, answer: s.packetValue(p.Answer),
			rtt: glua.LNumber(p.RTT.Seconds()),
		}, s.types.pair))
	}
	t.Metatable = s.types.exchange
	return t
}

// pairAt is element i of a list of answers; nil for what a script put there.
func pairAt(answers *glua.LTable, i int) *pair {
	if ud, ok := answers.RawGetInt(i).(*glua.LUserData); ok {
		p, _ := ud.Value.(*pair)
		return p
	}
	return nil
}

// pairFields are a.name of an element of the answers.
var pairFields = []method{
	{"sent", "a.sent", "the packet that was sent; a[1] is the same", nil},
	{"answer", "a.answer", "the packet that came; a[2] is the same", nil},
	{"rtt", "a.rtt", "the seconds between the two", nil},
}

// pairIndex is a.sent, a.answer and a.rtt; a[1] and a[2] as in scapy, from 1.
func (s *State) pairIndex(l *glua.LState) int {
	p := of[*pair](l, 1, "question and answer")
	switch key := l.Get(2); {
	case key == glua.LString("sent"), key == glua.LNumber(1):
		l.Push(p.sent)
	case key == glua.LString("answer"), key == glua.LNumber(2):
		l.Push(p.answer)
	case key == glua.LString("rtt"):
		l.Push(p.rtt)
	case key == glua.LNumber(0):
		l.RaiseError("question and answer: lists begin at 1")
	case key.Type() == glua.LTNumber:
		l.Push(glua.LNil)
	default:
		l.RaiseError("question and answer: no field %q; there are sent, answer and rtt%s", vm.Text(key), didYouMean(vm.Text(key), methodNames(pairFields)))
	}
	return 1
}

// pairSet refuses p.name = value.
func pairSet(l *glua.LState) int {
	l.RaiseError("question and answer: %s cannot be set; its packets can be edited", vm.Text(l.Get(2)))
	return 0
}

// pairLen counts the packets of a pair.
func pairLen(l *glua.LState) int {
	l.Push(glua.LNumber(2))
	return 1
}

// pairText is one row of the answers: sent ==> answer (rtt).
func pairText(l *glua.LState) int {
	p := of[*pair](l, 1, "question and answer")
	return pushString(l, p.summary()+" ("+vm.Text(p.rtt)+" s)")
}

// summary is sent ==> answer.
func (p *pair) summary() string { return p.question.Summary() + " ==> " + p.reply.Summary() }

// answerMethods are answers:name().
var answerMethods = []method{
	{"summary", "answers:summary()", "one line for each answer: what was sent ==> what came", func(s *State, l *glua.LState) int {
		return s.lines(l, func(v glua.LValue) (string, bool) {
			ud, ok := v.(*glua.LUserData)
			if !ok {
				return "", false
			}
			p, ok := ud.Value.(*pair)
			if !ok {
				return "", false
			}
			return p.summary(), true
		})
	}},
}

func answersText(l *glua.LState) int {
	if n := l.CheckTable(1).Len(); n != 1 {
		return pushString(l, fmt.Sprintf("<%d answers>", n))
	}
	return pushString(l, "<1 answer>")
}
