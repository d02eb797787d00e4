package lua

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
)

// exchangeFunctions send and receive.
func (s *State) exchangeFunctions() []function {
	return []function{
		{"sr1", "sr1(packets, {options})", "send, and return the first answer; nil when none came", srOptions, s.sr1},
		{"sr", "sr(packets, {options})", "send, and return two lists: the answers (each with sent, answer and rtt in seconds), and the packets that got none", srOptions, s.sr},
		{"send", "send(packets, {options})", "send, and return how many packets left", sendOptions, s.send},
		{"sniff", "sniff{options}", "listen, and return what passed as a list of packets", sniffOptions, s.sniff},
		{"guard", "guard(port, ...)", "keep this host's own TCP away from local ports; returns a function that ends it", nil, s.guard},
		{"freeport", "freeport()", "a local port from 61000 on, drawn anew each time, that no service of this host listens on", nil, s.freePort},
		{"sleep", "sleep(seconds)", "wait on the session's clock", nil, s.sleep},
		{"now", "now()", "the session's time in seconds since 1970", nil, s.now},
	}
}

// Options of calls.
var (
	timeoutOption = option{"timeout", "seconds to wait after the last packet (2)"}
	retryOption   = option{"retry", "how often the unanswered are sent again (0)"}
	ifaceOption   = option{"iface", "the interface to use, by name"}
	ppsOption     = option{"pps", "packets per second (1000); 0 is as fast as it goes"}
	interOption   = option{"inter", "seconds between packets; overrides pps"}
	multiOption   = option{"multi", "true takes every answer to a packet, not only the first (false)"}
	guardOption   = option{"guard", "false leaves this host's own TCP free to reset what comes back (true)"}

	verboseOption = option{"verbose", "accepted and without effect, as scapy's scripts give it"}

	srOptions    = []option{timeoutOption, retryOption, ifaceOption, ppsOption, interOption, multiOption, guardOption, verboseOption}
	sendOptions  = []option{ifaceOption, ppsOption, interOption, verboseOption}
	sniffOptions = []option{
		ifaceOption,
		{"count", "end after so many packets"},
		{"timeout", "end after so many seconds"},
		{"store", "false returns no packets (true)"},
		{"prn", "a function that is called with each packet; what it returns is printed"},
		{"lfilter", "a function that says which packets count"},
		{"write", "a capture file to write them to"},
		{"promisc", "true takes frames for other hosts too (false)"},
		{"offline", "what to go through instead of listening: a capture file, packets, or a list of these"},
	}
)

// options reads the second table of a call, and the session that its packets leave through.
func (s *State) options(l *glua.LState, n int, known []option) (*sendrecv.Session, sendrecv.Options) {
	t, o := s.exchangeOptions(l, n, known)
	return s.through(l, t), o
}

// exchangeOptions reads the second table of a call, which is empty when there is none.
func (s *State) exchangeOptions(l *glua.LState, n int, known []option) (t *glua.LTable, o sendrecv.Options) {
	if l.Get(n) == glua.LNil {
		return l.NewTable(), o
	}
	t = s.named(l, n, known)
	o.Timeout = duration(l, t, "timeout")
	o.Inter = duration(l, t, "inter")
	o.Retry = binding.Whole(l, t, "retry", binding.MaxCount)
	if pps := t.RawGetString("pps"); pps != glua.LNil {
		if o.PPS = binding.Number(l, t, "pps"); o.PPS == 0 {
			o.PPS = -1
		}
	}
	o.Multi = binding.Bool(l, t, "multi", false)
	o.NoGuard = !binding.Bool(l, t, "guard", true)
	return t, o
}

