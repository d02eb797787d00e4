package python

// A form says what an expression is.
type form uint8

const (
	nothing     form = iota // an unfinished text's end
	nameForm                // a name, or a constant
	numberForm              // a number
	textForm                // strings, one or several side by side
	unaryForm               // -x, +x, ~x
	binaryForm              // x + y, and all that is computed
	compareForm             // x < y, x in y, x is y, and several in a row
	notForm                 // not x
	logicForm               // x and y, x or y
	ifForm                  // x if condition else y
	lambdaForm              // lambda x: y
	callForm                // f(x)
	indexForm               // x[y]
	fieldForm               // x.name
	methodForm              // x:name, which is Lua
	parenForm               // (x)
	tupleForm               // (x, y), and x, y
	listForm                // [x, y]
	bracesForm              // {x: y}, {x, y}, and Lua's {x=y}
	listFor                 // [x for x in y]
	bracesFor               // {x for x in y}, {x: y for x in z}
	bareFor                 // x for x in y, in parentheses
	sliceForm               // x:y, in brackets
)

// An expr is an expression. The blanks in it are kept, in Lua's spelling, so that what stays the same looks the same.
type expr struct {
	form form
	// at is the token it is known by: a name, a number, a string, an operator, a bracket.
	at node
	// texts are the strings of a textForm.
	texts []node
	// kids are its operands, in the order in which they are read. A slice has three, some of which may be nil.
	kids []*expr
	// ops are the operators between operands, by their Python names: "<", "in", "not in", "is not".
	ops []string
	// gaps are the blanks before and behind each operator, or before a bracket.
	gaps []string
	// items are what stands in brackets.
	items []item
	// rest are the blanks behind the last item's comma.
	rest string
	// given is what a lambda's parameters are taken from: a list of packets, or of answers.
	given typ
	// clauses are the for and if of a comprehension.
	clauses []clause
}

// An item is one argument, or element of a list.
type item struct {
	before, after string // blanks
	key           *expr  // of a dict's entry
	name          node   // of a keyword's argument; of kind end for others
	equals        string // a keyword's sign, with its blanks; line ends before an entry's value
	value         *expr
}

// A clause is one for of a comprehension, with the conditions behind it.
type clause struct {
	targets    []*expr
	over       *expr
	conditions []*expr
}

// named reports whether an item is name=value.
func (i item) named() bool { return i.name.kind == name }

// is reports whether an expression is that name.
func (e *expr) is(word string) bool { return e != nil && e.form == nameForm && e.at.source == word }

// bare is an expression without the parentheses around it.
func (e *expr) bare() *expr {
	for e.form == parenForm {
		e = e.items[0].value
	}
	return e
}

// each walks an expression and all that is in it.
func (e *expr) each(visit func(*expr)) {
	if e == nil {
		return
	}
	visit(e)
	for _, k := range e.kids {
		k.each(visit)
	}
	for _, i := range e.items {
		i.key.each(visit)
		i.value.each(visit)
	}
	for _, c := range e.clauses {
		for _, t := range c.targets {
			t.each(visit)
		}
		c.over.each(visit)
		for _, k := range c.conditions {
			k.each(visit)
		}
	}
}

// simple reports whether an expression can be written twice: it calls nothing.
func (e *expr) simple() bool {
	ok := true
	e.each(func(k *expr) {
		switch k.form {
		case callForm, lambdaForm, listForm, bracesForm, listFor, bracesFor, bareFor:
			ok = false
		}
	})
	return ok
}

// asks reports whether an expression can be written twice: it calls nothing but methods, which ask a packet something.
func (e *expr) asks() bool {
	ok := true
	e.each(func(k *expr) {
		ok = ok && (k.form != callForm || k.kids[0].form == fieldForm)
	})
	return ok && e.form != callForm && (e.form != fieldForm || e.kids[0].form != callForm)
}

// mentions reports whether a name stands in an expression.
func (e *expr) mentions(word string) bool {
	found := false
	e.each(func(k *expr) { found = found || k.is(word) })
	return found
}

// unused is a name that does not stand in the expression: the word, or the word with its last letter again.
func (e *expr) unused(word string) string {
	for e.mentions(word) {
		word += word[len(word)-1:]
	}
	return word
}

// layer reports whether an expression is a name as layers have them: TCP, Ether.
func (e *expr) layer() bool {
	return e.form == nameForm && e.at.source[0] >= 'A' && e.at.source[0] <= 'Z' && roleOf(e.at.source) == plain
}
