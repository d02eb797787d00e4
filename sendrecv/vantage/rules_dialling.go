package vantage

import (
	"fmt"
	"slices"
)

// What boxes keep to that dial on the SYN.

// patience is how long a box that dials on the SYN may take to do so, in seconds; and so many times as long as it took to answer.
const (
	patience = 0.5
	slowness = 10
)

// dialsOnSYN demands that the SYN upstream does not wait for the guest. A guest that acknowledges at once tells nothing: a box
// that dials without waiting loses the race against it.
func dialsOnSYN(p *pair) *objection {
	n := p.near
	enough := patience
	if a := n.answer(); a != nil {
		enough = max(enough, slowness*(a.Time-n.syn.Time))
	}
	if f := p.far.syn; f != nil && p.since(n.syn, f) > enough {
		claim, frames := p.farLast(f, n.syn)
		return p.unlessAgain(fmt.Sprintf("the SYN upstream left more than %s after the guest's", span(enough)), claim, frames)
	}
	if n.ack == nil || !p.let(n.ack) || !p.dialledAfter(n.ack) {
		return nil
	}
	claim, frames := p.farLast(p.far.syn, n.ack)
	return p.unlessAgain(fmt.Sprintf("the SYN upstream left after the guest's handshake ACK, although that came %s after the guest's SYN",
		span(n.ack.Time-n.syn.Time)), claim, frames)
}

// again is how long a stack waits at least before it sends a SYN again, in seconds (RFC 6298: 1 s, less what clocks are off).
const again = 0.9

// unlessAgain is an objection to a late SYN upstream, which may be one that was sent again when the first was missed.
func (p *pair) unlessAgain(says string, claim Claim, frames []FrameRef) *objection {
	if low, _ := p.offset(p.near.syn.Time); p.clocks.far[p.far.syn.N].late-low > p.clocks.near[p.near.syn.N].early+again {
		return unless(p.far.tap, "out", p.near.syn, says, claim, frames...)
	}
	return never(says, claim, frames...)
}

// dialledAfter says that the SYN upstream did not only pass the far tap after a segment of the guest's, but left the box then. From
// the box to the tap it took no longer than the server's SYN/ACK waited there for its acknowledgment.
func (p *pair) dialledAfter(n *Segment) bool {
	f := p.far
	if f.syn == nil || f.synack == nil || f.ack == nil {
		return false
	}
	way := p.clocks.far[f.ack.N].late - p.clocks.far[f.synack.N].early
	return p.since(n, f.syn) > way+p.skew(way)
}

// let says that the guest let its handshake ACK wait long enough for a box that dials on the SYN to have dialled: half a
// second, or ten times as long as its SYN/ACK took.
func (p *pair) let(ack *Segment) bool {
	if p.blind {
		return false
	}
	syn, at := p.clocks.near[p.near.syn.N], p.clocks.near[ack.N]
	waited := at.early - syn.late
	if waited >= patience {
		return true
	}
	answer := p.near.synack
	return answer != nil && waited >= slowness*(p.clocks.near[answer.N].late-syn.early)
}

// answersLast demands that the guest is answered when the handshake upstream is complete.
func answersLast(p *pair) *objection {
	n, f := p.near.synack, p.far.synack
	switch {
	case n == nil:
		return nil
	case f == nil && p.far.completed() == nil:
		return unless(p.far.tap, "in", n, fmt.Sprintf("the guest got a SYN/ACK while tap %s shows none", p.far.tap), Claim{Is: NoAnswer}, p.far.ref(p.far.segments[0])...)
	case p.farAfter(f, n):
		claim, frames := p.farLast(f, n)
		return never("the guest had its SYN/ACK before the server sent one", claim, frames...)
	}
	return p.answeredSooner()
}

// answeredSooner says that the guest had its answer sooner after its SYN than the handshake upstream took: whoever answered
// did not wait for that. It needs no clock but each tap's own.
func (p *pair) answeredSooner() *objection {
	n, f := p.near.synack, p.far.ack
	if p.blind || f == nil || p.far.syn == nil {
		return nil
	}
	took := p.clocks.near[n.N].late - p.clocks.near[p.near.syn.N].early
	upstream := p.clocks.far[f.N].early - p.clocks.far[p.far.syn.N].late
	if upstream <= took+p.skew(upstream) {
		return nil
	}
	return never(fmt.Sprintf("the guest had its SYN/ACK after %s, while the handshake upstream took %s", span(took), span(upstream)),
		Claim{Is: Took, Low: took, High: upstream}, slices.Concat(p.near.ref(p.near.syn, n), p.far.ref(p.far.syn, f))...)
}

// completesAlone demands that the handshake upstream is completed without the guest.
func completesAlone(p *pair) *objection {
	f := p.far
	if f.synack == nil || f.completed() != nil {
		return nil
	}
	return unless(f.tap, "out", f.synack, "the handshake upstream was not completed", Claim{Is: NotCompleted}, f.ref(f.synack)...)
}

// refusesAsRefused demands that the guest is refused when the server refuses, and only then.
func refusesAsRefused(p *pair) *objection {
	n, f := p.near, p.far
	says, claim := "", Claim{Is: OtherAnswer}
	if n.answer() != nil && f.answer() != nil {
		says = fmt.Sprintf("upstream the SYN got %s, the guest got %s", f.answer().words(), n.answer().words())
	}
	switch { // a SYN/ACK may have been missed, and reset later
	case n.synack != nil && f.refused != nil && f.synack == nil:
		return unless(f.tap, "in", f.refused, says, claim, p.refs(n.synack, f.refused)...)
	case n.refused != nil && f.synack != nil:
		return unless(n.tap, "in", f.synack, says, claim, p.refs(n.refused, f.synack)...)
	}
	return nil
}

// quick is the longest that a box which answers unasked can have taken by chance just as long as the server, in seconds; below
// that every answer is quick.
const quick = 2e-3

// answersUnasked demands that the guest's answer does not depend on the server's: it does when it comes right behind it, after
// a wait that is long beside the rest.
func answersUnasked(p *pair) *objection {
	n, f := p.near.synack, p.far.synack
	if p.blind || n == nil || f == nil || p.far.syn == nil {
		return nil
	}
	took, upstream := n.Time-p.near.syn.Time, f.Time-p.far.syn.Time
	if rest := took - upstream; upstream < quick || upstream < 20*p.coarse || rest < 0 || rest > upstream/4 {
		return nil
	}
	return never(fmt.Sprintf("the guest's SYN/ACK took %s, of which the server's took %s: it waited for that", span(took), span(upstream)),
		Claim{Is: Took, Low: upstream, High: took}, slices.Concat(p.far.ref(p.far.syn, f), p.near.ref(p.near.syn, n))...)
}
