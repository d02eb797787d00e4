package vantage

import "maps"

// ends are the places in the streams at which a segment ends at both taps.
func (p *pair) ends() []passage {
	var all []passage
	for _, dir := range []string{"out", "in"} {
		if len(p.near.places[dir]) == 0 || len(p.far.places[dir]) == 0 {
			continue
		}
		for _, s := range p.near.segments {
			n := p.near.upTo(s)
			if s.Dir != dir || n == 0 || p.near.places[dir][n] != s {
				continue
			}
			if f := p.far.places[dir][n]; f != nil {
				all = append(all, passage{dir, s, f})
			}
		}
	}
	return all
}

// passages are what bounds the clocks: the payload at both taps, and the FIN that came first. The other FIN may be the
// middlebox's own.
func (p *pair) passages() []passage {
	found := map[*Segment]*Segment{}
	for _, n := range *p.near.sent["out"] { // where frames were lost, those that come later are looked at: that bounds less
		if f := p.far.sent["out"].by(n.bytes); f != nil {
			found[n.at] = f
		}
	}
	for _, f := range *p.far.sent["in"] {
		if n := p.near.sent["in"].by(f.bytes); n != nil {
			found[n] = f.at
		}
	}
	if n, f := p.near.firstFIN(), p.far.firstFIN(); n != nil && f != nil && n.Dir == f.Dir {
		found[n] = f
	}
	if p.tie == byNumbers {
		maps.Copy(found, p.once())
	}
	var all []passage
	for n, f := range found {
		all = append(all, passage{n.Dir, n, f})
	}
	return all
}

// firstFIN is the FIN that came first, in either direction; nil when a RST came before, or none.
func (c *conn) firstFIN() *Segment {
	for _, s := range c.segments {
		switch {
		case s == c.reset:
			return nil
		case s.ICMP == "" && s.has('F') && !s.has('S') && s != c.refused:
			return s
		}
	}
	return nil
}
