package repl

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/moonwire/moonwire/lua"
)

// explain writes an entry's error for the person who typed it: what is wrong, below the place in the line when that is
// known. A one-line entry needs no line number.
func explain(err error, source string, color bool) string {
	text := err.Error()
	if !strings.Contains(source, "\n") {
		text = strings.TrimPrefix(strings.TrimPrefix(text, typed+":1: "), typed+": ")
	}
	text = paintIf(color, red, visible(text))
	var at *lua.Error
	if !errors.As(err, &at) || at.Script != typed || at.Column < 1 {
		return text
	}
	lines := strings.Split(source, "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return text
	}
	line := lines[at.Line-1]
	before := line[:min(at.Column-1, len(line))]
	return line + "\n" + blank(before) + paintIf(color, red, "^") + "\n" + text
}

// blank is as wide as text and shows nothing.
func blank(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\t' { // as wide here as above, wherever the terminal's stops are
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Repeat(" ", width(r)))
	}
	return b.String()
}

// visible writes control characters as Lua does: what came from the network must not steer the terminal.
func visible(text string) string {
	var b strings.Builder
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		piece := text[:n]
		text = text[n:]
		if r == '\n' || r == '\t' || !unicode.IsControl(r) && (r != utf8.RuneError || n > 1) {
			b.WriteString(piece)
			continue
		}
		for i := range n {
			format := "\\%d"
			if i+1 == n && text != "" && isDigit(text[0]) { // which would be read as part of the number
				format = "\\%03d"
			}
			fmt.Fprintf(&b, format, piece[i])
		}
	}
	return b.String()
}
