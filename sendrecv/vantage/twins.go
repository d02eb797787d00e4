package vantage

import "maps"

// shape is what stays of a segment that passes a box, but for the ISNs.
type shape struct {
	dir           string
	syn, fin, rst bool
	seq, ack      uint32
	len           int
	icmp          string
}

// shapeOf counts numbers from the ISNs, so that a box may renumber. An acknowledgment counts only with its flag.
func shapeOf(s *Segment, client, server uint32) shape {
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
	all := map[*Segment]*Segment{}
	near, far := p.shapes()
	for k, group := range near {
		p.inTurn(k.dir, group, far[k], all)
	}
	return all
}

// once pairs the segments of which each tap has just one: whatever the clocks, one is the other. A SYN or SYN/ACK of another
// number may be a SYN proxy's own.
func (p *pair) once() map[*Segment]*Segment {
	all := map[*Segment]*Segment{}
	near, far := p.shapes()
	for k, group := range near {
		if len(group) == 1 && len(far[k]) == 1 && (!k.syn || group[0].Seq == far[k][0].Seq) {
			all[group[0]] = far[k][0]
		}
	}
	return all
}

// shapes sorts the segments of both sides by their shapes.
func (p *pair) shapes() (near, far map[shape][]*Segment) {
	nc, fc := p.offsets(Client)
	ns, fs := p.offsets(Server)
	near, far = map[shape][]*Segment{}, map[shape][]*Segment{}
	for _, n := range p.near.segments {
		k := shapeOf(n, nc, ns)
		near[k] = append(near[k], n)
	}
	for _, f := range p.far.segments {
		k := shapeOf(f, fc, fs)
		far[k] = append(far[k], f)
	}
	return near, far
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

// crossed is twins, less what a box of this kind answers itself: a SYN proxy's SYN/ACK is not the server's.
func (p *pair) crossed(v Verdict) map[*Segment]*Segment {
	all := p.twins()
	if v == SYNProxy {
		maps.DeleteFunc(all, func(n, f *Segment) bool { return n.has('S') && n.Seq != f.Seq })
	}
	return all
}

// inTurn pairs equal segments of two taps in order: the first at the tap they pass first with the first behind it that the
// clocks allow. One that another of its kind followed before it could have arrived was lost.
func (p *pair) inTurn(dir string, near, far []*Segment, all map[*Segment]*Segment) {
	for len(near) > 0 && len(far) > 0 {
		n, f := near[0], far[0]
		switch {
		case dir == "out" && p.farBefore(f, n), dir == "in" && len(far) > 1 && p.farBefore(far[1], n) && len(far) > len(near):
			far = far[1:]
		case len(near) > 1 && len(near) > len(far) && near[1].Time-n.Time <= doubled: // captured twice
			all[n] = f
			near = near[1:]
		case dir == "in" && p.farAfter(f, n), dir == "out" && len(near) > 1 && p.farAfter(f, near[1]) && len(near) > len(far):
			near = near[1:]
		default:
			all[n] = f
			near, far = near[1:], far[1:]
		}
	}
}
