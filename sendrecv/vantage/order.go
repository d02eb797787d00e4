package vantage

import "math"

// When one tap is on another machine its clock may be off. Payload bounds by how much: a byte passes the near tap before
// the far one on its way out, and after it on its way in. Paired by their place in the stream, the bytes need not even
// be in the same segments, so this works through a proxy.

// offset bounds the far tap's clock minus the near one's, in seconds.
func (x crossing) offset() (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	for _, s := range x.near.segments {
		n := x.near.upTo(s)
		if n == 0 {
			continue
		}
		near, _ := x.near.when(s.Dir, n)
		far, ok := x.far.when(s.Dir, n)
		switch {
		case !ok:
		case s.Dir == "out":
			high = min(high, far-near)
		default:
			low = max(low, far-near)
		}
	}
	return low, high
}

// when is the time by which n bytes had passed in a direction.
func (c *conn) when(dir string, n uint32) (seconds float64, ok bool) {
	for _, s := range c.segments {
		if s.Dir == dir && s.Len > 0 && reached(c.upTo(s), n) {
			return s.Time, true
		}
	}
	return 0, false
}

// sequence says whether a far segment came before (-1) or after (+1) a near one, or that it cannot be told (0). It is
// sure when that holds for every possible offset of the clocks; otherwise the clocks are taken for one, if they may be.
func (x crossing) sequence(far, near *Segment) (sign int, sure bool) {
	low, high := x.offset()
	apart := far.Time - near.Time
	switch {
	case apart-low < 0:
		return -1, true
	case apart-high > 0:
		return +1, true
	case low > 0 || high < 0 || apart == 0:
		return 0, false
	case apart < 0:
		return -1, false
	}
	return +1, false
}
