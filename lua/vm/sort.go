package vm

import (
	"sort"

	glua "github.com/yuin/gopher-lua"
)

// A tableOrder sorts the values of a table for a function that l runs.
type tableOrder struct {
	values []glua.LValue
	less   func(a, b glua.LValue) bool
	tick   func(steps int)
}

func (o *tableOrder) Len() int      { return len(o.values) }
func (o *tableOrder) Swap(i, j int) { o.values[i], o.values[j] = o.values[j], o.values[i] }
func (o *tableOrder) Less(i, j int) bool {
	o.tick(1)
	return o.less(o.values[i], o.values[j])
}

// lessThan is a < b, with Lua's words for what has no order.
func lessThan(l *glua.LState, a, b glua.LValue) bool {
	switch a.Type() {
	case glua.LTNumber, glua.LTString:
		if a.Type() != b.Type() {
			l.RaiseError("%s", notCompared(a, b))
		}
	default:
		if a.Type() != b.Type() || l.GetMetaField(a, "__lt") == glua.LNil {
			l.RaiseError("%s", notCompared(a, b))
		}
	}
	return l.LessThan(a, b)
}

// sortTable is Lua's table.sort. gopher-lua's own takes a minute for a large table without looking at its context.
func sortTable(l *glua.LState) int {
	t := l.CheckTable(1)
	o := &tableOrder{tick: ticker(l), less: func(a, b glua.LValue) bool { return lessThan(l, a, b) }}
	if l.Get(2) != glua.LNil {
		before := l.CheckFunction(2)
		o.less = func(a, b glua.LValue) bool {
			l.Push(before)
			l.Push(a)
			l.Push(b)
			l.Call(2, 1)
			v := l.Get(-1)
			l.Pop(1)
			return glua.LVAsBool(v)
		}
	}
	for i := range t.Len() { // asked once: it looks at every empty place behind the last value
		o.values = append(o.values, t.RawGetInt(i+1))
	}
	sort.Sort(o)
	for i, v := range o.values {
		t.RawSetInt(i+1, v)
	}
	return 0
}
