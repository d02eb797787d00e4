package repl

import (
	"errors"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
)

// explain writes an entry's error for the person who typed it: what is wrong, below the place in the line when that is
// known. Only an entry of several lines needs a line number.
func explain(err error, source string, several, color bool) string {
	text := err.Error()
	if !several {
		text = strings.TrimPrefix(strings.TrimPrefix(text, typed+":1: "), typed+": ")
	}
	text = paintIf(color, red, values.Visible(text))
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
	return values.Visible(line) + "\n" + blank(values.Visible(before)) + paintIf(color, red, "^") + "\n" + text
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
