package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// drainPeriod is how long a script sleeps at most before what the taps hold is moved to safety.
const drainPeriod = 100 * time.Millisecond

// tapFunctions are the capture points and the judge.
func (s *State) tapFunctions() []function {
	return []function{
		{"capture", "capture()", "listen at every tap from now on; cap.guest, cap.host are the packets of each", nil, s.capture},
		{"judge.path", "judge.path(cap, {dst=, dport=})", "who ends the guest's TCP, from what the taps saw: a result", judgeOptions, func(l *glua.LState) int {
			return s.judge(l, (*vantage.Result).JudgePath)
		}},
		{"judge.keepalive", "judge.keepalive(cap, {dst=, dport=})", "who answers the guest's keepalives: a result", judgeOptions, func(l *glua.LState) int {
			return s.judge(l, (*vantage.Result).JudgeKeepalive)
		}},
		{"run", `run("experiment", {args})`, "run a bundled experiment here, print its report and return its result; \"./mine.lua\" is a file, an experiment or a plain chunk", nil, s.runExperiment},
	}
}

// captureMethods are cap:name(...).
var captureMethods = []method{
	{"stop", "cap:stop()", "end the listening; what was captured stays", func(s *State, l *glua.LState) int {
		s.stopCapture(of[*capture](l, 1, "capture"))
		return 0
	}},
	{"mark", `cap:mark("cut")`, "note a moment, for the report", func(s *State, l *glua.LState) int {
		c := of[*capture](l, 1, "capture")
		c.marks = append(c.marks, mark{time: s.clock().Now(), says: l.CheckString(2)})
		return 0
	}},
}

// resultFields are r.name.
var resultFields = []method{
	{"verdict", "r.verdict", "the judge's word", nil},
	{"order", "r.order", "which side of a proxy came first, when that is known", nil},
	{"evidence", "r.evidence", "why, as a list of sentences", nil},
	{"next", "r.next", "the cheapest test that would show more", nil},
}

// openPath adds path.wires, path.cut and path.mend where wires can be cut.
func (s *State) openPath(p sendrecv.Path) {
	s.declare([]function{
		{"path.cut", `path.cut("wire")`, "lose every frame on a wire from now on; each capture notes the moment", nil, onWire(p.Cut, s.markCut)},
		{"path.mend", `path.mend("wire")`, "undo path.cut; what captures have noted stays", nil, onWire(p.Mend, func(wire string) {
			s.cuts = slices.DeleteFunc(s.cuts, func(other string) bool { return other == wire })
		})},
	})
	wires := s.lists.Written(s.l.NewTable())
	for _, name := range p.Wires() {
		wires.Append(glua.LString(name))
	}
	if t, ok := s.vm.Global("path").(*glua.LTable); ok {
		t.RawSetString("wires", wires)
	}
}

// onWire does something to a wire, and notes it once that is done.
func onWire(do func(string) error, note func(string)) glua.LGFunction {
	return func(l *glua.LState) int {
		wire := l.CheckString(1)
		if err := do(wire); err != nil {
			l.RaiseError("%s", values.Said(err))
		}
		note(wire)
		return 0
	}
}

// markCut notes in every capture under way that a wire is cut from now on. Scripts have no say in that: what passes on a
// path that was cut proves nothing of the path.
func (s *State) markCut(wire string) {
	if !slices.Contains(s.cuts, wire) {
		s.cuts = append(s.cuts, wire)
	}
	for _, c := range s.captures {
		c.markCut(wire, s.clock().Now())
	}
}

func (c *capture) markCut(wire string, now time.Time) {
	c.marks = append(c.marks, mark{time: now, says: "cut " + wire, cut: wire})
}

// A capture listens at every tap of the session at once.
type capture struct {
	taps []vantage.Capture
	rx   []sendrecv.Receiver
	// broken marks the taps that can be read no more.
	broken []bool
	// views are the packets of each tap, as scripts have read them.
	views []view
	marks []mark
	// guarded says that the host's own TCP was kept away from some crafted flow meanwhile.
	guarded bool
}

// A mark is a moment of a capture.
type mark struct {
	time time.Time
	says string
	cut  string // the wire that was cut then; empty for what a script noted
}

// maxCaptures is how many captures are under way at most: each has a queue at every tap.
const maxCaptures = 64

