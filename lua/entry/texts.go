package entry

import (
	"strings"

	"github.com/moonwire/moonwire/lua/vm"
)

// texts follows strings and comments of several lines: Lua's in long brackets, or whose lines end in a backslash, and Python's in three quotes.
type texts struct {
	closing string // what ends the one that is open; "" when none is
}

// take takes a line. rest is what of it is code, from the end of the text on that was open before.
func (t *texts) take(line string) (rest string) {
	if t.closing != "" {
		end := t.end(line)
		if end < 0 {
			return ""
		}
		line, t.closing = line[end:], ""
	}
	for at := 0; at < len(line); {
		n := t.piece(line[at:])
		if n < 0 {
			break
		}
		at += n
	}
	return line
}

// piece is how long the piece is that code begins with; -1 when it is a text that stays open.
func (t *texts) piece(code string) int {
	kind, piece := vm.Lex(code)
	closing, from := "", 0
	switch {
	case strings.HasPrefix(code, `"""`), strings.HasPrefix(code, "'''"):
		closing, from = code[:3], 3
	case kind == vm.Quoted && strings.HasSuffix(piece, "\\") && len(piece) == len(code):
		t.closing = code[:1]
		return -1
	case kind == vm.Long:
		closing = vm.ClosingBracket(piece)
		from = len(closing)
	case kind == vm.Comment:
		closing = vm.ClosingBracket(piece[2:])
		from = 2 + len(closing)
	}
	if closing == "" {
		return len(piece)
	}
	end := strings.Index(code[from:], closing)
	if end < 0 {
		t.closing = closing
		return -1
	}
	return from + end + len(closing)
}

// end is behind the end of the open text in a line; -1 when it stays open.
func (t *texts) end(line string) int {
	if len(t.closing) != 1 { // long brackets, or three quotes
		if n := strings.Index(line, t.closing); n >= 0 {
			return n + len(t.closing)
		}
		return -1
	}
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			if i++; i == len(line) {
				return -1
			}
		case t.closing[0]:
			return i + 1
		}
	}
	return len(line) // a line that does not end in a backslash ends a string
}
