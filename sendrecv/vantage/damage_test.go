package vantage_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// What may befall two captures between the wire and the judge, and what strangers and forgers put into them. Each damage is
// a function of a random source, so that a seed tells all of it.

// A scene is two captures of one path, what was done to them, and which verdicts would be true.
type scene struct {
	name   string
	frames [2][]sendrecv.Frame // near, far
	clocks [2]string
	// path and keepalive are the only verdicts that are true, besides inconclusive; inconclusive itself when none is.
	path, keepalive vantage.Verdict
	// kinds names the damages, done tells their particulars.
	kinds, done []string
	// lie says that one clock is claimed where there are two: what is found then is counted, not asserted.
	lie bool
	// strangers are the handshakes of strangers that were put in, and what they copied from the guest.
	strangerDamages []stranger
	// other gives a scene whose far tap may take the place of this one's.
	other func(*rand.Rand, bool) scene
}

// A stranger is somebody else's connection to the same server.
type stranger struct {
	taps              [2]bool
	syn, synack       time.Time
	isnToo, bytesToo  bool
	client            netip.AddrPort
	outISN, serverISN uint32
}

const nearTap, farTap = 0, 1

// A damage is one kind of thing that may happen.
type damage struct {
	kind string
	// stage orders damages that are combined: what changes the box comes before what changes whole files, and that before
	// what befalls single frames.
	stage int
	// do returns the damaged scene and the particulars; ok is false where it cannot happen.
	do func(*rand.Rand, scene) (after scene, how string, ok bool)
}

func everyDamage() []damage {
	return slices.Concat(captureDamages(), clockDamages(), fileDamages(), strangerDamages(), spoofDamages(), []damage{
		{"both directions renumbered", 0, boxRenumbers(true, true)},
		{"the guest's numbers changed", 0, boxRenumbers(true, false)},
		{"the server's numbers changed", 0, boxRenumbers(false, true)},
	})
}

// with replaces the frames of one tap.
func (s scene) with(tap int, fs []sendrecv.Frame) scene {
	s.frames[tap] = fs
	return s
}

// Frames of a capture that are lost, doubled, out of order.

func captureDamages() []damage {
	return []damage{
		{"one frame dropped", 2, atRandom(frameDropped)},
		{"one frame doubled, same stamp", 2, atRandom(frameDoubled(0))},
		{"one frame doubled, 1 µs later", 2, atRandom(frameDoubled(time.Microsecond))},
		{"neighbours swapped with their stamps", 2, atRandom(framesSwapped(true))},
		{"neighbours swapped, stamps in place", 2, atRandom(framesSwapped(false))},
		{"head missing", 2, atRandom(headMissing)},
		{"tail missing", 2, atRandom(tailMissing)},
		{"one direction missing", 2, directionMissing},
		{"one frame's checksum wrong", 2, atRandom(sumBroken)},
	}
}

// frameDamages are the damages that can be tried on every frame.
func frameDamages() []frameDamage {
	return []frameDamage{
		{"one frame dropped", frameDropped},
		{"one frame doubled, same stamp", frameDoubled(0)},
		{"one frame doubled, 1 µs later", frameDoubled(time.Microsecond)},
		{"neighbours swapped with their stamps", framesSwapped(true)},
		{"neighbours swapped, stamps in place", framesSwapped(false)},
		{"head missing", headMissing},
		{"tail missing", tailMissing},
		{"one frame's checksum wrong", sumBroken},
	}
}

// A frameDamage does something to frame i of a capture; it returns nil where that is nothing.
type frameDamage struct {
	kind string
	do   func(fs []sendrecv.Frame, i int) []sendrecv.Frame
}

func atRandom(do func([]sendrecv.Frame, int) []sendrecv.Frame) func(*rand.Rand, scene) (scene, string, bool) {
	return func(r *rand.Rand, s scene) (scene, string, bool) {
		tap := r.IntN(2)
		if len(s.frames[tap]) == 0 {
			return s, "", false
		}
		i := r.IntN(len(s.frames[tap]))
		fs := do(s.frames[tap], i)
		return s.with(tap, fs), frameAt(tap, i), fs != nil
	}
}

func frameAt(tap, i int) string { return fmt.Sprintf("%s %d", [2]string{"guest", "host"}[tap], i+1) }

