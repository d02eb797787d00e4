package vantage

import (
	"math"
	"slices"
)

// Which far connection carries a near one.

// tieByConduct ties what is not tied yet, and says whether it found any. A far connection that several near ones claim is left
// to none of them, and so is one that is tied by time alone, when it could be another's too.
func (h *hop) tieByConduct(taken map[*conn]*conn) bool {
	claims := map[*conn][]*pair{}
	for _, p := range h.pairs {
		h.look()
		if p.tie == untied && !p.challenged {
			if p.tieByConduct(h.fars, taken); p.far != nil {
				claims[p.far] = append(claims[p.far], p)
			}
		}
	}
	found := false
	for f, ps := range claims {
		h.look()
		if len(ps) == 1 && (ps[0].tie != byTime || !h.wanted(f, ps[0])) {
			taken[f], found = ps[0].near, true
			continue
		}
		for _, p := range ps {
			p.far, p.tie, p.clocks = nil, untied, p.unbound
		}
	}
	return found
}

// wanted says that a far connection could be that of another near one too, of which nothing better is known.
func (h *hop) wanted(f *conn, by *pair) bool {
	for _, p := range h.pairs {
		if p != by && p.tie == untied && (p.more > 0 || slices.ContainsFunc(p.rivals, func(r *pair) bool { return r.far == f })) {
			return true
		}
	}
	return slices.ContainsFunc(h.nears, func(n *conn) bool { // one of which only the SYN was missed
		return n.syn == nil && n.answeredSYN() && n.server == f.server && !by.farAfter(f.syn, n.sent["in"].by(1))
	})
}

// confirmed says that the tie rests on the server's ISN.
func (p *pair) confirmed() bool { return p.sameAnswer(p.far) }

// challenge holds a tie by the client's ISN alone against the clocks and the other connections: a SYN can be copied. When another
// could be the guest's, neither is known to be it, unless the guest's bytes passed through the one alone.
func (p *pair) challenge(fars []*conn, taken map[*conn]*conn) {
	if p.near.answer() == nil && p.near.completed() == nil && !p.broken && !p.copied && !p.outOfTime() {
		return
	}
	other := &pair{near: p.near, clocks: p.unbound, unbound: p.unbound}
	other.tieByConduct(fars, taken)
	mine := p.near.summed() && p.sameStream() && other.tie != byStream
	if len(other.rivals) > 0 && !mine || p.broken || p.copied || p.outOfTime() {
		p.rivals = append(other.rivals, &pair{near: p.near, far: p.far, tie: p.tie, clocks: p.clocks, unbound: p.unbound})
		p.far, p.tie, p.challenged, p.clocks = nil, untied, true, p.unbound
	}
}

// numbers find far connections by the ISNs that they show.
type numbers map[numbered][]*conn

type numbered struct {
	of  Party
	isn uint32
}

func newNumbers(fars []*conn) numbers {
	by := numbers{}
	for _, f := range fars {
		for _, of := range []Party{Client, Server} {
			if isn, ok := f.isn(of); ok {
				by[numbered{of, isn}] = append(by[numbered{of, isn}], f)
			}
		}
	}
	return by
}

// tieByNumbers looks for the connection that has the guest's own numbers. One that has the server's ISN too goes before those
// that may be a copied SYN.
func (p *pair) tieByNumbers(by numbers, taken map[*conn]*conn) {
	for _, test := range []struct {
		of   Party
		same func(*conn) bool
	}{{Server, p.sameAnswer}, {Client, p.sameNumbers}} {
		isn, ok := p.near.isn(test.of)
		if !ok {
			continue
		}
		var found []*conn
		for _, f := range by[numbered{test.of, isn}] {
			if f.server == p.near.server && test.same(f) {
				found, taken[f] = append(found, f), p.near
			}
		}
		if len(found) == 0 {
			continue
		}
		p.far, p.tie = found[0], byNumbers
		p.twice = len(found) > 1 && p.confirmed()
		p.copied = len(found) > 1 && !p.confirmed()
		p.clocks = p.bound(p.passages())
		return
	}
}

