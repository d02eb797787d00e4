package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/moonwire/moonwire/lua"
)

// lastWord is how long work may go on after the signal that asks it to end: long enough for the report of what it has.
const lastWord = 5 * time.Second

// errStuck is why work was left behind.
var errStuck = fmt.Errorf("%w: what was running did not end within %.0f s", lua.ErrInterrupted, lastWord.Seconds())

// endings are the signals that ask the command to end. One that whoever started it wants ignored, as nohup does, is not.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// attended does work under a context that the first signal ends, and returns what it returns; work that goes on for too long
// after the signal is left to end with the process. A second signal ends the process at once.
func attended(ctx context.Context, work func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	context.AfterFunc(ctx, stop)
	done := make(chan error, 1)
	go func() { done <- guarded(func() error { return work(ctx) }) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(lastWord):
		return &fault{exitInterrupted, errStuck}
	}
}

// guarded is what work returns, or the internal fault that ended it: Go's own exit code would be taken for wrong usage.
func guarded(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &fault{exitScript, fmt.Errorf("internal fault, please report it: %v", r)}
		}
	}()
	return work()
}

// sayWithin writes the last line of the command. When work was left behind it may be a stream that nobody reads that holds it,
// and the line is not waited for.
func sayWithin(err error, say func()) {
	if !errors.Is(err, errStuck) {
		say()
		return
	}
	said := make(chan struct{})
	go func() {
		say()
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(time.Second / 10):
	}
}
