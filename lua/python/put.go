package python

import "strings"

// rows writes the rows of a text or of a block. What closes a block stands behind its last statement, so that each line of
// Python's stays one line. final says that the last statement of the text is among them: its value is shown.
func (w *writer) rows(rows []*row, closing string, final bool) string {
	last := len(rows) - 1
	for last > 0 && len(rows[last].statements) == 0 {
		last--
	}
	var text strings.Builder
	for i, r := range rows {
		text.WriteString(r.indent)
		for j, s := range r.statements {
			if w.beyond {
				return ""
			}
			ends, more := i == last && j == len(r.statements)-1, ""
			if ends && s.parts != nil { // its own last block closes both
				more, closing = closing, ""
			}
			written := w.statement(s, final && ends, ends && closing != "", more)
			if strings.HasPrefix(written, "--") && (j < len(r.statements)-1 || i == last && closing != "") { // it would take the rest along
				written = ""
			}
			text.WriteString(written)
			if j < len(r.seps) && written != "" {
				w.after = false
				text.WriteString(r.seps[j])
			}
		}
		if i == last {
			text.WriteString(closing)
		}
		text.WriteString(r.tail + r.newline)
	}
	return text.String()
}

// statement writes one statement. final is set for the last one of the text, ends for the last one of a block; closing is
// what closes the blocks around one that ends in a block itself.
func (w *writer) statement(s *statement, final, ends bool, closing string) string {
	text := ""
	switch s.word {
	case "":
		text = w.alone(s, final)
	case "=":
		text = w.assign(s)
	case "del":
		text = w.deletion(s)
	case "local":
		w.lua = true
		text = "local" + s.gaps[0] + w.targets(s.kids[0])
		if len(s.kids) > 1 {
			text += s.gaps[1] + "=" + s.gaps[2] + w.values(s.kids[1])
		}
	case "import", "from":
		text = "-- " + strings.ReplaceAll(s.text, "\n", "\n-- ")
	case "global", "nonlocal":
		text = "-- " + s.word
	case "pass":
	case "break", "continue":
		text = w.jump(s, ends)
	case "return", "assert", "raise", "print":
		text = w.wordStatement(s, final || ends)
	default:
		if s.parts == nil {
			text = w.augment(s)
		} else {
			text = w.compound(s, closing)
		}
	}
	if strings.HasPrefix(text, "(") && w.after { // or it would be the arguments of a call above
		text = ";" + text
	}
	w.after = text != "" || w.after
	return text
}

// jump writes break and continue.
func (w *writer) jump(s *statement, ends bool) string {
	switch {
	case len(w.loops) == 0:
		w.because(s.line, "a loop that ends inside try: local ok = pcall(f), then if not ok then break end")
		return ""
	case s.word == "break":
		return unlessLast("break", ends)
	}
	w.loops[len(w.loops)-1] = true
	return "goto continue"
}

// unlessLast puts what Lua wants at the end of a block into a block of its own.
func unlessLast(text string, last bool) string {
	if last {
		return text
	}
	return "do " + text + " end"
}

// wordStatement writes a statement that begins with its word.
func (w *writer) wordStatement(s *statement, last bool) string {
	values := ""
	if len(s.kids) > 0 && s.word != "assert" {
		values = w.values(s.kids[0])
	}
	switch s.word {
	case "return":
		if w.tries > 0 {
			w.because(s.line, "a function that ends inside try: local ok, x = pcall(f), then return x")
		}
		return unlessLast(strings.TrimSpace("return "+values), last)
	case "print":
		if len(s.kids) > 0 && s.kids[0].form == binaryForm && s.kids[0].at.source == ">>" {
			w.because(s.line, "print writes to standard output: print(x)")
		}
		return "print(" + strings.TrimSpace(values) + ")"
	case "assert":
		return w.assertion(s)
	}
	if len(s.kids) == 0 {
		return "error()"
	}
	if e := s.kids[0]; e.form == callForm {
		if len(e.items) == 1 && !e.items[0].named() {
			return "error(" + w.expr(e.items[0].value).text + ")"
		}
		return `error("` + e.kids[0].at.source + `")`
	}
	return `error("` + s.kids[0].at.source + `")`
}

