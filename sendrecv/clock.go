package sendrecv

import (
	"context"
	"time"
)

// A Clock serves every timeout, sleep and stamp of one session. It belongs to the Port: real on live interfaces, virtual
// in a lab that steps through a minute in milliseconds. Its methods are safe for concurrent use.
type Clock interface {
	// Now is the clock's time. Only differences mean anything on a virtual clock.
	Now() time.Time
	// Wait blocks until ready yields (or is closed): true; until d has passed on this clock: false; or until ctx
	// ends: its error. A nil ready makes it a sleep; a negative d waits without limit.
	Wait(ctx context.Context, d time.Duration, ready <-chan struct{}) (bool, error)
	// Virtual says that the time is not the wall's: reports mention it.
	Virtual() bool
}

// SystemClock is the wall clock. The zero value is ready.
type SystemClock struct{}

// Now is time.Now.
func (SystemClock) Now() time.Time { return time.Now() }

// Virtual is false.
func (SystemClock) Virtual() bool { return false }

// Wait waits on the wall clock; see Clock.
func (SystemClock) Wait(ctx context.Context, d time.Duration, ready <-chan struct{}) (bool, error) {
	var after <-chan time.Time
	if d >= 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		after = t.C
	}
	select {
	case <-ready:
		return true, nil
	case <-after:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
