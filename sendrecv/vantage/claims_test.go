package vantage_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// checkFinding checks that a finding is whole and that every claim of its evidence holds for the frames it names. It reads
// nothing but the segments: the judge's own code has no part in it.
func checkFinding(t *testing.T, taps []vantage.View, f vantage.Finding) {
	t.Helper()
	if f.Candidates == nil || len(f.Evidence) == 0 || f.Verdict == vantage.Inconclusive && f.Next == "" {
		t.Errorf("want candidates, evidence and a next test:\n%s", show(f))
	}
	for _, e := range f.Evidence {
		if e.Frames == nil {
			t.Errorf("%q has nil frames", e.Says)
		}
		for _, r := range e.Frames {
			if !exists(taps, r) {
				t.Fatalf("%q points at %s %d, which does not exist", e.Says, r.Tap, r.N)
			}
		}
		if e.Claim == nil {
			t.Errorf("%q has no claim", e.Says)
			continue
		}
		if why := (claimed{taps, *e.Claim, e.Frames}).contradiction(); why != "" {
			t.Errorf("%q: %s\n%s", e.Says, why, show(f))
		}
	}
}

// A claimed is a claim with the frames it speaks of.
type claimed struct {
	taps   []vantage.View
	claim  vantage.Claim
	frames []vantage.FrameRef
}

// at is the n-th frame.
func (c claimed) at(n int) vantage.Segment {
	if n >= len(c.frames) {
		return vantage.Segment{}
	}
	return c.seg(c.frames[n])
}

func (c claimed) seg(r vantage.FrameRef) vantage.Segment { return c.tap(r.Tap).Segments[r.N-1] }

func (c claimed) tap(name string) vantage.View {
	for _, t := range c.taps {
		if t.Name == name {
			return t
		}
	}
	return vantage.View{}
}

// howMany counts the segments of a tap that are some.
func howMany(t vantage.View, some func(vantage.Segment) bool) int {
	n := 0
	for _, s := range t.Segments {
		if some(s) {
			n++
		}
	}
	return n
}

func is(s vantage.Segment, flags string) bool {
	for _, f := range flags {
		if !strings.ContainsRune(s.Flags, f) {
			return false
		}
	}
	return true
}

func isSYN(s vantage.Segment) bool {
	return s.Dir == "out" && is(s, "S") && !strings.ContainsAny(s.Flags, "AFR")
}

// together says that two segments of one tap have the same ends.
func together(a, b vantage.Segment) bool {
	return a.Src == b.Src && a.Dst == b.Dst || a.Src == b.Dst && a.Dst == b.Src
}

// contradiction says why the claim is false; "" when it holds.
func (c claimed) contradiction() string {
	rule, ok := relations[c.claim.Is]
	if !ok {
		return fmt.Sprintf("no test knows the relation %q", c.claim.Is)
	}
	if !rule(c) {
		return fmt.Sprintf("the claim %+v does not hold for %v", c.claim, c.frames)
	}
	return ""
}

