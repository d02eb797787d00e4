package lua

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// maxWhy is how many packets of a set why holds a reply against.
const maxWhy = 1 << 20

// why is why(question, reply): how sr decides. What a question leaves open it gets as sr gives it, from the host that asks.
func (s *State) why(l *glua.LState) int {
	q, none := s.questions(l)
	r := checkPacket(l, 2)
	if none {
		l.RaiseError("bad argument #1: want the packet that was asked with, got an empty list")
	}
	if q.Len() == 1 {
		return pushString(l, s.whyOne(q.At(0), r))
	}
	first, n := "", min(q.Len(), maxWhy)
	for i := range n {
		s.check(l)
		reason := s.whyOne(q.At(i), r)
		if strings.HasPrefix(reason, "yes: ") {
			return pushString(l, fmt.Sprintf("%s (packet %d of %d)", reason, i+1, q.Len()))
		}
		if i == 0 {
			first = strings.TrimPrefix(reason, "no: ")
		}
	}
	of := fmt.Sprintf("the %d packets", n)
	if n < q.Len() {
		of = fmt.Sprintf("the first %d of %d packets", n, q.Len())
	}
	return pushString(l, fmt.Sprintf("no: it answers none of %s; not the first one: %s", of, first))
}

// whyOne is why for one packet, which may have left through the interface that the last call asked through.
func (s *State) whyOne(q, r *craft.Packet) string {
	if len(q.Layers()) > 0 && same(q, r) {
		return "no: it is the question itself"
	}
	reason := craft.Why(aligned(s.resolved(q), r))
	if strings.HasPrefix(reason, "yes: ") || s.asked == nil || s.asked == s.session {
		return reason
	}
	asked := q.Copy()
	if asked.Resolve(preview{s.asked.Env(s.vm.Context()), s, &doubts{}}) == nil {
		if other := craft.Why(aligned(asked, r)); strings.HasPrefix(other, "yes: ") {
			return other
		}
	}
	return reason
}

// aligned are a reply and its question from the layer on that both begin with: sr hears frames, and asks with packets.
func aligned(q, r *craft.Packet) (reply, question *craft.Packet) {
	if len(q.Layers()) == 0 || len(r.Layers()) == 0 {
		return r, q
	}
	for i, layer := range r.Layers() {
		if layer.Name() == q.Layers()[0].Name() {
			if i == 0 {
				return r, q
			}
			return r.From(i), q
		}
	}
	for i, layer := range q.Layers() {
		if layer.Name() == r.Layers()[0].Name() {
			return r, q.From(i)
		}
	}
	return r, q
}
