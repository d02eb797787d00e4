package vantage

import (
	"fmt"
	"slices"
)

// What boxes keep to that let the guest's packets pass.

// crossesBeforeAnswer demands that the guest's SYN has crossed before its answer is there.
func crossesBeforeAnswer(p *pair) *objection {
	if !p.farAfter(p.far.syn, p.near.synack) {
		return nil
	}
	claim, frames := p.farLast(p.far.syn, p.near.synack)
	return unless(p.far.tap, "out", p.near.syn, "the guest had its SYN/ACK before any SYN was upstream", claim, frames...)
}

// answeredByServer demands that the SYN/ACK passed the far tap first.
func answeredByServer(p *pair) *objection {
	n, f := p.near.synack, p.far.synack
	switch {
	case n == nil && f != nil && p.near.answer() == nil && p.near.completed() == nil:
		return unless(p.near.tap, "in", f, fmt.Sprintf("tap %s does not show the server's SYN/ACK", p.near.tap), Claim{Is: NoAnswer},
			p.near.ref(p.near.syn)...)
	case n == nil:
		return nil
	case f == nil && p.far.ack == nil:
		return unless(p.far.tap, "in", n, fmt.Sprintf("the guest got a SYN/ACK (ISN %d) that tap %s does not show", n.Seq, p.far.tap),
			Claim{Is: Absent, Tap: p.far.tap}, p.near.ref(n)...)
	case !p.farAfter(f, n):
		return nil
	}
	claim, frames := p.farLast(f, n)
	return unless(p.far.tap, "in", n, "the guest had its SYN/ACK before the server sent one", claim, frames...)
}

// acknowledgedByGuest demands that the acknowledgment upstream is the guest's.
func acknowledgedByGuest(p *pair) *objection {
	n, f, answer := p.near.completed(), p.far.completed(), p.near.synack
	switch {
	case f == nil && n == nil:
		return nil
	case f == nil:
		return unless(p.far.tap, "out", n, fmt.Sprintf("the guest acknowledged the SYN/ACK, and tap %s does not show it", p.far.tap),
			Claim{Is: Absent, Tap: p.far.tap}, p.near.ref(n)...)
	case p.farBefore(f, answer) && (n == nil || n.Time >= answer.Time):
		claim, frames := p.farFirst(f, answer)
		return never("the server's SYN/ACK was acknowledged upstream before the guest had one", claim, frames...)
	case n == nil:
		return unless(p.near.tap, "out", f, fmt.Sprintf("the handshake upstream was completed, and tap %s shows no ACK of the guest's", p.near.tap),
			Claim{Is: Absent, Tap: p.near.tap}, p.far.ref(f)...)
	case p.farBefore(f, n):
		claim, frames := p.farFirst(f, n)
		says := "the handshake upstream was completed before the guest completed its own"
		if p.near.ack == nil || p.acknowledgedTwice() {
			return unless(p.near.tap, "out", f, says, claim, frames...)
		}
		return never(says, claim, frames...)
	}
	return nil
}

// atGuestsPace demands that the server waited for its acknowledgment at least as long as the guest took to give it. It needs
// no clock but each tap's own.
func atGuestsPace(p *pair) *objection {
	n, f, answer := p.near.ack, p.far.ack, p.far.synack
	if p.blind || n == nil || f == nil || answer == nil || p.near.synack == nil {
		return nil
	}
	asked := p.near.synack
	for _, s := range p.near.segments { // sent again, it was perhaps the last that the guest answered
		if s.Dir == "in" && s.has('S') && s.Seq == asked.Seq && p.clocks.near[s.N].early <= p.clocks.near[n.N].early {
			asked = s
		}
	}
	took := p.clocks.near[n.N].early - p.clocks.near[asked.N].late
	waited := p.clocks.far[f.N].late - p.clocks.far[answer.N].early
	if took <= waited+p.skew(took) {
		return nil
	}
	says := fmt.Sprintf("the server's SYN/ACK was acknowledged within %s, while the guest took %s", span(waited), span(took))
	claim, frames := Claim{Is: Took, Low: waited, High: took}, slices.Concat(p.far.ref(answer, f), p.near.ref(asked, n))
	if p.acknowledgedTwice() {
		return unless(p.near.tap, "out", f, says, claim, frames...)
	}
	return never(says, claim, frames...)
}

// acknowledgedTwice says that the far tap shows the bare handshake ACK more often than the near one, which may have missed the
// first of them.
func (p *pair) acknowledgedTwice() bool {
	bare := func(c *conn, ack *Segment) (n int) {
		for _, s := range c.segments {
			if s.Dir == "out" && s.ICMP == "" && s.Flags == ack.Flags && s.Seq == ack.Seq && s.Ack == ack.Ack && s.Len == 0 {
				n++
			}
		}
		return n
	}
	return p.far.ack != nil && p.near.ack != nil && bare(p.far, p.far.ack) > bare(p.near, p.near.ack)
}

