package python

import (
	"slices"
	"strings"
)

// A writer puts expressions and statements down as Lua.
type writer struct {
	*notes
	scope *scope
	// single is set when the text is one expression, whose value the prompt shows.
	single bool
	// after is set when a statement ends before the next one, without a semicolon.
	after bool
	// loops is how many loops with a continue are around.
	loops []bool
	// tries is how many blocks that became functions are around.
	tries int
}

// How tightly what is outermost in an expression of Lua's binds.
const (
	orLevel = iota
	andLevel
	compareLevel
	concatLevel
	sumLevel
	productLevel
	unaryLevel
	powerLevel
	valueLevel  // a value that cannot be indexed: "x", 1, {}
	prefixLevel // what can be: a name, a call, parentheses
)

// lua is an expression in Lua's spelling.
type lua struct {
	text  string
	level int
	is    typ
	// call is set for a call, which can stand as a statement.
	call bool
}

// at is an expression where one of that level is wanted.
func (l lua) at(level int) string {
	if l.level >= level {
		return l.text
	}
	return "(" + l.text + ")"
}

// A call, a value that cannot be indexed, and one that can.
func call(text string, is typ) lua     { return lua{text, prefixLevel, is, true} }
func value(text string, is typ) lua    { return lua{text, valueLevel, is, false} }
func prefixed(text string, is typ) lua { return lua{text, prefixLevel, is, false} }

// expr writes an expression.
func (w *writer) expr(e *expr) lua {
	if w.beyond || e == nil {
		return lua{}
	}
	switch e.form {
	case nothing:
		return lua{level: prefixLevel}
	case nameForm:
		return w.name(e)
	case numberForm:
		return value(e.at.lua, numeric)
	case textForm:
		return w.text(e)
	case unaryForm:
		return w.unary(e)
	case binaryForm:
		return w.binary(e)
	case compareForm:
		return w.comparison(e)
	case notForm:
		return w.negation(e)
	case logicForm:
		return w.logic(e, w.expr)
	case ifForm:
		return w.conditional(e)
	case lambdaForm:
		return w.lambda(e)
	}
	return w.bracketed(e)
}

// bracketed writes what has brackets, and fields.
func (w *writer) bracketed(e *expr) lua {
	switch e.form {
	case callForm:
		return w.call(e)
	case indexForm:
		return w.index(e)
	case fieldForm:
		return w.field(e)
	case methodForm:
		return prefixed(w.expr(e.kids[0]).at(prefixLevel)+":"+e.at.lua, unknown)
	case parenForm:
		return w.parentheses(e)
	case tupleForm, listForm:
		return w.table(e)
	case bracesForm:
		return w.braces(e)
	case listFor, bracesFor, bareFor:
		return w.comprehension(e)
	}
	w.refuse()
	return lua{}
}

// orBlank is a gap between words, of which Lua needs one.
func orBlank(gap string) string {
	if gap == "" {
		return " "
	}
	return gap
}

// name writes a name or a constant.
func (w *writer) name(e *expr) lua {
	word := e.at.source
	switch roleOf(word) {
	case constant:
		is := boolean
		if e.at.lua == "nil" {
			is = nothingAtAll
		}
		return value(e.at.lua, is)
	case plain:
	default:
		w.refuse()
	}
	for s := w.scope; s != nil; s = s.outer {
		if as, ok := s.stands[word]; ok {
			if as == "" {
				w.because(e.at.line, "an answer as one value: a.sent, a.answer of for _, a in ipairs(ans) do ... end")
			}
			return prefixed(as, unknown)
		}
		if _, ok := s.names[word]; ok {
			break
		}
	}
	return prefixed(word, w.typeOf(word))
}

// text writes strings, those with expressions in them too.
func (w *writer) text(e *expr) lua {
	is := str
	var parts []string
	for _, t := range e.texts {
		if strings.Contains(t.prefix, "b") {
			is = octets
		}
		if strings.Contains(t.prefix, "f") {
			f := w.formatString(t)
			parts = append(parts, f.at(sumLevel))
			if len(e.texts) == 1 {
				return f
			}
			continue
		}
		parts = append(parts, t.lua)
	}
	if len(parts) == 1 {
		return value(parts[0], is)
	}
	return lua{strings.Join(parts, " .. "), concatLevel, is, false}
}

// negation writes not x.
func (w *writer) negation(e *expr) lua {
	l := w.condition(e.kids[0])
	if e.kids[0].form != compareForm && l.level == compareLevel {
		for _, sign := range []string{" ~= 0", ` ~= ""`, " ~= nil", " > 0"} {
			if x, ok := strings.CutSuffix(l.text, sign); ok {
				return lua{x + " ==" + sign[strings.LastIndex(sign, " "):], compareLevel, boolean, false}
			}
		}
	}
	return lua{"not" + orBlank(e.gaps[0]) + l.at(unaryLevel), unaryLevel, boolean, false}
}

