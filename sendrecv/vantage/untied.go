package vantage

import (
	"fmt"
	"math"
	"slices"
)

// What can be said when no far connection is known to be the guest's, or when the taps do not stand where they should.

// untied is the finding when nothing shows which far connection is the guest's, or that none is.
func (p *pair) untied(h *hop) Finding {
	f := inconclusive("", p.near.asked(), p.others(h))
	f.Candidates = p.near.unseen()
	var down []fallen
	for _, r := range p.rivals {
		if len(p.rivals) > 1 && len(f.Candidates) > 4 { // nothing is left to add
			break
		}
		o := r.try()
		for _, v := range words(o.stand) {
			if !slices.Contains(f.Candidates, v) {
				f.Candidates = append(f.Candidates, v)
			}
		}
		down = o.fallen
	}
	if len(p.rivals) == 1 {
		down = slices.DeleteFunc(down, func(m fallen) bool { return slices.Contains(f.Candidates, m.verdict) })
		f.Evidence = append(f.Evidence, felled(down)...)
		f.Evidence = append(f.Evidence, p.rivals[0].weakBonds()...)
		f.Evidence = append(f.Evidence, p.rivals[0].clockSays())
	}
	if p.refuted != nil {
		r := p.refuted.ends()
		f.Evidence = append(f.Evidence, reason("the same bytes passed at times that one clock for both taps does not allow", Claim{Is: SameStream},
			p.refuted.refs(r[0].near, r[0].far)...))
	}
	f.Next = p.nextUntied()
	return f
}

// others says what the far tap holds instead.
func (p *pair) others(h *hop) Evidence {
	switch {
	case len(p.rivals) == 0 && len(h.fars) == 0:
		return reason(fmt.Sprintf("tap %s holds no segment of the server's: what it does not show proves nothing", h.far.Name), Claim{Is: Empty, Tap: h.far.Name})
	case len(p.rivals) == 0:
		return reason(fmt.Sprintf("tap %s shows nothing that could be this connection", h.far.Name), Claim{Is: NothingLike, Tap: h.far.Name}, p.near.ref(p.near.syn)...)
	}
	var first []FrameRef
	for _, r := range p.rivals {
		first = append(first, r.far.ref(r.far.segments[0])...)
	}
	n := len(first) + p.more
	says := fmt.Sprintf("at tap %s %d connections could be this one, and nothing tells which is", h.far.Name, n)
	if n == 1 {
		says = fmt.Sprintf("at tap %s one connection could be this one, from %s, and nothing shows that it is", h.far.Name, p.rivals[0].far.client)
	}
	return reason(says, Claim{Is: Several, Tap: h.far.Name, Count: n}, first...)
}

// weakBonds says what two connections have in common that is not enough to take one for the other's.
func (p *pair) weakBonds() []Evidence {
	var all []Evidence
	n, ok1 := p.near.isn(Client)
	f, ok2 := p.far.isn(Client)
	if ok1 && ok2 && n == f {
		all = append(all, reason(fmt.Sprintf("both SYNs have ISN %d: that alone does not tie them, since a script may choose it in every run", n),
			Claim{Is: SameISN, Of: Client}, p.refs(p.near.shows(Client), p.far.shows(Client))...))
	}
	if p.alike() {
		x := p.ends()[0]
		why := fmt.Sprintf("%d out and %d in, of which a run of a script may hold as many; %d each way are needed unless one clock stamped both taps",
			p.near.sent["out"].total(), p.near.sent["in"].total(), distinct)
		switch {
		case !p.close():
			why = fmt.Sprintf("but the clocks would be more than %s apart: that may be another run", span(adrift))
		case p.broken || p.doubtful:
			why = "but at times that contradict each other"
		}
		all = append(all, reason("the same bytes passed at both taps, "+why, Claim{Is: SameStream}, p.refs(x.near, x.far)...))
	}
	return all
}

