package python

import (
	"strconv"
	"strings"
)

// integer reads an expression that is nothing but a whole number.
func (e *expr) integer() (int64, bool) {
	if e == nil {
		return 0, false
	}
	sign := ""
	e = e.bare()
	if e.form == unaryForm && e.at.source == "-" {
		sign, e = "-", e.kids[0]
	}
	if e.form != numberForm {
		return 0, false
	}
	n, err := strconv.ParseInt(sign+e.at.lua, 0, 64)
	return n, err == nil && n > -1<<53 && n < 1<<53
}

// counts reports whether an expression, written as l, is certain to be a number: what is computed may be text all the same.
func (e *expr) counts(l lua) bool {
	return l.is == numeric && e.bare().form != binaryForm
}

// field writes x.name.
func (w *writer) field(e *expr) lua {
	if setting(e) && w.missing("conf") {
		w.because(e.at.line, confAdvice)
		return lua{}
	}
	if base := e.kids[0]; base.form == nameForm && w.missing(base.at.source) {
		if said, ok := modules()[base.at.source]; ok {
			w.because(e.at.line, said)
			return lua{}
		}
	}
	of := w.expr(e.kids[0])
	name := e.at.source
	is := unknown
	switch {
	case name == "load":
		is = octets
	case oneOf(name, "payload", "answer", "sent", "underlayer") && of.is != functions:
		is = packet
	case name == "res" && of.is.listed():
		return of
	case name == "sniffed_on":
		name = "iface"
	case of.is == nothingAtAll:
		w.refuse()
	}
	return prefixed(of.at(prefixLevel)+e.gaps[0]+"."+e.gaps[1]+name, is)
}

// index writes x[y]. Lists count from 0 in Python and from 1 in Lua.
func (w *writer) index(e *expr) lua {
	if len(e.items) != 1 {
		w.because(e.at.line, "one index at a time: x[i][j]")
		return lua{}
	}
	it := e.items[0]
	key := it.value
	if n, ok := key.integer(); ok && e.kids[0].form == nameForm {
		if as, ok := w.standsFor(e.kids[0].at.source + "[" + strconv.FormatInt(n, 10) + "]"); ok {
			return prefixed(as, packet)
		}
	}
	of := w.expr(e.kids[0])
	if key == nil || w.beyond {
		w.refuse()
		return lua{}
	}
	if key.form == sliceForm {
		return w.slice(e, of, key)
	}
	if n, ok := key.integer(); ok && of.is != dict && (of.is != functions || w.counted) {
		return w.element(e, of, n)
	}
	k := w.expr(key)
	text := of.at(prefixLevel) + e.gaps[0]
	switch {
	case of.is.text():
		return w.letter(of, w.plus(k, 1))
	case of.is == dict || of.is == functions && !w.counted:
	case k.is == numeric && w.counted && of.is == functions && e.kids[0].form == nameForm:
		w.because(e.at.line, unclear(of))
	case k.is == numeric && key.form != numberForm && w.counted, of.is.listed() && w.counted && !key.layer() && !k.is.text():
		return prefixed(text+"["+it.before+w.plus(k, 1)+it.after+"]", of.is.element())
	}
	is := unknown
	if key.layer() || k.is == protocol || k.is.text() && of.is == packet {
		is = packet
	}
	return prefixed(text+"["+it.before+k.text+it.after+"]", is)
}

// element writes x[0], x[1], x[-1].
func (w *writer) element(e *expr, of lua, n int64) lua {
	it := e.items[0]
	at := func(text string) lua {
		return prefixed(of.at(prefixLevel)+e.gaps[0]+"["+it.before+text+it.after+"]", of.is.element())
	}
	switch {
	case of.is == lists && n == 0:
		return prefixed("("+of.text+")", answers)
	case of.is == lists && n == 1:
		return call("select(2, "+of.text+")", packets)
	case of.is == packet:
		w.because(e.at.line, "a layer is found by its name: p[TCP]; the second one by p:layer(IP, 2)")
	case of.is == pair && (w.counted || !w.slip) && (n == 0 || n == 1):
		return prefixed(of.at(prefixLevel)+[]string{".sent", ".answer"}[n], packet)
	case of.is.text():
		if n >= 0 {
			n++
		}
		return w.letter(of, strconv.FormatInt(n, 10))
	case of.is == entry && n >= 0:
		return at(strconv.FormatInt(n+1, 10))
	case w.counted && of.is == functions && e.kids[0].form == nameForm:
		w.because(e.at.line, unclear(of))
	case w.slip && !of.is.listed():
		return at(w.expr(it.value).text)
	case n < 0:
		return w.fromEnd(e, of, n)
	case w.counted:
		w.twofold = w.twofold || !of.is.listed()
		return at(strconv.FormatInt(n+1, 10))
	case w.kept == "" && (of.is.listed() || of.is == unknown):
		w.kept = of.text + "[" + it.value.at.source + "]"
	}
	return at(w.expr(it.value).text)
}

