package lists

import (
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/vm"
)

// sortOptions are the arguments of sort, by scapy's names (Python's).
var sortOptions = []option{
	{"key", "a function of each element: what it returns is sorted by; or of two, whether the first stands before the second"},
	{"reverse", "true turns the order round (false)"},
}

// sortList is list:sort(f). Elements that are equal keep their order.
func (s *Lists) sortList(l *glua.LState) int {
	t, k := s.checkList(l, "sort")
	given := s.arguments(l, "sort", sortOptions)
	f, reverse := functionIn(l, "sort", given, "key"), binding.Bool(l, given, "reverse", false)
	pairwise := f != nil && !k.several && !f.IsG && f.Proto.NumParameters == 2
	var all []sorted
	for i, v := range s.values(l, t) {
		e := sorted{value: v}
		if !pairwise {
			e.keys = s.sortKeys(l, k, f, i, v)
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b sorted) int {
		s.vm.Check(l)
		if reverse {
			a, b = b, a
		}
		if pairwise {
			return compareBy(l, f, a.value, b.value)
		}
		return slices.CompareFunc(a.keys, b.keys, grid.Rank.Compare)
	})
	for i, e := range all {
		t.RawSetInt(i+1, e.value)
	}
	l.Push(t)
	return 1
}

// compareBy asks a function of two elements, which says whether the first stands before the second.
func compareBy(l *glua.LState, before *glua.LFunction, a, b glua.LValue) int {
	switch {
	case glua.LVAsBool(first(results(l, before, a, b))):
		return -1
	case glua.LVAsBool(first(results(l, before, b, a))):
		return 1
	}
	return 0
}

// A sorted is an element that is being sorted, and by what.
type sorted struct {
	value glua.LValue
	keys  []grid.Rank
}

// sortKeys is what an element is sorted by: what the function gives, or without one the time.
func (s *Lists) sortKeys(l *glua.LState, k *kind, f *glua.LFunction, i int, v glua.LValue) []grid.Rank {
	if f == nil {
		if k.time == nil {
			l.RaiseError("sort: want a function that gives what to sort by, as in list:sort(function(x) return x.packets end)")
		}
		at := k.time(v)
		if at.IsZero() {
			return []grid.Rank{grid.Nothing()}
		}
		return []grid.Rank{grid.OfNumber(float64(at.Unix())), grid.OfNumber(float64(at.Nanosecond()))}
	}
	made := results(l, f, s.parts(l, "sort", k, i, v)...)
	keys := make([]grid.Rank, len(made))
	for n, key := range made {
		switch key.Type() {
		case glua.LTNumber, glua.LTString, glua.LTBool, glua.LTNil:
		default:
			l.RaiseError("sort: element %d: want a number or a text to sort by, got %s", i, vm.KindOf(key))
		}
		keys[n] = rank(key)
	}
	return keys
}

// rank is a value's place in the order of sort and of axes.
func rank(v glua.LValue) grid.Rank {
	switch v := v.(type) {
	case glua.LBool:
		return grid.OfTruth(bool(v))
	case glua.LNumber:
		return grid.OfNumber(float64(v))
	case glua.LString:
		return grid.OfText(string(v))
	}
	return grid.Nothing()
}
