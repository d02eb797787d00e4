package vantage_test

import (
	"encoding/json"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// server is the one of all captures in testdata. They were taken with real programs: plain routing, Linux masquerade,
// slirp4netns, pasta, a REDIRECT proxy and Linux SYNPROXY, each at the guest (g) and at the uplink (u), on one clock.
var server = netip.MustParseAddrPort("192.168.11.2:57212")

// Tests: T1 is one SYN whose answer the guest's own TCP resets, T2 one SYN without that, T5 a connection with
// keepalive, T6 a hand-made connection with probes, T7b one that is cut 1.5 s after its first echo.
var (
	loneSYN   = []string{"T1", "T2"}
	completed = []string{"T5", "T6", "T7b"}
)

// TestRealPaths holds what each path must be judged; the candidates of an inconclusive one must hold the truth.
func TestRealPaths(t *testing.T) {
	const (
		acceptFirst = vantage.AcceptFirstProxy
		onSYN       = vantage.HandshakeOnSYNProxy
		open        = vantage.Inconclusive
	)
	anything := []vantage.Verdict{acceptFirst, vantage.SYNProxy, onSYN, vantage.PacketNAT, vantage.Routed}
	race := []vantage.Verdict{acceptFirst, onSYN} // the guest's kernel acknowledged at once
	for _, c := range []struct {
		nat, test  string
		want       vantage.Verdict
		candidates []vantage.Verdict
	}{
		{"direct", "T1 T2 T5 T6 T7b", vantage.Routed, nil},
		{"masq", "T1 T2 T5 T6 T7b", vantage.PacketNAT, nil},
		{"slirp", "T1 T2 T5 T6 T7b", onSYN, nil},
		{"pasta", "T1 T2 T5 T6 T7b", onSYN, nil},
		{"redir", "T1 T2", open, anything},
		{"redir", "T5 T7b", open, race},
		{"redir", "T6", acceptFirst, nil},
		{"synproxy", "T1 T2", open, anything},
		{"synproxy", "T5 T6 T7b", vantage.SYNProxy, nil},
	} {
		for _, test := range strings.Fields(c.test) {
			t.Run(c.nat+" "+test, func(t *testing.T) {
				taps := captured(t, c.nat, test)
				got := vantage.Path(taps)
				verdict(t, taps, got, c.want, c.candidates...)
				wantOrder(t, got)
				checkFinding(t, taps, got)
			})
		}
	}
}

// wantOrder checks that the order is never told without a closed port.
func wantOrder(t *testing.T, got vantage.Finding) {
	t.Helper()
	want := vantage.Order("")
	if got.Verdict == vantage.HandshakeOnSYNProxy {
		want = vantage.Undecided
	}
	if got.Order != want {
		t.Errorf("got order %q, want %q", got.Order, want)
	}
}

func TestRealKeepalives(t *testing.T) {
	for _, c := range []struct {
		nat       string
		idle, cut vantage.Verdict
		afterCut  string // how the evidence of the cut ends
	}{
		{"direct", vantage.Forwarded, vantage.Forwarded, "an honest path, the guest can tell"},
		{"masq", vantage.Forwarded, vantage.Forwarded, "an honest path, the guest can tell"},
		{"slirp", vantage.AnsweredByMiddlebox, vantage.AnsweredByMiddlebox, "whatever became of the server"},
		{"pasta", vantage.Swallowed, vantage.Inconclusive, "11 keepalive probes: none answered, none seen at tap host"},
		{"redir", vantage.AnsweredByMiddlebox, vantage.AnsweredByMiddlebox, "whatever became of the server"},
		{"synproxy", vantage.Forwarded, vantage.Forwarded, "an honest path, the guest can tell"},
	} {
		for _, test := range []string{"T5", "T6"} {
			t.Run(c.nat+" "+test, func(t *testing.T) {
				taps := captured(t, c.nat, test)
				got := vantage.Keepalive(taps, nil)
				if got.Verdict != c.idle {
					t.Errorf("got %s, want %s\n%s", got.Verdict, c.idle, show(got))
				}
				checkFinding(t, taps, got)
			})
		}
		t.Run(c.nat+" T7b", func(t *testing.T) {
			taps := captured(t, c.nat, "T7b")
			got := vantage.Keepalive(taps, []vantage.Mark{{Time: firstEcho(t, taps[0]) + 1.5, Says: "cut"}})
			if got.Verdict != c.cut {
				t.Errorf("got %s, want %s\n%s", got.Verdict, c.cut, show(got))
			}
			wantLast(t, got, c.afterCut)
		})
		for _, test := range loneSYN {
			t.Run(c.nat+" "+test, func(t *testing.T) {
				if got := vantage.Keepalive(captured(t, c.nat, test), nil); got.Verdict != vantage.Inconclusive {
					t.Errorf("got %s, want %s: there is no keepalive", got.Verdict, vantage.Inconclusive)
				}
			})
		}
	}
}

// TestReportsCanBeJudgedAgain sends every capture through the JSON of a report: the numbers in it are all the judge needs.
func TestReportsCanBeJudgedAgain(t *testing.T) {
	for _, nat := range []string{"direct", "masq", "slirp", "pasta", "redir", "synproxy"} {
		for _, test := range slices.Concat(loneSYN, completed) {
			judgedAgain(t, captured(t, nat, test), []vantage.Mark{{Time: 1.5, Says: "cut"}})
		}
	}
}

// captured reads the two captures of a test as the taps guest and host.
func captured(t *testing.T, nat, test string) []vantage.View {
	t.Helper()
	return vantage.Segments([]vantage.Capture{
		{Tap: "guest", Frames: frames(t, nat+"_"+test+"_g.pcap")},
		{Tap: "host", Frames: frames(t, nat+"_"+test+"_u.pcap")},
	}, server)
}

func frames(t *testing.T, name string) []sendrecv.Frame {
	t.Helper()
	r, err := pcap.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var fs []sendrecv.Frame
	for f, err := range r.Frames() {
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
	}
	return fs
}

// firstEcho is when the guest got the first data back.
func firstEcho(t *testing.T, guest vantage.View) float64 {
	t.Helper()
	for _, s := range guest.Segments {
		if s.Dir == "in" && s.Len > 0 {
			return s.Time
		}
	}
	t.Fatal("no echo in the capture")
	return 0
}

func show(f vantage.Finding) string {
	b, _ := json.MarshalIndent(f, "", " ")
	return string(b)
}