// questions reads argument 1: a packet, or a list of packets. none reports that it is an empty list.
func (s *State) questions(l *glua.LState) (q *sendrecv.Sequence, none bool) {
	var packets []*craft.Packet
	if t, ok := l.Get(1).(*glua.LTable); ok {
		for i, n := 1, t.Len(); i <= n; i++ {
			p, ok := packetOf(t.RawGetInt(i))
			if !ok {
				l.RaiseError("bad argument #1: element %d: want a packet, got %s", i, vm.KindOf(t.RawGetInt(i)))
			}
			packets = append(packets, p)
		}
		if key, _ := t.Next(glua.LNil); len(packets) == 0 && key != glua.LNil && s.lists.Methods(t) == nil {
			l.RaiseError("bad argument #1: want a packet or a list of packets, got a table with %s=", binding.Brief(key))
		}
		if len(packets) == 0 {
			return nil, true
		}
	} else {
		packets = append(packets, checkPacket(l, 1))
	}
	q, err := sendrecv.NewSequence(packets...)
	if err != nil {
		s.fail(l, err)
	}
	return q, false
}

// announceNothing says that a call was given an empty list, whose options are looked at all the same: ans, unans = sr(unans) may run
// until nobody is left.
func (s *State) announceNothing(l *glua.LState, known []option) {
	s.exchangeOptions(l, 2, known)
	s.notice("nothing to send: the list is empty")
}

// addressed has packets refused that were given no destination: the default, this host's loopback, is seldom meant where packets
// leave for somewhere else. They do not stop others; where there are no others it is an error.
func addressed(l *glua.LState, q *sendrecv.Sequence, o *sendrecv.Options) {
	all := q.Packets()
	switch lost := slices.IndexFunc(all, func(p *craft.Packet) bool { return undirected(p) != nil }); {
	case lost < 0:
		return
	case len(all) == 1:
		l.RaiseError("%s", undirected(all[0]))
	case !slices.ContainsFunc(all, func(p *craft.Packet) bool { return undirected(p) == nil }):
		l.RaiseError("element %d: %s", lost+1, undirected(all[lost]))
	}
	o.Refuse = undirected
}

// undirected is the error of a packet that was given no destination; nil for others.
func undirected(p *craft.Packet) error {
	for _, name := range []craft.Name{layers.IP, layers.IPv6} {
		if ip := p.Layer(name); ip != nil && !ip.IsSet("dst") && ip.Addr("dst").IsLoopback() {
			return fmt.Errorf(`%s.dst: want a destination, got none: say %s{dst="..."}`, name, name)
		}
	}
	return nil
}

// announcePace says once that a set is slowed down.
func (s *State) announcePace(q *sendrecv.Sequence, o sendrecv.Options) {
	if s.paced || q.Len() < sendrecv.DefaultPPS || o.PPS != 0 || o.Inter != 0 {
		return
	}
	s.paced = true
	s.notice("sending %d packets at %d per second; say {pps=...} for another pace, pps=0 for none", q.Len(), sendrecv.DefaultPPS)
}

// send is send(p, {...}): how many packets left.
func (s *State) send(l *glua.LState) int {
	q, none := s.questions(l)
	if none {
		s.announceNothing(l, sendOptions)
		l.Push(glua.LNumber(0))
		return 1
	}
	session, o := s.options(l, 2, sendOptions)
	addressed(l, q, &o)
	s.announcePace(q, o)
	defer s.vm.Wait(l)()
	defer s.progress("send", q, &o, false)()
	n, err := session.Send(s.vm.Context(), q, o)
	failed, count := unsentOf(q, err)
	if count > 0 && forgiven(n, failed) {
		s.announceUnsent(q, failed, count, "")
		err = nil
	}
	s.finish(l, s.keep(err, n > 0, fmt.Sprintf("%d of %d packets", n, q.Len())))
	l.Push(glua.LNumber(n))
	return 1
}

// unsentOf are the packets of a call of Send that its error is about, and how many they are; none when it is about something else.
func unsentOf(q *sendrecv.Sequence, err error) ([]sendrecv.Failure, uint64) {
	var unsent *sendrecv.UnsentError
	switch {
	case errors.As(err, &unsent):
		return unsent.Failed, unsent.Count
	case err != nil && q.Len() == 1 && unreachable(err):
		return []sendrecv.Failure{{Number: 0, Err: err}}, 1
	}
	return nil, 0
}

// sr is sr(p, {...}): the answers and the questions without one.
func (s *State) sr(l *glua.LState) int {
	defer s.vm.Wait(l)() // until the lists are made
	out := s.exchange(l, false)
	l.Push(s.lists.Answers(out))
	l.Push(s.unanswered(out))
	return 2
}

