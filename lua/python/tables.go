package python

import "strings"

// table writes a list or a tuple. A tuple in a list is a range of numbers or an option with its values.
func (w *writer) table(e *expr) lua {
	if w.slip && e.form == listForm { // Lua's long string, perhaps
		w.refuse()
	}
	if e.form == tupleForm && !w.settled(e) {
		w.because(e.at.line, "two numbers that stay two are {1, 2}, and all from one to the other range(1, 2)")
	}
	var text strings.Builder
	text.WriteString("{")
	for i, it := range e.items {
		if i > 0 {
			text.WriteString(",")
		}
		v := it.value
		var l lua
		if v.form == tupleForm && e.form == listForm {
			l = w.listed(v)
		} else {
			l = w.expr(v)
		}
		text.WriteString(it.before + l.text + it.after)
	}
	if e.form == listForm && len(e.at.items) > len(e.items) && len(e.items) > 0 {
		text.WriteString(",")
	}
	return value(text.String()+e.rest+"}", list)
}

// settled reports whether a tuple that stands by itself can be nothing but a list of values.
func (w *writer) settled(e *expr) bool {
	if len(e.items) != 2 && len(e.items) != 3 {
		return true
	}
	for _, it := range e.items {
		if _, ok := it.value.integer(); !ok && it.value.form != textForm {
			return true
		}
	}
	return false
}

// interval writes a tuple of two or three numbers, or of two addresses, as the range it means as a field's value: both
// ends, and the step.
func (w *writer) interval(e *expr) lua {
	addresses := len(e.items) == 2 && e.items[0].value.form == textForm && e.items[1].value.form == textForm
	good := len(e.items) == 2 || len(e.items) == 3 || !e.at.closed
	for _, it := range e.items {
		switch it.value.form {
		case textForm:
			good = good && addresses
		case tupleForm, listForm, bracesForm:
			good = false
		case nameForm:
			good = good && roleOf(it.value.at.source) != constant
		}
	}
	if !good {
		w.because(e.at.line, "a field's tuple is a range: range(1, 10), range(1, 10, 2), range(\"10.0.0.1\", \"10.0.0.9\"); values one by one are {1, 5, 9}")
	}
	return call("range("+w.separated(e.items)+e.rest+")", unknown)
}

// listed writes a tuple in a list: a range when it is two or three numbers, an option when something in it is no number.
// With names alone it could be either.
func (w *writer) listed(e *expr) lua {
	numbers := 0
	for _, it := range e.items {
		v := it.value
		if v.form == textForm || v.form == tupleForm || v.form == parenForm || v.form == nameForm && roleOf(v.at.source) == constant {
			return value("{"+w.optionValues(e)+"}", list)
		}
		if _, ok := v.integer(); ok {
			numbers++
		}
	}
	switch {
	case numbers != len(e.items):
		w.because(e.at.line, "what a tuple in a list means: {\"MSS\", x} is an option, range(low, high) a range")
	case numbers == 2 || numbers == 3:
		return w.interval(e)
	}
	return value("{"+w.optionValues(e)+"}", list)
}

// optionValues writes what an option's tuple holds, the tuples in it without their parentheses. scapy fills options that have
// no value up with None or an empty string; those go.
func (w *writer) optionValues(e *expr) (text string) {
	items := e.items
	if n := len(items); n > 1 && void(items[n-1].value) && !numberedBytes(items) {
		items = items[:n-1]
	}
	for i, it := range items {
		if i > 0 {
			text += ","
		}
		if it.value.form == tupleForm {
			text += it.before + w.optionValues(it.value) + it.after
			continue
		}
		text += it.before + w.expr(it.value).text + it.after
	}
	return text + e.rest
}

// numberedBytes reports whether a tuple is an option by its number with bytes as its data: empty ones count too.
func numberedBytes(items []item) bool {
	_, ok := items[0].value.integer()
	return ok && items[len(items)-1].value.form == textForm
}

// void reports whether an expression is None, an empty string or an empty tuple.
func void(e *expr) bool {
	return e.is("None") || e.form == textForm && len(e.texts) == 1 && e.at.body == "" || e.form == tupleForm && len(e.items) == 0
}

// braces writes a dict or set of Python, or a table that is Lua already.
func (w *writer) braces(e *expr) lua {
	text := "{"
	is := dict
	for i, it := range e.items {
		if i > 0 {
			text += ","
		}
		text += it.before
		switch {
		case it.named():
			w.lua = true
			text += it.name.lua + it.equals + w.expr(it.value).text
		case it.key != nil:
			text += w.entry(it)
		default:
			is = list
			text += w.expr(it.value).text
		}
		text += it.after
	}
	if len(e.at.items) > len(e.items) && len(e.items) > 0 {
		text += ","
	}
	return value(text+e.rest+"}", is)
}

// entry writes key: value of a dict. Only a string or a number is surely a key: {p:summary()} calls a method in Lua.
func (w *writer) entry(it item) string {
	v := w.expr(it.value).text
	switch k := it.key; {
	case k.form == textForm && len(k.texts) == 1 && isName(k.at.lua[1:len(k.at.lua)-1]):
		return k.at.lua[1:len(k.at.lua)-1] + "=" + it.equals + v
	case k.form == textForm, k.form == numberForm, k.form == unaryForm, k.form == fieldForm, k.form == indexForm, k.form == nameForm && it.value.form != callForm:
		return "[" + w.expr(k).text + "]=" + it.equals + v
	}
	w.refuse()
	return ""
}
