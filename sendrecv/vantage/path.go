package vantage

import (
	"fmt"
	"slices"
	"strings"
)

// Path judges who ends the guest's TCP, from what the taps saw, nearest to the guest first. It compares the first tap
// with the farthest one that saw anything. The order of a handshake-on-syn-proxy is told when the taps hold a SYN to a
// closed port too. A tap that lost frames leaves only candidates.
func Path(taps []Tap) Finding { return path(taps).complete(taps) }

func path(taps []Tap) Finding {
	if len(taps) == 0 {
		return inconclusive("open a tap at the guest and one behind the middlebox", reason("there is no tap"))
	}
	guest := withSYN(connections(taps[0]))
	if len(guest) == 0 {
		return inconclusive("send one SYN while the taps are open",
			reason(fmt.Sprintf("tap %s shows no SYN of the guest's: nothing tells how a connection begins", taps[0].Name)))
	}
	if len(taps) == 1 {
		return oneView(guest)
	}
	var all []Finding
	xs := cross(taps[0], farthest(taps))
	for _, x := range xs {
		all = append(all, x.path(farthest(taps).Name))
	}
	f := agreed(all)
	if f.Verdict == HandshakeOnSYNProxy {
		f.addOrder(xs)
	}
	return f
}

// farthest is the last tap that saw anything, or the last one.
func farthest(taps []Tap) Tap {
	for _, t := range slices.Backward(taps[1:]) {
		if len(t.Segments) > 0 {
			return t
		}
	}
	return taps[len(taps)-1]
}

// agreed is the one verdict of several connections. Those that say nothing give way; of two such the one with candidates
// tells more.
func agreed(all []Finding) Finding {
	best := all[0]
	for _, f := range all[1:] {
		switch {
		case best.Verdict == Inconclusive && (f.Verdict != Inconclusive || len(best.Candidates) == 0):
			best = f
		case f.Verdict == Inconclusive || f.Verdict == best.Verdict:
		default:
			return disagreement(best, f)
		}
	}
	return best
}

func disagreement(a, b Finding) Finding {
	f := inconclusive("judge one connection at a time",
		reason(fmt.Sprintf("the connections disagree: one shows %s, another %s", a.Verdict, b.Verdict)))
	f.Candidates = []Verdict{a.Verdict, b.Verdict}
	f.Evidence = append(append(f.Evidence, a.Evidence...), b.Evidence...)
	return f
}

// oneView judges a single tap, which never decides.
func oneView(guest []*conn) Finding {
	c := guest[0]
	f := inconclusive(fmt.Sprintf("capture behind the middlebox too: one tap cannot tell whose answer %s shows", c.tap),
		reason(fmt.Sprintf("only tap %s is open: the guest sent a SYN (ISN %d), %s", c.tap, c.syn.Seq, c.answer()), c.ref(c.syn, c.synack, c.refused)...))
	if c.synack != nil {
		f.Candidates = []Verdict{HandshakeOnSYNProxy, AcceptFirstProxy, SYNProxy, PacketNAT, Routed}
	}
	return f
}

// path judges one connection. farTap is the name of the tap upstream, where nothing may belong to it.
func (x crossing) path(farTap string) Finding {
	switch {
	case x.far == nil:
		return x.nothingUpstream(farTap)
	case x.forwarded(x.near.syn):
		return x.synForwarded()
	case sameServerISN(x.near, x.far):
		return x.packets(PacketNAT, fmt.Sprintf("the guest's ISN %d became %d, but the server's ISN %d is the same at both taps: packets pass, renumbered",
			x.near.syn.Seq, x.far.syn.Seq, x.near.synack.Seq))
	case x.far.ack != nil && x.near.ack == nil:
		return x.handshakeWithoutGuest()
	case x.near.ack != nil:
		return x.byOrder()
	}
	return x.notCompleted()
}

// nothingUpstream judges a guest's SYN that no far connection belongs to.
func (x crossing) nothingUpstream(farTap string) Finding {
	n := x.near
	said := reason(fmt.Sprintf("the guest sent %s, %s; tap %s shows nothing of it", n.sentSYN(), n.answer(), farTap),
		n.ref(n.syn, n.synack, n.refused, n.stray)...)
	switch {
	case n.synack == nil && n.stray != nil:
		return inconclusive("wait until that connection is forgotten, or ask from another source port", said)
	case n.synack == nil && n.refused == nil:
		return inconclusive(fmt.Sprintf("check that tap %s is on the path, then send a SYN from another source port and wait 12 s", farTap), said)
	case n.synack == nil:
		return inconclusive("send a SYN to an open port", said)
	}
	next := "complete the handshake: an accept-first proxy then dials with an ISN of its own, a SYN proxy with the guest's"
	if n.ack != nil {
		next = "send data on the completed connection: a proxy that waits for it dials then"
	}
	f := inconclusive(next, said)
	f.Candidates = []Verdict{AcceptFirstProxy, SYNProxy}
	return f
}