func frameDropped(fs []sendrecv.Frame, i int) []sendrecv.Frame {
	return slices.Delete(slices.Clone(fs), i, i+1)
}

func frameDoubled(later time.Duration) func([]sendrecv.Frame, int) []sendrecv.Frame {
	return func(fs []sendrecv.Frame, i int) []sendrecv.Frame {
		again := fs[i]
		again.Time = again.Time.Add(later)
		return slices.Insert(slices.Clone(fs), i+1, again)
	}
}

func framesSwapped(travel bool) func([]sendrecv.Frame, int) []sendrecv.Frame {
	return func(fs []sendrecv.Frame, i int) []sendrecv.Frame {
		if i+1 >= len(fs) {
			return nil
		}
		all := slices.Clone(fs)
		all[i], all[i+1] = all[i+1], all[i]
		if !travel {
			all[i].Time, all[i+1].Time = fs[i].Time, fs[i+1].Time
		}
		return all
	}
}

func headMissing(fs []sendrecv.Frame, i int) []sendrecv.Frame { return slices.Clone(fs[i+1:]) }
func tailMissing(fs []sendrecv.Frame, i int) []sendrecv.Frame { return slices.Clone(fs[:i]) }

// sumBroken damages a checksum as it was captured.
func sumBroken(fs []sendrecv.Frame, i int) []sendrecv.Frame {
	all := slices.Clone(fs)
	all[i] = frameEdited(all[i], func(_, tcp *craft.Layer) { mustBuild(tcp.Set("chksum", tcp.Uint("chksum")^0x5a5a)) })
	return all
}

func directionMissing(r *rand.Rand, s scene) (scene, string, bool) {
	tap, dir := r.IntN(2), [2]string{"out", "in"}[r.IntN(2)]
	fs := slices.DeleteFunc(slices.Clone(s.frames[tap]), func(f sendrecv.Frame) bool { return segmentIn(f).Dir == dir })
	return s.with(tap, fs), frameAt(tap, 0) + " " + dir, len(fs) < len(s.frames[tap])
}

// Clocks.

func clockDamages() []damage {
	all := []damage{
		{"stamps all equal", 2, func(r *rand.Rand, s scene) (scene, string, bool) {
			tap := r.IntN(3)
			for i := range s.frames {
				if i == tap || tap == 2 {
					s.frames[i] = restamped(s.frames[i], func(time.Time) time.Time { return time.Unix(1795342000, 0) })
				}
			}
			return s, fmt.Sprint(tap), true
		}},
		{"stamps in milliseconds", 2, stampsCoarse(time.Millisecond)},
		{"stamps in seconds", 2, stampsCoarse(time.Second)},
		{"two clocks, not apart", 2, clocksApart("", 0)},
	}
	for _, by := range []float64{0.0005, 0.02, 1, 3600} {
		all = append(all,
			damage{fmt.Sprintf("two clocks, %g s apart", by), 2, clocksApart("", by)},
			damage{fmt.Sprintf("one clock claimed, %g s apart", by), 2, clocksApart("claimed", by)})
	}
	return all
}

func restamped(fs []sendrecv.Frame, at func(time.Time) time.Time) []sendrecv.Frame {
	all := slices.Clone(fs)
	for i := range all {
		all[i].Time = at(all[i].Time)
	}
	return all
}

func stampsCoarse(unit time.Duration) func(*rand.Rand, scene) (scene, string, bool) {
	return func(_ *rand.Rand, s scene) (scene, string, bool) {
		for i := range s.frames {
			s.frames[i] = restamped(s.frames[i], func(t time.Time) time.Time { return t.Truncate(unit) })
		}
		return s, "", true
	}
}

// clocksApart sets the far clock forward or back. What half a millisecond does must be harmless even where one clock is claimed:
// no two machines agree better, and people claim it.
func clocksApart(claim string, seconds float64) func(*rand.Rand, scene) (scene, string, bool) {
	return func(r *rand.Rand, s scene) (scene, string, bool) {
		by := time.Duration(seconds * float64(time.Second))
		if r.IntN(2) == 0 {
			by = -by
		}
		s.frames[farTap] = restamped(s.frames[farTap], func(t time.Time) time.Time { return t.Add(by) })
		if claim == "" {
			s.clocks = [2]string{"guest.pcap", "host.pcap"}
		} else if seconds > 0.001 {
			s.lie = true
		}
		return s, by.String(), true
	}
}