// sameAnswer says that the server's ISN is the same on both sides: nobody can have made that up.
func (p *pair) sameAnswer(f *conn) bool {
	n, ok1 := p.near.isn(Server)
	m, ok2 := f.isn(Server)
	return ok1 && ok2 && n == m
}

// sameNumbers says that two connections share the client's ISN, and not by chance: nobody chose it by hand and it was used at
// about the same time, or it comes from the client's own address and port and nothing speaks against it.
func (p *pair) sameNumbers(f *conn) bool {
	n := p.near
	nc, ok1 := n.isn(Client)
	fc, ok2 := f.isn(Client)
	if !ok1 || !ok2 || nc != fc || f.syn == nil || p.one && f.syn.Time > n.segments[len(n.segments)-1].Time+patience {
		return false
	}
	_, ok3 := n.isn(Server)
	_, ok4 := f.isn(Server)
	return p.one && nc >= handmade || n.client == f.client && !(ok3 && ok4)
}

// handmade is the number below which an ISN is taken for one that a person or a script chose.
const handmade = 1 << 20

// tieByConduct looks for the far connection that behaves as near's: its bytes, or the time it was made in.
func (p *pair) tieByConduct(fars []*conn, taken map[*conn]*conn) {
	p.rivals, p.more = nil, 0
	var streams []*pair
	from, to := p.span(len(fars))
	for _, f := range fars {
		if begin := f.segments[0].Time; begin < from || begin > to || f.server != p.near.server || taken[f] != nil {
			continue
		}
		r := pair{near: p.near, far: f, clocks: p.unbound}
		if !p.possible(&r) {
			continue
		}
		kept := p.keep(r)
		if r.sameStream() {
			streams = append(streams, kept)
		}
	}
	switch {
	case len(streams) == 1:
		p.far, p.tie, p.clocks = streams[0].far, byStream, streams[0].clocks
	case len(streams) == 0 && len(p.rivals) == 1 && p.rivals[0].inTime():
		p.far, p.tie, p.clocks = p.rivals[0].far, byTime, p.rivals[0].clocks
	}
}

// many is how many far connections there must be for only those to be looked at that begin near enough in time.
const many = 256

// span is when a far connection must begin, by stamps alone, to be worth a look: outOfTime tells exactly. With clocks that nobody
// compared a crowd is looked at as far as those can be believed.
func (p *pair) span(fars int) (from, to float64) {
	from, to = math.Inf(-1), math.Inf(1)
	slack := 2*reordering + 2*p.coarse
	if !p.one {
		slack += adrift
	}
	if p.one && p.refuted == nil && fars > many || !p.one && fars > many && !p.blind {
		from = p.near.syn.Time - slack
		to = p.untilNear + adrift + slack
		if s := p.near.sent["in"].by(1); s != nil {
			to = s.Time + slack
		}
	}
	return from, to
}

// possible says that a far connection could be near's, by the clocks and the bytes, and bounds the clocks by what passed.
func (p *pair) possible(r *pair) bool {
	if r.outOfTime() {
		if p.refuted == nil && p.one && r.far.summed() && r.alike() {
			p.refuted = &pair{near: r.near, far: r.far, clocks: r.clocks}
		}
		return false
	}
	if r.excluded() {
		return false
	}
	r.clocks = r.bound(r.passages())
	return !r.impossible && !r.outOfTime()
}

// kept is how many connections that could be the guest's are looked at closely; more are only counted.
const kept = 32

// keep notes a rival.
func (p *pair) keep(r pair) *pair {
	if len(p.rivals) == kept {
		p.more++
	} else {
		p.rivals = append(p.rivals, &r)
	}
	return &r
}

