package lua

import (
	"fmt"
	"math"
	"net/netip"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// setFunctions make several values for one field.
func (s *State) setFunctions() []function {
	return []function{
		{"range", "range(first, last, step)", "the values of a field from first to last, both included: numbers, or addresses in quotes", nil, s.span},
		{"Net", "Net(first, last, step)", `all addresses of a network, as in Net("10.0.0.0/24"), or from one to another: Net("10.0.0.1", "10.0.0.9")`, nil, s.network},
	}
}

// span is range(first, last, step).
func (s *State) span(l *glua.LState) int {
	if _, ok := l.Get(1).(glua.LString); ok {
		return s.addresses(l, "range")
	}
	first, last, step := float64(l.CheckNumber(1)), float64(l.CheckNumber(2)), float64(l.OptNumber(3, 1))
	if !whole(first) || !whole(last) || !whole(step) || last < first || step < 1 {
		l.RaiseError("range: want whole numbers, 0 <= first <= last and a step of at least 1, got range(%s, %s, %s)",
			vm.Text(l.Get(1)), vm.Text(l.Get(2)), vm.Text(glua.LNumber(step)))
	}
	l.Push(s.value(values.Range(uint64(first), uint64(last), uint64(step)), s.types.set))
	return 1
}

// whole reports whether a number is one that Lua can count with exactly.
func whole(n float64) bool { return n >= 0 && n <= 1<<53 && n == math.Trunc(n) }

// network is Net("10.0.0.0/24").
func (s *State) network(l *glua.LState) int {
	if l.GetTop() > 1 {
		return s.addresses(l, "Net")
	}
	name := l.CheckString(1)
	prefix, err := netip.ParsePrefix(name)
	if err != nil {
		addr, err := netip.ParseAddr(name)
		if err != nil {
			l.RaiseError(`Net: want a network such as "10.0.0.0/24", got %q`, name)
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	l.Push(s.value(values.Network(prefix), s.types.set))
	return 1
}

// addresses is range("10.0.0.1", "10.0.0.9", step), of MAC addresses too.
func (s *State) addresses(l *glua.LState, name string) int {
	from, to, step := l.CheckString(1), l.CheckString(2), float64(l.OptNumber(3, 1))
	if !whole(step) || step < 1 {
		l.RaiseError("%s: want a step of at least 1, got %s", name, vm.Text(l.Get(3)))
	}
	if low, err := values.ParseMAC(from); err == nil {
		high, err := values.ParseMAC(to)
		if err != nil || high.String() < low.String() {
			l.RaiseError("%s: want two MAC addresses, the lower one first, got %q and %q", name, from, to)
		}
		l.Push(s.value(values.HardwareAddresses(low, high, uint64(step)), s.types.set))
		return 1
	}
	var ends [2]netip.Addr
	for i, word := range []string{from, to} {
		addr, err := netip.ParseAddr(word)
		if err != nil {
			l.RaiseError("%s: want an address, got %q", name, word)
		}
		ends[i] = addr
	}
	set, err := values.Addresses(ends[0], ends[1], uint64(step))
	if err != nil {
		l.RaiseError("%s: %s", name, err)
	}
	l.Push(s.value(set, s.types.set))
	return 1
}

// setMethods are set:name(...).
var setMethods = []method{
	{"at", "set:at(i)", "value i", func(s *State, l *glua.LState) int {
		set := of[values.Set](l, 1, "set")
		i := float64(l.CheckNumber(2))
		if !whole(i) || i < 1 || uint64(i) > set.Len() {
			l.RaiseError("at: want a number in 1..%d, got %s", set.Len(), vm.Text(l.Get(2)))
		}
		l.Push(s.setValue(set.At(uint64(i) - 1)))
		return 1
	}},
	{"each", "for v in set:each() do", "walk the values, as for v in set do", (*State).walkSet},
}

// walkSet is the iterator of a set's values, in order.
func (s *State) walkSet(l *glua.LState) int {
	set := of[values.Set](l, 1, "set")
	i := uint64(0)
	l.Push(l.NewFunction(func(l *glua.LState) int {
		if i == set.Len() {
			l.Push(glua.LNil)
		} else {
			l.Push(s.setValue(set.At(i)))
			i++
		}
		return 1
	}))
	return 1
}

// setValue is one value of a set or of a random value, as a field of it is read.
func (s *State) setValue(v any) glua.LValue {
	switch v := v.(type) {
	case values.Generator:
		return s.value(v, s.types.random)
	case values.Set:
		return s.value(v, s.types.set)
	case int:
		return glua.LNumber(v)
	}
	return s.luaValue(v)
}

func setLen(l *glua.LState) int {
	l.Push(glua.LNumber(of[values.Set](l, 1, "set").Len()))
	return 1
}

func setText(l *glua.LState) int {
	return pushString(l, setString(of[values.Set](l, 1, "set")))
}

// setString is a set by its ends and its size.
func setString(set values.Set) string {
	return fmt.Sprintf("%v .. %v (%d values)", set.At(0), set.At(set.Len()-1), set.Len())
}

// element is argument n, the number of a packet in its stream, counted from 0; without one, the first.
func element(l *glua.LState, v glua.LValue, what string) uint64 {
	if v == glua.LNil {
		return 0
	}
	n, ok := v.(glua.LNumber)
	if !ok || !whole(float64(n)) || n < 1 {
		l.RaiseError("%s: want a whole number from 1 on, got %s", what, vm.Text(v))
	}
	return uint64(n) - 1
}

// packetAt is p:at(i).
func packetAt(s *State, l *glua.LState) int {
	p := checkPacket(l, 1)
	l.CheckNumber(2)
	l.Push(s.packetValue(p.At(element(l, l.Get(2), "at"))))
	return 1
}

var eachOptions = []option{{"first", "the number of the first packet (1)"}, {"count", "how many (the rest of #p)"}}

// eachPacket is for q in p:each{first=, count=} do ... end.
func eachPacket(s *State, l *glua.LState) int {
	p := checkPacket(l, 1)
	n, err := p.Count()
	if err != nil {
		s.fail(l, err)
	}
	i := uint64(0)
	if l.GetTop() > 1 {
		t := s.named(l, 2, eachOptions)
		i = element(l, t.RawGetString("first"), "first")
		n = max(n, i)
		if t.RawGetString("count") != glua.LNil {
			n = i + uint64(binding.Whole(l, t, "count", binding.MaxCount))
		}
	}
	l.Push(l.NewFunction(func(l *glua.LState) int {
		if i == n {
			l.Push(glua.LNil)
		} else {
			l.Push(s.packetValue(p.At(i)))
			i++
		}
		return 1
	}))
	return 1
}
