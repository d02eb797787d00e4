package vantage

import (
	"fmt"
	"slices"
)

// The rules that models are made of. Each is one sentence about a pair of connections: it returns what contradicts it, or
// nil.

// never is an objection that no accident of a capture explains.
func never(says string, claim Claim, frames ...FrameRef) *objection {
	return &objection{Evidence: Evidence{Says: says, Claim: &claim, Frames: frames}}
}

// unless is an objection that goes away if a tap missed one segment.
func unless(tap, dir string, like *Segment, says string, claim Claim, frames ...FrameRef) *objection {
	o := never(says, claim, frames...)
	o.lost = &accident{tap, dir, like}
	return o
}

// refs points at a near and a far segment.
func (p *pair) refs(near, far *Segment) []FrameRef {
	return slices.Concat(p.near.ref(near), p.far.ref(far))
}

// farFirst claims that a far segment passed before a near one, farLast that it passed after.
func (p *pair) farFirst(f, n *Segment) (Claim, []FrameRef) {
	return p.before(-p.high, -p.low), slices.Concat(p.far.ref(f), p.near.ref(n))
}

func (p *pair) farLast(f, n *Segment) (Claim, []FrameRef) {
	return p.before(p.low, p.high), p.refs(n, f)
}

func (p *pair) before(low, high float64) Claim {
	if p.one {
		low, high = 0, 0
	}
	return Claim{Is: Before, Low: finite(low), High: finite(high)}
}

// finite keeps an unknown bound within what JSON can write: a billion seconds.
func finite(seconds float64) float64 { return max(-1e9, min(seconds, 1e9)) }

// Numbers and addresses.

// sameISN demands that a party's ISN passes as it is.
func sameISN(of Party) rule {
	return func(p *pair) *objection {
		n, ok1 := p.near.isn(of)
		f, ok2 := p.far.isn(of)
		if !ok1 || !ok2 || n == f {
			return nil
		}
		says := fmt.Sprintf("the SYN upstream has an ISN of its own, %d; the guest's is %d", f, n)
		if of == Server {
			says = fmt.Sprintf("the SYN/ACK that the guest got has ISN %d, the server's has %d", n, f)
		}
		return never(says, Claim{Is: OtherISN, Of: of}, p.refs(p.near.shows(of), p.far.shows(of))...)
	}
}

// otherISN demands that a party's ISN is another on each side.
func otherISN(of Party) rule {
	return func(p *pair) *objection {
		n, ok1 := p.near.isn(of)
		f, ok2 := p.far.isn(of)
		if !ok1 || !ok2 || n != f || of == Client && p.tie == byTime && n < handmade { // a favourite of scripts is equal by chance
			return nil
		}
		says := fmt.Sprintf("the SYN upstream has the guest's ISN %d", n)
		if of == Server {
			says = fmt.Sprintf("the SYN/ACK that the guest got has the server's ISN %d", n)
		}
		return never(says, Claim{Is: SameISN, Of: of}, p.refs(p.near.shows(of), p.far.shows(of))...)
	}
}

func ownSYN(p *pair) *objection    { return otherISN(Client)(p) }
func ownAnswer(p *pair) *objection { return otherISN(Server)(p) }

// renumbered demands that at least one ISN is another.
func renumbered(p *pair) *objection {
	if sameISN(Client)(p) != nil || sameISN(Server)(p) != nil {
		return nil
	}
	if !p.answersCompared() { // the server's may be another
		return nil
	}
	if o := ownSYN(p); o != nil {
		return o
	}
	if o := ownAnswer(p); o != nil {
		return o
	}
	return never("no number is seen to change", Claim{Is: SameISN, Of: Client}, p.refs(p.near.syn, p.far.syn)...)
}

// answersCompared says that both taps show a number of the server's.
func (p *pair) answersCompared() bool {
	_, ok1 := p.near.isn(Server)
	_, ok2 := p.far.isn(Server)
	n, f := p.near.refused, p.far.refused
	return ok1 && ok2 || n != nil && f != nil && n.ICMP == "" && f.ICMP == "" && n.Seq == f.Seq
}

// sameClient demands that the guest's address and port arrive.
func sameClient(p *pair) *objection {
	if p.near.client == p.far.client {
		return nil
	}
	return never(fmt.Sprintf("the source %s became %s", p.near.client, p.far.client),
		Claim{Is: OtherClient}, p.refs(p.near.segments[0], p.far.segments[0])...)
}

// otherClient demands that they do not.
func otherClient(p *pair) *objection {
	if p.near.client != p.far.client {
		return nil
	}
	return never(fmt.Sprintf("the guest's own source %s arrives", p.near.client),
		Claim{Is: SameClient}, p.refs(p.near.segments[0], p.far.segments[0])...)
}

// What every box keeps to.

