package vantage

import (
	"fmt"
)

// What boxes keep to that answer before they dial.

// answersEverySYN demands a SYN/ACK for the guest, whatever the server says.
func answersEverySYN(p *pair) *objection {
	n := p.near
	switch {
	case n.synack != nil:
		return nil
	case n.refused != nil:
		return unless(n.tap, "in", p.far.segments[0], "the guest was refused with "+n.refused.words(), Claim{Is: Refused}, n.ref(n.syn, n.refused)...)
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
