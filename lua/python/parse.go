package python

import "strings"

// manyOperators is how many operators or calls a row of them may have: Lua takes no more either.
const manyOperators = 1000

// A cursor reads expressions from a run of nodes.
type cursor struct {
	*notes
	nodes []node
	at    int
	// unfinished says that the text ends at the end of the run, in the middle of a bracket.
	unfinished bool
	// colons says that a colon belongs to the brackets around the run, as in a slice.
	colons bool
}

// next is the next node that says something; of kind end behind the last one.
func (c *cursor) next() node {
	for i := c.at; i < len(c.nodes); i++ {
		if !c.nodes[i].blank() {
			return c.nodes[i]
		}
	}
	return node{}
}

// gap takes blanks.
func (c *cursor) gap() string {
	from := c.at
	for c.at < len(c.nodes) && c.nodes[c.at].blank() {
		c.at++
	}
	return spelled(c.nodes[from:c.at])
}

// take takes the next node that says something, and the blanks before and behind it.
func (c *cursor) take() (before string, n node, after string) {
	before = c.gap()
	n = c.nodes[c.at]
	c.at++
	return before, n, c.gap()
}

// end reports whether nothing more is said in the run.
func (c *cursor) end() bool { return c.next().kind == end }

// missing is what stands where an operand should: nothing yet, in an unfinished text, and otherwise what is no expression.
func (c *cursor) missing() *expr {
	if c.unfinished && c.end() {
		c.open = true
	} else {
		c.refuse()
	}
	return &expr{}
}

// whole reads a run that is one expression.
func (c *cursor) whole() *expr {
	e := c.expression()
	if !c.end() {
		c.refuse()
	}
	return e
}

// expression reads one expression: x if condition else y, and all that binds more tightly.
func (c *cursor) expression() *expr {
	defer c.deeper()()
	if c.beyond {
		return &expr{}
	}
	e := c.logic("or")
	if !c.next().word("if") {
		return e
	}
	before, at, after := c.take()
	condition := c.logic("or")
	if !c.next().word("else") {
		if c.unfinished {
			return &expr{form: ifForm, kids: []*expr{e, condition, c.missing()}}
		}
		c.refuse()
		return e
	}
	c.take()
	return &expr{form: ifForm, at: at, kids: []*expr{e, condition, c.expression()}, gaps: []string{before, after}}
}

// deeper notes that an expression stands within others, until shallower is called; more than deepest are none.
func (c *cursor) deeper() (shallower func()) {
	if c.depth++; c.depth > deepest {
		c.refuse()
	}
	return func() { c.depth-- }
}

// logic reads x or y, and x and y.
func (c *cursor) logic(word string) *expr {
	operand := c.negation
	if word == "or" {
		operand = func() *expr { return c.logic("and") }
	}
	e := operand()
	for n := 0; c.next().word(word); n++ {
		if n > manyOperators {
			c.refuse()
		}
		before, at, after := c.take()
		e = &expr{form: logicForm, at: at, kids: []*expr{e, operand()}, gaps: []string{before, after}}
	}
	return e
}

// negation reads not x.
func (c *cursor) negation() *expr {
	if !c.next().word("not") {
		return c.comparison()
	}
	defer c.deeper()()
	_, at, after := c.take()
	return &expr{form: notForm, at: at, kids: []*expr{c.negation()}, gaps: []string{after}}
}

// comparison reads x < y, and several in a row.
func (c *cursor) comparison() *expr {
	e := c.binary(0)
	for {
		at, sign := c.at, c.next()
		before, op, after := c.comparing()
		if op == "" {
			c.at = at
			return e
		}
		if e.form != compareForm {
			e = &expr{form: compareForm, at: sign, kids: []*expr{e}}
		}
		e.ops, e.gaps = append(e.ops, op), append(e.gaps, before, after)
		e.kids = append(e.kids, c.binary(0))
	}
}

// comparing takes an operator that compares, if one follows: a sign, or the words in, not in, is, is not.
func (c *cursor) comparing() (before, op, after string) {
	n := c.next()
	switch {
	case n.kind == operator && compares(n.source):
		before, _, after = c.take()
		return before, n.source, after
	case n.word("in"), n.word("is"), n.word("not"):
		before, _, after = c.take()
		switch second := c.next(); {
		case n.word("not") && !second.word("in"):
			return "", "", ""
		case n.word("not"), n.word("is") && second.word("not"):
			_, _, after = c.take()
			return before, n.source + " " + second.source, after
		}
		return before, n.source, after
	}
	return "", "", ""
}

// tightness says how tightly an operator that computes binds; -1 for the others.
func tightness(n node) int {
	if n.kind != operator {
		return -1
	}
	switch n.source {
	case "|":
		return 0
	case "^":
		return 1
	case "&":
		return 2
	case "<<", ">>":
		return 3
	case "+", "-", "..":
		return 4
	case "*", "/", "//", "%", "@":
		return 5
	}
	return -1
}

