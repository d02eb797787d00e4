package lua

import glua "github.com/yuin/gopher-lua"

// Layers that stand in a field come as a list. Its fields are those of the first one, since there is often only one:
// p[DNS].qd.qname is p[DNS].qd[1].qname.

// layersIndex is list.name and list:method().
func (s *State) layersIndex(l *glua.LState) int {
	list := l.CheckTable(1)
	key, ok := l.Get(2).(glua.LString)
	if !ok {
		return 0
	}
	for _, m := range listMethods {
		if m.name == string(key) {
			l.Push(l.NewFunction(func(l *glua.LState) int { return m.call(s, l) }))
			return 1
		}
	}
	first, ok := list.RawGetInt(1).(*glua.LUserData)
	if !ok {
		return 0
	}
	l.Push(l.GetField(first, string(key)))
	return 1
}

// layersSet is list.name = value, and list[i] = value.
func (s *State) layersSet(l *glua.LState) int {
	list := l.CheckTable(1)
	if key, ok := l.Get(2).(glua.LString); ok {
		if first, ok := list.RawGetInt(1).(*glua.LUserData); ok {
			l.SetField(first, string(key), l.Get(3))
			return 0
		}
	}
	list.RawSet(l.Get(2), l.Get(3))
	return 0
}