// synForwarded judges a path on which the guest's own SYN arrives.
func (x crossing) synForwarded() Finding {
	n, f := x.near, x.far
	same := fmt.Sprintf("the guest's SYN arrives upstream with its ISN %d", n.syn.Seq)
	if n.synack == nil || x.forwarded(n.synack) {
		if n.clientAddr() == f.clientAddr() {
			return x.packets(Routed, same+" and its source address "+n.clientAddr())
		}
		return x.packets(PacketNAT, fmt.Sprintf("%s; its source %s became %s", same, n.client, f.client))
	}
	foreign := reason(fmt.Sprintf("the SYN/ACK that the guest got (ISN %d) is not the server's (%s): something in between answered", n.synack.Seq, f.serverISN()),
		slices.Concat(n.ref(n.synack), f.ref(f.synack))...)
	if n.ack == nil {
		v := inconclusive("complete the handshake", reason(same, x.syns()...), foreign)
		v.Candidates = []Verdict{SYNProxy, PacketNAT}
		return v
	}
	switch sign, sure := x.sequence(f.syn, n.ack); sign {
	case +1:
		v := x.packets(SYNProxy, same+", but only after the guest had completed a handshake")
		v.Evidence = slices.Insert(v.Evidence, 1, foreign)
		return v.assuming(sure)
	case -1:
		return x.packets(PacketNAT, same+" before its handshake ACK; only the server's numbers were changed").assuming(sure)
	}
	return x.noClock(SYNProxy, PacketNAT)
}

// packets is the finding for paths that let packets through.
func (x crossing) packets(v Verdict, says string) Finding {
	f := decided(v, reason(says, x.syns()...))
	f.Evidence = append(f.Evidence, x.census())
	return f
}

// handshakeWithoutGuest is the finding of the article: a handshake upstream that the guest never completed.
func (x crossing) handshakeWithoutGuest() Finding {
	n, f := x.near, x.far
	sent := n.sentSYN()
	if e := n.ending(); e != nil {
		sent += ", then " + e.words() + ","
	}
	return decided(HandshakeOnSYNProxy,
		reason(fmt.Sprintf("the guest sent %s and no ACK; tap %s shows SYN (ISN %d), SYN/ACK, %s: the handshake upstream is not the guest's",
			sent, f.tap, f.syn.Seq, f.ack.words()), slices.Concat(n.ref(n.syn), f.ref(f.syn, f.synack, f.ack))...),
		x.strangers(), x.upstreamEnd(), x.census())
}

// byOrder judges a completed handshake with other numbers upstream: what remains is who dialled first.
func (x crossing) byOrder() Finding {
	sign, sure := x.sequence(x.far.syn, x.near.ack)
	switch {
	case sign > 0:
		return x.dialled(AcceptFirstProxy, "after").assuming(sure)
	case sign < 0 && x.far.ack != nil:
		v := x.dialled(HandshakeOnSYNProxy, "before").assuming(sure)
		v.Evidence = append(v.Evidence, reason("not excluded: a packet NAT that renumbers both directions; a SYN that the guest never completes tells them apart"))
		return v
	case sign < 0:
		return x.notCompleted()
	}
	return x.noClock(HandshakeOnSYNProxy, AcceptFirstProxy)
}

func (x crossing) dialled(v Verdict, when string) Finding {
	n, f := x.near, x.far
	return decided(v,
		reason(fmt.Sprintf("the SYN upstream (ISN %d, the guest's is %d) left %s %s the guest's handshake ACK",
			f.syn.Seq, n.syn.Seq, span(f.syn.Time-n.ack.Time), when), slices.Concat(n.ref(n.syn, n.ack), f.ref(f.syn))...),
		x.strangers(), x.census())
}

// notCompleted judges a SYN of another number upstream whose handshake was not completed there.
func (x crossing) notCompleted() Finding {
	n, f := x.near, x.far
	v := inconclusive("send a SYN to an open port",
		reason(fmt.Sprintf("the guest sent %s, %s; tap %s shows %s, %s: no handshake was completed", n.sentSYN(), n.answer(), f.tap, f.sentSYN(), f.answer()),
			slices.Concat(n.ref(n.syn, n.synack, n.refused), f.ref(f.syn, f.synack, f.refused))...))
	v.Candidates = []Verdict{HandshakeOnSYNProxy}
	if n.refused != nil && f.refused != nil {
		v.Evidence = append(v.Evidence, reason("the guest was refused as the server refused upstream: a proxy that does so dials first (order: connect-first)",
			slices.Concat(n.ref(n.refused), f.ref(f.refused))...))
	}
	if n.synack == nil || f.synack != nil {
		v.Candidates = append(v.Candidates, PacketNAT)
		v.Evidence = append(v.Evidence, reason("a packet NAT that changes ISNs looks alike until a handshake is completed"))
	}
	return v
}

