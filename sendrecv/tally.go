package sendrecv

import "sync/atomic"

// A Tally counts what a run has done so far, for somebody who watches it: it can be read while the run goes on. A nil Tally counts
// nothing.
type Tally struct{ frames, answers atomic.Uint64 }

// Sent is how many frames have left.
func (t *Tally) Sent() uint64 { return t.frames.Load() }

// Answered is how many answers have come.
func (t *Tally) Answered() uint64 { return t.answers.Load() }

func (t *Tally) sent(n uint64) {
	if t != nil {
		t.frames.Add(n)
	}
}

func (t *Tally) answered() {
	if t != nil {
		t.answers.Add(1)
	}
}
