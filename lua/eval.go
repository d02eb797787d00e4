package lua

import (
	"context"
	"errors"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// Eval runs one entry of a prompt: the values of an expression come back as text to print, a statement runs. The first
// value stays in the global _. incomplete reports that the entry is the beginning of a block and nothing was run. An
// entry in Python's spelling is translated; what was understood is told on Stderr. When ctx ends first, the error is
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
		s.tellLocals(source)
	}
	return text, false, nil
}

// understand compiles an entry as an expression, as statements or, when it is no Lua, as Python. It returns the Lua that
// was compiled.
func (s *State) understand(name, source string) (*glua.LFunction, string, error) {
	fn, expression := s.load(name, "return "+source)
	err := expression
	if err != nil {
		fn, err = s.load(name, source)
	}
	if err == nil {
		if mended, ok := s.mended(source); ok {
			if again, lua := s.translated(name, mended); lua == nil {
				return again, mended, nil
			}
		}
		return fn, source, nil
	}
	if block := s.pythonHint(name, source); block != nil {
		return nil, source, block
	}
	if open(err) {
		return nil, source, err
	}
	if translated, ok := python.Translate(source); ok {
		if s.slips(translated).measured {
			return nil, source, instead(name, "the bytes of a packet are counted by #bytes(p): #p counts the packets that it stands for", err)
		}
		fn, again := s.translated(name, translated)
		if again == nil || open(again) {
			return fn, translated, again
		}
	} else if hint := loopHint(source); hint != "" {
		return nil, source, instead(name, hint, further(err, expression))
	}
	return nil, source, further(err, expression)
}

// translated compiles what Python was understood as, and tells it.
func (s *State) translated(name, source string) (*glua.LFunction, error) {
	fn, err := s.load(name, "return "+source)
	if err != nil {
		fn, err = s.load(name, source)
	}
	if err == nil {
		s.notice("%s", strings.TrimLeft(source, "\n")) // piped lines have their number in newlines
	}
	return fn, err
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
		return &Error{Script: b.Script, Line: b.Line, Column: column, What: b.What}
	}
	return statements
}

// tellLocals says that the variables of an entry which only makes locals are gone after it: the entry is their scope.
func (s *State) tellLocals(source string) {
	if names := vm.Locals(source); names != nil {
		s.notice("local %s ends with this entry; without \"local\" it stays", strings.Join(names, ", "))
	}
}
