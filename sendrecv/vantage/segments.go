package vantage

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

// Segments reads out of each capture the TCP segments from and to server, and the ICMP errors that quote one. The
// server's port 0 stands for all of its ports. There is one view for each capture, in the same order.
func Segments(captures []Capture, server netip.AddrPort) []View {
	views, _ := SegmentsAndStart(captures, server)
	return views
}

// SegmentsAndStart is Segments together with the moment that their times, and those of marks, count from: the first segment
// of any tap. It is the zero time when there is none.
func SegmentsAndStart(captures []Capture, server netip.AddrPort) (views []View, start time.Time) {
	views = make([]View, len(captures))
	stamps := make([][]time.Time, len(captures))
	forged := map[likeness]bool{}
	for i, c := range captures {
		views[i], stamps[i] = segments(c, server)
		for _, s := range views[i].Segments {
			if s.Forged {
				forged[s.likeness()] = true
			}
		}
		for _, t := range stamps[i] {
			if !t.IsZero() && (start.IsZero() || t.Before(start)) {
				start = t
			}
		}
	}
	for i := range views {
		for j := range views[i].Segments { // a copy that a router carried back is no better
			s := &views[i].Segments[j]
			s.Forged = s.Forged || forged[s.likeness()]
		}
		for j, t := range stamps[i] {
			if !t.IsZero() {
				views[i].Segments[j].Time = t.Sub(start).Seconds()
			}
		}
		if end := ended(captures[i]); !start.IsZero() && end.After(start) {
			views[i].Until = end.Sub(start).Seconds()
		}
	}
	return views, start
}

// ended is when a capture ended, as far as its frames or its maker tell.
func ended(c Capture) time.Time {
	end := c.Until
	for _, f := range c.Frames {
		if f.Time.After(end) {
			end = f.Time
		}
	}
	return end
}

// segments reads one capture, with the stamp of each segment beside it.
func segments(c Capture, server netip.AddrPort) (View, []time.Time) {
	t := View{Name: c.Tap, Clock: c.Clock, Segments: []Segment{}, Dropped: c.Dropped}
	var stamps []time.Time
	var left []bool
	streams := streams{}
	for _, f := range c.Frames {
		s, tunnelled, ok := read(f, server)
		if ok && tunnelled {
			t.Tunnelled++
		}
		if !ok || tunnelled {
			continue
		}
		s.N = len(t.Segments) + 1
		streams.sum(&s)
		t.Segments = append(t.Segments, s)
		stamps = append(stamps, f.Time)
		left = append(left, f.Out)
	}
	t.Resolution = resolution(stamps)
	markForged(t.Segments, left)
	forgiveOffload(t.Segments)
	return t, stamps
}

// resolution is how coarse stamps are: whole seconds, or down to whole milliseconds; 0 when they are finer, or too few to tell.
func resolution(stamps []time.Time) float64 {
	for _, unit := range []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond, time.Millisecond} {
		coarse := len(stamps) > 2
		for _, t := range stamps {
			coarse = coarse && t.Equal(t.Truncate(unit))
		}
		if coarse {
			return unit.Seconds()
		}
	}
	return ticks(stamps)
}

// ticks is the step of a clock that stands still in between: the least that it moves from one frame to the next, when that is long
// and two frames or more have the stamp of the one before. It is 0 for any other.
func ticks(stamps []time.Time) float64 {
	alike, least := 0, time.Duration(math.MaxInt64)
	for i := 1; i < len(stamps); i++ {
		switch d := stamps[i].Sub(stamps[i-1]); {
		case d == 0:
			alike++
		case d > 0:
			least = min(least, d)
		}
	}
	if alike < 2 || least < time.Millisecond || least == math.MaxInt64 {
		return 0
	}
	return least.Seconds()
}

// read makes a segment of a frame, without number and time; ok is false for a frame of no interest. One inside a tunnel is
// told apart: whoever can send anything through the path can send that.
func read(f sendrecv.Frame, server netip.AddrPort) (s Segment, tunnelled, ok bool) {
	p := craft.Dissect(f.Data, f.Link)
	stack := p.Layers()
	for i, l := range stack {
		switch l.Name() {
		case layers.TCP:
			ip := below(stack, i, layers.IP, layers.IPv6)
			if ip < 0 || l.Cut() { // a capture kept part of the header
				return s, false, false
			}
			if s, ok = readTCP(f, p, stack, ip, i, server); ok {
				s.MACs, s.Iface = link(stack)
			}
			return s, below(stack, ip, layers.IP, layers.IPv6) >= 0, ok
		case layers.TCPerror:
			s, ok = readError(stack, i, server)
			return s, false, ok
		}
	}
	return s, false, false
}

// A likeness is what a copy of a segment has in common with it.
type likeness struct {
	src, dst netip.AddrPort
	seq, ack uint32
	len      int
	flags    string
}

func (s *Segment) likeness() likeness { return likeness{s.Src, s.Dst, s.Seq, s.Ack, s.Len, s.Flags} }

// below finds the nearest layer of one of two names under layer i; -1 when there is none. It is the innermost: a tunnel's
// outer header is not the segment's.
func below(stack []*craft.Layer, i int, a, b craft.Name) int {
	for i--; i >= 0; i-- {
		if n := stack[i].Name(); n == a || n == b {
			return i
		}
	}
	return -1
}

