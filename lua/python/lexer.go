package python

import "strings"

// A kind says what a node is.
type kind uint8

const (
	end      kind = iota // nothing more
	space                // blanks, and inside brackets line ends
	newline              // the end of a line outside brackets
	comment              // to the end of the line
	name                 // names and words
	number               // a number
	text                 // a string
	operator             // an operator or separator
	bracket              // one bracket, before the tree is made
	group                // a pair of brackets and what is between them
	lambda               // a function of one expression
)

// A node is one token, or a group or lambda with what belongs to it.
type node struct {
	kind kind
	// closed is false for a group whose closing bracket is still to come, and for a lambda that may go on.
	closed bool
	// line is where it begins, from 1.
	line int
	// source is the text as it was read; of a group, its opening bracket.
	source string
	// lua is how a token is spelled in Lua.
	lua string
	// prefix are the letters before a string's first quote, in lower case; body is what stands between its quotes.
	prefix, body string
	// items are what stands between a group's commas; a lambda's are its parameters, the
	// blanks before its body, and its body.
	items [][]node
}

// is reports whether a node is that operator or separator.
func (n node) is(op string) bool { return n.kind == operator && n.source == op }

// word reports whether a node is that name or keyword.
func (n node) word(w string) bool { return n.kind == name && n.source == w }

// opens reports whether a node is a group that begins with that bracket.
func (n node) opens(with string) bool { return n.kind == group && n.source == with }

// blank reports whether a node says nothing: a space, a line end or a comment.
func (n node) blank() bool { return n.kind == space || n.kind == newline || n.kind == comment }

// A lexer cuts Python into tokens.
type lexer struct {
	*notes
	rest string
	line int // of the next token
	// inLine is false at the beginning of a line, where a prompt may stand.
	inLine bool
}

// next takes one token; end at the end and when the text is beyond translation.
func (l *lexer) next() node {
	if !l.inLine {
		l.inLine = true
		l.rest = withoutPrompt(l.rest)
	}
	if l.rest == "" || l.beyond {
		return node{line: l.line}
	}
	line := l.line
	n := l.token()
	n.line = line
	l.line += strings.Count(n.source, "\n")
	return n
}

// token takes the token that the text begins with.
func (l *lexer) token() node {
	switch c := l.rest[0]; {
	case c == ' ' || c == '\t' || c == '\f':
		return l.take(space, len(l.rest)-len(strings.TrimLeft(l.rest, " \t\f")))
	case lineEnd(l.rest) > 0:
		l.inLine = false
		return l.take(newline, lineEnd(l.rest))
	case c == '\\' && (len(l.rest) == 1 || lineEnd(l.rest[1:]) > 0): // the statement goes on, which needs no sign in Lua
		l.open = l.open || strings.TrimSpace(l.rest[1:]) == ""
		n := l.take(space, 1+lineEnd(l.rest[1:]))
		n.lua = n.source[1:]
		l.inLine = n.lua == ""
		return n
	case c == '#':
		return l.comment()
	case isLetter(c):
		return l.word()
	case c == '"' || c == '\'':
		return l.quoted("")
	case isDigit(c) || c == '.' && len(l.rest) > 1 && isDigit(l.rest[1]):
		return l.number()
	case strings.IndexByte("()[]{}", c) >= 0:
		return l.take(bracket, 1)
	}
	return l.operator()
}

// take makes a token of the next n bytes.
func (l *lexer) take(k kind, n int) node {
	s := l.rest[:n]
	l.rest = l.rest[n:]
	return node{kind: k, source: s, lua: s}
}

// withoutPrompt drops the prompt of a pasted session from the beginning of a line.
func withoutPrompt(line string) string {
	s := strings.TrimLeft(line, " \t")
	for _, prompt := range []string{">>>", "..."} {
		if rest, ok := strings.CutPrefix(s, prompt); ok {
			if after, ok := strings.CutPrefix(rest, " "); ok {
				return after
			}
			if rest == "" || lineEnd(rest) > 0 {
				return rest
			}
		}
	}
	return line
}

// lineEnd is the length of the line end that s begins with.
func lineEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "\n"):
		return 1
	case strings.HasPrefix(s, "\r\n"):
		return 2
	}
	return 0
}

func (l *lexer) comment() node {
	n := len(l.rest)
	if i := strings.IndexAny(l.rest, "\r\n"); i >= 0 {
		n = i
	}
	l.beyond = l.beyond || l.slip // Lua's length
	c := l.take(comment, n)
	c.lua = "--" + c.source[1:]
	if strings.HasPrefix(c.lua, "--[") { // would begin a comment of many lines
		c.lua = "-- " + c.source[1:]
	}
	return c
}

// word takes a name, a keyword or a string with letters before it.
func (l *lexer) word() node {
	n := 1
	for n < len(l.rest) && (isLetter(l.rest[n]) || isDigit(l.rest[n])) {
		n++
	}
	if n < len(l.rest) && (l.rest[n] == '"' || l.rest[n] == '\'') {
		switch prefix := strings.ToLower(l.rest[:n]); prefix {
		case "b", "r", "u", "br", "rb", "f", "fr", "rf":
			before := l.rest[:n]
			l.rest = l.rest[n:]
			t := l.quoted(prefix)
			t.source = before + t.source
			return t
		}
	}
	w := l.take(name, n)
	w.lua = luaConstant(w.source)
	switch w.source {
	case "local", "nil", "true", "false":
		l.lua = true
	}
	return w
}

// operator takes the longest operator there is, those of both languages, so that none is read as two.
func (l *lexer) operator() node {
	n := 1
	for _, op := range []string{"**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "==", "!=", "<=", ">=", "~=",
		"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=", "->", "--", "..", "<>"} {
		if strings.HasPrefix(l.rest, op) {
			n = len(op)
			break
		}
	}
	op := l.take(operator, n)
	switch op.source {
	case "!=":
		op.lua = "~="
	case "**":
		op.lua = "^"
	}
	if n == 1 && !strings.Contains("+-*/%<>=,;.:&|^~@", op.source) || l.slip && op.source == "--" {
		l.refuse()
	}
	l.lua = l.lua || op.source == "~=" || op.source == ".."
	return op
}