// assertion writes assert x, "why".
func (w *writer) assertion(s *statement) string {
	condition, why := s.kids[0], `"assertion failed"`
	if condition.form == tupleForm && condition.at.kind != group && len(condition.items) == 2 {
		condition, why = condition.items[0].value, w.expr(condition.items[1].value).text
	}
	return "if not " + w.condition(condition).at(unaryLevel) + " then error(" + why + ") end"
}

// values writes one value or several.
func (w *writer) values(e *expr) string {
	if e.form == tupleForm && e.at.kind != group {
		return w.separated(e.items)
	}
	return w.several(e)
}

// alone writes an expression that stands by itself. The prompt shows its value, as Python does; in the middle of a text print does.
func (w *writer) alone(s *statement, final bool) string {
	e := s.kids[0]
	if e.form == textForm && (!final || strings.HasPrefix(e.at.source, `"""`)) { // what a function is for
		return "-- " + strings.ReplaceAll(strings.ReplaceAll(e.at.body, "\r", ""), "\n", "\n-- ")
	}
	if e.form == tupleForm && e.at.kind != group {
		if final {
			return "return " + w.separated(e.items)
		}
		return "print(" + strings.TrimSpace(w.separated(e.items)) + ")"
	}
	if l, ok := w.repeatedSend(e); ok {
		return l
	}
	if e.form == callForm && (e.kids[0].is("load_contrib") || e.kids[0].is("load_layer")) && w.missing(e.kids[0].at.source) {
		return "-- " + e.kids[0].at.source + ": all layers are there"
	}
	l := w.expr(e)
	switch {
	case w.beyond || w.single || l.text == "":
		return l.text
	case l.call && !shown(l.is) && !(final && e.form == callForm && e.kids[0].form == nameForm && !e.kids[0].is("print") && w.typeOf(e.kids[0].at.source) == userMade), strings.HasSuffix(l.text, "] = true"), strings.HasSuffix(l.text, "] = nil"):
		return l.text
	case final:
		return "return " + l.text
	}
	return "print(" + l.text + ")"
}

// shown reports whether Python shows what a call gives.
func shown(t typ) bool {
	switch t {
	case numeric, boolean, str, octets, packet, packets, answers, lists, list, dict:
		return true
	}
	return false
}

// repeatedSend writes send(p, loop=1) and send(p, count=3, inter=1), which are loops in Lua.
func (w *writer) repeatedSend(e *expr) (string, bool) {
	if e.form != callForm || !e.kids[0].is("send") && !e.kids[0].is("sendp") || !w.ours("send") {
		return "", false
	}
	loop, count, wait := false, "", ""
	as := *e
	as.items = nil
	for _, it := range e.items {
		switch n, ok := it.value.integer(); {
		case it.named() && it.name.source == "loop" && (ok || it.value.is("True")):
			loop = !ok || n != 0
		case it.named() && it.name.source == "count":
			count = w.expr(it.value).text
		case it.named() && it.name.source == "inter":
			wait = " sleep(" + w.expr(it.value).text + ")"
		default:
			as.items = append(as.items, it)
		}
	}
	if !loop && count == "" {
		return "", false
	}
	head := "while true do "
	if count != "" {
		head = "for i = 1, " + count + " do "
	}
	return head + w.expr(&as).text + wait + " end", true
}

// assign writes x = y, x, y = z and x = y = z.
func (w *writer) assign(s *statement) string {
	n := len(s.kids) - 1
	if setting(s.kids[0]) && w.missing("conf") {
		return w.set(s)
	}
	v := s.kids[n]
	text := ""
	for i := n - 1; i >= 0; i-- {
		target, from := s.kids[i], v
		if i < n-1 {
			if s.kids[i+1].form == tupleForm {
				w.because(s.line, "one assignment after the other: x, y = f(), then z = x")
			}
			from = s.kids[i+1]
			text += "; "
		}
		text += w.assignOne(target, from, s.gaps[2*i], s.gaps[2*i+1])
	}
	return text
}

