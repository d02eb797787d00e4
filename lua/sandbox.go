package lua

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"
)

// forbidden are the base functions that load code, reach the interpreter's insides, or end the process.
var forbidden = []string{"dofile", "loadfile", "load", "loadstring", "require", "module", "newproxy", "collectgarbage", "_printregs", "getfenv", "setfenv"}

// openLibraries opens the parts of Lua's library that touch nothing outside the interpreter.
func (s *State) openLibraries() {
	for _, lib := range []struct {
		name string
		open glua.LGFunction
	}{
		{glua.BaseLibName, glua.OpenBase},
		{glua.TabLibName, glua.OpenTable},
		{glua.StringLibName, glua.OpenString},
		{glua.MathLibName, glua.OpenMath},
		{glua.CoroutineLibName, glua.OpenCoroutine},
	} {
		s.l.Push(s.l.NewFunction(lib.open))
		s.l.Push(glua.LString(lib.name))
		s.l.Call(1, 0)
	}
	for _, name := range forbidden {
		s.l.SetGlobal(name, glua.LNil)
	}
	s.l.SetGlobal("print", s.l.NewFunction(s.print))
	s.tostring = s.l.NewFunction(func(l *glua.LState) int { return pushString(l, s.text(l.CheckAny(1))) })
	s.l.SetGlobal("tostring", s.tostring)
	s.ownRandom()
	s.boundStrings()
}

// text is a value as print and tostring write it.
func (s *State) text(v glua.LValue) string {
	if n, ok := v.(glua.LNumber); ok {
		return text(n)
	}
	return s.l.ToStringMeta(v).String()
}

// text is a plain value as Lua writes it: whole numbers without an exponent where there need not be one,
// others with the digits they need: a time of day has microseconds.
func text(v glua.LValue) string {
	n, ok := v.(glua.LNumber)
	switch {
	case !ok:
		return v.String()
	case math.Trunc(float64(n)) == float64(n) && math.Abs(float64(n)) < 1e15:
		return strconv.FormatInt(int64(n), 10)
	}
	if size := math.Abs(float64(n)); size >= 1e-4 && size < 1e15 {
		return strconv.FormatFloat(float64(n), 'f', -1, 64)
	}
	return strconv.FormatFloat(float64(n), 'g', -1, 64)
}

// print writes to the State's own output.
func (s *State) print(l *glua.LState) int {
	parts := make([]string, l.GetTop())
	for i := range parts {
		parts[i] = s.text(l.Get(i + 1))
	}
	if _, err := fmt.Fprintln(s.config.Stdout, strings.Join(parts, "\t")); err != nil {
		l.RaiseError("print: %s", err)
	}
	return 0
}

// maxString is the longest string that one call of the library makes, in bytes.
const maxString = 64 << 20

// boundStrings replaces the string functions that one call can keep busy for minutes or make huge: the interpreter
// looks at its context between instructions only.
func (s *State) boundStrings() {
	lib, ok := s.l.GetGlobal(glua.StringLibName).(*glua.LTable)
	if !ok {
		return
	}
	s.boundSizes(lib)
	// Outermost, and so first: the bound on gsub's result counts matches.
	for _, name := range []string{"find", "match", "gmatch", "gsub"} {
		s.checked(lib, name, func(l *glua.LState) {
			if name != "find" || !glua.LVAsBool(l.Get(4)) { // a plain find matches no pattern
				s.probe(l, name, l.CheckString(1), l.CheckString(2))
			}
		})
	}
}

// maxValues is how many values one call can return.
const maxValues = 100_000

// boundSizes refuses the calls that would make something huge in one instruction.
func (s *State) boundSizes(lib *glua.LTable) {
	s.checked(lib, "byte", func(l *glua.LState) { s.checkSpan(l, "string.byte", len(l.CheckString(1)), 1) })
	s.checked(s.l.G.Global, "unpack", func(l *glua.LState) { s.checkSpan(l, "unpack", l.CheckTable(1).Len(), l.CheckTable(1).Len()) })
	s.checked(lib, "rep", func(l *glua.LState) {
		unit, n := l.CheckString(1), float64(l.CheckNumber(2))
		if float64(len(unit))*n > maxString || math.IsNaN(n) {
			l.RaiseError("string.rep: want at most %d bytes, got %s times %d", maxString, text(l.Get(2)), len(unit))
		}
	})
	s.checked(lib, "gsub", func(l *glua.LState) {
		with, ok := l.Get(3).(glua.LString)
		if !ok || (len(l.CheckString(1))+1)*len(with) <= maxString {
			return
		}
		found, err := pm.Find(l.CheckString(2), []byte(l.CheckString(1)), 0, -1)
		if err == nil && len(found)*len(with) > maxString {
			l.RaiseError("string.gsub: want a result of at most %d bytes, got %d times %d", maxString, len(found), len(with))
		}
	})
	if tables, ok := s.l.GetGlobal(glua.TabLibName).(*glua.LTable); ok {
		s.checked(tables, "concat", func(l *glua.LState) {
			t, size := l.CheckTable(1), 0
			for i := 1; i <= t.Len(); i++ {
				if size += len(t.RawGetInt(i).String()) + len(l.OptString(2, "")); size > maxString {
					l.RaiseError("table.concat: want a result of at most %d bytes", maxString)
				}
			}
		})
	}
}

// checked puts a check before a function of a library.
func (s *State) checked(lib *glua.LTable, name string, check func(*glua.LState)) {
	original := lib.RawGetString(name)
	lib.RawSetString(name, s.l.NewFunction(func(l *glua.LState) int {
		check(l)
		return passOn(l, original)
	}))
}

// checkSpan refuses a call whose arguments 2 and 3 span too many values; last is where the third is when not given.
func (s *State) checkSpan(l *glua.LState, name string, size, last int) {
	first := float64(l.OptNumber(2, 1))
	end := float64(l.OptNumber(3, glua.LNumber(last)))
	if end < 0 {
		end += float64(size) + 1
	}
	if end-first > maxValues || math.IsNaN(end-first) {
		l.RaiseError("%s: want at most %d values", name, maxValues)
	}
}

const (
	// quickMatch is how many steps of pattern matching are done without watching the clock.
	quickMatch = 1e6
	// longMatch is how long a pattern may take.
	longMatch = 2 * time.Second
)

// probe runs a pattern that may backtrack for long on a goroutine of its own first: the matcher cannot be stopped, and an
// interrupt need not wait for it. One that takes too long is refused and left to end alone.
func (s *State) probe(l *glua.LState, name, subject, pattern string) {
	steps := float64(len(subject) + 1)
	steps *= math.Exp2(float64(strings.Count(pattern, "?")))
	for range strings.Count(pattern, "*") + strings.Count(pattern, "-") + strings.Count(pattern, "+") {
		steps *= float64(len(subject) + 1)
	}
	if steps <= quickMatch {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()                // the real call meets the same trouble and reports it
		_, _ = pm.Find(pattern, []byte(subject), 0, -1) // only its end matters
	}()
	select {
	case <-done:
	case <-time.After(longMatch):
		l.RaiseError("string.%s: the pattern %q takes more than %s on %d bytes", name, pattern, longMatch, len(subject))
	case <-s.ctx().Done():
		l.RaiseError("%s", ErrInterrupted)
	}
}