// sr1 is sr1(p, {...}): the first answer or nil.
func (s *State) sr1(l *glua.LState) int {
	defer s.vm.Wait(l)()
	out := s.exchange(l, true)
	if len(out.Pairs) == 0 {
		l.Push(glua.LNil)
	} else {
		l.Push(s.packetValue(out.Pairs[0].Answer))
	}
	return 1
}

// nothingCame is what to say of the nil that an sr1 of these questions returned.
func (s *State) nothingCame(q *sendrecv.Sequence, o sendrecv.Options, out *sendrecv.Outcome) string {
	asked := s.resolved(q.At(0)).Summary()
	if n := q.Len(); n > 1 {
		asked += fmt.Sprintf(" and %d more", n-1)
	}
	what := fmt.Sprintf("nobody answered the last sr1 (%s) within %s", asked, patient(o))
	if out.Sent == 0 {
		what = fmt.Sprintf("the last sr1 (%s) was not sent: %s", asked, causes(q, out.Failed))
	}
	return "; " + what + ", and it returned nil: ask before, as in if x then"
}

// nothingHeard notes what to say of the nil that this call of sr1 returns, and which variable gets it.
func (s *State) nothingHeard(l *glua.LState, what string) {
	s.unheard = what
	s.silent, s.relayed = s.vm.Assigned(l)
}

// exchange runs SR. An interrupted run returns what it has; the script ends soon after.
func (s *State) exchange(l *glua.LState, first bool) *sendrecv.Outcome {
	q, none := s.questions(l)
	if none {
		s.announceNothing(l, srOptions)
		s.silence = "nothing was asked: the list is empty"
		if first {
			s.nothingHeard(l, "; the last sr1 was given an empty list, and returned nil: ask before, as in if x then")
		}
		return &sendrecv.Outcome{}
	}
	if first {
		s.unheard = ""
	}
	session, o := s.options(l, 2, srOptions)
	addressed(l, q, &o)
	o.First, o.Protocols, o.Full = first, s.table, s.full
	s.asked = session
	o.Held = func(ports []uint16) { s.announceServices(session.Guard, ports) }
	s.announcePace(q, o)
	name := "sr"
	if first {
		name = "sr1"
	}
	over := s.progress(name, q, &o, true)
	began := session.Clock().Now()
	out, err := session.SR(s.vm.Context(), q, o)
	over()
	if out == nil {
		out = &sendrecv.Outcome{Sequence: q}
	}
	if out.Guarded {
		s.guarded()
	}
	if err != nil && out.Sent == 0 && s.vm.Context().Err() == nil && forgiven(0, out.Failed) {
		err = nil
	}
	s.announceOutcome(q, o, out, err)
	if first && len(out.Pairs) == 0 && err == nil {
		s.nothingHeard(l, s.nothingCame(q, o, out))
	}
	s.tally.count(out, first, session.Clock().Now().Sub(began), s.silence)
	came := fmt.Sprintf("%d of %d packets and %s", out.Asked, q.Len(), binding.Plural(len(out.Pairs), "answer"))
	s.finish(l, s.keep(err, out.Sent > 0 || len(out.Pairs) > 0, came))
	return out
}

// announceOutcome says what the lists do not: what could not be sent, who was free to interfere, what was lost, and why
// there is no answer.
func (s *State) announceOutcome(q *sendrecv.Sequence, o sendrecv.Options, out *sendrecv.Outcome, err error) {
	if len(out.Failed) > 0 && err == nil {
		s.announceUnsent(q, out.Failed, uint64(len(out.Failed)), " and count as unanswered")
	}
	if s.vm.Context().Err() != nil && out.Asked < q.Len() {
		s.notice("interrupted after %d of %d packets", out.Asked, q.Len())
	}
	if out.Full {
		s.announceFull(fmt.Sprintf("%d of %d packets", out.Asked, q.Len()))
	}
	if out.Unguarded != nil && !s.unguarded {
		s.unguarded = true
		s.notice("no guard: %s; this host's own TCP will reset what it did not ask for", out.Unguarded)
	}
	if out.Dropped > 0 {
		s.notice("the receiver lost %s: silence proves nothing", binding.Plural(int(out.Dropped), "frame"))
	}
	if out.Away && err == nil {
		s.notice("the interface was down meanwhile: silence proves nothing")
	}
	s.silence = ""
	switch {
	case len(out.Pairs) > 0 || err != nil:
	case out.Sent == 0 && len(out.Failed) > 0:
		s.silence = "not sent: " + causes(q, out.Failed)
	default:
		s.silence = "no answer within " + patient(o) + others(out.Other)
	}
}

