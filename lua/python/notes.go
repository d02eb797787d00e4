package python

// notes are what becomes known about a text on the way through it.
type notes struct {
	known  Known
	depth  int    // how many expressions are around the one at hand
	beyond bool   // it cannot be translated
	reason string // how Lua says what cannot; empty when nothing is to be said
	at     int    // the line of that, from 1
	// bodiless is the line of a block's head that the text ends with, and ended whether an empty line says that this is all.
	bodiless int
	ended    bool
	// unclosed is the bracket that is open at the end.
	unclosed node
	open     bool   // it ends in the middle of a bracket, a string or a block
	lua      bool   // parts of it are Lua already
	slip     bool   // all of it is Lua to the compiler
	twofold  bool   // parts of it mean one thing in Python and another in Lua
	counted  bool   // its lists begin at 0 for certain
	kept     string // an index that was taken for Lua's
	made     map[string]Kind
}

// refuse gives the text up without a word: it is neither language.
func (r *notes) refuse() { r.beyond = true }

// because gives the text up and says how Lua writes what stands in that line.
func (r *notes) because(line int, reason string) {
	if r.reason == "" && !r.beyond {
		r.reason, r.at = reason, line
	}
	r.beyond = true
}
