package report

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// A Comparison is what capture files of one path show: the judge's two findings, and which files and whose word they rest on.
type Comparison struct {
	// Result holds the taps, and as its Finding what the judge says of the path.
	Result *vantage.Result
	// Keepalive is what the judge says of the keepalives.
	Keepalive vantage.Finding
	// Connections are the guest's connections, each judged alone.
	Connections []vantage.Connection
	// Files are what was read, nearest to the guest first: one for each tap.
	Files []File
	// Server is whose connections are judged; port 0 stands for all of its ports.
	Server netip.AddrPort
	// Found says how the server was found; empty when the user named it.
	Found string
	// OneClock is the user's word that one clock stamped all files.
	OneClock bool
}

// A File is one capture file of a comparison.
type File struct {
	// Tap is the name of the tap that it is.
	Tap string `json:"tap"`
	// Name is the file, as the user wrote it.
	Name string `json:"file"`
	// Frames counts all frames in it, of whatever connection.
	Frames int `json:"frames"`
	// Ended says how reading ended before the file did; empty when all of it was read.
	Ended string `json:"ended,omitempty"`
}

// JSON writes a comparison as one JSON object on one line, with no list null.
func (c *Comparison) JSON(w io.Writer) error {
	all := []connectionJSON{}
	for _, x := range c.Connections {
		all = append(all, connectionJSON{Client: x.Client, Server: x.Server, Upstream: x.Upstream, Path: short(x.Path), Keepalive: wordJSON{x.Keepalive.Verdict}})
	}
	whole := comparisonJSON{
		Path:        findingJSON{pathJSON: short(c.Result.Finding), openJSON: open(c.Result.Finding)},
		Keepalive:   keepaliveJSON{wordJSON{c.Keepalive.Verdict}, filled(c.Keepalive.Candidates), open(c.Keepalive)},
		Connections: all,
		Evidence:    append(filled(c.Result.Evidence), c.Keepalive.Evidence...),
		Server:      c.server(),
		Clock:       "unknown",
		Files:       filled(c.Files),
		Taps:        filled(c.Result.Taps),
	}
	if c.OneClock {
		whole.Clock = "one"
	}
	return writeJSON(w, whole)
}

type comparisonJSON struct {
	Path        findingJSON        `json:"path"`
	Keepalive   keepaliveJSON      `json:"keepalive"`
	Connections []connectionJSON   `json:"connections"`
	Evidence    []vantage.Evidence `json:"evidence"`
	Server      string             `json:"server"`
	Clock       string             `json:"clock"`
	Files       []File             `json:"files"`
	Taps        []vantage.View     `json:"taps"`
}

type wordJSON struct {
	Verdict vantage.Verdict `json:"verdict"`
}

type pathJSON struct {
	wordJSON
	Order      vantage.Order     `json:"order"`
	Candidates []vantage.Verdict `json:"candidates"`
}

type openJSON struct {
	Between []string      `json:"between,omitempty"`
	Fault   vantage.Fault `json:"fault,omitempty"`
	Next    string        `json:"next,omitempty"`
}

type findingJSON struct {
	pathJSON
	openJSON
}

type keepaliveJSON struct {
	wordJSON
	Candidates []vantage.Verdict `json:"candidates"`
	openJSON
}

type connectionJSON struct {
	Client    netip.AddrPort `json:"client"`
	Server    netip.AddrPort `json:"server"`
	Upstream  netip.AddrPort `json:"upstream"` // "" when nothing at the second tap is known to be this connection
	Path      pathJSON       `json:"path"`
	Keepalive wordJSON       `json:"keepalive"`
}

func short(f vantage.Finding) pathJSON {
	return pathJSON{wordJSON{f.Verdict}, f.Order, filled(f.Candidates)}
}

func open(f vantage.Finding) openJSON { return openJSON{f.Between, f.Fault, f.Next} }

// filled copies a list; of nil it makes an empty one, so that a reader of the JSON can index it without asking first.
func filled[T any](list []T) []T { return append([]T{}, list...) }

// server is the server as the user writes it: an address alone stands for all of its ports.
func (c *Comparison) server() string {
	if c.Server.Port() == 0 {
		return c.Server.Addr().String()
	}
	return c.Server.String()
}

