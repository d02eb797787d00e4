package vantage_test

import (
	"hash/crc32"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// addresses compares addresses, which have no exported fields.
var addresses = cmpopts.EquateComparable(netip.AddrPort{}, netip.Addr{})

func TestSegmentsOfARealCapture(t *testing.T) {
	got := captured(t, "slirp", "T5")[0].Segments[:4]
	guest, dst := netip.MustParseAddrPort("10.0.2.100:40005"), server
	out, in := "f6:fc:a5:f2:f2:7f>52:55:0a:00:02:02", "52:55:0a:00:02:02>f6:fc:a5:f2:f2:7f"
	want := []vantage.Segment{
		{N: 1, Time: 0, Dir: "out", Flags: "S", Seq: 2785852617, Src: guest, Dst: dst, TTL: 64, MACs: out},
		{N: 2, Time: 0.000546, Dir: "in", Flags: "SA", Seq: 64001, Ack: 2785852618, Src: dst, Dst: guest, TTL: 64, MACs: in},
		{N: 3, Time: 0.000559, Dir: "out", Flags: "A", Seq: 2785852618, Ack: 64002, Src: guest, Dst: dst, TTL: 64, MACs: out},
		{N: 4, Time: 0.000768, Dir: "out", Flags: "PA", Seq: 2785852618, Ack: 64002, Len: 3, Src: guest, Dst: dst, TTL: 64, MACs: out,
			Sum: crc32.ChecksumIEEE([]byte("hi\n")), Payload: []byte("hi\n")},
	}
	for i := range got { // chosen by the machine that captured
		want[i].MACs = got[i].MACs
	}
	if got[0].MACs == "" || got[0].MACs == got[1].MACs {
		t.Errorf("got link-layer addresses %q and %q", got[0].MACs, got[1].MACs)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9), addresses); diff != "" {
		t.Error(diff)
	}
}

