package lists

import (
	"math"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
)

// listSet is list[i] = v where nothing stands yet: an element behind the last one, or in a hole.
func (s *Lists) listSet(l *glua.LState, k *kind) int {
	t, v := l.CheckTable(1), l.Get(3)
	i, ok := l.Get(2).(glua.LNumber)
	switch {
	case !ok:
		l.RaiseError("%s: cannot set %s: it holds elements, as in list[1] = x, and nothing by name", k.name, s.host.Describe(l.Get(2)))
	case i < 1:
		l.RaiseError("%s: lists begin at 1, got %s", k.name, vm.Text(i))
	case v == glua.LNil: // where nothing stands
		return 0
	case float64(i) != math.Trunc(float64(i)) || int(i) > t.Len()+1:
		l.RaiseError("%s: element %s would leave a hole behind the %d that are there: list[#list+1] = x is the next one", k.name, vm.Text(i), t.Len())
	case k.parts(v) == nil:
		l.RaiseError("%s: element %s: want %s, got %s", k.name, vm.Text(i), k.one, vm.KindOf(v))
	}
	t.RawSetInt(int(i), s.element(v))
	return 0
}

// element is a value as a list holds it: what only stands for a packet, a protocol or bytes, becomes one, so that loops and functions
// get packets.
func (s *Lists) element(v glua.LValue) glua.LValue {
	bare := v.Type() == glua.LTString
	if ud, ok := v.(*glua.LUserData); ok {
		_, bare = ud.Value.(*craft.Protocol)
	}
	if p := s.packetIn(v); bare && p != nil {
		return s.host.Packet(p)
	}
	return v
}

// refuseHole raises an error when a list goes on behind place i, where nothing stands. What is set to nil can be seen only now.
func refuseHole(l *glua.LState, what string, t *glua.LTable, i int) {
	if i < t.Len() {
		l.RaiseError("%s: element %d is nil: list[%d] = nil leaves a hole, table.remove(list, %d) takes an element out", what, i, i, i)
	}
}