// Terminal writes a comparison as a page of text: the files, the verdicts, the ladder, the evidence and the next test.
func (c *Comparison) Terminal(w io.Writer, o Options) error {
	lanes := clock + 2 + len(c.Result.Taps)*(thinnest+1) // many taps need a page of their own width
	p := &page{width: max(cmp.Or(o.Width, 80), narrowest, lanes), color: o.Color}
	p.compared(c)
	p.found("Path verdict", c.Result.Finding)
	keepalive := c.keepaliveMatters()
	if keepalive {
		p.found("Keepalive verdict", c.Keepalive)
	}
	p.connections(c.Connections)
	p.excerpt(c)
	p.reasons("Of the path:", c.Result.Finding)
	if keepalive {
		p.line()
		p.reasons("Of the keepalives:", c.Keepalive)
	}
	p.next(c, keepalive)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// thinnest is the width of a lane that still shows what a segment is.
const thinnest = 12

// keepaliveMatters says that there is something to tell of keepalives.
func (c *Comparison) keepaliveMatters() bool {
	return c.Keepalive.Verdict != vantage.Inconclusive || len(c.Result.Comparison().Probes()) > 0
}

// plural is "1 frame" or "2 frames".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// compared says what was read, and on whose word.
func (p *page) compared(c *Comparison) {
	p.line(p.paint(bold, "compare"))
	for i, f := range c.Files {
		segments := 0
		if i < len(c.Result.Taps) {
			segments = len(c.Result.Taps[i].Segments)
		}
		says := fmt.Sprintf("%s (%s, %d of them this server's)", f.Name, plural(f.Frames, "frame"), segments)
		if f.Ended != "" {
			says += ", " + f.Ended
		}
		p.paragraph("  tap "+f.Tap+": ", says)
	}
	says := c.server()
	if c.Server.Port() == 0 {
		says += ", all ports"
	}
	if c.Found != "" {
		says += ", " + c.Found
	}
	p.paragraph("  server: ", says)
	if c.OneClock {
		p.paragraph("  clock: ", "one for all files (clock=one)")
	} else {
		p.paragraph("  clock: ", "not known to be one for all files: the rows of two taps may stand in the wrong order below (clock=one would say that one clock stamped them)")
	}
	p.line()
}

// found writes a verdict, what it means, and what else is possible.
func (p *page) found(label string, f vantage.Finding) {
	text := string(f.Verdict)
	if f.Order != "" {
		text += " (order: " + string(f.Order) + ")"
	}
	p.line("  ", label, ": ", p.paint(bold, text))
	if m := meaning(f.Verdict); m != "" {
		p.paragraph("  ", m)
	}
	if len(f.Candidates) > 0 {
		var names []string
		for _, v := range f.Candidates {
			names = append(names, string(v))
		}
		p.paragraph("  Possible: ", strings.Join(names, ", "))
	}
	p.line()
}

// mostConnections is how many connections a page lists.
const mostConnections = 40

// connections lists the guest's connections with the verdicts of each; one alone needs no list.
func (p *page) connections(all []vantage.Connection) {
	if len(all) < 2 {
		return
	}
	p.line("  Each connection alone:")
	for i, x := range all {
		if i == mostConnections {
			p.line(fmt.Sprintf("  - and %d more, which --json lists", len(all)-i))
			break
		}
		upstream := "nothing known"
		if x.Upstream.IsValid() {
			upstream = x.Upstream.String()
		}
		p.paragraph("  - ", fmt.Sprintf("%s -> %s: path %s, keepalive %s", x.Client, upstream, x.Path.Verdict, x.Keepalive.Verdict))
	}
	p.line()
}

// mostRows is how many segments of a tap the ladder of a comparison shows: the first ones, and as many of those that the
// evidence names. An experiment sends little; a file may hold anything.
const mostRows = 100

// excerpt draws the ladder of a comparison, shortened where a file holds more than a reader wants to see.
func (p *page) excerpt(c *Comparison) {
	c.Result.Comparison() // of all segments: a ladder of some must not ask it of these alone
	some := *c.Result
	some.Taps = nil
	hidden := 0
	for _, t := range c.Result.Taps {
		named := map[int]bool{}
		for _, e := range append(filled(c.Result.Evidence), c.Keepalive.Evidence...) {
			for _, f := range e.Frames {
				if f.Tap == t.Name && f.N > mostRows && len(named) < mostRows {
					named[f.N] = true
				}
			}
		}
		shown := []vantage.Segment{}
		for _, s := range t.Segments {
			if s.N <= mostRows || named[s.N] {
				shown = append(shown, s)
			}
		}
		hidden += len(t.Segments) - len(shown)
		t.Segments = shown
		some.Taps = append(some.Taps, t)
	}
	p.ladder(&some)
	if hidden > 0 {
		p.paragraph("  ", fmt.Sprintf("The ladder leaves out %s: it shows the first %d of each tap, and those that the evidence names.", plural(hidden, "segment"), mostRows))
		p.line()
	}
}

// reasons writes the evidence of one finding.
func (p *page) reasons(heading string, f vantage.Finding) {
	if len(f.Evidence) == 0 {
		return
	}
	p.line("  ", heading)
	p.evidence(&vantage.Result{Finding: f})
}

// next writes the cheapest tests that would tell more.
func (p *page) next(c *Comparison, keepalive bool) {
	if c.Result.Next == "" && (!keepalive || c.Keepalive.Next == "") {
		return
	}
	p.line()
	if c.Result.Next != "" {
		p.paragraph("  Next: ", c.Result.Next)
	}
	if keepalive && c.Keepalive.Next != "" {
		p.paragraph("  Next, of the keepalives: ", c.Keepalive.Next)
	}
}
