package vm

import "fmt"

// Bounds of a chunk. gopher-lua's parser and compiler call themselves for each level and each operator, and look through all
// constants, labels and local variables of a function for each one that is used: what is beyond these takes gigabytes, or
// minutes, or ends the process.
const (
	maxSource    = 4 << 20 // bytes
	maxTokens    = 500_000
	maxNesting   = 200  // blocks and brackets, as in Lua
	maxOperators = 1000 // in one expression, calls and indexes among them
	maxList      = 250  // values outside a table, each of which needs a register
	maxElseifs   = 1000 // of one if
	maxJumps     = 10_000
	maxFunctions = 20_000 // the compiler takes 15 KB for each
	maxLookups   = 1e8    // comparisons of names and constants
)

// tooLarge is why a chunk is not parsed, as Compile returns it; nil for what is within the bounds.
func tooLarge(name, source string) error {
	if len(source) > maxSource {
		return fmt.Errorf("%s: want at most %d bytes of source, got %d", name, maxSource, len(source))
	}
	m := &measure{levels: []level{{function: &function{}}}}
	t := newTokenizer(source)
	for {
		piece, ok := t.next()
		if !ok {
			return nil
		}
		m.take(piece)
		if excess := m.excess(); excess != "" {
			return fmt.Errorf("%s:%d: %s", name, piece.line, excess)
		}
	}
}

// A measure counts what a chunk asks of the parser and the compiler. It knows where expressions and statements begin only
// roughly, and errs on the safe side.
type measure struct {
	levels    []level
	tokens    int
	jumps     int // labels and gotos
	lookups   int
	functions int
	last      token
	operand   bool // the last token ended a value: what follows is an operator, a call, or another statement
	naming    bool // in the list of names behind local or for
	loop      int  // the variables of a for whose body has not begun
}

// A level is a block or a bracket.
type level struct {
	opened    string // by what
	operators int    // of the expression under way
	commas    int    // of the list under way
	elseifs   int
	locals    int // variables that are declared here
	visible   int // those around it
	function  *function
}

// A function is what the compiler looks through for each constant.
type function struct{ constants map[string]int }

// excess is what is beyond a bound; empty when nothing is.
func (m *measure) excess() string {
	here := m.here()
	switch {
	case m.tokens > maxTokens:
		return fmt.Sprintf("the chunk is too long: want at most %d names, numbers and signs", maxTokens)
	case len(m.levels)-1 > maxNesting:
		return fmt.Sprintf("blocks and brackets nest deeper than %d", maxNesting)
	case here.operators > maxOperators:
		return fmt.Sprintf("an expression has more than %d operators and calls: split it", maxOperators)
	case here.commas >= maxList && here.opened != "{" && here.opened != "[": // that is no Lua, but Python's list
		return fmt.Sprintf("a list has more than %d values: use a table", maxList)
	case here.elseifs > maxElseifs:
		return fmt.Sprintf("an if has more than %d branches: use a table", maxElseifs)
	case m.jumps > maxJumps:
		return fmt.Sprintf("want at most %d labels and gotos", maxJumps)
	case m.functions > maxFunctions:
		return fmt.Sprintf("want at most %d functions", maxFunctions)
	case m.lookups > maxLookups:
		return "too many different constants and variables in one function: split it, or write the data as one text"
	}
	return ""
}

func (m *measure) here() *level { return &m.levels[len(m.levels)-1] }

// take counts one token.
func (m *measure) take(t token) {
	m.tokens++
	switch t.kind {
	case Keyword:
		m.keyword(t.text)
	case Name:
		m.name(t.text)
	case Number:
		m.value(t.text)
	case Quoted, Long:
		if m.operand { // f"text" is a call
			m.here().operators++
		}
		m.constant(t.text)
		m.operand = true
	default:
		m.symbol(t.text)
	}
	m.last = t
}

// keyword counts a keyword.
func (m *measure) keyword(word string) {
	switch word {
	case "and", "or", "not":
		m.operator()
	case "nil", "true", "false":
		m.operand = true
	case "function":
		m.open(word)
		m.here().function = &function{}
		m.functions++
	case "do", "if", "repeat":
		m.statement()
		m.open(word)
	case "end", "until":
		m.close()
		m.operand = word == "end" // a function may be called, or compared
	case "local", "for":
		m.statement()
		m.naming = true
		return
	case "elseif":
		m.statement()
		m.here().elseifs++
	case "goto":
		m.statement()
		m.jumps++
	case "then", "else", "while", "in", "return", "break":
		m.statement()
	}
	m.naming = false
}

// statement begins a statement or an expression.
func (m *measure) statement() {
	m.here().operators, m.here().commas = 0, 0
	m.operand = false
}

// name counts a name.
func (m *measure) name(word string) {
	switch {
	case m.naming && m.last.text == "for", m.naming && m.loop > 0:
		m.loop++
	case m.naming, m.parameter():
		m.here().locals++
	}
	m.lookups += m.here().visible + m.here().locals
	m.value(word)
}

// parameter reports that a name stands between the brackets behind function, whose level its variables belong to.
func (m *measure) parameter() bool {
	return m.here().opened == "(" && len(m.levels) > 1 && m.levels[len(m.levels)-2].opened == "function"
}

// value counts a name or a number: one that follows another begins a statement.
func (m *measure) value(text string) {
	if m.operand {
		m.statement()
	}
	m.constant(text)
	m.operand = true
}

// constant counts what the compiler looks up among the constants of a function.
func (m *measure) constant(text string) {
	f := m.here().function
	if f.constants == nil {
		f.constants = map[string]int{}
	}
	at, ok := f.constants[text]
	if !ok {
		at = len(f.constants)
		f.constants[text] = at
	}
	m.lookups += at
}

// symbol counts a sign.
func (m *measure) symbol(text string) {
	switch text {
	case "(", "[", "{":
		if m.operand { // a call or an index
			m.here().operators++
		}
		m.open(text)
	case ")", "]", "}":
		m.close()
		m.operand = true
	case ",":
		m.here().operators = 0
		m.here().commas++
		m.operand = false
		return // names go on
	case ";", "=":
		m.statement()
	case "::":
		m.jumps++
		m.statement()
	case "...":
		m.operand = true
	default:
		m.operator()
	}
	m.naming = false
}

func (m *measure) operator() {
	m.here().operators++
	m.operand = false
}

// open begins a block or a bracket.
func (m *measure) open(by string) {
	around := m.here()
	l := level{opened: by, visible: around.visible + around.locals, function: around.function}
	if by == "do" {
		l.locals, m.loop = m.loop, 0
	}
	m.levels = append(m.levels, l)
	m.operand = false
}

// close ends the last block or bracket that was opened, whatever opened it; the parameters of a function are its variables.
func (m *measure) close() {
	if len(m.levels) == 1 {
		return // the parser says so
	}
	parameters := 0
	if m.parameter() {
		parameters = m.here().locals
	}
	m.levels = m.levels[:len(m.levels)-1]
	m.here().locals += parameters
}
