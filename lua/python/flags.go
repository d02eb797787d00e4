package python

import (
	"slices"
	"strings"
)

// flagsOf is the layer whose flags an expression reads, in Lua: p[TCP] of p[TCP].flags.
func (w *writer) flagsOf(e *expr) (layer string, ok bool) {
	e = e.bare()
	if e.form == callForm && len(e.items) == 1 && (e.kids[0].is("str") || e.kids[0].is("int")) {
		e = e.items[0].value.bare()
	}
	if e.form != fieldForm || e.at.source != "flags" {
		return "", false
	}
	return w.expr(e.kids[0]).at(prefixLevel), true
}

// flagTest writes what asks for flags by their bits: p[TCP].flags & 2, alone or compared. ok is false for anything else.
func (w *writer) flagTest(e *expr, op string, than *expr) (l lua, ok bool) {
	e = e.bare()
	if e.form != binaryForm || e.at.source != "&" {
		return lua{}, false
	}
	owner, mask := e.kids[0], e.kids[1]
	if _, ok := w.flagsOf(owner); !ok {
		owner, mask = mask, owner
	}
	layer, ok := w.flagsOf(owner)
	if !ok {
		return lua{}, false
	}
	letters, ok := flagLetters(owner, mask)
	if !ok {
		w.because(e.at.line, "a flag is asked by its letter: "+layer+`:flag("S")`)
		return lua{}, true
	}
	all := call(layer+`:flag("`+strings.Join(letters, joined(owner))+`")`, boolean)
	var each []string
	for _, letter := range letters {
		each = append(each, layer+`:flag("`+letter+`")`)
	}
	some := all
	if len(each) > 1 {
		some = lua{strings.Join(each, " or "), orLevel, boolean, false}
	}
	none := lua{"not " + some.at(unaryLevel), unaryLevel, boolean, false}
	switch {
	case op == "", (op == "!=" || op == ">") && zero(than):
		return some, true
	case op == "==" && zero(than):
		return none, true
	case op == "==" && slices.Equal(masked(owner, than), letters):
		return all, true
	case op == "!=" && slices.Equal(masked(owner, than), letters):
		return lua{"not " + all.text, unaryLevel, boolean, false}, true
	}
	w.because(e.at.line, "flags are asked by their letters: "+all.text)
	return lua{}, true
}

// zero reports whether an expression is the number 0.
func zero(e *expr) bool {
	n, ok := e.integer()
	return ok && n == 0
}

// masked are the flags of a number or text that flags are compared with.
func masked(owner, e *expr) []string {
	letters, _ := flagLetters(owner, e)
	return letters
}

// flagNames are the flags of the layer that they are read of, the lowest bit first, and what stands between their names; nil
// when it is another layer than TCP or IP.
func flagNames(owner *expr) (names []string, join string) {
	of := owner.bare()
	if of.form == callForm && len(of.items) == 1 { // str(p[TCP].flags)
		of = of.items[0].value.bare()
	}
	if of.form != fieldForm {
		return nil, ""
	}
	switch of.kids[0].layerRead() {
	case "TCP":
		return []string{"F", "S", "R", "P", "A", "U", "E", "C", "N"}, "" // RFC 9293 section 3.1
	case "IP":
		return []string{"MF", "DF", "evil"}, "+"
	}
	return nil, ""
}

// layerRead is the layer that an expression takes of a packet: TCP of p[TCP], p["TCP"], p.getlayer(TCP), p:layer(TCP).
func (e *expr) layerRead() string {
	e = e.bare()
	if e.form != indexForm && e.form != callForm || len(e.items) == 0 || e.items[0].value == nil {
		return ""
	}
	switch key := e.items[0].value; key.form {
	case nameForm:
		return key.at.source
	case textForm:
		return key.at.body
	}
	return ""
}

func joined(owner *expr) string {
	_, join := flagNames(owner)
	return join
}

// flagLetters are the flags that a number, or text, stands for.
func flagLetters(owner, mask *expr) (letters []string, ok bool) {
	names, _ := flagNames(owner)
	if mask == nil {
		return nil, false
	}
	mask = mask.bare()
	if mask.form == textForm && len(mask.texts) == 1 {
		for _, n := range names {
			if strings.Contains(mask.at.body, n) {
				letters = append(letters, n)
			}
		}
		return letters, len(letters) > 0 && len(strings.Join(letters, "")) == len(strings.ReplaceAll(mask.at.body, "+", ""))
	}
	bits, ok := mask.integer()
	if !ok || bits <= 0 || bits >= 1<<len(names) {
		return nil, false
	}
	for i, n := range names {
		if bits&(1<<i) != 0 {
			letters = append(letters, n)
		}
	}
	return letters, true
}

// flagsText is what flags are compared with: they are text here, and numbers in Python if one likes.
func (w *writer) flagsText(owner *expr, other lua, e *expr) lua {
	o := owner.bare()
	if o.form != fieldForm || o.at.source != "flags" {
		return other
	}
	if letters, ok := flagLetters(owner, e); ok && e.bare().form != textForm {
		return value(`"`+strings.Join(letters, joined(owner))+`"`, str)
	}
	if zero(e) {
		return value(`""`, str)
	}
	return other
}