// relations test each claim.
var relations = map[vantage.Relation]func(claimed) bool{
	vantage.IsSYN:        claimed.isSYN,
	vantage.SameISN:      func(c claimed) bool { return c.isn(0) == c.isn(1) },
	vantage.OtherISN:     func(c claimed) bool { return c.isn(0) != c.isn(1) },
	vantage.SameClient:   func(c claimed) bool { return client(c.at(0)) == client(c.at(1)) },
	vantage.OtherClient:  func(c claimed) bool { return client(c.at(0)) != client(c.at(1)) },
	vantage.Before:       func(c claimed) bool { return c.at(0).Time+c.claim.High < c.at(1).Time },
	vantage.NoAnswer:     func(c claimed) bool { return c.answers(c.at(0), c.frames[0].Tap) == 0 },
	vantage.Answered:     func(c claimed) bool { return c.at(1).Dir == "in" && together(c.at(0), c.at(1)) },
	vantage.Refused:      claimed.refused,
	vantage.OtherAnswer:  func(c claimed) bool { return kindOf(c.at(0)) != kindOf(c.at(1)) },
	vantage.Absent:       claimed.absent,
	vantage.Own:          claimed.absent,
	vantage.Empty:        func(c claimed) bool { return len(c.tap(c.claim.Tap).Segments) == 0 },
	vantage.SameStream:   claimed.sameStream,
	vantage.Several:      func(c claimed) bool { return c.claim.Count >= len(c.frames) && c.distinct() },
	vantage.Fate:         func(c claimed) bool { return c.claim.Forwarded+c.claim.Absorbed+c.claim.Originated > 0 },
	vantage.Tally:        claimed.tally,
	vantage.Took:         claimed.took,
	vantage.MoreSYNs:     claimed.moreSYNs,
	vantage.Completed:    func(c claimed) bool { return c.at(0).Dir == "out" && is(c.at(0), "A") && !is(c.at(0), "R") },
	vantage.NotCompleted: claimed.notCompleted,
	vantage.Nested:       claimed.nested,
	vantage.Tunnelled:    func(c claimed) bool { return c.tap(c.claim.Tap).Tunnelled == c.claim.Count },
	vantage.WrittenHere:  func(c claimed) bool { return c.all(func(s vantage.Segment) bool { return s.Forged }) },
	vantage.WrongSum:     func(c claimed) bool { return c.all(func(s vantage.Segment) bool { return s.Bad }) },
	vantage.Handshake:    claimed.handshake,
	vantage.InTime: func(c claimed) bool {
		return c.at(0).Time < c.at(1).Time && c.at(2).Time < c.at(3).Time && c.at(0).Dir == "out" && c.at(3).Dir == "in"
	},
	vantage.OnOneLink: func(c claimed) bool { return c.at(0).TTL == c.at(1).TTL && client(c.at(0)) == client(c.at(1)) },
	vantage.Heard: func(c claimed) bool {
		return c.at(1).Dir == "in" && c.at(2).Dir == "in" && c.at(1).Time > c.at(0).Time && c.frames[1].Tap != c.frames[2].Tap
	},
	vantage.Clocks:      func(c claimed) bool { return c.claim.Low <= c.claim.High+1e-5 },
	vantage.TapsOpen:    func(c claimed) bool { return len(c.taps) == c.claim.Count },
	vantage.Lost:        func(c claimed) bool { return int(c.tap(c.claim.Tap).Dropped) == c.claim.Count && c.claim.Count > 0 },
	vantage.NoSYN:       func(c claimed) bool { return howMany(c.tap(c.claim.Tap), isSYN) == 0 },
	vantage.NoBeginning: claimed.noBeginning,
	vantage.NothingLike: func(c claimed) bool { return isSYN(c.at(0)) && c.claim.Tap != c.frames[0].Tap },
	vantage.NoProbe:     func(c claimed) bool { return c.claim.Count == 0 && len(c.frames) == 0 },
	vantage.Uncovered:   func(c claimed) bool { return c.tap(c.claim.Tap).Name != "" },
	vantage.WireCut:     func(claimed) bool { return true }, // the marks say so, not the segments
	vantage.Found:       func(c claimed) bool { return c.tap(c.claim.Tap).Name != "" },
	vantage.Disagree:    func(c claimed) bool { return len(c.taps) > 1 },
	vantage.NoModel:     func(c claimed) bool { return len(c.taps) > 1 },
	vantage.Misplaced:   func(c claimed) bool { return c.tap(c.claim.Tap).Name != "" },
	vantage.Twice:       func(c claimed) bool { return c.at(0).Seq == c.at(1).Seq && c.at(0).TTL != c.at(1).TTL },
	vantage.Rivals:      func(c claimed) bool { return is(c.at(0), "SA") && c.several() },
	vantage.Ends:        func(c claimed) bool { return is(c.at(0), "F") || is(c.at(0), "R") },
	vantage.StillOpen: func(c claimed) bool {
		return howMany(c.tap(c.frames[0].Tap), func(s vantage.Segment) bool {
			return s.Dir == "out" && together(s, c.at(0)) && s.Time >= c.at(0).Time && is(s, "F")
		}) == 0
	},
}