// binary reads operators that bind at least so tightly.
func (c *cursor) binary(level int) *expr {
	e := c.unary()
	for n := 0; ; n++ {
		if n > manyOperators {
			c.refuse()
		}
		found := tightness(c.next())
		if found < level || c.beyond {
			return e
		}
		before, at, after := c.take()
		e = &expr{form: binaryForm, at: at, kids: []*expr{e, c.binary(found + 1)}, gaps: []string{before, after}}
	}
}

// unary reads -x, +x and ~x, which take a power whole.
func (c *cursor) unary() *expr {
	defer c.deeper()()
	if n := c.next(); n.is("-") || n.is("+") || n.is("~") {
		_, at, after := c.take()
		return &expr{form: unaryForm, at: at, kids: []*expr{c.unary()}, gaps: []string{after}}
	}
	e := c.primary()
	if !c.next().is("**") {
		return e
	}
	before, at, after := c.take()
	return &expr{form: binaryForm, at: at, kids: []*expr{e, c.unary()}, gaps: []string{before, after}}
}

// primary reads a value with the fields, indexes and calls behind it.
func (c *cursor) primary() *expr {
	e := c.atom()
	for n := 0; !c.beyond; n++ {
		if n > manyOperators {
			c.refuse()
		}
		at := c.at
		gap := c.gap()
		n := c.next()
		switch {
		case n.is(".") && e.form != nothing:
			e = c.field(e, gap)
		case n.is(":") && !c.colons && gap == "" && c.calls():
			c.lua = true
			e = &expr{form: methodForm, at: c.nodes[c.at+1], kids: []*expr{e}}
			c.at += 2
		case n.opens("("):
			e = &expr{form: callForm, at: n, kids: []*expr{e}, gaps: []string{gap}}
			c.arguments(e)
		case n.opens("["):
			e = &expr{form: indexForm, at: n, kids: []*expr{e}, gaps: []string{gap}}
			c.subscript(e)
		case n.opens("{") && e.form == nameForm, n.kind == text && e.form == nameForm && roleOf(e.at.source) == plain:
			c.lua = true
			argument := c.atom()
			if c.slip && len(argument.texts) > 1 { // f "a" "b" calls twice
				c.refuse()
			}
			e = &expr{form: callForm, at: n, kids: []*expr{e}, gaps: []string{gap}, items: []item{{value: argument}}}
		default:
			c.at = at
			return e
		}
	}
	return e
}

// field reads .name.
func (c *cursor) field(of *expr, gap string) *expr {
	_, _, after := c.take()
	n := c.next()
	if n.kind != name || !isName(n.source) {
		if n.kind == end && c.unfinished {
			c.open = true
		} else {
			c.refuse()
		}
		return of
	}
	c.at++
	return &expr{form: fieldForm, at: n, kids: []*expr{of}, gaps: []string{gap, after}}
}

// calls reports whether the colon at hand is that of a method's call in Lua's spelling.
func (c *cursor) calls() bool {
	if c.at+2 >= len(c.nodes) {
		return false
	}
	n := c.nodes[c.at+1]
	return n.kind == name && isName(n.source) && c.nodes[c.at+2].opens("(")
}

// atom reads what stands by itself.
func (c *cursor) atom() *expr {
	c.gap()
	n := c.next()
	if n.kind == end {
		return c.missing()
	}
	c.at++
	switch n.kind {
	case name:
		if role := roleOf(n.source); role != plain && role != constant {
			c.refuse()
		}
		return &expr{form: nameForm, at: n}
	case number:
		return &expr{form: numberForm, at: n}
	case text:
		e := &expr{form: textForm, at: n, texts: []node{n}}
		for c.next().kind == text {
			_, more, _ := c.take()
			e.texts = append(e.texts, more)
		}
		return e
	case lambda:
		return c.function(n)
	case group:
		return c.brackets(n)
	}
	c.refuse()
	return &expr{}
}

// list reads one expression, or several with commas between them, which are a tuple.
func (c *cursor) list() *expr {
	e := c.expression()
	if !c.next().is(",") {
		return e
	}
	tuple := &expr{form: tupleForm, at: node{line: c.next().line}, items: []item{{value: e}}}
	for c.next().is(",") && !c.beyond {
		tuple.items[len(tuple.items)-1].after = c.gap()
		_, _, blanks := c.take()
		if n := c.next(); n.kind == end || n.is("=") {
			break
		}
		tuple.items = append(tuple.items, item{before: blanks, value: c.expression()})
	}
	return tuple
}

// function reads a lambda.
func (c *cursor) function(n node) *expr {
	body := &cursor{notes: c.notes, nodes: n.items[2], unfinished: !n.closed}
	e := &expr{form: lambdaForm, at: n, gaps: []string{spelled(n.items[0]), spelled(n.items[1])}}
	if len(n.items[2]) > 0 {
		e.kids = []*expr{body.whole()}
	}
	for _, p := range n.items[0] {
		if p.kind == name {
			e.items = append(e.items, item{name: p})
		}
	}
	return e
}

// spelled is how blanks and names are written in Lua.
func spelled(run []node) string {
	if len(run) == 1 {
		return run[0].lua
	}
	var s strings.Builder
	for _, n := range run {
		s.WriteString(n.lua)
	}
	return s.String()
}
