package vantage_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
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
