package vantage

import (
	"fmt"
	"math"
	"slices"
)

// Two taps may have two clocks. What the taps themselves show bounds by how much these differ: what passes both passes the
// near tap first on its way out, and the far one first on its way in. Payload and FIN do so through a proxy too, since
// their place in the stream is the same on both sides.

// grain is how far apart two stamps must be to tell an order, in seconds: capture files round to microseconds.
const grain = 2e-6

// A moment is when a segment passed. Two neighbours may have been captured in the wrong order, so that either has the other's
// stamp; then it passed somewhere between early and late.
type moment struct{ early, late float64 }

// reordering is how far apart two frames can be that were captured in the wrong order, in seconds: as long as queues are.
const reordering = 10e-3

// moments are those of a tap's segments, by their numbers.
func moments(t View) map[int]moment {
	all := inOrder(t)
	m := make(map[int]moment, len(all))
	for i, s := range all {
		at := moment{s.Time, s.Time + t.Resolution}
		if i > 0 && s.Time-all[i-1].Time <= reordering && !follows(all[i-1], s) {
			at.early = min(at.early, all[i-1].Time)
		}
		if i+1 < len(all) && all[i+1].Time-s.Time <= reordering && !follows(s, all[i+1]) {
			at.late = max(at.late, all[i+1].Time+t.Resolution)
		}
		m[s.N] = at
	}
	return m
}

// follows says that b can only have passed after a: it acknowledges a, or comes behind it in the stream.
func follows(a, b *Segment) bool {
	end := a.Seq + a.occupies()
	switch {
	case keyOf(a) != keyOf(b) || a.ICMP != "" || b.ICMP != "":
		return false
	case a.Dir != b.Dir && b.has('R') && !b.has('A') && b.Ack == 0: // it answers with the number that it was given
		return a.has('A') && b.Seq == a.Ack
	case a.Dir != b.Dir && end == a.Seq: // the answer to a keepalive probe
		return b.has('A') && b.Len == 0 && b.Ack == a.Seq+1
	case a.Dir != b.Dir:
		return (b.has('A') || b.has('R')) && end != a.Seq && reached(b.Ack, end)
	case b.occupies() > 0:
		return a.Seq != b.Seq+b.occupies() && reached(b.Seq+b.occupies(), a.Seq)
	case end != a.Seq:
		return b.Seq == end
	}
	return b.Ack != a.Ack && reached(b.Ack, a.Ack)
}

// clocks relate the stamps of two taps.
type clocks struct {
	near, far map[int]moment
	// coarse is the resolution of the coarser stamps, in seconds.
	coarse float64
	// untilNear and untilFar are how long the taps were listening at least.
	untilNear, untilFar float64
	// highs and lows bound the far clock minus the near one, and the near one minus the far one.
	highs, lows bounds
	// low and high are the loosest of them while the connection lasted, in seconds; infinite when nothing bounds.
	low, high float64
	// one says that one clock stamped both taps and that the segments do not contradict it.
	one bool
	// broken says that the segments contradict the one clock that was claimed.
	broken bool
	// impossible says that no offset explains the stamps, whatever the clocks drift: the taps are swapped, or not on one path.
	impossible bool
	// doubtful says that some of what passed contradicts the rest: only the second best bounds then.
	doubtful bool
	// blind says that the stamps of a tap are no clock's: they bound nothing.
	blind bool
}

// A passage is something that passed both taps: one segment at each that ended the same bytes.
type passage struct {
	dir       string
	near, far *Segment
}

// newClocks relates two taps before anything is known of what passed both.
func newClocks(near, far View) clocks {
	c := clocks{near: moments(near), far: moments(far), low: math.Inf(-1), high: math.Inf(1)}
	c.untilNear, c.untilFar = until(near), until(far)
	c.coarse = max(near.Resolution, far.Resolution)
	c.blind = !steady(near) || !steady(far)
	if !c.blind && near.Clock == far.Clock {
		c.one, c.low, c.high = true, 0, 0
	}
	return c
}

// until is how long a tap was listening at least.
func until(t View) float64 {
	end := t.Until
	for i := range t.Segments {
		end = max(end, t.Segments[i].Time)
	}
	return end
}

// bound narrows the offset by what passed both taps.
func (c clocks) bound(ps []passage) clocks {
	if c.blind {
		return c
	}
	if c.one {
		as := c.narrow(ps, 0)
		if as.impossible {
			return as
		}
		if as.low <= grain && as.high >= -grain {
			c.doubtful = as.doubtful
			return c
		}
		c.broken = true
	}
	return c.narrow(ps, drift)
}