// begunBySYN demands that nothing is sent upstream before the guest asked.
func begunBySYN(p *pair) *objection {
	if !p.farBefore(p.far.syn, p.near.syn) {
		return nil
	}
	claim, frames := p.farFirst(p.far.syn, p.near.syn)
	return never("the SYN upstream left before the guest's", claim, frames...)
}

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
		if p.near.ack == nil {
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
	if took <= waited+grain {
		return nil
	}
	return never(fmt.Sprintf("the server's SYN/ACK was acknowledged within %s, while the guest took %s", span(waited), span(took)),
		Claim{Is: Took, Low: waited, High: took}, slices.Concat(p.far.ref(answer, f), p.near.ref(asked, n))...)
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

// acknowledgedEarly looks for acknowledgments of the data of a direction that the wrong party gave.
func (p *pair) acknowledgedEarly(dir, tap, says string, wrong func(n, f *Segment) bool) *objection {
	var first *objection
	for _, x := range p.ends() {
		place := p.near.upTo(x.near)
		n, f := p.near.acked[dir].by(place), p.far.acked[dir].by(place)
		if x.dir != dir || n == nil && f == nil || dir == "out" && n == nil || dir == "in" && f == nil || !wrong(n, f) {
			continue
		}
		claim, frames := Claim{Is: Absent, Tap: tap}, p.refs(n, f)
		like := n
		switch {
		case dir == "out" && f != nil:
			claim, frames = p.farLast(f, n)
		case dir == "in" && n != nil:
			claim, frames = p.farFirst(f, n)
		}
		if dir == "in" {
			like = f
		}
		if first != nil {
			if first.lost.like != like { // two acknowledgments, not one for two
				first.lost = nil
				return first
			}
			continue
		}
		first = unless(tap, opposite(dir), like, says, claim, frames...)
	}
	return first
}

// asManySYNs demands that no more SYNs go upstream than the guest sent. One may have been missed.
func asManySYNs(p *pair) *objection {
	sent, seen := p.near.syns(), p.far.syns()
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

// refusedAlike demands that a refusal passes as it is: RST as RST, an ICMP error as one.
func refusedAlike(p *pair) *objection {
	n, f := p.near.answer(), p.far.answer()
	if n == nil || f == nil || kind(n) == kind(f) {
		return nil
	}
	return never(fmt.Sprintf("upstream the SYN got %s, the guest got %s", f.words(), n.words()),
		Claim{Is: OtherAnswer}, p.refs(n, f)...)
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
	for _, s := range p.near.syns() {
		if p.farBefore(f, s) {
			return s
		}
	}
	return nil
}

// What boxes keep to that answer before they dial.

// answersEverySYN demands a SYN/ACK for the guest, whatever the server says.
func answersEverySYN(p *pair) *objection {
	n := p.near
	switch {
	case n.synack != nil:
		return nil
	case n.refused != nil:
		return never("the guest was refused with "+n.refused.words(), Claim{Is: Refused}, n.ref(n.syn, n.refused)...)
	}
	return unless(n.tap, "in", p.far.segments[0], "the guest has no SYN/ACK", Claim{Is: NoAnswer}, n.ref(n.syn)...)
}

// dialsForTheComplete demands that the guest completed its handshake.
func dialsForTheComplete(p *pair) *objection {
	if again := p.askedAgain(p.far.syn); again != nil {
		claim, frames := p.farFirst(p.far.syn, again)
		return never("the guest still asked when the SYN upstream had left", claim, frames...)
	}
	if p.near.completed() != nil {
		return nil
	}
	return unless(p.near.tap, "out", p.far.segments[0], "the guest did not complete its handshake", Claim{Is: NotCompleted}, p.near.ref(p.near.syn)...)
}

// dialsAfterACK demands that the SYN upstream follows the guest's handshake ACK, and with it the SYN/ACK before that.
func dialsAfterACK(p *pair) *objection {
	first, bound := p.far.segments[0], p.near.synack
	if p.near.ack != nil {
		bound = p.near.ack
	}
	if !p.farBefore(first, bound) {
		return nil
	}
	claim, frames := p.farFirst(first, bound)
	says := fmt.Sprintf("the %s upstream passed before the guest had its SYN/ACK", first.words())
	if bound == p.near.ack {
		says = fmt.Sprintf("the %s upstream passed before the guest's handshake ACK", first.words())
	}
	return never(says, claim, frames...)
}

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
	if n.synack != nil {
		enough = max(enough, slowness*(n.synack.Time-n.syn.Time))
	}
	if f := p.far.syn; f != nil && p.clocks.far[f.N].early-p.high > p.clocks.near[n.syn.N].late+enough {
		claim, frames := p.farLast(f, n.syn)
		return never(fmt.Sprintf("the SYN upstream left more than %s after the guest's", span(enough)), claim, frames...)
	}
	if n.ack == nil || !p.let(n.ack) || !p.farAfter(p.far.syn, n.ack) {
		return nil
	}
	claim, frames := p.farLast(p.far.syn, n.ack)
	return never(fmt.Sprintf("the SYN upstream left after the guest's handshake ACK, although that came %s after the guest's SYN",
		span(n.ack.Time-n.syn.Time)), claim, frames...)
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
	if upstream <= took+grain {
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
	if n.synack != nil && f.refused != nil && f.synack == nil || n.refused != nil && f.synack != nil {
		return never(fmt.Sprintf("upstream the SYN got %s, the guest got %s", f.answer().words(), n.answer().words()),
			Claim{Is: OtherAnswer}, p.refs(n.answer(), f.answer())...)
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

// answersProbes demands that keepalive probes do not cross: a box that ends the guest's TCP answers them itself.
func answersProbes(p *pair) *objection {
	for _, x := range p.crossings() {
		return never("a keepalive probe of the guest's crossed, and its answer came back the same way", Claim{Is: Nested},
			slices.Concat(p.near.ref(x.probe), p.far.ref(x.there, x.back), p.near.ref(x.answer))...)
	}
	return nil
}

// Nobody.

// nothingAnswered demands that the guest gets no answer.
func nothingAnswered(p *pair) *objection {
	n := p.near
	switch {
	case n.answer() != nil:
		return never("the guest's SYN was answered with "+n.answer().words(), Claim{Is: Answered}, n.ref(n.syn, n.answer())...)
	case n.completed() != nil:
		return never("the guest completed a handshake", Claim{Is: Completed}, n.ref(n.completed())...)
	}
	return nil
}
