package python

import "strings"

// compound writes a statement with blocks, and behind the last one what closes those around it.
func (w *writer) compound(s *statement, closing string) string {
	switch s.word {
	case "if":
		return w.choice(s, closing)
	case "for", "while":
		return w.repetition(s, closing)
	case "def":
		return w.definition(s.parts[0], closing)
	case "try":
		return w.attempt(s, closing)
	}
	w.because(s.line, s.word+" stands behind if, for or try")
	return ""
}

// head writes what begins a block in a line of its own or in the line of its head.
func (w *writer) head(p *part, text, local string) string {
	w.after = local != ""
	return text + local + p.tail
}

// choice writes if x: elif y: else:.
func (w *writer) choice(s *statement, more string) string {
	text := ""
	for i, p := range s.parts {
		closing := ""
		if i == len(s.parts)-1 {
			closing = " end" + more
		}
		switch p.word {
		case "if":
			text += w.head(p, "if "+w.condition(p.kids[0]).text+" then", "")
		case "elif":
			text += p.indent + w.head(p, "elseif "+w.condition(p.kids[0]).text+" then", "")
		default:
			text += p.indent + w.head(p, "else", "")
		}
		text += w.rows(p.rows, closing, false)
		if !strings.HasSuffix(text, "\n") && closing == "" {
			text += " "
		}
	}
	return text
}

// repetition writes for x in y: and while x:.
func (w *writer) repetition(s *statement, more string) string {
	if len(s.parts) > 1 {
		w.because(s.parts[1].line, "Lua's loops have no else: local found = false before it, then if not found then ... end")
		return ""
	}
	p := s.parts[0]
	defer w.inside()()
	head, local := "", ""
	if p.word == "while" {
		head = "while " + w.condition(p.kids[0]).text + " do"
	} else {
		head, local = w.loop(p.names, p.kids[0])
	}
	w.loops = append(w.loops, false)
	text := w.head(p, head, local)
	body := w.rows(p.rows, "\x00", false)
	closing := " end"
	if w.loops[len(w.loops)-1] {
		closing = " ::continue:: end"
		for _, outer := range w.loops[:len(w.loops)-1] {
			if outer {
				w.because(s.line, "two loops with continue: goto a ... ::a:: and goto b ... ::b::")
			}
		}
	}
	w.loops = w.loops[:len(w.loops)-1]
	return text + strings.Replace(body, "\x00", closing+more, 1)
}

// definition writes def f(x):. The variables that it assigns are its own.
func (w *writer) definition(p *part, more string) string {
	name, parameters := p.names[0], p.names[1:]
	w.assigned(name, userMade)
	w.scope.functions[name] = parameters
	defer w.inside()()
	w.scope.function = true
	local := ""
	for i, q := range parameters {
		w.declare(q, unknown)
		if p.kids[i] != nil {
			local += " if " + q + " == nil then " + q + " = " + w.expr(p.kids[i]).text + " end"
		}
	}
	var own []string
	for _, v := range assignedIn(p.rows, nil) {
		if _, ok := w.scope.names[v]; !ok {
			own = append(own, v)
			w.declare(v, unknown)
		}
	}
	if len(own) > 0 {
		local = " local " + strings.Join(own, ", ") + local
	}
	loops, tries := w.loops, w.tries
	w.loops, w.tries = nil, 0
	defer func() { w.loops, w.tries = loops, tries }()
	text := w.head(p, "function "+name+"("+strings.Join(parameters, ", ")+")", local)
	return text + w.rows(p.rows, " end"+more, false)
}

// assignedIn are the variables that the rows of a function assign, without those that it says are global.
func assignedIn(rows []*row, found []string) []string {
	global := map[string]bool{}
	add := func(e *expr) {
		if e.form == nameForm && !oneOf(e.at.source, found...) && !global[e.at.source] {
			found = append(found, e.at.source)
		}
	}
	for _, r := range rows {
		for _, s := range r.statements {
			switch {
			case s.word == "global":
				for _, k := range s.kids {
					k.each(func(e *expr) { global[e.at.source] = true })
				}
			case s.word == "=" || s.word != "" && augments(s.word):
				for _, target := range s.kids[:len(s.kids)-1] {
					add(target)
					if target.form == tupleForm {
						for _, it := range target.items {
							add(it.value)
						}
					}
				}
			}
			for _, p := range s.parts {
				if p.word != "def" {
					found = assignedIn(p.rows, found)
				}
			}
		}
	}
	return found
}

// attempt writes try: and except:, as a function that may fail.
func (w *writer) attempt(s *statement, more string) string {
	if len(s.parts) == 1 && w.bodiless > 0 {
		return "local ok, err = pcall(function() end)" + s.parts[0].tail
	}
	if len(s.parts) != 2 || s.parts[1].word != "except" {
		w.because(s.line, "an error is caught with ok, err = pcall(function() ... end), then if not ok then ... end")
		return ""
	}
	try, except := s.parts[0], s.parts[1]
	w.tries++
	loops := w.loops
	w.loops = nil
	failed := "err"
	if len(except.names) > 0 {
		failed = except.names[0]
	}
	w.assigned(failed, str)
	text := w.head(try, "local ok, "+failed+" = pcall(function()", "")
	text += w.rows(try.rows, " end)", false)
	w.tries--
	w.loops = loops
	if !strings.HasSuffix(text, "\n") {
		text += " "
	}
	text += except.indent + w.head(except, "if not ok then", "")
	return text + w.rows(except.rows, " end"+more, false)
}
