package sendrecv

import (
	"context"
	"fmt"
	"time"
)

// Send sends each packet of the sequence once, at the pace of o, and returns how many frames left. It stops at the first
// error and when ctx ends.
func (s *Session) Send(ctx context.Context, seq *Sequence, o Options) (sent uint64, err error) {
	via, err := s.toward(seq)
	if err != nil {
		return 0, err
	}
	env := via.Env(ctx)
	clock := s.Clock()
	next := clock.Now()
	for i := uint64(0); i < seq.Len(); i++ {
		if err := s.pause(ctx, next.Sub(clock.Now())); err != nil {
			return sent, err
		}
		p := seq.At(i)
		wire, err := []byte(nil), s.leaves(p, via)
		if err == nil {
			wire, err = via.frame(p, env)
		}
		if err != nil {
			return sent, fmt.Errorf("packet %d (%s): %w", i+1, p.Summary(), err)
		}
		n, err := via.Port.Send(ctx, [][]byte{wire})
		sent += uint64(n)
		if err != nil {
			return sent, fmt.Errorf("packet %d (%s): %w", i+1, p.Summary(), err)
		}
		next = pace(next, o.gap(), clock.Now())
	}
	return sent, nil
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
