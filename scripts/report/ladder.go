package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// clock is the width of the time column.
const clock = 11

// ladder draws a lane for each tap, between the lifelines of those who talk, guest left and server right.
func (p *page) ladder(r *vantage.Result) {
	all := rows(r)
	if r.Verdict != "" && len(r.Taps) == 0 {
		return // a script's own verdict, which needs none
	}
	if len(all) == 0 {
		p.paragraph("  ", "The taps saw no segment of the server's port.")
		p.line()
		return
	}
	lane := (p.width - clock - len(r.Taps) - 2) / max(len(r.Taps), 1)
	p.lifelines(len(r.Taps), lane)
	blank := make([]string, len(r.Taps))
	for i := range blank {
		blank[i] = center("tap "+values.OneLine(r.Taps[i].Name), lane)
	}
	p.rung("", blank)
	for _, x := range fold(all) {
		p.draw(x, len(r.Taps), lane)
	}
	p.line()
	if l := legend(r.Taps); l != "" {
		p.paragraph("  Connections: ", l)
		p.line()
	}
}

// lifelines writes who stands at the vertical lines.
func (p *page) lifelines(lanes, lane int) {
	names := []string{"guest"}
	for i := 1; i < lanes; i++ {
		names = append(names, "middlebox")
		if i > 1 {
			names[i] = "path"
		}
	}
	names = append(names, "server")
	text := []rune(strings.Repeat(" ", p.width+len("middlebox")))
	for i, name := range names {
		at := clock + 1 + i*(lane+1) - len(name)/2
		copy(text[min(at, p.width-len(name)):], []rune(name))
	}
	p.line(p.paint(bold, strings.TrimRight(string(text), " ")))
}

// draw writes one row.
func (p *page) draw(x row, lanes, lane int) {
	if x.lane < 0 {
		p.across(x, lanes*(lane+1)+1)
		return
	}
	cells := make([]string, lanes)
	for i := range cells {
		cells[i] = strings.Repeat(" ", lane)
	}
	color := ""
	if x.orphan {
		color = red
	}
	cells[x.lane] = p.paint(color, arrow(x, lane))
	p.rung(seconds(x.time), cells)
}

// rung writes a time and the lanes between their lifelines.
func (p *page) rung(time string, cells []string) {
	line := p.paint(dim, "│")
	p.line(fmt.Sprintf("%*s ", clock, time), line, strings.Join(cells, line), line)
}

// across writes a mark, or what was folded, over all lanes.
func (p *page) across(x row, width int) {
	time, fill, text := "", "·", " "+values.OneLine(x.label)+" "
	if x.time >= 0 {
		time, fill = seconds(x.time), "━"
	}
	text = clip(text, width)
	before := (width - utf8.RuneCountInString(text)) / 2
	after := width - before - utf8.RuneCountInString(text)
	p.line(fmt.Sprintf("%*s ", clock, time), p.paint(bold, strings.Repeat(fill, before)+text+strings.Repeat(fill, after)))
}

// arrow draws a segment over the width of a lane, its head where it goes.
func arrow(x row, width int) string {
	text := clip(fmt.Sprintf(" %d%s %s ", x.n, x.conn, values.OneLine(x.label)), width-2)
	shaft := strings.Repeat("─", width-2-utf8.RuneCountInString(text))
	if x.out {
		return "─" + text + shaft + "▶"
	}
	return "◀" + shaft + text + "─"
}

// clip shortens text to a width.
func clip(text string, width int) string {
	r := []rune(text)
	if len(r) <= width {
		return text
	}
	return string(r[:width-1]) + "…"
}

func center(text string, width int) string {
	text = clip(text, width)
	before := (width - utf8.RuneCountInString(text)) / 2
	return strings.Repeat(" ", before) + text + strings.Repeat(" ", width-before-utf8.RuneCountInString(text))
}

// seconds writes a time as a column of a ladder shows it.
func seconds(t float64) string {
	if t < 1 {
		return fmt.Sprintf("%.3f ms", t*1e3)
	}
	return fmt.Sprintf("%.3f s ", t)
}
