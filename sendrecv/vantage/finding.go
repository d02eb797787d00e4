package vantage

import (
	"fmt"
	"math"
	"slices"
	"strings"
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

// faulty is no verdict because of the taps themselves.
func faulty(fault Fault, next string, evidence ...Evidence) Finding {
	f := inconclusive(next, evidence...)
	f.Fault = fault
	return f
}

// reason is one piece of evidence.
func reason(says string, claim Claim, frames ...FrameRef) Evidence {
	return Evidence{Says: says, Claim: &claim, Frames: some(frames)}
}

// some makes an empty list of none.
func some(frames []FrameRef) []FrameRef {
	if frames == nil {
		return []FrameRef{}
	}
	return frames
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

// plural is "1 probe", "2 probes".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// words names a segment by its flags: "SYN/ACK".
func (s *Segment) words() string {
	if s.ICMP != "" {
		return "ICMP " + s.ICMP
	}
	var w []string
	for i, name := range []string{"SYN", "RST", "FIN", "ACK"} {
		if s.has("SRFA"[i]) {
			w = append(w, name)
		}
	}
	if len(w) == 0 {
		return "a segment without flags"
	}
	return strings.Join(w, "/")
}

// complete is a finding whose captures are: with frames lost at a tap the verdict is only a candidate.
func (f Finding) complete(views []View) Finding {
	for _, t := range views {
		if t.Dropped == 0 {
			continue
		}
		said := reason(fmt.Sprintf("tap %s lost %s: what it does not show may have passed", t.Name, plural(int(t.Dropped), "frame")),
			Claim{Is: Lost, Tap: t.Name, Count: int(t.Dropped)})
		f.Evidence = append([]Evidence{said}, f.Evidence...)
		if f.Verdict != Inconclusive {
			f.Candidates = []Verdict{f.Verdict}
			f.Verdict, f.Order, f.Next = Inconclusive, "", "capture again where fewer frames pass"
		}
	}
	return f
}

// withWarnings tells of segments that are not counted: written here in the server's name, damaged, or inside a tunnel.
func (f Finding) withWarnings(views []View) Finding {
	for _, t := range views {
		var forged, bad []FrameRef
		for _, s := range t.Segments {
			ref := FrameRef{Tap: t.Name, N: s.N}
			switch {
			case s.Forged:
				forged = append(forged, ref)
			case s.Bad:
				bad = append(bad, ref)
			}
		}
		if t.Tunnelled > 0 {
			f.Evidence = append(f.Evidence, reason(fmt.Sprintf("%s at tap %s passed inside a tunnel: not counted; capture at the tunnel's own interface",
				plural(t.Tunnelled, "segment"), t.Name), Claim{Is: Tunnelled, Tap: t.Name, Count: t.Tunnelled}))
		}
		if len(forged) > 0 {
			f.Evidence = append(f.Evidence, reason(fmt.Sprintf("%s at tap %s written here in the server's name, or copied from such: no answer, not counted",
				plural(len(forged), "segment"), t.Name), Claim{Is: WrittenHere}, forged...))
		}
		if len(bad) > 0 {
			f.Evidence = append(f.Evidence, reason(fmt.Sprintf("%s at tap %s with a wrong checksum: no host's TCP took it, not counted",
				plural(len(bad), "segment"), t.Name), Claim{Is: WrongSum}, bad...))
		}
	}
	return f
}

// agreed is the one verdict of several connections. Those that say nothing give way, unless what they leave possible excludes
// it.
func agreed(all []Finding) Finding {
	best := all[0]
	for _, f := range all[1:] {
		switch {
		case f.Fault != "" && best.Fault == "":
			best = f
		case best.Fault != "":
		case best.Verdict == Inconclusive && f.Verdict == Inconclusive:
			if f.tellsMore(best) {
				best = f
			}
		case f.Verdict == best.Verdict:
		case best.Verdict == Inconclusive && best.allows(f.Verdict):
			best = f
		case f.Verdict == Inconclusive && f.allows(best.Verdict):
		default:
			return disagreement(best, f)
		}
	}
	return best
}

// tellsMore says that a finding without a verdict leaves less possible than another. That a SYN was perhaps lost is nothing
// against a connection that was answered.
func (f Finding) tellsMore(other Finding) bool {
	lost := func(f Finding) bool { return slices.Contains(f.Candidates, Dropped) }
	switch {
	case len(f.Candidates) == 0 || len(other.Candidates) == 0:
		return len(f.Candidates) > 0
	case lost(f) != lost(other):
		return lost(other)
	}
	return len(f.Candidates) < len(other.Candidates)
}

// allows says that a finding without a verdict does not speak against one. A guest that nothing answered says nothing: its
// SYN may have been lost.
func (f Finding) allows(v Verdict) bool {
	return len(f.Candidates) == 0 || slices.Contains(f.Candidates, v) || slices.Contains(f.Candidates, Dropped)
}

func disagreement(a, b Finding) Finding {
	f := inconclusive("judge one connection at a time",
		reason(fmt.Sprintf("the connections disagree: one shows %s, another %s", a.word(), b.word()), Claim{Is: Disagree}))
	for _, x := range []Finding{a, b} {
		for _, v := range x.possible() {
			if !slices.Contains(f.Candidates, v) {
				f.Candidates = append(f.Candidates, v)
			}
		}
	}
	f.Evidence = append(append(f.Evidence, a.Evidence...), b.Evidence...)
	return f
}

// possible are the verdict, or the candidates where there is none.
func (f Finding) possible() []Verdict {
	if f.Verdict != Inconclusive {
		return []Verdict{f.Verdict}
	}
	return f.Candidates
}

// word is the verdict, or the candidates where there is none.
func (f Finding) word() string { return list(f.possible(), " or ") }

// list joins verdicts.
func list(vs []Verdict, with string) string {
	var parts []string
	for _, v := range vs {
		parts = append(parts, string(v))
	}
	return strings.Join(parts, with)
}
