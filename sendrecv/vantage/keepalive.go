package vantage

import (
	"fmt"
	"slices"
	"strings"
)

// Keepalive judges who answers the guest's keepalive probes. A mark that begins with "cut" is the moment at which the
// path behind the taps was cut: probes that are answered after it show a connection that looks alive and is not.
// A tap that lost frames leaves only candidates.
func Keepalive(taps []Tap, marks []Mark) Finding { return keepalive(taps, marks).complete(taps) }

func keepalive(taps []Tap, marks []Mark) Finding {
	probes := Probes(taps)
	if len(probes) == 0 {
		return noProbes(taps)
	}
	t := tally{probes: probes, near: taps[0]}
	var f Finding
	if len(taps) == 1 {
		f = t.oneView()
	} else {
		t.far = farthest(taps)
		t.crossings = cross(t.near, t.far)
		f = t.judge()
		f.Evidence = append(f.Evidence, t.foreign()...)
	}
	cut := false
	for _, m := range marks {
		if strings.HasPrefix(m.Says, "cut") {
			cut = true
			f.Evidence = append(f.Evidence, t.after(m))
		}
	}
	if !cut && (f.Verdict == AnsweredByMiddlebox || f.Verdict == Forwarded) {
		f.Next = "cut the path behind the last tap while probes go on, and mark the moment (cap:mark(\"cut\")): who still answers?"
	}
	return f
}

// noProbes tells why there is nothing to judge.
func noProbes(taps []Tap) Finding {
	if len(taps) > 0 {
		for _, c := range withSYN(connections(taps[0])) {
			if c.synack == nil && c.refused != nil {
				return inconclusive("use a port that is open",
					reason("the guest has no connection: it sent "+c.sentSYN()+", "+c.answer(), c.ref(c.syn, c.refused)...))
			}
			if rst := c.resetByPeer(); rst != nil {
				return inconclusive("use a port that keeps the connection and echoes",
					reason("the connection was reset before the guest sent a keepalive probe", c.ref(rst)...))
			}
		}
	}
	return inconclusive("keep a connection idle with keepalive on while the taps are open",
		reason("no keepalive probe of the guest's is in view"))
}

// A tally is the probes of one run between the guest's tap and the farthest one.
type tally struct {
	probes    []Probe
	near, far Tap
	crossings []crossing
}

func answered(p Probe) bool { return p.Answer != nil }

// passed says that a probe was seen at any tap but the first.
func passed(p Probe) bool { return len(p.Seen) > 0 }

// arrived says that a probe is at the far tap.
func (t tally) arrived(p Probe) bool {
	return slices.ContainsFunc(p.Seen, func(r FrameRef) bool { return r.Tap == t.far.Name })
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

// judge compares three values, not two: answered, forwarded, and whether the connection lived.
func (t tally) judge() Finding {
	local := count(t.probes, func(p Probe) bool { return answered(p) && !t.arrived(p) })
	switch {
	case t.begunLate():
		return inconclusive(fmt.Sprintf("open tap %s before the connection", t.far.Name), t.counts(),
			reason(fmt.Sprintf("tap %s shows a connection whose handshake it missed: its numbers cannot be compared", t.far.Name)))
	case local > 0 && count(t.probes, t.arrived) == 0:
		return decided(AnsweredByMiddlebox, t.counts())
	case count(t.probes, passed) > 0:
		return decided(Forwarded, t.counts())
	case t.alive():
		return decided(Swallowed, t.counts(),
			reason(fmt.Sprintf("yet after the last probe the server was still heard at tap %s and at tap %s", t.near.Name, t.far.Name)))
	}
	f := inconclusive("send data after the probes: an answer shows that only probes are lost", t.counts(),
		reason("nothing came back after the last probe, so that a path that was cut before the far tap looks alike"))
	f.Candidates = []Verdict{Swallowed}
	return f
}

// oneView judges probes without a second tap.
func (t tally) oneView() Finding {
	n := count(t.probes, answered)
	if n == 0 {
		f := decided(Unanswered, t.counts())
		f.Next = "capture behind the middlebox too: probes there mean that the server is silent"
		return f
	}
	f := inconclusive("capture behind the middlebox too: probes there mean that the server answers", t.counts())
	f.Candidates = []Verdict{Forwarded, AnsweredByMiddlebox}
	return f
}

// counts is the census of the probes, with each probe, its answer and its likeness at the other taps.
func (t tally) counts() Evidence {
	return reason("the guest sent "+t.fate(t.probes), frames(t.probes)...)
}

// fate is "2 keepalive probes: all answered, none seen at tap host".
func (t tally) fate(probes []Probe) string {
	n := len(probes)
	says := plural(n, "keepalive probe")
	if n == 0 {
		return says
	}
	says += ": " + share(count(probes, answered), n) + " answered"
	if t.far.Name != "" {
		says += ", " + share(count(probes, t.arrived), n) + " seen at tap " + t.far.Name
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

// foreign tells of keepalives at the far tap that are a middlebox's, on connections of its own.
func (t tally) foreign() []Evidence {
	var all []Evidence
	for _, x := range t.crossings {
		if x.far == nil || len(x.match) > 0 {
			continue
		}
		if own := x.far.probes(); len(own) > 0 {
			all = append(all, reason(fmt.Sprintf("tap %s shows %s in the middlebox's own connection: not the guest's",
				t.far.Name, plural(len(own), "keepalive probe")), frames(own)...))
		}
	}
	return all
}

// begunLate says that the far tap missed the handshake of a connection that it shows.
func (t tally) begunLate() bool {
	orphan := slices.ContainsFunc(t.crossings, func(x crossing) bool { return x.far == nil && x.near.ack != nil })
	return orphan && slices.ContainsFunc(connections(t.far), func(c *conn) bool { return c.syn == nil })
}

// alive says that the server was heard at both taps after the last probe.
func (t tally) alive() bool {
	last := t.probes[len(t.probes)-1].Time
	return heard(t.near, last) > 0 && heard(t.far, last) > 0
}

// heard counts the segments, resets aside, that came from the server after a moment.
func heard(t Tap, after float64) int {
	n := 0
	for _, s := range t.Segments {
		if s.Dir == "in" && s.ICMP == "" && !s.has('R') && s.Time > after {
			n++
		}
	}
	return n
}

// after tells what the probes showed once the path was cut.
func (t tally) after(cut Mark) Evidence {
	late := slices.DeleteFunc(slices.Clone(t.probes), func(p Probe) bool { return p.Time <= cut.Time })
	alive, there := count(late, answered), count(late, passed)
	says := fmt.Sprintf("after the cut at %s the guest sent %s", span(cut.Time), t.fate(late))
	switch {
	case t.far.Name == "":
	case heard(t.far, cut.Time) > 0:
		says += "; the server is still heard there, so the cut lies elsewhere"
	case alive > 0 && there == 0:
		says += ": false alive, the connection looks well whatever became of the server"
	case alive == 0 && there > 0:
		says += ": an honest path, the guest can tell"
	}
	return reason(says, frames(late)...)
}

// plural is "1 probe", "2 probes".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
