package vantage

import (
	"fmt"
	"slices"
	"strings"
)

// Keepalive judges who answers the guest's keepalive probes. A mark that begins with "cut", or has a Cut, is the moment at
// which the path behind the taps was cut: probes that are answered after it show a connection that looks alive and is not.
// When the guest's own wire was cut nothing is judged. A tap that lost frames leaves only candidates.
func Keepalive(views []View, marks []Mark) Finding { return Compare(views).Keepalive(marks) }

// Keepalive judges who answers the guest's keepalive probes, as the function Keepalive does.
func (c *Comparison) Keepalive(marks []Mark) Finding {
	if guestCut(marks) {
		return cutOff()
	}
	return c.keepalive(marks).complete(c.views).withWarnings(c.views)
}

func (c *Comparison) keepalive(marks []Mark) Finding {
	if len(c.probes) == 0 {
		return c.noProbes()
	}
	var f Finding
	if len(c.views) == 1 {
		f = c.probesFromOneTap()
	} else {
		f = c.probesAlong()
	}
	cut := false
	for _, m := range marks {
		if m.Cut != "" || strings.HasPrefix(m.Says, "cut") {
			cut = true
			f.Evidence = append(f.Evidence, c.after(m, f.Verdict))
		}
	}
	if !cut && (f.Verdict == AnsweredByMiddlebox || f.Verdict == Forwarded) && !unansweredAtLast(c.probes) {
		f.Next = "cut the path behind the last tap while probes go on: who still answers?"
	}
	return f
}

// noProbes tells why there is nothing to judge.
func (c *Comparison) noProbes() Finding {
	if len(c.views) > 0 {
		for _, n := range c.conns[0] {
			switch {
			case n.syn == nil || n.completed() != nil && n.reset == nil:
			case n.refused != nil:
				return inconclusive("use a port that is open", n.asked())
			case n.reset != nil && n.reset.Dir == "in" && n.completed() != nil:
				return inconclusive("use a port that keeps the connection and echoes",
					reason("the connection was reset before the guest sent a keepalive probe", Claim{Is: Ends}, n.ref(n.reset)...))
			}
		}
	}
	return inconclusive("keep a connection idle with keepalive on while the taps are open",
		reason("no keepalive probe of the guest's is in view", Claim{Is: NoProbe}))
}

// probesFromOneTap judges probes without a second tap.
func (c *Comparison) probesFromOneTap() Finding {
	if count(c.probes, answered) == 0 {
		f := decided(Unanswered, c.tally(c.probes, ""))
		f.Next = "capture behind the middlebox too: probes there mean that the server is silent"
		return f
	}
	f := inconclusive("capture behind the middlebox too: probes there mean that the server answers", c.tally(c.probes, ""))
	f.Candidates = []Verdict{Forwarded, AnsweredByMiddlebox}
	return f
}

// probesAlong follows the probes from tap to tap, as far as they are forwarded.
func (c *Comparison) probesAlong() Finding {
	var f Finding
	for i, h := range c.hops {
		if h.wrong != nil {
			return *h.wrong
		}
		for _, p := range h.pairs {
			if p.path.Fault != "" && len(p.near.probes()) > 0 {
				return p.path
			}
		}
		of := c.probes
		if i > 0 { // a middlebox may have keepalives of its own
			of = slices.DeleteFunc(slices.Clone(of), func(p Probe) bool { return len(p.Seen) < i })
		}
		f = c.probesAcross(h, of, i)
		f.Between = h.between()
		if f.Verdict != Forwarded {
			return f
		}
	}
	return f
}

// probesAcross judges the probes between two taps: three values, not two: answered, forwarded, and whether the connection
// lived.
func (c *Comparison) probesAcross(h *hop, probes []Probe, i int) Finding {
	t := h.toll(probes, i)
	alive := h.alive(t.lost, i)
	says := c.tally(probes, h.far.Name)
	if h.untied(probes, i) { // what the far tap shows of them is not known
		says = c.tally(probes, "")
	}
	absent := len(t.local) + len(t.lost)
	switch {
	case len(t.seen) > 0 && absent < 2:
		return decided(Forwarded, says)
	case len(t.seen) == 0 && len(t.local) > 1:
		f := decided(AnsweredByMiddlebox, says, h.absence(t.local, i))
		f.Evidence = append(f.Evidence, h.foreign()...)
		return f
	case len(t.seen) == 0 && len(t.local) == 0 && len(t.lost) > 1 && count(probes, answered) == 0 && alive != nil:
		f := decided(Swallowed, says, h.absence(t.lost, i), *alive)
		f.Next = "send data between two probes: when it crosses, no gap in the path took them"
		return f
	}
	f := inconclusive("", says, h.whyUnknown(t))
	switch {
	case len(t.seen) > 0:
		f.Candidates, f.Next = []Verdict{Forwarded, AnsweredByMiddlebox}, "capture again: some probes crossed and some did not"
	case count(probes, answered) > 0:
		f.Candidates = []Verdict{Forwarded, AnsweredByMiddlebox}
		f.Next = fmt.Sprintf("send data after the probes, so that tap %s shows the connection before and after them", h.far.Name)
	default:
		f.Candidates = []Verdict{Swallowed, Forwarded}
		if len(probes) == 1 { // its answer may have been missed
			f.Candidates = append(f.Candidates, AnsweredByMiddlebox)
		}
		f.Next = "send data after the probes: an answer shows that only probes are lost"
	}
	return f
}