// Files.

func fileDamages() []damage {
	return []damage{
		{"taps swapped", 1, func(_ *rand.Rand, s scene) (scene, string, bool) {
			s.frames[nearTap], s.frames[farTap] = s.frames[farTap], s.frames[nearTap]
			return s, "", true
		}},
		{"far tap of another NAT", 1, func(r *rand.Rand, s scene) (scene, string, bool) { return elsewhere(r, s, false) }},
		{"far tap of another test", 1, func(r *rand.Rand, s scene) (scene, string, bool) { return elsewhere(r, s, true) }},
		{"far tap empty", 1, func(_ *rand.Rand, s scene) (scene, string, bool) {
			s.path, s.keepalive = vantage.Inconclusive, vantage.Inconclusive
			return s.with(farTap, nil), "", true
		}},
		{"both taps on one link", 1, func(_ *rand.Rand, s scene) (scene, string, bool) {
			s.path = vantage.Inconclusive
			if s.keepalive != vantage.Forwarded {
				s.keepalive = vantage.Inconclusive
			}
			return s.with(farTap, s.frames[nearTap]), "", true
		}},
		{"far tap on both sides", 1, func(_ *rand.Rand, s scene) (scene, string, bool) {
			all := slices.Concat(s.frames[nearTap], s.frames[farTap])
			slices.SortStableFunc(all, func(a, b sendrecv.Frame) int { return a.Time.Compare(b.Time) })
			return s.with(farTap, all), "", true
		}},
	}
}

// elsewhere takes the far capture of another run. Nothing that it shows is evidence; of the same box what it suggests is true
// all the same.
func elsewhere(r *rand.Rand, s scene, sameBox bool) (scene, string, bool) {
	if s.other == nil {
		return s, "", false
	}
	o := s.other(r, sameBox)
	if o.name == "" {
		return s, "", false
	}
	if o.path != s.path {
		s.path = vantage.Inconclusive
	}
	if o.keepalive != s.keepalive {
		s.keepalive = vantage.Inconclusive
	}
	return s.with(farTap, o.frames[farTap]), o.name, true
}

// boxRenumbers gives a packet NAT or a router the habit of changing sequence numbers.
func boxRenumbers(client, server bool) func(*rand.Rand, scene) (scene, string, bool) {
	return func(r *rand.Rand, s scene) (scene, string, bool) {
		if s.path != vantage.Routed && s.path != vantage.PacketNAT {
			return s, "", false
		}
		var by [2]uint32
		if client {
			by[0] = r.Uint32()
		}
		if server {
			by[1] = r.Uint32()
		}
		fs := slices.Clone(s.frames[farTap])
		for i := range fs {
			fs[i] = frameRenumbered(fs[i], by)
		}
		s.path = vantage.PacketNAT
		return s.with(farTap, fs), fmt.Sprint(by), true
	}
}

// frameRenumbered adds to the client's numbers by[0], to the server's by[1].
func frameRenumbered(f sendrecv.Frame, by [2]uint32) sendrecv.Frame {
	seg := segmentIn(f)
	if seg.Dir == "" || seg.ICMP != "" {
		return f
	}
	own, peer := by[0], by[1]
	if seg.Dir == "in" {
		own, peer = peer, own
	}
	return frameEdited(f, func(_, tcp *craft.Layer) {
		mustBuild(tcp.SetUint("seq", uint64(seg.Seq+own)))
		if seg.Ack != 0 {
			mustBuild(tcp.SetUint("ack", uint64(seg.Ack+peer)))
		}
		mustBuild(tcp.Clear("chksum"))
	})
}

// Reading and writing frames.

// segmentIn is a frame as the judge reads it; the zero value when it reads nothing.
func segmentIn(f sendrecv.Frame) vantage.Segment {
	taps := vantage.Segments([]vantage.Capture{{Frames: []sendrecv.Frame{f}}}, server)
	if len(taps[0].Segments) == 0 {
		return vantage.Segment{}
	}
	return taps[0].Segments[0]
}

