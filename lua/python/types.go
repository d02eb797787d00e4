package python

// A typ is what an expression is known to give.
type typ uint8

const (
	unknown typ = iota
	nothingAtAll
	numeric
	boolean
	str       // text
	octets    // bytes
	list      // a table that counts from 1
	dict      // a table by keys
	set       // a table whose keys are its elements
	packet    // a packet, a layer of one
	packets   // a list of packets
	answers   // a list of answers
	pair      // one of them
	entry     // a key and its value, as a list of two
	lists     // what sr returns: a list of answers and a list of packets
	walker    // what a for walks without ipairs
	protocol  // the name of a layer
	functions // a table of functions: math, judge
	userMade  // any other value that a variable has
)

// text reports whether it is text or bytes.
func (t typ) text() bool { return t == str || t == octets }

// listed reports whether it is a list that counts from 1.
func (t typ) listed() bool { return t == list || t == packets || t == answers }

// element is what an element of a list is.
func (t typ) element() typ {
	switch t {
	case packets:
		return packet
	case answers:
		return pair
	}
	return unknown
}

// A scope holds what is known of the variables of a text, a function or a loop.
type scope struct {
	outer *scope
	names map[string]typ
	// stands are variables that are written as something else: x[0] and x[1] of an answer in a function of two.
	stands map[string]string
	// functions are the parameters of functions that the text defines.
	functions map[string][]string
	// function is set for the body of a def, where a variable that is assigned is the function's own.
	function bool
}

// inside is a scope within another.
func (w *writer) inside() (leave func()) {
	outer := w.scope
	w.scope = &scope{outer: outer, names: map[string]typ{}, stands: map[string]string{}, functions: map[string][]string{}}
	return func() { w.scope = outer }
}

// own is what the text itself knows of a name.
func (w *writer) own(name string) (typ, bool) {
	for s := w.scope; s != nil; s = s.outer {
		if t, ok := s.names[name]; ok {
			return t, true
		}
	}
	return unknown, false
}

// typeOf is what a name stands for.
func (w *writer) typeOf(name string) typ {
	if t, ok := w.own(name); ok {
		return t
	}
	switch w.known(name) {
	case Layer:
		return protocol
	case Packet:
		return packet
	case List:
		return packets
	case Answers:
		return answers
	case Pair:
		return pair
	case Text:
		return str
	case Number:
		return numeric
	case Table:
		return functions
	case Dict:
		return dict
	case Bytes:
		return octets
	case Values:
		return list
	case Other:
		return userMade
	}
	return unknown
}

// missing reports whether a name is nobody's: Python's own words are then meant.
func (w *writer) missing(name string) bool {
	_, own := w.own(name)
	return !own && w.known(name) == Unknown
}

// ours reports whether a name is one of the shell's own functions, or nobody's.
func (w *writer) ours(name string) bool {
	_, own := w.own(name)
	k := w.known(name)
	return !own && (k == Unknown || k == Function)
}

// declare notes what a variable holds.
func (w *writer) declare(name string, t typ) { w.scope.names[name] = t }

// assigned notes what a variable holds from here on, wherever it was made.
func (w *writer) assigned(name string, t typ) {
	for s := w.scope; s != nil; s = s.outer {
		if _, ok := s.names[name]; ok || s.function || s.outer == nil {
			s.names[name] = t
			return
		}
	}
}

// parameters are those of a function that the text defines.
func (w *writer) parameters(name string) ([]string, bool) {
	for s := w.scope; s != nil; s = s.outer {
		if p, ok := s.functions[name]; ok {
			return p, true
		}
	}
	return nil, false
}

// standsFor is what is written in place of a name, or of one of its elements.
func (w *writer) standsFor(name string) (string, bool) {
	for s := w.scope; s != nil; s = s.outer {
		if as, ok := s.stands[name]; ok {
			return as, true
		}
	}
	return "", false
}
