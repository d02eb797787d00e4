package reassembly

import (
	linked "container/list"
	"slices"
)

const (
	// pieceCost is what a piece that waits takes beside its bytes, roughly; reportCost is the same of a gap or conflict.
	pieceCost, reportCost = 64, 64
	// compared is how much of what was handed out is kept, to be compared with what is sent again.
	compared = 64 << 10
	// adoptable is how far behind a SYN the first data may be for the SYN to be taken for its beginning.
	adoptable = 16 << 20
)

// A half is one side of a connection while it is followed. Positions count its bytes from the first sequence number that
// was seen, so that they go on where sequence numbers wrap; what came from before that number has negative ones.
type half struct {
	peer   *half  // the other side
	stream Stream // what is told of it, with positions for offsets
	seen   bool   // base counts
	base   uint32 // the sequence number at position 0
	begun  bool   // start and next count
	start  int64  // the position of the stream's first byte
	next   int64  // the position behind what is in order

	pieces  pieceList // what came early, in order, none overlapping another
	waiting int       // what the pieces take
	limits  *StreamLimits

	buf     []byte // what is in order up to next; a part of it was handed out before
	fresh   int    // how much of its end was not
	solid   int64  // since where it is without gaps
	begin   int64  // the position where the part begins that is handed out next
	reports int    // what gaps and conflicts take
	parts   int    // how many parts were handed out

	closing bool      // the side has sent FIN or RST
	last    int64     // the position behind its last byte then
	end     StreamEnd // which of the two
	reset   bool      // the other side sent RST
	told    bool      // the end was handed out
	retried bool      // a SYN with another number came while the connection was open
	retry   uint32    // its number

	place   *linked.Element // in Streams.loaded
	counted int             // what Streams.bytes has of this side
}

// A piece is data that came before the data in front of it.
type piece struct {
	at   int64
	data []byte
}

func (p *piece) end() int64 { return p.at + int64(len(p.data)) }

// cost is what the half holds, in bytes.
func (h *half) cost() int { return len(h.buf) + h.waiting + h.reports }

// position is where a sequence number is: the place nearest to where the stream stands.
func (h *half) position(seq uint32) int64 {
	if !h.seen {
		h.seen, h.base = true, seq
	}
	return h.next + int64(int32(seq-h.base-uint32(h.next)))
}

// beginAt takes a SYN's word that the stream's first byte has that sequence number.
func (h *half) beginAt(seq uint32) {
	if h.begun || !h.fits(seq) {
		return
	}
	h.stream.Began = true
	h.open(h.position(seq))
}

// fits reports whether what has come can belong to a stream that begins there.
func (h *half) fits(seq uint32) bool {
	if h.begun {
		return h.stream.Began && h.position(seq) == h.start
	}
	if h.pieces.n == 0 {
		return true
	}
	before := h.pieces.first().at - h.position(seq)
	return before >= 0 && before <= adoptable
}

// replaced reports whether a SYN with another number begins a new connection: the old one is closed, or has carried
// nothing, or the SYN answers one of the other side's with another number.
func (h *half) replaced(g segment) bool {
	if h.closing || h.peer.closing || h.empty() && h.peer.empty() || g.acks && h.peer.retried && h.peer.retry+1 == g.ack {
		return true
	}
	h.retried, h.retry = true, g.seq
	return false
}

// empty reports whether nothing has come yet.
func (h *half) empty() bool { return h.parts == 0 && h.cost() == 0 }

// open has the stream begin at a position.
func (h *half) open(at int64) {
	h.begun, h.start, h.next, h.solid, h.begin = true, at, at, at, at
	h.drain()
}

// take adds a segment of this side.
func (h *half) take(g segment) {
	h.stream.Packets++
	if t := g.time; !t.IsZero() {
		if h.stream.First.IsZero() || t.Before(h.stream.First) {
			h.stream.First = t
		}
		if t.After(h.stream.Last) {
			h.stream.Last = t
		}
	}
	if g.syn {
		h.beginAt(g.seq + 1)
		g.seq++ // the SYN takes a number
	}
	at := h.position(g.seq)
	h.add(at, g.data)
	if g.fin || g.rst && !h.closing {
		h.closing, h.last, h.end = true, at+int64(len(g.data)), EndRST
		if g.fin {
			h.end = EndFIN
		}
	}
}

// add puts data in its place. What is there already stays; it is compared with what comes again.
func (h *half) add(at int64, data []byte) {
	if h.begun && at < h.next {
		n := min(h.next-at, int64(len(data)))
		h.compare(at, data[:n])
		at, data = at+n, data[n:]
	}
	if h.begun && at == h.next && (h.pieces.n == 0 || h.pieces.first().at >= at+int64(len(data))) {
		h.append(data)
	} else {
		h.wait(at, data)
	}
	h.drain()
	for h.waiting > h.limits.Early || !h.begun && h.pieces.n >= h.limits.Midway {
		h.skip()
	}
}

