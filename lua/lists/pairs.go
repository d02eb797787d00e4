package lists

import (
	"fmt"
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// A Pair is one row of the list that sr returns first. Its packets are the same values at every read, so that an edit stays.
type Pair struct {
	// Question is what was sent, Reply what came.
	Question, Reply *craft.Packet

	sent, answer *glua.LUserData // of the packets
	rtt          glua.LValue     // seconds; Lua's nil when it is not known
}

// Answers is the list that sr returns first.
func (s *Lists) Answers(out *sendrecv.Outcome) *glua.LTable {
	pairs := make([]glua.LValue, len(out.Pairs))
	for i, p := range out.Pairs {
		pairs[i] = s.pairValue(&Pair{
			Question: p.Sent, sent: s.host.Packet(p.Sent),
			Reply: p.Answer, answer: s.host.Packet(p.Answer),
			rtt: glua.LNumber(p.RTT.Seconds()),
		})
	}
	return s.newList(s.types.answers, pairs)
}

// pairValue wraps a pair for Lua.
func (s *Lists) pairValue(p *Pair) *glua.LUserData {
	return &glua.LUserData{Value: p, Metatable: s.types.pair, Env: s.l.Env}
}

// pairIn is an element of a list of answers; nil for what a script put there.
func pairIn(v glua.LValue) *Pair {
	if ud, ok := v.(*glua.LUserData); ok {
		p, _ := ud.Value.(*Pair)
		return p
	}
	return nil
}

// checkPair is argument 1, an element of the answers.
func checkPair(l *glua.LState) *Pair {
	p := pairIn(l.Get(1))
	if p == nil {
		l.RaiseError("bad argument #1: want a question and answer, got %s", vm.KindOf(l.Get(1)))
	}
	return p
}

// milliseconds is an RTT as a person sees it, everywhere: a.rtt itself is seconds.
func milliseconds(rtt glua.LValue) string {
	if n, ok := rtt.(glua.LNumber); ok {
		return fmt.Sprintf("%.3f ms", float64(n)*1e3)
	}
	return "? ms"
}

// pairFields are a.name of an element of the answers.
var pairFields = []Method{
	{"sent", "a.sent", "the packet that was sent; a[1] is the same", nil},
	{"answer", "a.answer", "the packet that came; a[2] is the same", nil},
	{"rtt", "a.rtt", "the seconds between the two; nil when that is not known", nil},
}

// pairIndex is a.sent, a.answer and a.rtt; a[1] and a[2] as in scapy, from 1.
func pairIndex(l *glua.LState) int {
	p := checkPair(l)
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
	return spelling.DidYouMean(name, methodNames(pairFields))
}

// pairText is one row of the answers: sent ==> answer (rtt).
func (s *Lists) pairText(l *glua.LState) int {
	p := checkPair(l)
	return pushString(l, s.pairLine(p)+" ("+milliseconds(p.rtt)+")")
}

// pairLine is sent ==> answer.
func (s *Lists) pairLine(p *Pair) string {
	return s.packetSummary(p.Question) + " ==> " + s.packetSummary(p.Reply)
}

// answerMethods are answers:name(...).
var answerMethods = slices.Concat(lineMethods, selectionMethods, listLayerMethods, talkMethods, tableMethods, seriesMethods, exportMethods, dumpMethods)

// answerKind is the lists of answers. They are counted and dumped by what came.
func (s *Lists) answerKind() *kind {
	k := &kind{name: "list of answers", element: "answer", one: "an answer", gives: "what was sent, what came, and the seconds between, as function(s, r, rtt) ... end", methods: answerMethods, counts: true, several: true}
	k.packet = func(v glua.LValue) *craft.Packet {
		if p := pairIn(v); p != nil {
			return p.Reply
		}
		return nil
	}
	k.time = func(v glua.LValue) time.Time {
		if p := pairIn(v); p != nil {
			return p.Reply.Time
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
			return s.pairLine(p)
		}
		return s.host.Describe(v)
	}
	s.exportAnswers(k)
	k.table = func(t *glua.LTable) string { return s.answerTable(t, k) }
	return k
}

// answerTable is a list of answers: what was sent, what came, and after how long, in columns.
func (s *Lists) answerTable(t *glua.LTable, k *kind) string {
	n := t.Len()
	var sent, answers, times grid.Column
	for i := range grid.Shown(n) {
		if p := pairIn(t.RawGetInt(i)); p != nil {
			sent.Take(s.packetSummary(p.Question))
			answers.Take(s.packetSummary(p.Reply))
			times.Take(milliseconds(p.rtt))
		}
	}
	return rows(n, heading(t, k, n > grid.Most), func(i int) string {
		p := pairIn(t.RawGetInt(i))
		if p == nil { // a script put it there
			return s.host.Describe(t.RawGetInt(i))
		}
		return sent.Left(s.packetSummary(p.Question)) + "  ==>  " + answers.Left(s.packetSummary(p.Reply)) + "  " + times.Right(milliseconds(p.rtt))
	})
}
