package python

import "strings"

// What Python's functions make of a sequence is a function of a loop in Lua.

// listBuiltin writes what makes lists, tables and sets.
func (w *writer) listBuiltin(e *expr, name string) (lua, bool) {
	n := len(e.items)
	var arg *expr
	if n > 0 {
		arg = e.items[0].value
	}
	switch {
	case oneOf(name, "list", "tuple", "set", "frozenset", "dict") && n == 0:
		is := list
		switch name {
		case "dict":
			is = dict
		case "set", "frozenset":
			is = set
		}
		return value("{}", is), true
	case n == 0:
		return lua{}, false
	case name == "dict" && e.items[0].named():
		return w.keywordsOnly(e), true
	case name == "dict" && n == 1:
		return w.dictOf(e.items[0].value), true
	case oneOf(name, "list", "tuple"):
		if x := w.argument(arg); arg.form == listFor || arg.form == bareFor || arg.form == listForm || x.is.listed() {
			return x, true
		}
		return w.collected(arg, "", ""), true
	case oneOf(name, "set", "frozenset"):
		l, seen := arg.unused("l"), arg.unused("seen")
		return w.collected(arg, "local "+l+", "+seen+" = {}, {}", "if not "+seen+"[v] then "+seen+"[v] = true "+appended(l, "v")+" end"), true
	case name == "sorted":
		return w.sorted(e), true
	case name == "reversed" && n == 1:
		return w.collected(arg, "", "table.insert("+arg.unused("l")+", 1, v)"), true
	case oneOf(name, "map", "filter") && n == 2:
		return w.mapped(e, name == "filter"), true
	case oneOf(name, "enumerate", "zip", "iter", "next"):
		w.because(e.at.line, "a list with its places: for i, x in ipairs(list) do ... end")
		return lua{}, true
	case oneOf(name, "defaultdict", "Counter", "OrderedDict", "deque"):
		if name == "OrderedDict" || name == "deque" {
			return value("{}", map[string]typ{"OrderedDict": dict, "deque": list}[name]), true
		}
		w.because(e.at.line, "a table that counts: count = {}, then count[key] = (count[key] or 0) + 1")
		return lua{}, true
	}
	return lua{}, false
}

// dictOf writes dict((k, v) for k, v in x), and dict(x) as a copy.
func (w *writer) dictOf(e *expr) lua {
	if (e.form == bareFor || e.form == listFor) && e.items[0].value.form == tupleForm && len(e.items[0].value.items) == 2 {
		pair := e.items[0].value.items
		return w.comprehension(&expr{form: bracesFor, at: e.at, items: []item{{key: pair[0].value, value: pair[1].value}}, clauses: e.clauses})
	}
	l := e.unused("l")
	return call("(function() local "+l+" = {} for k, v in pairs("+w.expr(e).text+") do "+l+"[k] = v end return "+l+" end)()", dict)
}

// keywordsOnly writes dict(a=1).
func (w *writer) keywordsOnly(e *expr) lua {
	text := "{"
	for i, it := range e.items {
		if !it.named() {
			w.refuse()
			return lua{}
		}
		if i > 0 {
			text += ","
		}
		text += it.before + it.name.lua + it.equals + w.expr(it.value).text + it.after
	}
	return value(text+"}", dict)
}

// collected writes a list of all v that an expression gives, collected by a statement of Lua's. The list has the name that the expression
// leaves unused: a local variable must not hide what is gone through.
func (w *writer) collected(over *expr, begin, each string) lua {
	l := over.unused("l")
	if begin == "" {
		begin = "local " + l + " = {}"
	}
	if each == "" {
		each = appended(l, "v")
	}
	return call("(function() "+begin+" "+w.walk(over, each)+" return "+l+" end)()", list)
}

// appended writes a statement that puts a value at the end of a list.
func appended(l, value string) string { return l + "[#" + l + "+1] = " + value }

// walk writes a loop over a sequence, or over what a comprehension gives, that does something with each v.
func (w *writer) walk(over *expr, each string) string {
	if over.form == bareFor || over.form == listFor {
		return w.clauses(over, func() string { return "local v = " + w.expr(over.items[0].value).text + " " + each })
	}
	defer w.inside()()
	head, local := w.loop([]string{"v"}, over)
	return head + local + " " + each + " end"
}

// foldBuiltin writes what makes one value of a sequence.
func (w *writer) foldBuiltin(e *expr, name string) (lua, bool) {
	if len(e.items) == 0 || e.items[0].named() {
		return lua{}, false
	}
	over := e.items[0].value
	switch name {
	case "sum":
		n := over.unused("n")
		return call("(function() local "+n+" = 0 "+w.walk(over, n+" = "+n+" + v")+" return "+n+" end)()", numeric), true
	case "any":
		return call("(function() "+w.walk(over, "if v then return true end")+" return false end)()", boolean), true
	case "all":
		return call("(function() "+w.walk(over, "if not v then return false end")+" return true end)()", boolean), true
	}
	return lua{}, false
}

// sorted writes sorted(x, key=f, reverse=True).
func (w *writer) sorted(e *expr) lua {
	if l, ok := w.sortedPackets(e); ok {
		return l
	}
	over := e.items[0].value
	l, name := over.unused("l"), over.unused("key")
	compare, key, less := "", "", "<"
	for _, it := range e.items[1:] {
		switch {
		case it.named() && it.name.source == "key":
			if entries(over) {
				it.value.given = entry
			}
			f := w.expr(it.value)
			key = "local " + name + " = " + f.text + " "
		case it.named() && it.name.source == "reverse":
			less = ">"
		default:
			w.refuse()
		}
	}
	if key == "" && entries(over) {
		key = "local " + name + " = function(x) return x[1] end "
	}
	switch {
	case key != "":
		compare = ", function(a, b) return " + name + "(a) " + less + " " + name + "(b) end"
	case less == ">":
		compare = ", function(a, b) return a > b end"
	}
	return call("(function() "+key+"local "+l+" = {} "+w.walk(over, appended(l, "v"))+" table.sort("+l+compare+") return "+l+" end)()", list)
}

