package python

import (
	"regexp"
	"slices"
)

// A statement is one statement.
type statement struct {
	// word says what it is: its first word, the sign of an assignment, or "" for an expression by itself.
	word string
	line int
	// kids are its expressions: of an assignment the targets from left to right and the value.
	kids []*expr
	// gaps are the blanks before and behind each sign of an assignment, or behind its word.
	gaps []string
	// text is an import as it was written.
	text string
	// parts are the blocks of a statement that has some.
	parts []*part
}

// A part is a block and what stands before it: if x:, else:, for x in y:, def f(x):.
type part struct {
	word string
	line int
	// indent are the blanks before its word, where it is not the first.
	indent string
	// kids are a condition, or what a for walks, or the default values of parameters, some of which are nil.
	kids []*expr
	// names are variables of a for, parameters of a def after its name, or the name of an except.
	names []string
	// tail is what stands behind the colon of a block in lines of its own.
	tail string
	rows []*row
	// inline is set when the block stands in the same line.
	inline bool
}

// A row is a line of statements.
type row struct {
	indent     string
	statements []*statement
	// seps are what stands behind each statement but the last: a semicolon and blanks.
	seps []string
	// tail are the blanks and the comment at its end, and the line's end.
	tail, newline string
}

// compound reports whether a row ends in a statement with blocks.
func (r *row) compound() *statement {
	if n := len(r.statements); n > 0 && r.statements[n-1].parts != nil {
		return r.statements[n-1]
	}
	return nil
}

// statement reads one statement from its nodes.
func (c *cursor) statement() *statement {
	n := c.next()
	s := &statement{line: n.line}
	if n.kind == name {
		switch n.source {
		case "del", "return", "assert", "raise", "local", "global", "nonlocal":
			return c.worded(s)
		case "pass", "break", "continue":
			s.word = n.source
			c.take()
			return s
		case "import", "from":
			s.word, s.text = n.source, source(c.nodes[c.at:])
			c.at = len(c.nodes)
			return s
		case "print":
			if c.printed() {
				return c.worded(s)
			}
		case "exec", "yield", "await", "async":
			if after := c.nodes[min(c.at+1, len(c.nodes)-1)]; after.kind == space {
				c.because(n.line, "Lua has no "+n.source+": a function returns a list that it has filled, l[#l+1] = x")
			}
		}
	}
	return c.assignment(s)
}

// source is a run as it was written.
func source(run []node) (s string) {
	for _, n := range run {
		s += n.source
		for i, item := range n.items {
			if i > 0 {
				s += ","
			}
			s += source(item)
		}
		if n.kind == group && n.closed {
			s += closing(n.source)
		}
	}
	return s
}

// worded reads a statement that begins with its word and goes on with expressions.
func (c *cursor) worded(s *statement) *statement {
	_, n, after := c.take()
	s.word, s.gaps = n.source, []string{after}
	if n.source == "local" { // it is Lua's, and the rest may not be
		rest := c.assignment(&statement{line: s.line})
		s.kids, s.gaps = rest.kids, append(s.gaps, rest.gaps...)
		return s
	}
	if !c.end() {
		s.kids = []*expr{c.list()}
	}
	if len(s.kids) == 0 && (n.source == "assert" || n.source == "del") {
		s.kids = []*expr{c.missing()}
	}
	if n.source == "raise" && c.next().word("from") {
		c.at = len(c.nodes)
	}
	return s
}

// printed reports whether the word print at hand begins a statement of Python 2.
func (c *cursor) printed() bool {
	at := c.at
	defer func() { c.at = at }()
	c.take()
	switch n := c.next(); n.kind {
	case name:
		return roleOf(n.source) == plain || roleOf(n.source) == constant || n.word("not")
	case number, lambda:
		return true
	case text:
		return true
	case operator:
		return n.is("-") || n.is(">>")
	case group:
		return !n.opens("(")
	}
	return false
}

// assignment reads x = y, x += y, or an expression.
func (c *cursor) assignment(s *statement) *statement {
	s.kids = []*expr{c.list()}
	n := c.next()
	switch {
	case n.is("="):
		s.word = "="
		for c.next().is("=") && !c.beyond {
			before, _, after := c.take()
			s.gaps, s.kids = append(s.gaps, before, after), append(s.kids, c.list())
		}
	case n.kind == operator && augments(n.source):
		before, _, after := c.take()
		s.word, s.gaps = n.source, []string{before, after}
		s.kids = append(s.kids, c.list())
	case n.is(":") && s.kids[0].form == nameForm && !c.unfinished && !c.callsNothing(): // x: int = 1
		c.because(n.line, "Lua's variables have no type: x = 1")
	}
	return s
}

// callsNothing reports whether what follows is :name without a blank, and nothing is assigned: Lua's method that is not called, of which Lua
// says more.
func (c *cursor) callsNothing() bool { return uncalled.MatchString(spelled(c.nodes[c.at:])) }

var uncalled = regexp.MustCompile(`^:[A-Za-z_][^=]*$`)

// statements reads the statements of one line, into a row.
func (b *blocks) statements(r *row, run []node) {
	for len(run) > 0 && !b.beyond {
		i := slices.IndexFunc(run, func(n node) bool { return n.is(";") })
		if i < 0 {
			i = len(run)
		}
		before, core, after := trim(run[:i])
		if len(core) == 0 {
			b.refuse()
			return
		}
		if n := len(r.statements); n > 0 {
			r.seps[n-1] += spelled(before)
		}
		c := &cursor{notes: b.notes, nodes: core, unfinished: b.notes.open && i == len(run) && b.last()}
		r.statements = append(r.statements, c.statement())
		if !c.end() {
			b.refuse()
		}
		if i == len(run) {
			r.tail = spelled(after) + r.tail
			return
		}
		r.seps = append(r.seps, spelled(after)+";")
		run = run[i+1:]
	}
}