func frameEdited(f sendrecv.Frame, change func(ip, tcp *craft.Layer)) sendrecv.Frame {
	p := craft.Dissect(f.Data, f.Link)
	ip, tcp := p.Layer(layers.IP), p.Layer(layers.TCP)
	if tcp == nil {
		return f
	}
	change(ip, tcp)
	data, err := craft.Build(p, nil)
	mustBuild(err)
	f.Data = data
	return f
}

func mustBuild(err error) {
	if err != nil {
		panic(err)
	}
}

// frameLike makes a frame that looks as if it had come the way of another one.
func frameLike(at time.Time, like sendrecv.Frame, s vantage.Segment) sendrecv.Frame {
	p := craft.Dissect(like.Data, like.Link)
	ip := layers.IP.New("src", s.Src.Addr(), "dst", s.Dst.Addr(), "ttl", int(s.TTL))
	tcp := layers.TCP.New("sport", int(s.Src.Port()), "dport", int(s.Dst.Port()), "flags", s.Flags, "seq", s.Seq, "ack", s.Ack)
	stack := []*craft.Layer{ip, tcp}
	if e := p.Layer(layers.Ether); e != nil {
		src, dst := e.Text("src"), e.Text("dst")
		if segmentIn(like).Dir != s.Dir {
			src, dst = dst, src
		}
		stack = append([]*craft.Layer{layers.Ether.New("src", src, "dst", dst)}, stack...)
	}
	if len(s.Payload) > 0 {
		stack = append(stack, craft.Raw.New("load", s.Payload))
	}
	data, err := craft.Build(craft.Stack(stack...), nil)
	mustBuild(err)
	return sendrecv.Frame{Time: at, Link: like.Link, Data: data}
}

// framesInserted puts frames where their stamps belong.
func framesInserted(fs []sendrecv.Frame, more ...sendrecv.Frame) []sendrecv.Frame {
	all := slices.Clone(fs)
	for _, f := range more {
		i := 0
		for i < len(all) && !all[i].Time.After(f.Time) {
			i++
		}
		all = slices.Insert(all, i, f)
	}
	return all
}

// Strangers.

func strangerDamages() []damage {
	return []damage{
		{"a stranger at the far tap", 2, strangerDamage(false, true)},
		{"a stranger at the near tap", 2, strangerDamage(true, false)},
		{"a routed bystander at both taps", 2, strangerDamage(true, true)},
	}
}

// strangerDamage puts somebody else's connection to the same server into one tap or both.
func strangerDamage(atNear, atFar bool) func(*rand.Rand, scene) (scene, string, bool) {
	return func(r *rand.Rand, s scene) (scene, string, bool) {
		like, ok := anyFrame(s)
		if !ok {
			return s, "", false
		}
		guest := guestIn(s)
		x := stranger{taps: [2]bool{atNear, atFar}, client: strangeClient(r, guest.client, atNear && atFar), serverISN: r.Uint32()}
		x.outISN, x.isnToo = strangeISN(r, guest.isn)
		talk, payload := r.IntN(3), []byte("somebody else's request, long enough to be told from others\n")
		if len(guest.payload) > 0 && r.IntN(2) == 0 {
			payload, x.bytesToo = guest.payload, talk > 0
		}
		begin, when := strangeBegin(r, s)
		segs, at := strangeTalk(r, x, payload, talk, begin)
		x.syn, x.synack = at[0], at[1]
		for tap, is := range x.taps {
			if is {
				s.frames[tap] = framesInserted(s.frames[tap], x.seenAt(tap, like[tap], segs, at)...)
			}
		}
		s.strangerDamages = append(slices.Clone(s.strangerDamages), x)
		how := fmt.Sprintf("%s, %s, ISN %d, talk %d, same ISN %t, same bytes %t", when, x.client, x.outISN, talk, x.isnToo, x.bytesToo)
		return s, how, true
	}
}

// seenAt are a stranger's frames at a tap. Two taps see a segment 80 µs apart, the one that it passes first first, and one hop
// lower behind it.
func (x stranger) seenAt(tap int, like sendrecv.Frame, segs []vantage.Segment, at []time.Time) []sendrecv.Frame {
	var fs []sendrecv.Frame
	for i, seg := range segs {
		t := at[i]
		if x.taps[nearTap] && x.taps[farTap] && (tap == nearTap) == (seg.Dir == "in") {
			t = t.Add(80 * time.Microsecond)
		}
		seg.TTL = uint8(64 - tap)
		if seg.Dir == "in" {
			seg.TTL = uint8(62 + tap)
		}
		fs = append(fs, frameLike(t, like, seg))
	}
	return fs
}

