package lua

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	glua "github.com/yuin/gopher-lua"
)

const (
	// grace is how long a script may go on after an interrupted call has returned: long enough to assign, print or
	// return what the call had by then, short enough to feel like a stop.
	grace = 50 * time.Millisecond
	// graceLimit is how long a call may take to return. What it had may be long lists.
	graceLimit = 2 * time.Second
)

// An interruption is how one run is stopped. The context that calls wait on ends at once; the one that the interpreter
// looks at between instructions ends a little after the call that waited has returned, so that "ans = sr(p)" keeps the
// answers.
type interruption struct {
	calls    context.Context // of the calls that wait
	waiting  atomic.Int32    // how many calls wait
	cut      atomic.Bool     // one of them was interrupted and has returned
	returned chan struct{}   // yields then
}

// begin starts a run under ctx and returns the context for the interpreter. The caller calls stop.
func (i *interruption) begin(ctx context.Context) (machine context.Context, stop func()) {
	i.calls, i.returned = ctx, make(chan struct{}, 1)
	i.waiting.Store(0)
	i.cut.Store(false)
	machine, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer cancel()
		select {
		case <-machine.Done():
			return
		case <-ctx.Done():
		}
		if errors.Is(context.Cause(ctx), errMemory) || i.waiting.Load() == 0 && !i.cut.Load() {
			return
		}
		select {
		case <-machine.Done():
		case <-i.returned:
		case <-time.After(graceLimit):
		}
		select {
		case <-machine.Done():
		case <-time.After(grace):
		}
	}()
	return machine, func() {
		cancel()
		<-ended
	}
}

// ctx is the context of the calls of the running chunk.
func (s *State) ctx() context.Context {
	if s.stopping.calls != nil {
		return s.stopping.calls
	}
	return context.Background()
}

// waits marks a call that waits for the network, until over is called at its end. One that begins after the interrupt ends
// the script; one that is interrupted returns what it has.
func (s *State) waits(l *glua.LState) (over func()) {
	if s.ctx().Err() != nil {
		l.RaiseError("%s", ErrInterrupted)
	}
	i := &s.stopping
	i.waiting.Add(1)
	return func() {
		if i.calls != nil && i.calls.Err() != nil {
			i.cut.Store(true)
			select {
			case i.returned <- struct{}{}:
			default:
			}
		}
		i.waiting.Add(-1)
	}
}
