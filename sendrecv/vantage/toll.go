package vantage

import (
	"fmt"
	"slices"
)

// A toll is what became of probes between two taps.
type toll struct {
	seen []Probe // at the far tap too
	// local were answered, lost were not, and neither are at the far tap, although it shows segments of the same connection
	// and direction before and after.
	local, lost []Probe
	unknown     []Probe // nothing can be said of them
}

// toll sorts probes by what became of them. i is the number of the near tap: the place of its copy in a probe's list.
func (h *hop) toll(probes []Probe, i int) toll {
	var t toll
	for _, pr := range probes {
		n, p := h.probe(pr, i)
		switch {
		case len(pr.Seen) > i:
			t.seen = append(t.seen, pr)
		case p == nil || p.far == nil || !p.covers(n) || p.mayHold(n) || !p.fit(n) || p.answeredBeyond(pr, i):
			t.unknown = append(t.unknown, pr)
		case pr.Answer != nil:
			t.local = append(t.local, pr)
		default:
			t.lost = append(t.lost, pr)
		}
	}
	return t
}

// probe finds a probe's segment at the near tap of a hop, and the connection it belongs to; nil when that is not known.
func (h *hop) probe(pr Probe, i int) (*Segment, *pair) {
	at := pr.Frame
	if i > 0 {
		at = pr.Seen[i-1]
	}
	p := h.of[at.N]
	if p == nil {
		return nil, nil
	}
	i = slices.IndexFunc(p.near.segments, func(s *Segment) bool { return s.N == at.N })
	return p.near.segments[i], p
}

// covers says that a probe would be at the far tap if it had passed: that shows segments of the connection, in the same
// direction, before it and after it.
func (p *pair) covers(n *Segment) bool {
	earlier, later := false, false
	for _, f := range p.far.segments {
		if f.Dir == "out" && f.ICMP == "" {
			earlier = earlier || p.farBefore(f, n)
			later = later || p.farAfter(f, n)
		}
	}
	return earlier && later
}

// mayHold says that the far tap holds what may be a probe, unless the box is known to end TCP: such a one has keepalives of its
// own, which look the same.
func (p *pair) mayHold(n *Segment) bool {
	return p.same[n] != nil && p.path.Verdict != HandshakeOnSYNProxy && p.path.Verdict != AcceptFirstProxy
}

// fit says that a probe could travel as far as what passed: nothing in its headers ends its way sooner. A script sets a TTL of
// 1, or the address of a host that is not there, and its probe reaches nobody.
func (p *pair) fit(n *Segment) bool {
	for _, s := range p.near.segments {
		if s.Dir == "out" && s != n && s.ICMP == "" && s.Len > 1 && (n.TTL < s.TTL || n.MACs != s.MACs) {
			return false
		}
	}
	return n.TTL >= p.near.syn.TTL && n.MACs == p.near.syn.MACs
}

// answeredBeyond says that the answer to a probe is at the far tap too: the box did not give it.
func (p *pair) answeredBeyond(pr Probe, i int) bool {
	if pr.Answer == nil || i > 0 {
		return false
	}
	if !slices.ContainsFunc(p.candidates(), passes) {
		return false
	}
	for n := range p.same {
		if n.N == pr.Answer.N {
			return true
		}
	}
	return false
}

// absence names what shows that probes would have been seen.
func (h *hop) absence(probes []Probe, i int) Evidence {
	n, p := h.probe(probes[0], i)
	var first, last *Segment
	for _, f := range p.far.segments {
		if f.Dir == "out" && f.ICMP == "" && p.farBefore(f, n) {
			first = f
		}
		if f.Dir == "out" && f.ICMP == "" && last == nil && p.farAfter(f, n) {
			last = f
		}
	}
	return reason(fmt.Sprintf("%s of them passed while tap %s showed this connection, before and after, and none is there", share(len(probes), -1), h.far.Name),
		Claim{Is: Absent, Tap: h.far.Name}, slices.Concat(h.places(probes, i), p.far.ref(first, last))...)
}

// places are where probes passed the near tap.
func (h *hop) places(probes []Probe, i int) []FrameRef {
	var all []FrameRef
	for _, pr := range probes {
		if n, p := h.probe(pr, i); p != nil {
			all = append(all, p.near.ref(n)...)
		}
	}
	return all
}

// untied says that of none of the connections with probes it is known which far one carries it.
func (h *hop) untied(probes []Probe, i int) bool {
	return !slices.ContainsFunc(probes, func(pr Probe) bool {
		_, p := h.probe(pr, i)
		return p != nil && p.far != nil
	})
}

// whyUnknown says why the far tap proves nothing.
func (h *hop) whyUnknown(t toll) Evidence {
	for _, p := range h.pairs {
		if len(p.near.probes()) > 0 && p.far == nil {
			return p.others(h)
		}
	}
	claim := Claim{Is: Uncovered, Tap: h.far.Name, Count: len(t.unknown)}
	switch {
	case len(t.lost) > 1:
		return reason("nothing shows that the server was still there after the probes: a path that was cut looks alike", claim)
	case len(t.unknown) > 0:
		return reason(fmt.Sprintf("tap %s does not show the connection before and after %s, or holds what may be it: that proves nothing",
			h.far.Name, plural(len(t.unknown), "probe")), claim)
	case len(t.seen) > 0:
		return reason("some probes are at both taps and some are not", claim)
	}
	return reason("one probe is missing: a lost frame looks alike", claim)
}
