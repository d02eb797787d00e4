package python

import "strings"

// method writes x.name(...). ok is false for the functions of a table, which stay as they are.
func (w *writer) method(e, f *expr) (l lua, ok bool) {
	name, base := f.at.source, f.kids[0]
	if base.form == nameForm && w.missing(base.at.source) {
		if l, ok := w.moduleCall(e, base.at.source, name); ok {
			return l, true
		}
	}
	if setting(base) && w.missing("conf") {
		w.because(e.at.line, confAdvice)
		return lua{}, true
	}
	if (base.is("bytes") || base.is("bytearray")) && name == "fromhex" && w.ours(base.at.source) && len(e.items) == 1 {
		return w.unhex(e.items[0].value, true), true
	}
	if base.form == textForm && name == "format" {
		return w.formatCall(e, base), true
	}
	of := w.expr(base)
	for _, family := range []struct {
		is     bool
		method func(*writer, *expr, lua, string) (lua, bool)
	}{
		{of.is.text() || of.is == unknown || of.is == numeric || of.is == functions && name == "join", (*writer).textMethod},
		{of.is == list || of.is == functions || of.is == unknown || of.is == packets || of.is == dict && name == "append", (*writer).listMethod},
		{of.is == dict || of.is == functions || of.is == unknown, (*writer).dictMethod},
		{of.is == set, (*writer).setMethod},
	} {
		if family.is {
			if l, ok := family.method(w, e, of, name); ok {
				return l, true
			}
		}
	}
	switch of.is {
	case functions, userMade:
		return lua{}, false
	case str, octets, list, dict, set, numeric, boolean:
		w.because(e.at.line, "there is no "+name+" of text, numbers and tables: help() tells what there is")
		return lua{}, true
	}
	return w.objectMethod(e, f, of, name), true
}

// objectMethod writes a method of a packet or a list, by our name.
func (w *writer) objectMethod(e, f *expr, of lua, name string) lua {
	w.callbacks(e, of.is)
	owner := of.at(prefixLevel)
	switch name {
	case "getfieldval":
		if len(e.items) == 1 && e.items[0].value.form == textForm && isName(e.items[0].value.at.body) {
			return prefixed(owner+"."+e.items[0].value.at.body, unknown)
		}
	case "build", "do_build", "__bytes__":
		return call("bytes("+of.text+")", octets)
	case "lastlayer":
		if !f.kids[0].simple() {
			w.because(e.at.line, "the last layer is p[p:layers()[#p:layers()]]")
		}
		return prefixed(owner+"["+owner+":layers()[#"+owner+":layers()]]", packet)
	case "answers":
		if len(e.items) == 1 {
			return lua{"why(" + w.given(e, 0).text + ", " + of.text + `):sub(1, 3) == "yes"`, compareLevel, boolean, false}
		}
	case "remove_payload":
		w.because(e.at.line, owner+".payload = nil")
	case "add_payload":
		w.because(e.at.line, owner+".payload = x, or p = p/x")
	case "hide_defaults", "decode_payload_as", "clear_cache":
		w.because(e.at.line, owner+":command() leaves defaults out; "+owner+":refresh() computes again")
	case "pdfdump", "psdump", "canvas_dump", "svgdump", "graph", "world_trace", "trace3D":
		w.because(e.at.line, "there are no drawings: p:show(), hexdump(p), rfc(TCP)")
	case "sort":
		if of.is == packets || of.is == answers {
			return call(owner+f.gaps[0]+":"+f.gaps[1]+"sort("+w.order(e.items, of.is)+")", nothingAtAll)
		}
	case "summary", "nsummary":
		if l, ok := w.summary(e, f, of, name); ok {
			return l
		}
	}
	spelled := name
	if own := ownMethod(name); own != "" && (name != "getlayer" || of.is != packets) {
		spelled = own
	}
	as := *e
	as.kids = []*expr{f}
	l := w.called(&as, prefixed(owner+f.gaps[0]+":"+f.gaps[1]+spelled, unknown), nil)
	l.is = methodGives(spelled, of.is)
	return l
}

// summary writes list.summary(prn, lfilter) with both by name.
func (w *writer) summary(e, f *expr, of lua, name string) (lua, bool) {
	if of.is == packet || len(e.items) == 0 || e.items[0].named() {
		return lua{}, false
	}
	names := []string{"prn", "lfilter"}
	text := of.at(prefixLevel) + f.gaps[0] + ":" + f.gaps[1] + name + e.gaps[0] + "{"
	for i, it := range e.items {
		switch {
		case i > 0:
			text += "," + orBlank(it.before)
		}
		switch {
		case it.named():
			text += w.keyword(e, it)
		case i < 2:
			text += names[i] + "=" + w.expr(it.value).text
		default:
			w.refuse()
		}
	}
	return call(text+"}", nothingAtAll), true
}