// noClock is the finding when the order of two segments decides and cannot be told.
func (x crossing) noClock(candidates ...Verdict) Finding {
	v := inconclusive("send one SYN and do not complete it: that needs no clock",
		reason("the verdict hangs on the order of the guest's handshake ACK and the SYN upstream, and the clocks of the taps do not tell it",
			slices.Concat(x.near.ref(x.near.ack), x.far.ref(x.far.syn))...))
	v.Candidates = candidates
	return v
}

// assuming adds what a verdict rests on when the order is not proved.
func (f Finding) assuming(sure bool) Finding {
	says := "clock: the payload seen at both taps proves the order, whatever their clocks"
	if !sure {
		says = "clock: assumed common; on two machines this order proves nothing"
	}
	f.Evidence = append(f.Evidence, reason(says))
	return f
}

// addOrder looks for a closed port: a proxy that knows the server's answer before it answers passes the refusal on.
func (f *Finding) addOrder(xs []crossing) {
	f.Order = Undecided
	for _, x := range xs {
		if x.far == nil || x.far.synack != nil || x.far.refused == nil || x.forwarded(x.near.syn) {
			continue
		}
		order, says := ConnectFirst, "so did the guest: the proxy asks the server first"
		switch {
		case x.near.synack != nil:
			order, says = Both, "and the guest got a SYN/ACK all the same: the proxy answers without knowing"
		case x.near.refused == nil:
			continue
		}
		f.Evidence = append(f.Evidence, reason(fmt.Sprintf("upstream the SYN to %s got %s, %s", x.far.server, x.far.refused.words(), says),
			slices.Concat(x.near.ref(x.near.syn, x.near.synack, x.near.refused), x.far.ref(x.far.syn, x.far.refused))...))
		if f.Order != Undecided && f.Order != order {
			f.Order = Undecided
			return
		}
		f.Order = order
	}
	if f.Order == Undecided {
		f.Next = "send a SYN to a closed port of the same server: RST means that the proxy dials first, SYN/ACK that it answers regardless"
	}
}

// strangers says that guest and server hold different connections.
func (x crossing) strangers() Evidence {
	n, f := x.near, x.far
	if n.synack == nil {
		return reason(fmt.Sprintf("the guest has no SYN/ACK; the server's ISN is %s", f.serverISN()), f.ref(f.synack)...)
	}
	return reason(fmt.Sprintf("the SYN/ACK that the guest got (ISN %d) is not the server's (%s)", n.synack.Seq, f.serverISN()),
		slices.Concat(n.ref(n.synack), f.ref(f.synack))...)
}

// upstreamEnd says what became of a connection that the guest never had.
func (x crossing) upstreamEnd() Evidence {
	e := x.far.ending()
	if e == nil {
		return reason("the connection upstream was still open when the capture ended", x.far.ref(x.far.ack)...)
	}
	return reason(fmt.Sprintf("the connection upstream was ended with %s %s after its handshake", e.words(), span(e.Time-x.far.ack.Time)), x.far.ref(e)...)
}

// census counts what became of the segments.
func (x crossing) census() Evidence {
	forwarded := len(x.match)
	return reason(fmt.Sprintf("segments: %d forwarded, %d absorbed (only at tap %s), %d originated (only at tap %s)",
		forwarded, len(x.near.segments)-forwarded, x.near.tap, len(x.far.segments)-forwarded, x.far.tap))
}

func (x crossing) syns() []FrameRef {
	return slices.Concat(x.near.ref(x.near.syn), x.far.ref(x.far.syn))
}

// sentSYN is "one SYN (ISN 0)".
func (c *conn) sentSYN() string {
	if n := c.synCount(); n > 1 {
		return fmt.Sprintf("%d SYNs (ISN %d)", n, c.syn.Seq)
	}
	return fmt.Sprintf("one SYN (ISN %d)", c.syn.Seq)
}

// answer is what came back on the SYN.
func (c *conn) answer() string {
	switch {
	case c.synack != nil && c.ack != nil:
		return fmt.Sprintf("answered by SYN/ACK (ISN %d) and completed", c.synack.Seq)
	case c.synack != nil:
		return fmt.Sprintf("answered by SYN/ACK (ISN %d) and not completed", c.synack.Seq)
	case c.refused != nil:
		return "refused by " + c.refused.words()
	case c.stray != nil:
		return "answered by an ACK that fits another connection of these ports, still open"
	}
	return "not answered"
}

func (c *conn) serverISN() string {
	if c.synack == nil {
		return "which sent none"
	}
	return fmt.Sprintf("ISN %d", c.synack.Seq)
}

// words names a segment by its flags: "SYN/ACK".
func (s *Segment) words() string {
	if s.ICMP != "" {
		return "ICMP " + s.ICMP
	}
	var w []string
	for i, name := range []string{"SYN", "RST", "FIN", "ACK"} {
		if s.has("SRFA"[i]) {
			w = append(w, name)
		}
	}
	if len(w) == 0 {
		return "a segment without flags"
	}
	return strings.Join(w, "/")
}
