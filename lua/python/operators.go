package python

import "strings"

// unary writes -x, +x and ~x.
func (w *writer) unary(e *expr) lua {
	x := w.expr(e.kids[0])
	switch e.at.source {
	case "+": // nobody writes it, and in broken Lua it is the mistake
		w.refuse()
	case "~":
		return call("bit.bnot("+x.text+")", numeric)
	}
	if strings.HasPrefix(x.text, "-") {
		w.refuse() // Lua's comment
	}
	return lua{"-" + e.gaps[0] + x.at(unaryLevel), unaryLevel, numeric, false}
}

// binary writes an operator that computes.
func (w *writer) binary(e *expr) lua {
	if f, ok := w.flagTest(e, "", nil); ok {
		return f
	}
	if e.at.source == "%" && e.kids[0].form == textForm {
		return w.formatted(e)
	}
	x, y := w.expr(e.kids[0]), w.expr(e.kids[1])
	switch e.at.source {
	case "+", "..":
		return w.sum(e, x, y)
	case "-":
		return w.arithmetic(e, "-", sumLevel, x, y)
	case "*":
		return w.product(e, x, y)
	case "/":
		return w.stacked(e, x, y)
	case "%":
		return w.arithmetic(e, "%", productLevel, x, y)
	case "//":
		return call("math.floor("+x.at(productLevel)+e.gaps[0]+"/"+e.gaps[1]+y.at(unaryLevel)+")", numeric)
	case "**":
		return lua{x.at(valueLevel) + e.gaps[0] + "^" + e.gaps[1] + y.at(unaryLevel), powerLevel, numeric, false}
	case "&", "|", "^", "<<", ">>":
		if x.is == list || x.is == set || y.is == list || y.is == set {
			w.because(e.at.line, "Lua has no sets: for _, x in ipairs(a) do if seen[x] then ... end end")
		}
		w.twofold = w.twofold || e.at.source == "^"
		return call("bit."+bits[e.at.source]+"("+x.text+", "+y.text+")", numeric)
	}
	w.refuse()
	return lua{}
}

// arithmetic writes an operator that both languages have.
func (w *writer) arithmetic(e *expr, op string, level int, x, y lua) lua {
	if op == "-" && e.gaps[1] == "" && strings.HasPrefix(y.text, "-") {
		e.gaps[1] = " " // or it would be a comment
	}
	return lua{x.at(level) + e.gaps[0] + op + e.gaps[1] + y.at(level+1), level, numeric, false}
}

// sum writes x + y, which joins text.
func (w *writer) sum(e *expr, x, y lua) lua {
	switch {
	case e.at.source == "+" && (x.is.text() && e.kids[1].counts(y) || y.is.text() && e.kids[0].counts(x)):
		w.because(e.at.line, `text and a number are not added: x .. 1 joins them, tonumber(x) + 1 adds`)
	case e.at.source == "..", x.is.text(), y.is.text():
		right := y.at(concatLevel)
		if e.kids[1].form == numberForm {
			right = y.text
		}
		return lua{x.at(concatLevel) + orBlank(e.gaps[0]) + ".." + orBlank(e.gaps[1]) + right, concatLevel, str, false}
	case x.is == y.is && (x.is == packets || x.is == answers):
		l := w.arithmetic(e, "+", sumLevel, x, y)
		l.is = x.is
		return l
	case x.is.listed() || y.is.listed():
		w.because(e.at.line, "a list is put behind another with for _, x in ipairs(b) do a[#a+1] = x end")
	}
	l := w.arithmetic(e, "+", sumLevel, x, y)
	if x.is == unknown && y.is == unknown {
		l.is = unknown
	}
	return l
}

// product writes x * y, which repeats text.
func (w *writer) product(e *expr, x, y lua) lua {
	if y.is.text() && !x.is.text() {
		x, y = y, x
	}
	switch {
	case x.is.text():
		return call(x.at(prefixLevel)+":rep("+y.text+")", x.is)
	case x.is.listed() || y.is.listed():
		w.because(e.at.line, "a list of equal elements: l = {} for i = 1, 10 do l[i] = x end")
	case x.is == packet && e.kids[0].form == binaryForm && e.kids[0].kids[1].form == textForm:
		w.because(e.at.line, `text is repeated with ("A"):rep(20), and stands in parentheses in Python`)
	case x.is == packet || x.is == protocol:
		w.because(e.at.line, "packets that are the same: for i = 1, 3 do send(p) end")
	}
	return w.arithmetic(e, "*", productLevel, x, y)
}

