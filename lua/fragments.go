package lua

import (
	"iter"
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// fragmentFunctions cut packets and put them together.
func (s *State) fragmentFunctions() []function {
	return []function{
		{"fragment", "fragment(packets, size)", "IP packets cut into fragments of at most size bytes of payload (1480), as a list", fragmentOptions, s.fragment},
		{"fragment6", "fragment6(packets, mtu)", "IPv6 packets cut into fragments of at most mtu bytes in all (1280), as a list", fragment6Options, s.fragment6},
		{"overlap_frag", "overlap_frag(p, overlap, size, overlap_size)", "fragments of p, behind others that overlap them with other bytes", overlapOptions, s.overlapFrag},
		{"defragment", "defragment(packets)", "a list or iterator of packets with fragments put together where that can be done", nil, s.defragment},
		{"defrag", "defrag(list)", "three lists: packets that are no fragments, packets put together, fragments that are left; the last one's why says what is wrong", nil, s.defrag},
	}
}

var (
	fragmentOptions = []option{
		{"fragsize", "bytes of payload in a fragment (1480)"},
	}
	fragment6Options = []option{
		{"fragSize", "bytes of a fragment, headers included (1280)"},
	}
	overlapOptions = []option{
		{"fragsize", "bytes of p's payload in a fragment (8)"},
		{"overlap_fragsize", "bytes of the overlap in a fragment (as fragsize)"},
	}
)

const (
	defaultFragment  = 1480
	defaultFragment6 = 1280 // what every link carries: RFC 8200, section 5
	defaultOverlap   = 8
	maxFragment      = 0xffff
)

// fragment is fragment(packets, size).
func (s *State) fragment(l *glua.LState) int {
	return s.cut(l, reassembly.Fragment, s.fragmentSize(l, 2, "fragsize", fragmentOptions, defaultFragment))
}

// fragment6 is fragment6(packets, mtu).
func (s *State) fragment6(l *glua.LState) int {
	return s.cut(l, reassembly.Fragment6, s.fragmentSize(l, 2, "fragSize", fragment6Options, defaultFragment6))
}

// cut returns the fragments of argument 1 as a list.
func (s *State) cut(l *glua.LState, cut func(*craft.Packet, int, craft.Env) ([]*craft.Packet, error), size int) int {
	q, none := s.questions(l)
	if none {
		l.Push(s.packetList(nil))
		return 1
	}
	var fragments []*craft.Packet
	for i := uint64(0); i < q.Len(); i++ {
		s.check(l)
		p := q.At(i)
		list, err := cut(p, size, s.sourceFor(p))
		if err != nil {
			s.fail(l, err)
		}
		fragments = append(fragments, list...)
	}
	l.Push(s.packetList(fragments))
	return 1
}

// fragmentSize is a size given as argument n, or by name in a table of options.
func (s *State) fragmentSize(l *glua.LState, n int, name string, known []option, def int) int {
	switch v := l.Get(n).(type) {
	case *glua.LNilType:
		return def
	case glua.LNumber:
		t := l.NewTable()
		t.RawSetString(name, v)
		return binding.Whole(l, t, name, maxFragment)
	case *glua.LTable:
	default:
		l.RaiseError("bad argument #%d: want a size in bytes, as in 576 or {%s=576}, got %s", n, name, vm.KindOf(v))
	}
	if t := s.named(l, n, known); t.RawGetString(name) != glua.LNil {
		return binding.Whole(l, t, name, maxFragment)
	}
	return def
}

// sourceFor is whom to ask for the source that the checksums of a packet cover: the session, which is opened for that when
// there is one to open, and else the host. Without one the source stays open, and checksums are those that bytes(p) has.
func (s *State) sourceFor(p *craft.Packet) craft.Env {
	for _, name := range []craft.Name{layers.IP, layers.IPv6} {
		if l := p.Layer(name); s.session == nil && l != nil && !l.IsSet("src") && !l.Addr("dst").IsLoopback() {
			_ = s.Open() // packets can be crafted where nothing can be sent
		}
	}
	if s.session == nil {
		return s.env()
	}
	return s.session.Env(s.vm.Context())
}

// overlapFrag is overlap_frag(p, overlap, fragsize, overlap_fragsize).
func (s *State) overlapFrag(l *glua.LState) int {
	p, overlap := checkPacket(l, 1), checkPacket(l, 2)
	size := s.fragmentSize(l, 3, "fragsize", overlapOptions, defaultOverlap)
	second := 4
	if _, named := l.Get(3).(*glua.LTable); named {
		second = 3 // the same table
	}
	few := s.fragmentSize(l, second, "overlap_fragsize", overlapOptions, size)
	fragments, err := reassembly.OverlapFrag(p, overlap, size, few, s.sourceFor(p))
	if err != nil {
		s.fail(l, err)
	}
	l.Push(s.packetList(fragments))
	return 1
}

// check ends the script after an interrupt; what computes for long calls it now and then.
func (s *State) check(l *glua.LState) {
	s.vm.Check(l)
}

// packets are argument n, a list or an iterator such as pcap gives, one packet after the other. An interrupt ends the
// script between two of them.
func (s *State) packets(l *glua.LState, n int) iter.Seq[*craft.Packet] {
	switch v := l.Get(n).(type) {
	case *glua.LTable:
		return func(yield func(*craft.Packet) bool) {
			for i, last := 1, v.Len(); i <= last; i++ {
				p, ok := packetOf(v.RawGetInt(i))
				if !ok {
					l.RaiseError("bad argument #%d: element %d: want a packet, got %s", n, i, vm.KindOf(v.RawGetInt(i)))
				}
				if s.check(l); !yield(p) {
					return
				}
			}
		}
	case *glua.LFunction:
		return func(yield func(*craft.Packet) bool) {
			for {
				if p := s.pull(l, v); p == nil || !yield(p) {
					return
				}
			}
		}
	}
	l.RaiseError("bad argument #%d: want a list of packets or an iterator, as pcap(file) is, got %s", n, vm.KindOf(l.Get(n)))
	return nil
}

// pull is the next packet of an iterator; nil at its end.
func (s *State) pull(l *glua.LState, iterator *glua.LFunction) *craft.Packet {
	s.check(l)
	l.Push(iterator)
	l.Call(0, 1)
	v := l.Get(-1)
	l.Pop(1)
	if v == glua.LNil {
		return nil
	}
	p, ok := packetOf(v)
	if !ok {
		l.RaiseError("want an iterator of packets, as pcap(file) is; this one gave a %s", vm.KindOf(v))
	}
	return p
}

// defragmenter puts fragments together: those of a list without a limit, since they are all there anyway.
func (s *State) defragmenter(whole bool) *reassembly.Defragmenter {
	o := reassembly.DefragOptions{Protocols: s.table}
	if whole {
		o.Datagrams, o.Bytes = -1, -1
	}
	return reassembly.NewDefragmenter(o)
}

// defrag is defrag(list): what is no fragment, what was put together, and what is left.
func (s *State) defrag(l *glua.LState) int {
	d := s.defragmenter(true)
	var others, whole, left []*craft.Packet
	why := s.lists.Written(l.NewTable())
	bad := func(list []reassembly.Incomplete) {
		for _, b := range list {
			left = append(left, b.Fragments...)
			why.Append(glua.LString(b.Why))
		}
	}
	for p := range s.packets(l, 1) {
		w, broken := d.Add(p)
		bad(broken)
		if w == p {
			others = append(others, p)
		} else if w != nil {
			whole = append(whole, w)
		}
	}
	bad(d.Flush())
	l.Push(s.packetList(others))
	l.Push(s.packetList(whole))
	t := s.packetList(left)
	t.RawSetString("why", why)
	l.Push(t)
	return 3
}

// defragment is defragment(packets): a list gives a list, an iterator an iterator. What is put together stands where its
// last fragment stood; what cannot be put together stays as it is.
func (s *State) defragment(l *glua.LState) int {
	if iterator, ok := l.Get(1).(*glua.LFunction); ok {
		l.Push(s.defragmented(l, iterator))
		return 1
	}
	d := s.defragmenter(true)
	var out []*craft.Packet
	places := map[*craft.Packet]int{}
	bad := func(list []reassembly.Incomplete) {
		for _, b := range list {
			for _, f := range b.Fragments {
				out[places[f]] = f
			}
		}
	}
	for p := range s.packets(l, 1) {
		places[p] = len(out)
		w, broken := d.Add(p)
		out = append(out, w)
		bad(broken)
	}
	bad(d.Flush())
	l.Push(s.packetList(slices.DeleteFunc(out, func(p *craft.Packet) bool { return p == nil })))
	return 1
}

// defragmented is an iterator of what another one gives, with fragments put together. Those that cannot be come when
// they are given up.
func (s *State) defragmented(l *glua.LState, iterator *glua.LFunction) *glua.LFunction {
	d, done := s.defragmenter(false), false
	var ready []*craft.Packet
	bad := func(list []reassembly.Incomplete) {
		for _, b := range list {
			ready = append(ready, b.Fragments...)
		}
	}
	return l.NewFunction(func(l *glua.LState) int {
		for len(ready) == 0 && !done {
			p := s.pull(l, iterator)
			if p == nil {
				done = true
				bad(d.Flush())
				break
			}
			w, broken := d.Add(p)
			bad(broken)
			if w != nil {
				ready = append(ready, w)
			}
		}
		if len(ready) == 0 {
			l.Push(glua.LNil)
			return 1
		}
		l.Push(s.packetValue(ready[0]))
		ready = ready[1:]
		return 1
	})
}
