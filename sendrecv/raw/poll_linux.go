package raw

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A poll waits until something can be read from a socket, on the runtime's poller. One goroutine waits at a time; end may
// be called by any.
type poll struct {
	conn     syscall.RawConn
	deadline func(time.Time) error

	mu    sync.Mutex
	ended bool
}

// past is a deadline that ends a wait at once.
func past() time.Time { return time.Unix(1, 0) }

// until calls try, which reads without waiting, at once and then whenever there may be something, until try is content, d
// (negative: without limit) has passed, or ctx ends: then the error is ctx's. After end it calls try once more and returns
// net.ErrClosed if that is not content. Call end before the socket is closed.
func (p *poll) until(ctx context.Context, d time.Duration, try func(fd int) bool) error {
	ended := p.hasEnded()
	var content bool
	err := p.conn.Control(func(fd uintptr) { content = try(int(fd)) })
	switch {
	case err != nil:
		return p.reason(err)
	case content:
		return nil
	case ended:
		return net.ErrClosed
	case d == 0 || ctx.Err() != nil:
		return ctx.Err()
	}
	err = p.wait(ctx, d, try)
	switch {
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return p.reason(err)
	case p.hasEnded():
		return p.until(ctx, 0, try)
	}
	return ctx.Err()
}

// wait waits for try to be content. The end of ctx and end show as a deadline that has passed.
func (p *poll) wait(ctx context.Context, d time.Duration, try func(fd int) bool) error {
	if err := p.arm(d); err != nil {
		return err
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = p.deadline(past()) // a closed socket ends the wait by itself
	})
	defer func() {
		if !stop() {
			<-done // or it would cut the next wait short
		}
	}()
	return p.conn.Read(func(fd uintptr) bool { return try(int(fd)) })
}

// arm sets when the wait ends.
func (p *poll) arm(d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ended:
		return p.deadline(past())
	case d < 0:
		return p.deadline(time.Time{})
	}
	return p.deadline(time.Now().Add(d))
}

// end ends a wait, and all later ones.
func (p *poll) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	_ = p.deadline(past()) // a closed socket ends the wait by itself
}

func (p *poll) hasEnded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// reason is the error of a wait: a file that is closed has one of its own, which only package os can name.
func (p *poll) reason(err error) error {
	if err != nil && p.hasEnded() {
		return net.ErrClosed
	}
	return err
}
