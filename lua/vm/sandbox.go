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
	m.l.SetGlobal("tonumber", m.l.NewFunction(toNumber))
	m.l.SetGlobal("assert", m.l.NewFunction(m.assert))
	m.thrower = m.l.NewFunction(throw)
	m.l.SetGlobal("error", m.thrower)
	// The library's own gives a metatable to all texts, all numbers, or nil, too: whatever reads them would change.
	m.checked(m.l.G.Global, "setmetatable", func(l *glua.LState) { l.CheckTable(1) })
	m.boundStrings()
	m.openArithmetic()
}

// nameFunctions has errors name the functions of the library, and leaves those alone that raise a script's own.
func (m *Machine) nameFunctions() {
	m.l.G.Global.ForEach(func(k, v glua.LValue) {
		switch v := v.(type) {
		case *glua.LFunction:
			m.SetName(v, k.String(), "")
		case *glua.LTable:
			if v != m.l.G.Global {
				v.ForEach(func(inner, fn glua.LValue) {
					if fn, ok := fn.(*glua.LFunction); ok {
						m.SetName(fn, k.String()+"."+inner.String(), "")
					}
				})
			}
		}
	})
	for _, name := range []string{"error", "assert"} {
		if fn, ok := m.Global(name).(*glua.LFunction); ok {
			m.raisers[fn] = true
		}
	}
}

// throw is Lua's error. The library's own wants a value.
func throw(l *glua.LState) int {
	v, level := l.Get(1), wholeArg(l, 2, 1)
	if v.Type() == glua.LTNumber && level > 0 {
		v = glua.LString(Text(v)) // which the place is put in front of
	}
	l.Error(v, level)
	return 0
}

// assert is Lua's. As in later versions, any value may be the error.
func (m *Machine) assert(l *glua.LState) int {
	v := l.CheckAny(1)
	switch {
	case glua.LVAsBool(v):
		return l.GetTop()
	case l.GetTop() == 1:
		l.RaiseError("assertion failed!%s", m.unmet(l))
	case l.Get(2).Type() == glua.LTString, l.Get(2).Type() == glua.LTNumber:
		l.RaiseError("%s", Text(l.Get(2)))
	}
	l.Error(l.Get(2), 0)
	return 0
}

// boundStrings replaces the string functions that one call can keep busy for minutes or make huge: the interpreter
// looks at its context between instructions only.
func (m *Machine) boundStrings() {
	lib, ok := m.l.GetGlobal(glua.StringLibName).(*glua.LTable)
	if !ok {
		return
	}
	m.boundSizes(lib)
	m.openPatterns(lib)
	for name, fn := range map[string]glua.LGFunction{"format": m.format, "byte": byteOf, "char": char, "sub": sub, "rep": m.rep, "dump": dump} {
		lib.RawSetString(name, m.l.NewFunction(fn))
	}
	// The library's own take a text for UTF-8: bytes that are none, as packets hold, became others.
	lib.RawSetString("lower", m.l.NewFunction(m.mapped("string.lower", 'A', 'Z')))
	lib.RawSetString("upper", m.l.NewFunction(m.mapped("string.upper", 'a', 'z')))
}

// mapped is a function that changes the case of the letters from first to last.
func (m *Machine) mapped(name string, first, last byte) glua.LGFunction {
	return func(l *glua.LState) int {
		text := l.CheckString(1)
		m.Room(l, name, len(text))
		b := []byte(text)
		for i, c := range b {
			if first <= c && c <= last {
				b[i] ^= 0x20
			}
		}
		l.Push(glua.LString(b))
		return 1
	}
}

// maxValues is how many values one call can return.
const maxValues = 100_000

// boundSizes refuses the calls that would make something huge in one instruction.
func (m *Machine) boundSizes(lib *glua.LTable) {
	m.checked(m.l.G.Global, "unpack", func(l *glua.LState) {
		size := l.CheckTable(1).Len()
		checkSpan(l, "unpack", float64(l.OptNumber(2, 1)), float64(l.OptNumber(3, glua.LNumber(size))))
	})
	m.checked(lib, "reverse", func(l *glua.LState) { m.Room(l, "string.reverse", len(l.CheckString(1))) })
	if tables, ok := m.l.GetGlobal(glua.TabLibName).(*glua.LTable); ok {
		tables.RawSetString("concat", m.l.NewFunction(m.concatTable))
		tables.RawSetString("sort", m.l.NewFunction(sortTable))
		tables.RawSetString("remove", m.l.NewFunction(remove))
		if unpack, ok := m.l.G.Global.RawGetString("unpack").(*glua.LFunction); ok { // where later versions have it: table.unpack or unpack
			tables.RawSetString("unpack", m.l.NewFunction(unpack.GFunction))
		}
		m.checked(tables, "insert", func(l *glua.LState) {
			l.CheckTable(1)
			if n := l.GetTop(); n != 2 && n != 3 {
				l.RaiseError("wrong number of arguments to 'table.insert'")
			}
		})
	}
	if lib, ok := m.l.GetGlobal(glua.MathLibName).(*glua.LTable); ok {
		for _, name := range []string{"max", "min"} {
			m.checked(lib, name, func(l *glua.LState) { l.CheckNumber(1) })
		}
	}
}

// concatTable is Lua's table.concat. gopher-lua's own puts all values on the stack, which has no room for a million.
func (m *Machine) concatTable(l *glua.LState) int {
	t, out, tick := l.CheckTable(1), m.building(l, "table.concat"), ticker(l)
	separator, first := "", l.OptInt(3, 1)
	if l.Get(2) != glua.LNil {
		separator = l.CheckString(2) // a number, too
	}
	last := l.OptInt(4, t.Len())
	for i := first; i <= last; i++ {
		tick(1)
		item := t.RawGetInt(i)
		if !glua.LVCanConvToString(item) {
			way := ""
			if t := item.Type(); t == glua.LTUserData || t == glua.LTTable {
				way = ": its text is tostring(x)"
			}
			l.RaiseError("invalid value (%s) at index %d in table for concat%s", KindOf(item), i, way)
		}
		if i > first {
			out.add(separator)
		}
		out.add(Text(item))
	}
	l.Push(out.text())
	return 1
}

// remove is Lua's table.remove. gopher-lua's own takes the last value for one that is not there, and nil for the last value of a
// table that was longer.
func remove(l *glua.LState) int {
	t := l.CheckTable(1)
	last := t.Len()
	at := wholeArg(l, 2, last)
	if at < 1 || at > last {
		return 0
	}
	l.Push(t.Remove(at))
	return 1
}

// checked puts a check before a function of a library.
func (m *Machine) checked(lib *glua.LTable, name string, check func(*glua.LState)) {
	original := lib.RawGetString(name)
	if fn, ok := original.(*glua.LFunction); ok {
		m.SetName(fn, name, "")
	}
	lib.RawSetString(name, m.l.NewFunction(func(l *glua.LState) int {
		check(l)
		return passOn(l, original)
	}))
}

// checkSpan refuses a call that would return the values from first to last, when they are too many.
func checkSpan(l *glua.LState, name string, first, last float64) {
	if last-first >= maxValues || math.IsNaN(last-first) {
		l.RaiseError("%s: want at most %d values", name, maxValues)
	}
}
