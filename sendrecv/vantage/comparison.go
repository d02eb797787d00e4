package vantage

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// A Comparison is a number of views taken apart and aligned, once: what the judge and a report read. It does not change and may
// be used by several goroutines.
type Comparison struct {
	views []View
	conns [][]*conn // of each tap
	hops  []*hop    // between each two neighbours
	// forwarded maps each segment that passed between neighbours to itself at the other tap.
	forwarded map[FrameRef][]FrameRef
	probes    []Probe
}

// Compare takes views apart and aligns them, nearest to the guest first; no two have the same name. It keeps the views, which
// must not change any more.
func Compare(views []View) *Comparison { return compare(views, nil) }

// compare is Compare; look is a Result's Look.
func compare(views []View, look func()) *Comparison {
	if look == nil {
		look = func() {}
	}
	c := &Comparison{views: views, forwarded: map[FrameRef][]FrameRef{}}
	for _, t := range views {
		c.conns = append(c.conns, connections(t))
	}
	for i := 1; i < len(views); i++ {
		h := newHop(views[i-1], views[i], c.conns[i-1], c.conns[i], look)
		h.judge()
		c.hops = append(c.hops, h)
		for _, p := range h.pairs {
			c.align(p)
		}
	}
	if len(views) > 0 {
		c.findProbes()
	}
	return c
}

// align notes which segments of a pair passed.
func (c *Comparison) align(p *pair) {
	for n, f := range p.passed() {
		near, far := p.near.ref(n)[0], p.far.ref(f)[0]
		c.forwarded[near] = append(c.forwarded[near], far)
		c.forwarded[far] = append(c.forwarded[far], near)
	}
}

// passed maps the near segments that are at the far tap too. Through a box that ends TCP nothing passes, however alike two
// segments look: a keepalive of the middlebox has the same place in its own sequence space.
func (p *pair) passed() map[*Segment]*Segment {
	if p.far == nil || p.twice {
		return nil
	}
	vs := p.candidates()
	if p.tie != byNumbers && (len(vs) == 0 || slices.ContainsFunc(vs, func(v Verdict) bool { return !passes(v) })) {
		return nil
	}
	if slices.Contains(vs, SYNProxy) {
		return p.crossed(SYNProxy)
	}
	return p.twins()
}

// candidates are the verdicts that the pair leaves possible.
func (p *pair) candidates() []Verdict {
	return slices.DeleteFunc(words(p.outcome.stand), func(v Verdict) bool { return v == Dropped })
}

// A Connection is one TCP connection of the guest's, with what was found of it alone.
type Connection struct {
	// Client and Server are its ends as the first tap shows them.
	Client netip.AddrPort `json:"client"`
	// Server is the server's end.
	Server netip.AddrPort `json:"server"`
	// Upstream is the client's end at the second tap; the zero value when nothing there is known to be this connection.
	Upstream netip.AddrPort `json:"upstream,omitzero"`
	// First is its first segment.
	First FrameRef `json:"first"`
	// Path is what Path finds of it.
	Path Finding `json:"path"`
	// Keepalive is what Keepalive finds of it.
	Keepalive Finding `json:"keepalive"`
}

// Connections judges the guest's connections one by one, in the order they began. There must be two taps or more.
func (c *Comparison) Connections(marks []Mark) []Connection {
	all := []Connection{}
	if len(c.hops) == 0 {
		return all
	}
	for _, p := range c.hops[0].pairs {
		x := Connection{Client: p.near.client, Server: p.near.server, First: p.near.ref(p.near.segments[0])[0], Path: c.pathOf(p)}
		if p.far != nil {
			x.Upstream = p.far.client
		}
		if x.Path.Verdict == HandshakeOnSYNProxy {
			x.Path.addOrder(nil)
		}
		x.Keepalive = c.alone(p).keepalive(marks)
		all = append(all, x)
	}
	return all
}

// alone is the comparison of one connection of the guest's: nothing of the others speaks in it.
func (c *Comparison) alone(p *pair) *Comparison {
	one := *c
	one.conns = append([][]*conn{{p.near}}, c.conns[1:]...)
	one.hops = slices.Clone(c.hops)
	for i, h := range c.hops {
		only := *h
		if only.pairs = nil; p != nil {
			only.pairs = []*pair{p}
		}
		one.hops[i] = &only
		if p != nil && p.far != nil {
			p = c.next(p.far)
		} else {
			p = nil
		}
	}
	first := c.hops[0]
	one.probes = slices.DeleteFunc(slices.Clone(c.probes), func(pr Probe) bool { return first.of[pr.Frame.N] != one.hops[0].pairs[0] })
	return &one
}

// Forwarded says that a segment is at a neighbouring tap too: it passed what stands between.
func (c *Comparison) Forwarded(at FrameRef) bool { return len(c.forwarded[at]) > 0 }

// At gives the same segment at the neighbouring taps that it passed; nil when there is none.
func (c *Comparison) At(at FrameRef) []FrameRef {
	all := slices.Clone(c.forwarded[at])
	slices.SortFunc(all, func(a, b FrameRef) int { return cmp.Or(strings.Compare(a.Tap, b.Tap), a.N-b.N) })
	return all
}

// Probes finds the guest's keepalive probes, in the order they passed the first tap.
func (c *Comparison) Probes() []Probe { return slices.Clone(c.probes) }

// findProbes follows each probe from tap to tap.
func (c *Comparison) findProbes() {
	for _, n := range c.conns[0] {
		for _, x := range n.probes() {
			p := Probe{Frame: n.ref(x.probe)[0], Time: x.probe.Time}
			if x.answer != nil {
				p.Answer = &n.ref(x.answer)[0]
			}
			for at := p.Frame; ; {
				next, ok := c.beyond(at)
				if !ok {
					break
				}
				p.Seen = append(p.Seen, next)
				at = next
			}
			c.probes = append(c.probes, p)
		}
	}
	slices.SortStableFunc(c.probes, func(a, b Probe) int { return a.Frame.N - b.Frame.N })
}

// beyond is the same segment at the next tap away from the guest.
func (c *Comparison) beyond(at FrameRef) (FrameRef, bool) {
	i := slices.IndexFunc(c.views, func(t View) bool { return t.Name == at.Tap })
	for _, r := range c.forwarded[at] {
		if i+1 < len(c.views) && r.Tap == c.views[i+1].Name {
			return r, true
		}
	}
	return FrameRef{}, false
}