// capture starts listening at all taps. On a path that is cut already it begins with that.
func (s *State) capture(l *glua.LState) int {
	session := s.sessionFor(l)
	if len(session.Taps) == 0 {
		l.RaiseError("capture: %s has no taps", session.Name)
	}
	if len(s.captures) == maxCaptures {
		l.RaiseError("capture: %d are under way already: end one with cap:stop()", maxCaptures)
	}
	c := &capture{views: make([]view, len(session.Taps))}
	for _, tap := range session.Taps {
		rx, err := tap.Port.Listen(sendrecv.ListenOptions{})
		if err != nil {
			c.close()
			s.fail(l, fmt.Errorf("tap %s: %w", tap.Name, err))
		}
		c.rx = append(c.rx, rx)
		c.broken = append(c.broken, false)
		c.taps = append(c.taps, vantage.Capture{Tap: tap.Name})
	}
	for _, wire := range s.cuts {
		c.markCut(wire, s.clock().Now())
	}
	s.captures = append(s.captures, c)
	l.Push(s.value(c, s.types.capture))
	return 1
}

// drain moves what the receivers hold into memory, so that neither a full queue nor an interrupt loses it. A tap that
// breaks off has lost what passes from then on.
func (s *State) drain() {
	for _, c := range s.captures {
		for i, err := range c.drain(s.heavy) {
			if err != nil {
				s.notice("tap %s: %s; it had seen %s", c.taps[i].Tap, err, binding.Plural(len(c.taps[i].Frames), "frame"))
			}
			if sendrecv.IsAway(err) {
				s.away = err
			}
			if !c.broken[i] { // it has listened until now, whatever it heard
				c.taps[i].Until = s.clock().Now()
			}
		}
	}
}

// drain takes what each tap has, and returns why a tap has broken off, once. One whose interface was down for a while has
// broken off too, although more may come: something may have passed unseen.
// One for which there is no more room has lost what it was not given.
func (c *capture) drain(full func() bool) []error {
	broken := make([]error, len(c.rx))
	for i, rx := range c.rx {
		err := c.empty(i, full)
		stats := rx.Stats()
		if err == nil && stats.Away {
			err = sendrecv.ErrAway
		}
		if err != nil && !errors.Is(err, io.EOF) && !c.broken[i] {
			c.broken[i], broken[i] = true, err
		}
		c.taps[i].Dropped = stats.Dropped
		if c.broken[i] {
			c.taps[i].Dropped++
		}
	}
	return broken
}

// errFull is why a tap keeps no more.
var errFull = errors.New("what it has seen fills the memory that a script may use, and it keeps no more")

// empty takes what tap i has, for as long as there is room for it.
func (c *capture) empty(i int, full func() bool) (err error) {
	var frames [64]sendrecv.Frame
	for n := 1; n > 0 && err == nil; {
		n, err = c.rx[i].Receive(context.Background(), frames[:], 0)
		for _, f := range frames[:n] {
			if full() {
				return errFull
			}
			c.taps[i].Frames = append(c.taps[i].Frames, f)
		}
	}
	return err
}

// stopCapture ends a capture that is under way; what it holds stays.
func (s *State) stopCapture(c *capture) {
	s.drain()
	c.close()
	s.captures = slices.DeleteFunc(s.captures, func(other *capture) bool { return other == c })
	s.ended = c
}

// guarded notes that the guard is on, in every capture and the experiment under way.
func (s *State) guarded() {
	for _, c := range s.captures {
		c.guarded = c.guarded || c.rx != nil
	}
	if s.trial != nil {
		s.trial.guarded = true
	}
}

// close ends the listening; what was captured stays.
func (c *capture) close() {
	for _, rx := range c.rx {
		_ = rx.Close() // nothing is written through it
	}
	c.rx = nil
}

// captureIndex is cap:method and cap.guest: the packets of a tap.
func (s *State) captureIndex() glua.LGFunction {
	bound := s.bind(captureMethods)
	return func(l *glua.LState) int {
		c := of[*capture](l, 1, "capture")
		name := l.CheckString(2)
		if fn, ok := bound[name]; ok {
			l.Push(fn)
			return 1
		}
		s.drain()
		for i, tap := range c.taps {
			if tap.Tap == name {
				l.Push(s.viewOf(&c.views[i], tap.Frames))
				return 1
			}
		}
		l.RaiseError("capture: no tap or method %q; there are %s, stop and mark", name, c.names())
		return 0
	}
}