// append takes what comes next.
func (h *half) append(data []byte) {
	h.buf = append(h.buf, data...)
	h.next += int64(len(data))
	h.fresh += len(data)
}

// wait keeps data that came early.
func (h *half) wait(at int64, data []byte) {
	for s := h.pieces.endingBehind(at); len(data) > 0; s = h.pieces.next(s) {
		n, p := int64(len(data)), h.pieces.at(s)
		if p != nil && p.at <= at {
			n = min(n, p.end()-at)
			h.conflict(at, p.data[at-p.at:][:n], data[:n])
		} else {
			if p != nil {
				n = min(n, p.at-at)
			}
			s = h.pieces.insert(s, &piece{at, slices.Clone(data[:n])})
			h.waiting += int(n) + pieceCost
		}
		at, data = at+n, data[n:]
	}
}

// drain takes the pieces whose turn has come.
func (h *half) drain() {
	for h.begun && h.pieces.n > 0 && h.pieces.first().at == h.next {
		data := h.pieces.first().data
		h.append(data)
		h.waiting -= len(data) + pieceCost
		h.pieces.drop()
	}
}

// skip goes on with the first piece that waits: what is missing in front of it is a gap, or was before the stream's
// beginning when that is not known.
func (h *half) skip() {
	at := h.pieces.first().at
	if !h.begun {
		h.open(at)
		return
	}
	h.gap(at)
	h.drain()
}

// gap gives up the bytes up to a position.
func (h *half) gap(to int64) {
	h.stream.Gaps = append(h.stream.Gaps, Extent{h.next, to - h.next})
	h.reports += reportCost
	h.next, h.solid = to, to
}

// giveUp goes on behind everything that is missing. When nothing more can come, what a FIN stands behind is missing too.
func (h *half) giveUp(final bool) {
	for h.pieces.n > 0 {
		h.skip()
	}
	if final && h.begun && h.closing && h.end == EndFIN && h.last > h.next {
		h.gap(h.last)
	}
}

// compare holds data that comes again against what is there from that position on.
func (h *half) compare(at int64, data []byte) {
	from := max(h.solid, h.next-int64(len(h.buf)))
	if lost := min(from-at, int64(len(data))); lost > 0 {
		h.stream.Unplaced += lost
		at, data = at+lost, data[lost:]
	}
	if len(data) > 0 {
		h.conflict(at, h.buf[int64(len(h.buf))-(h.next-at):][:len(data)], data)
	}
}

// conflict notes that data is not what it repeats.
func (h *half) conflict(at int64, kept, other []byte) {
	first, last := 0, len(kept)
	for first < last && kept[first] == other[first] {
		first++
	}
	for last > first && kept[last-1] == other[last-1] {
		last--
	}
	if first == last {
		return
	}
	h.stream.Conflicts = append(h.stream.Conflicts, Conflict{
		at + int64(first), slices.Clone(kept[first:last]), slices.Clone(other[first:last]),
	})
	h.reports += reportCost + 2*(last-first)
}

// ended reports whether all that the side sent before its FIN or RST is here; of a side that was reset, whether nothing
// is missing. A stream whose beginning nobody has seen when both sides are closed begins with what there is.
func (h *half) ended() bool {
	if !h.closing && !h.reset {
		return false
	}
	if !h.begun && h.pieces.n > 0 && (h.reset || h.peer.closing) {
		h.skip()
	}
	return h.begun && h.pieces.n == 0 && (h.reset || h.next >= h.last)
}

// ending is why the stream ends, or otherwise when it has not ended itself.
func (h *half) ending(otherwise StreamEnd) StreamEnd {
	switch {
	case h.closing:
		return h.end
	case h.reset:
		return EndRST
	}
	return otherwise
}

// part is what was collected since the last part; nil when that is nothing worth telling.
func (h *half) part(end StreamEnd) *Stream {
	nothing := h.fresh == 0 && h.reports == 0
	if nothing && (h.parts == 0 || h.told || end == EndPart) {
		return nil
	}
	st := h.stream
	st.End, st.Offset = end, h.begin-h.start
	st.Data = slices.Clone(h.buf[len(h.buf)-h.fresh:])
	for i := range st.Gaps {
		st.Gaps[i].Offset -= h.start
	}
	for i := range st.Conflicts {
		st.Conflicts[i].Offset -= h.start
	}
	h.stream.Gaps, h.stream.Conflicts, h.stream.Unplaced = nil, nil, 0
	h.fresh, h.reports, h.begin = 0, 0, h.next
	h.parts++
	h.trim()
	return &st
}

// trim keeps no more of what was handed out than is compared.
func (h *half) trim() {
	old := h.buf
	if len(old) <= 2*compared {
		return
	}
	if cap(old) > 4*compared {
		h.buf = make([]byte, 0, 4*compared)
	}
	h.buf = append(h.buf[:0], old[len(old)-compared:]...)
}
