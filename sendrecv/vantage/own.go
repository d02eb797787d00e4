package vantage

import (
	"net/netip"
	"slices"

	"github.com/moonwire/moonwire/sendrecv"
)

// Verdicts of an experimenter's check: something holds, or it does not.
const (
	Pass Verdict = "pass"
	Fail Verdict = "fail"
)

// A Shown is a frame as a reader of a report sees it.
type Shown struct {
	// Time is when it passed, in seconds since 1970; 0 when that is not known.
	Time float64 `json:"time,omitempty"`
	// Summary is the frame on one line.
	Summary string `json:"summary"`
	// Hex are its bytes.
	Hex string `json:"hex"`
}

// Words are all words of the judge's. None of them is an experimenter's to give, but Inconclusive: it says that there is no verdict.
func Words() []Verdict {
	return []Verdict{HandshakeOnSYNProxy, AcceptFirstProxy, SYNProxy, PacketNAT, Routed, Dropped, Forwarded, AnsweredByMiddlebox, Swallowed, Unanswered, Inconclusive}
}

// Opinion is the finding of an experimenter, who has a word for it and reasons: not the judge's.
func Opinion(word Verdict, evidence ...Evidence) Finding {
	for i := range evidence {
		evidence[i].Frames = some(evidence[i].Frames)
	}
	if evidence == nil {
		evidence = []Evidence{}
	}
	return decided(word, evidence...)
}

// Checked is the finding that checks come to together: Pass when all of them hold. Those that failed come first.
func Checked(checks []Evidence) Finding {
	word, sorted := Pass, slices.Clone(checks)
	slices.SortStableFunc(sorted, func(a, b Evidence) int {
		switch {
		case a.Check == b.Check:
			return 0
		case a.Check == Fail:
			return -1
		}
		return 1
	})
	if len(sorted) > 0 && sorted[0].Check == Fail {
		word = Fail
	}
	return Opinion(word, sorted...)
}

// Numbers are those that Segments gives to the frames of a capture: the segment's number for each frame, 0 for one that is no segment
// of the server's.
func Numbers(frames []sendrecv.Frame, server netip.AddrPort) []int {
	numbers, n := make([]int, len(frames)), 0
	for i, f := range frames {
		if _, tunnelled, ok := read(f, server); ok && !tunnelled {
			n++
			numbers[i] = n
		}
	}
	return numbers
}
