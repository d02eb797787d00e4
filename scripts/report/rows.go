package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// A row is one line of the ladder: a segment at one tap, or a mark.
type row struct {
	time     float64
	lane     int    // index of the tap; -1 for a mark or a fold
	n        int    // number of the segment at its tap
	conn     string // letter of its connection; "" when there is only one
	out      bool
	label    string
	probe    bool // a keepalive probe of the guest's, at the first tap
	answered bool // that probe was answered
	orphan   bool // only this tap saw the segment
}

// kind is what rows that repeat have in common.
func (r row) kind() string { return fmt.Sprint(r.lane, r.conn, r.out, r.label, r.answered) }

// rows are the segments of all taps, and the marks, in the order of time.
func rows(r *vantage.Result) []row {
	labels := probeLabels(r)
	var all []row
	names := letters(r.Taps)
	for lane, t := range r.Taps {
		for _, s := range t.Segments {
			at := vantage.FrameRef{Tap: t.Name, N: s.N}
			x := row{time: s.Time, lane: lane, n: s.N, conn: names[lane][client(s)], out: s.Dir == "out", label: words(s)}
			if l, ok := labels[at]; ok {
				x.label, x.probe, x.answered = l.text, l.probe, l.answered
			}
			x.orphan = len(r.Taps) > 1 && !r.Comparison().Forwarded(at)
			all = append(all, x)
		}
	}
	for _, m := range r.Marks {
		all = append(all, row{time: m.Time, lane: -1, label: m.Says})
	}
	slices.SortStableFunc(all, passed)
	return all
}

// passed puts rows in order; what passes two taps in the same instant does so in the direction of travel.
func passed(a, b row) int {
	switch {
	case a.time != b.time || a.out != b.out:
		return cmp.Compare(a.time, b.time)
	case a.out:
		return cmp.Compare(a.lane, b.lane)
	}
	return cmp.Compare(b.lane, a.lane)
}

// A label is what the judge's classification of a segment adds to its flags.
type label struct {
	text            string
	probe, answered bool
}

func probeLabels(r *vantage.Result) map[vantage.FrameRef]label {
	c := r.Comparison()
	labels := map[vantage.FrameRef]label{}
	for _, p := range c.Probes() {
		labels[p.Frame] = label{text: "ACK keepalive probe", probe: true, answered: p.Answer != nil}
		for _, seen := range p.Seen {
			labels[seen] = label{text: "ACK keepalive probe"}
		}
		if p.Answer != nil {
			answer := label{text: "ACK answers the probe"}
			labels[*p.Answer] = answer
			for _, there := range c.At(*p.Answer) {
				labels[there] = answer
			}
		}
	}
	return labels
}

// words names a segment by its flags; a SYN shows its ISN, data its length.
func words(s vantage.Segment) string {
	if s.ICMP != "" {
		return "ICMP " + s.ICMP
	}
	var flags []string
	for i, name := range []string{"SYN", "RST", "FIN", "PSH", "ACK", "URG", "ECE", "CWR"} {
		if strings.IndexByte(s.Flags, "SRFPAUEC"[i]) >= 0 {
			flags = append(flags, name)
		}
	}
	text := strings.Join(flags, "/")
	if text == "" {
		text = "no flags"
	}
	if strings.Contains(s.Flags, "S") {
		text += fmt.Sprintf(" ISN %d", s.Seq)
	}
	switch {
	case s.Len == 1:
		text += " 1 byte"
	case s.Len > 1:
		text += fmt.Sprintf(" %d bytes", s.Len)
	}
	return text
}
