package repl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// An edit is a line that is being edited, as the screen shows it: the prompt and the line, or the lines of what was pasted or
// recalled, flow over as many rows as they need, and nothing above the first of them is ever touched. It is drawn anew for each change, by moves relative to the
// cursor, since where on the screen it stands is known to the terminal alone.
type edit struct {
	prompt string
	rest   string // the prompt of the lines behind the first
	hint   string // what a grey remark says while nothing is written
	grey   bool   // remarks have a colour
	text   string // the line, with its colours
	before string // what of the line stands before the cursor, without colours
	under  rune   // the character at the cursor; 0 at the end

	// As it was drawn last.
	row     int // the cursor's, counted from the first that is shown
	columns int // the terminal's; 0 when it was not drawn yet
}

// A spot is a place in rows and columns, from 0. At the end of a full row it is one column outside, where a terminal waits
// for the next character to begin a row with.
type spot struct{ row, column int }

// fit is where a character so many columns wide is put.
func (s spot) fit(width, columns int) spot {
	if s.column+width > columns {
		return spot{row: s.row + 1}
	}
	return s
}

// flow tells where each character of a text is put, and each escape sequence and end of a line, and returns where the next one
// would be.
func flow(text string, columns int, put func(piece string, at spot)) (end spot) {
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		if r == '\n' {
			put(text[:n], end)
			end, text = spot{row: end.row + 1}, text[n:]
			continue
		}
		w := width(r)
		if r == '\x1b' {
			n, w = strings.IndexByte(text, 'm')+1, 0
		}
		end = end.fit(w, columns)
		put(text[:n], end)
		end.column += w
		text = text[n:]
	}
	return end
}

// laid is a text as it is written: tabs as spaces, so that their width does not depend on where they stand, and each line behind its
// prompt.
func (e *edit) laid(text string) string {
	return e.prompt + strings.NewReplacer("\t", "    ", "\n", "\n"+e.rest).Replace(text)
}

// whole is all that stays on the screen.
func (e *edit) whole() string { return e.laid(e.text) }

// remark is the hint, while nothing is written. Where it does not fit behind the prompt, it goes on in the next row.
func (e *edit) remark(columns int) string {
	if e.text != "" || e.hint == "" {
		return ""
	}
	lines := []string{"-- " + e.hint}
	if first, second, ok := strings.Cut(e.hint, "; "); ok && textWidth(e.prompt+lines[0]) >= columns {
		lines = []string{"-- " + first, strings.Repeat(" ", textWidth(e.prompt)) + "-- " + second}
	}
	for i, line := range lines {
		lines[i] = paintIf(e.grey, grey, line)
	}
	return strings.Join(lines, "\n")
}

// cursor is where the next key takes effect.
func (e *edit) cursor(columns int) spot {
	at := flow(e.laid(e.before), columns, func(string, spot) {})
	if e.under == '\n' {
		return at
	}
	return at.fit(max(1, width(e.under)), columns)
}

// erase takes it off the screen and leaves the cursor where its first row began. A terminal that was made narrower or
// wider may have broken the rows anew or not: the nearer place is the one that touches nothing above.
func (e *edit) erase(columns int) string {
	switch e.columns {
	case 0:
		return ""
	case columns:
		return up(e.row) + "\r\x1b[J"
	}
	return up(min(e.row, e.cursor(columns).row)) + "\r\x1b[J"
}

// draw writes it from the cursor on. Of more rows than the terminal has, it writes as many as fit, the cursor's among them.
func (e *edit) draw(columns, rows int) string {
	at := e.cursor(columns)
	all := e.whole() + e.remark(columns)
	end := flow(all, columns, func(string, spot) {})
	first := max(0, min(at.row, max(at.row, end.row)+1-rows))
	var b strings.Builder
	flow(all, columns, func(piece string, s spot) {
		last := first + rows - 1
		if piece == "\n" {
			last-- // the row behind it
		}
		if piece[0] == '\x1b' || first <= s.row && s.row <= last {
			b.WriteString(piece)
		}
	})
	if at.row > end.row { // the last row is full and the terminal has not begun another
		b.WriteString(" \r")
		end = at
	}
	e.columns, e.row = columns, at.row-first
	if at != end {
		b.WriteString(up(min(end.row, first+rows-1)-at.row) + "\r")
		if at.column > 0 {
			fmt.Fprintf(&b, "\x1b[%dC", at.column)
		}
	}
	return b.String()
}

// up moves the cursor up.
func up(rows int) string {
	if rows <= 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA", rows)
}
