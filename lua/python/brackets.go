package python

import (
	"strconv"
	"strings"
)

// brackets reads a group that stands by itself: parentheses, a tuple, a list, a dict, a set or a comprehension.
func (c *cursor) brackets(n node) *expr {
	e := &expr{at: n}
	switch n.source {
	case "(":
		e.form = tupleForm
	case "[":
		e.form = listForm
	default:
		e.form = bracesForm
	}
	c.elements(e, n)
	switch {
	case len(e.clauses) > 0 && e.form == tupleForm:
		e.form = bareFor
	case len(e.clauses) > 0 && e.form == listForm:
		e.form = listFor
	case len(e.clauses) > 0:
		e.form = bracesFor
	case e.form == tupleForm && len(e.items) == 1 && len(n.items) == 1:
		e.form = parenForm
	}
	return e
}

// elements reads what stands between a group's commas. A last item that says nothing is only blanks.
func (c *cursor) elements(e *expr, n node) {
	for i, run := range n.items {
		last := i == len(n.items)-1
		before, core, after := trim(run)
		if len(core) == 0 && last {
			e.rest = spelled(before)
			return
		}
		sub := &cursor{notes: c.notes, nodes: core, unfinished: last && !n.closed, colons: n.source == "{"}
		it := sub.element(e, n.source)
		it.before, it.after = spelled(before), spelled(after)
		e.items = append(e.items, it)
		switch next := sub.next(); {
		case next.kind != end && next.line > n.line && sub.gap() != "" && !c.lua:
			c.because(next.line, "the bracket "+n.source+" of line "+strconv.Itoa(n.line)+" is still open here")
		case next.kind != end, len(e.clauses) > 0 && len(n.items) > 1:
			c.refuse()
		}
		if c.beyond {
			return
		}
	}
}

// element reads one item of a group: a value, name=value, or key: value, and a comprehension's clauses behind it.
func (c *cursor) element(e *expr, opening string) (it item) {
	switch n := c.next(); {
	case n.is("*"), n.is("**"):
		c.because(n.line, "arguments that stand in a list: f(unpack(list))")
		return it
	case n.kind == name && opening != "[" && c.assigns():
		_, it.name, it.equals = c.take()
		_, _, after := c.take()
		it.equals += "=" + after
		c.lua = c.lua || opening == "{"
		if !isName(n.source) && n.source != "end" {
			c.refuse()
		}
		it.value = c.expression()
		return it
	}
	it.value = c.expression()
	if opening == "{" && c.next().is(":") {
		_, _, after := c.take()
		if it.key = it.value; strings.Contains(after, "\n") {
			it.equals = after
		}
		it.value = c.expression()
	}
	if n := c.next(); n.word("for") || n.word("async") {
		c.clauses(e)
	}
	return it
}

// assigns reports whether a name and = follow.
func (c *cursor) assigns() bool {
	at := c.at
	defer func() { c.at = at }()
	c.take()
	return c.next().is("=")
}

// clauses reads for x in y, and if z, of a comprehension.
func (c *cursor) clauses(e *expr) {
	for c.next().word("for") && !c.beyond {
		c.take()
		var cl clause
		cl.targets = c.targets()
		if !c.next().word("in") {
			c.missing()
			return
		}
		c.take()
		cl.over = c.logic("or")
		for c.next().word("if") {
			c.take()
			cl.conditions = append(cl.conditions, c.logic("or"))
		}
		e.clauses = append(e.clauses, cl)
	}
}

// targets reads the variables of a for, with or without parentheses.
func (c *cursor) targets() (targets []*expr) {
	for !c.beyond {
		e := c.primary()
		switch {
		case e.form == tupleForm || e.form == parenForm:
			for _, it := range e.items {
				targets = append(targets, it.value)
			}
		default:
			targets = append(targets, e)
		}
		if !c.next().is(",") {
			break
		}
		c.take()
	}
	for _, t := range targets {
		if c.open && t.form == nothing {
			continue
		}
		if t.form != nameForm || !isName(t.at.source) {
			c.refuse()
		}
	}
	return targets
}

// arguments reads what a call is given.
func (c *cursor) arguments(call *expr) {
	c.at++
	c.elements(call, call.at)
	if len(call.clauses) > 0 { // f(x for x in y)
		call.items[0].value = &expr{form: bareFor, at: call.at, items: []item{{value: call.items[0].value}}, clauses: call.clauses}
		call.clauses = nil
	}
}

// subscript reads what stands in an index: a value, several, or a slice.
func (c *cursor) subscript(index *expr) {
	c.at++
	n := index.at
	for i, run := range n.items {
		before, core, after := trim(run)
		sub := &cursor{notes: c.notes, nodes: core, unfinished: !n.closed && i == len(n.items)-1, colons: true}
		it := item{before: spelled(before), after: spelled(after), value: sub.slice()}
		index.items = append(index.items, it)
		if !sub.end() {
			c.refuse()
		}
	}
}

// slice reads an index, or the two or three parts of a slice.
func (c *cursor) slice() *expr {
	e := &expr{form: sliceForm, at: c.next(), kids: make([]*expr, 1, 3)}
	for i := 0; ; i++ {
		if !c.next().is(":") && (i == 0 || !c.end()) {
			e.kids[i] = c.expression()
		}
		if c.beyond || !c.next().is(":") || i == 2 {
			break
		}
		c.take()
		e.kids = append(e.kids, nil)
	}
	if len(e.kids) == 1 {
		return e.kids[0]
	}
	return e
}
