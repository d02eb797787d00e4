package vm

import "strings"

// A Kind is what a piece of Lua source is.
type Kind uint8

// The pieces of Lua.
const (
	Symbol  Kind = iota // an operator, a bracket, a separator
	Name                // a word that is no keyword
	Keyword             // Lua 5.1's, and goto
	Number
	Quoted  // a string in quotes
	Long    // a string in long brackets
	Comment // to the end of the line, or in long brackets
	Space   // blanks and the ends of lines
)

// keywords are Lua 5.1's, and goto.
const keywords = " and break do else elseif end false for function goto if in local nil not or repeat return then true until while "

// Keywords are Lua 5.1's, and goto, in the order of the alphabet.
func Keywords() []string { return strings.Fields(keywords) }

// Lex cuts the first piece off source, which must not be empty. It takes anything: what is not closed reaches to the end, and what
// is not Lua is left to Compile.
func Lex(source string) (kind Kind, piece string) {
	var n int
	switch c := source[0]; {
	case isBlank(c):
		kind, n = Space, span(source, isBlank)
	case isNameByte(c) && !isDigit(c):
		kind, n = Name, span(source, isNameByte)
		if strings.Contains(keywords, " "+source[:n]+" ") {
			kind = Keyword
		}
	case isDigit(c) || c == '.' && len(source) > 1 && isDigit(source[1]):
		kind, n = Number, span(source, func(c byte) bool { return isNameByte(c) || c == '.' })
	case c == '"' || c == '\'':
		kind, n = Quoted, quotedEnd(source)
	case c == '[' && longEnd(source) > 0:
		kind, n = Long, longEnd(source)
	case strings.HasPrefix(source, "--"):
		kind, n = Comment, commentEnd(source)
	default:
		n = symbolLength(source)
	}
	return kind, source[:n]
}

// A token is one piece of Lua source that says something: neither space nor comment.
type token struct {
	kind Kind
	text string
	line int // from 1
}

// A tokenizer cuts source into tokens.
type tokenizer struct {
	source string
	at     int
	line   int
}

func newTokenizer(source string) *tokenizer { return &tokenizer{source: source, line: 1} }

// next is the next token; false at the end.
func (t *tokenizer) next() (token, bool) {
	for t.at < len(t.source) {
		kind, text := Lex(t.source[t.at:])
		line := t.line
		t.at += len(text)
		t.line += strings.Count(text, "\n")
		if kind != Space && kind != Comment {
			return token{kind, text, line}, true
		}
	}
	return token{}, false
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

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
}

// commentEnd is where the comment that source begins with ends, before its newline.
func commentEnd(source string) int {
	if n := longEnd(source[2:]); n > 0 {
		return 2 + n
	}
	if n := strings.IndexByte(source, '\n'); n >= 0 {
		return n
	}
	return len(source)
}

// quotedEnd is behind the string in quotes that source begins with. A line end that is not escaped ends it, too.
func quotedEnd(source string) int {
	for i := 1; i < len(source); i++ {
		switch source[i] {
		case source[0]:
			return i + 1
		case '\n':
			return i
		case '\\':
			i++ // whatever is escaped, the quote and the end of the line among them
		}
	}
	return len(source)
}

// longEnd is behind the long bracket that source begins with ([[...]], [==[...]==]); 0 when there is none.
func longEnd(source string) int {
	closing := ClosingBracket(source)
	if closing == "" {
		return 0
	}
	if n := strings.Index(source[len(closing):], closing); n >= 0 {
		return 2*len(closing) + n
	}
	return len(source)
}

// ClosingBracket is what ends the long bracket that source begins with; "" when there is none.
func ClosingBracket(source string) string {
	if source == "" || source[0] != '[' {
		return ""
	}
	level := span(source[1:], func(c byte) bool { return c == '=' })
	if rest := source[1+level:]; rest == "" || rest[0] != '[' {
		return ""
	}
	return "]" + source[1:1+level] + "]"
}