// anyFrame finds for each tap a frame whose link-layer addresses others may borrow.
func anyFrame(s scene) (like [2]sendrecv.Frame, ok bool) {
	for tap := range s.frames {
		for _, from := range []int{1 - tap, tap} {
			if len(s.frames[from]) > 0 {
				like[tap], ok = s.frames[from][0], true
			}
		}
	}
	return like, ok
}

// imitated is what a stranger may have in common with the guest.
type imitated struct {
	client  netip.AddrPort
	isn     uint32
	payload []byte
}

func guestIn(s scene) imitated {
	var o imitated
	for _, f := range s.frames[nearTap] {
		seg := segmentIn(f)
		if seg.Dir != "out" {
			continue
		}
		if seg.Flags == "S" && !o.client.IsValid() {
			o.client, o.isn = seg.Src, seg.Seq
		}
		if o.payload == nil && seg.Len > 1 && seg.Src == o.client {
			o.payload = seg.Payload
		}
	}
	return o
}

func strangeClient(r *rand.Rand, guest netip.AddrPort, routed bool) netip.AddrPort {
	ports := []uint16{40111, 51000, guest.Port()}
	from := []netip.Addr{netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("10.0.2.77")}
	if !routed {
		from = append(from, netip.MustParseAddr("192.168.10.1"))
		if guest.IsValid() {
			from = append(from, guest.Addr())
		}
	}
	addr, port := from[r.IntN(len(from))], ports[r.IntN(len(ports))]
	if port == 0 || addr == guest.Addr() || addr == netip.MustParseAddr("192.168.10.1") { // the flow's own ports stay its own
		port = 40111
	}
	return netip.AddrPortFrom(addr, port)
}

func strangeISN(r *rand.Rand, guest uint32) (isn uint32, same bool) {
	switch r.IntN(4) {
	case 0:
		return 0, guest == 0
	case 1:
		return 1000, guest == 1000
	case 2:
		return guest, true
	}
	return r.Uint32(), false
}

// strangeBegin chooses when a stranger begins: before the guest, after all, near one of the frames.
func strangeBegin(r *rand.Rand, s scene) (time.Time, string) {
	var all []sendrecv.Frame
	for _, fs := range s.frames {
		all = append(all, fs...)
	}
	slices.SortStableFunc(all, func(a, b sendrecv.Frame) int { return a.Time.Compare(b.Time) })
	gap := time.Duration(float64(50*time.Microsecond) * float64(uint(1)<<r.IntN(17)))
	switch r.IntN(4) {
	case 0:
		return all[0].Time.Add(-gap), fmt.Sprintf("%v before", gap)
	case 1:
		return all[len(all)-1].Time.Add(gap), fmt.Sprintf("%v after", gap)
	case 2:
		return all[0].Time.Add(gap), fmt.Sprintf("%v after the first frame", gap)
	}
	i := r.IntN(len(all))
	return all[i].Time.Add(gap / 8), fmt.Sprintf("%v after frame %d of all", gap/8, i+1)
}

// strangeTalk is a handshake; with talk 1 an echo too, with talk 2 its end as well.
func strangeTalk(r *rand.Rand, x stranger, payload []byte, talk int, at time.Time) ([]vantage.Segment, []time.Time) {
	n := uint32(len(payload))
	a, b := x.outISN+1, x.serverISN+1
	segs := []vantage.Segment{
		{Dir: "out", Flags: "S", Seq: x.outISN},
		{Dir: "in", Flags: "SA", Seq: x.serverISN, Ack: a},
		{Dir: "out", Flags: "A", Seq: a, Ack: b},
	}
	if talk > 0 {
		segs = append(segs,
			vantage.Segment{Dir: "out", Flags: "PA", Seq: a, Ack: b, Payload: payload},
			vantage.Segment{Dir: "in", Flags: "PA", Seq: b, Ack: a + n, Payload: payload},
			vantage.Segment{Dir: "out", Flags: "A", Seq: a + n, Ack: b + n})
	}
	if talk > 1 {
		segs = append(segs,
			vantage.Segment{Dir: "out", Flags: "FA", Seq: a + n, Ack: b + n},
			vantage.Segment{Dir: "in", Flags: "FA", Seq: b + n, Ack: a + n + 1},
			vantage.Segment{Dir: "out", Flags: "A", Seq: a + n + 1, Ack: b + n + 1})
	}
	pace := time.Duration(float64(40*time.Microsecond) * float64(uint(1)<<r.IntN(10)))
	var times []time.Time
	for i := range segs {
		segs[i].Src, segs[i].Dst = x.client, server
		if segs[i].Dir == "in" {
			segs[i].Src, segs[i].Dst = server, x.client
		}
		times = append(times, at)
		at = at.Add(pace/2 + time.Duration(r.Int64N(int64(pace))))
	}
	return segs, times
}

