package lua

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	glua "github.com/yuin/gopher-lua"
)

// grace is how long a script may go on after an interrupted call: long enough to assign, print or return what the call
// had by then, short enough to feel like a stop.
const grace = 50 * time.Millisecond

// An interruption is how one run is stopped. The context that calls wait on ends at once; the one that the interpreter
// looks at between instructions ends a little later when a call was waiting, so that "ans = sr(p)" keeps the answers.
type interruption struct {
	calls   context.Context // of the calls that wait
	waiting atomic.Int32    // how many calls wait; stays above 0 when one of them was interrupted
}

// begin starts a run under ctx and returns the context for the interpreter. The caller calls stop.
func (i *interruption) begin(ctx context.Context) (machine context.Context, stop func()) {
	i.calls = ctx
	i.waiting.Store(0)
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
		if i.waiting.Load() == 0 || errors.Is(context.Cause(ctx), errMemory) {
			return
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

// waits marks a call that waits for the network. One that begins after the interrupt ends the script; one that is
// interrupted returns what it has.
func (s *State) waits(l *glua.LState) (over func()) {
	if s.ctx().Err() != nil {
		l.RaiseError("%s", ErrInterrupted)
	}
	s.stopping.waiting.Add(1)
	return func() {
		if s.ctx().Err() == nil {
			s.stopping.waiting.Add(-1)
		}
	}
}