// assignOne writes one assignment.
func (w *writer) assignOne(target, v *expr, before, after string) string {
	if target.form == tupleForm || target.form == listForm {
		return w.assignSeveral(target, v, before, after)
	}
	if v.form == tupleForm && v.at.kind != group {
		w.because(target.at.line, "several values for one name: x = {1, 2}")
	}
	if v.is("_") && target.form == nameForm && w.known("_") == Unknown {
		w.refuse()
	}
	l := w.expr(v)
	if v.form == lambdaForm && target.form == nameForm {
		w.assigned(target.at.source, userMade)
	} else if target.form == nameForm {
		w.assigned(target.at.source, l.is)
		w.make(target.at.source, v, l.is)
	}
	return w.place(target) + before + "=" + after + l.text
}

// make notes what a variable holds for the entries behind this one. Braces may be Lua's.
func (w *writer) make(name string, v *expr, is typ) {
	if w.made == nil {
		return
	}
	switch {
	case is == octets:
		w.made[name] = Bytes
	case is == list && v.form != bracesForm:
		w.made[name] = Values
	case is == dict && v.form == bracesForm && len(v.items) > 0:
		w.made[name] = Dict
	default:
		delete(w.made, name)
	}
}

// assignSeveral writes x, y = z by what z is: several values, an answer, or a table.
func (w *writer) assignSeveral(target, v *expr, before, after string) string {
	names := w.targets(target)
	set := func(types ...typ) {
		for i, it := range target.items {
			if it.value.form == nameForm {
				t := unknown
				if i < len(types) {
					t = types[i]
				}
				w.assigned(it.value.at.source, t)
			}
		}
	}
	if v.form == tupleForm || v.form == listForm {
		values := strings.TrimSpace(w.separated(v.items))
		set()
		return names + before + "=" + after + values
	}
	if v.is("_") && len(target.items) == 2 && w.known("_") == Answers { // the values of the last entry
		if w.known("__") != List {
			w.because(v.at.line, "_ is the first value, the answers; both: ans, unans = sr(p)")
		}
		set(answers, packets)
		return names + before + "=" + after + "_, __"
	}
	l := w.expr(v)
	switch {
	case l.is == lists:
		set(answers, packets)
	case l.is == pair:
		set(packet, packet)
		return names + before + "=" + after + l.at(prefixLevel) + ".sent, " + l.at(prefixLevel) + ".answer"
	case !l.call || l.is.listed():
		set()
		return names + before + "=" + after + "unpack(" + l.text + ")"
	default:
		set()
	}
	return names + before + "=" + after + l.text
}

// targets writes what is assigned to.
func (w *writer) targets(e *expr) string {
	if e.form != tupleForm && e.form != listForm {
		return w.place(e)
	}
	text := ""
	for i, it := range e.items {
		if i > 0 {
			text += ","
		}
		text += it.before + w.place(it.value) + it.after
	}
	return text
}

// place writes one thing that is assigned to: a name, a field, an element.
func (w *writer) place(e *expr) string {
	switch e.form {
	case nameForm:
		if roleOf(e.at.source) == plain {
			return e.at.source
		}
	case fieldForm:
		return w.expr(e).text
	case indexForm:
		if len(e.items) == 1 && e.items[0].value != nil && e.items[0].value.form != sliceForm {
			return w.expr(e).text
		}
	}
	w.refuse()
	return ""
}

// setting reports whether an expression is one of scapy's settings.
func setting(e *expr) bool {
	for e.form == fieldForm {
		e = e.kids[0]
	}
	return e.is("conf")
}

