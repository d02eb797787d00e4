package python

import "strconv"

// primary reports whether an expression is a name with its fields, indexes and calls: an operator before it or behind
// it takes all of it.
func primary(nodes []node) bool {
	for i, n := range nodes {
		if n.kind != name && !n.is(".") && (n.kind != group || i == 0) {
			return false
		}
	}
	return true
}

// length writes len(x) as #x; it reports whether the word was that.
func (s *sequence) length(word node) bool {
	at := s.ahead(s.at + 1)
	call := s.node(at)
	if word.source != "len" || !call.opens("(") {
		return false
	}
	_, core, _ := trim(call.items[0])
	next := s.node(s.ahead(at + 1))
	if len(call.items) > 1 || len(core) == 0 || next.is("**") || next.is(".") || next.kind == group {
		s.refuse()
		return true
	}
	s.write("#")
	if call.closed && primary(core) {
		s.expression(core)
	} else {
		s.parentheses(call)
	}
	s.at = at
	return true
}

// rangeCall writes Python's range, which leaves its end out, as Lua's, which has it; it reports whether the word was that.
func (s *sequence) rangeCall(word node) bool {
	at := s.ahead(s.at + 1)
	call := s.node(at)
	if word.source != "range" && word.source != "xrange" || !call.opens("(") {
		return false
	}
	s.twofold = true
	s.at = at
	items, _ := call.elements()
	last := 1
	switch len(items) {
	case 1:
		last = 0
	case 3:
		if step, ok := integer(items[2]); !ok || step < 1 {
			s.refuse()
		}
	case 2:
	default:
		s.refuse()
	}
	s.write("range(")
	if last == 0 {
		s.write("0,")
	}
	s.each(call, false, func(i int, item []node) {
		if i == last {
			s.before(item)
		} else {
			s.expression(item)
		}
	})
	s.close(call, ")")
	return true
}

// before writes the number before another one.
func (w *writer) before(item []node) {
	if n, ok := integer(item); ok {
		w.write(strconv.FormatInt(n-1, 10))
		return
	}
	if primary(item) {
		w.expression(item)
		w.write("-1")
		return
	}
	w.write("(")
	w.expression(item)
	w.write(")-1")
}

// integer reads a run that is nothing but a whole number.
func integer(run []node) (int64, bool) {
	_, core, _ := trim(run)
	sign := ""
	if len(core) > 1 && core[0].is("-") {
		sign, core = "-", core[1:]
	}
	if len(core) != 1 || core[0].kind != number {
		return 0, false
	}
	n, err := strconv.ParseInt(sign+core[0].lua, 0, 64)
	return n, err == nil && n > -1<<53 && n < 1<<53
}

// interval writes a tuple of two or three numbers, or of two addresses, as the range it means as a field's value: both
// ends, and the step.
func (w *writer) interval(n node) {
	items, _ := n.elements()
	if len(items) < 2 && n.closed || len(items) > 3 {
		w.refuse()
	}
	addresses := len(items) == 2 && sole(items[0]).kind == text && sole(items[1]).kind == text
	for _, item := range items {
		if k := sole(item); k.kind == text && !addresses || k.kind == group || k.kind == name && roleOf(k.source) == constant {
			w.refuse()
		}
	}
	w.write("range(")
	w.each(n, false, func(_ int, item []node) { w.expression(item) })
	w.close(n, ")")
}

// element writes a tuple in a list: a range when it is two or three numbers, an option when something in it is no number.
// With names alone it could be either.
func (w *writer) element(n node) {
	items, _ := n.elements()
	numbers := 0
	for _, item := range items {
		k := sole(item)
		if k.kind == text || k.opens("(") || k.kind == name && roleOf(k.source) == constant {
			w.write("{")
			w.values(n)
			w.close(n, "}")
			return
		}
		if _, ok := integer(item); ok {
			numbers++
		}
	}
	switch {
	case numbers != len(items):
		w.refuse()
	case numbers == 2 || numbers == 3:
		w.interval(n)
	default:
		w.write("{")
		w.values(n)
		w.close(n, "}")
	}
}

// values writes what an option's tuple holds, the tuples in it without their parentheses. scapy fills options that have
// no value up with None or an empty string; those go.
func (w *writer) values(n node) {
	items, rest := n.elements()
	if len(items) > 1 && void(items[len(items)-1]) && !numberedBytes(items) {
		items = items[:len(items)-1]
	}
	for i, item := range items {
		if i > 0 {
			w.write(",")
		}
		if !tuple(item) {
			w.expression(item)
			continue
		}
		before, _, after := trim(item)
		w.asIs(before)
		w.values(sole(item))
		w.asIs(after)
	}
	w.asIs(rest)
}

// numberedBytes reports whether a tuple is an option by its number with bytes as its data: empty ones count too.
func numberedBytes(items [][]node) bool {
	_, ok := integer(items[0])
	return ok && sole(items[len(items)-1]).kind == text
}

// void reports whether a run is None, an empty string or an empty tuple.
func void(run []node) bool {
	k := sole(run)
	if tuple(run) {
		items, _ := k.elements()
		return len(items) == 0
	}
	return k.kind == name && k.source == "None" || k.kind == text && len(k.lua) == 2
}

// repeated writes "X"*100. Lua multiplies no strings, and an operator before it that binds as tightly as the star would
// have to take the string first.
func (s *sequence) repeated() {
	star := s.ahead(s.at + 1)
	times := s.ahead(star + 1)
	count, next := s.node(times), s.node(s.ahead(times+1))
	counts := count.kind == number || count.kind == name && roleOf(count.source) == plain
	first := s.last.kind == end || s.last.is("=") || s.last.is(",") || s.last.is("+")
	if !counts || !first || next.kind != end && !next.is("+") && !next.is(",") {
		s.refuse()
		return
	}
	s.write("(" + s.nodes[s.at].lua + "):rep(" + count.lua + ")")
	s.at = times
	s.value = true
}
