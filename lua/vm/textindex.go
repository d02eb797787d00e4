package vm

import glua "github.com/yuin/gopher-lua"

// IndexText has texts indexed by what is no function of the library of strings answered by read, which returns nil for what Lua has nil for,
// and assignments to them by write. Calls of methods such as s:sub(1) find the library first, as ever.
func (m *Machine) IndexText(read func(l *glua.LState, text, key string) glua.LValue, write glua.LGFunction) {
	lib, ok := m.Global(glua.StringLibName).(*glua.LTable)
	texts, isTable := m.l.GetMetatable(glua.LString("")).(*glua.LTable)
	if !ok || !isTable {
		return
	}
	mt := m.l.NewTable()
	mt.RawSetString("__index", m.l.NewFunction(func(l *glua.LState) int {
		v := glua.LNil
		key, named := l.Get(2).(glua.LString)
		if text, ok := indexedText(l); ok && named {
			v = read(l, text, string(key))
		}
		l.Push(v)
		return 1
	}))
	lib.Metatable = mt
	texts.RawSetString("__newindex", m.l.NewFunction(write))
}

// indexedText is the text that an instruction indexes which calls the function of Go that runs: a metatable's chain tells of its last
// table only, which is the library.
func indexedText(l *glua.LState) (text string, ok bool) {
	f, inLua := frameAt(l, 1)
	if !inLua {
		return "", false
	}
	inst := f.fn.Proto.Code[f.pc]
	switch opcode(inst) {
	case glua.OP_GETTABLE, glua.OP_GETTABLEKS, glua.OP_SELF:
		v, isText := register(l, 1, operandB(inst)).(glua.LString)
		return string(v), isText
	}
	return "", false
}
