package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// Send sends each packet of the sequence once, at the pace of o, and returns how many frames left. A packet that cannot be
// built or addressed, that the port does not take (ErrFrame), or that a fence keeps back, does not stop the others: the error is
// then an *UnsentError, or for a single packet the reason itself. When ctx ends or the port fails, Send stops and returns that.
func (s *Session) Send(ctx context.Context, seq *Sequence, o Options) (sent uint64, err error) {
	via, err := s.toward(seq, o)
	if err != nil {
		return 0, err
	}
	env := via.Env(ctx)
	clock := s.Clock()
	next := clock.Now()
	failed := UnsentError{All: seq.Len()}
	for i := uint64(0); i < seq.Len(); i++ {
		via.prepare(ctx, seq, i, o)
		if err := s.pause(ctx, next.Sub(clock.Now())); err != nil {
			return sent, failed.with(err)
		}
		p := seq.At(i)
		n, err := 0, o.refuses(p)
		if err == nil {
			n, err = s.sendOne(ctx, p, via, env)
		}
		sent += uint64(n)
		o.Tally.sent(uint64(n))
		if err != nil {
			var broken portError
			fatal := errors.As(err, &broken) && !errors.Is(err, ErrOutside) && !errors.Is(err, ErrFrame)
			err = unsent(i, p, err)
			if fatal || ctx.Err() != nil || IsAway(err) {
				return sent, failed.with(err)
			}
			failed.note(Failure{i, err})
			continue
		}
		next = pace(next, o.gap(), clock.Now())
	}
	return sent, failed.err()
}

// sendOne sends one packet of a run that s began and whose packets leave through via.
func (s *Session) sendOne(ctx context.Context, p *craft.Packet, via *Session, env craft.Env) (int, error) {
	if err := s.leaves(p, via); err != nil {
		return 0, err
	}
	wire, err := via.frame(p, env)
	if err != nil {
		return 0, err
	}
	n, err := via.Port.Send(ctx, [][]byte{wire})
	if err != nil {
		err = portError{err}
	}
	return n, err
}

// A portError is the error of a port that was given a frame.
type portError struct{ error }

// Unwrap is the port's own error.
func (e portError) Unwrap() error { return e.error }

// unsent is the error of packet i of a run, with its number and summary.
func unsent(i uint64, p *craft.Packet, err error) error {
	return fmt.Errorf("packet %d (%s): %w", i+1, p.Summary(), err)
}

// mostFailures is how many failures an UnsentError keeps.
const mostFailures = 1 << 12

// An UnsentError is the error of a run in which some packets could not be sent; the others were.
type UnsentError struct {
	// Failed are the packets that were not sent, the first ones when there are very many.
	Failed []Failure
	// Count is how many there are.
	Count uint64
	// All is how many packets the run had.
	All uint64
}

// Error counts them, and says why the first one was not sent.
func (e *UnsentError) Error() string {
	return fmt.Sprintf("%d of %d packets could not be sent: %s", e.Count, e.All, e.Failed[0].Err)
}

// Unwrap is why each of them was not sent.
func (e *UnsentError) Unwrap() []error {
	all := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		all[i] = f.Err
	}
	return all
}

func (e *UnsentError) note(f Failure) {
	if e.Count++; len(e.Failed) < mostFailures {
		e.Failed = append(e.Failed, f)
	}
}

// err is the error of a run that came to its end.
func (e *UnsentError) err() error {
	switch {
	case e.Count == 0:
		return nil
	case e.All == 1:
		return e.Failed[0].Err
	}
	return e
}

// with is the error of a run that ended early, which says what could not be sent until then.
func (e *UnsentError) with(err error) error {
	if e.Count == 0 {
		return err
	}
	return fmt.Errorf("%w; before, %d packets were kept back: %s", err, e.Count, e.Failed[0].Err.Error())
}

// slack is how much of a delay is made up for by sending faster; after a longer one (a stalled resolution) the pace
// begins anew rather than ending in a burst.
const slack = 50 * time.Millisecond

// pace is when the packet after the one due at next may leave.
func pace(next time.Time, gap time.Duration, now time.Time) time.Time {
	next = next.Add(gap)
	if earliest := now.Add(-slack); next.Before(earliest) {
		return earliest
	}
	return next
}

// pause waits for d on the session's clock; not at all when d has passed already.
func (s *Session) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	_, err := s.Clock().Wait(ctx, d, nil)
	return err
}
