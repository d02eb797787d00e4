package porttest_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/porttest"
)

func TestSuiteAcceptsAPlainPort(t *testing.T) {
	porttest.Run(t, func(*testing.T) porttest.Rig {
		w := &wire{}
		return porttest.Rig{
			Port:   w,
			Inject: func(frames ...[]byte) { w.pass(false, frames...) },
			Sent:   func() [][]byte { return w.sent },
			Frame:  func(i int) []byte { return fmt.Appendf(nil, "frame %03d", i) },
		}
	})
}

// wire is the smallest port that keeps the contract: a list of queues.
type wire struct {
	mu     sync.Mutex
	queues []*queue
	sent   [][]byte
	closed bool
}

func (w *wire) Name() string          { return "wire" }
func (w *wire) Link() craft.Name      { return "Raw" }
func (w *wire) Clock() sendrecv.Clock { return sendrecv.SystemClock{} }

func (w *wire) Send(ctx context.Context, frames [][]byte) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return 0, net.ErrClosed
	}
	for _, f := range frames {
		w.sent = append(w.sent, bytes.Clone(f))
	}
	w.mu.Unlock()
	w.pass(true, frames...)
	return len(frames), nil
}

func (w *wire) pass(out bool, frames ...[]byte) {
	w.mu.Lock()
	queues := slices.Clone(w.queues)
	w.mu.Unlock()
	for _, f := range frames {
		for _, q := range queues {
			q.put(sendrecv.Frame{Time: time.Now(), Link: w.Link(), Data: bytes.Clone(f), Out: out})
		}
	}
}

func (w *wire) Listen(sendrecv.ListenOptions) (sendrecv.Receiver, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, net.ErrClosed
	}
	q := &queue{ready: make(chan struct{}, 1)}
	w.queues = append(w.queues, q)
	return q, nil
}

func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for _, q := range w.queues {
		q.Close()
	}
	return nil
}

// queue is a receiver without a limit.
type queue struct {
	mu     sync.Mutex
	frames []sendrecv.Frame
	count  uint64
	closed bool
	ready  chan struct{}
}

func (q *queue) put(f sendrecv.Frame) {
	q.mu.Lock()
	q.frames = append(q.frames, f)
	q.count++
	q.mu.Unlock()
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *queue) Receive(ctx context.Context, frames []sendrecv.Frame, wait time.Duration) (int, error) {
	for {
		if n, err := q.take(frames); n > 0 || err != nil {
			return n, err
		}
		if ok, err := (sendrecv.SystemClock{}).Wait(ctx, wait, q.ready); !ok {
			return 0, err
		}
	}
}

func (q *queue) take(frames []sendrecv.Frame) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := copy(frames, q.frames)
	q.frames = q.frames[n:]
	if n == 0 && q.closed {
		return 0, net.ErrClosed
	}
	return n, nil
}

func (q *queue) Stats() sendrecv.Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	return sendrecv.Stats{Received: q.count}
}

func (q *queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake()
	return nil
}
