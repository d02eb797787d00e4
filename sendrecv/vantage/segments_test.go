package vantage_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

func TestSegmentsOfARealCapture(t *testing.T) {
	got := captured(t, "slirp", "T5")[0].Segments[:4]
	guest, dst := netip.MustParseAddrPort("10.0.2.100:40005"), server
	want := []vantage.Segment{
		{N: 1, Time: 0, Dir: "out", Flags: "S", Seq: 2785852617, Src: guest, Dst: dst},
		{N: 2, Time: 0.000546, Dir: "in", Flags: "SA", Seq: 64001, Ack: 2785852618, Src: dst, Dst: guest},
		{N: 3, Time: 0.000559, Dir: "out", Flags: "A", Seq: 2785852618, Ack: 64002, Src: guest, Dst: dst},
		{N: 4, Time: 0.000768, Dir: "out", Flags: "PA", Seq: 2785852618, Ack: 64002, Len: 3, Src: guest, Dst: dst, Payload: []byte("hi\n")},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Error(diff)
	}
}

func TestTapsShareOneStart(t *testing.T) {
	captures := []vantage.Capture{
		{Tap: "guest", Frames: frames(t, "slirp_T5_g.pcap")},
		{Tap: "host", Frames: frames(t, "slirp_T5_u.pcap")},
		{Tap: "dead"},
	}
	taps := vantage.Segments(captures, server)
	first := time.Unix(0, 0).Add(time.Duration(1795342373517830) * time.Microsecond)
	if got := start(captures); !got.Equal(first) {
		t.Errorf("Start: got %v, want the guest's SYN at %v", got, first)
	}
	if got := taps[1].Segments[0].Time; got < 0.0003539 || got > 0.0003541 {
		t.Errorf("the host's first segment: got %v s, want 0.000354", got)
	}
	if taps[2].Segments == nil {
		t.Error("a tap without segments is nil, want empty")
	}
	if got := start(nil); !got.IsZero() {
		t.Errorf("Start of nothing: got %v", got)
	}
}

func TestICMPErrorsAreSegments(t *testing.T) {
	taps := vantage.Segments([]vantage.Capture{{Tap: "guest", Frames: frames(t, "direct_T8_g.pcap")}}, server)
	var got []string
	for _, s := range taps[0].Segments {
		if s.ICMP != "" {
			got = append(got, s.ICMP+" "+s.Dir+" "+s.From.String())
		}
	}
	want := []string{"ttl-exceeded in 10.0.2.2", "ttl-exceeded in 10.0.2.2", "ttl-exceeded in 192.168.10.254"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOtherPortsAreLeftOut(t *testing.T) {
	captures := []vantage.Capture{{Tap: "guest", Frames: frames(t, "slirp_T3_g.pcap")}}
	for port, want := range map[uint16]int{57212: 0, 57213: 2, 0: 2} {
		taps := vantage.Segments(captures, netip.AddrPortFrom(server.Addr(), port))
		if got := len(taps[0].Segments); got != want {
			t.Errorf("port %d: got %d segments, want %d", port, got, want)
		}
	}
}

func start(captures []vantage.Capture) time.Time {
	_, t := vantage.SegmentsAndStart(captures, server)
	return t
}