// TestSegmentsOfCraftedFrames reads frames that are told apart by one thing.
func TestSegmentsOfCraftedFrames(t *testing.T) {
	six := netip.MustParseAddrPort("[2001:db8::2]:57212")
	ip := func() *craft.Layer { return layers.IP.New("src", "10.0.2.100", "dst", server.Addr(), "ttl", 61) }
	ip6 := func() *craft.Layer { return layers.IPv6.New("src", "2001:db8:1::1", "dst", six.Addr(), "hlim", 60) }
	syn := func() *craft.Layer { return layers.TCP.New("sport", 20, "dport", 57212, "flags", "S", "seq", 7) }
	wrong := layers.TCP.New("sport", 20, "dport", 57212, "flags", "S", "seq", 7, "chksum", 0x1234)
	from4, from6 := "10.0.2.100:20", "[2001:db8:1::1]:20"
	for _, c := range []struct {
		name   string
		server netip.AddrPort
		packet *craft.Packet
		want   *vantage.Segment // nil: none
	}{
		{"IPv4", server, craft.Stack(ip(), syn()), &vantage.Segment{Dir: "out", Flags: "S", Seq: 7, Src: netip.MustParseAddrPort(from4), Dst: server, TTL: 61}},
		{"IPv6", six, craft.Stack(ip6(), syn()), &vantage.Segment{Dir: "out", Flags: "S", Seq: 7, Src: netip.MustParseAddrPort(from6), Dst: six, TTL: 60}},
		{"IPv6 with an extension header and payload", six, craft.Stack(ip6(), layers.IPv6ExtHdrDestOpt.New(), syn(), craft.Raw.New("load", "abc")),
			&vantage.Segment{Dir: "out", Flags: "S", Seq: 7, Len: 3, Src: netip.MustParseAddrPort(from6), Dst: six, TTL: 60, Payload: []byte("abc")}},
		{"a wrong checksum", server, craft.Stack(ip(), wrong), nil},
		{"a tunnel to the server that carries another connection", server,
			craft.Stack(ip(), layers.IP.New("src", "10.9.9.9", "dst", "10.8.8.8"), syn()), nil},
		{"a tunnel that carries the connection, or what somebody put into it", server,
			craft.Stack(layers.IP.New("src", "10.9.9.9", "dst", "10.8.8.8"), ip(), syn()), nil},
		{"a wrong checksum of the IP header", server, craft.Stack(layers.IP.New("src", "10.0.2.100", "dst", server.Addr(), "chksum", 0x1234), syn()), nil},
		{"an ICMPv6 error", six, craft.Stack(layers.IPv6.New("src", "2001:db8::9", "dst", "2001:db8:1::1"), layers.ICMPv6DestUnreach.New("code", 3),
			layers.IPerror6.New("src", "2001:db8:1::1", "dst", six.Addr()), layers.TCPerror.New("sport", 20, "dport", 57212, "seq", 7)),
			&vantage.Segment{Dir: "in", Seq: 7, Src: six, Dst: netip.MustParseAddrPort(from6), ICMP: "host-unreachable", From: netip.MustParseAddr("2001:db8::9")}},
		{"an ICMPv6 error that quotes an extension header", six, craft.Stack(layers.IPv6.New("src", "2001:db8::9", "dst", "2001:db8:1::1"), layers.ICMPv6DestUnreach.New("code", 3),
			layers.IPerror6.New("src", "2001:db8:1::1", "dst", six.Addr()), layers.IPv6ExtHdrDestOpt.New(), layers.TCPerror.New("sport", 20, "dport", 57212, "seq", 7)),
			&vantage.Segment{Dir: "in", Seq: 7, Src: six, Dst: netip.MustParseAddrPort(from6), ICMP: "host-unreachable", From: netip.MustParseAddr("2001:db8::9")}},
		{"an ICMP error that quotes a tunnel", server, craft.Stack(layers.IP.New("src", "10.9.9.9"), layers.ICMP.New("type", 11),
			layers.IPerror.New("src", "10.9.9.9", "dst", "10.8.8.8"), layers.IPerror.New("src", "10.0.2.100", "dst", server.Addr()), layers.TCPerror.New("sport", 20, "dport", 57212)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := frame(t, craft.Stack(ip(), layers.TCP.New("sport", 9, "dport", 57212, "flags", "S")))
			f := frame(t, c.packet)
			taps := vantage.Segments([]vantage.Capture{{Tap: "guest", Frames: []sendrecv.Frame{f, good, good, good}}}, c.server)
			got := taps[0].Segments
			if len(got) > 0 && got[0].Src.Port() == 9 {
				got = nil
			}
			switch {
			case strings.HasPrefix(c.name, "a wrong checksum"):
				if len(got) == 0 || !got[0].Bad || got[1].Bad {
					t.Errorf("got %+v, want the first of four marked as damaged", got)
				}
			case c.want == nil:
				if len(got) > 0 {
					t.Errorf("got %+v, want none", got[0])
				}
			case len(got) == 0:
				t.Error("got none")
			default:
				c.want.N = 1
				if diff := cmp.Diff(*c.want, got[0], addresses); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func frame(t *testing.T, p *craft.Packet) sendrecv.Frame {
	t.Helper()
	wire, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sendrecv.Frame{Data: wire, Link: p.Layers()[0].Name(), Time: time.Unix(1, 0)}
}

// TestWhatAScriptSentIsNoAnswer: at the guest's own tap its segments leave through the port, and answers arrive there.
func TestWhatAScriptSentIsNoAnswer(t *testing.T) {
	out := frame(t, craft.Stack(layers.IP.New("src", "10.0.2.100", "dst", server.Addr()), layers.TCP.New("sport", 20, "dport", 57212, "flags", "S")))
	in := frame(t, craft.Stack(layers.IP.New("src", server.Addr(), "dst", "10.0.2.100"), layers.TCP.New("sport", 57212, "dport", 20, "flags", "SA")))
	for _, c := range []struct {
		name            string
		outLeft, inLeft bool
		want            bool
	}{
		{"at the guest", true, false, false},
		{"written at the guest", true, true, true},
		{"at the NAT's inner interface", false, true, false},
		{"in a file, which does not tell", false, false, false},
	} {
		out.Out, in.Out = c.outLeft, c.inLeft
		taps := vantage.Segments([]vantage.Capture{{Tap: "guest", Frames: []sendrecv.Frame{out, in}}}, server)
		if got := taps[0].Segments[1].Forged; got != c.want || taps[0].Segments[0].Forged {
			t.Errorf("%s: forged %v, want %v", c.name, got, c.want)
		}
	}
}

// TestOffloadIsNoDamage: where the network card fills in the checksums, most of those that a capture shows are wrong.
func TestOffloadIsNoDamage(t *testing.T) {
	wrong := frame(t, craft.Stack(layers.IP.New("src", "10.0.2.100", "dst", server.Addr()),
		layers.TCP.New("sport", 20, "dport", 57212, "flags", "S", "chksum", 0x1234)))
	taps := vantage.Segments([]vantage.Capture{{Tap: "guest", Frames: []sendrecv.Frame{wrong, wrong, wrong}}}, server)
	for _, s := range taps[0].Segments {
		if s.Bad {
			t.Errorf("segment %d is taken for damaged", s.N)
		}
	}
}

// TestAHeaderThatIsCutIsNoSegment: a capture of the first bytes of each frame has neither flags nor lengths to judge by.
func TestAHeaderThatIsCutIsNoSegment(t *testing.T) {
	whole := frame(t, craft.Stack(layers.IP.New("src", "10.0.2.100", "dst", server.Addr()), layers.TCP.New("sport", 20, "dport", 57212, "flags", "S")))
	for n := range len(whole.Data) {
		part := whole
		part.Data, part.Length = whole.Data[:n:n], len(whole.Data)
		if taps := vantage.Segments([]vantage.Capture{{Tap: "guest", Frames: []sendrecv.Frame{part}}}, server); len(taps[0].Segments) > 0 {
			t.Errorf("%d of %d bytes are a segment: %v", n, len(whole.Data), taps[0].Segments)
		}
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