// logic writes x and y; write writes its operands.
func (w *writer) logic(e *expr, write func(*expr) lua) lua {
	level := andLevel
	if e.at.source == "or" {
		level = orLevel
	}
	left := w.condition(e.kids[0])
	if level == orLevel && w.plainly(e.kids[0]) { // x or default gives x
		left = write(e.kids[0])
	}
	right := write(e.kids[1])
	is := right.is
	if left.is != right.is {
		is = unknown
	}
	return lua{left.at(level) + orBlank(e.gaps[0]) + e.at.lua + orBlank(e.gaps[1]) + right.at(level+1), level, is, false}
}

// plainly reports whether an expression gives a value rather than the truth about something.
func (w *writer) plainly(e *expr) bool {
	switch e.form {
	case compareForm, notForm, logicForm, binaryForm:
		return false
	}
	return true
}

// condition writes an expression of which only the truth counts. 0, "" and an empty list are false in Python and true in Lua.
func (w *writer) condition(e *expr) lua {
	switch e.form {
	case logicForm:
		return w.logic(e, w.condition)
	case parenForm:
		inner := w.condition(e.items[0].value)
		return lua{"(" + e.items[0].before + inner.text + e.items[0].after + ")", prefixLevel, boolean, false}
	case numberForm:
		return w.expr(e)
	}
	l := w.expr(e)
	switch {
	case w.slip:
	case l.is == numeric:
		return lua{l.at(sumLevel) + " ~= 0", compareLevel, boolean, false}
	case l.is.text() && e.form != textForm:
		return lua{l.at(sumLevel) + ` ~= ""`, compareLevel, boolean, false}
	case l.is == dict || l.is == set || l.is == functions:
		return lua{"next(" + l.text + ") ~= nil", compareLevel, boolean, false}
	case l.is.listed() && l.level == prefixLevel:
		return lua{"#" + l.text + " > 0", compareLevel, boolean, false}
	}
	return l
}

// conditional writes x if condition else y.
func (w *writer) conditional(e *expr) lua {
	condition := w.condition(e.kids[1])
	then, other := w.expr(e.kids[0]), w.expr(e.kids[2])
	is := then.is
	if then.is != other.is {
		is = unknown
	}
	if then.is.text() || then.is == numeric || then.is.listed() || then.is == packet || w.known(then.text) == Layer {
		return lua{condition.at(andLevel) + " and " + then.at(compareLevel) + " or " + other.at(andLevel), orLevel, is, false}
	}
	return call("(function() if "+condition.text+" then return "+then.text+" end return "+other.text+" end)()", is)
}

// parentheses writes an expression in parentheses, which go where what is in them brings its own.
func (w *writer) parentheses(e *expr) lua {
	it := e.items[0]
	inner := w.expr(it.value)
	if strings.HasPrefix(inner.text, "(") && inner.level == prefixLevel && it.value.form == binaryForm {
		return inner
	}
	return lua{"(" + it.before + inner.text + it.after + ")", prefixLevel, inner.is, false}
}

// lambda writes a function of one expression. A tuple is several values. One parameter for an answer becomes two, for the
// packets in it.
func (w *writer) lambda(e *expr) lua {
	defer w.inside()()
	is := unknown
	switch e.given {
	case packets, packet, answers, walker:
		is = packet
	case entry:
		is = entry
	}
	for _, p := range e.items {
		w.declare(p.name.source, is)
	}
	if e.given != answers || len(e.items) != 1 {
		return w.function(e, e.gaps[0])
	}
	name := e.items[0].name.source
	sent, answer := "s", "r"
	if name == sent || name == answer || e.mentions(sent) || e.mentions(answer) {
		sent, answer = "sent", "answer"
	}
	delete(w.scope.names, name)
	w.declare(sent, packet)
	w.declare(answer, packet)
	w.scope.stands = map[string]string{name: "", name + "[0]": sent, name + "[1]": answer}
	return w.function(e, sent+", "+answer)
}

// function writes a lambda whose parameters are declared.
func (w *writer) function(e *expr, parameters string) lua {
	body := w.several(e.kids[0])
	before := orBlank(e.gaps[1])
	return value("function("+parameters+") return"+before+body+" end", unknown)
}

// several writes an expression, or the elements of a tuple, as several values.
func (w *writer) several(e *expr) string {
	if e.form != tupleForm {
		return w.expr(e).text
	}
	return strings.TrimSpace(w.separated(e.items))
}

// separated writes items with commas between them.
func (w *writer) separated(items []item) string {
	var text strings.Builder
	for i, it := range items {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString(it.before + w.expr(it.value).text + it.after)
	}
	return text.String()
}

// bits are the functions of operators on bits.
var bits = map[string]string{"&": "band", "|": "bor", "^": "bxor", "<<": "lshift", ">>": "rshift"}

// oneOf reports whether a word is among others.
func oneOf(word string, words ...string) bool { return slices.Contains(words, word) }