// narrow bounds the offset of two clocks that drift apart by so much at most. One wrong stamp must not decide: what bounds is the
// second best of each direction, or the best where the two directions agree.
func (c clocks) narrow(ps []passage, drift float64) clocks {
	var highs, lows []bound
	for _, p := range ps {
		n, f := c.near[p.near.N], c.far[p.far.N]
		if p.dir == "out" {
			highs = append(highs, bound{p.near.Time, f.late - n.early})
		} else {
			lows = append(lows, bound{p.near.Time, n.late - f.early})
		}
	}
	c.one, c.highs, c.lows = false, newBounds(highs, drift), newBounds(lows, drift)
	if c.contradicted() {
		c.doubtful = true
		c.impossible = c.contradicted()
	}
	if c.impossible {
		c.highs, c.lows = bounds{}, bounds{}
	}
	c.low, c.high = math.Inf(1), math.Inf(-1)
	for _, at := range slices.Concat(c.highs.at, c.lows.at) {
		low, high := c.offset(at)
		c.low, c.high = min(c.low, low), max(c.high, high)
	}
	if c.low > c.high { // nothing passed
		c.low, c.high = math.Inf(-1), math.Inf(1)
	}
	return c
}

// contradicted says that the two directions bound the offset to nothing at some moment.
func (c clocks) contradicted() bool {
	return slices.ContainsFunc(slices.Concat(c.highs.at, c.lows.at), func(at float64) bool {
		low, high := c.offset(at)
		return low > high+2*grain
	})
}

// offset bounds the far clock minus the near one at a moment of the near tap.
func (c clocks) offset(at float64) (low, high float64) {
	if c.one {
		return 0, 0
	}
	return -c.lows.limit(at, c.doubtful), c.highs.limit(at, c.doubtful)
}

// since is how long after a near segment a far one passed at least, in seconds; negative when it may have passed before.
func (c clocks) since(n, f *Segment) float64 {
	_, high := c.offset(n.Time)
	return c.far[f.N].early - high - c.near[n.N].late
}

// skew is by how much a stretch of time may differ between two clocks, in seconds.
func (c clocks) skew(seconds float64) float64 {
	if c.one {
		return grain
	}
	return grain + drift*seconds
}

// farBefore says that a segment of the far tap surely passed before one of the near tap; nil segments have no order.
func (c clocks) farBefore(f, n *Segment) bool {
	if f == nil || n == nil {
		return false
	}
	low, _ := c.offset(n.Time)
	return c.far[f.N].late-low+grain < c.near[n.N].early
}

// farAfter says that a segment of the far tap surely passed after one of the near tap.
func (c clocks) farAfter(f, n *Segment) bool {
	return f != nil && n != nil && c.since(n, f) > grain
}

// clockSays is what the order of segments rests on.
func (c clocks) clockSays() Evidence {
	claim := Claim{Is: Clocks}
	if !c.one {
		claim.Low, claim.High = finite(c.low), finite(c.high)
	}
	says := "clocks: " + c.says()
	if c.broken {
		says += ": they are not one, although they were taken for one"
	}
	return reason(says, claim)
}

// says is what the bounds rest on, for a reader.
func (c clocks) says() string {
	switch {
	case c.one:
		return "one clock stamped both taps"
	case c.blind:
		return "the stamps of a tap are all alike, or go back: they tell no order"
	case c.impossible:
		return "what passed both taps passed at times that contradict each other"
	case math.IsInf(c.low, 0) && math.IsInf(c.high, 0):
		return "the clocks of the taps may differ by anything"
	case math.IsInf(c.low, 0):
		return fmt.Sprintf("payload seen at both taps shows the far clock at most %s", ahead(c.high))
	case math.IsInf(c.high, 0):
		return fmt.Sprintf("payload seen at both taps shows the far clock at least %s", ahead(c.low))
	}
	return fmt.Sprintf("payload seen at both taps shows the far clock between %s and %s", ahead(c.low), ahead(c.high))
}

// ahead writes an offset as people read it.
func ahead(seconds float64) string {
	says := span(seconds)
	if math.Abs(seconds) >= 1 { // the bounds of an offset are close to each other
		says = fmt.Sprintf("%.4f s", math.Abs(seconds))
	}
	if seconds < 0 {
		return says + " behind"
	}
	return says + " ahead"
}
