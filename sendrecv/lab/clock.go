package lab

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/moonwire/moonwire/sendrecv"
)

// A clock is the time of one lab and the only thing that moves it. Whatever happens in the lab is an event, events of
// one time run in the order they were made, and never two at once: so nothing inside needs a lock, and equal runs give
// equal captures. It is the sendrecv.Clock of the lab's ports and the tcpip.Clock of its stacks.
type clock struct {
	real bool
	zero time.Time // of the monotonic clock
	// run is held by the event that runs, or by a call from outside that touches the lab.
	run sync.Mutex
	// turn holds its one token while no waiter steps the virtual time.
	turn chan struct{}
	// stirred says that a goroutine outside may have work since the last settle.
	stirred  atomic.Bool
	observer *observer // of whoever has the turn

	mu     sync.Mutex // guards what follows
	now    time.Time  // virtual time
	events queue
	made   uint64
	// added wakes whoever waits for the next event.
	added chan struct{}
}

// epoch is when virtual time begins: the year 2000, in seconds since 1970.
const epoch = 946_684_800

func newClock(realTime bool) *clock {
	c := &clock{
		real: realTime, turn: make(chan struct{}, 1), observer: newObserver(),
		now: time.Unix(epoch, 0).UTC(), added: make(chan struct{}, 1),
	}
	// gVisor takes a monotonic zero for "never".
	c.zero = c.Now().Add(-time.Hour)
	c.turn <- struct{}{}
	return c
}

// Virtual implements sendrecv.Clock.
func (c *clock) Virtual() bool { return !c.real }

// Now implements sendrecv.Clock and tcpip.Clock.
func (c *clock) Now() time.Time {
	if c.real {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// NowMonotonic implements tcpip.Clock.
func (c *clock) NowMonotonic() tcpip.MonotonicTime {
	return tcpip.MonotonicTime{}.Add(c.Now().Sub(c.zero))
}

// AfterFunc implements tcpip.Clock; f runs as an event of its own.
func (c *clock) AfterFunc(d time.Duration, f func()) tcpip.Timer {
	e := &event{clock: c, run: f, index: unqueued}
	e.Reset(d)
	return e
}

// do is the way in for calls from outside: f runs between two events.
func (c *clock) do(f func()) {
	c.stirred.Store(true)
	c.run.Lock()
	defer c.run.Unlock()
	f()
}

// wake tells a goroutine outside that what it waits for may have come.
func (c *clock) wake(ready chan<- struct{}) {
	c.stirred.Store(true)
	select {
	case ready <- struct{}{}:
	default:
	}
}

// Wait implements sendrecv.Clock. One of those who wait on a virtual clock steps it for all of them; the limit of each
// is an event, so that no step goes past it.
func (c *clock) Wait(ctx context.Context, d time.Duration, ready <-chan struct{}) (bool, error) {
	if c.real {
		return sendrecv.SystemClock{}.Wait(ctx, d, ready)
	}
	w := &wait{ctx: ctx, ready: ready, due: make(chan struct{})}
	c.stirred.Store(true)
	defer c.stirred.Store(true)
	if d >= 0 {
		limit := c.AfterFunc(d, func() { c.stirred.Store(true); close(w.due) })
		defer limit.Stop()
	}
	select {
	case <-c.turn:
		c.drive(w)
		c.turn <- struct{}{}
		return w.ok, w.err
	case <-ready:
		return true, nil
	case <-w.due:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// A wait is one call of Wait.
type wait struct {
	ctx   context.Context
	ready <-chan struct{}
	due   chan struct{} // closed at the limit
	ok    bool
	err   error
}

// over says whether the wait has ended, and keeps how.
func (w *wait) over() bool {
	select {
	case <-w.ready:
		w.ok = true
		return true
	default:
	}
	select {
	case <-w.due:
	case <-w.ctx.Done():
		w.err = w.ctx.Err()
	default:
		return false
	}
	return true
}

// drive runs events until w is over. Before time moves, every goroutine outside gets to act on what it has seen.
func (c *clock) drive(w *wait) {
	for !w.over() {
		if c.next() > 0 && c.stirred.Swap(false) {
			c.observer.settle()
			continue
		}
		if !c.step() {
			select {
			case <-c.added:
			case <-w.ready:
				w.ok = true
				return
			case <-w.ctx.Done():
				w.err = w.ctx.Err()
				return
			}
		}
	}
}

// follow runs events as their real time comes, until stop is closed; it leaves none that was due then.
func (c *clock) follow(stop <-chan struct{}) {
	for stopped := false; !stopped; {
		timer := time.NewTimer(c.next())
		select {
		case <-timer.C:
		case <-c.added:
		case <-stop:
			stopped = true
		}
		timer.Stop()
		for c.step() {
		}
	}
}

// never is farther away than any event.
const never = time.Duration(1<<63 - 1)

// next says how far away the next event is; 0 when it is due.
func (c *clock) next() time.Duration {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.events) == 0 {
		return never
	}
	return max(0, c.events[0].at.Sub(now))
}

// step runs the next event, to whose time a virtual clock moves; false when there is none, or none due on a real one.
func (c *clock) step() bool {
	c.run.Lock()
	defer c.run.Unlock()
	e := c.take()
	if e != nil {
		e.run()
	}
	return e != nil
}

// take removes the event that step is to run; nil is none.
func (c *clock) take() *event {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.events) == 0 || c.real && c.events[0].at.After(time.Now()) {
		return nil
	}
	e := heap.Pop(&c.events).(*event)
	c.now = e.at
	return e
}

// A limit is the end of a wait that may take several turns.
type limit struct {
	clock *clock
	at    time.Time // zero: no end
}

// deadline is the limit of a wait that begins now; negative: without limit.
func deadline(c *clock, wait time.Duration) limit {
	if wait < 0 {
		return limit{clock: c}
	}
	return limit{c, c.Now().Add(wait)}
}

// left is what remains, as sendrecv.Clock.Wait takes it.
func (l limit) left() time.Duration {
	if l.at.IsZero() {
		return -1
	}
	return max(0, l.at.Sub(l.clock.Now()))
}
