package repl

import "strings"

// A kind is what a piece of Lua is to the eye.
type kind int

const (
	other kind = iota
	space
	keyword
	number
	quoted  // a string in quotes
	bracket // a string in long brackets
	comment
)

// keywords are Lua 5.1's, and goto.
const keywords = " and break do else elseif end false for function goto if in local nil not or repeat return then true until while "

// lex cuts the first piece off Lua source, which must not be empty. What is not closed reaches to the end.
func lex(source string) (k kind, piece string) {
	n := 1
	switch c := source[0]; {
	case strings.HasPrefix(source, "--"):
		k, n = comment, commentEnd(source)
	case c == '"' || c == '\'':
		k, n = quoted, quoteEnd(source)
	case c == '[' && bracketEnd(source) > 0:
		k, n = bracket, bracketEnd(source)
	case isSpace(c):
		k, n = space, span(source, isSpace)
	case isDigit(c) || c == '.' && len(source) > 1 && isDigit(source[1]):
		k, n = number, span(source, func(c byte) bool { return isWord(c) || c == '.' })
	case isWord(c):
		n = span(source, isWord)
		if strings.Contains(keywords, " "+source[:n]+" ") {
			k = keyword
		}
	}
	return k, source[:n]
}

// commentEnd is where the comment that source begins with ends, before its newline.
func commentEnd(source string) int {
	if n := bracketEnd(source[2:]); n > 0 {
		return 2 + n
	}
	if n := strings.IndexByte(source, '\n'); n >= 0 {
		return n
	}
	return len(source)
}

// quoteEnd is where the string that source begins with ends: behind its quote, or before a newline that is not escaped.
func quoteEnd(source string) int {
	for i := 1; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '\n':
			return i
		case source[0]:
			return i + 1
		}
	}
	return len(source)
}

// bracketEnd is where the long bracket that source begins with is closed; 0 when there is none.
func bracketEnd(source string) int {
	level := bracketLevel(source)
	if level < 0 {
		return 0
	}
	closing := "]" + strings.Repeat("=", level) + "]"
	if n := strings.Index(source, closing); n >= 0 {
		return n + len(closing)
	}
	return len(source)
}

// bracketLevel counts the = of the long bracket that source begins with; -1 when there is none.
func bracketLevel(source string) int {
	if source == "" || source[0] != '[' {
		return -1
	}
	level := span(source[1:], func(c byte) bool { return c == '=' })
	if rest := source[1+level:]; rest == "" || rest[0] != '[' {
		return -1
	}
	return level
}

// span counts the bytes that source begins with and that are wanted.
func span(source string, wanted func(byte) bool) int {
	n := 0
	for n < len(source) && wanted(source[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