// methodGives is what a method of a packet or a list returns.
func methodGives(name string, of typ) typ {
	switch name {
	case "summary", "nsummary":
		if of == packets || of == answers {
			return nothingAtAll
		}
		return str
	case "sprintf", "command", "name":
		return str
	case "copy", "filter", "sub", "refresh":
		return of
	case "layer", "at":
		return packet
	case "has", "flag":
		return boolean
	case "show", "show2", "hexdump", "make_table", "conversations", "plot":
		return nothingAtAll
	}
	return unknown
}

// callbacks tells the functions among a call's arguments what they are given: packets, or an answer's two.
func (w *writer) callbacks(e *expr, of typ) {
	for _, it := range e.items {
		if it.value != nil && it.value.form == lambdaForm {
			it.value.given = of
		}
	}
}

// textMethod writes a method of text.
func (w *writer) textMethod(e *expr, of lua, name string) (lua, bool) {
	x, n := of.at(prefixLevel), len(e.items)
	switch {
	case oneOf(name, "upper", "lower") && n == 0:
		return call(x+":"+name+"()", str), true
	case oneOf(name, "encode", "decode"):
		return of, true
	case name == "hex" && n == 0:
		return call("hex("+of.text+")", str), true
	case name == "join" && n == 1 && of.is.text():
		return w.joined(e, of), true
	case name == "join" && n == 1:
		return lua{}, false
	case name == "strip" && n == 0:
		return call(x+`:match("^%s*(.-)%s*$")`, str), true
	case name == "rstrip" && n == 0:
		return call(x+`:match("^(.-)%s*$")`, str), true
	case name == "lstrip" && n == 0:
		return call(x+`:match("^%s*(.*)$")`, str), true
	case oneOf(name, "startswith", "endswith") && n == 1:
		return w.begins(e, of, name == "endswith"), true
	case oneOf(name, "find", "index") && n == 1 && of.is.text():
		return lua{"(" + x + ":find(" + w.given(e, 0).text + ", 1, true) or 0) - 1", sumLevel, numeric, false}, true
	case oneOf(name, "split", "splitlines", "rsplit", "partition"):
		w.because(e.at.line, `text is cut with for word in x:gmatch("[^,]+") do ... end`)
		return lua{}, true
	case name == "replace" && n == 2:
		return w.replaced(e, of), true
	case oneOf(name, "isdigit", "isnumeric") && n == 0:
		return lua{"tonumber(" + of.text + ") ~= nil", compareLevel, boolean, false}, true
	case oneOf(name, "zfill", "ljust", "rjust", "center", "title", "capitalize"):
		w.because(e.at.line, `text is filled up with ("%-10s"):format(x), ("%05d"):format(n)`)
		return lua{}, true
	case name == "format":
		w.because(e.at.line, `text is formatted with ("%s %d"):format(x, n)`)
		return lua{}, true
	}
	return lua{}, false
}

// joined writes ",".join(list).
func (w *writer) joined(e *expr, of lua) lua {
	x := w.argument(e.items[0].value)
	if f := e.items[0].value; f.form == bareFor || f.form == listFor || x.is.listed() || x.is == unknown || x.is == functions {
		return call("table.concat("+x.text+", "+of.text+")", str)
	}
	w.because(e.at.line, `a list's elements as text: table.concat(list, ", ")`)
	return lua{}
}