func (c claimed) all(some func(vantage.Segment) bool) bool {
	for _, r := range c.frames {
		if !some(c.seg(r)) {
			return false
		}
	}
	return len(c.frames) > 0
}

func client(s vantage.Segment) string {
	if s.Dir == "out" {
		return s.Src.String()
	}
	return s.Dst.String()
}

// isn is the ISN of the claim's party that a frame tells: its SYN, or the acknowledgment of it.
func (c claimed) isn(n int) uint32 {
	s := c.at(n)
	if is(s, "S") && (s.Dir == "out") == (c.claim.Of == vantage.Client) {
		return s.Seq
	}
	return s.Ack - 1
}

// isSYN: the first frames are SYNs with the number, and the tap has as many from there, an incarnation of the ports aside.
func (c claimed) isSYN() bool {
	first := c.at(0)
	if !isSYN(first) || first.Seq != c.claim.Value {
		return false
	}
	named := 0
	for _, r := range c.frames {
		if s := c.seg(r); isSYN(s) && s.Seq == c.claim.Value {
			named++
		}
	}
	there := howMany(c.tap(c.frames[0].Tap), func(s vantage.Segment) bool {
		return isSYN(s) && s.Seq == c.claim.Value && together(s, first) && !s.Bad
	})
	return named == c.claim.Count && there >= named
}

// answers counts the SYN/ACKs, and what refuses, for a SYN at a tap.
func (c claimed) answers(syn vantage.Segment, tap string) int {
	return howMany(c.tap(tap), func(s vantage.Segment) bool {
		return s.Dir == "in" && together(s, syn) && s.Ack == syn.Seq+1 && is(s, "SA") && !s.Bad && !s.Forged
	})
}

func (c claimed) refused() bool {
	a, b := c.at(0), c.at(1)
	return isSYN(a) && b.Dir == "in" && together(a, b) && (b.ICMP != "" || is(b, "R") || is(b, "F")) && !is(b, "S")
}

func kindOf(s vantage.Segment) string {
	switch {
	case s.ICMP != "":
		return s.ICMP
	case is(s, "S"):
		return "S"
	case is(s, "R"):
		return "R"
	}
	return "F"
}

// absent: the tap that is spoken of holds nothing that is the first frame, numbers and all.
func (c claimed) absent() bool {
	x := c.at(0)
	return howMany(c.tap(c.claim.Tap), func(s vantage.Segment) bool {
		return s.Dir == x.Dir && s.Seq == x.Seq && s.Ack == x.Ack && s.Len == x.Len && s.Flags == x.Flags && s.ICMP == x.ICMP
	}) == 0
}

// noBeginning: the tap has a connection without a SYN before its first segment.
func (c claimed) noBeginning() bool {
	began := map[string]bool{}
	for _, s := range c.tap(c.claim.Tap).Segments {
		began[client(s)] = began[client(s)] || isSYN(s)
		if !began[client(s)] {
			return true
		}
	}
	return len(c.tap(c.claim.Tap).Segments) == 0
}

func (c claimed) sameStream() bool {
	a, b := c.at(0), c.at(1)
	return a.Dir == b.Dir && a.Len > 0 && b.Len > 0 && a.Sum == b.Sum
}

func (c claimed) distinct() bool {
	seen := map[vantage.FrameRef]bool{}
	for _, r := range c.frames {
		if seen[r] || r.Tap != c.claim.Tap {
			return false
		}
		seen[r] = true
	}
	return true
}

