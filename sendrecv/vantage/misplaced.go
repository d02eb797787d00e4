package vantage

import (
	"fmt"
	"math"
	"slices"
)

// What can be said when the taps do not stand where they should: on one link, on both sides of a box, swapped, or on paths that have
// nothing in common.

// sameLink says that both taps saw the connection on one link: nothing lowered its TTL, and nothing shows that the link-layer
// addresses changed.
func (p *pair) sameLink() bool {
	if p.tie != byNumbers || p.near.client != p.far.client || p.apart() {
		return false
	}
	n, _ := p.unchanged(p.same)
	return n != nil
}

// unchanged is the first segment of the guest's connection that the far tap shows with the same TTL; nil when there is none.
func (p *pair) unchanged(twins map[*Segment]*Segment) (n, f *Segment) {
	for _, s := range p.near.segments {
		if f := twins[s]; f != nil && s.ICMP == "" && s.TTL != 0 && s.TTL == f.TTL {
			return s, f
		}
	}
	return nil, nil
}

// apart says that a box is seen to stand between two copies of a connection: it lowered the TTL of each segment, or gave the
// frames other link-layer addresses.
func (p *pair) apart() bool {
	changed := false
	for n, f := range p.once() {
		switch {
		case n.ICMP != "" || n.TTL == 0 || f.TTL == 0:
		case n.TTL != f.TTL || n.MACs != "" && f.MACs != "" && n.MACs != f.MACs:
			changed = true
		default:
			return false
		}
	}
	return changed
}

func (p *pair) oneLink() Finding {
	n, f := p.unchanged(p.same)
	return faulty(OneLink, fmt.Sprintf("open tap %s behind the box", p.far.tap),
		reason(fmt.Sprintf("taps %s and %s stand on one link: the segments have the same addresses and the same TTL at both", p.near.tap, p.far.tap),
			Claim{Is: OnOneLink}, p.refs(n, f)...))
}

// bothSides is the finding on a tap that sees the link before the box and the one behind it.
func (p *pair) bothSides() Finding {
	return faulty(BothSides, "capture on one interface, behind the box",
		reason(fmt.Sprintf("tap %s shows the guest's connection in two places: it sees both sides of the box", p.far.tap),
			Claim{Is: Misplaced, Tap: p.far.tap}, p.refs(p.near.syn, p.far.segments[0])...))
}

// misplaced says that the taps cannot be judged at all: they stand the other way round, or have nothing in common.
func (h *hop) misplaced() (Finding, bool) {
	for _, t := range []View{h.near, h.far} {
		if a, b := doubledByHop(t); a != nil {
			return faulty(BothSides, "capture on one interface of the box",
				reason(fmt.Sprintf("tap %s shows one segment twice, with another TTL: it sees both sides of a box", t.Name), Claim{Is: Twice},
					FrameRef{Tap: t.Name, N: a.N}, FrameRef{Tap: t.Name, N: b.N})), true
		}
	}
	for _, p := range h.pairs {
		if p.far != nil && (p.reversed() || p.impossible && p.confirmed() && (&pair{near: p.far, far: p.near, tie: p.tie}).inStep()) {
			return swapped(h, reason("what passed both taps passed each before the other", Claim{Is: Misplaced, Tap: p.far.tap},
				p.refs(p.near.segments[0], p.far.segments[0])...)), true
		}
		if p.far != nil {
			return Finding{}, false
		}
	}
	if why := newHop(h.far, h.near, h.fars, h.nears, h.look).fitsWhole(); why != nil {
		return swapped(h, *why), true
	}
	if h.unrelated() {
		return faulty(Unrelated, fmt.Sprintf("compare captures of one run, made by clocks less than %s apart", span(adrift)),
			reason(fmt.Sprintf("taps %s and %s show nothing in common: they were captured at different times, or by clocks that are more than %s apart",
				h.near.Name, h.far.Name, span(adrift)), Claim{Is: Misplaced, Tap: h.far.Name})), true
	}
	return Finding{}, false
}

