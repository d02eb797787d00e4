package lab

import (
	"container/heap"
	"context"
	"sync"
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

	mu     sync.Mutex // guards what follows
	now    time.Time  // virtual time
	events queue
	made   uint64
	// atWork is how many callers do not wait, waits are the waits of the others. Both are empty in real time.
	atWork int
	waits  []*wait
	closed bool // callers hold time back no longer
	// added wakes whoever waits for the next event, or for time to be free to move.
	added chan struct{}
}

// epoch is when virtual time begins: the year 2000, in seconds since 1970.
const epoch = 946_684_800

func newClock(realTime bool) *clock {
	c := &clock{
		real: realTime, turn: make(chan struct{}, 1),
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
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time()
}

// time is Now for those who hold mu.
func (c *clock) time() time.Time {
	if c.real {
		return time.Now()
	}
	return c.now
}

// NowMonotonic implements tcpip.Clock.
func (c *clock) NowMonotonic() tcpip.MonotonicTime {
	return tcpip.MonotonicTime{}.Add(c.Now().Sub(c.zero))
}

// AfterFunc implements tcpip.Clock; f runs as an event.
func (c *clock) AfterFunc(d time.Duration, f func()) tcpip.Timer {
	return c.after(d, f)
}

// after is AfterFunc for those inside.
func (c *clock) after(d time.Duration, f func()) *event {
	e := &event{clock: c, run: f, index: unqueued}
	e.Reset(d)
	return e
}

// do is the way in for calls from outside: f runs between two events.
func (c *clock) do(f func()) {
	c.run.Lock()
	defer c.run.Unlock()
	f()
}

// wake ends the wait for a channel of the lab, the present one or the next.
func (c *clock) wake(ready chan<- struct{}) {
	select {
	case ready <- struct{}{}:
	default:
	}
	c.nudge()
}

// Wait implements sendrecv.Clock. One of those who wait on a virtual clock drives it for all of them.
func (c *clock) Wait(ctx context.Context, d time.Duration, ready <-chan struct{}) (bool, error) {
	if c.real {
		return sendrecv.SystemClock{}.Wait(ctx, d, ready)
	}
	ctx, leave := c.enter(ctx)
	defer leave()
	w := c.begin(ctx, d, ready)
	select {
	case <-w.over:
	case <-c.turn:
		c.drive(w)
		c.turn <- struct{}{}
	}
	if w.limit != nil {
		w.limit.Stop()
	}
	return w.ok, w.err
}

// drive runs events until w is over.
func (c *clock) drive(w *wait) {
	for !w.isOver() {
		if !c.step() && !w.isOver() {
			c.block()
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

// next says how far away the next event is on a real clock; 0 when it is due.
func (c *clock) next() time.Duration {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.events) == 0 {
		return never
	}
	return max(0, c.events[0].at.Sub(now))
}

// step runs the next event, to whose time a virtual clock moves; false when there is none, when it is not due on a real one,
// and while a caller is at work on a virtual one.
func (c *clock) step() bool {
	c.run.Lock()
	defer c.run.Unlock()
	e := c.take()
	if e != nil {
		e.run()
	}
	return e != nil
}

// take removes the event that step is to run; nil is none, or one whose time must not come yet.
func (c *clock) take() *event {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookAtWaits()
	if c.atWork > 0 && !c.closed || len(c.events) == 0 || c.real && c.events[0].at.After(time.Now()) {
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
