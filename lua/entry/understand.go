package entry

import (
	"errors"
	"regexp"

	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// A Refusal is the error of an entry that is Python's and has no equal in Lua.
type Refusal struct {
	// Line counts from 1; 0 is nowhere in particular.
	Line int
	// What Lua has in its place.
	What string
}

// Error is What.
func (e *Refusal) Error() string { return e.What }

// longEntry is from how many bytes on an entry whose blocks and brackets are open is not compiled after every line: that takes
// minutes for a table of some thousand lines.
const longEntry = 8 << 10

// Understand compiles an entry, or a step of one, as an expression, as statements or as Python: the reading has the Lua then that was compiled.
// The error is a *vm.SyntaxError, a *Refusal of what is Python and has no equal, or one of Compile's.
func (r *Reader[Chunk]) Understand(name, source string) (Chunk, python.Reading, error) {
	return r.understand(name, source, r.Known)
}

func (r *Reader[Chunk]) understand(name, source string, known python.Known) (Chunk, python.Reading, error) {
	if len(source) > longEntry {
		if wait := vm.Awaits(source); wait != (vm.Wait{}) {
			var none Chunk
			return none, python.Reading{}, &vm.SyntaxError{Script: name, What: "syntax error: the entry ends in the middle: it waits for " + wait.What, Waits: wait}
		}
	}
	c, err := r.compile(name, source)
	if syntax := new(vm.SyntaxError); err != nil && !errors.As(err, &syntax) { // too long, too deep
		return c, python.Reading{}, err
	}
	reading := python.Read(source, r.whole, known)
	switch {
	case reading.Lua != "":
		lua := reading.Lua
		if !ownReturn.MatchString(source) { // the values of 1, 2 are returned in Lua
			lua = returning.ReplaceAllString(lua, "$1")
		}
		again, failure := r.compile(name, lua)
		if failure == nil {
			return again, reading, nil
		}
	case reading.Open && (reading.Block || Waits(err) == vm.Wait{}):
		return c, python.Reading{}, unfinished(name, reading)
	case reading.Hint != "" && !reading.Open:
		return c, python.Reading{}, &Refusal{Line: reading.Line, What: reading.Hint}
	}
	return c, python.Reading{Note: reading.Note}, err
}

// ownReturn finds a return that an entry begins with, and returning that of an expression which was Python's.
var (
	ownReturn = regexp.MustCompile(`^\s*return\b`)
	returning = regexp.MustCompile(`^(\s*)return `)
)

// unfinished is the error of an entry that is the beginning of something in Python's spelling, or was to be and ended in a bracket.
func unfinished(name string, reading python.Reading) error {
	if reading.Line > 0 {
		return &Refusal{Line: reading.Line, What: reading.Hint}
	}
	wait := vm.Wait{What: reading.Hint}
	return &vm.SyntaxError{Script: name, What: "the entry ends in the middle: it waits for " + wait.What, Waits: wait}
}

// compile compiles an entry as an expression or, when it is none, as statements. The error is that of the reading that
// got further, or the one that says that more lines are to come.
func (r *Reader[Chunk]) compile(name, source string) (Chunk, error) {
	c, expression := r.Compile(name, source, true)
	if expression == nil {
		return c, nil
	}
	c, err := r.Compile(name, source, false)
	switch {
	case err == nil || Waits(err) != vm.Wait{}:
		return c, err
	case Waits(expression) != vm.Wait{}:
		return c, expression
	}
	return c, further(err, expression)
}

// further is the syntax error of the reading that got further: of the entry as statements or as an expression, whose
// first line has "return " in front.
func further(statements, expression error) error {
	var a, b *vm.SyntaxError
	if !errors.As(statements, &a) || !errors.As(expression, &b) || a.Line == 0 { // at the end of the entry
		return statements
	}
	column := b.Column
	if b.Line == 1 && column > 0 {
		column = max(column-len("return "), 1)
	}
	if b.Line > a.Line || b.Line == a.Line && column > a.Column {
		e := *b
		e.Column = column
		return &e
	}
	return statements
}

// Waits is what a chunk waits for that ended too early; nothing for any other error.
func Waits(err error) vm.Wait {
	var syntax *vm.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Waits
	}
	return vm.Wait{}
}
