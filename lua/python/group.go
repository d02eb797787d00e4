package python

// group writes a pair of brackets: after a value a call or an index, else a list, a dict or plain parentheses.
func (s *sequence) group(n node) {
	switch {
	case n.source == "(" && s.value:
		s.call(n)
	case n.source == "[" && s.value:
		s.index(n)
	case n.source == "(":
		s.parentheses(n)
	case n.source == "[":
		s.list(n)
	default: // after a value it is a constructor in Lua's spelling
		s.lua = s.lua || s.value
		s.braces(n)
	}
	s.value = true
}

// each writes the items of a group with their commas: one is called for each, without the blanks around it. The comma
// behind the last one is kept when keep is set.
func (w *writer) each(n node, keep bool, one func(i int, item []node)) {
	items, rest := n.elements()
	for i, item := range items {
		if i > 0 {
			w.write(",")
		}
		before, core, after := trim(item)
		w.asIs(before)
		one(i, core)
		w.asIs(after)
	}
	if keep && len(items) > 0 && len(n.items) > len(items) {
		w.write(",")
	}
	w.asIs(rest)
}

// close writes what ends a group or lambda, if the text goes that far.
func (w *writer) close(n node, with string) {
	if n.closed {
		w.write(with)
	}
}

// call writes arguments: keywords alone go in braces instead of parentheses, keywords behind other arguments in a table.
func (w *writer) call(n node) {
	items, _ := n.elements()
	first := 0 // of the keyword arguments
	for first < len(items) && !named(items[first]) {
		first++
	}
	table := first < len(items) && first > 0
	opening, closing := "(", ")"
	if first == 0 && len(items) > 0 {
		opening, closing = "{", "}"
	}
	w.write(opening)
	w.each(n, false, func(i int, arg []node) {
		if i < first {
			w.expression(arg)
			return
		}
		if table && i == first {
			w.write("{")
		}
		w.keyword(arg)
		if table && i == len(items)-1 {
			w.close(n, "}")
		}
	})
	w.close(n, closing)
}

// named reports whether an argument is name=value.
func named(arg []node) bool {
	_, core, _ := trim(arg)
	if len(core) < 2 || core[0].kind != name {
		return false
	}
	_, rest, _ := trim(core[1:])
	return len(rest) > 0 && rest[0].is("=")
}

// keyword writes name=value. A tuple as value is a range.
func (w *writer) keyword(arg []node) {
	if !named(arg) || !isName(arg[0].source) {
		w.refuse()
		return
	}
	blanks, rest, _ := trim(arg[1:])
	w.write(arg[0].lua)
	w.asIs(blanks)
	w.write("=")
	if value := rest[1:]; tuple(value) {
		before, _, _ := trim(value)
		w.asIs(before)
		w.interval(sole(value))
	} else {
		w.expression(value)
	}
}

// index writes what stands behind a value in brackets. Slices and places counted from the end have no equal, and a number is
// another element here, where lists begin at 1.
func (w *writer) index(n node) {
	_, core, _ := trim(n.items[0])
	if len(n.items) > 1 || len(core) == 0 && n.closed || len(core) > 0 && core[0].is("-") {
		w.refuse()
		return
	}
	for _, k := range core {
		if k.is(":") || k.kind == number {
			w.refuse()
		}
	}
	w.write("[")
	w.expression(n.items[0])
	w.close(n, "]")
}

// parentheses writes an expression in parentheses; a tuple that stands by itself has no equal.
func (w *writer) parentheses(n node) {
	_, core, _ := trim(n.items[0])
	s := &sequence{writer: w, nodes: core}
	switch {
	case tuple([]node{n}):
		w.refuse()
	case n.closed && s.node(0).kind == text && s.node(s.ahead(1)).is("*"): // repeated brings its own
		w.expression(n.items[0])
	default:
		w.write("(")
		w.expression(n.items[0])
		w.close(n, ")")
	}
}

// list writes a list. A tuple in it is a range of numbers or an option with its values.
func (w *writer) list(n node) {
	if w.slip { // Lua's long string
		w.refuse()
	}
	w.write("{")
	w.each(n, true, func(_ int, item []node) {
		if tuple(item) {
			w.element(sole(item))
		} else {
			w.expression(item)
		}
	})
	w.close(n, "}")
}

// braces writes a dict or set of Python, or a table that is Lua already.
func (w *writer) braces(n node) {
	w.write("{")
	w.each(n, true, func(_ int, item []node) {
		if named(item) {
			w.lua = true
			w.keyword(item)
			return
		}
		for i, k := range item {
			if k.is(":") {
				w.entry(item[:i], item[i+1:])
				return
			}
		}
		w.expression(item)
	})
	w.close(n, "}")
}

// entry writes key: value of a dict. Only a string or a number is surely a key: {p:summary()} calls a method in Lua.
func (w *writer) entry(key, value []node) {
	k := sole(key)
	switch {
	case k.kind == text && isName(k.lua[1:len(k.lua)-1]):
		w.write(k.lua[1 : len(k.lua)-1])
	case k.kind == text || k.kind == number:
		w.write("[" + k.lua + "]")
	default:
		w.refuse()
	}
	w.write("=")
	before, core, _ := trim(value)
	if len(before) > 1 { // more than the space behind a colon
		w.asIs(before)
	}
	w.expression(core)
}
