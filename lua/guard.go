package lua

import (
	"fmt"
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// guard(port, ...) keeps the host's own TCP away from local ports until release() or the end of the script.
func (s *State) guard(l *glua.LState) int {
	session := s.session(l)
	if session.Guard == nil {
		l.RaiseError("guard: %s has no TCP of its own to keep away", session.Name)
	}
	if l.GetTop() == 0 {
		l.RaiseError("guard: want the local ports to guard")
	}
	var ports []uint16
	for i := 1; i <= l.GetTop(); i++ {
		n := float64(l.CheckNumber(i))
		if !whole(n) || n > 0xffff {
			l.RaiseError("guard: want a port in 0..65535, got %s", vm.Text(l.Get(i)))
		}
		ports = append(ports, uint16(n))
	}
	release, err := session.Guard.Hold(ports...)
	if err != nil {
		s.fail(l, fmt.Errorf("guard: %w", err))
	}
	s.guarded()
	h := &hold{release}
	s.guards = append(s.guards, h)
	l.Push(l.NewFunction(func(*glua.LState) int {
		s.release(h)
		return 0
	}))
	return 1
}

// A hold is a guard that a script has put up.
type hold struct{ end func() }

// release ends a hold, once.
func (s *State) release(h *hold) {
	h.end()
	s.guards = slices.DeleteFunc(s.guards, func(other *hold) bool { return other == h })
}
