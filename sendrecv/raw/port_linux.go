package raw

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// A port is a live interface. It implements sendrecv.Port.
type port struct {
	link      link
	namespace *namespace
	// sender is nil at a tap.
	sender *sender
	// idle keeps the kernel stamping frames while the port is open: it begins some time after the first socket asked,
	// and a receiver's first frames would go without.
	idle *os.File
	// spares are the queues that closed receivers have left.
	spares spares

	mu        sync.Mutex
	receivers map[*receiver]struct{}
	closed    bool
}

// openPort opens an interface of the namespace, which must stay open as long as the port.
func openPort(ns *namespace, l link) (p *port, err error) {
	p, err = listenOnly(ns, l)
	if err != nil {
		return nil, err
	}
	err = ns.do(func() error {
		p.sender, err = l.openSender()
		return err
	})
	if err != nil {
		_ = p.Close() // it has done nothing yet
		return nil, err
	}
	return p, nil
}

// listenOnly opens an interface as a tap.
func listenOnly(ns *namespace, l link) (*port, error) {
	p := &port{link: l, namespace: ns, receivers: make(map[*receiver]struct{})}
	err := ns.do(func() (err error) {
		p.idle, err = l.openIdle()
		return err
	})
	if err != nil {
		return nil, err
	}
	awaitStamps()
	return p, nil
}

// Name implements sendrecv.Port.
func (p *port) Name() string { return p.link.String() }

// Link implements sendrecv.Port.
func (p *port) Link() craft.Name { return p.link.protocol() }

// Clock implements sendrecv.Port.
func (p *port) Clock() sendrecv.Clock { return sendrecv.SystemClock{} }

// Send implements sendrecv.Port. On loopback the kernel writes parts of the header; see the package's comment.
func (p *port) Send(ctx context.Context, frames [][]byte) (n int, err error) {
	if p.isClosed() {
		return 0, p.errClosed()
	}
	if p.sender == nil {
		return 0, fmt.Errorf("%s: a tap is listened to only: %w", p.link, errors.ErrUnsupported)
	}
	for _, f := range frames {
		if err := p.send(ctx, f); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// breath is how long Send waits for room in a full queue.
const breath = time.Millisecond

// send puts one frame on the wire.
func (p *port) send(ctx context.Context, frame []byte) error {
	expecting := p.expect(frame)
	for {
		err := ctx.Err()
		if err == nil {
			if err = p.sender.send(frame); err == nil {
				return nil
			}
		}
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ENOBUFS) {
			_, err = p.Clock().Wait(ctx, breath, nil)
			if err == nil {
				continue
			}
		}
		for _, e := range expecting {
			e.withdraw(frame)
		}
		return p.explain(err, len(frame))
	}
}

// expect makes the receivers of a loopback port expect the frame to come back, and returns the echoes of each.
func (p *port) expect(frame []byte) (expecting []*echoes) {
	if p.link.medium != loopback {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.receivers {
		r.echoes.expect(frame)
		expecting = append(expecting, r.echoes)
	}
	return expecting
}

// explain says what the error of a frame that did not leave means.
func (p *port) explain(err error, length int) error {
	switch {
	case errors.Is(err, net.ErrClosed):
		return p.errClosed()
	case errors.Is(err, unix.EMSGSIZE):
		return tooLong(fmt.Sprintf("%s takes no frame of %d bytes: its MTU is %d", p.link, length, p.link.mtu))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return p.link.explain(fmt.Errorf("frame of %d bytes: %w", length, err))
}

// A tooLong is the error of a frame that the link does not carry.
type tooLong string

func (e tooLong) Error() string { return string(e) }

// Unwrap makes it a sendrecv.ErrFrame.
func (tooLong) Unwrap() error { return sendrecv.ErrFrame }

// Listen implements sendrecv.Port.
func (p *port) Listen(o sendrecv.ListenOptions) (sendrecv.Receiver, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, p.errClosed()
	}
	q, err := p.queue(o)
	if err != nil {
		return nil, err
	}
	r := newReceiver(p, q, o)
	p.receivers[r] = struct{}{}
	return r, nil
}

// queue is a queue that holds what passes from now on: a spare one, or a new one.
func (p *port) queue(o sendrecv.ListenOptions) (q *queue, err error) {
	if !o.Promiscuous {
		if q := p.spares.take(); q != nil {
			return q, nil
		}
	}
	err = p.namespace.do(func() error {
		q, err = p.link.openQueue(o)
		return err
	})
	return q, err
}

// forget takes a receiver from the list.
func (p *port) forget(r *receiver) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.receivers, r)
}

// Close implements sendrecv.Port.
func (p *port) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	for r := range p.receivers {
		r.stop()
	}
	files := append(p.spares.end(), p.idle)
	if p.sender != nil {
		files = append(files, p.sender.file)
	}
	return closeTogether(files)
}

func (p *port) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

func (p *port) errClosed() error { return fmt.Errorf("%s: %w", p.link, net.ErrClosed) }
