package porttest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
)

// Run holds the ports that open makes against the contract of sendrecv.Port. It calls open once for each case.
func Run(t *testing.T, open func(t *testing.T) Rig) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := open(t)
			t.Cleanup(func() { r.Port.Close() })
			switch {
			case c.endless && r.Finite:
				t.Skip("a finite port is never silent")
			case c.finite && !r.Finite:
				t.Skip("this port has no end")
			}
			c.check(t, r)
		})
	}
}

// cases are the promises of the contract. An endless case needs a port that can be silent, a finite one a port that ends.
var cases = []struct {
	name            string
	endless, finite bool
	check           func(*testing.T, Rig)
}{
	{name: "the port introduces itself", check: introduces},
	{name: "frames are held from Listen on", check: heldFromListen},
	{name: "frames before Listen are not seen", endless: true, check: notBeforeListen},
	{name: "frames come oldest first in any batches", check: oldestFirst},
	{name: "frames leave in order", check: leaveInOrder},
	{name: "own frames are marked", check: ownMarked},
	{name: "frames carry link and stamp", check: stamped},
	{name: "each receiver sees all", check: eachSeesAll},
	{name: "the receiver owns its data", check: receiverOwns},
	{name: "the port keeps no slice", check: keepsNoSlice},
	{name: "silence is no error", endless: true, check: silence},
	{name: "no wait is no wait", endless: true, check: noWait},
	{name: "the context ends a wait", endless: true, check: contextEndsWait},
	{name: "an ended context sends nothing", check: contextStopsSend},
	{name: "the end of the file is io.EOF", finite: true, check: endOfFile},
	{name: "every frame is counted", check: counted},
	{name: "a closed receiver leaves the port open", check: closedReceiver},
	{name: "closing the receiver ends its wait", endless: true, check: closeEndsWait},
	{name: "closing the port keeps what has passed", endless: true, check: closeKeepsPassed},
	{name: "a closed port says so", check: closedPort},
	{name: "many may send at once", check: concurrentSend},
}

func introduces(t *testing.T, r Rig) {
	if r.Port.Name() == "" || r.Port.Link() == "" || r.Port.Clock() == nil {
		t.Errorf("got name %q, link %q, clock %v, want all three", r.Port.Name(), r.Port.Link(), r.Port.Clock())
	}
}

func heldFromListen(t *testing.T, r Rig) {
	rx := r.listen(t)
	r.Inject(r.Frame(0))
	r.send(t, r.Frame(1))
	got := r.order(r.take(t, rx, 2, 8))
	slices.Sort(got)
	wantNumbers(t, got, upTo(2))
}

func notBeforeListen(t *testing.T, r Rig) {
	first := r.listen(t)
	r.Inject(r.Frame(0))
	r.take(t, first, 1, 8)
	late := r.listen(t)
	r.Inject(r.Frame(1))
	wantNumbers(t, r.order(drain(t, late)), []int{1})
}

func oldestFirst(t *testing.T, r Rig) {
	for _, batch := range []int{1, 3, 64} {
		rx := r.listen(t)
		if batch == 1 || !r.Finite {
			r.Inject(r.frames(0, 10)...)
		}
		wantNumbers(t, r.order(r.take(t, rx, 10, batch)), upTo(10))
	}
}

func leaveInOrder(t *testing.T, r Rig) {
	r.send(t, r.frames(0, 10)...)
	r.send(t)
	r.send(t, r.Frame(10))
	wantNumbers(t, r.numbers(r.Sent()), upTo(11))
}

func ownMarked(t *testing.T, r Rig) {
	rx := r.listen(t)
	r.Inject(r.Frame(0))
	r.send(t, r.Frame(1))
	for _, f := range r.take(t, rx, 2, 8) {
		if n := r.number(f.Data); f.Out != (n == 1) {
			t.Errorf("frame %d: got Out %v", n, f.Out)
		}
	}
}

func stamped(t *testing.T, r Rig) {
	rx := r.listen(t)
	r.Inject(r.frames(0, 4)...)
	var last time.Time
	for _, f := range r.take(t, rx, 4, 8) {
		if f.Link != r.Port.Link() || f.Time.IsZero() || f.Time.Before(last) {
			t.Errorf("got link %q at %v after %v, want %q at a time not before", f.Link, f.Time, last, r.Port.Link())
		}
		last = f.Time
	}
}

func eachSeesAll(t *testing.T, r Rig) {
	one, two := r.listen(t), r.listen(t)
	r.Inject(r.frames(0, 5)...)
	wantNumbers(t, r.order(r.take(t, one, 5, 2)), upTo(5))
	wantNumbers(t, r.order(r.take(t, two, 5, 8)), upTo(5))
}

func receiverOwns(t *testing.T, r Rig) {
	one, two := r.listen(t), r.listen(t)
	r.Inject(r.frames(0, 2)...)
	kept := r.take(t, one, 2, 1)
	for i, f := range kept {
		if !bytes.Equal(f.Data, r.Frame(i)) {
			t.Errorf("frame %d changed when the next one was received", i)
		}
		clear(f.Data)
	}
	wantNumbers(t, r.order(r.take(t, two, 2, 8)), upTo(2))
}

