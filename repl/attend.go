package repl

import (
	"context"
	"fmt"
	"time"

	"github.com/moonwire/moonwire/lua"
)

const (
	// maxInterrupts is how often a person asks an entry to end who wants the prompt itself to end otherwise.
	maxInterrupts = 3
	// patience is how long an entry may take to end then, or when the process is asked to end.
	patience = time.Second
)

// ErrAbandoned is returned by Run when an entry did not end although it was interrupted, so that the prompt could only
// leave it behind. It is a lua.ErrInterrupted. The interpreter still runs: do not use it again, nor close it; end the
// process.
var ErrAbandoned = fmt.Errorf("%w: what was running did not end", lua.ErrInterrupted)

// attend has work done, which a person's interrupts end: the first ends its context. When it goes on after the last, or
// after the end of outer, it is left behind, and the error is ErrAbandoned.
func (p *prompt) attend(outer context.Context, work func(context.Context)) error {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	p.screen.watch(ctx.Done())
	over := make(chan any, 1) // what the work panicked with
	go func() {
		defer func() { over <- recover() }()
		work(ctx)
	}()
	asked, late := outer.Done(), (<-chan time.Time)(nil)
	for interrupts := 0; ; {
		select {
		case fault := <-over:
			if fault != nil {
				panic(fault)
			}
			p.screen.watch(nil)
			p.settle()
			return nil
		case <-p.interrupts:
			cancel()
			p.screen.echoed()
			if interrupts++; interrupts == maxInterrupts {
				late = time.After(patience)
			}
		case <-asked:
			asked, late = nil, time.After(patience)
		case <-late:
			return ErrAbandoned
		}
	}
}

// settle forgets the interrupts of work that is over.
func (p *prompt) settle() {
	for {
		select {
		case <-p.interrupts:
			p.screen.echoed()
		default:
			return
		}
	}
}
