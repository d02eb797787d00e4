package vantage_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// BenchmarkCompare judges captures of one long connection, and of many short ones, through a proxy that dials on the SYN.
func BenchmarkCompare(b *testing.B) {
	for _, c := range []struct{ connections, exchanges int }{{1, 10_000}, {1_000, 3}} {
		taps := proxiedTaps(c.connections, c.exchanges)
		b.Run(fmt.Sprintf("connections=%d/segments=%d", c.connections, len(taps[0].Segments)), func(b *testing.B) {
			for b.Loop() {
				if f := vantage.Compare(taps).Path(); f.Verdict != vantage.HandshakeOnSYNProxy {
					b.Fatal(f.Verdict)
				}
			}
		})
	}
}

// proxiedTaps are connections one after the other, each with some exchanges of a request and a response.
func proxiedTaps(connections, exchanges int) []vantage.View {
	taps := []vantage.View{{Name: "guest"}, {Name: "host"}}
	server := netip.MustParseAddrPort("192.168.11.2:80")
	clients := [2]netip.Addr{netip.MustParseAddr("10.0.2.100"), netip.MustParseAddr("192.168.10.1")}
	at := 0.0
	add := func(tap int, port uint16, dir, flags string, seq, ack uint32, n int) {
		at += 1e-4
		s := vantage.Segment{N: len(taps[tap].Segments) + 1, Time: at, Dir: dir, Flags: flags, Seq: seq, Ack: ack, Len: n,
			Src: netip.AddrPortFrom(clients[tap], port), Dst: server}
		if dir == "in" {
			s.Src, s.Dst = s.Dst, s.Src
		}
		taps[tap].Segments = append(taps[tap].Segments, s)
	}
	for i := range connections {
		g, h, port := uint32(i)<<20+1<<31, uint32(i)<<20+7, uint16(1024+i)
		add(0, port, "out", "S", g, 0, 0)
		add(1, port+1, "out", "S", h, 0, 0)
		add(1, port+1, "in", "SA", h+99, h+1, 0)
		add(1, port+1, "out", "A", h+1, h+100, 0)
		add(0, port, "in", "SA", g+77, g+1, 0)
		add(0, port, "out", "A", g+1, g+78, 0)
		for j := range uint32(exchanges) {
			add(0, port, "out", "PA", g+1+j*10, g+78+j*20, 10)
			add(1, port+1, "out", "PA", h+1+j*10, h+100+j*20, 10)
			add(1, port+1, "in", "PA", h+100+j*20, h+11+j*10, 20)
			add(0, port, "in", "PA", g+78+j*20, g+11+j*10, 20)
		}
		add(0, port, "out", "FA", g+1+uint32(exchanges)*10, g+78+uint32(exchanges)*20, 0)
		add(1, port+1, "out", "FA", h+1+uint32(exchanges)*10, h+100+uint32(exchanges)*20, 0)
	}
	return taps
}