func keepsNoSlice(t *testing.T, r Rig) {
	rx := r.listen(t)
	mine := r.Frame(0)
	r.send(t, mine)
	if !bytes.Equal(mine, r.Frame(0)) {
		t.Errorf("Send changed its argument: got %x, want %x", mine, r.Frame(0))
	}
	clear(mine)
	wantNumbers(t, r.order(r.take(t, rx, 1, 8)), []int{0})
	wantNumbers(t, r.numbers(r.Sent()), []int{0})
}

func silence(t *testing.T, r Rig) {
	rx, clock := r.listen(t), r.Port.Clock()
	drain(t, rx)
	before := clock.Now()
	n, err := rx.Receive(t.Context(), make([]sendrecv.Frame, 1), 20*time.Millisecond)
	if n != 0 || err != nil {
		t.Errorf("got %d, %v, want 0 and no error", n, err)
	}
	if waited := clock.Now().Sub(before); waited < 20*time.Millisecond {
		t.Errorf("waited %v on the port's clock, want 20ms", waited)
	}
}

func noWait(t *testing.T, r Rig) {
	rx := r.listen(t)
	drain(t, rx)
	if n, err := rx.Receive(t.Context(), make([]sendrecv.Frame, 1), 0); n != 0 || err != nil {
		t.Errorf("got %d, %v, want 0 and no error", n, err)
	}
}

func contextEndsWait(t *testing.T, r Rig) {
	rx := r.listen(t)
	drain(t, rx)
	ctx, cancel := context.WithCancel(t.Context())
	ended := receiveAsync(ctx, rx)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := <-receiveAsync(ctx, rx); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that had ended: got %v, want %v", err, context.Canceled)
	}
}

func contextStopsSend(t *testing.T, r Rig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := r.Port.Send(ctx, r.frames(0, 2)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d, %v, want 0 and %v", n, err, context.Canceled)
	}
	wantNumbers(t, r.numbers(r.Sent()), nil)
}

func endOfFile(t *testing.T, r Rig) {
	rx := r.listen(t)
	r.Inject(r.frames(0, 3)...)
	r.take(t, rx, 3, 2)
	for range 2 {
		if n, err := rx.Receive(t.Context(), make([]sendrecv.Frame, 1), patience); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("got %d, %v, want 0, %v", n, err, io.EOF)
		}
	}
}

func counted(t *testing.T, r Rig) {
	rx := r.listen(t)
	r.Inject(r.frames(0, 200)...)
	got := drain(t, rx)
	stats := rx.Stats()
	if stats.Received != uint64(len(got)) {
		t.Errorf("handed out %d frames, got Received %d", len(got), stats.Received)
	}
	if ours := len(r.order(got)); uint64(ours)+stats.Dropped < 200 {
		t.Errorf("of 200 frames got %d and Dropped %d, want no silent loss", ours, stats.Dropped)
	}
}

func closedReceiver(t *testing.T, r Rig) {
	gone, rx := r.listen(t), r.listen(t)
	closeTwice(t, gone)
	if _, err := ending(gone); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed receiver: got %v, want %v", err, net.ErrClosed)
	}
	r.Inject(r.Frame(0))
	wantNumbers(t, r.order(r.take(t, rx, 1, 8)), []int{0})
}

func closeEndsWait(t *testing.T, r Rig) {
	rx := r.listen(t)
	drain(t, rx)
	ended := receiveAsync(t.Context(), rx)
	closeTwice(t, rx)
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want %v", err, net.ErrClosed)
	}
}

func closeKeepsPassed(t *testing.T, r Rig) {
	rx := r.listen(t)
	r.send(t, r.frames(0, 2)...)
	closeTwice(t, r.Port)
	got, err := ending(rx)
	wantNumbers(t, r.order(got), upTo(2))
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want %v", err, net.ErrClosed)
	}
}

func closedPort(t *testing.T, r Rig) {
	rx := r.listen(t)
	closeTwice(t, r.Port)
	_, received := ending(rx)
	_, listened := r.Port.Listen(sendrecv.ListenOptions{})
	_, sent := r.Port.Send(t.Context(), r.frames(0, 1))
	for method, err := range map[string]error{"Receive": received, "Listen": listened, "Send": sent} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: got %v, want %v", method, err, net.ErrClosed)
		}
	}
}

func concurrentSend(t *testing.T, r Rig) {
	rx := r.listen(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for _, f := range r.frames(8*i, 8*i+8) {
				if n, err := r.Port.Send(t.Context(), [][]byte{f}); n != 1 || err != nil {
					t.Errorf("Send: got %d, %v, want 1 and no error", n, err)
				}
			}
		})
	}
	wg.Wait()
	got := r.order(r.take(t, rx, 32, 8))
	slices.Sort(got)
	wantNumbers(t, got, upTo(32))
}

// receiveAsync waits for frames without limit and yields the error that ends the wait.
func receiveAsync(ctx context.Context, rx sendrecv.Receiver) <-chan error {
	ended := make(chan error, 1)
	go func() {
		buf := make([]sendrecv.Frame, 1)
		for {
			if _, err := rx.Receive(ctx, buf, -1); err != nil {
				ended <- err
				return
			}
		}
	}()
	return ended
}

func closeTwice(t *testing.T, c io.Closer) {
	t.Helper()
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

func wantNumbers(t *testing.T, got, want []int) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got frames %v, want %v", got, want)
	}
}
