package sendrecv

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// A Pair is a question with one of its answers.
type Pair struct {
	// Sent is the question as it was sent: its addresses are filled, its Time is when it left.
	Sent *craft.Packet
	// Answer is the reply, from the layer that the question begins with.
	Answer *craft.Packet
	// RTT is the time from just before sending to the arrival's stamp.
	RTT time.Duration
}

// An Outcome is what a run of SR brought.
type Outcome struct {
	// Pairs are in the order the answers came.
	Pairs []Pair
	// Sequence is what was asked: each of its packets is a question, and its number there is the question's.
	Sequence *Sequence
	// Unanswered are the numbers of the questions that were sent and got no answer, in order: Sequence.At(Unanswered[i]).
	Unanswered []uint64
	// Failed are the questions that could not be sent, each with why: no route, no answer to ARP, an interface that is
	// down. They are neither answered nor unanswered.
	Failed []Failure
	// Asked is how many questions were tried: fewer than there are when the run was cut short, or the first answer was
	// enough.
	Asked uint64
	// Sent counts the frames that left, retries included.
	Sent uint64
	// Other counts the frames that arrived and answered nothing.
	Other uint64
	// Dropped counts the frames that the receiver lost; when it is not 0, silence proves nothing.
	Dropped uint64
	// Away says that the interface was down or gone at some moment of the run: then silence proves nothing either.
	Away bool
	// Full says that the run was cut short because Options.Full said that there is no room for more.
	Full bool
	// Guarded says that the host's own TCP was kept away from the questions' source ports.
	Guarded bool
	// Unguarded is why the host's own TCP could not be kept away; nil when it was, and when nothing asked for it.
	Unguarded error
}

// A Failure is a question that could not be sent.
type Failure struct {
	// Number is the question's.
	Number uint64
	// Err is why.
	Err error
}

// SR sends the packets of a sequence as questions and collects their answers. The receiver listens before the first packet
// leaves, and a question is noted before it is sent. SR returns when every question is answered (unless Multi), at the first
// answer (First), when there is no room for more (Full), or when the timeout has passed after the last packet. A question
// that cannot be built, addressed or sent does not stop the others; when no frame could be sent at all, that is the error.
// When ctx ends or the port fails, SR returns what it has together with the error (IsAway, when the interface is gone or
// stays down). The Outcome is nil when a fence keeps all of it back, and when there is nothing to listen with.
func (s *Session) SR(ctx context.Context, seq *Sequence, o Options) (*Outcome, error) {
	via, err := s.toward(seq, o)
	if err != nil {
		return nil, err
	}
	rx, err := via.Port.Listen(ListenOptions{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = rx.Close() }()
	e := &exchange{asked: s, via: via, seq: seq, o: o, rx: rx, env: via.Env(ctx), table: newOutstanding(), out: &Outcome{Sequence: seq}}
	release := e.guard()
	defer release()
	for pass := 0; pass <= o.Retry; pass++ {
		if err = e.pass(ctx, pass); err != nil || e.finished() {
			break
		}
	}
	e.out.Asked = uint64(len(e.table.entries))
	e.out.Unanswered = e.table.unanswered()
	stats := rx.Stats()
	e.out.Dropped, e.out.Away = stats.Dropped, stats.Away
	if err == nil && e.out.Sent == 0 && len(e.out.Failed) > 0 {
		err = e.out.Failed[0].Err
	}
	return e.out, err
}

// SR1 sends one packet, or the elements of its sets, and returns the first answer; nil when none came, which is no error.
func (s *Session) SR1(ctx context.Context, p *craft.Packet, o Options) (*craft.Packet, error) {
	seq, err := NewSequence(p)
	if err != nil {
		return nil, err
	}
	o.First = true
	out, err := s.SR(ctx, seq, o)
	if out == nil || len(out.Pairs) == 0 {
		return nil, err
	}
	return out.Pairs[0].Answer, nil
}

// An exchange is one run of SR. One goroutine sends and receives in turn, so there is nothing to lock and a run on a
// virtual clock is the same every time.
type exchange struct {
	asked *Session // the one that SR was called on
	via   *Session // the one whose port the packets leave through: asked, or another interface of its host
	seq   *Sequence
	o     Options
	rx    Receiver
	env   craft.Env
	table *outstanding
	out   *Outcome
	buf   [64]Frame
}

// guard holds the source ports, if there is a guard and it is wanted.
func (e *exchange) guard() (release func()) {
	release = func() {}
	if e.o.NoGuard || e.via.Guard == nil {
		return release
	}
	ports := e.seq.tcpPorts()
	if len(ports) == 0 {
		return release
	}
	held, err := e.via.Guard.Hold(ports...)
	if err != nil {
		e.out.Unguarded = err
		return release
	}
	e.out.Guarded = true
	if e.o.Held != nil {
		e.o.Held(ports)
	}
	return held
}

// finished reports that no more answers are wanted.
func (e *exchange) finished() bool {
	return e.enough() || !e.o.Multi && e.table.open == 0
}

// enough reports that nothing more is asked: the first answer is there, or there is no room for another.
func (e *exchange) enough() bool { return e.o.First && len(e.out.Pairs) > 0 || e.out.Full }

// pass sends every open question once and collects answers until the timeout after the last one.
func (e *exchange) pass(ctx context.Context, pass int) error {
	clock := e.via.Clock()
	gap := e.o.gap()
	next := clock.Now()
	for i := uint64(0); i < e.seq.Len(); i++ {
		if pass > 0 && !e.table.isOpen(i) {
			continue
		}
		e.via.prepare(ctx, e.seq, i, e.o)
		q := e.build(i)
		if err := e.receive(ctx, next.Sub(clock.Now())); err != nil {
			return err
		}
		if e.out.Full = e.out.Full || e.o.full(); e.enough() {
			return nil
		}
		if err := e.ask(ctx, q); err != nil {
			return err
		}
		next = pace(next, gap, clock.Now())
	}
	return e.collect(ctx)
}

// collect receives until everything is answered or the timeout has passed.
func (e *exchange) collect(ctx context.Context) error {
	clock := e.via.Clock()
	deadline := clock.Now().Add(e.o.timeout())
	for !e.finished() {
		wait := deadline.Sub(clock.Now())
		if e.o.timeout() < 0 {
			wait = -1
		} else if wait <= 0 {
			return nil
		}
		n, err := e.receiveOnce(ctx, wait)
		switch {
		case errors.Is(err, io.EOF):
			return nil // a capture file has no more to say
		case err != nil:
			return err
		case n == 0:
			return nil
		}
	}
	return nil
}

// receive takes in what comes until d has passed, and one batch of what is there already in any case: a port that is
// never silent must not keep the next packet from leaving.
func (e *exchange) receive(ctx context.Context, d time.Duration) error {
	clock := e.via.Clock()
	until := clock.Now().Add(d)
	for {
		n, err := e.receiveOnce(ctx, max(until.Sub(clock.Now()), 0))
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil || n == 0 || e.enough() || !clock.Now().Before(until) {
			return err
		}
	}
}

// receiveOnce takes in one batch of frames.
func (e *exchange) receiveOnce(ctx context.Context, wait time.Duration) (int, error) {
	n, err := e.rx.Receive(ctx, e.buf[:], wait)
	for i := range e.buf[:n] {
		e.take(&e.buf[i])
		e.out.Full = e.out.Full || e.o.full()
	}
	return n, err
}
