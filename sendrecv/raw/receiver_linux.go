package raw

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

// frameLimit is how many bytes of a frame are kept: more than any interface carries, segments yet to be cut included.
const frameLimit = 256 << 10

// A receiver is one listener at a port: an AF_PACKET socket, whose queue is the kernel's. It implements sendrecv.Receiver.
type receiver struct {
	port *port
	*queue
	poll *poll
	// promiscuous queues are not left to others.
	promiscuous bool
	// echoes are the packets of the port that are yet to come back; nil on links where the kernel marks them.
	echoes *echoes

	reading sync.Mutex // held by Receive
	// down is when the interface was seen to be down, and it has not been up since; the zero Time otherwise. Receive's.
	down time.Time
	// away says that something may have passed unseen. Not under mu, which Close holds while it waits for a Receive.
	away atomic.Bool

	mu     sync.Mutex
	stats  sendrecv.Stats
	closed bool
}

// newReceiver makes a receiver of a queue that holds frames already.
func newReceiver(p *port, q *queue, o sendrecv.ListenOptions) *receiver {
	r := &receiver{port: p, queue: q, promiscuous: o.Promiscuous}
	r.poll = &poll{conn: q.conn, deadline: q.file.SetReadDeadline}
	if p.link.medium == loopback {
		r.echoes = newEchoes()
	}
	return r
}

// lookPeriod is how long a receiver waits at most before it looks whether its interface still exists: the kernel reports
// when one goes down, not when it goes for good.
const lookPeriod = 500 * time.Millisecond

// patience is how long a receiver waits for an interface that was set down to come up again: programs that configure one
// may do both.
const patience = time.Second

// Receive implements sendrecv.Receiver.
func (r *receiver) Receive(ctx context.Context, frames []sendrecv.Frame, wait time.Duration) (int, error) {
	r.reading.Lock()
	defer r.reading.Unlock()
	if r.isClosed() {
		return 0, fmt.Errorf("%s: %w", r.port.link, net.ErrClosed)
	}
	for until := time.Now().Add(wait); ; {
		some := lookPeriod
		if wait >= 0 {
			some = min(max(time.Until(until), 0), lookPeriod)
		}
		n, err := r.receive(ctx, frames, some)
		switch {
		case n > 0 || err != nil:
			return n, err
		case r.hasLost():
			r.away.Store(true)
			return 0, r.port.link.gone()
		case r.staysDown():
			return 0, r.port.link.down()
		case wait >= 0 && !time.Now().Before(until):
			return 0, nil
		}
	}
}

// receive is Receive for a short wait.
func (r *receiver) receive(ctx context.Context, frames []sendrecv.Frame, wait time.Duration) (n int, err error) {
	var failed error
	err = r.poll.until(ctx, wait, func(fd int) bool {
		n, failed = r.fill(fd, frames)
		return n > 0 || failed != nil
	})
	switch {
	case n > 0:
		return n, nil
	case failed != nil:
		return 0, failed
	case errors.Is(err, net.ErrClosed):
		return 0, fmt.Errorf("%s: %w", r.port.link, net.ErrClosed)
	}
	return 0, err
}

// hasLost reports that the interface is gone.
func (r *receiver) hasLost() (gone bool) {
	_ = r.conn.Control(func(fd uintptr) { gone = isGone(int(fd)) }) // a socket that is closed has not lost it
	return gone
}

// staysDown reports that the interface has been down for too long to wait for it.
func (r *receiver) staysDown() bool {
	if r.down.IsZero() {
		return false
	}
	up := false
	_ = r.conn.Control(func(fd uintptr) { up = r.link.isUp(int(fd)) }) // a socket that is closed ends the wait
	if up {
		r.down = time.Time{}
	}
	return !up && time.Since(r.down) >= patience
}

// fill takes what the queue has. An error is for when it has nothing.
func (r *receiver) fill(fd int, frames []sendrecv.Frame) (n int, err error) {
	for n < len(frames) {
		frames[n], err = r.next(fd)
		switch {
		case err == nil:
			n++
		case errors.Is(err, unix.ENETDOWN): // reported once each time the link goes down, before what is queued
			r.down = time.Now()
			r.away.Store(true)
		case errors.Is(err, unix.EAGAIN):
			return n, nil
		default:
			return n, fmt.Errorf("%s: %w", r.port.link, os.NewSyscallError("recvmsg", err))
		}
	}
	return n, nil
}

// isGone reports that the kernel has untied a socket from its interface.
func isGone(fd int) bool {
	name, err := unix.Getsockname(fd)
	at, ok := name.(*unix.SockaddrLinklayer)
	return err == nil && ok && at.Ifindex <= 0
}

// isUp reports whether the interface is up, in the namespace of a socket. It is asked for by its number: its name may be new.
func (l link) isUp(fd int) bool {
	r, err := unix.NewIfreq("")
	if err != nil {
		return false
	}
	r.SetUint32(uint32(l.index))
	if unix.IoctlIfreq(fd, unix.SIOCGIFNAME, r) != nil || unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, r) != nil {
		return false
	}
	return r.Uint16()&unix.IFF_UP != 0
}

// next takes one frame from the queue. The error is the kernel's, bare.
func (r *receiver) next(fd int) (sendrecv.Frame, error) {
	n, controls, _, from, err := unix.Recvmsg(fd, r.buf, r.control, unix.MSG_TRUNC)
	if err != nil {
		return sendrecv.Frame{}, err
	}
	a := readAncillary(r.control[:controls])
	f := sendrecv.Frame{Time: a.stamp, Link: r.port.Link(), Data: a.untrimmed(r.buf[:min(n, len(r.buf))])}
	if f.Link == layers.IP {
		f.Link = layers.IPVersion(f.Data)
	}
	if n > len(r.buf) {
		f.Length = n + len(f.Data) - len(r.buf)
	}
	if at, ok := from.(*unix.SockaddrLinklayer); ok {
		f.Out = at.Pkttype == unix.PACKET_OUTGOING
	}
	if r.echoes != nil {
		f.Out = r.echoes.take(f.Data)
	}
	return f, nil
}

// Stats implements sendrecv.Receiver.
func (r *receiver) Stats() sendrecv.Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count()
	stats := r.stats
	stats.Away = r.away.Load()
	return stats
}

// count adds what the kernel has counted since it was asked last; the caller holds the lock. Once closed, the last count
// stands: the queue may be another receiver's.
func (r *receiver) count() {
	if r.closed {
		return
	}
	_ = r.poll.conn.Control(func(fd uintptr) { // a port that was closed leaves the last count
		s, err := unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS)
		if err == nil {
			r.stats.Received += uint64(s.Packets - s.Drops)
			r.stats.Dropped += uint64(s.Drops)
		}
	})
}

// stop ends what is queued with the last frame that has passed.
func (r *receiver) stop() {
	_ = r.poll.conn.Control(func(fd uintptr) {
		_ = attach(int(fd), nothing()) // at worst a few frames more are handed out
	})
	r.poll.end()
}

// Close implements sendrecv.Receiver. What is still queued is lost.
func (r *receiver) Close() error {
	r.port.forget(r)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.count()
	r.closed = true
	r.poll.end()
	if r.promiscuous || !r.reading.TryLock() {
		return r.file.Close() // it ends a Receive that is under way
	}
	defer r.reading.Unlock()
	return r.port.spares.put(r.queue)
}

func (r *receiver) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}