// entries reports whether an expression is d.items().
func entries(e *expr) bool {
	return e.form == callForm && e.kids[0].form == fieldForm && oneOf(e.kids[0].at.source, "items", "iteritems")
}

// sortedPackets writes sorted(packets, key=f), whose list has a method for it.
func (w *writer) sortedPackets(e *expr) (lua, bool) {
	over := e.items[0].value
	if over.form == bareFor || over.form == listFor {
		return lua{}, false
	}
	of := w.expr(over)
	if of.is != packets && of.is != answers {
		return lua{}, false
	}
	return call(of.at(prefixLevel)+":sub(1):sort("+w.order(e.items[1:], of.is)+")", of.is), true
}

// order writes the arguments of a list's sort: what it is sorted by, and whether backwards.
func (w *writer) order(items []item, of typ) string {
	key, back := "", ""
	for _, it := range items {
		switch name := it.name.source; {
		case !it.named() || name == "key":
			it.value.given = of
			key = w.expr(it.value).text
		case name == "reverse":
			back = ", {reverse=" + w.expr(it.value).text + "}"
		default:
			w.refuse()
		}
	}
	if key == "" && back != "" {
		key = "nil"
	}
	return key + back
}

// mapped writes map(f, x) and filter(f, x).
func (w *writer) mapped(e *expr, only bool) lua {
	over, function := e.items[1].value, w.expr(e.items[0].value)
	l, f := over.unused("l"), over.unused("f")
	each := appended(l, f+"(v)")
	if only {
		each = "if " + f + "(v) then " + appended(l, "v") + " end"
	}
	return w.collected(over, "local "+l+", "+f+" = {}, "+function.text, each)
}

// comprehension writes [x for x in y if z], and its kin. Of a list of packets it is what filter keeps.
func (w *writer) comprehension(e *expr) lua {
	element := e.items[0]
	if l, ok := w.filtered(e); ok {
		return l
	}
	l := e.unused("l")
	switch {
	case e.form == bracesFor && element.key != nil:
		body := w.clauses(e, func() string {
			return l + "[" + w.expr(element.key).text + "] = " + w.expr(element.value).text
		})
		return call("(function() local "+l+" = {} "+body+" return "+l+" end)()", dict)
	case e.form == bracesFor:
		body := w.clauses(e, func() string {
			return "local v = " + w.expr(element.value).text + " if not seen[v] then seen[v] = true " + l + "[#" + l + "+1] = v end"
		})
		return call("(function() local "+l+", seen = {}, {} "+body+" return "+l+" end)()", list)
	}
	body := w.clauses(e, func() string { return l + "[#" + l + "+1] = " + w.elementOf(element.value) })
	return call("(function() local "+l+" = {} "+body+" return "+l+" end)()", list)
}

// elementOf writes an element of a list that is made; a tuple is a table.
func (w *writer) elementOf(e *expr) string {
	if e.form == tupleForm {
		return "{" + strings.TrimSpace(w.separated(e.items)) + "}"
	}
	return w.expr(e).text
}

// filtered writes [p for p in packets if z] as packets:filter(function(p) return z end).
func (w *writer) filtered(e *expr) (lua, bool) {
	if len(e.clauses) != 1 || e.form == bracesFor {
		return lua{}, false
	}
	c := e.clauses[0]
	over := w.expr(c.over)
	if over.is != packets && over.is != answers {
		return lua{}, false
	}
	var names []string
	same := []*expr{e.items[0].value}
	if same[0].form == tupleForm {
		same = same[:0]
		for _, it := range e.items[0].value.items {
			same = append(same, it.value)
		}
	}
	for i, t := range c.targets {
		if len(same) != len(c.targets) || !same[i].is(t.at.source) {
			return lua{}, false
		}
		names = append(names, t.at.source)
	}
	if over.is == answers && len(names) != 2 || over.is == packets && len(names) != 1 {
		return lua{}, false
	}
	if len(c.conditions) == 0 {
		return over, true
	}
	defer w.inside()()
	for _, n := range names {
		w.declare(n, packet)
	}
	return call(over.at(prefixLevel)+":filter(function("+strings.Join(names, ", ")+") return "+w.all(c.conditions)+" end)", over.is), true
}

// all writes several conditions that must hold.
func (w *writer) all(conditions []*expr) string {
	var parts []string
	for _, c := range conditions {
		l := w.condition(c)
		if len(conditions) > 1 {
			parts = append(parts, l.at(andLevel))
		} else {
			parts = append(parts, l.text)
		}
	}
	return strings.Join(parts, " and ")
}

// clauses writes the loops of a comprehension around a statement.
func (w *writer) clauses(e *expr, body func() string) string {
	defer w.inside()()
	text, ends := "", ""
	for _, c := range e.clauses {
		var names []string
		for _, t := range c.targets {
			names = append(names, t.at.source)
		}
		head, local := w.loop(names, c.over)
		text += head + local + " "
		ends += " end"
		if len(c.conditions) > 0 {
			text += "if " + w.all(c.conditions) + " then "
			ends += " end"
		}
	}
	return text + body() + ends
}
