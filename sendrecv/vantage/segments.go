package vantage

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// Segments reads out of each capture the TCP segments from and to server, and the ICMP errors that quote one. The
// server's port 0 stands for all of its ports. There is one tap for each capture, in the same order.
func Segments(captures []Capture, server netip.AddrPort) []Tap {
	start := Start(captures, server)
	taps := make([]Tap, len(captures))
	for i, c := range captures {
		taps[i] = Tap{Name: c.Tap, Segments: []Segment{}, Dropped: c.Dropped}
		for _, f := range c.Frames {
			s, ok := read(f, server)
			if !ok {
				continue
			}
			s.N = len(taps[i].Segments) + 1
			s.Time = f.Time.Sub(start).Seconds()
			taps[i].Segments = append(taps[i].Segments, s)
		}
	}
	return taps
}

// Start is the moment that the times of Segments and of marks count from: the first segment of any tap. It is the zero
// time when there is none.
func Start(captures []Capture, server netip.AddrPort) time.Time {
	var start time.Time
	for _, c := range captures {
		for _, f := range c.Frames {
			if _, ok := read(f, server); !ok {
				continue
			}
			if start.IsZero() || f.Time.Before(start) {
				start = f.Time
			}
			break
		}
	}
	return start
}

// read makes a segment of a frame, without number and time; ok is false for a frame of no interest.
func read(f sendrecv.Frame, server netip.AddrPort) (s Segment, ok bool) {
	p := craft.Dissect(f.Data, f.Link)
	if p.Layer(craft.TCPerror) != nil {
		return readError(p, server)
	}
	ip, tcp := p.Layer(craft.IP), p.Layer(craft.TCP)
	if ip == nil || tcp == nil {
		return s, false
	}
	src, dst := ends(ip, tcp)
	s = Segment{
		Flags: tcp.Text("flags"),
		Seq:   uint32(tcp.Uint("seq")),
		Ack:   uint32(tcp.Uint("ack")),
		Src:   src.String(),
		Dst:   dst.String(),
	}
	if raw := p.Layer(craft.Raw); raw != nil {
		s.Payload = raw.Bytes("load")
	}
	s.Len = payloadLen(ip, tcp, len(s.Payload))
	s.Dir, ok = direction(src, dst, server)
	return s, ok
}

// readError reads an ICMP error. It travels against the segment it quotes.
func readError(p *craft.Packet, server netip.AddrPort) (s Segment, ok bool) {
	ip, icmp := p.Layer(craft.IP), p.Layer(craft.ICMP)
	quoted, tcp := p.Layer(craft.IPerror), p.Layer(craft.TCPerror)
	if ip == nil || icmp == nil || quoted == nil {
		return s, false
	}
	src, dst := ends(quoted, tcp)
	s = Segment{
		Seq:  uint32(tcp.Uint("seq")),
		Src:  ip.Addr("src").String(),
		Dst:  ip.Addr("dst").String(),
		ICMP: icmpName(icmp.Uint("type"), icmp.Uint("code")),
	}
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
	return a.Addr() == server.Addr() && (server.Port() == 0 || a.Port() == server.Port())
}

// payloadLen believes the headers, because a capture may have cut the payload short. A total length of 0 is what
// segmentation offload leaves; then captured is all there is to know.
func payloadLen(ip, tcp *craft.Layer, captured int) int {
	n := int(ip.Uint("len")) - 4*int(ip.Uint("ihl")) - 4*int(tcp.Uint("dataofs"))
	if n < 0 {
		return captured
	}
	return n
}

// icmpName names the ICMP messages that quote a packet (RFC 792, RFC 1812 section 5.2.7).
func icmpName(typ, code uint64) string {
	switch [2]uint64{typ, code} {
	case [2]uint64{3, 0}:
		return "network-unreachable"
	case [2]uint64{3, 1}:
		return "host-unreachable"
	case [2]uint64{3, 3}:
		return "port-unreachable"
	case [2]uint64{3, 4}:
		return "fragmentation-needed"
	case [2]uint64{3, 13}:
		return "admin-prohibited"
	case [2]uint64{11, 0}:
		return "ttl-exceeded"
	}
	return fmt.Sprintf("icmp-%d-%d", typ, code)
}
