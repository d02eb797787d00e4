package lua

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// sniff is sniff{count=, timeout=, ...}: a list of packets, or what prn made of them on the way.
func (s *State) sniff(l *glua.LState) int {
	t := l.NewTable()
	if l.GetTop() > 0 {
		t = s.named(l, 1, sniffOptions)
	}
	session := s.through(l, t)
	o := sendrecv.SniffOptions{
		Count:       wholeIn(l, t, "count", maxCount),
		Timeout:     duration(l, t, "timeout"),
		Promiscuous: boolIn(l, t, "promisc", false),
		Protocols:   s.table,
	}
	if o.Count == 0 && o.Timeout == 0 && session.Clock().Virtual() {
		l.RaiseError("sniff: on a virtual clock want a count or a timeout: time moves only while a call waits for it")
	}
	store, prn, lfilter := boolIn(l, t, "store", true), t.RawGetString("prn"), t.RawGetString("lfilter")
	for name, fn := range map[string]glua.LValue{"prn": prn, "lfilter": lfilter} {
		if fn != glua.LNil && fn.Type() != glua.LTFunction {
			l.RaiseError("sniff: %s: want a function, got %s", name, vm.KindOf(fn))
		}
	}
	if lfilter != glua.LNil {
		o.Keep = func(p *craft.Packet) bool { return glua.LVAsBool(s.callback(l, lfilter, p)) }
	}
	if path := textIn(l, t, "write"); path != "" {
		w := s.create(l, path, session.Port.Link())
		defer func() { _ = w.Close() }() // a write that failed has ended the sniff already
		o.Frame = func(f sendrecv.Frame) error { return w.Write(f) }
	}
	var kept []*craft.Packet
	came := 0
	o.Each = func(p *craft.Packet) bool {
		came++
		if store {
			kept = append(kept, p)
		}
		if prn != glua.LNil {
			if v := s.callback(l, prn, p); v != glua.LNil {
				s.printLine(l, v)
			}
		}
		return true
	}
	defer s.vm.Wait(l)()
	stats, err := sendrecv.Sniff(s.vm.Context(), session.Port, o)
	if stats.Dropped > 0 {
		s.notice("the receiver lost %d frames", stats.Dropped)
	}
	if stats.Away && err == nil {
		s.notice("the interface was down meanwhile: what would have passed then is not among the packets")
	}
	s.finish(l, s.keep(err, came > 0, plural(came, "packet")))
	l.Push(s.packetList(kept))
	return 1
}

// callback calls a Lua function with a packet. Its error is the caller's.
func (s *State) callback(l *glua.LState, fn glua.LValue, p *craft.Packet) glua.LValue {
	l.Push(fn)
	l.Push(s.packetValue(p))
	l.Call(1, 1)
	v := l.Get(-1)
	l.Pop(1)
	return v
}

func (s *State) printLine(l *glua.LState, v glua.LValue) {
	if _, err := fmt.Fprintln(s.config.Stdout, printable(vm.ToString(l, v))); err != nil {
		l.RaiseError("print: %s", err)
	}
}
