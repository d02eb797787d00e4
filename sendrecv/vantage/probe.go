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

// Probes finds the guest's keepalive probes, in the order they passed the first tap.
func Probes(taps []Tap) []Probe {
	if len(taps) == 0 {
		return nil
	}
	var probes []Probe
	for _, c := range withSYN(connections(taps[0])) {
		probes = append(probes, c.probes()...)
	}
	for _, t := range taps[1:] {
		match := Align(taps[0], t)
		for i, p := range probes {
			if n, ok := match[p.Frame.N]; ok {
				probes[i].Seen = append(p.Seen, FrameRef{Tap: t.Name, N: n})
			}
		}
	}
	return probes
}

// probes follows the client's SND.NXT through a connection and picks out what stays behind it.
func (c *conn) probes() []Probe {
	var probes []Probe
	var next, acked uint32 // SND.NXT, SND.UNA
	open := -1             // the probe that waits for its answer
	established := false
	for _, s := range c.segments {
		if s.has('R') && (s.Dir == "in" || s.Seq == next) {
			break // what follows is sent to a connection that is no more
		}
		end := s.Seq + s.occupies()
		switch {
		case s == c.syn:
			next = end
		case s.Dir == "in":
			if open >= 0 && s.answersProbe(next) {
				probes[open].Answer = &c.ref(s)[0]
				open = -1
			}
			if s.has('A') {
				acked = s.Ack
			}
		case established && s.isProbe(next, acked):
			open = len(probes)
			probes = append(probes, Probe{Frame: c.ref(s)[0], Time: s.Time})
		case end != s.Seq && end != next && reached(end, next):
			next, open = end, -1
		}
		established = established || s == c.ack
	}
	return probes
}

// isProbe says whether an outgoing segment of an established connection is a keepalive probe. One byte behind SND.NXT
// that was not acknowledged yet is a retransmission instead.
func (s *Segment) isProbe(next, acked uint32) bool {
	return s.has('A') && !s.has('S') && !s.has('F') && !s.has('R') && s.Seq == next-1 &&
		(s.Len == 0 || s.Len == 1 && acked == next)
}

// answersProbe says whether an incoming segment is what a probe is answered with: a bare acknowledgment. Data and FIN
// acknowledge as much, but the server may send them by itself.
func (s *Segment) answersProbe(next uint32) bool {
	return s.has('A') && s.Ack == next && s.Len == 0 && !s.has('S') && !s.has('F') && !s.has('R')
}

// occupies is the length of a segment in sequence space: payload, SYN and FIN. What a RST says does not count.
func (s *Segment) occupies() uint32 {
	n := uint32(s.Len)
	if s.has('S') {
		n++
	}
	if s.has('F') {
		n++
	}
	if s.has('R') {
		return 0
	}
	return n
}
