package vantage

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// A conn is one TCP connection as one tap saw it.
type conn struct {
	tap            string
	client, server netip.AddrPort
	iface          uint32
	nth            int        // among those of the same addresses and ports
	segments       []*Segment // in the order they passed

	syn       *Segment // the first plain SYN; nil when the capture began later
	synack    *Segment // the answer that acknowledges it and that the client acknowledged, if it did
	ack       *Segment // the client's acknowledgment that completes the handshake
	later     *Segment // in place of ack: the first segment that shows the handshake complete
	refused   *Segment // what came in place of a SYN/ACK: RST, FIN/ACK or an ICMP error
	stray     *Segment // an ACK that came instead: the peer has a connection on these ports already (RFC 9293, section 3.5.2)
	contested bool     // several SYN/ACKs of different numbers came, and nothing tells which one is true
	reset     *Segment // the RST that ended it; nil while it lives

	next map[string]uint32 // by direction, the number behind the last byte that passed
	// sent and acked are, by direction, how far its bytes had come and had been acknowledged.
	sent, acked map[string]*course
	// places are, by direction, the first segment that ends at each number of bytes.
	places map[string]map[uint32]*Segment
}

// A key tells the connections of a tap apart. One interface of several is one side of a box.
type key struct {
	client, server netip.AddrPort
	iface          uint32
}

func keyOf(s *Segment) key {
	if s.Dir == "in" {
		return key{s.Dst, s.Src, s.Iface}
	}
	return key{s.Src, s.Dst, s.Iface}
}

// connections takes a tap apart, in the order in which the connections begin. Segments that no host takes, those with a
// wrong checksum and forged ones, belong to none.
func connections(t View) []*conn {
	var all []*conn
	of := map[key][]*conn{}
	for _, s := range inOrder(t) {
		if s.Bad || s.Forged || s.Dir != "in" && s.Dir != "out" {
			continue
		}
		k := keyOf(s)
		c := pick(of[k], s)
		if c == nil {
			c = &conn{tap: t.Name, client: k.client, server: k.server, iface: k.iface, nth: len(of[k]), next: map[string]uint32{}}
			of[k] = append(of[k], c)
			all = append(all, c)
		}
		c.add(s)
	}
	all = slices.DeleteFunc(all, func(c *conn) bool { return c.absorbedBy(of[key{c.client, c.server, c.iface}]) })
	for _, c := range all {
		c.read()
		c.follow()
	}
	return all
}

// inOrder gives a tap's segments in the order they passed. Two neighbours whose stamps are exchanged were captured out of
// order; when stamps go back further than that they tell nothing, and the order of the capture stands.
func inOrder(t View) []*Segment {
	all := make([]*Segment, len(t.Segments))
	for i := range t.Segments {
		all[i] = &t.Segments[i]
	}
	if !steady(t) {
		return all
	}
	slices.SortStableFunc(all, func(a, b *Segment) int { return cmp.Compare(a.Time, b.Time) })
	return all
}

// steady says whether a tap's stamps can be a clock's: they do not go back but between two neighbours, and are not all alike.
func steady(t View) bool {
	alike := len(t.Segments) > 1
	for i := range t.Segments {
		at := t.Segments[i].Time
		alike = alike && at == t.Segments[0].Time
		if i > 1 && at < t.Segments[i-2].Time {
			return false
		}
	}
	return !alike
}

// reused is how many connections of the same addresses and ports are looked at: segments come late, but not that late.
const reused = 8

// pick finds the connection that a segment belongs to among those with its addresses and ports; nil when it begins another.
func pick(all []*conn, s *Segment) *conn {
	if len(all) == 0 {
		return nil
	}
	last := all[len(all)-1]
	if plainSYN(s) { // sent again, or a new beginning; one inside a connection is given back to it by absorbedBy
		if isn, ok := last.isn(Client); ok && s.Seq == isn && last.reset == nil {
			return last
		}
		return nil
	}
	best := last
	for _, c := range slices.Backward(all[max(0, len(all)-reused):]) {
		if c.distance(s) < best.distance(s) {
			best = c
		}
	}
	return best
}

// beyond is a distance in sequence space that no segment of a connection has.
const beyond = uint32(1 << 31)

// distance is how far the numbers of a segment are from those of a connection.
func (c *conn) distance(s *Segment) uint32 {
	gap := beyond
	if next, ok := c.next[opposite(s.Dir)]; ok && s.ICMP != "" { // it quotes what went the other way
		return between(s.Seq, next)
	}
	if next, ok := c.next[s.Dir]; ok && (s.Seq != 0 || !s.has('R')) {
		gap = min(gap, between(s.Seq, next))
	}
	if next, ok := c.next[opposite(s.Dir)]; ok && (s.has('A') || s.has('R') && s.Ack != 0) {
		gap = min(gap, between(s.Ack, next))
	}
	return gap
}

