package lua

import (
	"regexp"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
)

// A function is one global function. What help prints, what completion offers and which options a call takes are read
// from here.
type function struct {
	name    string   // as it is called: "sr1", "judge.path"
	usage   string   // "sr1(packets, {options})"
	doc     string   // what it does and returns; what stands behind an empty line only help shows
	options []option // of the table of options, if it takes one
	call    glua.LGFunction
}

// brief is the first paragraph of what a function does.
func (f function) brief() string {
	first, _, _ := strings.Cut(f.doc, "\n\n")
	return first
}

// An option is one name in a table of options.
type option struct {
	name, doc string
}

// names are the options' names, in the order they are listed.
func names(options []option) []string {
	all := make([]string, len(options))
	for i, o := range options {
		all[i] = o.name
	}
	return all
}

// A method is one p:name(...) of a kind of value, or with no call a field p.name.
type method struct {
	name, usage, doc string
	call             func(s *State, l *glua.LState) int
}

// declare makes functions globals. A name with a dot stands in a table.
func (s *State) declare(functions []function) {
	for _, f := range functions {
		fn := s.l.NewFunction(binding.Checked(s.vm, f.name, f.usage, 0, f.call))
		s.vm.SetName(fn, f.name, f.usage)
		s.functions = append(s.functions, f)
		s.declared[fn] = len(s.functions) - 1
		table, name, nested := strings.Cut(f.name, ".")
		if !nested {
			s.l.SetGlobal(f.name, fn)
			continue
		}
		t, ok := s.vm.Global(table).(*glua.LTable)
		if !ok {
			t = s.l.NewTable()
			s.l.SetGlobal(table, t)
		}
		t.RawSetString(name, fn)
	}
}

// strictLibraries has reading what a library does not have raise an error: of Lua's own and of ours, as they stand in a table of globals.
func (s *State) strictLibraries(globals *glua.LTable) {
	globals.ForEach(func(name, v glua.LValue) {
		if t, ok := v.(*glua.LTable); ok && t != s.l.G.Global {
			s.vm.StrictTable(name.String(), t)
		}
	})
}

// function finds a global function by its name.
func (s *State) function(name string) (function, bool) {
	for _, f := range s.functions {
		if f.name == name {
			return f, true
		}
	}
	return function{}, false
}

// bind makes the methods of a kind of value callable, in the interpreter's own form.
func (s *State) bind(methods []method) map[string]*glua.LFunction {
	bound := map[string]*glua.LFunction{}
	for _, m := range methods {
		if m.call != nil {
			bound[m.name] = binding.Method(s.vm, m.name, m.usage, func(l *glua.LState) int { return m.call(s, l) })
		}
	}
	return bound
}

// methods is the __index of values that have nothing but methods.
func (s *State) methods(kind string, methods []method) glua.LGFunction {
	bound := s.bind(methods)
	return func(l *glua.LState) int {
		if n, ok := l.Get(2).(glua.LNumber); ok {
			if n == 0 {
				l.RaiseError("%s: lists begin at 1", kind)
			}
			l.Push(glua.LNil) // beyond the end
			return 1
		}
		name := l.CheckString(2)
		fn, ok := bound[name]
		if !ok {
			l.RaiseError("%s: no method %q; there are %s%s", kind, name, strings.Join(methodNames(methods), ", "), didYouMean(name, methodNames(methods)))
		}
		l.Push(fn)
		return 1
	}
}

func methodNames(methods []method) []string {
	all := make([]string, len(methods))
	for i, m := range methods {
		all[i] = m.name
	}
	return all
}

// identifier is a name as Lua writes it.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
