package python

import "strings"

// loop writes the head of a for, to its do, and what the body has to begin with. The variables are declared.
func (w *writer) loop(names []string, over *expr) (head, local string) {
	over = over.bare()
	if over.form == callForm {
		f := over.kids[0]
		switch {
		case f.form == nameForm && w.ours(f.at.source):
			if head, local, ok := w.counting(names, over, f.at.source); ok {
				return head, local
			}
		case f.form == fieldForm && len(over.items) == 0 && oneOf(f.at.source, "items", "iteritems", "keys", "values"):
			return w.pairs(names, w.expr(f.kids[0]), f)
		}
	}
	if over.form == tupleForm { // for x in 1, 2
		list := *over
		list.form = listForm
		over = &list
	}
	x := w.expr(over)
	if over.form == listForm || over.form == bareFor || over.form == listFor {
		x.is = list
	}
	return w.walked(names, over, x)
}

// walked writes the head of a for over a value, by what it is.
func (w *writer) walked(names []string, over *expr, x lua) (head, local string) {
	variables := strings.Join(names, ", ")
	one, two := len(names) == 1, len(names) == 2
	switch {
	case x.is == packets && one, x.is == walker && one:
		w.declare(names[0], packet)
		return "for " + variables + " in " + x.text + " do", ""
	case (x.is == answers || x.is == unknown && over.form != fieldForm && over.form != indexForm || x.is == walker) && two:
		w.declareAll(names, packet)
		return "for " + variables + " in " + x.text + " do", ""
	case x.is == lists:
		w.because(over.at.line, "sr returns two lists: ans, unans = sr(p)")
	case (x.is == packet || x.is == protocol) && one:
		w.declare(names[0], packet)
		return "for " + variables + " in " + x.at(prefixLevel) + ":each() do", ""
	case x.is == dict && one, x.is == set && one:
		w.declare(names[0], unknown)
		return "for " + variables + " in pairs(" + x.text + ") do", ""
	case x.is == str && one:
		w.declare(names[0], str)
		return "for " + variables + " in " + x.at(prefixLevel) + `:gmatch(".") do`, ""
	case x.is == octets && one:
		w.declare(names[0], numeric)
		return "for i = 1, #" + x.at(prefixLevel) + " do", " local " + names[0] + " = " + x.at(prefixLevel) + ":byte(i)"
	}
	w.declareAll(names, x.is.element())
	if one {
		return "for _, " + variables + " in ipairs(" + x.text + ") do", ""
	}
	return "for _, v in ipairs(" + x.text + ") do", " local " + variables + " = " + w.unpacked("v", len(names), x.is)
}

// unpacked writes the elements of a value as several.
func (w *writer) unpacked(v string, n int, of typ) string {
	if of == answers && n == 2 {
		return v + ".sent, " + v + ".answer"
	}
	return "unpack(" + v + ")"
}

// declareAll declares variables that hold the same.
func (w *writer) declareAll(names []string, t typ) {
	for _, n := range names {
		w.declare(n, t)
	}
}

// counting writes the head of a for over range, enumerate and zip.
func (w *writer) counting(names []string, over *expr, f string) (head, local string, ok bool) {
	switch {
	case oneOf(f, "range", "xrange") && len(names) == 1 && len(over.items) > 0:
		head = w.upTo(names[0], over)
		w.declare(names[0], numeric)
		return head, "", true
	case f == "enumerate" && len(names) >= 2 && len(over.items) > 0 && w.missing(f):
		head, local = w.enumerated(names, over)
		return head, local, true
	case f == "zip" && len(names) == len(over.items) && w.missing(f):
		head, local = w.zipped(names, over)
		return head, local, true
	}
	return "", "", false
}

// upTo writes for i in range(n), whose end Lua includes.
func (w *writer) upTo(name string, over *expr) string {
	var args []lua
	for _, it := range over.items {
		args = append(args, w.expr(it.value))
	}
	first, last, step := "0", args[0], int64(1)
	if len(args) > 1 {
		first, last = args[0].text, args[1]
	}
	if len(args) > 2 {
		n, ok := over.items[2].value.integer()
		if !ok || n == 0 {
			w.because(over.at.line, "a loop in steps: for i = 1, 9, step do ... end")
		}
		step = n
	}
	to := w.plus(last, -1)
	if step < 0 {
		to = w.plus(last, 1)
	}
	head := "for " + name + " = " + first + ", " + to
	if step != 1 {
		head += ", " + args[2].text
	}
	return head + " do"
}

// enumerated writes for i, x in enumerate(list), whose i begins at 0.
func (w *writer) enumerated(names []string, over *expr) (head, local string) {
	x := w.expr(over.items[0].value)
	start, ok := int64(0), true
	if len(over.items) > 1 {
		start, ok = over.items[1].value.integer()
	}
	if !ok {
		w.because(over.at.line, "places that begin elsewhere: for i, x in ipairs(list) do i = i + n ... end")
	}
	rest := names[1:]
	w.declare(names[0], numeric)
	element := rest[0]
	if len(rest) > 1 {
		element = "v"
		w.declareAll(rest, packet)
		local = " local " + strings.Join(rest, ", ") + " = " + w.unpacked("v", len(rest), x.is)
	} else {
		w.declare(element, x.is.element())
	}
	if start != 1 {
		local += " " + names[0] + " = " + w.plus(prefixed(names[0], numeric), start-1)
	}
	return "for " + names[0] + ", " + element + " in ipairs(" + x.text + ") do", local
}

// zipped writes for x, y in zip(a, b).
func (w *writer) zipped(names []string, over *expr) (head, local string) {
	var sizes, elements []string
	for i, it := range over.items {
		x := w.expr(it.value)
		if !it.value.simple() {
			w.because(over.at.line, "two lists side by side: for i = 1, #a do local x, y = a[i], b[i] ... end")
		}
		sizes, elements = append(sizes, "#"+x.at(prefixLevel)), append(elements, x.at(prefixLevel)+"[i]")
		w.declare(names[i], x.is.element())
	}
	return "for i = 1, math.min(" + strings.Join(sizes, ", ") + ") do", " local " + strings.Join(names, ", ") + " = " + strings.Join(elements, ", ")
}

// pairs writes for k, v in d.items(), and its kin.
func (w *writer) pairs(names []string, d lua, method *expr) (head, local string) {
	w.declareAll(names, unknown)
	one := len(names) == 1
	switch name := method.at.source; {
	case name == "values" && one:
		return "for _, " + names[0] + " in pairs(" + d.text + ") do", ""
	case name == "keys" && one, name != "values" && len(names) == 2:
		return "for " + strings.Join(names, ", ") + " in pairs(" + d.text + ") do", ""
	case name != "values" && one:
		w.declare(names[0], entry)
		return "for key, value in pairs(" + d.text + ") do", " local " + names[0] + " = {key, value}"
	}
	w.because(method.at.line, "keys and values: for k, v in pairs(t) do ... end")
	return "", ""
}