// tally: at the first tap as many of the frames travel out as there are probes, and as many in as were answered; the rest is at
// the tap that is spoken of.
func (c claimed) tally() bool {
	out, in, there := 0, 0, 0
	for _, r := range c.frames {
		switch s := c.seg(r); {
		case r.Tap == c.claim.Tap:
			there++
		case r.Tap == c.taps[0].Name && s.Dir == "out":
			out++
		case r.Tap == c.taps[0].Name:
			in++
		}
	}
	return out == c.claim.Count && in == c.claim.Answered && there == c.claim.Seen
}

// took: two frames of a tap and two of another, the second two further apart.
func (c claimed) took() bool {
	low, high := c.at(1).Time-c.at(0).Time, c.at(3).Time-c.at(2).Time
	return low < high && math.Abs(low-c.claim.Low) < 0.02 && math.Abs(high-c.claim.High) < 0.02
}

func (c claimed) moreSYNs() bool {
	n := map[string]int{}
	for _, r := range c.frames {
		if !isSYN(c.seg(r)) {
			return false
		}
		n[r.Tap]++
	}
	first, last := c.frames[0].Tap, c.frames[len(c.frames)-1].Tap
	return n[last] == c.claim.Count && n[last] > n[first]
}

func (c claimed) notCompleted() bool {
	x := c.at(0)
	isn := x.Seq
	if x.Dir == "in" {
		isn = x.Ack - 1
	}
	return howMany(c.tap(c.frames[0].Tap), func(s vantage.Segment) bool {
		return s.Dir == "out" && together(s, x) && is(s, "A") && !is(s, "S") && !is(s, "R") && s.Seq == isn+1 && !s.Bad &&
			c.answeredWith(s, isn)
	}) == 0
}

// answeredWith says that a segment acknowledges a SYN/ACK for an ISN, if the tap shows one.
func (c claimed) answeredWith(s vantage.Segment, isn uint32) bool {
	answered, same := false, false
	for _, x := range c.tap(c.frames[0].Tap).Segments {
		if x.Dir == "in" && is(x, "SA") && together(x, s) && x.Ack == isn+1 && !x.Bad && !x.Forged {
			answered, same = true, same || x.Seq+1 == s.Ack
		}
	}
	return !answered || same
}

func (c claimed) nested() bool {
	offset := c.claim.Low
	for i := 0; i+3 < len(c.frames); i += 4 {
		if c.at(i).Time >= c.at(i+1).Time-offset || c.at(i+1).Time >= c.at(i+2).Time || c.at(i+2).Time-offset >= c.at(i+3).Time {
			return false
		}
	}
	return len(c.frames) >= 8 && len(c.frames)%4 == 0
}

func (c claimed) handshake() bool {
	syn, answer, ack := c.at(0), c.at(1), c.at(2)
	return isSYN(syn) && is(answer, "SA") && answer.Ack == syn.Seq+1 && ack.Dir == "out" && ack.Ack == answer.Seq+1 && ack.Seq == syn.Seq+1
}

func (c claimed) several() bool {
	for _, r := range c.frames {
		if c.seg(r).Seq != c.at(0).Seq {
			return true
		}
	}
	return false
}

// judgedAgain sends taps through the JSON of a report: the numbers in it are all the judge needs.
func judgedAgain(t *testing.T, taps []vantage.View, marks []vantage.Mark) {
	t.Helper()
	b, err := json.Marshal(vantage.Result{Taps: taps, Marks: marks})
	if err != nil {
		t.Fatal(err)
	}
	var again vantage.Result
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(vantage.Path(taps, marks...), vantage.Path(again.Taps, again.Marks...), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("path, judged again: %s", diff)
	}
	if diff := cmp.Diff(vantage.Keepalive(taps, marks), vantage.Keepalive(again.Taps, again.Marks), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("keepalive, judged again: %s", diff)
	}
}
