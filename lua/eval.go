package lua

import (
	"context"
	"errors"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/entry"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// An Entry is what was typed or pasted at once, as Read understands it.
type Entry = entry.Entry

// Read cuts an entry of a prompt into its steps, for Eval. An entry of several is one chunk all the same: when one of them is not Lua the
// error says so, and nothing is to be run. Prompts in front of its lines are taken off, as they are copied from a page.
func (s *State) Read(name, source string) (Entry, error) {
	e, err := s.entries.Read(name, source)
	if e.Waits == (vm.Wait{}) { // it is read again
		s.announceAnswers(e.Answers)
	}
	return e, s.syntax(name, source, err)
}

// ReadNext is Read for the lines of one input that come one after the other, as from a pipe: once one had a prompt, those without belong to
// an entry that is not complete, or are what a shell had answered.
func (s *State) ReadNext(name, source string) (Entry, error) {
	e, err := s.entries.ReadNext(name, source)
	if len(e.Answers) > 0 && !s.answered {
		s.answered = true
		s.notice("%s:%d: a line without a prompt, behind lines that have one, is left out, as all such: what a shell had answered", name, e.Answers[0])
	}
	for _, line := range e.Orphans {
		s.notice("%s:%d: left out: it goes on with an entry that has ended", name, line)
	}
	return e, s.syntax(name, source, err)
}

// announceAnswers tells of lines that were left out.
func (s *State) announceAnswers(lines []int) {
	if len(lines) > 0 {
		s.notice("%s between the prompts left out: what a shell had answered", binding.Plural(len(lines), "line"))
	}
}

// Eval runs one step of an entry, or a chunk of the command line: the values of an expression come back as text to print, a
// statement runs. The first value stays in the global _, the second in __, and the local variables of the top level in what is evaluated next. incomplete
// reports that it is the beginning of a block and nothing was run. What is in Python's spelling is translated; the Lua that was understood
// is written to Stderr. When ctx ends first, the error is ErrInterrupted, and text holds the values if the interrupted call had some.
func (s *State) Eval(ctx context.Context, name, source string) (text string, incomplete bool, err error) {
	source, answers := s.entries.WithoutPrompts(source)
	s.announceAnswers(answers)
	c, reading, err := s.entries.Understand(name, source)
	if err != nil {
		return "", entry.Waits(err) != vm.Wait{}, s.syntax(name, source, err)
	}
	s.announceLua(reading)
	made := python.Made(source, s.known)
	c.locals.Returned() // a file's, which -i ran
	s.silence, s.tally, s.lists.Printed = "", tally{}, nil
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
	s.remember(made)
	s.returned = c.locals.Returned()
	s.tell(values)
	return text, false, err
}

// Returned reports that the step that Eval ran last came to a return outside of functions. It ends the entry, as it ends a file.
func (s *State) Returned() bool { return s.returned }

// A compiled entry is its function, and the variables that it makes.
type compiled struct {
	fn     *glua.LFunction
	locals *vm.Declared // nil when they end with it
}

// keep keeps the variables after a run that ended with err.
func (c compiled) keep(err error) {
	switch {
	case c.locals == nil:
	case errors.Is(err, vm.ErrMemory):
		c.locals.Drop() // or the next entry has no room either
	default:
		c.locals.Keep(err != nil)
	}
}

// announceLua shows how Lua writes an entry of Python's.
func (s *State) announceLua(reading python.Reading) {
	if reading.Lua != "" {
		s.notice("%s", strings.Trim(reading.Lua, "\n")) // piped lines have their number in newlines
	}
	if reading.Note != "" {
		s.notice("%s", reading.Note)
	}
}

// openEntries makes the reader of what is typed.
func (s *State) openEntries() {
	s.entries = &entry.Reader[compiled]{Known: s.known, Compile: s.compileStep, Place: func() string {
		if s.session == nil {
			return ""
		}
		return s.session.Name
	}}
}

// compileStep compiles a chunk whose variables live on.
func (s *State) compileStep(name, source string, expression bool) (compiled, error) {
	compile := s.vm.CompileIn
	if expression {
		compile = s.vm.CompileValueIn
	}
	fn, locals, err := compile(s.scope, name, source)
	return compiled{fn, locals}, err
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
		case *lists.Pair:
			return python.Pair
		}
		return python.Value
	case *glua.LTable:
		switch {
		case s.lists.IsPackets(v):
			return python.List
		case s.lists.IsAnswers(v):
			return python.Answers
		case v.Metatable == glua.LNil:
			if m := s.made[name]; m.value == value {
				return m.kind
			}
			return tableKind(v)
		case s.lists.Methods(v) != nil:
			return python.Value
		}
	case glua.LString:
		if m := s.made[name]; m.value == value {
			return m.kind
		}
		return python.Text
	case glua.LNumber:
		return python.Number
	}
	return python.Other
}

// A made value is what the variable of an entry holds as long as the value is the same.
type made struct {
	kind  python.Kind
	value glua.LValue
}

// remember notes what an entry has made.
func (s *State) remember(kinds map[string]python.Kind) {
	for name, kind := range kinds {
		value := s.variable(name)
		if _, text := value.(glua.LString); text != (kind == python.Bytes) {
			continue
		}
		if s.made == nil {
			s.made = map[string]made{}
		}
		s.made[name] = made{kind, value}
	}
}

// tableKind tells a table that is certainly no list from others, and from one with functions. It looks at a few of its elements.
func tableKind(t *glua.LTable) python.Kind {
	kind := python.Dict
	key, v := t.Next(glua.LNil)
	for i := 0; key != glua.LNil && i < 100; i++ {
		n, number := key.(glua.LNumber)
		switch {
		case v.Type() == glua.LTFunction:
			return python.Table
		case number && n != glua.LNumber(i+1): // those of a list come first, in their order
			return python.Dict
		case number:
			kind = python.Table
		}
		key, v = t.Next(key)
	}
	return kind
}

// variable is what a name stands for at the prompt: a local variable of an earlier entry, or a global; LNil when it is neither. It
// runs nothing.
func (s *State) variable(name string) glua.LValue {
	if v, ok := s.scope.Value(name); ok {
		return v
	}
	return s.vm.Global(name)
}