// fitsWhole says that each answered connection of the near tap has its own at the far one, and by what the last is known; nil when
// that does not hold for all.
func (h *hop) fitsWhole() *Evidence {
	var why *Evidence
	for _, p := range h.pairs {
		if p.far == nil && p.near.answer() == nil && p.near.completed() == nil {
			continue
		}
		if p.far == nil || p.impossible || !p.inStep() || p.tie == byNumbers && !p.farAfter(p.far.syn, p.near.syn) {
			return nil
		}
		bond := p.bond()
		why = &bond
	}
	return why
}

// inStep says that one offset explains the stamps of what passed both taps just as they are, nothing taken for captured out of order.
func (p *pair) inStep() bool {
	low, high := math.Inf(-1), math.Inf(1)
	for _, x := range p.passages() {
		if apart := x.far.Time - x.near.Time; x.dir == "out" {
			high = min(high, apart)
		} else {
			low = max(low, apart)
		}
	}
	return low <= high+grain
}

// reversed says that the guest's own packets passed the far tap first on their way out, and the near one first on their way
// in.
func (p *pair) reversed() bool {
	if p.tie != byNumbers || !p.confirmed() || p.blind || p.near.synack == nil || p.near.synack.Time < p.near.syn.Time {
		return false
	}
	found := map[string]bool{}
	for n, f := range p.once() {
		apart := f.Time - n.Time
		if n.Dir == "in" {
			apart = -apart
		}
		if apart >= -grain {
			return false
		}
		found[n.Dir] = true
	}
	return found["out"] && found["in"]
}

// crossing is the longest that one segment takes from one side of a box to the other, in seconds.
const crossing = 5e-3

// doubledByHop finds a segment of the guest's that a tap shows twice, with a lower TTL and other link-layer addresses: before and
// behind a router. One may be somebody's copy, two are not; and what comes back may look so by itself, since a SYN proxy sends what
// the server then sends too.
func doubledByHop(t View) (a, b *Segment) {
	last, found := map[likeness]*Segment{}, map[likeness]bool{}
	for i := range t.Segments {
		s := &t.Segments[i]
		if s.Dir != "out" || s.ICMP != "" || s.TTL == 0 {
			continue
		}
		k := s.likeness()
		if p := last[k]; p != nil && p.TTL != s.TTL && !(p.TTL < s.TTL && p.Time < s.Time) &&
			(p.MACs != s.MACs || p.MACs == "") && s.Time-p.Time < crossing && p.Time-s.Time < crossing {
			found[k] = true
			if a, b = p, s; len(found) > 1 {
				return a, b
			}
		}
		last[k] = s
	}
	return nil, nil
}

func swapped(h *hop, why Evidence) Finding {
	return faulty(Swapped, fmt.Sprintf("exchange taps %s and %s: the one nearer to the guest comes first", h.near.Name, h.far.Name),
		reason(fmt.Sprintf("taps %s and %s look swapped: what is called the far one stands nearer to the guest", h.near.Name, h.far.Name),
			Claim{Is: Misplaced, Tap: h.far.Name}), why)
}

// unrelated says that both taps hold answered connections, of which none has anything of another's, at times that lie apart.
func (h *hop) unrelated() bool {
	if !steady(h.near) || !steady(h.far) {
		return false
	}
	answered := func(c *conn) bool { return c.answer() != nil }
	if !slices.ContainsFunc(h.nears, answered) || !slices.ContainsFunc(h.fars, answered) {
		return false
	}
	for _, p := range h.pairs {
		if p.far != nil || p.twice || p.more > 0 || slices.ContainsFunc(p.rivals, func(r *pair) bool { return len(r.weakBonds()) > 0 }) {
			return false
		}
	}
	n0, n1 := inOrder(h.near)[0].Time, until(View{Segments: h.near.Segments})
	f0, f1 := inOrder(h.far)[0].Time, until(View{Segments: h.far.Segments})
	return f0 > n1+adrift || n0 > f1+adrift
}