// others says how many frames arrived that were no answers.
func others(n uint64) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "; 1 frame arrived that is none"
	}
	return fmt.Sprintf("; %d frames arrived that are none", n)
}

// full reports that a call should keep no more, and return what it has.
func (s *State) full() bool { return s.vm.Filled(3) }

// heavy reports that taps should keep no more: what they hold is still to be made packets of.
func (s *State) heavy() bool { return s.vm.Filled(2) }

// announceFull says that a call ended before its end, after some of what it was to do, because what it keeps has outgrown what
// a script may use. What it has is returned.
func (s *State) announceFull(after string) {
	s.notice("ended after %s: what they leave behind fills the memory that a script may use; take fewer at a time", after)
}

// waited is how long a call waited for answers.
func waited(o sendrecv.Options) time.Duration {
	if o.Timeout == 0 {
		return sendrecv.DefaultTimeout
	}
	return o.Timeout
}

// patient says how long a call waited for answers, and how often if it asked again.
func patient(o sendrecv.Options) string {
	if o.Retry > 0 {
		return fmt.Sprintf("%s, asked %d times", chosen(waited(o)), o.Retry+1)
	}
	return chosen(waited(o))
}

// finish ends a call that waited: it moves what the taps hold to safety and raises what went wrong. That the context
// ended is raised by the interpreter itself.
func (s *State) finish(l *glua.LState, err error) {
	s.drain()
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		if !errors.Is(err, sendrecv.ErrOutside) && !mistaken(err) {
			s.unsent = err
		}
		s.fail(l, err)
	}
}

// sleep waits on the session's clock.
func (s *State) sleep(l *glua.LState) int {
	d := seconds(l, "sleep", 1, mandatory)
	defer s.vm.Wait(l)()
	clock := s.clock()
	until := clock.Now().Add(d)
	for {
		left := until.Sub(clock.Now())
		if left <= 0 {
			return 0
		}
		_, err := clock.Wait(s.vm.Context(), min(left, drainPeriod), nil)
		s.finish(l, err)
		if err != nil {
			return 0
		}
	}
}

// now is the session's time in seconds since 1970.
func (s *State) now(l *glua.LState) int {
	l.Push(binding.Since1970(s.clock().Now()))
	return 1
}

// maxGuards is how many guards are under way at most: all of them are released at the end.
const maxGuards = 1000

// guard(port, ...) keeps the host's own TCP away from local ports until release() or the end of the script.
func (s *State) guard(l *glua.LState) int {
	session := s.sessionFor(l)
	if session.Guard == nil {
		l.RaiseError("guard: %s has no TCP of its own to keep away", session.Name)
	}
	if l.GetTop() == 0 {
		l.RaiseError("guard: want the local ports to guard")
	}
	if len(s.guards) == maxGuards {
		l.RaiseError("guard: %d are under way already: call what guard returned to end one", maxGuards)
	}
	var ports []uint16
	for i := 1; i <= l.GetTop(); i++ {
		n := float64(l.CheckNumber(i))
		if !whole(n) || n < 1 || n > 0xffff {
			l.RaiseError("guard: want a port in 1..65535, got %s", vm.Text(l.Get(i)))
		}
		ports = append(ports, uint16(n))
	}
	release, err := session.Guard.Hold(ports...)
	if err != nil {
		s.fail(l, fmt.Errorf("guard: %w", err))
	}
	s.guarded()
	s.announceServices(session.Guard, ports)
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
