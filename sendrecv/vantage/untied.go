package vantage

import (
	"fmt"
	"slices"
)

// What can be said when no far connection is known to be the guest's.

// untied is the finding when nothing shows which far connection is the guest's, or that none is.
func (p *pair) untied(h *hop) Finding {
	f := inconclusive("", p.near.asked(), p.others(h))
	f.Candidates = p.near.unseen()
	var down []fallen
	for _, r := range p.rivals {
		if len(p.rivals) > 1 && len(f.Candidates) > 4 { // nothing is left to add
			break
		}
		o := r.try()
		for _, v := range words(o.stand) {
			if !slices.Contains(f.Candidates, v) {
				f.Candidates = append(f.Candidates, v)
			}
		}
		down = o.fallen
	}
	if len(p.rivals) == 1 {
		down = slices.DeleteFunc(down, func(m fallen) bool { return slices.Contains(f.Candidates, m.verdict) })
		f.Evidence = append(f.Evidence, felled(down)...)
		f.Evidence = append(f.Evidence, p.rivals[0].weakBonds()...)
		f.Evidence = append(f.Evidence, p.rivals[0].clockSays())
	}
	if p.refuted != nil {
		r := p.refuted.ends()
		f.Evidence = append(f.Evidence, reason("the same bytes passed at times that one clock for both taps does not allow", Claim{Is: SameStream},
			p.refuted.refs(r[0].near, r[0].far)...))
	}
	f.Next = p.nextUntied()
	return f
}

// others says what the far tap holds instead.
func (p *pair) others(h *hop) Evidence {
	switch {
	case len(p.rivals) == 0 && len(h.fars) == 0:
		return reason(fmt.Sprintf("tap %s holds no segment of the server's: what it does not show proves nothing", h.far.Name), Claim{Is: Empty, Tap: h.far.Name})
	case len(p.rivals) == 0:
		return reason(fmt.Sprintf("tap %s shows nothing that could be this connection", h.far.Name), Claim{Is: NothingLike, Tap: h.far.Name}, p.near.ref(p.near.syn)...)
	}
	var first []FrameRef
	for _, r := range p.rivals {
		first = append(first, r.far.ref(r.far.segments[0])...)
	}
	n := len(first) + p.more
	says := fmt.Sprintf("at tap %s %d connections could be this one, and nothing tells which is", h.far.Name, n)
	if n == 1 {
		says = fmt.Sprintf("at tap %s one connection could be this one, from %s, and nothing shows that it is", h.far.Name, p.rivals[0].far.client)
	}
	return reason(says, Claim{Is: Several, Tap: h.far.Name, Count: n}, first...)
}

// weakBonds says what two connections have in common that is not enough to take one for the other's.
func (p *pair) weakBonds() []Evidence {
	var all []Evidence
	n, ok1 := p.near.isn(Client)
	f, ok2 := p.far.isn(Client)
	if ok1 && ok2 && n == f {
		all = append(all, reason(fmt.Sprintf("both SYNs have ISN %d: that alone does not tie them, since a script may choose it in every run", n),
			Claim{Is: SameISN, Of: Client}, p.refs(p.near.shows(Client), p.far.shows(Client))...))
	}
	if p.alike() {
		x := p.ends()[0]
		why := fmt.Sprintf("%d out and %d in, of which a run of a script may hold as many; %d each way are needed unless one clock stamped both taps",
			p.near.sent["out"].total(), p.near.sent["in"].total(), distinct)
		switch {
		case !p.close():
			why = fmt.Sprintf("but the clocks would be more than %s apart: that may be another run", span(adrift))
		case p.broken || p.doubtful:
			why = "but at times that contradict each other"
		}
		all = append(all, reason("the same bytes passed at both taps, "+why, Claim{Is: SameStream}, p.refs(x.near, x.far)...))
	}
	return all
}

// nextUntied is the cheapest test that would tie a far connection to the guest's.
func (p *pair) nextUntied() string {
	n := p.near
	switch {
	case n.stray != nil:
		return "wait until that connection is forgotten, or ask from another source port"
	case len(p.rivals) > 1:
		return "run again on fresh ports while nobody else talks to the server"
	case p.refuted != nil || len(p.rivals) == 1 && p.rivals[0].broken:
		return fmt.Sprintf("do not take the clocks for one (leave out clock=one), and set them less than %s apart", span(adrift))
	case len(p.rivals) == 1 && p.rivals[0].alike() && !p.rivals[0].close():
		return fmt.Sprintf("set the clocks of both taps less than %s apart, or capture on one clock (compare ... clock=one says that they were)", span(adrift))
	case len(p.rivals) == 1 && !p.one:
		return fmt.Sprintf("capture both sides on one clock (compare ... clock=one says that they were), or let %d bytes or more pass in both directions", distinct)
	case n.synack != nil && n.completed() == nil:
		return "check that the far tap is on the path, then complete the handshake and send data: whatever dials the server then shows itself"
	case n.synack != nil || n.completed() != nil:
		return "check that the far tap is on the path, and let data pass in both directions"
	case n.refused != nil:
		return "send a SYN to an open port"
	}
	return "check that the far tap is on the path, then send a SYN from another source port and wait 12 s"
}

// nextTest is the cheapest test that leaves one of the candidates.
func (p *pair) nextTest(vs []Verdict) string {
	has := func(v Verdict) bool { return slices.Contains(vs, v) }
	switch {
	case p.near.answer() == nil && p.near.completed() == nil:
		return "send a SYN to an open port"
	case len(vs) == 0:
		return "capture again, both directions and every frame, on fresh ports"
	case len(vs) == 1:
		return "capture again: a frame is missing, or more than one connection is needed"
	case has(HandshakeOnSYNProxy) && has(AcceptFirstProxy):
		return "send one SYN and do not complete it: only a proxy that dials on the SYN then completes a handshake upstream"
	case has(HandshakeOnSYNProxy) && has(PacketNAT) && p.near.completed() != nil:
		return "send keepalive probes: they cross a packet NAT one by one, and a proxy answers them itself"
	case has(HandshakeOnSYNProxy) && has(PacketNAT) && p.near.refused != nil:
		return "send a SYN to an open port"
	case has(SYNProxy) && has(PacketNAT):
		return "complete the handshake half a second after the SYN/ACK: a SYN proxy dials only then"
	case !p.one:
		return "capture both sides on one clock (compare ... clock=one says that they were)"
	}
	return "complete the handshake half a second after the SYN/ACK, and send data"
}

// forgedAnswer is the finding on a connection with several SYN/ACKs that contradict each other.
func (p *pair) forgedAnswer() Finding {
	c := p.near
	if !c.contested {
		c = p.far
	}
	var answers []*Segment
	for _, s := range c.segments {
		if s.Dir == "in" && s.has('S') && s.has('A') {
			answers = append(answers, s)
		}
	}
	f := inconclusive("run again from another source port",
		reason(fmt.Sprintf("tap %s shows SYN/ACKs of different numbers for one SYN, and nothing tells which is true", c.tap), Claim{Is: Rivals}, c.ref(answers...)...))
	f.Candidates = p.near.unseen()
	return f
}