// begins writes x.startswith("a").
func (w *writer) begins(e *expr, of lua, ends bool) lua {
	v := e.items[0].value
	y := w.expr(v)
	size := "#" + y.at(prefixLevel)
	if v.form == textForm && !strings.Contains(v.at.lua, `\`) && len(v.texts) == 1 {
		size = lengthOf(v.at.body)
	}
	if ends {
		return lua{of.at(prefixLevel) + ":sub(-" + size + ") == " + y.at(concatLevel), compareLevel, boolean, false}
	}
	return lua{of.at(prefixLevel) + ":sub(1, " + size + ") == " + y.at(concatLevel), compareLevel, boolean, false}
}

// replaced writes x.replace("a", "b"), whose texts are no patterns.
func (w *writer) replaced(e *expr, of lua) lua {
	from, to := e.items[0].value, e.items[1].value
	if from.form != textForm || to.form != textForm || len(from.texts) != 1 || len(to.texts) != 1 {
		w.because(e.at.line, `text is replaced with x:gsub("a", "b")`)
		return lua{}
	}
	pattern := strings.NewReplacer("%", "%%", "^", "%^", "$", "%$", "(", "%(", ")", "%)", ".", "%.", "[", "%[", "]", "%]", "*", "%*", "+", "%+", "-", "%-", "?", "%?")
	return call("("+of.at(prefixLevel)+":gsub("+pattern.Replace(from.at.lua)+", "+strings.ReplaceAll(to.at.lua, "%", "%%")+"))", str)
}

// listMethod writes a method of a list.
func (w *writer) listMethod(e *expr, of lua, name string) (lua, bool) {
	n := len(e.items)
	switch {
	case name == "append" && n == 1:
		return call("table.insert("+of.text+", "+w.elementOf(e.items[0].value)+")", nothingAtAll), true
	case name == "insert" && n == 2 && of.is != packet:
		return call("table.insert("+of.text+", "+w.plus(w.given(e, 0), 1)+", "+w.given(e, 1).text+")", nothingAtAll), true
	case name == "extend" && n == 1:
		w.because(e.at.line, "a list is made longer with for _, x in ipairs(more) do list[#list+1] = x end")
		return lua{}, true
	case name == "pop" && n == 0:
		return call("table.remove("+of.text+")", of.is.element()), true
	case name == "pop" && n == 1 && of.is != dict && of.is != functions:
		return call("table.remove("+of.text+", "+w.plus(w.given(e, 0), 1)+")", of.is.element()), true
	case name == "sort" && of.is != packets && of.is != unknown:
		return w.sortCall(e, of), true
	case oneOf(name, "reverse", "index", "count", "clear") && of.is == list:
		w.because(e.at.line, "a list is walked: for i, x in ipairs(list) do ... end")
		return lua{}, true
	}
	return lua{}, false
}

// sortCall writes list.sort(key=f, reverse=True).
func (w *writer) sortCall(e *expr, of lua) lua {
	key, less := "", "<"
	for _, it := range e.items {
		switch {
		case it.named() && it.name.source == "key" && it.value.form == lambdaForm && len(it.value.items) == 1:
			key = w.expr(it.value).text
		case it.named() && it.name.source == "reverse":
			less = ">"
		default:
			w.because(e.at.line, "table.sort(list, function(a, b) return a < b end)")
		}
	}
	switch {
	case key != "":
		return call("(function(key) table.sort("+of.text+", function(a, b) return key(a) "+less+" key(b) end) end)("+key+")", nothingAtAll)
	case less == ">":
		return call("table.sort("+of.text+", function(a, b) return a > b end)", nothingAtAll)
	}
	return call("table.sort("+of.text+")", nothingAtAll)
}

// dictMethod writes a method of a dict.
func (w *writer) dictMethod(e *expr, of lua, name string) (lua, bool) {
	n, x := len(e.items), of.at(prefixLevel)
	switch {
	case name == "get" && n == 1:
		return prefixed(x+"["+w.given(e, 0).text+"]", unknown), true
	case name == "get" && n == 2:
		return lua{x + "[" + w.given(e, 0).text + "] or " + w.given(e, 1).at(andLevel), orLevel, unknown, false}, true
	case oneOf(name, "keys", "values", "items") && n == 0:
		v := map[string]string{"keys": "k", "values": "v", "items": "{k, v}"}[name]
		l := e.unused("l")
		return call("(function() local "+l+" = {} for k, v in pairs("+of.text+") do "+appended(l, v)+" end return "+l+" end)()", list), true
	case name == "has_key" && n == 1:
		return lua{x + "[" + w.given(e, 0).text + "] ~= nil", compareLevel, boolean, false}, true
	case oneOf(name, "update", "setdefault", "pop", "popitem") && of.is == dict:
		w.because(e.at.line, "an entry of a table: t[key] = value, t[key] = t[key] or value, t[key] = nil")
		return lua{}, true
	}
	return lua{}, false
}

// setMethod writes a method of a set that was made empty.
func (w *writer) setMethod(e *expr, of lua, name string) (lua, bool) {
	if len(e.items) == 1 && oneOf(name, "add", "discard", "remove") {
		v := "true"
		if name != "add" {
			v = "nil"
		}
		return call(of.at(prefixLevel)+"["+w.given(e, 0).text+"] = "+v, nothingAtAll), true
	}
	w.because(e.at.line, "a set is a table: seen[x] = true, if seen[x] then, for x in pairs(seen) do")
	return lua{}, true
}
