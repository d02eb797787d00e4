package vantage

import "slices"

// A crossing is one connection of the near tap with the connection that carries it at the far tap.
type crossing struct {
	near *conn
	far  *conn // nil: nothing upstream belongs to it
	// match maps the number of a near segment to that of the same segment at the far tap: it was forwarded. Near
	// segments that are not in it were absorbed, far ones originated.
	match map[int]int
}

// Align says which segments passed between two taps: it maps their numbers at near to those at far. Addresses and ports
// may have changed on the way; sequence numbers, flags and length have not.
func Align(near, far Tap) map[int]int {
	all := map[int]int{}
	for _, x := range cross(near, far) {
		for n, f := range x.match {
			all[n] = f
		}
	}
	return all
}

// cross pairs the connections of two taps. Only those with a SYN in view take part.
func cross(near, far Tap) []crossing {
	ns, fs := withSYN(connections(near)), withSYN(connections(far))
	partner := map[*conn]*conn{}
	pair(ns, fs, partner, sameISN)
	pair(ns, fs, partner, sameServerISN)
	if rest, left := unpaired(ns, fs, partner); inStep(rest, left) {
		for i := range rest {
			partner[rest[i]] = left[i]
		}
	}
	pair(ns, fs, partner, alike)
	pair(ns, fs, partner, possible)

	var xs []crossing
	for _, n := range ns {
		xs = append(xs, crossing{near: n, far: partner[n], match: match(n, partner[n])})
	}
	return xs
}

func withSYN(all []*conn) []*conn {
	return slices.DeleteFunc(all, func(c *conn) bool { return c.syn == nil })
}

// pair gives each connection that has no partner yet the first free one that fits, in order.
func pair(ns, fs []*conn, partner map[*conn]*conn, fit func(near, far *conn) bool) {
	rest, left := unpaired(ns, fs, partner)
	for _, n := range rest {
		i := slices.IndexFunc(left, func(f *conn) bool { return n.server == f.server && fit(n, f) })
		if i >= 0 {
			partner[n] = left[i]
			left = slices.Delete(left, i, i+1)
		}
	}
}

func unpaired(ns, fs []*conn, partner map[*conn]*conn) (rest, left []*conn) {
	taken := map[*conn]bool{}
	for _, n := range ns {
		if partner[n] == nil {
			rest = append(rest, n)
		}
		taken[partner[n]] = true
	}
	for _, f := range fs {
		if !taken[f] {
			left = append(left, f)
		}
	}
	return rest, left
}

// inStep says that two lists can be paired in their order, one to one.
func inStep(ns, fs []*conn) bool {
	if len(ns) != len(fs) {
		return false
	}
	for i := range ns {
		if ns[i].server != fs[i].server || !possible(ns[i], fs[i]) {
			return false
		}
	}
	return true
}

func sameISN(n, f *conn) bool { return n.syn.Seq == f.syn.Seq }

func sameServerISN(n, f *conn) bool {
	return n.synack != nil && f.synack != nil && n.synack.Seq == f.synack.Seq
}

// alike says that two connections were both completed or both not, and that one can carry the other.
func alike(n, f *conn) bool { return (n.ack == nil) == (f.ack == nil) && possible(n, f) }

// possible says that the far connection can carry the near one: nothing arrives that was not sent.
func possible(n, f *conn) bool {
	return f.sent("out") <= n.sent("out") && n.sent("in") <= f.sent("in")
}

// shape is what stays of a segment that is forwarded.
type shape struct {
	dir           string
	syn, fin, rst bool
	seq, ack      uint32
	len           int
}

// match pairs the segments of a connection that passes; in one that is ended in between nothing is forwarded, however
// alike two segments look: a keepalive of the middlebox has the same place in its own sequence space.
func match(near, far *conn) map[int]int {
	m := map[int]int{}
	if far == nil || !sameISN(near, far) && !sameServerISN(near, far) {
		return m
	}
	waiting := map[shape][]*Segment{}
	for _, s := range far.segments {
		k := far.shapeOf(s)
		waiting[k] = append(waiting[k], s)
	}
	for _, s := range near.segments {
		if k := near.shapeOf(s); len(waiting[k]) > 0 {
			m[s.N] = waiting[k][0].N
			waiting[k] = waiting[k][1:]
		}
	}
	return m
}

// shapeOf counts numbers from the ISNs, because a SYN proxy shifts those of the server; the ISNs themselves are taken as
// they stand. An acknowledgment counts only with its flag.
func (c *conn) shapeOf(s *Segment) shape {
	k := shape{dir: s.Dir, syn: s.has('S'), fin: s.has('F'), rst: s.has('R'), seq: s.Seq, len: s.Len}
	if !k.syn {
		k.seq -= c.isn(s.Dir)
	}
	if s.has('A') {
		k.ack = s.Ack - c.isn(opposite(s.Dir))
	}
	return k
}

// forwarded says that a near segment is at the far tap too.
func (x crossing) forwarded(s *Segment) bool {
	_, ok := x.match[s.N]
	return ok
}
