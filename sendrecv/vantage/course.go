package vantage

import "sort"

// A course is how far one direction of a connection had come, or had been acknowledged, step by step.
type course []step

// A step is the first segment by which so many bytes had passed.
type step struct {
	bytes uint32
	at    *Segment
}

// add notes a segment that completes so many bytes, if these are more than before.
func (c *course) add(bytes uint32, s *Segment) {
	if bytes > c.total() {
		*c = append(*c, step{bytes, s})
	}
}

// by is the first segment by which so many bytes had passed; nil when they did not.
func (c course) by(bytes uint32) *Segment {
	i := sort.Search(len(c), func(i int) bool { return c[i].bytes >= bytes })
	if i == len(c) {
		return nil
	}
	return c[i].at
}

// total is how many bytes passed, what was sent again counted once.
func (c course) total() uint32 {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].bytes
}

// follow fills in a connection's courses, once its ISNs are known.
func (c *conn) follow() {
	c.sent, c.acked = map[string]*course{"out": {}, "in": {}}, map[string]*course{"out": {}, "in": {}}
	c.places = map[string]map[uint32]*Segment{"out": {}, "in": {}}
	most := map[string]uint32{"out": beyond, "in": beyond} // the bytes before a FIN, which takes a number too
	for _, s := range c.segments {
		if n := c.upTo(s); n > 0 {
			c.sent[s.Dir].add(n, s)
			if c.places[s.Dir][n] == nil {
				c.places[s.Dir][n] = s
			}
		}
		if isn, ok := c.isn(sender(s.Dir)); ok && s.ICMP == "" && s.has('F') && !s.has('S') {
			most[s.Dir] = min(most[s.Dir], s.Seq+uint32(s.Len)-isn-1)
		}
	}
	isns := map[string]uint32{}
	for _, dir := range []string{"out", "in"} {
		if isn, ok := c.isn(sender(dir)); ok {
			isns[dir] = isn
		}
	}
	for _, s := range c.segments {
		dir := opposite(s.Dir)
		isn, ok := isns[dir]
		if n := s.Ack - isn - 1; ok && s.ICMP == "" && s.has('A') && !s.has('R') && n < beyond {
			c.acked[dir].add(min(n, most[dir]), s)
		}
	}
}
