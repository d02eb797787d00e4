package lab

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestEventsRunInOrder(t *testing.T) {
	c := newClock(false)
	start := c.Now()
	var got []string
	note := func(s string) func() { return func() { got = append(got, s+" "+c.Now().Sub(start).String()) } }
	c.AfterFunc(2*time.Second, note("b"))
	c.AfterFunc(time.Second, note("a"))
	c.AfterFunc(2*time.Second, note("c"))
	gone := c.AfterFunc(time.Second, note("never"))
	moved := c.AfterFunc(time.Second, note("d"))
	c.AfterFunc(5*time.Second, note("beyond"))
	if !gone.Stop() || gone.Stop() {
		t.Error("Stop: want true once, then false")
	}
	moved.Reset(3 * time.Second)
	if _, err := c.Wait(t.Context(), 4*time.Second, nil); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a 1s", "b 2s", "c 2s", "d 3s"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if now := c.Now().Sub(start); now != 4*time.Second {
		t.Errorf("after a wait of 4s: got %v", now)
	}
}

func TestWait(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	closed := make(chan struct{})
	close(closed)
	for _, c := range []struct {
		name  string
		ctx   context.Context
		limit time.Duration
		ready <-chan struct{}
		ok    bool
		err   error
		took  time.Duration
	}{
		{"a sleep", t.Context(), time.Minute, nil, false, nil, time.Minute},
		{"no time", t.Context(), 0, nil, false, nil, 0},
		{"ready at once", t.Context(), time.Minute, closed, true, nil, 0},
		{"ready, without limit", t.Context(), -1, closed, true, nil, 0},
		{"ended context", ended, time.Minute, nil, false, context.Canceled, 0},
		{"ended context, without limit", ended, -1, nil, false, context.Canceled, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock(false)
			start := clock.Now()
			ok, err := clock.Wait(c.ctx, c.limit, c.ready)
			if took := clock.Now().Sub(start); ok != c.ok || !errors.Is(err, c.err) || took != c.took {
				t.Errorf("got %v, %v after %v, want %v, %v after %v", ok, err, took, c.ok, c.err, c.took)
			}
		})
	}
}

func TestTimeStandsStillWhileNobodyWaits(t *testing.T) {
	c := newClock(false)
	var fired atomic.Bool
	c.AfterFunc(0, func() { fired.Store(true) })
	c.do(func() {})
	if fired.Load() {
		t.Error("an event ran though nobody waited")
	}
}

// Many wait at once: each must see exactly its own times, whoever steps the clock, and though goroutines that are busy with
// something else keep them from their processor.
func TestManyWaiters(t *testing.T) {
	c := newClock(false)
	start := c.Now()
	spin(t, 1)
	var wg sync.WaitGroup
	_, begin := c.join(t.Context()) // time stands still until all have joined
	for i := range 8 {
		ctx, leave := c.join(t.Context())
		wg.Go(func() {
			defer leave()
			for n := range 50 {
				c.Wait(ctx, time.Duration(i+1)*time.Second, nil)
				if got, want := c.Now().Sub(start), time.Duration((i+1)*(n+1))*time.Second; got != want {
					t.Errorf("waiter %d, wait %d: woke at %v, want %v", i, n, got, want)
					return
				}
			}
		})
	}
	begin()
	wg.Wait()
}

// A wait without limit ends when another goroutine says so, and costs no processor until then.
func TestWaitWithoutLimit(t *testing.T) {
	c := newClock(false)
	ready := make(chan struct{}, 1)
	done := make(chan bool)
	go func() {
		ok, _ := c.Wait(t.Context(), -1, ready)
		done <- ok
	}()
	c.AfterFunc(time.Second, func() { c.wake(ready) })
	if ok := <-done; !ok {
		t.Error("got false, want true")
	}
}

func BenchmarkLoneSYN(b *testing.B) {
	for b.Loop() {
		l, err := New(Config{})
		if err != nil {
			b.Fatal(err)
		}
		s := l.Session()
		s.Port.Send(b.Context(), [][]byte{frameOf(hardware(guestAddr), hardware(gatewayAddr), segment{flags: syn}.packet())})
		s.Clock().Wait(b.Context(), 5*time.Second, nil)
		l.Close()
	}
}
