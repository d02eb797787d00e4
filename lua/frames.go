package lua

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// A gathering goes through what stands for packets, one frame at a time: a packet, the elements of its sets; a question and its
// answer; an iterator; a list of any of these.
type gathering struct {
	s *State
	l *glua.LState
	// name is the call that gathers, and at the places of the elements that are being looked at, outermost first.
	name string
	at   []int
	// take gets the packet that a frame is made of, or nil for a frame of a file. It says whether more are wanted.
	take func(f sendrecv.Frame, p *craft.Packet) bool
	// file opens what a string names; nil takes a string for the bytes of a packet.
	file func(path string) *walk
}

// maxGathered is how deep lists of packets nest.
const maxGathered = 8

// each hands on the frames of a value until there are no more, or no more are wanted, which it reports.
func (g *gathering) each(v glua.LValue) bool {
	g.s.check(g.l)
	if path, ok := v.(glua.LString); ok && g.file != nil {
		return g.walk(g.file(string(path)))
	}
	if p, ok := packetOf(v); ok {
		return g.elements(p)
	}
	switch v := v.(type) {
	case *glua.LFunction:
		if w := walkOf(v); w != nil {
			return g.walk(w)
		}
		return g.pull(v)
	case *glua.LUserData:
		if a, ok := v.Value.(*lists.Pair); ok {
			return g.elements(a.Question) && g.elements(a.Reply)
		}
	case *glua.LTable:
		return g.list(v)
	}
	g.fail("want a packet, a list of packets, or an iterator as pcap(file) is, got %s", vm.KindOf(v))
	return false
}

func (g *gathering) list(t *glua.LTable) bool {
	if len(g.at) == maxGathered {
		g.fail("want lists nested at most %d deep", maxGathered)
	}
	n := t.Len()
	if n == 0 && hasKeys(t) {
		g.fail("want a list of packets, got a table of names")
	}
	g.at = append(g.at, 0)
	for i := 1; i <= n; i++ {
		g.at[len(g.at)-1] = i
		if !g.each(t.RawGetInt(i)) {
			return false
		}
	}
	g.at = g.at[:len(g.at)-1]
	return true
}

// hasKeys reports whether a table holds anything.
func hasKeys(t *glua.LTable) bool {
	k, _ := t.Next(glua.LNil)
	return k != glua.LNil
}

// walk hands on the frames of a file as they are.
func (g *gathering) walk(w *walk) bool {
	for {
		g.s.check(g.l)
		f, ok := g.s.walkOn(g.l, w)
		if !ok {
			return true
		}
		if !g.take(f, nil) {
			return false
		}
	}
}

// pull hands on what a function gives until it gives nil.
func (g *gathering) pull(fn *glua.LFunction) bool {
	for {
		g.s.check(g.l)
		g.l.Push(fn)
		g.l.Call(0, 1)
		v := g.l.Get(-1)
		g.l.Pop(1)
		if v == glua.LNil {
			return true
		}
		if _, ok := packetOf(v); !ok {
			g.fail("want an iterator of packets, as pcap(file) is; this one gave a %s", vm.KindOf(v))
		}
		if !g.each(v) {
			return false
		}
	}
}

// elements hands on a packet, or what its sets stand for.
func (g *gathering) elements(p *craft.Packet) bool {
	n, err := p.Count()
	if err != nil {
		g.s.fail(g.l, err)
	}
	if n == 1 && !p.Draws() {
		return g.take(g.s.frameOf(g.l, p), p)
	}
	for i := uint64(0); i < n; i++ {
		g.s.check(g.l)
		if q := p.At(i); !g.take(g.s.frameOf(g.l, q), q) {
			return false
		}
	}
	return true
}

// fail raises what is wrong with an element.
func (g *gathering) fail(format string, args ...any) {
	var where strings.Builder
	for _, i := range g.at {
		fmt.Fprintf(&where, " element %d:", i)
	}
	g.l.RaiseError("%s:%s %s", g.name, where.String(), fmt.Sprintf(format, args...))
}

// frameOf is a packet as captures hold it: with the bytes that it has here, and all that is known of it besides.
func (s *State) frameOf(l *glua.LState, p *craft.Packet) sendrecv.Frame {
	f := sendrecv.Frame{Time: p.Time, Link: pcap.LinkOf(p), Data: append([]byte(nil), s.build(l, p)...), Info: p.Info}
	if cut := p.Cut(); cut > 0 {
		f.Length = len(f.Data) + cut
	}
	if f.Time.IsZero() && !pcap.IsOfFile(p.Info) { // made here, and now
		f.Time = s.clock().Now()
	}
	return f
}