// Forgers: one segment with the flow's own addresses and ports.

func spoofDamages() []damage {
	return []damage{
		{"a spoofed SYN", 2, spoofDamage(func(r *rand.Rand, s *vantage.Segment, next [2]uint32) string {
			s.Dir, s.Flags, s.Ack = "out", "S", 0
			return drawNumber(r, &s.Seq, map[string]uint32{"random": r.Uint32(), "zero": 0, "in window": next[0], "ahead": next[0] + 500})
		})},
		{"a spoofed SYN/ACK", 2, spoofDamage(func(r *rand.Rand, s *vantage.Segment, next [2]uint32) string {
			s.Dir, s.Flags, s.Ack = "in", "SA", s.Seq+1
			if r.IntN(4) == 0 {
				s.Ack = r.Uint32()
			}
			return drawNumber(r, &s.Seq, map[string]uint32{"random": r.Uint32(), "zero": 0, "in window": next[1]})
		})},
		{"a spoofed RST", 2, spoofDamage(func(r *rand.Rand, s *vantage.Segment, next [2]uint32) string {
			i := r.IntN(2)
			s.Dir, s.Flags, s.Ack = [2]string{"out", "in"}[i], [2]string{"R", "RA"}[r.IntN(2)], 0
			if s.Flags == "RA" {
				s.Ack = next[1-i]
			}
			return s.Dir + " " + drawNumber(r, &s.Seq, map[string]uint32{"exact": next[i], "in window": next[i] + 5, "out of window": next[i] + 1<<28, "random": r.Uint32()})
		})},
		{"a stray SYN/ACK with a wrong checksum", 2, strayBadSum},
	}
}

