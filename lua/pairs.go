package lua

import (
	"fmt"
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// A pair is one row of the list that sr returns first. Its packets are the same values at every read, so that an edit stays.
type pair struct {
	question, reply *craft.Packet
	sent, answer    *glua.LUserData // of the packets
	rtt             glua.LValue     // seconds; Lua's nil when it is not known
}

// answers is the list that sr returns first.
func (s *State) answers(out *sendrecv.Outcome) *glua.LTable {
	pairs := make([]glua.LValue, len(out.Pairs))
	for i, p := range out.Pairs {
		pairs[i] = s.value(&pair{
			question: p.Sent, sent: s.packetValue(p.Sent),
			reply: p.Answer, answer: s.packetValue(p.Answer),
			rtt: glua.LNumber(p.RTT.Seconds()),
		}, s.types.pair)
	}
	return s.newList(s.types.exchange, pairs)
}

// pairIn is an element of a list of answers; nil for what a script put there.
func pairIn(v glua.LValue) *pair {
	if ud, ok := v.(*glua.LUserData); ok {
		p, _ := ud.Value.(*pair)
		return p
	}
	return nil
}

// milliseconds is an RTT as a person sees it, everywhere: a.rtt itself is seconds.
func milliseconds(rtt glua.LValue) string {
	if n, ok := rtt.(glua.LNumber); ok {
		return fmt.Sprintf("%.3f ms", float64(n)*1e3)
	}
	return "? ms"
}

// pairFields are a.name of an element of the answers.
var pairFields = []method{
	{"sent", "a.sent", "the packet that was sent; a[1] is the same", nil},
	{"answer", "a.answer", "the packet that came; a[2] is the same", nil},
	{"rtt", "a.rtt", "the seconds between the two; nil when that is not known", nil},
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
		l.RaiseError("question and answer: no field %q; there are sent, answer and rtt%s", vm.Text(key), pairHint(vm.Text(key)))
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

// pairHint says which field may be meant; query is scapy's name.
func pairHint(name string) string {
	if name == "query" {
		return "; here: a.sent"
	}
	return didYouMean(name, methodNames(pairFields))
}

// pairText is one row of the answers: sent ==> answer (rtt).
func pairText(l *glua.LState) int {
	p := of[*pair](l, 1, "question and answer")
	return pushString(l, p.summary()+" ("+milliseconds(p.rtt)+")")
}

// summary is sent ==> answer.
func (p *pair) summary() string { return p.question.Summary() + " ==> " + p.reply.Summary() }

// answerMethods are answers:name(...).
var answerMethods = slices.Concat(lineMethods, selectionMethods, listLayerMethods, talkMethods, tableMethods, seriesMethods, exportMethods, dumpMethods)

// answerKind is the lists of answers. They are counted and dumped by what came.
func (s *State) answerKind() *listKind {
	k := &listKind{name: "list of answers", element: "answer", one: "an answer", methods: answerMethods, counts: true, several: true}
	k.packet = func(v glua.LValue) *craft.Packet {
		if p := pairIn(v); p != nil {
			return p.reply
		}
		return nil
	}
	k.time = func(v glua.LValue) time.Time {
		if p := pairIn(v); p != nil {
			return p.reply.Time
		}
		return time.Time{}
	}
	k.parts = func(v glua.LValue) []glua.LValue {
		p := pairIn(v)
		if p == nil {
			return nil
		}
		return []glua.LValue{p.sent, p.answer, p.rtt}
	}
	k.line = func(v glua.LValue) string {
		if p := pairIn(v); p != nil {
			return p.summary()
		}
		return s.foreignLine(v)
	}
	s.exportAnswers(k)
	k.table = func(t *glua.LTable) string { return s.answerTable(t, k) }
	return k
}

// answerTable is a list of answers: what was sent, what came, and after how long, in columns.
func (s *State) answerTable(t *glua.LTable, k *listKind) string {
	n := t.Len()
	var sent, answers, times grid.Column
	for i := range grid.Shown(n) {
		if p := pairIn(t.RawGetInt(i)); p != nil {
			sent.Take(p.question.Summary())
			answers.Take(p.reply.Summary())
			times.Take(milliseconds(p.rtt))
		}
	}
	return rows(n, heading(t, k, n > grid.Most), func(i int) string {
		p := pairIn(t.RawGetInt(i))
		if p == nil { // a script put it there
			return s.foreignLine(t.RawGetInt(i))
		}
		return sent.Left(p.question.Summary()) + "  ==>  " + answers.Left(p.reply.Summary()) + "  " + times.Right(milliseconds(p.rtt))
	})
}
