package python

// hint is how Lua says the first thing in source that Python has and Lua has no equal of; "" when it finds none. It is
// meant for text that translated refuses.
func hint(source string) string {
	r := &notes{lenient: true}
	said := advice(parse(source, r))
	if said == "" && r.format {
		return `Lua has no format strings; "port " .. x, or string.format("%d", x)`
	}
	return said
}

// advice looks through a run and the groups in it.
func advice(run []node) string {
	for i, n := range run {
		if said := adviceAt(run, i); said != "" {
			return said
		}
		if n.kind != group && n.kind != lambda {
			continue
		}
		for _, item := range n.items {
			if said := advice(item); said != "" {
				return said
			}
		}
	}
	return ""
}

// adviceAt is what is to be said of the node at i.
func adviceAt(run []node, i int) string {
	n := run[i]
	_, after, _ := trim(run[i+1:])
	_, before, _ := trim(run[:i])
	switch {
	case n.is("&") || n.is("|"):
		return flags(before, n.source, after)
	case n.is("*") && product(before, after):
		return `text is repeated with ("A"):rep(20)`
	case n.is("%") && sole(last(before)).kind == text:
		return "text is formatted with string.format(\"%d\", x)"
	case n.kind == group && n.source == "[":
		return brackets(before, n)
	case n.kind == name && n.source == "is":
		return "in Lua: x == nil, x ~= nil"
	case n.kind == name && n.source == "if" && len(before) > 0 && before[len(before)-1].kind != newline:
		return "this is Python's a if x else b; in Lua: x and a or b"
	case n.kind == operator && augments(n.source) && sole(after).opens("["):
		return "a list is made longer with list[#list+1] = x"
	case n.kind == name && n.source == "print" && len(after) > 0 && (after[0].kind == name || after[0].kind == number):
		return "in Lua: print(x)"
	}
	return ""
}

// last is the last node of a run.
func last(run []node) []node { return run[max(len(run)-1, 0):] }

// product reports whether text is multiplied.
func product(before, after []node) bool {
	return len(before) > 0 && before[len(before)-1].kind == text || len(after) > 0 && after[0].kind == text
}

// flags is what is said of bits: those of p[TCP].flags are asked by letter.
func flags(before []node, op string, after []node) string {
	from := len(before)
	for from > 0 && (before[from-1].kind == name && roleOf(before[from-1].source) == plain || before[from-1].is(".") || before[from-1].kind == group) {
		from--
	}
	target := before[from:]
	owner, letter := `p[TCP]`, "S"
	if n := len(target); n > 2 && target[n-1].source == "flags" && target[n-2].is(".") && place(target[:n-2]) {
		w := &writer{notes: &notes{}}
		w.expression(target[:n-2])
		owner = w.out.String()
		if bit, ok := integer(after); ok && op == "&" {
			letter = tcpFlag(bit, letter)
		}
	}
	return "Lua has no " + op + "; a flag is asked by its letter: " + owner + `:flag("` + letter + `")`
}

// tcpFlag is the letter of one of TCP's flags (RFC 9293 section 3.1), or other when bit is none or several.
func tcpFlag(bit int64, other string) string {
	for i, letter := range []string{"F", "S", "R", "P", "A", "U", "E", "C"} {
		if bit == 1<<i {
			return letter
		}
	}
	return other
}

// brackets is what is said of a list or an index.
func brackets(before []node, n node) string {
	_, core, _ := trim(n.items[0])
	indexes := len(before) > 0 && (before[len(before)-1].kind == name && roleOf(before[len(before)-1].source) == plain || before[len(before)-1].kind == group || before[len(before)-1].kind == text)
	for i, k := range core {
		switch {
		case !indexes && k.kind == name && k.source == "for":
			return "this is a list comprehension; in Lua: l = {} for _, x in ipairs(list) do l[#l+1] = x end"
		case indexes && k.is(":") && !method(core, i):
			return "Lua has no slices: of text x:sub(first, last), of a list for i = first, last do; both count from 1"
		}
	}
	if indexes && len(core) == 2 && core[0].is("-") && core[1].kind == number {
		return "the last element is list[#list]"
	}
	if number, ok := integer(core); ok && indexes && number == 0 {
		return "lists begin at 1"
	}
	return ""
}

// method reports whether the colon at i is that of a call in Lua's spelling.
func method(run []node, i int) bool {
	return i > 0 && i+2 < len(run) && run[i+1].kind == name && run[i+2].opens("(")
}