// set writes an assignment to one of scapy's settings: a comment for what has no meaning here.
func (w *writer) set(s *statement) string {
	switch name := s.kids[0].at.source; {
	case oneOf(name, "verb", "color_theme", "checkIPaddr", "checkIPsrc", "use_pcap", "logLevel", "interactive", "sniff_promisc", "promisc", "L3socket", "L2socket", "L2listen", "L3socket6", "use_bpf", "resolve", "noenum", "ipv6_enabled", "warning_threshold", "recv_poll_rate", "debug_dissector", "max_list_count", "padding", "prompt", "histfile", "geoip_city"):
		return "-- conf." + name
	}
	w.because(s.line, confAdvice)
	return ""
}

// deletion writes del x as x = nil. The elements of a list move up.
func (w *writer) deletion(s *statement) string {
	if len(s.kids) == 0 {
		w.refuse()
		return ""
	}
	targets := []*expr{s.kids[0].bare()}
	if targets[0].form == tupleForm {
		t := targets[0]
		targets = nil
		for _, it := range t.items {
			targets = append(targets, it.value)
		}
	}
	var places []string
	for _, t := range targets {
		if n, ok := w.removed(t); ok {
			if len(targets) > 1 {
				w.because(s.line, "one element at a time: table.remove(list, 1)")
			}
			return n
		}
		if !t.simple() {
			w.refuse()
		}
		places = append(places, w.place(t))
	}
	return strings.Join(places, ", ") + " = nil"
}

// removed writes del l[0] as table.remove(l, 1).
func (w *writer) removed(t *expr) (string, bool) {
	if t.form != indexForm || len(t.items) != 1 || t.items[0].value == nil {
		return "", false
	}
	key := t.items[0].value
	if key.form == textForm || key.layer() || key.form == sliceForm {
		if key.form == sliceForm {
			w.because(t.at.line, "elements go one by one: for i = 1, n do table.remove(list, 1) end")
		}
		return "", false
	}
	of, k := w.expr(t.kids[0]), w.expr(key)
	if of.is == dict || k.is.text() {
		return "", false
	}
	if n, ok := key.integer(); ok && n == -1 {
		return "table.remove(" + of.text + ")", true
	} else if ok && n < -1 {
		w.refuse()
	}
	switch {
	case k.is == numeric && key.form == numberForm && !w.counted:
		w.kept = of.text + "[" + k.text + "]"
		return "table.remove(" + of.text + ", " + k.text + ")", true
	case k.is != numeric || !w.counted:
		w.because(t.at.line, "an element of a list goes with table.remove(list, 1), an entry of a table with t[key] = nil")
	}
	return "table.remove(" + of.text + ", " + w.plus(k, 1) + ")", true
}

// augment writes x += y as x = x + y.
func (w *writer) augment(s *statement) string {
	target, v := s.kids[0], s.kids[1]
	if setting(target) && w.missing("conf") {
		return w.set(s)
	}
	sign := strings.TrimSuffix(s.word, "=")
	if !target.asks() || target.form == tupleForm || v.form == tupleForm {
		w.because(s.line, "one value after the other: x = x + 1")
		return ""
	}
	if v.form == listForm || v.form == listFor {
		if sign == "+" && len(v.items) == 1 && v.form == listForm {
			return "table.insert(" + w.place(target) + ", " + w.elementOf(v.items[0].value) + ")"
		}
		w.because(s.line, "a list is made longer with list[#list+1] = x")
	}
	if l, ok := w.flagsOf(target); ok {
		w.because(s.line, "flags are set by their letters: "+l+`.flags = "SA"`)
	}
	sum := &expr{form: binaryForm, at: node{kind: operator, source: sign, lua: sign, line: s.line}, kids: []*expr{target, v}, gaps: []string{" ", " "}}
	if tightness(sum.at) < 0 && sign != "**" {
		w.refuse()
		return ""
	}
	l := w.expr(sum)
	if target.form == nameForm {
		w.assigned(target.at.source, l.is)
	}
	return w.place(target) + " = " + l.text
}
