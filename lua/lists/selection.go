package lists

import (
	"math"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// selectionMethods make lists of lists. The elements stay what they are: an edit of one is seen in both.
var selectionMethods = []Method{
	{"filter", "list:filter(f)", "a list of the elements that f is true of", (*Lists).filterList},
	{"sort", "list:sort(f, {reverse=})", "sort the list by what f gives of each element (by time), and return it; of several values the first decides, then the second. Of packets f may be of two, and say whether the first stands before the second", (*Lists).sortList},
	{"sub", "list:sub(i, j)", "a list of the elements from i to j, counted from the end when they are negative, as in string.sub", func(s *Lists, l *glua.LState) int {
		t, _ := s.checkList(l, "sub")
		given := s.arguments(l, "sub", []option{{"i", ""}, {"j", ""}})
		return s.pushPart(l, t, placeIn(l, "sub", given, "i", 1), placeIn(l, "sub", given, "j", -1))
	}},
	{"head", "list:head(n)", "a list of the first n elements (10)", func(s *Lists, l *glua.LState) int {
		t, _ := s.checkList(l, "head")
		return s.pushPart(l, t, 1, s.countOf(l, "head"))
	}},
	{"tail", "list:tail(n)", "a list of the last n elements (10)", func(s *Lists, l *glua.LState) int {
		t, _ := s.checkList(l, "tail")
		return s.pushPart(l, t, max(t.Len()-s.countOf(l, "tail")+1, 1), t.Len())
	}},
}

// layerMethods of lists find layers in what they hold.
var listLayerMethods = []Method{
	{"getlayer", "list:getlayer(TCP, n)", "a list of the n-th layers of a protocol (1), with what is above them; list[TCP] is the packets that have one", (*Lists).layersOfList},
}

// filterList is list:filter(f).
func (s *Lists) filterList(l *glua.LState) int {
	t, k := s.checkList(l, "filter")
	if l.GetTop() == 2 && l.Get(2).Type() == glua.LTString {
		l.RaiseError("filter: want a function, as in list:filter(function(p) return p:has(TCP) end), got a string: a list takes no filter in tcpdump's words")
	}
	given := s.arguments(l, "filter", []option{{"func", ""}})
	f := wantFunction(l, "filter", given, "func", "list:filter(function(p) return p:has(TCP) end); list[TCP] is those with a layer")
	var kept []glua.LValue
	for i, v := range s.values(l, t) {
		if glua.LVAsBool(first(results(l, f, s.parts(l, "filter", k, i, v)...))) {
			kept = append(kept, v)
		}
	}
	return s.pushLike(l, t, kept)
}

// pushLike pushes a list of the same kind as another.
func (s *Lists) pushLike(l *glua.LState, t *glua.LTable, values []glua.LValue) int {
	list := s.newList(t.Metatable.(*glua.LTable), values)
	list.RawSetString(columnsKey, t.RawGetString(columnsKey))
	l.Push(list)
	return 1
}

// placeIn is a place in a list among the arguments, which may be counted from the end.
func placeIn(l *glua.LState, what string, given *glua.LTable, name string, def int) int {
	v := given.RawGetString(name)
	if v == glua.LNil {
		return def
	}
	n, ok := v.(glua.LNumber)
	if !ok || float64(n) != math.Trunc(float64(n)) || math.Abs(float64(n)) > binding.MaxCount {
		l.RaiseError("%s: %s: want a whole number, got %s", what, name, vm.Text(v))
	}
	return int(n)
}

// countOf is the only argument of a method, a number of elements.
func (s *Lists) countOf(l *glua.LState, what string) int {
	const usual = 10
	given := s.arguments(l, what, []option{{"n", ""}})
	n := placeIn(l, what, given, "n", usual)
	if n < 0 {
		l.RaiseError("%s: want a number of at least 0, got %d", what, n)
	}
	return n
}

// pushPart pushes the elements from one place to another, each of which may be counted from the end.
func (s *Lists) pushPart(l *glua.LState, t *glua.LTable, from, to int) int {
	n := t.Len()
	if from < 0 {
		from = max(n+from+1, 1)
	}
	if to < 0 {
		to = n + to + 1
	}
	var part []glua.LValue
	for i := max(from, 1); i <= min(to, n); i++ {
		part = append(part, t.RawGetInt(i))
	}
	return s.pushLike(l, t, part)
}

// withLayer is list[TCP]: the elements with a packet that has the layer.
func (s *Lists) withLayer(l *glua.LState, k *kind) int {
	t, name := l.CheckTable(1), s.host.LayerName(l)
	var kept []glua.LValue
	for i, v := range s.values(l, t) {
		if s.elementPacket(l, k.name, k, i, v).Has(name) {
			kept = append(kept, v)
		}
	}
	return s.pushLike(l, t, kept)
}

// layersOfList is list:getlayer(TCP, n).
func (s *Lists) layersOfList(l *glua.LState) int {
	t, k := s.checkList(l, "getlayer")
	given := s.arguments(l, "getlayer", []option{{"layer", ""}, {"nb", ""}})
	name, nb := s.host.LayerName(l), placeIn(l, "getlayer", given, "nb", 1)
	var found []glua.LValue
	for i, v := range s.values(l, t) {
		if layer := s.elementPacket(l, "getlayer", k, i, v).Nth(name, nb); layer != nil {
			found = append(found, s.host.Layer(layer))
		}
	}
	l.Push(s.newList(s.types.packets, found))
	return 1
}

// joinLists is list + other: the elements of both.
func (s *Lists) joinLists(l *glua.LState) int {
	a, b := s.kindOf(l.Get(1)), s.kindOf(l.Get(2))
	if a == nil || b == nil || a.element != b.element {
		hint := ""
		if s.packetIn(l.Get(1)) != nil || s.packetIn(l.Get(2)) != nil {
			hint = "; table.insert(list, p) puts a packet into one"
		}
		l.RaiseError("+: want two lists of one kind, got %s and %s%s", vm.KindOf(l.Get(1)), vm.KindOf(l.Get(2)), hint)
	}
	var all []glua.LValue
	for n := 1; n <= 2; n++ {
		for _, v := range s.values(l, l.CheckTable(n)) {
			all = append(all, v)
		}
	}
	return s.pushLike(l, l.CheckTable(1), all)
}
