package vantage

import "slices"

// A hop is what stands between two neighbouring taps: their connections, and which of the far ones carries which near one.
type hop struct {
	near, far   View
	nears, fars []*conn
	pairs       []*pair // one for each near connection whose SYN is in view
	look        func()  // called for each pair: it may panic to end the judging
	// of finds the pair of a near segment by its number.
	of map[int]*pair
	// wrong is what is found when the taps themselves cannot be judged; nil when they can.
	wrong *Finding
}

// A tie is what shows that a far connection is the one that carries a near one.
type tie string

const (
	untied    tie = ""
	byNumbers tie = "numbers" // packets pass: an ISN that nobody else has is on both sides
	byStream  tie = "stream"  // the same bytes pass in both directions
	byTime    tie = "time"    // begun and answered between the guest's SYN and its answer, and no other could be it
)

// A pair is a near connection with the far one that carries it, or that might.
type pair struct {
	near, far *conn // far is nil when none is known to belong to near
	tie       tie
	clocks
	unbound clocks // before what passed bounded them
	// rivals are the far connections that could each be near's; the one that is tied, when there is one, is far.
	rivals []*pair
	// more counts rivals beyond those.
	more int
	// refuted is a far connection with the same bytes that the one clock excludes; nil when there is none.
	refuted *pair
	// challenged says that the tie by numbers was given up: another connection behaves as the guest's.
	challenged bool
	// same are the twins, once far is known for good.
	same map[*Segment]*Segment
	// outcome is what the models make of the pair, once far is known, and path what is found of it.
	outcome
	path Finding
	// copied says that several far connections hold the guest's ISN and nothing else of its.
	copied bool
	// twice says that several far connections hold near's own numbers.
	twice bool
}

// newHop pairs the connections of two taps.
func newHop(near, far View, nears, fars []*conn, look func()) *hop {
	h := &hop{near: near, far: far, nears: nears, fars: fars, look: look}
	c := newClocks(near, far)
	taken, by := map[*conn]*conn{}, newNumbers(fars)
	for _, n := range h.nears {
		if n.syn == nil {
			continue
		}
		p := &pair{near: n, clocks: c, unbound: c}
		h.pairs = append(h.pairs, p)
		p.tieByNumbers(by, taken)
	}
	for _, p := range h.pairs {
		h.look()
		switch {
		case p.far == nil, p.twice:
		case !p.confirmed():
			p.challenge(h.fars, taken)
		case p.near.client == p.far.client && !p.apart():
			p.mirrored(h.fars, taken)
		}
	}
	for h.tieByConduct(taken) { // what one connection has is no other's
	}
	return h
}

// judge finds out what stands between the taps, for each connection, and what is wrong with the taps themselves.
func (h *hop) judge() {
	h.of = map[int]*pair{}
	for _, p := range h.pairs {
		h.look()
		for _, s := range p.near.segments {
			h.of[s.N] = p
		}
		if p.far != nil {
			p.outcome = p.try()
			p.same = p.twins()
		}
		p.path = p.find(h)
		p.path.Evidence = slices.Clip(p.path.Evidence) // what is added to a copy is not added here
	}
	if f, ok := h.misplaced(); ok {
		f.Evidence = slices.Clip(f.Evidence)
		h.wrong = &f
	}
}
