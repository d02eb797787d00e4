package lab

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// An observer tells when the program has come to rest: no goroutine but the caller's has anything to do. Virtual time
// waits for that, so that whoever was woken by an answer acts on it at the time of the answer. Only goroutines outside the
// lab depend on it; what happens inside does not.
type observer struct {
	counts []metrics.Sample
	// patience is how long, in real time, a goroutine can hold virtual time back.
	patience time.Duration
}

const (
	// calm is how many looks in a row must find nobody at work: one alone can fall between two goroutines.
	calm = 4
	// longPatience gives a goroutine that waits for a processor of a busy machine the time to get one. Whoever exhausts it
	// is at work on something else: then patience halves, down to shortPatience, until the program rests again.
	longPatience  = 100 * time.Millisecond
	shortPatience = time.Millisecond
)

func newObserver() *observer {
	return &observer{
		counts: []metrics.Sample{
			{Name: "/sched/goroutines/running:goroutines"},
			{Name: "/sched/goroutines/runnable:goroutines"},
		},
		patience: longPatience,
	}
}

// settle lets every other goroutine run until it blocks, within patience.
func (o *observer) settle() {
	end := time.Now().Add(o.patience)
	for quiet := 0; quiet < calm; {
		running, runnable := o.look()
		if running <= 1 && runnable == 0 {
			quiet++
			continue
		}
		quiet = 0
		if time.Now().After(end) {
			o.patience = max(o.patience/2, shortPatience)
			return
		}
		// With nobody in the queue, yielding would only make an idle processor look for work, and look busy.
		if runnable > 0 {
			runtime.Gosched()
		}
	}
	o.patience = longPatience
}

// look counts the goroutines that run, the caller among them, and those that could.
func (o *observer) look() (running, runnable uint64) {
	metrics.Read(o.counts)
	return o.counts[0].Value.Uint64(), o.counts[1].Value.Uint64()
}