func (c *capture) names() string {
	text := ""
	for i, tap := range c.taps {
		if i > 0 {
			text += ", "
		}
		text += tap.Tap
	}
	return text
}

// A view is what scripts get to see of a tap: packets for them alone, so that no edit reaches the frames that the judge reads.
type view struct {
	packets  []glua.LValue // one for each frame that has been read
	list     *glua.LTable  // of the packets; nil until it is read
	declared int           // how many declarations of protocols they were read with
}

// viewOf is a tap's frames as a list of packets. A frame is read once and is the same packet at every read, so that an edit
// stays and a loop over cap.guest[i] takes no longer than it has rounds. The list is the same until more frames have passed;
// then there is a longer one, and a list that a script holds stays as it was. A protocol that is declared meanwhile has all
// frames read again.
func (s *State) viewOf(v *view, frames []sendrecv.Frame) *glua.LTable {
	if v.declared != s.declarations {
		*v = view{declared: s.declarations}
	}
	if v.list != nil && len(v.packets) == len(frames) {
		return v.list
	}
	for _, f := range frames[len(v.packets):] {
		if s.full() {
			s.notice("the list holds the first %d of %d packets: more would fill the memory that a script may use", len(v.packets), len(frames))
			break
		}
		v.packets = append(v.packets, s.packetValue(f.Packet(s.table)))
	}
	v.list = s.lists.Packets(v.packets)
	return v.list
}

func (s *State) captureText(l *glua.LState) int {
	c := of[*capture](l, 1, "capture")
	s.drain()
	text := "<capture"
	for _, tap := range c.taps {
		text += fmt.Sprintf(" %s:%d", tap.Tap, len(tap.Frames))
	}
	return pushString(l, text+">")
}

// judgeOptions are the names that the judge takes in its second table.
var judgeOptions = []option{{"dst", "the server's address"}, {"dport", "its port; 0 is any"}}

// judge is judge.path(cap, {dst=, dport=}): the result of an experiment.
func (s *State) judge(l *glua.LState, decide func(*vantage.Result)) int {
	c := of[*capture](l, 1, "capture")
	t := s.named(l, 2, judgeOptions)
	dst, err := s.addressOrHost(binding.Text(l, t, "dst"))
	if err != nil {
		l.RaiseError("dst: %s", err)
	}
	server := netip.AddrPortFrom(dst, uint16(binding.Whole(l, t, "dport", 0xffff)))
	s.drain()
	r := s.result(c, server)
	r.Look = func() { s.check(l) }
	decide(r)
	r.Look = nil
	l.Push(s.value(r, s.types.result))
	return 1
}

// result is a capture as a result without a verdict.
func (s *State) result(c *capture, server netip.AddrPort) *vantage.Result {
	taps, start := vantage.SegmentsAndStart(c.taps, server)
	r := &vantage.Result{Taps: taps, Guard: c.guarded}
	r.Candidates, r.Evidence = []vantage.Verdict{}, []vantage.Evidence{}
	if session := s.session; session != nil {
		r.Session, r.Virtual = session.Name, session.Clock().Virtual()
	}
	for _, m := range c.marks {
		if start.IsZero() { // nothing passed that they could be held against
			start = m.time
		}
		r.Marks = append(r.Marks, vantage.Mark{Time: m.time.Sub(start).Seconds(), Says: m.says, Cut: m.cut})
	}
	return r
}

// resultIndex is r.verdict, r.order and r.evidence.
func (s *State) resultIndex(l *glua.LState) int {
	r := of[*vantage.Result](l, 1, "result")
	switch key := l.CheckString(2); key {
	case "verdict":
		return pushString(l, string(r.Verdict))
	case "order":
		return pushString(l, string(r.Order))
	case "next":
		return pushString(l, r.Next)
	case "evidence":
		t := s.lists.Written(l.NewTable())
		for _, e := range r.Evidence {
			t.Append(glua.LString(e.Says))
		}
		l.Push(t)
	default:
		l.RaiseError("result: no field %q; there are verdict, order, evidence and next", key)
	}
	return 1
}

func resultText(l *glua.LState) int {
	return pushString(l, string(of[*vantage.Result](l, 1, "result").Verdict))
}
