package lists

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
)

// What is read from a field as a table (options, addresses, records) is Lua's own in all but its text: print shows what it holds,
// and a for walks it.

// writtenKind is the metatable's name of such tables.
const writtenKind = "list of values"

// writtenType is the metatable of such tables.
func (s *Lists) writtenType() *glua.LTable {
	return binding.Type(s.vm, writtenKind, map[string]glua.LGFunction{
		"__tostring": s.writtenText,
		"__index":    writtenIndex,
		"__iter":     walkTable,
		"__call":     refuseCall,
	})
}

// writtenIndex is what such a table has not: nil, as in Lua, but for the places where other languages' lists begin and end.
func writtenIndex(l *glua.LState) int {
	if n, ok := l.Get(2).(glua.LNumber); ok && n <= 0 {
		l.RaiseError("lists begin at 1: list[1] is the first, list[#list] the last of %s; got [%s]", binding.Plural(l.CheckTable(1).Len(), "value"), n)
	}
	l.Push(glua.LNil)
	return 1
}

// writtenText is such a table as Lua would make it.
func (s *Lists) writtenText(l *glua.LState) int {
	return pushString(l, s.host.TableText(l.CheckTable(1)))
}

// Written marks a table as one of those.
func (s *Lists) Written(t *glua.LTable) *glua.LTable {
	t.Metatable = s.types.written
	return t
}

// walkPairs is for name, value in t do, in the order in which they were put there.
func walkPairs(l *glua.LState) int {
	t := l.CheckTable(1)
	l.Push(l.NewFunction(func(l *glua.LState) int {
		k, v := t.Next(l.Get(2))
		l.Push(k)
		l.Push(v)
		return 2
	}))
	return 1
}

// inOrder calls f with the names and values of a table, in that order.
func inOrder(t *glua.LTable, f func(k, v glua.LValue)) {
	for k, v := t.Next(glua.LNil); k != glua.LNil; k, v = t.Next(k) {
		f(k, v)
	}
}

// walkTable is for v in t do: the values of a list, in its order, or the names and values of a record.
func walkTable(l *glua.LState) int {
	t := l.CheckTable(1)
	if t.Len() == 0 {
		return walkPairs(l)
	}
	i := 0
	l.Push(l.NewFunction(func(l *glua.LState) int {
		i++
		l.Push(t.RawGetInt(i))
		return 1
	}))
	return 1
}

// IsPlain reports that a table is one of Lua's own, or one of those: it is shown as Lua would make it.
func (s *Lists) IsPlain(t *glua.LTable) bool {
	return t.Metatable == glua.LNil || t.Metatable == s.types.written
}