// nextUntied is the cheapest test that would tie a far connection to the guest's.
func (p *pair) nextUntied() string {
	n := p.near
	switch {
	case n.stray != nil:
		return "wait until that connection is forgotten, or ask from another source port"
	case len(p.rivals) > 1:
		return "run again on fresh ports while nobody else talks to the server"
	case p.refuted != nil || len(p.rivals) == 1 && p.rivals[0].broken:
		return fmt.Sprintf("do not take the clocks for one (leave out clock=one), and set them less than %s apart", span(adrift))
	case len(p.rivals) == 1 && p.rivals[0].alike() && !p.rivals[0].close():
		return fmt.Sprintf("set the clocks of both taps less than %s apart, or capture on one clock (compare ... clock=one says that they were)", span(adrift))
	case len(p.rivals) == 1 && !p.one:
		return fmt.Sprintf("capture both sides on one clock (compare ... clock=one says that they were), or let %d bytes or more pass in both directions", distinct)
	case n.synack != nil && n.completed() == nil:
		return "check that the far tap is on the path, then complete the handshake and send data: whatever dials the server then shows itself"
	case n.synack != nil || n.completed() != nil:
		return "check that the far tap is on the path, and let data pass in both directions"
	case n.refused != nil:
		return "send a SYN to an open port"
	}
	return "check that the far tap is on the path, then send a SYN from another source port and wait 12 s"
}

// nextTest is the cheapest test that leaves one of the candidates.
func (p *pair) nextTest(vs []Verdict) string {
	has := func(v Verdict) bool { return slices.Contains(vs, v) }
	switch {
	case p.near.answer() == nil && p.near.completed() == nil:
		return "send a SYN to an open port"
	case len(vs) == 0:
		return "capture again, both directions and every frame, on fresh ports"
	case len(vs) == 1:
		return "capture again: a frame is missing, or more than one connection is needed"
	case has(HandshakeOnSYNProxy) && has(AcceptFirstProxy):
		return "send one SYN and do not complete it: only a proxy that dials on the SYN then completes a handshake upstream"
	case has(HandshakeOnSYNProxy) && has(PacketNAT) && p.near.completed() != nil:
		return "send keepalive probes: they cross a packet NAT one by one, and a proxy answers them itself"
	case has(HandshakeOnSYNProxy) && has(PacketNAT) && p.near.refused != nil:
		return "send a SYN to an open port"
	case has(SYNProxy) && has(PacketNAT):
		return "complete the handshake half a second after the SYN/ACK: a SYN proxy dials only then"
	case !p.one:
		return "capture both sides on one clock (compare ... clock=one says that they were)"
	}
	return "complete the handshake half a second after the SYN/ACK, and send data"
}

// forgedAnswer is the finding on a connection with several SYN/ACKs that contradict each other.
func (p *pair) forgedAnswer() Finding {
	c := p.near
	if !c.contested {
		c = p.far
	}
	var answers []*Segment
	for _, s := range c.segments {
		if s.Dir == "in" && s.has('S') && s.has('A') {
			answers = append(answers, s)
		}
	}
	f := inconclusive("run again from another source port",
		reason(fmt.Sprintf("tap %s shows SYN/ACKs of different numbers for one SYN, and nothing tells which is true", c.tap), Claim{Is: Rivals}, c.ref(answers...)...))
	f.Candidates = p.near.unseen()
	return f
}

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
	for _, t := range []Tap{h.near, h.far} {
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
	if why := newHop(h.far, h.near, h.fars, h.nears).fitsWhole(); why != nil {
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
func doubledByHop(t Tap) (a, b *Segment) {
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
	n0, n1 := inOrder(h.near)[0].Time, until(Tap{Segments: h.near.Segments})
	f0, f1 := inOrder(h.far)[0].Time, until(Tap{Segments: h.far.Segments})
	return f0 > n1+adrift || n0 > f1+adrift
}
