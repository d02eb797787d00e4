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
	// Guarded says that the host's own TCP was kept away from the questions' source ports.
	Guarded bool
	// Unguarded tells why the host's own TCP was not kept away although it should have been; nil when it was.
	Unguarded error
}

// A Failure is a question that could not be sent.
type Failure struct {
	// Number is the question's.
	Number uint64
	// Err is why.
	Err error
}

// SR sends the packets of a sequence as questions and collects their answers. The receiver listens before the first packet leaves; a question is
// on file before it is sent. It returns when every question is answered (unless Multi), at the first answer (First),
// or when the timeout has passed after the last packet. A question that cannot be built, addressed or sent does not stop the
// others; when nothing at all can be sent, that is the error. When ctx ends or the port fails, SR returns what there is
// together with the error; when there is no way to the first destination or nothing to listen with, the Outcome is nil.
func (s *Session) SR(ctx context.Context, seq *Sequence, o Options) (*Outcome, error) {
	via, err := s.toward(seq)
	if err != nil {
		return nil, err
	}
	rx, err := via.Port.Listen(ListenOptions{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = rx.Close() }()
	e := &exchange{from: s, s: via, seq: seq, o: o, rx: rx, env: via.Env(ctx), table: newOutstanding(), out: &Outcome{Sequence: seq}}
	release := e.guard()
	defer release()
	for pass := 0; pass <= o.Retry; pass++ {
		if err = e.pass(ctx, pass); err != nil || e.finished() {
			break
		}
	}
	e.out.Asked = uint64(len(e.table.entries))
	e.out.Unanswered = e.table.unanswered()
	e.out.Dropped = rx.Stats().Dropped
	if err == nil && e.out.Sent == 0 && len(e.out.Failed) > 0 {
		err = e.out.Failed[0].Err
	}
	return e.out, err
}

// SR1 asks and returns the first answer; nil when none came, which is no error.
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
	from  *Session // that was asked
	s     *Session // that the packets leave through
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
	if e.o.NoGuard || e.s.Guard == nil {
		return release
	}
	ports := e.seq.tcpPorts()
	if len(ports) == 0 {
		return release
	}
	held, err := e.s.Guard.Hold(ports...)
	if err != nil {
		e.out.Unguarded = err
		return release
	}
	e.out.Guarded = true
	return held
}

// finished reports that no more answers are wanted.
func (e *exchange) finished() bool {
	return e.o.First && len(e.out.Pairs) > 0 || !e.o.Multi && e.table.open == 0
}

// pass sends every open question once and collects answers until the timeout after the last one.
func (e *exchange) pass(ctx context.Context, pass int) error {
	clock := e.s.Clock()
	gap := e.o.gap()
	next := clock.Now()
	for i := uint64(0); i < e.seq.Len(); i++ {
		if pass > 0 && !e.table.isOpen(i) {
			continue
		}
		if i%prepared == 0 {
			e.prepare(ctx, i)
		}
		q := e.build(i)
		if err := e.receive(ctx, next.Sub(clock.Now())); err != nil {
			return err
		}
		if e.o.First && len(e.out.Pairs) > 0 {
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
	clock := e.s.Clock()
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
	clock := e.s.Clock()
	until := clock.Now().Add(d)
	for {
		n, err := e.receiveOnce(ctx, max(until.Sub(clock.Now()), 0))
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil || n == 0 || e.o.First && len(e.out.Pairs) > 0 || !clock.Now().Before(until) {
			return err
		}
	}
}

// receiveOnce takes in one batch of frames.
func (e *exchange) receiveOnce(ctx context.Context, wait time.Duration) (int, error) {
	n, err := e.rx.Receive(ctx, e.buf[:], wait)
	for i := range e.buf[:n] {
		e.take(&e.buf[i])
	}
	return n, err
}

// take decides what one frame answers. Frames that left through this port are never answers.
func (e *exchange) take(f *Frame) {
	if f.Out {
		return
	}
	r := e.o.Protocols.Dissect(f.Data, f.Link)
	r.Time = f.Time
	exact, loose, anyones := craft.ReplyKeys(r)
	if e.answer(f, r, exact) {
		return
	}
	// Only a reply from a port that nobody asked may answer for another one.
	if loose != exact && !e.table.knows(exact) && e.answer(f, r, loose) {
		return
	}
	if e.table.knows(anyones) && e.answer(f, r, anyones) {
		return
	}
	e.out.Other++
}

// answer pairs the reply with the first open question under the key that it answers. An ICMP error goes to the question
// with the identification it quotes, if there is one: NATs may rewrite it, so it need not.
func (e *exchange) answer(f *Frame, r *craft.Packet, key craft.Key) bool {
	quote := r.Layer(craft.IPerror)
	found := candidate{at: none}
	for at := e.table.first(key); at != none; at = e.table.next(at, key) {
		c := e.candidate(at, r)
		if c.at == none || found.at != none && !c.quotedBy(quote) {
			continue
		}
		if found = c; quote == nil || c.quotedBy(quote) {
			break
		}
	}
	if found.at == none {
		return false
	}
	sent := time.Unix(0, e.table.entries[found.at].sent)
	found.q.Time = sent
	pair := Pair{Sent: found.q, Answer: found.reply, RTT: f.Time.Sub(sent)}
	e.table.answer(found.at, e.o.Multi)
	e.out.Pairs = append(e.out.Pairs, pair)
	if e.o.Answered != nil {
		e.o.Answered(pair)
	}
	return true
}

// A candidate is an open question that a reply answers; at is none when it does not.
type candidate struct {
	at       int32
	q, reply *craft.Packet
}

// quotedBy reports whether an ICMP error's quote has the question's identification.
func (c candidate) quotedBy(quote *craft.Layer) bool {
	return quote != nil && quote.Uint("id") == c.q.Layer(craft.IP).Uint("id")
}

// candidate makes the question of an entry again and holds the reply against it.
func (e *exchange) candidate(at int32, r *craft.Packet) candidate {
	if !e.table.entries[at].open {
		return candidate{at: none}
	}
	q := e.seq.At(uint64(at))
	if q.Resolve(e.env) != nil {
		return candidate{at: none}
	}
	reply := fromLayer(r, q.Layers()[0].Name())
	if reply == nil || !e.o.match()(reply, q) {
		return candidate{at: none}
	}
	return candidate{at, q, reply}
}

// fromLayer is the packet from its first layer of that protocol on; nil when it has none.
func fromLayer(p *craft.Packet, name craft.Name) *craft.Packet {
	for i, l := range p.Layers() {
		if l.Name() == name {
			if i == 0 {
				return p
			}
			return p.From(i)
		}
	}
	return nil
}
