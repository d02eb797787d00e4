package vantage

// A Probe is a keepalive probe of the guest's and what became of it: a segment that repeats the last sequence number
// (SND.NXT-1) with no data, or one garbage byte, to make a living peer acknowledge it (RFC 9293, section 3.8.4).
type Probe struct {
	// Frame is the probe at the tap nearest to the guest.
	Frame FrameRef
	// Time is when it passed there, in seconds as in Segment.
	Time float64
	// Answer is the segment that acknowledged it there before the next probe; nil when nothing did.
	Answer *FrameRef
	// Seen is the same probe at the other taps. A keepalive that a middlebox sends on its own connection is not the
	// same probe.
	Seen []FrameRef
}

// An exchange is a probe and what acknowledged it at one tap; answer is nil when nothing did.
type exchange struct{ probe, answer *Segment }

// doubled is how close two equal segments must be to be one that was captured twice, in seconds. No stack repeats one that soon.
const doubled = 1e-3

// probes follows the client's SND.NXT through a connection and picks out what repeats the number before it while nothing is
// on its way. What looks the same while the peer's window is closed asks for the window, and what comes while data is
// unacknowledged is sent again.
func (c *conn) probes() []exchange {
	isn, ok := c.isn(Client)
	if !ok || c.completed() == nil {
		return nil
	}
	var all []exchange
	next, acked := isn+1, isn+1 // SND.NXT, SND.UNA
	open := -1                  // the probe that waits for its answer
	established, closed := false, false
	peer, heard := c.isn(Server)
	peer++ // its SND.NXT
	for _, s := range c.segments {
		established = established || s == c.completed()
		end := s.Seq + s.occupies()
		switch {
		case s == c.reset:
			return all // what follows is sent to a connection that is no more
		case s.ICMP != "" || s.has('R') || s.Dir == "out" && s.has('S'):
		case s.Dir == "in":
			asks := heard && s.Seq == peer-1 // the peer's own keepalive, no answer
			if open >= 0 && s.answersProbe(next) && !asks {
				all[open].answer, open = s, -1
			}
			if !s.has('S') && reached(end, peer) {
				peer = end
			}
			if s.has('A') && reached(s.Ack, acked) && reached(next, s.Ack) {
				acked = s.Ack
			}
			closed = s.ZeroWindow
		case established && acked == next && !closed && s.isProbe(next):
			if open < 0 || s.Time-all[open].probe.Time > doubled {
				open = len(all)
				all = append(all, exchange{probe: s})
			}
		case end != s.Seq && end != next && reached(end, next):
			next, open = end, -1
		}
	}
	return all
}

// isProbe says whether an outgoing segment has a probe's shape.
func (s *Segment) isProbe(next uint32) bool {
	return s.has('A') && !s.has('S') && !s.has('F') && s.Seq == next-1 && s.Len <= 1
}

// answersProbe says whether an incoming segment is what a probe is answered with: a bare acknowledgment. Data and FIN
// acknowledge as much, but the server may send them by itself.
func (s *Segment) answersProbe(next uint32) bool {
	return s.has('A') && s.Ack == next && s.Len == 0 && !s.has('S') && !s.has('F') && !s.has('R')
}

// A nesting is a probe that crossed and was answered from the far side: it passed the near tap, then the far one, and its
// answer the other way round.
type nesting struct{ probe, there, back, answer *Segment }

// crossings are the probes that are seen to cross in both directions. A box that answers probes itself and sends some of its
// own does not fit one exchange into the other.
func (p *pair) crossings() []nesting {
	var all []nesting
	far := p.far.probes()
	for _, n := range p.near.probes() {
		for len(far) > 0 && !p.farAfter(far[0].probe, n.probe) { // both come in order
			far = far[1:]
		}
		if len(far) > 0 && p.farBefore(far[0].answer, n.answer) {
			all = append(all, nesting{n.probe, far[0].probe, far[0].answer, n.answer})
		}
	}
	return all
}
