package repl

import "strings"

// A color is the parameter of the escape sequence that turns it on (SGR, ECMA-48 section 8.3.117).
type color string

const (
	red     color = "31"
	green   color = "32"
	magenta color = "35"
	cyan    color = "36"
	grey    color = "90"
)

// paintIf writes text in a colour when colours are wanted.
func paintIf(wanted bool, c color, text string) string {
	if !wanted || c == "" || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// colorOf is what a piece of Lua is painted with; "" leaves it as it is.
func colorOf(k kind) color {
	switch k {
	case keyword:
		return magenta
	case number:
		return cyan
	case quoted, bracket:
		return green
	case comment:
		return grey
	}
	return ""
}

// paint colours a line of Lua that follows the lines of a block: they may have begun a string or a comment.
func paint(block, line string) string {
	var b strings.Builder
	for at, rest := 0, block+line; rest != ""; {
		k, piece := lex(rest)
		rest = rest[len(piece):]
		at += len(piece)
		if at > len(block) {
			b.WriteString(paintIf(true, colorOf(k), piece[max(0, len(piece)-(at-len(block))):]))
		}
	}
	return b.String()
}
