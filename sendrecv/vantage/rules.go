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
	low, high := p.offset(n.Time)
	return orderOf(-high, -low), slices.Concat(p.far.ref(f), p.near.ref(n))
}

func (p *pair) farLast(f, n *Segment) (Claim, []FrameRef) {
	return orderOf(p.offset(n.Time)), p.refs(n, f)
}

func orderOf(low, high float64) Claim {
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
	return unless(p.near.tap, "out", p.far.syn, "the SYN upstream left before the guest's", claim, frames...)
}

// answersProbes demands that keepalive probes do not cross: a box that ends the guest's TCP answers them itself.
func answersProbes(p *pair) *objection {
	all := p.crossings()
	if len(all) < 2 { // one of the guest's and one of a box's may fall together
		return nil
	}
	var frames []FrameRef
	for _, x := range all[:2] {
		frames = append(frames, slices.Concat(p.near.ref(x.probe), p.far.ref(x.there, x.back), p.near.ref(x.answer))...)
	}
	return never("keepalive probes of the guest's crossed, and their answers came back the same way", Claim{Is: Nested}, frames...)
}
