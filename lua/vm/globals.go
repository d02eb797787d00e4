package vm

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"
)

// Reading a global that was never assigned is an error: a slip of the fingers would be nil, which is what leaves things out. A
// metatable of the globals sees what is not there; what is there is found before it is asked.

// Strict has reading a global that nobody has assigned raise an error from now on. What is there now counts as assigned, also when a
// script removes it, and so do the given names, which are nil until somebody assigns them.
func (m *Machine) Strict(unassigned ...string) {
	m.assigned = map[string]bool{}
	m.l.G.Global.ForEach(func(k, _ glua.LValue) { m.assigned[k.String()] = true })
	for _, name := range unassigned {
		m.assigned[name] = true
	}
	mt := m.l.NewTable()
	mt.RawSetString("__index", m.l.NewFunction(m.unassigned))
	mt.RawSetString("__newindex", m.l.NewFunction(m.assign))
	m.l.G.Global.Metatable = mt
}

// Layer is a table of globals in front of others: what is assigned stays in it, what it lacks is read behind it.
func (m *Machine) Layer(behind *glua.LTable) *glua.LTable {
	t, mt := m.l.NewTable(), m.l.NewTable()
	mt.RawSetString("__index", behind)
	mt.RawSetString("__newindex", m.l.NewFunction(m.assign))
	t.Metatable = mt
	return t
}

// assign is _G[name] = value of a name that has none.
func (m *Machine) assign(l *glua.LState) int {
	if name, ok := l.Get(2).(glua.LString); ok {
		m.assigned[string(name)] = true
	}
	l.RawSet(l.CheckTable(1), l.Get(2), l.Get(3))
	return 0
}

// unassigned is _G[name] of a name that has no value.
func (m *Machine) unassigned(l *glua.LState) int {
	name, ok := l.Get(2).(glua.LString)
	if ok && !m.assigned[string(name)] {
		l.RaiseError("%s", m.unknown(l, string(name)))
	}
	l.Push(glua.LNil)
	return 1
}

// An Unknown is the reading of a global that was never assigned.
type Unknown struct {
	// Name is the global's.
	Name string
	// Near are the local variables where it is read.
	Near []string
	// Tested reports that it is only looked whether there is such a global, as in if x == nil.
	Tested bool
}

// tested reports whether a global that an instruction reads is compared or tested next, or is read as a field of _G.
func (f frame) tested() bool {
	code := f.fn.Proto.Code
	if opcode(code[f.pc]) != glua.OP_GETGLOBAL {
		return true
	}
	reg := operandA(code[f.pc])
	for _, inst := range code[f.pc+1 : min(f.pc+3, len(code))] {
		switch a, b, c := operandA(inst), operandB(inst), operandC(inst); opcode(inst) {
		case glua.OP_TEST:
			return a == reg
		case glua.OP_TESTSET, glua.OP_NOT:
			return b == reg
		case glua.OP_EQ:
			return b == reg || c == reg
		}
	}
	return false
}

// unknown is the error for a global that was never assigned.
func (m *Machine) unknown(l *glua.LState, name string) string {
	u := Unknown{Name: name}
	if f, ok := frameAt(l, 1); ok {
		u.Near, u.Tested = f.locals(), f.tested()
	}
	if m.options.Unknown != nil {
		return m.options.Unknown(u)
	}
	return fmt.Sprintf("variable '%s' is not declared", shortName(name))
}
