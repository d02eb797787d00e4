package lab

import (
	"bytes"
	"time"

	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

// A link is a wire with two ends. A frame that enters one end arrives at the other after the delay, unless the link is
// cut by then.
type link struct {
	name  string
	clock *clock
	delay time.Duration
	cut   bool
	ends  [2]end
}

// An end is where a node is plugged in and where one can listen.
type end struct {
	link *link
	peer *end
	// receive is the node's: it is given every frame that arrives, and owns it. Nil loses them.
	receive   func(frame []byte)
	listeners map[*receiver]struct{}
}

func newLink(c *clock, name string, delay time.Duration) *link {
	l := &link{name: name, clock: c, delay: delay}
	for i := range l.ends {
		l.ends[i] = end{link: l, peer: &l.ends[1-i], listeners: make(map[*receiver]struct{})}
	}
	return l
}

// send puts a frame on the wire; it then belongs to whoever is at the other end.
func (e *end) send(frame []byte) {
	e.show(frame, true)
	if e.link.cut {
		return
	}
	e.link.clock.AfterFunc(e.link.delay, func() { e.peer.arrive(frame) })
}

func (e *end) arrive(frame []byte) {
	if e.link.cut {
		return
	}
	e.show(frame, false)
	if e.receive != nil {
		e.receive(frame)
	}
}

// show gives each listener a copy, stamped now.
func (e *end) show(frame []byte, out bool) {
	now := e.link.clock.Now()
	for r := range e.listeners {
		r.put(sendrecv.Frame{Time: now, Link: layers.Ether, Data: bytes.Clone(frame), Out: out})
	}
}
