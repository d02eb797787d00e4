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
