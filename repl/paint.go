package repl

import (
	"strings"

	"github.com/moonwire/moonwire/lua/vm"
)

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
func colorOf(k vm.Kind) color {
	switch k {
	case vm.Keyword:
		return magenta
	case vm.Number:
		return cyan
	case vm.Quoted, vm.Long:
		return green
	case vm.Comment:
		return grey
	}
	return ""
}

// paint colours lines of Lua that follow those of a block: they may have begun a string or a comment.
func paint(block, line string) string {
	var b strings.Builder
	for at, rest := 0, block+line; rest != ""; {
		k, piece := vm.Lex(rest)
		rest = rest[len(piece):]
		at += len(piece)
		if at > len(block) {
			for i, line := range strings.Split(piece[max(0, len(piece)-(at-len(block))):], "\n") {
				if i > 0 { // what stands in front of a line is no part of the piece
					b.WriteByte('\n')
				}
				b.WriteString(paintIf(true, colorOf(k), line))
			}
		}
	}
	return b.String()
}
