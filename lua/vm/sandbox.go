package vm

import (
	"math"

	glua "github.com/yuin/gopher-lua"
)

// forbidden are the base functions that load code, reach the interpreter's insides, or end the process.
var forbidden = []string{"dofile", "loadfile", "load", "loadstring", "require", "module", "newproxy", "collectgarbage", "_printregs", "getfenv", "setfenv"}

// openLibraries opens the parts of Lua's library that touch nothing outside the interpreter.
func (m *Machine) openLibraries() {
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
		m.l.Push(m.l.NewFunction(lib.open))
		m.l.Push(glua.LString(lib.name))
		m.l.Call(1, 0)
	}
	for _, name := range forbidden {
		m.l.SetGlobal(name, glua.LNil)
	}
	m.l.SetGlobal("print", glua.LNil)
	m.tostring = m.l.NewFunction(func(l *glua.LState) int {
		l.Push(glua.LString(ToString(l, l.CheckAny(1))))
		return 1
	})
	m.l.SetGlobal("tostring", m.tostring)
	m.boundStrings()
}

// maxString is the longest string that one call of the library makes, in bytes.
const maxString = 64 << 20

// boundStrings replaces the string functions that one call can keep busy for minutes or make huge: the interpreter
// looks at its context between instructions only.
func (m *Machine) boundStrings() {
	lib, ok := m.l.GetGlobal(glua.StringLibName).(*glua.LTable)
	if !ok {
		return
	}
	m.boundSizes(lib)
	m.openPatterns(lib)
}

// maxValues is how many values one call can return.
const maxValues = 100_000

// boundSizes refuses the calls that would make something huge in one instruction.
func (m *Machine) boundSizes(lib *glua.LTable) {
	m.checked(lib, "byte", func(l *glua.LState) { m.checkSpan(l, "string.byte", len(l.CheckString(1)), 1) })
	m.checked(m.l.G.Global, "unpack", func(l *glua.LState) { m.checkSpan(l, "unpack", l.CheckTable(1).Len(), l.CheckTable(1).Len()) })
	m.checked(lib, "rep", func(l *glua.LState) {
		unit, n := l.CheckString(1), float64(l.CheckNumber(2))
		if float64(len(unit))*n > maxString || math.IsNaN(n) {
			l.RaiseError("string.rep: want at most %d bytes, got %s times %d", maxString, Text(l.Get(2)), len(unit))
		}
	})
	if tables, ok := m.l.GetGlobal(glua.TabLibName).(*glua.LTable); ok {
		m.checked(tables, "concat", func(l *glua.LState) {
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
func (m *Machine) checked(lib *glua.LTable, name string, check func(*glua.LState)) {
	original := lib.RawGetString(name)
	lib.RawSetString(name, m.l.NewFunction(func(l *glua.LState) int {
		check(l)
		return passOn(l, original)
	}))
}

// checkSpan refuses a call whose arguments 2 and 3 span too many values; last is where the third is when not given.
func (m *Machine) checkSpan(l *glua.LState, name string, size, last int) {
	first := float64(l.OptNumber(2, 1))
	end := float64(l.OptNumber(3, glua.LNumber(last)))
	if end < 0 {
		end += float64(size) + 1
	}
	if end-first > maxValues || math.IsNaN(end-first) {
		l.RaiseError("%s: want at most %d values", name, maxValues)
	}
}
