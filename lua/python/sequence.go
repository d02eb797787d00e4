package python

// A sequence is a run of nodes being written: an expression or, outside brackets, a statement.
type sequence struct {
	*writer
	nodes []node
	at    int
	// value is whether a value ends before nodes[at], so that an operator may follow.
	value bool
	// last is the node before nodes[at] that was not blank; of a name with fields its last dot.
	last node
	// statement allows for = and what else expressions have not.
	statement bool
}

// expression writes one expression with the blanks around it.
func (w *writer) expression(nodes []node) {
	s := &sequence{writer: w, nodes: nodes}
	s.all()
}

// all writes the nodes one after the other.
func (s *sequence) all() {
	for ; s.at < len(s.nodes) && !s.beyond; s.at++ {
		n := s.nodes[s.at]
		if n.blank() {
			s.write(n.lua)
			continue
		}
		switch n.kind {
		case name:
			s.word(n)
		case number:
			s.operand()
			s.write(n.lua)
		case text:
			s.text(n)
		case operator:
			s.operator(n)
		case group:
			s.group(n)
		case lambda:
			s.operand()
			s.lambda(n)
		}
		s.last = n
	}
}

// ahead is the index of the first node from i on that is not blank.
func (s *sequence) ahead(i int) int {
	for i < len(s.nodes) && s.nodes[i].blank() {
		i++
	}
	return i
}

// node is the node at i, of kind end behind the last one.
func (s *sequence) node(i int) node {
	if i < len(s.nodes) {
		return s.nodes[i]
	}
	return node{}
}

// operand notes that a value follows; two side by side are no expression in either language.
func (s *sequence) operand() {
	if s.value {
		s.refuse()
	}
	s.value = true
}

// word writes a name or keyword.
func (s *sequence) word(n node) {
	switch roleOf(n.source) {
	case constant, plain:
		s.operand()
		for _, idiom := range idioms() {
			if idiom(s, n) {
				return
			}
		}
	case binary:
		if !s.value {
			s.refuse()
		}
		s.value = false
	case negation:
		if s.value || s.negatesComparison() {
			s.refuse()
		}
	case opening:
		if !s.statement || s.at != 0 {
			s.refuse()
		}
	default:
		s.refuse()
	}
	s.write(n.lua)
}

// negatesComparison looks whether "not" stands before a comparison: Python compares first, Lua negates first.
func (s *sequence) negatesComparison() bool {
	for _, n := range s.nodes[s.at+1:] {
		switch {
		case n.kind == operator && compares(n.source):
			return true
		case n.is(","), n.is("="), n.kind == name && roleOf(n.source) != plain && roleOf(n.source) != constant:
			return false
		}
	}
	return false
}

// text writes a string.
func (s *sequence) text(n node) {
	follows := s.node(s.ahead(s.at + 1))
	switch {
	case s.value: // raw"...", print "...": a call without parentheses in Lua
		if s.last.kind != name {
			s.refuse()
		}
		s.lua = true
	case follows.is("*"):
		s.repeated()
		return
	case follows.is("%"):
		s.refuse()
	}
	s.value = true
	s.write(n.lua)
}

// operator writes an operator, separator or the dot of a name.
func (s *sequence) operator(n node) {
	switch {
	case n.is("."):
		s.dot()
		return
	case n.is(":"):
		s.method()
		return
	case n.is("=") && !s.statement, !s.value && !n.is("-") && !n.is("+"):
		s.refuse()
	}
	if n.lua == "" { // an assignment that adds, where none can stand
		s.refuse()
	}
	s.value = false
	if n.is("+") && (s.last.kind == text || s.node(s.ahead(s.at+1)).kind == text) {
		s.write("..")
		return
	}
	s.write(n.lua)
}

// dot writes .name, and the known methods as :name.
func (s *sequence) dot() {
	at := s.ahead(s.at + 1)
	field, call := s.node(at), s.node(s.ahead(at+1))
	if !s.value || field.kind != name || !isName(field.source) {
		s.refuse()
		return
	}
	spelled, link := field.source, "."
	if m := ownMethod(field.source); m != "" && call.opens("(") {
		spelled, link = m, ":"
	}
	s.write(link)
	s.asIs(s.nodes[s.at+1 : at])
	s.write(spelled)
	s.at = at
}

// method writes Lua's p:name(...), which has no blanks around the colon; any other colon is Python's.
func (s *sequence) method() {
	called := s.node(s.at + 1)
	if !s.value || s.nodes[s.at-1].blank() || called.kind != name || !isName(called.source) || !s.node(s.at+2).opens("(") {
		s.refuse()
		return
	}
	s.lua = true
	s.write(":" + called.source)
	s.at++
}

// lambda writes a function of one expression.
func (w *writer) lambda(n node) {
	parameters, before, body := n.items[0], n.items[1], n.items[2]
	w.write("function(")
	w.asIs(parameters)
	w.write(") return")
	if len(before) == 0 {
		w.write(" ")
	}
	w.asIs(before)
	w.expression(body)
	w.close(n, " end")
}
