package vantage

import (
	"fmt"
	"net/netip"
	"slices"
)

// Path judges who ends the guest's TCP, from what the taps saw, nearest to the guest first. Each pair of neighbouring taps is
// judged, and the finding says between which two it happens. The order of a handshake-on-syn-proxy is told when the taps hold
// a SYN to a closed port too. A tap that lost frames leaves only candidates. What passed after the first mark with a Cut is
// not read, and nothing is when that cut was the guest's own wire.
func Path(views []View, marks ...Mark) Finding { return path(views, marks, nil) }

// path is Path; look is a Result's Look.
func path(views []View, marks []Mark, look func()) Finding {
	if cut := firstCut(marks); cut != nil {
		if guestCut(marks) {
			return cutOff()
		}
		views = before(views, cut.Time)
	}
	return compare(views, look).Path()
}

// cutOff is the finding on a path whose first wire was cut: what reaches the guest comes from nowhere.
func cutOff() Finding {
	return inconclusive("run again without cutting the guest's own wire",
		reason("the guest's own wire was cut: whatever the guest saw came from this side of the cut", Claim{Is: WireCut}))
}

func firstCut(marks []Mark) *Mark {
	for i := range marks {
		if marks[i].Cut != "" {
			return &marks[i]
		}
	}
	return nil
}

// GuestWire is what every session calls the guest's own wire.
const GuestWire = "guest"

func guestCut(marks []Mark) bool {
	return slices.ContainsFunc(marks, func(m Mark) bool { return m.Cut == GuestWire })
}

// before leaves out what passed from a moment on.
func before(views []View, moment float64) []View {
	all := slices.Clone(views)
	for i := range all {
		all[i].Segments = slices.DeleteFunc(slices.Clone(all[i].Segments), func(s Segment) bool { return s.Time >= moment })
		all[i].Until = min(all[i].Until, moment)
	}
	return all
}

// Path judges who ends the guest's TCP, as the function Path does.
func (c *Comparison) Path() Finding {
	return c.path().complete(c.views).withWarnings(c.views)
}

func (c *Comparison) path() Finding {
	switch {
	case len(c.views) == 0:
		return inconclusive("open a tap at the guest and one behind the middlebox", reason("there is no tap", Claim{Is: TapsOpen}))
	case !slices.ContainsFunc(c.conns[0], func(n *conn) bool { return n.syn != nil }):
		return inconclusive("send one SYN while the taps are open",
			reason(fmt.Sprintf("tap %s shows no SYN of the guest's: nothing tells how a connection begins", c.views[0].Name),
				Claim{Is: NoSYN, Tap: c.views[0].Name}))
	case len(c.views) == 1:
		return oneView(c.conns[0])
	}
	for _, h := range c.hops {
		if h.wrong != nil {
			return *h.wrong
		}
	}
	f := agreed(c.byGuest(func(p *pair) Finding { return c.pathOf(p) }))
	for _, h := range c.hops {
		if f.Verdict == HandshakeOnSYNProxy && slices.Equal(f.Between, h.between()) {
			f.addOrder(h.pairs)
		}
	}
	return f
}

// byGuest judges each connection of the first tap and joins what was found of those that come from one address. A tap may see
// several guests: what holds for one need not for another, so that a guest of whom nothing is known leaves nothing known.
func (c *Comparison) byGuest(judge func(*pair) Finding) []Finding {
	var guests []netip.Addr
	of := map[netip.Addr][]Finding{}
	for _, n := range c.conns[0] {
		if a := n.client.Addr(); !slices.Contains(guests, a) {
			guests = append(guests, a)
		}
	}
	for _, p := range c.hops[0].pairs {
		a := p.near.client.Addr()
		of[a] = append(of[a], judge(p))
	}
	var all []Finding
	for _, a := range guests {
		f := inconclusive(fmt.Sprintf("capture at tap %s before the connection begins", c.views[0].Name),
			reason(fmt.Sprintf("tap %s does not show how the connection from %s begins", c.views[0].Name, a), Claim{Is: NoBeginning, Tap: c.views[0].Name}))
		if of[a] != nil {
			f = agreed(of[a])
		}
		if f.Verdict == Inconclusive && f.Fault == "" {
			return []Finding{f}
		}
		all = append(all, f)
	}
	return all
}

// pathOf judges one connection of the guest's between each two neighbours, as far as it can be followed.
func (c *Comparison) pathOf(p *pair) Finding {
	var all []Finding
	for _, h := range c.hops {
		if p == nil {
			f := inconclusive(fmt.Sprintf("open tap %s before the connection begins", h.near.Name),
				reason(fmt.Sprintf("tap %s does not show how the guest's connection begins", h.near.Name), Claim{Is: NoBeginning, Tap: h.near.Name}))
			all = append(all, f)
			break
		}
		all = append(all, p.path)
		if p.far == nil {
			break
		}
		p = c.next(p.far)
	}
	return along(c.hops, all)
}

// next is the pair whose near connection is another's far one; nil when there is none.
func (c *Comparison) next(far *conn) *pair {
	for _, h := range c.hops {
		for _, p := range h.pairs {
			if p.near == far {
				return p
			}
		}
	}
	return nil
}

