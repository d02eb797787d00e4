package vantage

// shape is what stays of a segment that passes a box, but for the ISNs.
type shape struct {
	dir           string
	syn, fin, rst bool
	seq, ack      uint32
	len           int
	icmp          string
}

// shapeOf counts numbers from the ISNs, so that a box may renumber. An acknowledgment counts only with its flag.
func (c *conn) shapeOf(s *Segment, client, server uint32) shape {
	own, peer := client, server
	if s.Dir == "in" {
		own, peer = server, client
	}
	if s.ICMP != "" {
		return shape{dir: s.Dir, icmp: s.ICMP, seq: s.Seq - peer}
	}
	k := shape{dir: s.Dir, syn: s.has('S'), fin: s.has('F'), rst: s.has('R'), seq: s.Seq - own, len: s.Len}
	if s.has('A') {
		k.ack = s.Ack - peer
	}
	return k
}

// twins pairs the near segments with those at the far tap that are the same but for what a box may renumber. The same
// segment sent again is paired in order, as far as the clocks tell it.
func (p *pair) twins() map[*Segment]*Segment {
	nc, fc := p.offsets(Client)
	ns, fs := p.offsets(Server)
	waiting := map[shape][]*Segment{}
	for _, f := range p.far.segments {
		k := p.far.shapeOf(f, fc, fs)
		waiting[k] = append(waiting[k], f)
	}
	groups := map[shape][]*Segment{}
	for _, n := range p.near.segments {
		k := p.near.shapeOf(n, nc, ns)
		groups[k] = append(groups[k], n)
	}
	all := map[*Segment]*Segment{}
	for k, group := range groups {
		p.inTurn(k.dir, group, waiting[k], all)
	}
	return all
}

// offsets are the numbers that each side counts a party's bytes from: the ISNs, or 0 on both sides when one is unknown.
func (p *pair) offsets(of Party) (near, far uint32) {
	n, ok1 := p.near.isn(of)
	f, ok2 := p.far.isn(of)
	if !ok1 || !ok2 {
		return 0, 0
	}
	return n, f
}

// inTurn pairs equal segments of two taps in order: the first at the tap they pass first with the first behind it that the
// clocks allow. One that another of its kind followed before it could have arrived was lost.
func (p *pair) inTurn(dir string, near, far []*Segment, all map[*Segment]*Segment) {
	for len(near) > 0 && len(far) > 0 {
		n, f := near[0], far[0]
		switch {
		case dir == "out" && p.farBefore(f, n), dir == "in" && len(far) > 1 && p.farBefore(far[1], n) && len(far) > len(near):
			far = far[1:]
		case dir == "in" && p.farAfter(f, n), dir == "out" && len(near) > 1 && p.farAfter(f, near[1]) && len(near) > len(far):
			near = near[1:]
		default:
			all[n] = f
			near, far = near[1:], far[1:]
		}
	}
}
