package main

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// A reader of our output may leave before its end, as head does. The signal for that would end the process on the spot, and
// a capture that is being written would never get its name: here it ends the work as an interrupt does, and without a word.

// untilUnread does work with a context that ends when a stream is written to that nobody reads any more. A terminal is
// always read.
func untilUnread(ctx context.Context, s streams, work func(context.Context, streams) error) error {
	signal.Ignore(syscall.SIGPIPE) // the write says so
	ctx, end := context.WithCancel(ctx)
	defer end()
	var unread atomic.Bool
	for _, w := range []*io.Writer{&s.out, &s.err} {
		if r, ok := (*w).(io.Reader); !ok || !isTerminal(r) {
			*w = outlet{*w, func() {
				unread.Store(true)
				end()
			}}
		}
	}
	err := work(ctx, s)
	if unread.Load() {
		return &fault{code: exitUnread}
	}
	return err
}

// An outlet is a stream that tells when nobody reads it any more.
type outlet struct {
	io.Writer
	unread func()
}

// Write implements io.Writer.
func (o outlet) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		o.unread()
	}
	return n, err
}
