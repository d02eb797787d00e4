package lab

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

// A port listens to one end of a link and sends from it, beside the node that is plugged in there: what is sent does not
// pass the node. It implements sendrecv.Port.
type port struct {
	name   string
	end    *end
	clock  *clock
	closed bool // changed and read between events
}

func newPort(name string, e *end) *port {
	return &port{name: name, end: e, clock: e.link.clock}
}

// Name implements sendrecv.Port.
func (p *port) Name() string { return p.name }

// Link implements sendrecv.Port.
func (p *port) Link() craft.Name { return layers.Ether }

// Clock implements sendrecv.Port.
func (p *port) Clock() sendrecv.Clock { return p.clock }

// Send implements sendrecv.Port.
func (p *port) Send(ctx context.Context, frames [][]byte) (n int, err error) {
	p.clock.do(func() {
		for ; n < len(frames); n++ {
			if err = ctx.Err(); p.closed {
				err = net.ErrClosed
			}
			if err != nil {
				return
			}
			p.end.send(bytes.Clone(frames[n]))
		}
	})
	return n, err
}

// Listen implements sendrecv.Port.
func (p *port) Listen(sendrecv.ListenOptions) (sendrecv.Receiver, error) {
	r := &receiver{port: p, ready: make(chan struct{}, 1)}
	err := net.ErrClosed
	p.clock.do(func() {
		if !p.closed {
			p.end.listeners[r] = struct{}{}
			err = nil
		}
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Close implements sendrecv.Port.
func (p *port) Close() error {
	p.clock.do(func() {
		p.closed = true
		for r := range p.end.listeners {
			if r.port == p {
				r.shut()
			}
		}
	})
	return nil
}

// backlog is how many frames a receiver holds before it loses some.
const backlog = 1 << 17

// A receiver is one listener at a port. It implements sendrecv.Receiver.
type receiver struct {
	port  *port
	ready chan struct{}

	mu     sync.Mutex
	frames []sendrecv.Frame
	stats  sendrecv.Stats
	closed bool
}

// put queues a frame that passes.
func (r *receiver) put(f sendrecv.Frame) {
	r.mu.Lock()
	if len(r.frames) < backlog {
		r.frames = append(r.frames, f)
		r.stats.Received++
	} else {
		r.stats.Dropped++
	}
	r.mu.Unlock()
	r.port.clock.wake(r.ready)
}

// Receive implements sendrecv.Receiver.
func (r *receiver) Receive(ctx context.Context, frames []sendrecv.Frame, wait time.Duration) (int, error) {
	ctx, leave := r.port.clock.enter(ctx)
	defer leave()
	until := deadline(r.port.clock, wait)
	for {
		if n, err := r.take(frames); n > 0 || err != nil {
			return n, err
		}
		if ok, err := r.port.clock.Wait(ctx, until.left(), r.ready); !ok {
			return 0, err
		}
	}
}

// take hands out what there is.
func (r *receiver) take(frames []sendrecv.Frame) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := copy(frames, r.frames)
	if r.frames = r.frames[n:]; n == 0 && r.closed {
		return 0, net.ErrClosed
	}
	return n, nil
}

// Stats implements sendrecv.Receiver.
func (r *receiver) Stats() sendrecv.Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Close implements sendrecv.Receiver.
func (r *receiver) Close() error {
	r.port.clock.do(r.shut)
	return nil
}

// shut ends the receiver, between events.
func (r *receiver) shut() {
	delete(r.port.end.listeners, r)
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.port.clock.wake(r.ready)
}
