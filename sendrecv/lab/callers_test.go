package lab

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

// TestLabsDoNotMeet runs the same experiment alone, and then in several labs at once beside a goroutine that never rests: no lab
// sees anything of the others.
func TestLabsDoNotMeet(t *testing.T) {
	eachNAT(t, func(t *testing.T, nat string) {
		alone := experiment(t, nat)
		spin(t, 1)
		for range 3 {
			t.Run("at once", func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(alone, experiment(t, nat)); diff != "" {
					t.Errorf("differs from a lab alone (-alone +at once):\n%s", diff)
				}
			})
		}
	})
}

// experiment describes all frames of a lab, to the byte and the nanosecond: of a lone SYN, and of a connection that is kept alive
// across a cut.
func experiment(t *testing.T, nat string) []string {
	b := newBench(t, Config{NAT: nat})
	b.send(segment{flags: syn}.packet())
	c := b.dial(article.EchoPort, net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 3})
	b.say(c, "hello")
	if got, err := hear(t.Context(), c, 5, time.Minute); got != "hello" || err != nil {
		t.Errorf("got %q, %v, want hello", got, err)
	}
	b.wait(10 * time.Second)
	b.cut("server")
	b.wait(time.Minute)
	var lines []string
	for _, tap := range []sendrecv.Receiver{b.guest, b.host} {
		for _, f := range b.seen(tap) {
			lines = append(lines, fmt.Sprintf("%d %v %x", f.Time.UnixNano(), f.Out, f.Data))
		}
	}
	return lines
}

// TestCallersAnswerInTime has a goroutine that joined send a ping for every answer to the last, while another one waits for a
// second: each ping leaves at the time of the answer.
func TestCallersAnswerInTime(t *testing.T) {
	b := newBench(t, Config{NAT: "none"})
	spin(t, 1)
	ping := func() (sent int, err error) {
		frame := frameOf(hardware(guestAddr), hardware(gatewayAddr), echoRequest(serverAddr, 64))
		return b.Port.Send(t.Context(), [][]byte{frame})
	}
	const roundTrip = 2 * (100*time.Microsecond + time.Millisecond + 4*time.Millisecond)
	var want, got []time.Duration
	for at := roundTrip; at < time.Second; at += roundTrip {
		want = append(want, at)
	}
	start := b.Clock().Now()
	own, done := b.lab.Join(t.Context())
	defer done()
	ctx, leave := b.lab.Join(t.Context())
	ctx, stop := context.WithCancel(ctx)
	var answering sync.WaitGroup
	answering.Go(func() {
		defer leave()
		frames := make([]sendrecv.Frame, 1)
		for err := error(nil); err == nil; {
			if _, err = b.guest.Receive(ctx, frames, -1); err == nil && !frames[0].Out {
				runtime.Gosched()
				got = append(got, b.Clock().Now().Sub(start))
				_, err = ping()
			}
		}
	})
	if _, err := ping(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Clock().Wait(own, time.Second, nil); err != nil {
		t.Fatal(err)
	}
	stop()
	answering.Wait()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("times of the answers (-want +got):\n%s", diff)
	}
}

// A goroutine that was woken at some time acts at that time, though another one waits for longer.
func TestWokenGoroutineIsNotOvertaken(t *testing.T) {
	for _, by := range []string{"the lab", "its limit", "another goroutine", "another goroutine, which closes", "its context"} {
		t.Run(by, func(t *testing.T) {
			c := newClock(false)
			spin(t, 1)
			start := c.Now()
			ready := make(chan struct{}, 1)
			ctx, leave := c.join(t.Context())
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			acted := make(chan time.Duration, 1)
			limit := time.Duration(-1)
			switch by {
			case "the lab":
				c.AfterFunc(time.Second, func() { c.wake(ready) })
			case "its limit":
				limit = time.Second
			case "another goroutine":
				c.AfterFunc(time.Second, func() { ready <- struct{}{} })
			case "another goroutine, which closes":
				c.AfterFunc(time.Second, func() { close(ready) })
			case "its context":
				c.AfterFunc(time.Second, cancel)
			}
			go func() {
				defer leave()
				c.Wait(ctx, limit, ready)
				for range 10 { // other goroutines get every chance to run ahead
					runtime.Gosched()
				}
				acted <- c.Now().Sub(start)
			}()
			c.Wait(t.Context(), time.Hour, nil)
			if got := <-acted; got != time.Second {
				t.Errorf("acted at %v, want 1s", got)
			}
		})
	}
}

// Callers of one lab wait for each other, and for whoever has called leave no more.
func TestLeave(t *testing.T) {
	c := newClock(false)
	start := c.Now()
	ctx, leave := c.join(t.Context())
	c.Wait(ctx, time.Second, nil)
	leave()
	leave()
	c.Wait(t.Context(), time.Second, nil)
	c.Wait(ctx, time.Second, nil) // under the context of a caller that has left
	if got := c.Now().Sub(start); got != 3*time.Second {
		t.Errorf("got %v, want 3s", got)
	}
	if c.atWork != 0 || len(c.waits) != 0 {
		t.Errorf("got %d callers at work and %d waits, want none", c.atWork, len(c.waits))
	}
}

// A value on a channel that comes with the limit, or after it, is not lost: this wait or the next one has it.
func TestReadyAtTheLimit(t *testing.T) {
	c := newClock(false)
	ready := make(chan struct{}, 1)
	c.AfterFunc(time.Second, func() { ready <- struct{}{} })
	first, _ := c.Wait(t.Context(), time.Second, ready)
	second, _ := c.Wait(t.Context(), 0, ready)
	if first == second {
		t.Errorf("got %v, then %v, want true once", first, second)
	}
}

// spin keeps n goroutines busy that have nothing to do with the lab, until the end of the test.
func spin(t *testing.T, n int) {
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for !stop.Load() {
			}
		})
	}
	t.Cleanup(func() {
		stop.Store(true)
		wg.Wait()
	})
}
