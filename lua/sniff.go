package lua

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// sniff is sniff{count=, timeout=, ...}: a list of packets, or what prn made of them on the way.
func (s *State) sniff(l *glua.LState) int {
	t := l.NewTable()
	if l.GetTop() > 0 {
		t = s.named(l, 1, sniffOptions)
	}
	if t.RawGetString("offline") != glua.LNil {
		return s.sniffOffline(l, t)
	}
	session := s.through(l, t)
	o := s.sniffing(l, t)
	if o.Count == 0 && o.Timeout == 0 && session.Clock().Virtual() {
		l.RaiseError("sniff: on a virtual clock want a count or a timeout: time moves only while a call waits for it")
	}
	k := s.keeping(l, t)
	count, over := s.counting("sniff", o.Timeout)
	defer over()
	k.count = count
	o.Each = k.take
	var file sniffFile
	if path := binding.Text(l, t, "write"); t.RawGetString("write") != glua.LNil {
		file.w = s.create(l, path, "", pcap.Options{Link: session.Port.Link()})
		defer s.endFile(path, &file)
		if err := file.w.Write(); err != nil { // what it begins with: it is a capture from now on
			s.fail(l, err)
		}
		o.Frame = file.write
	}
	defer s.vm.Wait(l)()
	stats, err := sendrecv.Sniff(s.vm.Context(), session.Port, o)
	s.announceSniff(stats, err)
	if k.full {
		s.announceFull(binding.Plural(k.came, "packet"))
	}
	if file.failed {
		err = nil // endFile tells it: what came is not lost with the file
	}
	file.whole = err == nil || s.vm.Context().Err() != nil
	s.finish(l, s.keep(err, k.came > 0, binding.Plural(k.came, "packet")))
	l.Push(s.packetList(k.packets))
	return 1
}

// A keeping is what a sniff does with the packets that count.
type keeping struct {
	s       *State
	l       *glua.LState
	store   bool
	prn     glua.LValue
	count   func() // shows how many came
	packets []*craft.Packet
	came    int
	full    bool // there is no room for more
}

func (s *State) keeping(l *glua.LState, t *glua.LTable) *keeping {
	return &keeping{s: s, l: l, store: binding.Bool(l, t, "store", true), prn: t.RawGetString("prn")}
}

// take keeps a packet, shows it to prn, and reports whether there is room for more.
func (k *keeping) take(p *craft.Packet) bool {
	k.came++
	k.count()
	if k.store {
		k.packets = append(k.packets, p)
	}
	if k.prn != glua.LNil {
		if v := k.s.callback(k.l, k.prn, p); v != glua.LNil {
			k.s.printLine(k.l, v)
		}
	}
	k.full = k.store && k.s.full()
	return !k.full
}

// sniffing are the options of a sniff, as far as they do not say what becomes of the packets.
func (s *State) sniffing(l *glua.LState, t *glua.LTable) sendrecv.SniffOptions {
	o := sendrecv.SniffOptions{
		Count:       binding.Whole(l, t, "count", binding.MaxCount),
		Timeout:     duration(l, t, "timeout"),
		Promiscuous: binding.Bool(l, t, "promisc", false),
		Protocols:   s.table,
	}
	for name, form := range map[string]string{"prn": "function(p) return p:summary() end", "lfilter": "function(p) return p:has(UDP) end"} {
		if fn := t.RawGetString(name); fn != glua.LNil && fn.Type() != glua.LTFunction {
			l.RaiseError("sniff: %s: want a function, as in %s=%s, got %s", name, name, form, vm.KindOf(fn))
		}
	}
	if lfilter := t.RawGetString("lfilter"); lfilter != glua.LNil {
		o.Keep = func(p *craft.Packet) bool { return glua.LVAsBool(s.callback(l, lfilter, p)) }
	}
	return o
}

// announceSniff tells of what a sniff cannot have seen.
func (s *State) announceSniff(stats sendrecv.Stats, err error) {
	if stats.Dropped > 0 {
		s.notice("the receiver lost %s", binding.Plural(int(stats.Dropped), "frame"))
	}
	if stats.Away && err == nil {
		s.notice("the interface was down meanwhile: what would have passed then is not among the packets")
	}
}

// A sniffFile is the capture that a sniff writes.
type sniffFile struct {
	w      *pcap.Writer
	empty  craft.Name // its link type should it get no frames: that of the file that they would have come from; "" is not known
	failed bool       // a frame could not be written, which ended the sniff
	whole  bool       // the sniff came to its end
}

func (f *sniffFile) write(frame sendrecv.Frame) error {
	err := f.w.Write(frame)
	f.failed = err != nil
	return err
}

// endFile ends the capture that a sniff wrote. One that never began costs no older capture; one that an error ended, the
// script's own too, keeps what passed before it.
func (s *State) endFile(path string, f *sniffFile) {
	end := f.w.Close
	if !f.whole && f.w.Frames() == 0 {
		end = f.w.Discard
	}
	if err := end(); err != nil {
		s.notice("sniff: %s", err)
	}
	s.announceLost(path, f.w)
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
	if _, err := fmt.Fprintln(s.config.Stdout, values.Printable(vm.ToString(l, v))); err != nil {
		l.RaiseError("print: %s", err)
	}
}
