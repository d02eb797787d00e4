package vantage

import "strings"

// A conn is one TCP connection as one tap saw it, from its SYN on.
type conn struct {
	tap            string
	client, server string
	segments       []*Segment

	syn     *Segment // the first plain SYN; nil when the capture began later
	synack  *Segment // the first answer that acknowledges it
	ack     *Segment // the client's acknowledgment that completes the handshake
	refused *Segment // what came in place of a SYN/ACK: RST, FIN/ACK or an ICMP error
	stray   *Segment // an ACK that came instead: the peer has a connection on these ports already (RFC 9293, section 3.5.2)
	reset   bool     // a RST has passed, in either direction
}

// connections takes a tap apart. A SYN begins another connection when its number is new or the one before was reset:
// a crafted SYN often has the same source port and ISN each time.
func connections(t Tap) []*conn {
	var all []*conn
	latest := map[[2]string]*conn{}
	for i := range t.Segments {
		s := &t.Segments[i]
		if s.ICMP != "" {
			refuse(all, s)
			continue
		}
		client, server := s.Src, s.Dst
		if s.Dir == "in" {
			client, server = s.Dst, s.Src
		}
		key := [2]string{client, server}
		c := latest[key]
		if c == nil || c.syn != nil && plainSYN(s) && (s.Seq != c.syn.Seq || c.reset) {
			c = &conn{tap: t.Name, client: client, server: server}
			latest[key] = c
			all = append(all, c)
		}
		c.add(s)
	}
	return all
}

// refuse notes an ICMP error at the connection whose SYN it quotes.
func refuse(all []*conn, s *Segment) {
	for _, c := range all {
		if s.Dir == "in" && c.syn != nil && c.syn.Seq == s.Seq && c.synack == nil && c.refused == nil {
			c.refused = s
		}
	}
}

// add notes what a segment means for the handshake. Flags are tested one by one, never as a whole: some stacks add PSH
// to SYN/ACK and RST, some RSTs have no ACK, some peers refuse a SYN with FIN/ACK.
func (c *conn) add(s *Segment) {
	c.segments = append(c.segments, s)
	c.reset = c.reset || s.has('R')
	switch {
	case c.syn == nil:
		if plainSYN(s) {
			c.syn = s
		}
	case s.Dir == "out":
		if c.ack == nil && c.synack != nil && s.completes(c.synack) {
			c.ack = s
		}
	case c.synack == nil && s.has('S') && s.has('A') && s.Ack == c.syn.Seq+1:
		c.synack = s
	case c.synack == nil && c.refused == nil && (s.has('R') || s.has('F')):
		c.refused = s
	case c.synack == nil && c.stray == nil && s.has('A') && !s.has('S'):
		c.stray = s
	}
}

// synCount is how often the client sent its SYN.
func (c *conn) synCount() int {
	n := 0
	for _, s := range c.segments {
		if plainSYN(s) {
			n++
		}
	}
	return n
}

// sent is the number of payload bytes that travelled in a direction, retransmissions counted once.
func (c *conn) sent(dir string) uint32 {
	var most uint32
	for _, s := range c.segments {
		if n := c.upTo(s); s.Dir == dir && reached(n, most) {
			most = n
		}
	}
	return most
}

// upTo is the number of bytes of its direction that a segment completes; 0 for one without payload and in a direction
// whose ISN is not known.
func (c *conn) upTo(s *Segment) uint32 {
	if s.Len == 0 || s.has('S') || s.Dir == "in" && c.synack == nil {
		return 0
	}
	return s.Seq + uint32(s.Len) - c.isn(s.Dir) - 1
}

// isn is the ISN of a direction, or 0 when the tap did not see it.
func (c *conn) isn(dir string) uint32 {
	s := c.syn
	if dir == "in" {
		s = c.synack
	}
	if s == nil {
		return 0
	}
	return s.Seq
}

func opposite(dir string) string {
	if dir == "in" {
		return "out"
	}
	return "in"
}

// clientAddr is the address of the client without its port.
func (c *conn) clientAddr() string { return c.client[:max(0, strings.LastIndexByte(c.client, ':'))] }

// ending is the segment that ended the client's side: FIN or RST; nil when it did not end in view.
func (c *conn) ending() *Segment {
	for _, s := range c.segments {
		if s.Dir == "out" && (s.has('F') || s.has('R')) {
			return s
		}
	}
	return nil
}

// resetByPeer is the RST that ended an established connection from the server's side; nil when there was none.
func (c *conn) resetByPeer() *Segment {
	for _, s := range c.segments {
		if c.ack != nil && s.Dir == "in" && s.has('R') {
			return s
		}
	}
	return nil
}

// ref points at segments of this connection; nil segments are left out.
func (c *conn) ref(segments ...*Segment) []FrameRef {
	refs := []FrameRef{}
	for _, s := range segments {
		if s != nil {
			refs = append(refs, FrameRef{Tap: c.tap, N: s.N})
		}
	}
	return refs
}

// completes says whether a segment is the third of a handshake: an ACK of the SYN/ACK, which may carry data. A FIN that
// acknowledges as much ends a connection whose handshake was not in view.
func (s *Segment) completes(synack *Segment) bool {
	return s.has('A') && !s.has('S') && !s.has('R') && !s.has('F') && s.Ack == synack.Seq+1
}

// has tests one flag by its letter.
func (s *Segment) has(flag byte) bool { return strings.IndexByte(s.Flags, flag) >= 0 }

// plainSYN is a SYN that opens a connection. Connection tracking takes a SYN with FIN or RST for invalid and lets it
// out untranslated: that tells nothing about a path.
func plainSYN(s *Segment) bool {
	return s.Dir == "out" && s.has('S') && !s.has('A') && !s.has('F') && !s.has('R')
}

// reached says that sequence number a is at or after b (RFC 9293, section 3.4: numbers wrap at 2^32).
func reached(a, b uint32) bool { return int32(a-b) >= 0 }
