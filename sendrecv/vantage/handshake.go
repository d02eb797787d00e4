package vantage

import "slices"

// read finds out what the segments mean for the handshake. Flags are tested one by one, never as a whole: some stacks add
// PSH to SYN/ACK and RST, some RSTs have no ACK, some peers refuse a SYN with FIN/ACK.
func (c *conn) read() {
	for _, s := range c.segments {
		if plainSYN(s) {
			c.syn = s
		}
		if c.syn != nil || s.has('A') && !s.has('S') { // a SYN behind this would not be the one it began with
			break
		}
	}
	c.readAnswer()
	spoke := false // the server, after its SYN/ACK: a bare ACK may answer that
	for _, s := range c.segments {
		spoke = spoke || s.Dir == "in" && s.ICMP == "" && !s.has('S')
		if s.Dir != "out" || s.ICMP != "" || !s.has('A') || s.has('S') || s.has('R') || !c.acknowledgesSYN(s) {
			continue
		}
		if c.ack == nil && c.later == nil && s.Len == 0 && !s.has('F') && !spoke && c.first(s) {
			c.ack = s
		}
		if c.ack == nil && c.later == nil {
			c.later = s
		}
	}
	if c.synack != nil {
		return
	}
	for _, s := range c.segments {
		switch {
		case s.Dir != "in" || c.syn == nil || c.completed() != nil:
		case c.refused == nil && s.ICMP != "" && s.Seq == c.syn.Seq,
			c.refused == nil && (s.has('R') || s.has('F')) && s.Ack == c.syn.Seq+1:
			c.refused = s
		case c.refused == nil && c.stray == nil && s.has('A') && !s.has('S') && !s.has('R'):
			c.stray = s
		}
	}
}

// readAnswer chooses the SYN/ACK: with several, the one that the client acknowledged.
func (c *conn) readAnswer() {
	for _, s := range c.segments {
		if s.Dir != "in" || !s.has('S') || !s.has('A') || c.syn != nil && s.Ack != c.syn.Seq+1 {
			continue
		}
		switch {
		case c.synack == nil:
			c.synack = s
		case s.Seq != c.synack.Seq && !c.acknowledged(c.synack):
			if c.contested = !c.acknowledged(s); !c.contested {
				c.synack = s
			}
		}
	}
}

// acknowledged says that the client took a SYN/ACK.
func (c *conn) acknowledged(synack *Segment) bool {
	return slices.ContainsFunc(c.segments, func(s *Segment) bool {
		return s.Dir == "out" && s.has('A') && !s.has('R') && s.Ack == synack.Seq+1
	})
}

// acknowledgesSYN says that an outgoing segment acknowledges the server's SYN/ACK, seen or not: it is at the place behind
// the client's SYN or further on.
func (c *conn) acknowledgesSYN(s *Segment) bool {
	if c.synack != nil {
		return reached(s.Ack, c.synack.Seq+1)
	}
	return c.first(s)
}

// first says that an outgoing segment stands right behind the client's SYN.
func (c *conn) first(s *Segment) bool {
	isn, ok := c.isn(Client)
	return ok && s.Seq == isn+1 && (c.synack == nil || s.Ack == c.synack.Seq+1)
}

// completed is the segment that shows the client's side of the handshake complete; nil when none does.
func (c *conn) completed() *Segment {
	if c.ack != nil {
		return c.ack
	}
	return c.later
}

// isn is the ISN of a party, from its SYN or from what acknowledges that; ok is false when the tap shows neither.
func (c *conn) isn(of Party) (isn uint32, ok bool) {
	if s := c.shows(of); s != nil {
		if s.has('S') && (s.Dir == "out") == (of == Client) {
			return s.Seq, true
		}
		return s.Ack - 1, true
	}
	return 0, false
}

// shows is the segment that tells a party's ISN: its SYN, or the acknowledgment of it; nil when there is neither.
func (c *conn) shows(of Party) *Segment {
	switch {
	case of == Client && c.syn != nil:
		return c.syn
	case c.synack != nil: // its own number, and that of the SYN it acknowledges
		return c.synack
	case of == Server && c.ack != nil:
		return c.ack
	}
	for _, s := range c.segments { // before read has chosen
		if s.has('A') && !s.has('S') {
			return nil
		}
		if of == Client && (plainSYN(s) || s.Dir == "in" && s.has('S') && s.has('A')) {
			return s
		}
	}
	return nil
}

// begun says that the tap saw how the connection began.
func (c *conn) begun() bool { return c.syn != nil || c.synack != nil }
