package lua

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// openSets adds the functions that make sets.
func (s *State) openSets() {
	s.l.SetGlobal("range", s.l.NewFunction(func(l *glua.LState) int {
		first, last, step := l.CheckInt64(1), l.CheckInt64(2), l.OptInt64(3, 1)
		if first < 0 || last < first || step < 1 {
			l.RaiseError("range: want 0 <= first <= last and a step of at least 1, got range(%d, %d, %d)", first, last, step)
		}
		l.Push(s.value(craft.Range(uint64(first), uint64(last), uint64(step)), s.types.set))
		return 1
	}))
}

func setLen(l *glua.LState) int {
	l.Push(glua.LNumber(of[craft.Set](l, 1, "set").Len()))
	return 1
}

func setText(l *glua.LState) int {
	set := of[craft.Set](l, 1, "set")
	return pushString(l, fmt.Sprintf("%v .. %v (%d values)", set.At(0), set.At(set.Len()-1), set.Len()))
}
