package lab

import (
	"context"
	"reflect"
	"slices"
	"time"
)

// A caller is one goroutine outside the lab. Virtual time stands still while any caller is at work and moves only while
// all of them wait; goroutines that are not callers of this lab do not matter. A goroutine is a caller during every call
// that can wait (the clock's Wait, a receiver's Receive, the guest's Dial, a connection's Send and Receive), and between
// its calls too once it has called Join. The clock's mu guards the fields.
type caller struct {
	waits int  // waits that are under way
	gone  bool // holds time back no longer
}

// callerKey finds the caller of one lab in a context: a goroutine may have joined several labs.
type callerKey struct{ clock *clock }

// Join makes virtual time wait for a goroutine between its calls too. Goroutines that share a lab join it, each with its
// own context and all before the first of them starts: then each acts at the time of the frame or the timer that woke it,
// however long its work takes. A goroutine that has a lab to itself need not join, for time moves only within its own calls.
//
// The goroutine passes the returned context, or one made from it, to every call that takes a context: a wait under another
// context would wait for this goroutine itself. It calls leave at its end, and before it blocks on anything but the lab,
// because time stands still until then or until the lab is closed; leave is safe to call twice. Goroutines that are woken at
// the same time act in no order. In a lab with RealTime, Join changes nothing.
func (l *Lab) Join(ctx context.Context) (joined context.Context, leave func()) {
	return l.clock.join(ctx)
}

func (c *clock) join(ctx context.Context) (joined context.Context, leave func()) {
	if c.real {
		return ctx, func() {}
	}
	p := &caller{}
	c.mu.Lock()
	c.atWork++
	c.mu.Unlock()
	return context.WithValue(ctx, callerKey{c}, p), func() { c.leave(p) }
}

// enter makes the goroutine a caller until leave is called, unless it is one already.
func (c *clock) enter(ctx context.Context) (entered context.Context, leave func()) {
	if c.callerOf(ctx) != nil {
		return ctx, func() {}
	}
	return c.join(ctx)
}

// callerOf is the caller that a context belongs to; nil when there is none, or when it has left.
func (c *clock) callerOf(ctx context.Context) *caller {
	p, _ := ctx.Value(callerKey{c}).(*caller)
	if p == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.gone {
		return nil
	}
	return p
}

// leave ends a caller.
func (c *clock) leave(p *caller) {
	c.mu.Lock()
	if !p.gone && p.waits == 0 {
		c.atWork--
	}
	p.gone = true
	c.mu.Unlock()
	c.nudge()
}

// close lets time run, so that every wait hears of the end of the lab.
func (c *clock) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.nudge()
}

// A wait is one call of Wait on a virtual clock. Whoever drives the clock is the only one who looks at its channel and
// context, and ends it: so its caller is at work before time can move, though its goroutine has not run yet.
type wait struct {
	ctx    context.Context
	ready  <-chan struct{}
	caller *caller
	limit  *event        // nil: without limit
	over   chan struct{} // closed when ok and err say how the wait ended
	ended  bool          // likewise; the clock's mu guards it
	ok     bool
	err    error
}

func (w *wait) isOver() bool {
	select {
	case <-w.over:
		return true
	default:
		return false
	}
}

// begin files a wait of a caller, which no longer holds time back.
func (c *clock) begin(ctx context.Context, d time.Duration, ready <-chan struct{}) *wait {
	w := &wait{ctx: ctx, ready: ready, caller: c.callerOf(ctx), over: make(chan struct{})}
	if d >= 0 { // first, so that time cannot move past it
		w.limit = c.after(d, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.end(w, false, nil)
		})
	}
	c.mu.Lock()
	if !w.ended {
		c.waits = append(c.waits, w)
		if w.caller.waits++; w.caller.waits == 1 && !w.caller.gone {
			c.atWork--
		}
	}
	c.mu.Unlock()
	c.nudge()
	return w
}

// lookAtWaits ends the waits whose channel yields or whose context has ended. The clock's mu is held.
func (c *clock) lookAtWaits() {
	for i := 0; i < len(c.waits); {
		w := c.waits[i]
		select {
		case <-w.ready:
			c.end(w, true, nil)
		default:
			if err := w.ctx.Err(); err != nil {
				c.end(w, false, err)
			} else {
				i++
			}
		}
	}
}

// end ends a wait, unless it has ended. The clock's mu is held.
func (c *clock) end(w *wait, ok bool, err error) {
	if w.ended {
		return
	}
	w.ended, w.ok, w.err = true, ok, err
	close(w.over)
	i := slices.Index(c.waits, w)
	if i < 0 {
		return
	}
	c.waits = slices.Delete(c.waits, i, i+1)
	if w.caller.waits--; w.caller.waits == 0 && !w.caller.gone {
		c.atWork++
	}
}

// block sleeps until there is something to look at: an event, a wait that may be over, a caller that came or went.
func (c *clock) block() {
	c.mu.Lock()
	waits := slices.Clone(c.waits)
	c.mu.Unlock()
	cases := []reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.added)}}
	for _, w := range waits {
		cases = append(cases,
			reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.ready)},
			reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.ctx.Done())})
	}
	chosen, _, _ := reflect.Select(cases)
	if chosen == 0 {
		return
	}
	w := waits[(chosen-1)/2]
	c.mu.Lock()
	defer c.mu.Unlock()
	if ready := chosen%2 == 1; ready {
		c.end(w, true, nil)
	} else {
		c.end(w, false, w.ctx.Err())
	}
}

// nudge makes whoever drives the clock look again.
func (c *clock) nudge() {
	select {
	case c.added <- struct{}{}:
	default:
	}
}
