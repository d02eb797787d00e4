package binding

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// Type makes a metatable with such events. Scripts cannot see or change it.
func Type(m *vm.Machine, name string, events map[string]glua.LGFunction) *glua.LTable {
	mt := m.Lua().NewTable()
	for event, fn := range events {
		mt.RawSetString(event, m.Lua().NewFunction(fn))
	}
	mt.RawSetString("__metatable", glua.LString(name))
	return mt
}