// unclear says why an element is not written: its number would move in one of them.
func unclear(of lua) string {
	return "whether " + of.text + " is a list or a dict does not show: a list's first element is " + of.text + "[1], an entry of a dict keeps its key"
}

// fromEnd writes x[-1].
func (w *writer) fromEnd(e *expr, of lua, n int64) lua {
	if !e.kids[0].simple() {
		if of.is == packets || of.is == answers {
			return prefixed(of.at(prefixLevel)+":sub("+strconv.FormatInt(n, 10)+")[1]", of.is.element())
		}
		w.because(e.at.line, "the last element is list[#list], of a list with a name")
	}
	back := ""
	if n < -1 {
		back = strconv.FormatInt(n+1, 10)
	}
	return prefixed(of.at(prefixLevel)+"[#"+of.text+back+"]", of.is.element())
}

// letter writes the letter or byte of a text at a place that counts from 1.
func (w *writer) letter(of lua, at string) lua {
	if of.is == octets {
		return call(of.at(prefixLevel)+":byte("+at+")", numeric)
	}
	return call(of.at(prefixLevel)+":sub("+at+", "+at+")", str)
}

// plus writes a number and another one, as one number where that can be.
func (w *writer) plus(x lua, n int64) string {
	if v, err := strconv.ParseInt(x.text, 0, 64); err == nil {
		return strconv.FormatInt(v+n, 10)
	}
	for _, sign := range []string{"-", "+"} { // i-1 and 1 more
		if i := strings.LastIndex(x.text, sign); i > 0 && x.level == sumLevel {
			if v, err := strconv.ParseInt(strings.ReplaceAll(x.text[i:], " ", ""), 10, 64); err == nil && v == -n {
				return strings.TrimRight(x.text[:i], " ")
			}
		}
	}
	if n < 0 {
		return x.at(sumLevel) + strconv.FormatInt(n, 10)
	}
	return x.at(sumLevel) + "+" + strconv.FormatInt(n, 10)
}

// slice writes x[a:b] as x:sub(a+1, b), which texts and lists of packets have. An index from the end stays: both count from -1.
func (w *writer) slice(e *expr, of lua, parts *expr) lua {
	if len(parts.kids) > 2 && parts.kids[2] != nil {
		if step, ok := parts.kids[2].integer(); ok && step == -1 && parts.kids[0] == nil && parts.kids[1] == nil && of.is.text() {
			return call(of.at(prefixLevel)+":reverse()", of.is)
		}
		w.because(e.at.line, "Lua has no slices in steps: for i = 1, #x, 2 do ... end")
	}
	if e.kids[0].form == nameForm && of.is == packet || parts.kids[0] != nil && parts.kids[0].layer() { // p[IP:2]
		if parts.kids[0] != nil && parts.kids[1] != nil && parts.kids[0].layer() {
			return call(of.at(prefixLevel)+":layer("+parts.kids[0].at.source+", "+w.expr(parts.kids[1]).text+")", packet)
		}
		w.because(e.at.line, "the second layer of a protocol is p:layer(IP, 2)")
	}
	first, last := "1", ""
	if k := parts.kids[0]; k != nil {
		first = w.bound(k, 1)
	}
	if k := parts.kids[1]; k != nil {
		if n, ok := k.integer(); ok && n <= 0 {
			last = ", " + strconv.FormatInt(n-1, 10)
			if n == 0 {
				last = ", 0"
			}
		} else {
			last = ", " + w.expr(k).text
		}
	}
	if of.is == list || of.is == functions {
		w.twofold = true
		if last == "" {
			last = ", #" + of.text
		}
		return value("{unpack("+of.text+", "+first+last+")}", list)
	}
	return call(of.at(prefixLevel)+":sub("+first+last+")", of.is)
}

// bound writes where a slice begins.
func (w *writer) bound(k *expr, more int64) string {
	if n, ok := k.integer(); ok && n < 0 {
		return strconv.FormatInt(n, 10)
	}
	return w.plus(w.expr(k), more)
}