// dataAcknowledgedByServer demands that data is acknowledged to the guest when the server has done so. One acknowledgment may
// have been missed; two cannot.
func dataAcknowledgedByServer(p *pair) *objection {
	return p.acknowledgedEarly("out", p.far.tap, "the guest's data was acknowledged to it before the server acknowledged any",
		func(n, f *Segment) bool { return f == nil || p.farAfter(f, n) })
}

// dataAcknowledgedByGuest demands that the server's data is acknowledged upstream when the guest has done so.
func dataAcknowledgedByGuest(p *pair) *objection {
	return p.acknowledgedEarly("in", p.near.tap, "the server's data was acknowledged upstream before the guest acknowledged it",
		func(n, f *Segment) bool { return n == nil && p.near.sees("out") || p.farBefore(f, n) })
}

// acknowledgedEarly looks for acknowledgments of the data of a direction that the wrong party gave. A box gives all of them; of
// fewer a tap may have missed what shows that they passed.
func (p *pair) acknowledgedEarly(dir, tap, says string, wrong func(n, f *Segment) bool) *objection {
	var first *objection
	var missed []*accident
	all := map[*Segment]bool{}
	for _, x := range p.ends() {
		place := p.near.upTo(x.near)
		n, f := p.near.acked[dir].by(place), p.far.acked[dir].by(place)
		like := n
		if dir == "in" {
			like = f
		}
		if x.dir != dir || like == nil {
			continue
		}
		all[like] = true
		if !wrong(n, f) {
			continue
		}
		lost := &accident{tap, opposite(dir), like}
		if first == nil {
			first = p.early(n, f, lost, says)
		}
		if !slices.ContainsFunc(missed, func(a *accident) bool { return *a == *lost || p.oneOfBoth(a, lost) }) {
			missed = append(missed, lost)
		}
	}
	if len(missed) > 1 && len(missed) == len(all) { // so many are not missing by chance
		first.lost = nil
	}
	return first
}

// early is the objection to one acknowledgment at both taps, of which either may be nil.
func (p *pair) early(n, f *Segment, lost *accident, says string) *objection {
	claim, frames := Claim{Is: Absent, Tap: lost.tap}, p.refs(n, f)
	switch {
	case n == nil || f == nil:
	case lost.dir == "in":
		claim, frames = p.farLast(f, n)
	default:
		claim, frames = p.farFirst(f, n)
	}
	return unless(lost.tap, lost.dir, lost.like, says, claim, frames...)
}

// asManySYNs demands that no more SYNs go upstream than the guest sent. One may have been missed, and the far tap may have captured
// each twice.
func asManySYNs(p *pair) *objection {
	sent, seen := p.near.syns(), singly(p.far.syns())
	if len(seen) < len(sent)+2 {
		return nil
	}
	last := p.near.segments[len(p.near.segments)-1]
	within := slices.DeleteFunc(slices.Clone(seen), func(f *Segment) bool { return !p.farBefore(f, last) })
	if len(within) < len(sent)+2 {
		return nil
	}
	return never(fmt.Sprintf("%s of the guest's became %d upstream", plural(len(sent), "SYN"), len(seen)),
		Claim{Is: MoreSYNs, Count: len(seen), Value: seen[0].Seq}, slices.Concat(p.near.ref(sent...), p.far.ref(seen...))...)
}

// singly leaves out what comes so close behind the one before that it was captured twice.
func singly(all []*Segment) []*Segment {
	var some []*Segment
	for _, s := range all {
		if len(some) == 0 || s.Time-some[len(some)-1].Time > doubled {
			some = append(some, s)
		}
	}
	return some
}

// refusedAlike demands that a refusal passes as it is: RST as RST, an ICMP error as one.
func refusedAlike(p *pair) *objection {
	n, f := p.near.answer(), p.far.answer()
	if n == nil || f == nil || kind(n) == kind(f) {
		return nil
	}
	says := fmt.Sprintf("upstream the SYN got %s, the guest got %s", f.words(), n.words())
	if p.far.synack != nil { // the guest may have had that too, and be reset later
		return unless(p.near.tap, "in", f, says, Claim{Is: OtherAnswer}, p.refs(n, f)...)
	}
	return never(says, Claim{Is: OtherAnswer}, p.refs(n, f)...)
}

// kind is what an answer to a SYN says.
func kind(s *Segment) string {
	switch {
	case s.ICMP != "":
		return s.ICMP
	case s.has('S'):
		return "accepted"
	case s.has('R'):
		return "reset"
	}
	return "finished"
}

// heardTheAnswer demands that a guest whose handshake was completed does not ask again.
func heardTheAnswer(p *pair) *objection {
	again := p.askedAgain(p.far.completed())
	if again == nil {
		return nil
	}
	claim, frames := p.farFirst(p.far.completed(), again)
	return never("the guest sent its SYN again when the handshake upstream was complete", claim, frames...)
}

// askedAgain is a SYN that the guest sent after something had passed the far tap; nil when there is none.
func (p *pair) askedAgain(f *Segment) *Segment {
	done := p.near.completed()
	for _, s := range p.near.syns() { // one that comes after the handshake is a script's
		if p.farBefore(f, s) && (done == nil || s.Time < done.Time) {
			return s
		}
	}
	return nil
}
