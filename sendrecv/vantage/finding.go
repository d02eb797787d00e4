package vantage

import (
	"fmt"
	"math"
)

// decided is a verdict with its evidence.
func decided(v Verdict, evidence ...Evidence) Finding {
	return Finding{Verdict: v, Candidates: []Verdict{}, Evidence: evidence}
}

// inconclusive is no verdict, why, and the cheapest test that would tell more.
func inconclusive(next string, evidence ...Evidence) Finding {
	f := decided(Inconclusive, evidence...)
	f.Next = next
	return f
}

// reason is one piece of evidence.
func reason(says string, frames ...FrameRef) Evidence {
	if frames == nil {
		frames = []FrameRef{}
	}
	return Evidence{Says: says, Frames: frames}
}

// span writes a length of time, without its sign, as people read it.
func span(seconds float64) string {
	s := math.Abs(seconds)
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.0f µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.1f ms", s*1e3)
	}
	return fmt.Sprintf("%.1f s", s)
}

// complete is a finding whose captures are: with frames lost at a tap the verdict is only a candidate.
func (f Finding) complete(taps []Tap) Finding {
	for _, t := range taps {
		if t.Dropped == 0 {
			continue
		}
		said := reason(fmt.Sprintf("tap %s lost %d frames: what it does not show may have passed", t.Name, t.Dropped))
		f.Evidence = append([]Evidence{said}, f.Evidence...)
		if f.Verdict != Inconclusive {
			f.Candidates = []Verdict{f.Verdict}
			f.Verdict, f.Order, f.Next = Inconclusive, "", "capture again where fewer frames pass"
		}
	}
	return f
}