func between(a, b uint32) uint32 {
	if d := int32(a - b); d >= 0 {
		return uint32(d)
	}
	return b - a
}

// add puts a segment to a connection and follows its numbers.
func (c *conn) add(s *Segment) {
	c.segments = append(c.segments, s)
	if s.ICMP != "" {
		return
	}
	next, known := c.next[s.Dir]
	if s.has('R') {
		// Only a RST of exactly the next number ends a connection; the others are challenged or dropped (RFC 5961, section
		// 3.2). One that answers a SYN names it by its acknowledgment.
		if c.reset == nil && (!known || s.Seq == next || s.Dir == "in" && !c.open()) {
			c.reset = s
		}
		return
	}
	if end := s.Seq + s.occupies(); !known || end != s.Seq && reached(end, next) {
		c.next[s.Dir] = end
	}
}

// open says that data or acknowledgments have passed.
func (c *conn) open() bool {
	return slices.ContainsFunc(c.segments, func(s *Segment) bool { return !s.has('S') && s.has('A') })
}

// absorbedBy gives back to an older connection a SYN that begins nothing: it came inside that connection, and no SYN/ACK
// answered it. It says whether c is to be forgotten.
func (c *conn) absorbedBy(all []*conn) bool {
	i := c.nth
	if i < 1 || c.answeredSYN() || len(c.segments) == 0 {
		return false
	}
	older := all[i-1]
	if r := older.reset; !older.open() || r != nil && (r.Time < c.segments[0].Time || r.Time == c.segments[0].Time && r.N < c.segments[0].N) {
		return false
	}
	older.segments = append(older.segments, c.segments...)
	slices.SortStableFunc(older.segments, func(a, b *Segment) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.N, b.N)) })
	return true
}

// answeredSYN says that a SYN/ACK is among the segments.
func (c *conn) answeredSYN() bool {
	return slices.ContainsFunc(c.segments, func(s *Segment) bool { return s.Dir == "in" && s.has('S') && s.has('A') })
}

// syns are the plain SYNs.
func (c *conn) syns() []*Segment {
	var all []*Segment
	for _, s := range c.segments {
		if c.syn != nil && plainSYN(s) && s.Seq == c.syn.Seq {
			all = append(all, s)
		}
	}
	return all
}

// answer is what came back on the SYN; nil when nothing did.
func (c *conn) answer() *Segment {
	if c.synack != nil {
		return c.synack
	}
	return c.refused
}

// sees says that the tap saw any segment in a direction.
func (c *conn) sees(dir string) bool {
	return slices.ContainsFunc(c.segments, func(s *Segment) bool { return s.Dir == dir })
}

// upTo is the number of bytes of its direction that a segment completes; 0 for one without payload and in a direction
// whose ISN is not known.
func (c *conn) upTo(s *Segment) uint32 {
	isn, ok := c.isn(sender(s.Dir))
	if s.Len == 0 || s.has('S') || s.ICMP != "" || !ok {
		return 0
	}
	if n := s.Seq + uint32(s.Len) - isn - 1; n < beyond {
		return n
	}
	return 0
}

// sender is the party whose numbers a segment carries.
func sender(dir string) Party {
	if dir == "in" {
		return Server
	}
	return Client
}

func opposite(dir string) string {
	if dir == "in" {
		return "out"
	}
	return "in"
}

// ending is the segment that ended a direction: FIN or RST; nil when it did not end in view.
func (c *conn) ending(dir string) *Segment {
	for _, s := range c.segments {
		if s.Dir == dir && s.ICMP == "" && (s.has('F') || s == c.reset) {
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

// has tests one flag by its letter.
func (s *Segment) has(flag byte) bool { return strings.IndexByte(s.Flags, flag) >= 0 }

// plainSYN is a SYN that opens a connection. Connection tracking takes a SYN with FIN or RST for invalid and lets it
// out untranslated: that tells nothing about a path.
func plainSYN(s *Segment) bool {
	return s.Dir == "out" && s.ICMP == "" && s.has('S') && !s.has('A') && !s.has('F') && !s.has('R')
}

// occupies is the length of a segment in sequence space: payload, SYN and FIN. What a RST says does not count.
func (s *Segment) occupies() uint32 {
	if s.has('R') {
		return 0
	}
	n := uint32(s.Len)
	if s.has('S') {
		n++
	}
	if s.has('F') {
		n++
	}
	return n
}

// reached says that sequence number a is at or after b (RFC 9293, section 3.4: numbers wrap at 2^32).
func reached(a, b uint32) bool { return int32(a-b) >= 0 }
