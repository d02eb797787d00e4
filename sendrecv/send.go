package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// Send sends each packet of the sequence once, at the pace of o, and returns how many frames left. It stops at the first
// error and when ctx ends; what a fence keeps back stops nothing, and the error counts it in the end.
func (s *Session) Send(ctx context.Context, seq *Sequence, o Options) (sent uint64, err error) {
	via, err := s.toward(seq)
	if err != nil {
		return 0, err
	}
	env := via.Env(ctx)
	clock := s.Clock()
	next := clock.Now()
	var kept keptBack
	for i := uint64(0); i < seq.Len(); i++ {
		if err := s.pause(ctx, next.Sub(clock.Now())); err != nil {
			return sent, kept.with(err)
		}
		p := seq.At(i)
		n, err := s.sendOne(ctx, p, via, env)
		sent += uint64(n)
		if err != nil {
			err = fmt.Errorf("packet %d (%s): %w", i+1, p.Summary(), err)
			if !errors.Is(err, ErrOutside) {
				return sent, kept.with(err)
			}
			kept.note(err)
			continue
		}
		next = pace(next, o.gap(), clock.Now())
	}
	return sent, kept.of(seq.Len())
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
	return via.Port.Send(ctx, [][]byte{wire})
}

// keptBack counts the packets that a fence kept back, and remembers why the first one was.
type keptBack struct {
	n   uint64
	err error
}

func (k *keptBack) note(err error) {
	if k.n++; k.err == nil {
		k.err = err
	}
}

// of is the error of a run of that many packets; nil when none was kept back.
func (k *keptBack) of(all uint64) error {
	if all == 1 || k.err == nil {
		return k.err
	}
	return fmt.Errorf("%d of %d packets could not be sent: %w", k.n, all, k.err)
}

// with is the error of a run that ended early, which says what was kept back until then.
func (k *keptBack) with(err error) error {
	if k.err == nil {
		return err
	}
	return fmt.Errorf("%w; before, %d packets were kept back: %s", err, k.n, k.err.Error())
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
