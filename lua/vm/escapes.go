package vm

import "strings"

// hexEscapes writes the \x41 of later versions of Lua, and of everybody's habits, as the \065 that the interpreter reads:
// as long, so that no place in the source moves. The interpreter alone would take the backslash away and leave x41.
func hexEscapes(source string) string {
	if !strings.Contains(source, `\x`) {
		return source
	}
	b := []byte(source)
	t := newTokenizer(source)
	for {
		piece, ok := t.next()
		if !ok {
			return string(b)
		}
		if piece.kind == Quoted {
			rewriteEscapes(b[t.at-len(piece.text) : t.at])
		}
	}
}

// rewriteEscapes rewrites the hex escapes of one string.
func rewriteEscapes(b []byte) {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		if i+3 < len(b) && b[i+1] == 'x' {
			if n, ok := hexByte(b[i+2], b[i+3]); ok {
				copy(b[i+1:], []byte{'0' + n/100, '0' + n/10%10, '0' + n%10})
				i += 2
			}
		}
		i++ // whatever is escaped, another backslash among them
	}
}

func hexByte(high, low byte) (byte, bool) {
	const digits = "0123456789abcdef"
	h := strings.IndexByte(digits, high|0x20)
	l := strings.IndexByte(digits, low|0x20)
	if high <= '9' {
		h = strings.IndexByte(digits[:10], high)
	}
	if low <= '9' {
		l = strings.IndexByte(digits[:10], low)
	}
	return byte(h<<4 | l), h >= 0 && l >= 0
}
