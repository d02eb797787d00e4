package python

// translated is source, one line or several, from Python as scapy's users write it to Lua. Spacing, line ends and
// whatever both languages spell alike stay as they are.
//
// It is meant for text that is no Lua, and its result is meant to be compiled: it does not report every mistake. A bracket
// still open at the end stays open, so the compiler sees that more is to come. ok is false, and lua empty, when nothing
// had to change and when the text is beyond translation: it has something Lua has no equal of, or it mixes both languages
// where they read the same words differently (range counts its end in Lua, "\101" is a letter in Python).
func translated(source string) (lua string, ok bool) {
	return translate(source, &notes{})
}

// corrected is translated for text that is Lua but cannot be meant so, as p.show() of a packet, which only Python writes with a
// dot. Nothing in it may read differently in the two languages.
func corrected(source string) (lua string, ok bool) {
	return translate(source, &notes{lua: true, slip: true})
}

func translate(source string, r *notes) (lua string, ok bool) {
	w := &writer{notes: r}
	w.chunk(parse(source, r))
	lua = w.out.String()
	if r.beyond || r.lua && r.twofold || lua == source {
		return "", false
	}
	return lua, true
}

// notes are what becomes known about a text on the way through it.
type notes struct {
	beyond  bool // it cannot be translated
	lua     bool // parts of it are Lua already
	slip    bool // all of it is Lua to the compiler
	twofold bool // parts of it mean one thing in Python and another in Lua
	format  bool // it has a format string
	lenient bool // operators without an equal are read too
}

// refuse gives the text up.
func (r *notes) refuse() { r.beyond = true }