// readTCP reads the segment at layer i over the IP header at layer under.
func readTCP(f sendrecv.Frame, p *craft.Packet, stack []*craft.Layer, under, i int, server netip.AddrPort) (s Segment, ok bool) {
	ip, tcp := stack[under], stack[i]
	src, dst := ends(ip, tcp)
	if s.Dir, ok = direction(src, dst, server); !ok {
		return s, false
	}
	s.Flags, s.Src, s.Dst = tcp.Text("flags"), src, dst
	s.Seq, s.Ack = uint32(tcp.Uint("seq")), uint32(tcp.Uint("ack"))
	s.ZeroWindow = tcp.Uint("window") == 0 && !s.has('R')
	s.TTL = uint8(ip.Uint(map[craft.Name]string{layers.IP: "ttl", layers.IPv6: "hlim"}[ip.Name()]))
	if raw := p.Layer(craft.Raw); raw != nil {
		s.Payload = raw.Bytes("load")
	}
	from := p.Offset(i)
	whole := transportLen(ip, from-p.Offset(under))
	header := 4 * int(tcp.Uint("dataofs"))
	s.Len = max(0, whole-header)
	if whole <= 0 { // what segmentation offload leaves; then captured is all there is to know
		s.Len = len(s.Payload)
	} else if from+whole <= len(f.Data) && f.Length <= len(f.Data) && !fragment(stack[under:i]) {
		s.Bad = wrongSum(ip, f.Data[from:from+whole])
	}
	s.Bad = s.Bad || wrongHeader(ip, f.Data[p.Offset(under):])
	return s, true
}

// fragment says that IP headers are those of a fragment: the checksum is over the whole.
func fragment(headers []*craft.Layer) bool {
	for _, l := range headers {
		if l.Name() == layers.IPv6ExtHdrFragment || l.Name() == layers.IP && (l.Flag("MF") || l.Uint("frag") > 0) {
			return true
		}
	}
	return false
}

// transportLen is how many bytes of TCP an IP header announces, of which TCP begins so many bytes behind the header's
// start. 0 when the header does not tell. Headers are believed, because a capture may have cut the payload short.
func transportLen(ip *craft.Layer, begins int) int {
	total := int(ip.Uint("len"))
	if ip.Name() == layers.IPv6 {
		if total = int(ip.Uint("plen")); total > 0 {
			total += 40
		}
	}
	return max(0, total-begins)
}

// link reads the link-layer addresses of a frame and the interface it passed.
func link(stack []*craft.Layer) (macs string, iface uint32) {
	switch l := stack[0]; l.Name() {
	case layers.Ether:
		return l.Text("src") + ">" + l.Text("dst"), 0
	case layers.CookedLinuxV2:
		return "", uint32(l.Uint("ifindex"))
	}
	return "", 0
}

// readError reads an ICMP error that quotes the TCP header at layer i. It travels against the segment it quotes. The quote of a
// tunnel is none of a segment.
func readError(stack []*craft.Layer, i int, server netip.AddrPort) (s Segment, ok bool) {
	quoted := below(stack, i, layers.IPerror, layers.IPerror6)
	if quoted < 1 || below(stack, quoted, layers.IPerror, layers.IPerror6) >= 0 {
		return s, false
	}
	outer := below(stack, quoted, layers.IP, layers.IPv6)
	if outer < 0 {
		return s, false
	}
	tcp, message := stack[i], stack[quoted-1]
	src, dst := ends(stack[quoted], tcp)
	s = Segment{Seq: uint32(tcp.Uint("seq")), Src: dst, Dst: src, From: stack[outer].Addr("src")}
	s.ICMP = icmpName(message)
	s.MACs, s.Iface = link(stack)
	s.Dir, ok = direction(dst, src, server)
	return s, ok
}

func ends(ip, tcp *craft.Layer) (src, dst netip.AddrPort) {
	return netip.AddrPortFrom(ip.Addr("src"), uint16(tcp.Uint("sport"))),
		netip.AddrPortFrom(ip.Addr("dst"), uint16(tcp.Uint("dport")))
}

// direction says which way a segment travels; ok is false when neither end is the server.
func direction(src, dst, server netip.AddrPort) (dir string, ok bool) {
	switch {
	case isServer(dst, server):
		return "out", true
	case isServer(src, server):
		return "in", true
	}
	return "", false
}

func isServer(a, server netip.AddrPort) bool {
	return a.Addr() == server.Addr().WithZone("") && (server.Port() == 0 || a.Port() == server.Port())
}

// icmpName names the ICMP messages that quote a packet (RFC 792, RFC 1812 section 5.2.7, RFC 4443).
func icmpName(message *craft.Layer) string {
	typ, code := message.Uint("type"), message.Uint("code")
	six := message.Name() != layers.ICMP
	switch [3]uint64{map[bool]uint64{false: 4, true: 6}[six], typ, code} {
	case [3]uint64{4, 3, 0}, [3]uint64{6, 1, 0}:
		return "network-unreachable"
	case [3]uint64{4, 3, 1}, [3]uint64{6, 1, 3}:
		return "host-unreachable"
	case [3]uint64{4, 3, 3}, [3]uint64{6, 1, 4}:
		return "port-unreachable"
	case [3]uint64{4, 3, 4}, [3]uint64{6, 2, 0}:
		return "fragmentation-needed"
	case [3]uint64{4, 3, 13}, [3]uint64{6, 1, 1}:
		return "admin-prohibited"
	case [3]uint64{4, 11, 0}, [3]uint64{6, 3, 0}:
		return "ttl-exceeded"
	}
	if six {
		return fmt.Sprintf("icmpv6-%d-%d", typ, code)
	}
	return fmt.Sprintf("icmp-%d-%d", typ, code)
}