// drawNumber sets a number to one of several and names which.
func drawNumber(r *rand.Rand, n *uint32, from map[string]uint32) string {
	names := make([]string, 0, len(from))
	for name := range from {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[r.IntN(len(names))]
	*n = from[name]
	return name
}

// spoofDamage puts one segment into a tap, behind a frame chosen at random; fill makes it of that frame's segment and of the next
// numbers of the client and the server.
func spoofDamage(fill func(*rand.Rand, *vantage.Segment, [2]uint32) string) func(*rand.Rand, scene) (scene, string, bool) {
	return func(r *rand.Rand, s scene) (scene, string, bool) {
		tap := r.IntN(2)
		fs := s.frames[tap]
		if len(fs) == 0 {
			return s, "", false
		}
		i := r.IntN(len(fs))
		seg := segmentIn(fs[i])
		if seg.Dir == "" || seg.ICMP != "" {
			return s, "", false
		}
		client, next := seg.Src, [2]uint32{seg.Seq + uint32(seg.Len), seg.Ack}
		if seg.Dir == "in" {
			client, next = seg.Dst, [2]uint32{seg.Ack, seg.Seq + uint32(seg.Len)}
			seg.Seq = seg.Ack - 1
		}
		if seg.Flags == "S" {
			next[0]++
		}
		seg.Payload = nil
		how := fill(r, &seg, next)
		seg.Src, seg.Dst = client, server
		if seg.Dir == "in" {
			seg.Src, seg.Dst = server, client
		}
		return s.with(tap, framesInserted(fs, frameLike(momentAfter(r, fs, i), fs[i], seg))), frameAt(tap, i) + " " + how, true
	}
}

// momentAfter is a moment between frame i and the next one; now and then one before all frames.
func momentAfter(r *rand.Rand, fs []sendrecv.Frame, i int) time.Time {
	switch {
	case r.IntN(8) == 0:
		return fs[0].Time.Add(-200 * time.Microsecond)
	case i+1 < len(fs):
		return fs[i].Time.Add(fs[i+1].Time.Sub(fs[i].Time) / 2)
	}
	return fs[i].Time.Add(200 * time.Microsecond)
}

// strayBadSum puts in a SYN/ACK of another number that no host took.
func strayBadSum(r *rand.Rand, s scene) (scene, string, bool) {
	tap := r.IntN(2)
	for i, f := range s.frames[tap] {
		if segmentIn(f).Flags != "SA" {
			continue
		}
		x := frameEdited(f, func(_, tcp *craft.Layer) {
			mustBuild(tcp.SetUint("seq", uint64(r.Uint32())))
			mustBuild(tcp.SetUint("chksum", tcp.Uint("chksum")^0x1111))
		})
		x.Time = f.Time.Add(-20 * time.Microsecond)
		return s.with(tap, framesInserted(s.frames[tap], x)), frameAt(tap, i), true
	}
	return s, "", false
}

// What no judge can tell from the truth.

// beyondAnyJudge says that the captures hold every segment that another box would have left there, so that the verdict is right
// by all that can be seen. These do that, and all need that the guest's own upstream connection is not in view:
//
//   - On one clock, a stranger's handshake lies between the guest's SYN and the guest's SYN/ACK, and is the only one that does:
//     what the design (section 5) says ties a far connection to the guest's SYN, and all that a proxy leaves. So does the far
//     capture of another run that is laid there.
//   - A stranger sends and gets the guest's own bytes while the guest does: the same payload at the same place in both streams.
//   - A stranger's SYN has the guest's random ISN. Nobody's has by chance.
//   - A bystander's connection is at both taps and the guest's SYN at neither: the verdict is true of the bystander.
func beyondAnyJudge(s scene, got vantage.Verdict) bool {
	for _, x := range s.strangerDamages {
		switch {
		case x.taps[nearTap] && x.taps[farTap]:
			if got == vantage.Routed && x.aloneAt(s, nearTap, isPlainSYN) {
				return true
			}
		case x.taps[farTap] && letsCross(got):
			if x.isnToo && x.outISN >= 1<<20 && x.aloneAt(s, farTap, isPlainSYN) {
				return true
			}
		case x.taps[farTap]:
			if s.clocks[nearTap] == s.clocks[farTap] && x.nested(s) || x.bytesToo && x.aloneAt(s, farTap, hasPayload) {
				return true
			}
		}
	}
	laid := slices.ContainsFunc(s.kinds, func(k string) bool { return strings.HasPrefix(k, "far tap of another") })
	return laid && got == vantage.HandshakeOnSYNProxy && s.clocks[nearTap] == s.clocks[farTap]
}

func isPlainSYN(s vantage.Segment) bool { return s.Flags == "S" }

// hasPayload leaves out the garbage byte of a keepalive probe.
func hasPayload(s vantage.Segment) bool { return s.Len > 1 }

// letsCross says that a verdict is of a box that lets the guest's own segments through.
func letsCross(v vantage.Verdict) bool {
	return v == vantage.Routed || v == vantage.PacketNAT || v == vantage.SYNProxy || v == vantage.Forwarded
}

// nested says that the guest waited for its SYN/ACK while the stranger's handshake passed, and no other SYN did.
func (x stranger) nested(s scene) bool {
	var asked, answered time.Time
	for _, f := range s.frames[nearTap] {
		switch seg := segmentIn(f); {
		case seg.Flags == "S" && !f.Time.After(x.syn):
			asked = f.Time
		case seg.Flags == "SA" && answered.IsZero() && !f.Time.Before(x.synack):
			answered = f.Time
		}
	}
	if asked.IsZero() || answered.IsZero() {
		return false
	}
	return x.aloneAt(s, farTap, isPlainSYN)
}

// aloneAt says that of all outgoing segments of a kind at a tap the stranger sent every one.
func (x stranger) aloneAt(s scene, tap int, is func(vantage.Segment) bool) bool {
	return !slices.ContainsFunc(s.frames[tap], func(f sendrecv.Frame) bool {
		seg := segmentIn(f)
		return seg.Dir == "out" && is(seg) && seg.Src != x.client
	})
}
