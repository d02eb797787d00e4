package vm

import "strings"

// hexEscapes writes the \x41 of later versions of Lua, and of everybody's habits, as the \065 that the interpreter reads:
// as long, so that no place in the source moves. The interpreter alone would take the backslash away and leave x41.
func hexEscapes(source string) string {
	if !strings.Contains(source, `\x`) {
		return source
	}
	b := []byte(source)
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '"' || c == '\'':
			i = quotedEnd(b, i)
		case c == '-' && i+1 < len(b) && b[i+1] == '-':
			if end := longEnd(b, i+2); end > 0 {
				i = end
				continue
			}
			for i < len(b) && b[i] != '\n' {
				i++
			}
		case c == '[':
			if end := longEnd(b, i); end > 0 {
				i = end
				continue
			}
			i++
		default:
			i++
		}
	}
	return string(b)
}

// quotedEnd is where the string that begins at i ends; the hex escapes in it are rewritten.
func quotedEnd(b []byte, i int) int {
	quote := b[i]
	for i++; i < len(b); i++ {
		switch b[i] {
		case quote, '\n':
			return i + 1
		case '\\':
			if i+3 < len(b) && b[i+1] == 'x' {
				if n, ok := hexByte(b[i+2], b[i+3]); ok {
					copy(b[i+1:], []byte{'0' + n/100, '0' + n/10%10, '0' + n%10})
					i += 3
					continue
				}
			}
			i++ // whatever is escaped, the quote and the end of the line among them
		}
	}
	return len(b)
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

// longEnd is where the long bracket that begins at i ends ([[...]], [==[...]==]); 0 when none begins there.
func longEnd(b []byte, i int) int {
	if i >= len(b) || b[i] != '[' {
		return 0
	}
	level := i + 1
	for level < len(b) && b[level] == '=' {
		level++
	}
	if level >= len(b) || b[level] != '[' {
		return 0
	}
	closing := "]" + string(b[i+1:level]) + "]"
	if end := strings.Index(string(b[level:]), closing); end >= 0 {
		return level + end + len(closing)
	}
	return len(b)
}
