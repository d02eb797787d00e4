package lua

import (
	"bytes"
	"encoding/hex"
	"math"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// An exhibit is a frame that a script names as evidence, as it was when it was named.
type exhibit struct {
	packet *craft.Packet // the script's own value
	wire   []byte
	time   time.Time
	shown  vantage.Shown
}

// maxExhibits is how many frames the verdict and the checks of an experiment name: a report is for reading.
const maxExhibits = 10_000

// A selection is the packets that evidence names while they are gathered.
type selection struct {
	packets []*craft.Packet
	room    int    // for how many
	over    uint64 // how many there was no room for
}

// add takes a packet, or all those that one with sets stands for.
func (c *selection) add(l *glua.LState, s *State, p *craft.Packet) {
	n, err := p.Count()
	if err != nil {
		s.fail(l, err)
	}
	here := min(n, uint64(c.room-len(c.packets)))
	c.over += min(n-here, math.MaxUint64-c.over)
	if n == 1 && here == 1 {
		c.packets = append(c.packets, p)
		return
	}
	for i := range here {
		s.check(l)
		c.packets = append(c.packets, p.At(i))
	}
}

// exhibits are the frames in the arguments from n on: packets, answers, and lists of them.
func (s *State) exhibits(l *glua.LState, n int) []exhibit {
	c := &selection{room: maxExhibits - s.trial.exhibits}
	for ; n <= l.GetTop(); n++ {
		s.gather(l, c, l.Get(n), 0)
	}
	if c.over > 0 {
		s.notice("the evidence names %d frames, and leaves out %d more", maxExhibits, c.over)
	}
	s.trial.exhibits += len(c.packets)
	all, size := make([]exhibit, len(c.packets)), 0
	for i, p := range c.packets {
		s.check(l)
		wire := bytes.Clone(s.build(l, p))
		size += len(wire) * 3 // and as hex
		s.vm.Room(l, "frames", size)
		shown := vantage.Shown{Summary: s.resolved(p).Summary(), Hex: hex.EncodeToString(wire)}
		if !p.Time.IsZero() {
			shown.Time = float64(binding.Since1970(p.Time))
		}
		all[i] = exhibit{packet: p, wire: wire, time: p.Time, shown: shown}
	}
	return all
}

// maxListDepth is how deep lists of frames may stand in lists.
const maxListDepth = 3

// gather takes the packets that a value stands for.
func (s *State) gather(l *glua.LState, c *selection, v glua.LValue, depth int) {
	switch v := v.(type) {
	case *glua.LNilType:
		return
	case *glua.LUserData:
		if p, ok := v.Value.(*lists.Pair); ok {
			c.add(l, s, p.Question)
			c.add(l, s, p.Reply)
			return
		}
		if p, ok := packetOf(v); ok {
			c.add(l, s, p)
			return
		}
	case *glua.LTable:
		if depth == maxListDepth {
			break
		}
		for i, n := 1, v.Len(); i <= n; i++ {
			s.check(l)
			s.gather(l, c, v.RawGetInt(i), depth+1)
		}
		return
	}
	l.RaiseError("frames: want packets, answers or lists of them, got %s", vm.KindOf(v))
}

// An album finds frames among those that the taps of a run have captured.
type album struct {
	taps    []vantage.Capture
	numbers [][]int // of the segments, for each tap's frames
	known   map[*craft.Packet]place
}

// A place is a frame of a tap.
type place struct{ tap, frame int }

// album is the one of the run that is under way.
func (s *State) album() *album {
	a := &album{known: map[*craft.Packet]place{}}
	c := s.lastCapture()
	if c == nil {
		return a
	}
	a.taps = c.taps
	server := s.server(s.trial.args)
	for i, tap := range c.taps {
		a.numbers = append(a.numbers, vantage.Numbers(tap.Frames, server))
		for k, ud := range c.views[i].packets {
			if p, ok := packetOf(ud); ok {
				a.known[p] = place{i, k}
			}
		}
	}
	return a
}

// references says of each exhibit which segment of which tap it is, or shows it.
func (a *album) references(all []exhibit) []vantage.FrameRef {
	refs := make([]vantage.FrameRef, len(all))
	for i, x := range all {
		at, ok := a.find(x)
		if ok {
			refs[i].Tap, refs[i].N = a.taps[at.tap].Tap, a.numbers[at.tap][at.frame]
		}
		if refs[i].N == 0 {
			shown := x.shown
			refs[i].Shown = &shown
		}
	}
	return refs
}

// sameMoment is how far apart the stamps of one frame may be: that of a packet that was sent is from before it left.
const sameMoment = time.Second

// find is where an exhibit passed: the frame that a script read at a tap, or else the frame with its bytes that passed nearest to
// its time, at the tap that is nearest to the guest.
func (a *album) find(x exhibit) (at place, ok bool) {
	if at, ok := a.known[x.packet]; ok {
		return at, true
	}
	for i, tap := range a.taps {
		nearest := sameMoment
		for k := range tap.Frames {
			f := &tap.Frames[k]
			apart := f.Time.Sub(x.time).Abs()
			if x.time.IsZero() {
				apart = 0
			}
			if apart < nearest && carries(f, x) {
				at, ok, nearest = place{i, k}, true, apart+1
			}
		}
		if ok {
			return at, true
		}
	}
	return place{}, false
}

// carries says that a frame holds an exhibit's bytes: whole, or behind a link header that the exhibit is without.
func carries(f *sendrecv.Frame, x exhibit) bool {
	if len(x.wire) == 0 || len(x.wire) > len(f.Data) {
		return false
	}
	if x.packet.Layers()[0].Name() == f.Link {
		return bytes.HasPrefix(f.Data, x.wire)
	}
	const least, most = 4, 22 // link headers, with tags
	for skip := least; skip <= min(most, len(f.Data)-len(x.wire)); skip++ {
		if bytes.HasPrefix(f.Data[skip:], x.wire) {
			return true
		}
	}
	return false
}