// stacked writes x / y, which stacks layers.
func (w *writer) stacked(e *expr, x, y lua) lua {
	l := w.arithmetic(e, "/", productLevel, x, y)
	if x.is == packet || x.is == protocol || y.is == packet || y.is == protocol {
		l.is = packet
	} else if x.is != numeric && y.is != numeric {
		l.is = unknown
	}
	return l
}

// comparison writes x < y, and several in a row.
func (w *writer) comparison(e *expr) lua {
	if len(e.ops) == 1 {
		return w.compared(e, 0)
	}
	var parts []string
	for i := range e.ops {
		if i > 0 && !e.kids[i].simple() {
			w.because(e.at.line, "two comparisons: a < b and b < c")
		}
		parts = append(parts, w.compared(e, i).at(compareLevel))
	}
	return lua{strings.Join(parts, " and "), andLevel, boolean, false}
}

// compared writes comparison i of several.
func (w *writer) compared(e *expr, i int) lua {
	x, y, op := e.kids[i], e.kids[i+1], e.ops[i]
	if f, ok := w.flagTest(x, op, y); ok {
		return f
	}
	if f, ok := w.flagTest(y, op, x); ok && (op == "==" || op == "!=") {
		return f
	}
	if x.is("__name__") && op == "==" { // "__main__": what is typed is no module
		return value("true", boolean)
	}
	switch op {
	case "in", "not in":
		return w.within(x, y, op == "not in")
	case "is", "==":
		op = "=="
	case "is not", "!=", "<>":
		op = "~="
	}
	left, right := w.expr(x), w.expr(y)
	if (op == "==" || op == "~=") && y.form == tupleForm {
		w.because(e.at.line, "tables are equal when they are the same one: compare their elements")
	}
	if n, ok := y.integer(); ok && left.is == boolean && (n == 0 || n == 1) { // p.haslayer(TCP) == 1
		if (n == 1) == (op == "==") {
			return left
		}
		return lua{"not " + left.at(unaryLevel), unaryLevel, boolean, false}
	}
	before, after := e.gaps[2*i], e.gaps[2*i+1]
	if word := e.ops[i][0] == 'i'; word {
		before, after = orBlank(before), orBlank(after)
	}
	right = w.flagsText(x, right, y)
	return lua{left.at(concatLevel) + before + op + after + right.at(concatLevel), compareLevel, boolean, false}
}

// within writes x in y.
func (w *writer) within(x, y *expr, negated bool) lua {
	l := w.has(x, y)
	if !negated {
		return l
	}
	return lua{"not " + l.at(unaryLevel), unaryLevel, boolean, false}
}

// has writes x in y by what y is: a packet with a layer, a text with a part, a table with a key, or a list.
func (w *writer) has(x, y *expr) lua {
	if in := y.bare(); in.form == tupleForm || in.form == listForm {
		return w.amongst(x, in)
	}
	if flags, ok := w.flagsOf(y); ok && x.form == textForm {
		return call(flags+":flag("+x.at.lua+")", boolean)
	}
	left, right := w.expr(x), w.expr(y)
	switch {
	case x.layer() || left.is == protocol:
		return call(right.at(prefixLevel)+":has("+left.text+")", boolean)
	case right.is == packet && left.is.text():
		return call(right.at(prefixLevel)+":has("+left.text+")", boolean)
	case right.is == dict || right.is == set:
		return lua{right.at(prefixLevel) + "[" + left.text + "] ~= nil", compareLevel, boolean, false}
	case right.is.text() || left.is.text() && y.form == fieldForm:
		return lua{right.at(prefixLevel) + ":find(" + left.text + ", 1, true) ~= nil", compareLevel, boolean, false}
	case right.is.listed() || y.form == nameForm && (right.is == functions || right.is == unknown):
		return call("(function() for _, v in ipairs("+right.text+") do if v == "+left.at(concatLevel)+" then return true end end return false end)()", boolean)
	}
	w.because(x.at.line, `what is in what: of a packet p:has(TCP), of text x:find("GET", 1, true), of a table t[key] ~= nil`)
	return lua{}
}

// amongst writes x in (1, 2), which compares with each.
func (w *writer) amongst(x, in *expr) lua {
	left := w.expr(x)
	switch {
	case !x.simple():
		w.because(x.at.line, "a value for comparing: local x = ...; x == 1 or x == 2")
	case len(in.items) == 0:
		return value("false", boolean)
	}
	var parts []string
	for _, it := range in.items {
		parts = append(parts, left.at(concatLevel)+" == "+w.flagsText(x, w.expr(it.value), it.value).at(concatLevel))
	}
	if len(parts) == 1 {
		return lua{parts[0], compareLevel, boolean, false}
	}
	return lua{strings.Join(parts, " or "), orLevel, boolean, false}
}
