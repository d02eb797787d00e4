package reassembly

import (
	"cmp"
	linked "container/list"
	"iter"
	"math"
	"net/netip"
	"slices"

	"github.com/moonwire/moonwire/craft"
)

// StreamLimits bound what Streams hold. Zero fields have the values told here; negative ones bound nothing.
type StreamLimits struct {
	// Connections is how many are followed at a time: 65,536. The one that was silent longest makes room.
	Connections int
	// Bytes is how much data all of them may hold together: 64 MiB. What was silent longest is handed out.
	Bytes int
	// Early is how much of one stream is held behind missing bytes before these are given up as a gap: 1 MiB.
	Early int
	// Midway is how many pieces of a stream are awaited of which the SYN was not seen, in case an earlier one comes late,
	// before the first of them counts as its beginning: 16.
	Midway int
	// Part is how much of one stream is collected before it is handed out in parts: 8 MiB. With 1 every byte is handed
	// out as soon as those before it have come.
	Part int
}

func (s StreamLimits) withDefaults() StreamLimits {
	bound := func(limit *int, def int) {
		if *limit = cmp.Or(*limit, def); *limit < 0 {
			*limit = math.MaxInt
		}
	}
	bound(&s.Connections, 65536)
	bound(&s.Bytes, 64<<20)
	bound(&s.Early, 1<<20)
	bound(&s.Midway, 16)
	bound(&s.Part, 8<<20)
	return s
}

// Streams puts what TCP segments carry in order, for each side of each connection: segments may come in any order, more
// than once and overlapping; sequence numbers wrap. Bytes that are missing are told as gaps and never made up; bytes
// that are sent again and differ are told as conflicts. Checksums are not looked at: a capture of packets that the
// sender's own card completes has wrong ones. Fragments of IP are not TCP segments: have a Defragmenter put them together
// before. Streams are not safe for concurrent use.
type Streams struct {
	limits      StreamLimits
	whole       bool // nothing is handed out before Flush
	connections map[endpoints]*linked.Element
	recent      *linked.List // of *connection, the one that was silent longest in front
	loaded      *linked.List // of *half that hold bytes, likewise
	bytes       int
	begun       int // connections so far
	ready       []*Stream
}

// NewStreams makes Streams that follow nothing yet.
func NewStreams(limits StreamLimits) *Streams {
	return &Streams{
		limits: limits.withDefaults(), connections: map[endpoints]*linked.Element{},
		recent: linked.New(), loaded: linked.New(),
	}
}

// Follow is the streams of some packets, each in one piece, in the order of the connections' first packets; sides that
// sent no data are left out. It holds as much as the packets carry: for more than fits the memory there are Streams.
func Follow(packets iter.Seq[*craft.Packet]) []*Stream {
	s := NewStreams(StreamLimits{Connections: -1, Bytes: -1, Early: -1, Midway: -1, Part: -1})
	s.whole = true
	var all []*Stream
	for p := range packets {
		all = append(all, s.Add(p)...)
	}
	all = append(all, s.Flush()...)
	slices.SortStableFunc(all, func(a, b *Stream) int { return cmp.Compare(a.Connection, b.Connection) })
	return all
}

// endpoints are the two ends of a connection, the lower one first.
type endpoints struct{ low, high netip.AddrPort }

// A connection is its two sides; the one that was seen first is the first.
type connection struct {
	key   endpoints
	sides [2]*half
}

// Add takes a packet and returns the streams that it ended, and parts of those that have become too long to hold. A
// packet without TCP is ignored.
func (s *Streams) Add(p *craft.Packet) []*Stream {
	g, ok := segmentOf(p)
	if !ok {
		return nil
	}
	s.ready = nil
	from := s.side(g)
	if g.syn && !from.fits(g.seq+1) {
		if !from.replaced(g) {
			return s.ready // hosts ignore it, or challenge it: RFC 9293, section 3.10.7.4
		}
		s.forget(s.connections[g.endpoints()], EndReused)
		from = s.side(g)
	}
	if g.syn && g.acks {
		from.peer.beginAt(g.ack)
	}
	from.take(g)
	from.peer.reset = from.peer.reset || g.rst
	s.settle(from)
	s.settle(from.peer)
	return s.ready
}

// Flush ends everything that is still open, as at the end of a capture, and returns it in the order of the connections'
// beginnings.
func (s *Streams) Flush() []*Stream {
	s.ready = nil
	for s.recent.Len() > 0 {
		s.forget(s.recent.Front(), EndOpen)
	}
	slices.SortStableFunc(s.ready, func(a, b *Stream) int { return cmp.Compare(a.Connection, b.Connection) })
	return s.ready
}

// side is the sender's side of the connection of a segment, which is followed from now on.
func (s *Streams) side(g segment) *half {
	key := g.endpoints()
	el := s.connections[key]
	if el == nil {
		for s.recent.Len() >= max(s.limits.Connections, 1) {
			s.forget(s.recent.Front(), EndLimit)
		}
		el = s.recent.PushBack(s.connect(g))
		s.connections[key] = el
	}
	s.recent.MoveToBack(el)
	c, _ := el.Value.(*connection)
	if c.sides[0].stream.Src == g.src {
		return c.sides[0]
	}
	return c.sides[1]
}

// connect makes the connection of a segment.
func (s *Streams) connect(g segment) *connection {
	s.begun++
	one := &half{limits: &s.limits, stream: Stream{Connection: s.begun, Src: g.src, Dst: g.dst}}
	two := &half{limits: &s.limits, stream: Stream{Connection: s.begun, Src: g.dst, Dst: g.src}}
	one.peer, two.peer = two, one
	return &connection{g.endpoints(), [2]*half{one, two}}
}

// forget hands out what there is of a connection and follows it no longer.
func (s *Streams) forget(el *linked.Element, why StreamEnd) {
	c, _ := s.recent.Remove(el).(*connection)
	delete(s.connections, c.key)
	for _, h := range c.sides {
		h.giveUp(true)
		s.handOut(h, h.ending(why))
		s.unload(h)
	}
}

// settle hands out what is due after a packet, and as much of the oldest as is needed to hold no more than the limit.
func (s *Streams) settle(h *half) {
	switch {
	case s.whole:
	case h.ended() && !h.told:
		s.handOut(h, h.ending(EndOpen))
		h.told = true
	case h.fresh+h.reports >= s.limits.Part:
		s.handOut(h, EndPart)
	}
	s.load(h)
	for s.bytes > s.limits.Bytes {
		oldest, _ := s.loaded.Front().Value.(*half)
		oldest.giveUp(false)
		s.handOut(oldest, EndPart)
		s.unload(oldest)
	}
}

// handOut makes what a side has collected ready for the caller, if it is anything.
func (s *Streams) handOut(h *half, end StreamEnd) {
	if st := h.part(end); st != nil {
		s.ready = append(s.ready, st)
	}
}

// load counts what a side holds.
func (s *Streams) load(h *half) {
	s.bytes += h.cost() - h.counted
	h.counted = h.cost()
	switch {
	case h.counted == 0 && h.place != nil:
		s.loaded.Remove(h.place)
		h.place = nil
	case h.counted > 0 && h.place == nil:
		h.place = s.loaded.PushBack(h)
	case h.place != nil:
		s.loaded.MoveToBack(h.place)
	}
}

// unload has a side hold nothing.
func (s *Streams) unload(h *half) {
	h.buf = nil
	s.load(h)
}
