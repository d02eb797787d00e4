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

// Eval runs one entry of a prompt: the values of an expression come back as text to print, a statement runs. The first
// value stays in the global _. incomplete reports that the entry is the beginning of a block and nothing was run. An
// entry in Python's spelling is translated; the Lua that was understood is written to Stderr. When ctx ends first, the error is
// ErrInterrupted, and text holds the values if the interrupted call had some.
func (s *State) Eval(ctx context.Context, name, source string) (text string, incomplete bool, err error) {
	fn, source, err := s.understand(name, source)
	if err != nil {
		return "", open(err), err
	}
	s.silence = ""
	values, err := s.call(ctx, fn, name, source, func(values []glua.LValue) {
		if len(values) == 0 {
			return
		}
		text = s.display(values)
		if values[0] != glua.LNil {
			s.vm.SetGlobal("_", values[0])
		}
	})
	switch {
	case err != nil:
		return text, false, err
	case len(values) == 1 && values[0] == glua.LNil && s.silence != "":
		s.notice("%s", s.silence)
	case len(values) == 0:
		s.announceLocals(source)
	}
	return text, false, nil
}

// longEntry is from how many bytes on an entry whose blocks and brackets are open is not compiled after every line: that takes
// minutes for a table of some thousand lines.
const longEntry = 8 << 10

// understand compiles an entry as an expression, as statements or as Python. It returns the Lua that was compiled.
func (s *State) understand(name, source string) (*glua.LFunction, string, error) {
	if len(source) > longEntry && vm.Unclosed(source) {
		return nil, source, &vm.SyntaxError{Script: name, What: "syntax error: the entry ends in the middle of a block", Open: true}
	}
	fn, err := s.compileEntry(name, source)
	if err != nil && !isSyntax(err) { // too long, too deep
		return nil, source, err
	}
	reading := python.Read(source, s.known)
	switch {
	case reading.Line > 0:
		return nil, source, &Error{Script: name, Line: reading.Line, What: reading.Hint}
	case open(err):
		return nil, source, err
	case reading.Lua != "":
		again, failure := s.compileEntry(name, reading.Lua)
		if failure == nil {
			s.notice("%s", strings.TrimLeft(reading.Lua, "\n")) // piped lines have their number in newlines
			return again, reading.Lua, nil
		}
		if open(failure) {
			return nil, reading.Lua, failure
		}
	case reading.Hint != "":
		return nil, source, instead(name, reading.Hint, err)
	}
	return fn, source, err
}

// compileEntry compiles an entry as an expression or, when it is none, as statements. The error is that of the reading that
// got further, or the one that says that more lines are to come.
func (s *State) compileEntry(name, source string) (*glua.LFunction, error) {
	fn, expression := s.load(name, "return "+source)
	if expression == nil {
		return fn, nil
	}
	fn, err := s.load(name, source)
	if err == nil || open(err) {
		return fn, err
	}
	return nil, further(err, expression)
}

// known is what a global stands for, for the reading of Python.
func (s *State) known(name string) python.Kind {
	switch v := s.vm.Global(name).(type) {
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
		case *craft.Packet:
			return python.Packet
		case layerView:
			return python.Value
		}
	case *glua.LTable:
		if v.Metatable == s.types.list || v.Metatable == s.types.exchange {
			return python.Value
		}
	}
	return python.Other
}

// instead is a hint in place of a syntax error.
func instead(name, hint string, err error) error {
	e := &Error{Script: name, What: hint}
	var at *Error
	if errors.As(err, &at) {
		e.Line = at.Line
	}
	return e
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

// announceLocals says that the variables of an entry which only makes locals are gone after it: the entry is their scope.
func (s *State) announceLocals(source string) {
	if names := vm.Locals(source); names != nil {
		s.notice("local %s ends with this entry; without \"local\" it stays", strings.Join(names, ", "))
	}
}