// unansweredAtLast says that the last two probes were not answered: what a cut shows is there already.
func unansweredAtLast(probes []Probe) bool {
	n := len(probes)
	return n > 1 && probes[n-1].Answer == nil && probes[n-2].Answer == nil
}

// foreign tells of keepalives at the far tap that are a middlebox's, on connections of its own.
func (h *hop) foreign() []Evidence {
	var all []Evidence
	for _, p := range h.pairs {
		if p.far == nil || len(p.passed()) > 0 {
			continue
		}
		if own := p.far.probes(); len(own) > 0 {
			var frames []FrameRef
			for _, x := range own {
				frames = append(frames, p.far.ref(x.probe)...)
			}
			all = append(all, reason(fmt.Sprintf("tap %s shows %s in the middlebox's own connection: not the guest's", h.far.Name, plural(len(own), "keepalive probe")),
				Claim{Is: Own, Tap: h.near.Name}, frames...))
		}
	}
	return all
}

// alive shows that the connection lived on behind the box after probes, and the box before it: the far tap heard the server again
// on this connection, and the near one on any. It is nil when nothing shows that.
func (h *hop) alive(probes []Probe, i int) *Evidence {
	if len(probes) == 0 {
		return nil
	}
	n, p := h.probe(probes[len(probes)-1], i)
	there := heard(p.far, func(s *Segment) bool { return p.farAfter(s, n) })
	for _, c := range h.nears {
		here := heard(c, func(s *Segment) bool { return s.Time > n.Time })
		if c.server == p.near.server && here != nil && there != nil {
			e := reason(fmt.Sprintf("yet after them the server was still heard at tap %s and at tap %s", h.near.Name, h.far.Name),
				Claim{Is: Heard}, slices.Concat(p.near.ref(n), c.ref(here), p.far.ref(there))...)
			return &e
		}
	}
	return nil
}

// heard is the first segment that came from the server, resets aside, and that passed after something; nil when none did.
func heard(c *conn, after func(*Segment) bool) *Segment {
	i := slices.IndexFunc(c.segments, func(s *Segment) bool { return s.Dir == "in" && s.ICMP == "" && !s.has('R') && after(s) })
	if i < 0 {
		return nil
	}
	return c.segments[i]
}

func answered(p Probe) bool { return p.Answer != nil }

// at says that a probe is at a tap.
func at(tap string) func(Probe) bool {
	return func(p Probe) bool {
		return slices.ContainsFunc(p.Seen, func(r FrameRef) bool { return r.Tap == tap })
	}
}

func count(probes []Probe, is func(Probe) bool) int {
	n := 0
	for _, p := range probes {
		if is(p) {
			n++
		}
	}
	return n
}

// tally is the census of the probes, with each probe, its answer and its likeness at the other taps.
func (c *Comparison) tally(probes []Probe, far string) Evidence {
	claim := Claim{Is: Tally, Tap: far, Count: len(probes), Answered: count(probes, answered)}
	if far != "" {
		claim.Seen = count(probes, at(far))
	}
	return reason("the guest sent "+fate(probes, far), claim, frames(probes)...)
}

// fate is "2 keepalive probes: all answered, none seen at tap host".
func fate(probes []Probe, far string) string {
	n := len(probes)
	says := plural(n, "keepalive probe")
	if n == 0 {
		return says
	}
	says += ": " + share(count(probes, answered), n) + " answered"
	if far != "" {
		says += ", " + share(count(probes, at(far)), n) + " seen at tap " + far
	}
	return says
}

// share is "none", "3" or "all".
func share(n, all int) string {
	switch n {
	case 0:
		return "none"
	case all:
		return "all"
	}
	return fmt.Sprint(n)
}

func frames(probes []Probe) []FrameRef {
	var refs []FrameRef
	for _, p := range probes {
		refs = append(append(refs, p.Frame), p.Seen...)
		if p.Answer != nil {
			refs = append(refs, *p.Answer)
		}
	}
	return refs
}

// after tells what the probes showed once the path was cut.
func (c *Comparison) after(cut Mark, v Verdict) Evidence {
	late := slices.DeleteFunc(slices.Clone(c.probes), func(p Probe) bool { return p.Time <= cut.Time })
	far := ""
	if len(c.views) > 1 {
		far = c.views[len(c.views)-1].Name
	}
	alive, there := count(late, answered), 0
	if far != "" {
		there = count(late, at(far))
	}
	says := fmt.Sprintf("after the cut at %s the guest sent %s", span(cut.Time), fate(late, far))
	switch {
	case far == "":
	case c.heardAfter(cut.Time):
		says += "; the server is still heard there, so the cut lies elsewhere"
	case alive > 0 && there == 0 && v == AnsweredByMiddlebox:
		says += ": false alive, the connection looks well whatever became of the server"
	case alive == 0 && there > 0:
		says += ": an honest path, the guest can tell"
	}
	claim := Claim{Is: Tally, Tap: far, Count: len(late), Answered: alive, Seen: there}
	return reason(says, claim, frames(late)...)
}

// heardAfter says that the server was heard at the last tap after a moment.
func (c *Comparison) heardAfter(moment float64) bool {
	return slices.ContainsFunc(c.views[len(c.views)-1].Segments, func(s Segment) bool {
		return s.Dir == "in" && s.ICMP == "" && !s.has('R') && s.Time > moment
	})
}
