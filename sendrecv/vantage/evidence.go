package vantage

import (
	"fmt"
	"slices"
	"strings"
)

// The sentences that findings are made of, each with its claim and its frames.

// headline is what the taps show of the box that was found.
func (p *pair) headline(v Verdict) []Evidence {
	n, f := p.near, p.far
	isn, _ := n.isn(Client)
	switch {
	case v == Routed:
		return []Evidence{reason(fmt.Sprintf("the guest's connection is at tap %s with its own source %s", f.tap, n.client),
			Claim{Is: SameClient}, p.refs(n.segments[0], f.segments[0])...)}
	case v == PacketNAT && sameClient(p) != nil:
		return []Evidence{reason(fmt.Sprintf("the guest's connection is at tap %s, its source %s changed into %s", f.tap, n.client, f.client),
			Claim{Is: OtherClient}, p.refs(n.segments[0], f.segments[0])...)}
	case v == PacketNAT:
		return []Evidence{reason(fmt.Sprintf("the guest's connection is at tap %s with its own source, renumbered", f.tap),
			Claim{Is: SameClient}, p.refs(n.segments[0], f.segments[0])...)}
	case v == SYNProxy && p.farAfter(f.syn, n.synack):
		claim, frames := p.farLast(f.syn, n.synack)
		return []Evidence{reason(fmt.Sprintf("the SYN with the guest's ISN %d left at tap %s only when the guest had a SYN/ACK already", isn, f.tap), claim, frames...)}
	case v == SYNProxy:
		return []Evidence{reason(fmt.Sprintf("tap %s shows a SYN with the guest's ISN %d", f.tap, isn), Claim{Is: SameISN, Of: Client},
			p.refs(n.shows(Client), f.shows(Client))...)}
	case v == HandshakeOnSYNProxy && n.completed() == nil && f.syn != nil && f.synack != nil && f.ack != nil:
		return []Evidence{n.asked(),
			reason(fmt.Sprintf("tap %s shows a complete handshake, SYN (ISN %d), SYN/ACK, ACK, which the guest's side does not", f.tap, f.syn.Seq),
				Claim{Is: Handshake}, f.ref(f.syn, f.synack, f.ack)...),
			reason(fmt.Sprintf("tap %s shows no ACK of the guest's", n.tap), Claim{Is: NotCompleted}, n.ref(n.syn)...)}
	}
	return []Evidence{n.asked(), f.upstream()}
}

// asked says what the guest sent and got.
func (c *conn) asked() Evidence {
	says := fmt.Sprintf("the guest sent %s (ISN %d)", plural(len(c.syns()), "SYN"), c.syn.Seq)
	claim := Claim{Is: IsSYN, Value: c.syn.Seq, Count: len(c.syns())}
	frames := c.ref(c.syns()...)
	switch {
	case c.synack != nil:
		says += fmt.Sprintf(", which SYN/ACK (ISN %d) answered", c.synack.Seq)
		frames = append(frames, c.ref(c.synack)...)
	case c.refused != nil:
		says += ", refused by " + c.refused.words()
		frames = append(frames, c.ref(c.refused)...)
	case c.stray != nil:
		says += ", answered by an ACK that fits another connection of these ports, still open"
		frames = append(frames, c.ref(c.stray)...)
	case c.completed() != nil:
		says += "; its answer is not in view"
	default:
		says += ", which nothing in view answered"
	}
	return reason(says, claim, frames...)
}

// upstream says what a far connection began with.
func (c *conn) upstream() Evidence {
	if c.syn == nil {
		return reason(fmt.Sprintf("tap %s shows a connection from %s whose SYN it missed", c.tap, c.client), Claim{Is: NoBeginning, Tap: c.tap},
			c.ref(c.segments[0])...)
	}
	says := fmt.Sprintf("tap %s shows %s from %s (ISN %d)", c.tap, plural(len(c.syns()), "SYN"), c.client, c.syn.Seq)
	frames := c.ref(c.syns()...)
	if a := c.answer(); a != nil {
		says += ", answered by " + a.words()
		frames = append(frames, c.ref(a)...)
	}
	if c.ack != nil {
		says += ", and completed"
		frames = append(frames, c.ref(c.ack)...)
	}
	return reason(says, Claim{Is: IsSYN, Value: c.syn.Seq, Count: len(c.syns())}, frames...)
}

