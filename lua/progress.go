package lua

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/moonwire/moonwire/lua/binding"
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
	began := time.Now()
	looked := began // when the last look found packets that had not left
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
			looked = now
			return text
		}
		return text + left(timeout-now.Sub(looked))
	})
}

// counting has a call that takes in packets shown on the terminal until over is called: how many count has been told of, and how
// much of its timeout is left, if it has one.
func (s *State) counting(name string, timeout time.Duration) (count, over func()) {
	if s.config.Progress == nil {
		return func() {}, func() {}
	}
	var n atomic.Int64
	began := time.Now()
	return func() { n.Add(1) }, s.shown(func(now time.Time) string {
		text := name + ": " + binding.Plural(int(n.Load()), "packet")
		if timeout > 0 {
			text += left(timeout - now.Sub(began))
		}
		return text
	})
}

// left says how much time there is left, in whole seconds; nothing when there is none.
func left(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	seconds := int((d + time.Second - 1) / time.Second)
	if seconds < 60 {
		return fmt.Sprintf(", %d s left", seconds)
	}
	return fmt.Sprintf(", %d min %d s left", seconds/60, seconds%60)
}

// shown shows what text says on the terminal, again and again, until over is called.
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
