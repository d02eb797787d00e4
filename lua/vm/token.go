package vm

import "strings"

// A tokenKind is what a piece of Lua is to whoever measures it.
type tokenKind uint8

const (
	symbolToken tokenKind = iota // an operator, a bracket, a separator
	wordToken                    // a name or a keyword
	numberToken
	textToken // in quotes or long brackets
)

// A token is one piece of Lua source.
type token struct {
	kind tokenKind
	text string
	line int // from 1
}

// A tokenizer cuts source into tokens. It takes anything: what is not closed reaches to the end, and what is not Lua is left
// to the parser.
type tokenizer struct {
	source string
	at     int
	line   int
}

func newTokenizer(source string) *tokenizer { return &tokenizer{source: source, line: 1} }

// next is the next token; false at the end.
func (t *tokenizer) next() (token, bool) {
	t.skip()
	if t.at >= len(t.source) {
		return token{}, false
	}
	begin, line := t.at, t.line
	kind := symbolToken
	switch c := t.source[begin]; {
	case isNameByte(c) && !isDigit(c):
		kind = wordToken
		t.at += span(t.source[begin:], isNameByte)
	case isDigit(c) || c == '.' && begin+1 < len(t.source) && isDigit(t.source[begin+1]):
		kind = numberToken
		t.at += span(t.source[begin:], func(c byte) bool { return isNameByte(c) || c == '.' })
	case c == '"' || c == '\'':
		kind = textToken
		t.at = quotedEnd(t.source, begin)
	case c == '[' && longEnd(t.source, begin) > 0:
		kind = textToken
		t.at = longEnd(t.source, begin)
	default:
		t.at += symbolLength(t.source[begin:])
	}
	t.line += strings.Count(t.source[begin:t.at], "\n")
	return token{kind, t.source[begin:t.at], line}, true
}

// skip passes over white space and comments.
func (t *tokenizer) skip() {
	begin := t.at
	for t.at < len(t.source) {
		switch c := t.source[t.at]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			t.at++
			continue
		case strings.HasPrefix(t.source[t.at:], "--"):
			if end := longEnd(t.source, t.at+2); end > 0 {
				t.at = end
				continue
			}
			if n := strings.IndexByte(t.source[t.at:], '\n'); n >= 0 {
				t.at += n
				continue
			}
			t.at = len(t.source)
		}
		break
	}
	t.line += strings.Count(t.source[begin:t.at], "\n")
}

// symbolLength is how long the symbol is that source begins with.
func symbolLength(source string) int {
	for _, long := range []string{"...", "..", "==", "~=", "<=", ">=", "::"} {
		if strings.HasPrefix(source, long) {
			return len(long)
		}
	}
	return 1
}

// span counts the bytes that source begins with and that are wanted.
func span(source string, wanted func(byte) bool) int {
	n := 0
	for n < len(source) && wanted(source[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
}

// quotedEnd is behind the string in quotes that begins at i. A line end that is not escaped ends it, too.
func quotedEnd(source string, i int) int {
	quote := source[i]
	for i++; i < len(source); i++ {
		switch source[i] {
		case quote:
			return i + 1
		case '\n':
			return i
		case '\\':
			i++ // whatever is escaped, the quote and the end of the line among them
		}
	}
	return len(source)
}

// longEnd is behind the long bracket that begins at i ([[...]], [==[...]==]); 0 when none begins there.
func longEnd(source string, i int) int {
	if i >= len(source) || source[i] != '[' {
		return 0
	}
	level := i + 1
	for level < len(source) && source[level] == '=' {
		level++
	}
	if level >= len(source) || source[level] != '[' {
		return 0
	}
	closing := "]" + source[i+1:level] + "]"
	if n := strings.Index(source[level:], closing); n >= 0 {
		return level + n + len(closing)
	}
	return len(source)
}
