package sendrecv_test

import (
	"context"
	"io"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

var (
	guest  = netip.MustParseAddr("192.0.2.1")
	server = netip.MustParseAddr("192.0.2.2")
	router = netip.MustParseAddr("192.0.2.254")

	nowhere = netip.MustParseAddr("198.51.100.1")
)

// A wire is a port whose far end is a function, and its clock: time moves only when somebody waits.
type wire struct {
	now     time.Time
	queue   []sendrecv.Frame // what will arrive, by time
	sent    []sendrecv.Frame
	answer  func(p *craft.Packet) []reply
	failAt  int  // fail the nth Send, counted from 1
	finite  bool // nothing more will come once the queue is empty
	busy    bool // something always comes, 1 ms apart
	onSend  func()
	release int // how often a guard was released
	held    []uint16
	denied  error
}

type reply struct {
	after time.Duration
	p     *craft.Packet
	out   bool
}

func newWire(answer func(p *craft.Packet) []reply) *wire {
	return &wire{now: time.Unix(1000, 0), answer: answer}
}

func (w *wire) session() *sendrecv.Session {
	return &sendrecv.Session{Name: "test", Port: w, Routes: w, Guard: w}
}

func (w *wire) Name() string          { return "test" }
func (w *wire) Link() craft.Name      { return layers.IP }
func (w *wire) Clock() sendrecv.Clock { return w }
func (w *wire) Listen(sendrecv.ListenOptions) (sendrecv.Receiver, error) {
	return w, nil
}
func (w *wire) Close() error                     { return nil }
func (w *wire) Stats() sendrecv.Stats            { return sendrecv.Stats{} }
func (w *wire) Now() time.Time                   { return w.now }
func (w *wire) Virtual() bool                    { return true }
func (w *wire) Hold(p ...uint16) (func(), error) { w.held = p; return func() { w.release++ }, w.denied }
func (w *wire) Route(dst netip.Addr) (sendrecv.Route, error) {
	if dst == nowhere {
		return sendrecv.Route{}, craft.ErrNoRoute
	}
	return sendrecv.Route{Source: guest, NextHop: router}, nil
}

func (w *wire) Wait(ctx context.Context, d time.Duration, _ <-chan struct{}) (bool, error) {
	w.now = w.now.Add(d)
	return false, ctx.Err()
}

func (w *wire) Send(_ context.Context, frames [][]byte) (int, error) {
	for _, f := range frames {
		if w.failAt--; w.failAt == 0 {
			return 0, io.ErrShortWrite
		}
		w.sent = append(w.sent, sendrecv.Frame{Time: w.now, Data: f})
		if w.onSend != nil {
			w.onSend()
		}
		if w.answer == nil {
			continue
		}
		for _, r := range w.answer(craft.Dissect(f, layers.IP)) {
			data, err := craft.Build(r.p, nil)
			if err != nil {
				return 0, err
			}
			w.queue = append(w.queue, sendrecv.Frame{Time: w.now.Add(r.after), Link: layers.IP, Data: data, Out: r.out})
		}
		slices.SortStableFunc(w.queue, func(a, b sendrecv.Frame) int { return a.Time.Compare(b.Time) })
	}
	return len(frames), nil
}

func (w *wire) Receive(ctx context.Context, frames []sendrecv.Frame, wait time.Duration) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if w.busy {
		w.now = w.now.Add(time.Millisecond)
		frames[0] = sendrecv.Frame{Time: w.now, Link: layers.IP, Data: []byte("noise")}
		return 1, nil
	}
	if len(w.queue) == 0 && w.finite {
		return 0, io.EOF
	}
	if len(w.queue) > 0 && (wait < 0 || !w.queue[0].Time.After(w.now.Add(wait))) {
		if w.queue[0].Time.After(w.now) {
			w.now = w.queue[0].Time
		}
		frames[0], w.queue = w.queue[0], w.queue[1:]
		return 1, nil
	}
	w.now = w.now.Add(wait)
	return 0, nil
}

// synAck answers every SYN as a listener does, after 10 ms.
func synAck(q *craft.Packet) []reply {
	return []reply{{10 * time.Millisecond, back(q, "SA"), false}}
}

// back is a TCP segment in answer to q.
func back(q *craft.Packet, flags string) *craft.Packet {
	tcp := q.Layer(layers.TCP)
	return craft.Stack(
		layers.IP.New("src", q.Layer(layers.IP).Addr("dst"), "dst", q.Layer(layers.IP).Addr("src")),
		layers.TCP.New("sport", tcp.Uint("dport"), "dport", tcp.Uint("sport"), "flags", flags, "seq", 7, "ack", tcp.Uint("seq")+1))
}

func syn(pairs ...any) *craft.Packet {
	return craft.Stack(layers.IP.New("dst", server), layers.TCP.New(append([]any{"sport", 1000, "flags", "S"}, pairs...)...))
}

// between is syn with its source given.
func between(src netip.Addr, pairs ...any) *craft.Packet {
	p := syn(pairs...)
	if err := p.Layer(layers.IP).Set("src", src); err != nil {
		panic(err)
	}
	return p
}

func sequence(t *testing.T, packets ...*craft.Packet) *sendrecv.Sequence {
	t.Helper()
	q, err := sendrecv.NewSequence(packets...)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
