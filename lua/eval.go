package lua

import (
	"context"
	"errors"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// Eval runs one step of an entry, or a chunk of the command line: the values of an expression come back as text to print, a
// statement runs. The first value stays in the global _, the second in __, and the local variables of the top level in what is evaluated next. incomplete
// reports that it is the beginning of a block and nothing was run. What is in Python's spelling is translated; the Lua that was understood
// is written to Stderr. When ctx ends first, the error is ErrInterrupted, and text holds the values if the interrupted call had some.
func (s *State) Eval(ctx context.Context, name, source string) (text string, incomplete bool, err error) {
	source, answers := s.withoutPrompts(source)
	if answers > 0 {
		s.notice("%s between the prompts left out: what a shell had answered", plural(answers, "line"))
	}
	c, _, err := s.understand(name, source, true)
	if err != nil {
		return "", waits(err) != vm.Wait{}, err
	}
	s.silence, s.tally, s.printed = "", tally{}, nil
	values, err := s.call(ctx, c.fn, name, func(values []glua.LValue) {
		if len(values) == 0 {
			return
		}
		text = s.display(values)
		if values[0] != glua.LNil {
			s.vm.SetGlobal("_", values[0])
			second := glua.LNil
			if len(values) > 1 {
				second = values[1]
			}
			s.vm.SetGlobal("__", second)
		}
	})
	c.keep(err)
	s.tell(values)
	return text, false, err
}

// A compiled entry is its function, and the variables that it makes.
type compiled struct {
	fn     *glua.LFunction
	locals *vm.Declared // nil when they end with it
}

// keep keeps the variables after a run that ended with err.
func (c compiled) keep(err error) {
	if c.locals != nil {
		c.locals.Keep(err != nil)
	}
}

// longEntry is from how many bytes on an entry whose blocks and brackets are open is not compiled after every line: that takes
// minutes for a table of some thousand lines.
const longEntry = 8 << 10

// understand compiles an entry as an expression, as statements or as Python. It returns the Lua that was compiled, and tells of a
// translation if it is to.
func (s *State) understand(name, source string, tell bool) (compiled, string, error) {
	if len(source) > longEntry {
		if wait := vm.Awaits(source); wait != (vm.Wait{}) {
			return compiled{}, source, &vm.SyntaxError{Script: name, What: "syntax error: the entry ends in the middle: it waits for " + wait.What, Waits: wait}
		}
	}
	c, err := s.compileEntry(name, source)
	if err != nil && !isSyntax(err) { // too long, too deep
		return c, source, err
	}
	reading := python.Read(source, s.whole, s.known)
	switch {
	case reading.Lua != "":
		again, failure := s.compileEntry(name, reading.Lua)
		if failure == nil {
			if tell {
				s.announceLua(reading)
			}
			return again, reading.Lua, nil
		}
	case reading.Open && (reading.Block || waits(err) == vm.Wait{}):
		return c, source, unfinished(name, reading)
	case reading.Hint != "" && !reading.Open:
		return c, source, &Error{Script: name, Line: reading.Line, What: reading.Hint}
	}
	return c, source, err
}

// announceLua shows how Lua writes an entry of Python's.
func (s *State) announceLua(reading python.Reading) {
	s.notice("%s", strings.Trim(reading.Lua, "\n")) // piped lines have their number in newlines
	if reading.Note != "" {
		s.notice("%s", reading.Note)
	}
}

// unfinished is the error of an entry that is the beginning of something in Python's spelling, or was to be and ended in a bracket.
func unfinished(name string, reading python.Reading) error {
	if reading.Line > 0 {
		return &Error{Script: name, Line: reading.Line, What: reading.Hint}
	}
	wait := vm.Wait{What: reading.Hint}
	return &Error{Script: name, What: "the entry ends in the middle: it waits for " + wait.What, cause: &vm.SyntaxError{Script: name, What: "unfinished", Waits: wait}}
}

// compileEntry compiles an entry as an expression or, when it is none, as statements. The error is that of the reading that
// got further, or the one that says that more lines are to come.
func (s *State) compileEntry(name, source string) (compiled, error) {
	c, expression := s.compileStep(name, "return "+source)
	if expression == nil {
		return c, nil
	}
	c, err := s.compileStep(name, source)
	switch {
	case err == nil || waits(err) != vm.Wait{}:
		return c, err
	case waits(expression) != vm.Wait{}:
		return c, expression
	}
	return c, further(err, expression)
}

// compileStep compiles a chunk whose variables live on.
func (s *State) compileStep(name, source string) (compiled, error) {
	fn, locals, err := s.vm.CompileIn(s.scope, name, source)
	return compiled{fn, locals}, s.syntax(name, err)
}

// known is what a global stands for, or a field of a table, for the reading of Python.
func (s *State) known(name string) python.Kind {
	table, field, dotted := strings.Cut(name, ".")
	value := s.variable(table)
	if dotted {
		t, ok := value.(*glua.LTable)
		if !ok {
			return python.Unknown
		}
		value = t.RawGetString(field)
	}
	switch v := value.(type) {
	case *glua.LNilType:
		return python.Unknown
	case *glua.LFunction:
		if _, ours := s.declared[v]; ours {
			return python.Function
		}
	case *glua.LUserData:
		switch v.Value.(type) {
		case *craft.Protocol:
			return python.Layer
		case *craft.Packet, layerView:
			return python.Packet
		case *pair:
			return python.Pair
		}
		return python.Value
	case *glua.LTable:
		switch v.Metatable {
		case s.types.list:
			return python.List
		case s.types.exchange:
			return python.Answers
		case glua.LNil:
			return tableKind(v)
		}
		if s.kindOf(v) != nil || v.Metatable == s.types.sessions {
			return python.Value
		}
	case glua.LString:
		return python.Text
	case glua.LNumber:
		return python.Number
	}
	return python.Other
}

// tableKind tells a table that has entries by names from a list, and from one with functions. It looks at a few of its elements.
func tableKind(t *glua.LTable) python.Kind {
	kind := python.Table
	key, v := t.Next(glua.LNil)
	for i := 0; key != glua.LNil && i < 100; i++ {
		if key.Type() != glua.LTString || v.Type() == glua.LTFunction {
			return python.Table
		}
		kind = python.Dict
		key, v = t.Next(key)
	}
	return kind
}

// further is the syntax error of the reading that got further: of the entry as statements or as an expression, whose
// first line has "return " in front.
func further(statements, expression error) error {
	var a, b *Error
	if !errors.As(statements, &a) || !errors.As(expression, &b) || a.Line == 0 { // at the end of the entry
		return statements
	}
	column := b.Column
	if b.Line == 1 && column > 0 {
		column = max(column-len("return "), 1)
	}
	if b.Line > a.Line || b.Line == a.Line && column > a.Column {
		return &Error{Script: b.Script, Line: b.Line, Column: column, What: b.What, cause: b.cause}
	}
	return statements
}

// variable is what a name stands for at the prompt: a local variable of an earlier entry, or a global; LNil when it is neither. It
// runs nothing.
func (s *State) variable(name string) glua.LValue {
	if v, ok := s.scope.Value(name); ok {
		return v
	}
	return s.vm.Global(name)
}
