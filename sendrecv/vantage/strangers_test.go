package vantage_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// What strangers on the same path do to a pair of captures, and what no judge can see.

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
