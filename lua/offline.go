package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// sniffOffline is sniff{offline=...}: the same with packets that are there already.
func (s *State) sniffOffline(l *glua.LState, t *glua.LTable) int {
	for _, name := range []string{"iface", "promisc"} {
		if t.RawGetString(name) != glua.LNil {
			l.RaiseError("sniff: %s: nothing is listened to with offline=: leave out one of them", name)
		}
	}
	o, k := s.sniffing(l, t), s.keeping(l, t)
	count, over := s.counting("sniff", 0)
	defer over()
	k.count = count
	source := t.RawGetString("offline")
	var file sniffFile
	if path := binding.Text(l, t, "write"); t.RawGetString("write") != glua.LNil {
		file.w = s.create(l, path, "", pcap.Options{Longest: s.longestOffline(source), Empty: func() craft.Name { return file.empty }})
		defer s.endFile(path, &file)
		o.Frame = file.write
	}
	if fn, ok := source.(*glua.LFunction); ok && walkOf(fn) != nil {
		file.empty = walkOf(fn).r.LinkType()
	}
	defer s.vm.Wait(l)()
	if err := s.goThrough(l, source, o, k, &file); err != nil && !file.failed {
		s.fail(l, err)
	}
	if k.full {
		s.announceFull(binding.Plural(k.came, "packet"))
	}
	file.whole = true
	l.Push(s.packetList(k.packets))
	return 1
}

// longestOffline is how long the frames may become that are gone through: of one file the first frame says it.
func (s *State) longestOffline(source glua.LValue) int {
	if _, ok := source.(glua.LString); ok {
		return 0
	}
	return pcap.SnapLen(nil)
}

// goThrough hands on packets until enough count, the time is over, or there is no room for more.
func (s *State) goThrough(l *glua.LState, source glua.LValue, o sendrecv.SniffOptions, k *keeping, file *sniffFile) (err error) {
	began := s.clock().Now()
	g := gathering{s: s, l: l, name: "sniff: offline"}
	var opened []*pcap.Reader
	defer func() {
		for _, r := range opened {
			_ = r.Close() // only read
		}
	}()
	g.file = func(path string) *walk {
		r := s.open(l, path)
		opened = append(opened, r)
		if file.empty == "" {
			file.empty = r.LinkType()
		}
		return &walk{r: r}
	}
	g.take = func(f sendrecv.Frame, p *craft.Packet) bool {
		if o.Timeout > 0 && s.clock().Now().Sub(began) > o.Timeout {
			return false
		}
		if p == nil {
			p = f.Packet(s.table)
		}
		if o.Keep != nil && !o.Keep(p) {
			return true
		}
		if o.Frame != nil {
			if err = o.Frame(f); err != nil {
				return false
			}
		}
		return k.take(p) && (o.Count == 0 || k.came < o.Count)
	}
	g.each(source)
	return err
}
