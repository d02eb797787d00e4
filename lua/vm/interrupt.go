package vm

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

// begin starts a run under ctx, which memory bytes bound, and returns the context for the interpreter. The caller calls stop.
func (i *interruption) begin(ctx context.Context, memory uint64) (interpreter context.Context, stop func()) {
	i.calls, i.returned = ctx, make(chan struct{}, 1)
	i.waiting.Store(0)
	i.cut.Store(false)
	interpreter, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer cancel()
		select {
		case <-interpreter.Done():
			return
		case <-ctx.Done():
		}
		if i.waiting.Load() == 0 && !i.cut.Load() {
			return
		}
		i.linger(interpreter, errors.Is(context.Cause(ctx), ErrMemory), memory)
	}()
	return interpreter, func() {
		cancel()
		<-ended
		i.calls = nil
	}
}

// linger waits until the call that waits has returned, and then a little more. A script that is ended because of its memory
// has a quarter more for that: what the call runs may go on to fill it.
func (i *interruption) linger(interpreter context.Context, full bool, memory uint64) {
	late := time.After(graceLimit)
	tick := time.NewTicker(memoryPeriod)
	defer tick.Stop()
	for returned := i.returned; ; {
		select {
		case <-interpreter.Done():
			return
		case <-late:
			return
		case <-returned:
			late, returned = time.After(grace), nil
		case <-tick.C:
			if full && outgrown(memory+memory/4, 0) {
				return
			}
		}
	}
}

// Context is the context of the run that is under way, for calls that wait: it ends at once when the run is interrupted,
// while the script goes on a moment. Without a run it never ends.
func (m *Machine) Context() context.Context {
	if m.run.calls != nil {
		return m.run.calls
	}
	return context.Background()
}

// Check ends the script when its run was interrupted: loops call it between two steps.
func (m *Machine) Check(l *glua.LState) {
	if m.Context().Err() != nil {
		l.RaiseError("%s", ErrInterrupted)
	}
}

// Wait marks a call that waits, for the network or a file, until over is called at its end. A call that begins after the
// interrupt is refused with an error raised on l; one that is interrupted should return what it has, and the script goes on
// just long enough to keep it.
func (m *Machine) Wait(l *glua.LState) (over func()) {
	m.Check(l)
	i := &m.run
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
