package lua

import (
	"fmt"
	"math"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// span is range(first, last, step).
func (s *State) span(l *glua.LState) int {
	first, last, step := float64(l.CheckNumber(1)), float64(l.CheckNumber(2)), float64(l.OptNumber(3, 1))
	if !whole(first) || !whole(last) || !whole(step) || last < first || step < 1 {
		l.RaiseError("range: want whole numbers, 0 <= first <= last and a step of at least 1, got range(%s, %s, %s)",
			text(l.Get(1)), text(l.Get(2)), text(glua.LNumber(step)))
	}
	l.Push(s.value(craft.Range(uint64(first), uint64(last), uint64(step)), s.types.set))
	return 1
}

// whole reports whether a number is one that Lua can count with exactly.
func whole(n float64) bool { return n >= 0 && n <= 1<<53 && n == math.Trunc(n) }

func setLen(l *glua.LState) int {
	l.Push(glua.LNumber(of[craft.Set](l, 1, "set").Len()))
	return 1
}

func setText(l *glua.LState) int {
	set := of[craft.Set](l, 1, "set")
	return pushString(l, fmt.Sprintf("%v .. %v (%d values)", set.At(0), set.At(set.Len()-1), set.Len()))
}
