package vm

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// Reading a global that was never assigned is an error: a slip of the fingers would be nil, which is what leaves things out. So is
// reading a name that a library does not have. A metatable sees what is not there; what is there is found before it is asked.

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

// StrictTable has reading what a table does not have raise an error, as Strict does for globals; name is what scripts call it. Scripts may
// add to it. What was there or was added, and was removed, is nil, and so are the given names as long as nobody sets them, and
// what a table lacks that has this one for its __index.
func (m *Machine) StrictTable(name string, t *glua.LTable, unassigned ...string) {
	assigned := map[glua.LValue]bool{}
	t.ForEach(func(k, _ glua.LValue) { assigned[k] = true })
	for _, name := range unassigned {
		assigned[glua.LString(name)] = true
	}
	mt := m.l.NewTable()
	mt.RawSetString("__index", m.l.NewFunction(func(l *glua.LState) int {
		if key := l.Get(2); !assigned[key] && indexed(l) == t {
			l.RaiseError("%s", m.absent(l, name, t, key))
		}
		l.Push(glua.LNil)
		return 1
	}))
	mt.RawSetString("__newindex", m.l.NewFunction(func(l *glua.LState) int {
		assigned[l.Get(2)] = true
		l.RawSet(t, l.Get(2), l.Get(3))
		return 0
	}))
	t.Metatable = mt
}

// absent is the error for what a strict table does not have.
func (m *Machine) absent(l *glua.LState, table string, t *glua.LTable, key glua.LValue) string {
	u := Unknown{Table: table, Name: Text(key)}
	if f, ok := frameAt(l, 1); ok {
		u.Tested = f.tested(false)
	}
	t.ForEach(func(k, _ glua.LValue) {
		if name, ok := k.(glua.LString); ok && !strings.HasPrefix(string(name), "__") { // the library of texts is their metatable, too
			u.Near = append(u.Near, string(name))
		}
	})
	slices.Sort(u.Near)
	return m.reported(u)
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

// An Unknown is the reading of a global that was never assigned, or of what a strict table does not have.
type Unknown struct {
	// Table is what scripts call the table; "" for the globals.
	Table string
	// Name is the global's, or what the table was indexed with.
	Name string
	// Near are the local variables where a global is read, or the names that the table has, in the order of the alphabet.
	Near []string
	// Tested says that it is only looked whether there is such a thing, as in if x == nil.
	Tested bool
}

// tested reports whether what an instruction reads is compared or tested next. field is what it reports of what is read with an index.
func (f frame) tested(field bool) bool {
	code := f.fn.Proto.Code
	if field && opcode(code[f.pc]) != glua.OP_GETGLOBAL {
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
		u.Near, u.Tested = f.locals(), f.tested(true)
	}
	return m.reported(u)
}

func (m *Machine) reported(u Unknown) string {
	switch {
	case m.options.Unknown != nil:
		return m.options.Unknown(u)
	case u.Table != "":
		return fmt.Sprintf("%s has no field '%s'", u.Table, shortName(u.Name))
	}
	return fmt.Sprintf("variable '%s' is not declared", shortName(u.Name))
}