// bond says why the far connection is taken for the guest's.
func (p *pair) bond() Evidence {
	n, f := p.near, p.far
	switch p.tie {
	case byStream:
		for _, x := range slices.Backward(p.ends()) {
			if x.near.Sum != x.far.Sum {
				continue
			}
			return reason(fmt.Sprintf("the connection upstream is the guest's: the same bytes passed in both directions, %d out and %d in at tap %s",
				n.sent["out"].total(), n.sent["in"].total(), n.tap), Claim{Is: SameStream}, p.refs(x.near, x.far)...)
		}
	case byTime:
		return reason("the connection upstream is the guest's: the only one that could be, begun after the guest's SYN and answered before the guest was",
			Claim{Is: InTime}, slices.Concat(n.ref(n.syn), f.ref(f.syn, f.answered()), n.ref(n.answer()))...)
	}
	of := Server
	if !p.confirmed() {
		of = Client
	}
	return reason(fmt.Sprintf("the connection upstream is the guest's: the %s's ISN is the same", of), Claim{Is: SameISN, Of: of},
		p.refs(n.shows(of), f.shows(of))...)
}

// felled says what the candidates that fell could not explain, in as few facts as there need be: the one that fells most first.
func felled(models []fallen) []Evidence {
	var all []Evidence
	for len(models) > 0 {
		var best objection
		most := 0
		for _, m := range models {
			for _, o := range m.by {
				if n := fells(o, models); n > most {
					best, most = o, n
				}
			}
		}
		var names []string
		models = slices.DeleteFunc(slices.Clone(models), func(m fallen) bool {
			if !m.fellBy(best) {
				return false
			}
			names = append(names, m.name)
			return true
		})
		best.Says += ": not " + strings.Join(names, ", not ")
		all = append(all, best.Evidence)
	}
	return all
}

// fells counts the models that an objection fells.
func fells(o objection, models []fallen) int {
	n := 0
	for _, m := range models {
		if m.fellBy(o) {
			n++
		}
	}
	return n
}

func (f fallen) fellBy(o objection) bool {
	return slices.ContainsFunc(f.by, func(x objection) bool { return x.Says == o.Says })
}

// upstreamEnd says what became of a connection that the guest never completed.
func (p *pair) upstreamEnd() Evidence {
	f := p.far
	e := f.ending("out")
	if e == nil {
		return reason("the connection upstream was still open when the capture ended", Claim{Is: StillOpen}, f.ref(f.completed())...)
	}
	return reason(fmt.Sprintf("the connection upstream was ended with %s %s after its handshake", e.words(), span(e.Time-f.completed().Time)),
		Claim{Is: Ends}, f.ref(e)...)
}

// fate counts what became of the segments of the guest's connection, each in the direction it travels.
func (p *pair) fate(v Verdict) Evidence {
	var twins map[*Segment]*Segment
	if passes(v) {
		twins = p.crossed(v)
	}
	c := Claim{Is: Fate, Forwarded: len(twins)}
	there := map[*Segment]bool{}
	for _, f := range twins {
		there[f] = true
	}
	for _, n := range p.near.segments {
		switch {
		case twins[n] != nil:
		case n.Dir == "out":
			c.Absorbed++
		default:
			c.Originated++
		}
	}
	for _, f := range p.far.segments {
		switch {
		case there[f]:
		case f.Dir == "in":
			c.Absorbed++
		default:
			c.Originated++
		}
	}
	says := fmt.Sprintf("segments of this connection: %d at both taps, %d that came to the box and went no further, %d that it sent itself",
		c.Forwarded, c.Absorbed, c.Originated)
	return reason(says, c, slices.Concat(p.near.ref(p.near.segments[0]), p.far.ref(p.far.segments[0]))...)
}
