package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// Options say how a page looks.
type Options struct {
	// Color asks for ANSI colours: segments that only one tap saw are red.
	Color bool
	// Width is the number of columns; 0 means 80. Less than 74 counts as 74, which two lanes with their ISNs need.
	Width int
}

// narrowest is the width that two lanes need to show the ISN of a SYN/ACK.
const narrowest = 74

// Terminal writes a result as a page of text: verdict, ladder, evidence and the next test.
func Terminal(w io.Writer, r *vantage.Result, o Options) error {
	if o.Width == 0 {
		o.Width = 80
	}
	p := &page{width: max(o.Width, narrowest), color: o.Color}
	p.headline(r)
	p.found("Verdict", r.Finding)
	p.ladder(r)
	p.evidence(r)
	if r.Next != "" {
		p.line()
		p.paragraph("  Next: ", r.Next)
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// A page is text under way.
type page struct {
	strings.Builder
	width int
	color bool
}

// Colours, as ANSI numbers them.
const (
	bold = "1"
	dim  = "2"
	red  = "31"
)

// paint makes text visible on one line and wraps it in a colour, if colours were asked for.
func (p *page) paint(color, text string) string {
	text = values.OneLine(text)
	if !p.color || color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// line writes one line.
func (p *page) line(parts ...string) {
	p.WriteString(strings.TrimRight(strings.Join(parts, ""), " ") + "\n")
}

// headline says what ran, where, and under which conditions.
func (p *page) headline(r *vantage.Result) {
	facts := []string{}
	if r.Session != "" {
		facts = append(facts, r.Session)
	}
	if r.Virtual {
		facts = append(facts, "virtual time")
	}
	if r.Guard {
		facts = append(facts, "guard on")
	} else {
		facts = append(facts, "guard off")
	}
	if r.Interrupted {
		facts = append(facts, "interrupted: what had passed until then")
	}
	p.line(p.paint(bold, r.Experiment), "  ", values.OneLine(strings.Join(facts, " · ")))
	p.line()
}

// meaning explains a verdict to somebody who meets them for the first time.
func meaning(v vantage.Verdict) string {
	switch v {
	case vantage.HandshakeOnSYNProxy:
		return "Something in between ends the guest's TCP and opens a connection of its own to the server on the guest's SYN alone."
	case vantage.AcceptFirstProxy:
		return "Something in between ends the guest's TCP and dials the server once the guest has completed its handshake."
	case vantage.SYNProxy:
		return "Something in between answers the handshake itself; afterwards the guest's own segments pass."
	case vantage.PacketNAT:
		return "Addresses are rewritten on the way; the segments are the guest's own."
	case vantage.Routed:
		return "The guest's own segments arrive, with their addresses."
	case vantage.Forwarded:
		return "The guest's keepalive probes reach the far side."
	case vantage.AnsweredByMiddlebox:
		return "The guest's keepalive probes are answered on the way and reach nobody: the connection looks alive whatever became of the server."
	case vantage.Swallowed:
		return "The guest's keepalive probes vanish on the way while data still flows: a sound connection looks dead."
	case vantage.Unanswered:
		return "The guest's keepalive probes were not answered, and one tap does not tell why."
	case vantage.Inconclusive:
		return "What the taps saw does not decide."
	}
	return ""
}

func (p *page) evidence(r *vantage.Result) {
	for i, e := range r.Evidence {
		label := fmt.Sprintf("  %d. ", i+1)
		says := e.Says
		if e.Check != "" {
			says = string(e.Check) + ": " + says
		}
		if len(e.Frames) > 0 {
			says = strings.TrimSpace(says + " [" + references(e.Frames) + "]")
		}
		p.paragraph(label, says)
	}
}

// mostShown is how many of the frames that are not in the ladder a sentence of the evidence names.
const mostShown = 4

// references writes frames as "guest 1, 3-5; host 2". Those that are no segments of the ladder stand behind, in words.
func references(frames []vantage.FrameRef) string {
	var taps, shown []string
	numbers := map[string][]int{}
	for _, f := range frames {
		if f.Shown != nil {
			shown = append(shown, f.Summary)
			continue
		}
		if numbers[f.Tap] == nil {
			taps = append(taps, f.Tap)
		}
		numbers[f.Tap] = append(numbers[f.Tap], f.N)
	}
	for i, tap := range taps {
		taps[i] = tap + " " + ranges(numbers[tap])
	}
	if more := len(shown) - mostShown; more > 0 {
		shown = append(shown[:mostShown], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(append(taps, shown...), "; ")
}

// paragraph writes text behind a label, both visible, broken at words and indented under itself.
func (p *page) paragraph(label, text string) {
	label, text = values.OneLine(label), values.Visible(text)
	indent := strings.Repeat(" ", utf8.RuneCountInString(label))
	line := label
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > p.width:
			p.line(line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	p.line(line)
}
