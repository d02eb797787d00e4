package lua

import (
	"fmt"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
)

// Progress of a call is shown once it takes longer than patience, and then every refresh.
const patience, refresh = time.Second, 250 * time.Millisecond

// progress has a call that sends the packets of q shown on the terminal until the function it returns is called. It counts in the
// tally that it puts into o. What waits for answers says until when.
func (s *State) progress(name string, q *sendrecv.Sequence, o *sendrecv.Options, waits bool) (over func()) {
	if s.config.Progress == nil {
		return func() {}
	}
	t := &sendrecv.Tally{}
	o.Tally = t
	all, timeout := q.Len(), time.Duration(0)
	if waits {
		timeout = max(waited(*o), 0)
	}
	began, last := time.Now(), time.Time{} // when the last packet had left
	return s.shown(func(now time.Time) string {
		sent := t.Sent()
		text := fmt.Sprintf("%s: %d of %d sent", name, min(sent, all), all)
		if waits {
			text += fmt.Sprintf(", %d answered", t.Answered())
		}
		elapsed := now.Sub(began)
		if sent < all {
			rate := float64(sent) / elapsed.Seconds()
			text += fmt.Sprintf(", %.0f/s", rate)
			if sent > 0 {
				text += left(time.Duration(float64(all-sent)/rate*float64(time.Second)) + timeout)
			}
			return text
		}
		if last.IsZero() {
			last = now
		}
		return text + left(timeout-now.Sub(last))
	})
}

// left says how much time there is left, in whole seconds.
func left(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf(", %s left", (d + time.Second - 1).Truncate(time.Second))
}

// shown shows what text says on the terminal, again and again, until over is called. A clock that is not the wall's needs no
// progress: its time takes none.
func (s *State) shown(text func(now time.Time) string) (over func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		wait := time.NewTimer(patience)
		defer wait.Stop()
		for {
			select {
			case <-stop:
				return
			case now := <-wait.C:
				s.config.Progress(text(now))
				wait.Reset(refresh)
			}
		}
	}()
	return func() {
		close(stop)
		<-done
		s.config.Progress("")
	}
}