// along joins what was found between each two neighbours: what was not seen may hide anything, and of the rest what ends the
// guest's TCP counts most.
func along(hops []*hop, all []Finding) Finding {
	best := 0
	for i, f := range all {
		if rank(f.Verdict) > rank(all[best].Verdict) {
			best = i
		}
	}
	f := all[best]
	f.Between = hops[best].between()
	if len(hops) == 1 {
		return f
	}
	evidence := []Evidence{reason(fmt.Sprintf("this stands between %s and %s", f.Between[0], f.Between[1]), Claim{Is: Found, Tap: f.Between[1]})}
	evidence = append(evidence, f.Evidence...)
	for i := range all {
		if i != best {
			evidence = append(evidence, reason(fmt.Sprintf("between %s and %s: %s", hops[i].near.Name, hops[i].far.Name, all[i].Verdict),
				Claim{Is: Found, Tap: hops[i].far.Name}))
		}
	}
	f.Evidence = evidence
	return f
}

// between names the taps of a hop.
func (h *hop) between() []string { return []string{h.near.Name, h.far.Name} }

// rank orders findings along a path: a part that was not seen hides anything, then comes what ends TCP, what rewrites, what
// routes.
func rank(v Verdict) int {
	switch v {
	case Inconclusive:
		return 3
	case Routed:
		return 0
	case PacketNAT:
		return 1
	}
	return 2
}

// oneView judges a single tap, which never decides.
func oneView(guest []*conn) Finding {
	c := guest[slices.IndexFunc(guest, func(c *conn) bool { return c.syn != nil })]
	f := inconclusive(fmt.Sprintf("capture behind the middlebox too: one tap cannot tell whose answer %s shows", c.tap),
		c.asked(), reason(fmt.Sprintf("only tap %s is open", c.tap), Claim{Is: TapsOpen, Count: 1}))
	f.Candidates = c.unseen()
	return f
}

// unseen are the candidates when nothing is known of what is upstream: whatever can have given the guest what it got.
func (c *conn) unseen() []Verdict {
	switch {
	case c.synack != nil || c.completed() != nil:
		return []Verdict{AcceptFirstProxy, SYNProxy, HandshakeOnSYNProxy, PacketNAT, Routed}
	case c.refused != nil && c.refused.ICMP != "":
		return []Verdict{AcceptFirstProxy, SYNProxy, HandshakeOnSYNProxy, PacketNAT, Routed, Dropped}
	case c.refused != nil:
		return []Verdict{HandshakeOnSYNProxy, PacketNAT, Routed, Dropped}
	case c.stray != nil:
		return []Verdict{}
	}
	return []Verdict{Dropped}
}

// find judges one connection of the guest's.
func (p *pair) find(h *hop) Finding {
	switch {
	case p.near.contested || p.far != nil && p.far.contested:
		return p.forgedAnswer()
	case p.twice:
		return p.bothSides()
	case p.far == nil:
		return p.untied(h)
	case p.sameLink():
		return p.oneLink()
	}
	vs := p.candidates()
	if len(vs) == 1 && slices.Contains(p.clean, vs[0]) && p.fits(vs[0]) {
		return p.decide(vs[0])
	}
	f := inconclusive(p.nextTest(vs), p.near.asked(), p.far.upstream(), p.bond())
	f.Candidates = vs
	if len(vs) == 0 {
		f.Candidates = []Verdict{}
		f.Evidence = append(f.Evidence, reason("no box that is known here explains what the taps hold", Claim{Is: NoModel}))
	}
	f.Evidence = append(f.Evidence, felled(p.fallen)...)
	f.Evidence = append(f.Evidence, p.clockSays())
	return f
}

// fits says that a box which is said to pass packets is seen to pass some. With one side's own number any acknowledgment will do;
// where both are others it must be more than the handshake, which a box can answer itself.
func (p *pair) fits(v Verdict) bool {
	if v == Routed || v == PacketNAT && sameISN(Client)(p) == nil && sameISN(Server)(p) == nil || !passes(v) {
		return true
	}
	numbered := p.confirmed() || v == PacketNAT && sameISN(Client)(p) == nil
	for n := range p.same {
		if n.ICMP == "" && !n.has('S') && !n.has('R') && n.has('A') && (numbered || n != p.near.completed()) {
			return true
		}
	}
	return false
}

// decide is the verdict, what the taps show of it, and what felled the others.
func (p *pair) decide(v Verdict) Finding {
	f := decided(v, p.headline(v)...)
	f.Evidence = append(f.Evidence, felled(p.fallen)...)
	f.Evidence = append(f.Evidence, p.bond())
	if v == HandshakeOnSYNProxy && p.near.completed() == nil && p.far.completed() != nil {
		f.Evidence = append(f.Evidence, p.upstreamEnd())
	}
	f.Evidence = append(f.Evidence, p.fate(v), p.clockSays())
	return f
}

// passes says that a box of this kind lets the guest's own segments through.
func passes(v Verdict) bool { return v == Routed || v == PacketNAT || v == SYNProxy }
