package vm

import glua "github.com/yuin/gopher-lua"

// IndexText has texts indexed by what is no function of the library of strings answered by read, which returns nil for what Lua has nil for,
// and assignments to them by write. Calls of methods such as s:sub(1) find the library first, as ever. Its metatable (StrictTable) stays the
// one for what is read from the library itself.
func (m *Machine) IndexText(read func(l *glua.LState, text, key string) glua.LValue, write glua.LGFunction) {
	lib, ok := m.Global(glua.StringLibName).(*glua.LTable)
	texts, isTable := m.l.GetMetatable(glua.LString("")).(*glua.LTable)
	if !ok || !isTable {
		return
	}
	mt := m.l.NewTable()
	var own *glua.LFunction
	if before, ok := lib.Metatable.(*glua.LTable); ok {
		before.ForEach(mt.RawSet)
		own, _ = before.RawGetString("__index").(*glua.LFunction)
	}
	mt.RawSetString("__index", m.l.NewFunction(func(l *glua.LState) int {
		text, isText := indexed(l).(glua.LString)
		if !isText && own != nil {
			return own.GFunction(l) // within this call, so that its error has the line
		}
		v := glua.LNil
		if key, named := l.Get(2).(glua.LString); isText && named {
			v = read(l, string(text), string(key))
		}
		l.Push(v)
		return 1
	}))
	lib.Metatable = mt
	texts.RawSetString("__newindex", m.l.NewFunction(write))
}

// indexed is what an instruction indexes which calls the function of Go that runs: a metatable's chain tells of its last table only. It is nil
// when no instruction does.
func indexed(l *glua.LState) glua.LValue {
	f, inLua := frameAt(l, 1)
	if !inLua {
		return glua.LNil
	}
	inst := f.fn.Proto.Code[f.pc]
	switch opcode(inst) {
	case glua.OP_GETTABLE, glua.OP_GETTABLEKS, glua.OP_SELF:
		return register(l, 1, operandB(inst))
	}
	return glua.LNil
}