// mirrored looks for a second connection that behaves as the guest's, when nothing shows a box between the guest's and what
// has its numbers: then the far tap holds both sides of the box. Where the TTL shows that there is none, the time alone makes none.
func (p *pair) mirrored(fars []*conn, taken map[*conn]*conn) {
	other := &pair{near: p.near, clocks: p.unbound, unbound: p.unbound}
	other.tieByConduct(fars, taken)
	n, _ := p.unchanged(p.once())
	p.twice = p.twice || other.tie == byStream || other.tie == byTime && n == nil
}

// excluded says that the far connection cannot carry the near one, whatever the clocks: other bytes passed.
func (p *pair) excluded() bool {
	for _, x := range p.ends() {
		if x.near.Sum != 0 && x.far.Sum != 0 && x.near.Sum != x.far.Sum {
			return true
		}
	}
	return false
}

// outOfTime says that the far connection began before the guest asked, or after the guest had left or been served.
func (p *pair) outOfTime() bool {
	begin := p.far.segments[0]
	if p.farBefore(begin, p.near.syn) || p.one && begin.Time > p.untilNear+adrift {
		return true
	}
	if out := p.near.ending("out"); out != nil && p.far.begun() && p.since(out, begin) > patience {
		return true
	}
	return p.farAfter(begin, p.near.sent["in"].by(1)) || p.empty() // the server's bytes come through the far connection
}

// empty says that the far connection carried nothing, although it was still in view when the guest had got something.
func (p *pair) empty() bool {
	got := p.near.sent["in"].by(1)
	if got == nil || p.far.sent["in"].total() > 0 || p.far.acked["in"].total() > 0 {
		return false
	}
	if _, ok := p.far.isn(Server); !ok {
		return false
	}
	return slices.ContainsFunc(p.far.segments, func(f *Segment) bool { return f.ICMP == "" && p.farAfter(f, got) }) ||
		p.far.ending("out") != nil && p.far.ending("in") != nil
}

// inTime says that the far connection was begun and answered while the guest waited for its answer, on one clock, and not ended
// before: whoever dials for the guest does not hang up before the guest is answered.
func (p *pair) inTime() bool {
	return p.one && !p.farBefore(p.far.ending("out"), p.near.answer()) && p.farAfter(p.far.syn, p.near.syn) && p.farBefore(p.far.answered(), p.near.answer())
}

// answered is the answer to a connection's SYN, or the acknowledgment of it when the answer itself was missed.
func (c *conn) answered() *Segment {
	if a := c.answer(); a != nil {
		return a
	}
	return c.ack
}

// sameStream says that the same bytes passed in both directions, at times and in numbers that leave no doubt.
func (p *pair) sameStream() bool {
	if p.broken || p.doubtful || (!p.one || p.coarse > 0) && !p.plausible() {
		return false
	}
	return p.alike()
}

// alike says that the same bytes passed in both directions.
func (p *pair) alike() bool {
	found := map[string]bool{}
	summed := p.near.summed() && p.far.summed()
	for _, x := range p.ends() {
		if !summed || x.near.Sum != 0 && x.near.Sum == x.far.Sum {
			found[x.dir] = true
		}
	}
	return found["out"] && found["in"]
}

// summed says that the bytes of a connection are known.
func (c *conn) summed() bool {
	return slices.ContainsFunc(c.segments, func(s *Segment) bool { return s.Sum != 0 })
}

// Clocks that nobody compared may be adrift by so many seconds, and connections of two runs of a script carry the same few bytes.
const (
	adrift   = 5.0
	distinct = 16
)

// plausible says that two clocks that are not known to be one leave it believable that two captures are of one run: they are
// close, and more passed than a word.
func (p *pair) plausible() bool {
	return p.close() && p.near.sent["out"].total() >= distinct && p.near.sent["in"].total() >= distinct
}

// close says that two clocks can be as good as set.
func (p *pair) close() bool { return p.low > -adrift && p.high < adrift }
