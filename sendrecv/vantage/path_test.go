package vantage_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// The article's ladder: one SYN of the guest's, a whole handshake at the host.
const articleLadder = `
guest 0.0 > S  0         0
host  0.4 > S  2891337   0
host  0.5 < SA 692410182 2891338
host  0.6 > A  2891338   692410183
guest 0.8 < SA 64001     1
guest 0.9 > R  1         0
host  1.0 > FA 2891338   692410183
`

const natLadder = `
guest 0.0 > S  0          0
host  0.1 > S  0          0
host  0.2 < SA 3931916291 1
guest 0.3 < SA 3931916291 1
guest 0.4 > R  1          0
host  0.5 > R  1          0
`

// A completed handshake and an echo through a proxy that dials first.
const dialFirstLadder = `
guest 0.0 > S  1000  0
host  0.3 > S  7000  0
host  0.4 < SA 9000  7001
host  0.5 > A  7001  9001
guest 0.7 < SA 64001 1001
guest 0.8 > A  1001  64002
guest 1.0 > PA 1001  64002 len=3
host  1.1 > PA 7001  9001 len=3
host  1.2 < PA 9001  7004 len=3
guest 1.3 < PA 64002 1004 len=3
`

// The same through one that accepts first: it dials 6 ms after the guest's ACK, and holds the data until then.
const acceptFirstLadder = `
guest 0.0 > S  1000  0
guest 0.1 < SA 64001 1001
guest 0.2 > A  1001  64002
guest 1.0 > PA 1001  64002 len=3
host  6.3 > S  7000  0
host  6.4 < SA 9000  7001
host  6.5 > A  7001  9001
host  6.6 > PA 7001  9001 len=3
host  6.7 < PA 9001  7004 len=3
guest 6.9 < PA 64002 1004 len=3
`

const synProxyLadder = `
guest 0.0 > S  1000  0
guest 0.1 < SA 64001 1001
guest 0.2 > A  1001  64002
host  0.4 > S  1000  0
host  0.5 < SA 9000  1001
host  0.6 > A  1001  9001
guest 1.0 > PA 1001  64002 len=3
host  1.1 > PA 1001  9001 len=3
host  1.2 < PA 9001  1004 len=3
guest 1.3 < PA 64002 1004 len=3
`

const (
	article = vantage.HandshakeOnSYNProxy
	accept  = vantage.AcceptFirstProxy
	syn     = vantage.SYNProxy
	nat     = vantage.PacketNAT
	routed  = vantage.Routed
	nothing = vantage.Inconclusive
)

func TestPath(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		want         vantage.Verdict
		candidates   []vantage.Verdict
		says         string
	}{
		{name: "the article", ladder: articleLadder, want: article,
			says: "the guest sent one SYN (ISN 0), then RST, and no ACK; tap host shows SYN (ISN 2891337), SYN/ACK, ACK: the handshake upstream is not the guest's"},
		{name: "a packet NAT", ladder: natLadder, want: nat, says: "its source 10.0.2.100:20 became 192.168.10.1:59526"},
		{name: "a router", ladder: `
			guest 0.0 > S 5 0
			host  0.1 > S 5 0 from=10.0.2.100:20`, want: routed, says: "its source address 10.0.2.100"},
		{name: "a NAT that changes both ISNs of a lone SYN", ladder: `
			guest 0.0 > S  0     0
			host  0.1 > S  77    0
			host  0.2 < SA 9000  78
			guest 0.3 < SA 64001 1`, want: nothing, candidates: []vantage.Verdict{article, nat}, says: "changes ISNs"},
		{name: "a firewall that changes the guest's ISN", ladder: `
			guest 0.0 > S  0    0
			host  0.1 > S  77   0
			host  0.2 < SA 9000 78
			guest 0.3 < SA 9000 1
			guest 0.4 > A  1    9001
			host  0.5 > A  78   9001`, want: nat, says: "renumbered"},
		{name: "a firewall that changes the server's ISN", ladder: `
			guest 0.0 > S  5     0
			host  0.1 > S  5     0
			host  0.2 < SA 9000  6
			guest 0.3 < SA 64001 6
			guest 0.4 > A  6     64002
			host  0.5 > A  6     9001`, want: nat, says: "only the server's numbers were changed"},
		{name: "dials first, completed", ladder: dialFirstLadder, want: article, says: "the payload seen at both taps proves the order"},
		{name: "accepts first, completed", ladder: acceptFirstLadder, want: accept, says: "left 6.1 ms after the guest's handshake ACK"},
		{name: "a SYN proxy, completed", ladder: synProxyLadder, want: syn, says: "is not the server's"},
		{name: "a lone SYN answered, nothing upstream", ladder: `
			guest 0.0 > S  0     0
			guest 0.1 < SA 64001 1`, want: nothing, candidates: []vantage.Verdict{accept, syn}, says: "tap host shows nothing of it"},
		{name: "completed, nothing upstream", ladder: `
			guest 0.0 > S  0     0
			guest 0.1 < SA 64001 1
			guest 0.2 > A  1     64002`, want: nothing, candidates: []vantage.Verdict{accept, syn}, says: "and completed"},
		{name: "silence", ladder: `guest 0.0 > S 0 0`, want: nothing, says: "not answered"},
		{name: "no SYN", ladder: `guest 0.0 > A 1 1`, want: nothing, says: "no SYN of the guest's"},
		{name: "a closed port, the same number", ladder: `
			guest 0.0 > S  0 0
			host  0.1 > S  0 0
			host  0.2 < RA 0 1
			guest 0.3 < RA 0 1`, want: nat},
		{name: "a closed port, another number", ladder: `
			guest 0.0 > S  0    0
			host  0.1 > S  7000 0
			host  0.2 < RA 0    7001
			guest 0.3 < R  0    1`, want: nothing, candidates: []vantage.Verdict{article, nat}, says: "refused by RST/ACK: no handshake was completed"},
		{name: "a closed port, answered all the same", ladder: `
			guest 0.0 > S  0     0
			guest 0.1 < SA 64001 1
			host  0.1 > S  7000  0
			host  0.2 < RA 0     7001`, want: nothing, candidates: []vantage.Verdict{article}},
		{name: "one SYN becomes three upstream, none answered", ladder: `
			guest 0    > S 0    0
			host  0.1  > S 7000 0
			host  1000 > S 7000 0
			host  3000 > S 7000 0`, want: nothing, candidates: []vantage.Verdict{article, nat}, says: "3 SYNs (ISN 7000), not answered"},
		{name: "an unreachable host, told by FIN/ACK", ladder: `
			guest 0    > S  0    0
			host  0.1  > S  7000 0
			host  3000 < -  7000 0 icmp=host-unreachable
			guest 3080 < FA 0    1`, want: nothing, candidates: []vantage.Verdict{article, nat}, says: "refused by ICMP host-unreachable"},
		{name: "an answer with PSH", ladder: `
			guest 0.0 > S   0     0
			host  0.1 > S   7000  0
			host  0.2 < SPA 9000  7001
			host  0.3 > A   7001  9001
			guest 0.4 < SPA 64001 1`, want: article},
		{name: "invalid segments leak through a NAT", ladder: natLadder + `
			guest 9.0 > FS 40 0 from=10.0.2.100:40005
			host  9.1 > FS 40 0 from=10.0.2.100:40005
			guest 9.2 > A  41 9 from=10.0.2.100:40005
			host  9.3 > A  41 9 from=10.0.2.100:40005`, want: nat},
		{name: "the guest resets with RST/ACK", ladder: replaced(t, articleLadder, "> R  1         0", "> RA 1 64002"), want: article, says: "then RST/ACK, and no ACK"},
		{name: "answers at once, completed, refused upstream", ladder: `
			guest 0.0 > S  0     0
			guest 0.1 < SA 64001 1
			host  0.2 > S  7000  0
			guest 0.3 > A  1     64002
			host  0.4 < RA 0     7001`, want: nothing, candidates: []vantage.Verdict{article}, says: "and completed; tap host shows one SYN (ISN 7000), refused by RST/ACK"},
		{name: "sent again by the same port", ladder: articleLadder + `
			guest 5000.0 > S  0        0
			host  5000.4 > S  99       0
			host  5000.5 < SA 11       100
			host  5000.6 > A  100      12
			guest 5000.8 < SA 80001    1`, want: article},
		{name: "numbers wrap", ladder: `
			guest 0.0 > S  4294967295 0
			host  0.3 > S  4294967294 0
			host  0.4 < SA 4294967295 4294967295
			host  0.5 > A  4294967295 0
			guest 0.7 < SA 4294967295 0
			guest 0.8 > R  0          0`, want: nat, says: "renumbered"},
		{name: "two connections that disagree", ladder: articleLadder + `
			guest 9.0 > S  5 0 from=10.0.2.100:21
			host  9.1 > S  5 0 from=192.168.10.1:21`, want: nothing, candidates: []vantage.Verdict{article, nat}, says: "disagree"},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, c.ladder)
			got := vantage.Path(taps)
			verdict(t, taps, got, c.want, c.candidates...)
			says(t, got, c.says)
			wantOrder(t, got)
		})
	}
}

// TestPathHangsOnEachFact changes one fact of a ladder and wants another verdict.
func TestPathHangsOnEachFact(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		want         vantage.Verdict
		candidates   []vantage.Verdict
	}{
		{"the host's ACK is missing", without(t, without(t, articleLadder, "host  0.6"), "host  1.0"), nothing, []vantage.Verdict{article, nat}},
		{"the host sends nothing", without(t, articleLadder, "host"), nothing, []vantage.Verdict{accept, syn}},
		{"the ISNs are equal", replaced(t, articleLadder, "> S  2891337 ", "> S  0 "), nothing, []vantage.Verdict{syn, nat}},
		{"the server's ISNs are equal", replaced(t, articleLadder, "SA 64001 ", "SA 692410182 "), nat, nil},
		{"the guest never sent a SYN", without(t, articleLadder, "guest 0.0"), nothing, nil},
		{"the upstream SYN comes after the guest's ACK", replaced(t, dialFirstLadder, "host  0.3", "host  0.85"), accept, nil},
		{"the upstream SYN comes before the guest's ACK", replaced(t, acceptFirstLadder, "host  6.3", "host  0.15"), article, nil},
		{"the SYN proxy's SYN comes before the guest's ACK", replaced(t, synProxyLadder, "host  0.4", "host  0.15"), nat, nil},
		{"the accept-first proxy takes the guest's ISN", strings.ReplaceAll(acceptFirstLadder, " 700", " 100"), syn, nil},
		{"the NAT's SYN/ACK is not the server's", replaced(t, natLadder, "guest 0.3 < SA 3931916291", "guest 0.3 < SA 5"), nothing, []vantage.Verdict{syn, nat}},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, c.ladder)
			verdict(t, taps, vantage.Path(taps), c.want, c.candidates...)
		})
	}
	t.Run("one tap is missing", func(t *testing.T) {
		taps := ladder(t, articleLadder)[:1]
		verdict(t, taps, vantage.Path(taps), nothing, article, accept, syn, nat, routed)
	})
	t.Run("there are no taps", func(t *testing.T) {
		verdict(t, nil, vantage.Path(nil), nothing)
	})
}

func TestPathAcrossThreeTaps(t *testing.T) {
	forwarded := articleLadder + `
		server 0.45 > S  2891337   0
		server 0.48 < SA 692410182 2891338
		server 0.65 > A  2891338   692410183`
	taps := ladder(t, forwarded)
	verdict(t, taps, vantage.Path(taps), article)
	taps = append(ladder(t, articleLadder), vantage.Tap{Name: "server", Segments: []vantage.Segment{}})
	verdict(t, taps, vantage.Path(taps), article)
}

func TestOrderNeedsAClosedPort(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		want         vantage.Order
	}{
		{"no closed port", "", vantage.Undecided},
		{"the refusal reaches the guest", `
			guest 20.0 > S  0    0    port=57213
			host  20.1 > S  8000 0    port=57213
			host  20.2 < RA 0    8001 port=57213
			guest 20.3 < R  0    1    port=57213`, vantage.ConnectFirst},
		{"the refusal becomes FIN/ACK", `
			guest 20.0 > S  0    0    port=57213
			host  20.1 > S  8000 0    port=57213
			host  20.2 < -  8000 0    port=57213 icmp=host-unreachable
			guest 20.3 < FA 0    1    port=57213`, vantage.ConnectFirst},
		{"the guest gets a SYN/ACK", `
			guest 20.0 > S  0     0    port=57213
			guest 20.1 < SA 64001 1    port=57213
			host  20.1 > S  8000  0    port=57213
			host  20.2 < RA 0     8001 port=57213`, vantage.Both},
		{"the guest gets nothing", `
			guest 20.0 > S  0    0    port=57213
			host  20.1 > S  8000 0    port=57213
			host  20.2 < RA 0    8001 port=57213`, vantage.Undecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, articleLadder+c.ladder)
			got := vantage.Path(taps)
			verdict(t, taps, got, article)
			if got.Order != c.want || (got.Next == "") != (c.want != vantage.Undecided) {
				t.Errorf("got %s, next %q, want %s\n%s", got.Order, got.Next, c.want, show(got))
			}
		})
	}
}

func TestRealClosedPort(t *testing.T) {
	every := netip.AddrPortFrom(server.Addr(), 0)
	taps := vantage.Segments([]vantage.Capture{
		{Tap: "guest", Frames: slices.Concat(frames(t, "slirp_T1_g.pcap"), frames(t, "slirp_T3_g.pcap"))},
		{Tap: "host", Frames: slices.Concat(frames(t, "slirp_T1_u.pcap"), frames(t, "slirp_T3_u.pcap"))},
	}, every)
	got := vantage.Path(taps)
	verdict(t, taps, got, article)
	if got.Order != vantage.ConnectFirst {
		t.Errorf("got %s, want %s\n%s", got.Order, vantage.ConnectFirst, show(got))
	}
}

// TestClocksNeedNotAgree moves the host's clock. A lone SYN needs none; a completed handshake is decided as long as the
// payload bounds the offset, and never wrongly.
func TestClocksNeedNotAgree(t *testing.T) {
	for _, by := range []float64{-3600e3, -5, 0, 5, 3600e3} {
		for _, c := range []struct {
			name, ladder string
			want         vantage.Verdict
		}{
			{"the article", articleLadder, article},
			{"a packet NAT", natLadder, nat},
			{"dials first", dialFirstLadder, article},
			{"a SYN proxy", synProxyLadder, syn},
		} {
			taps := ladder(t, shifted(t, c.ladder, by))
			if got := vantage.Path(taps); got.Verdict != c.want {
				t.Errorf("%s, host's clock %+g ms: got %s, want %s", c.name, by, got.Verdict, c.want)
			}
		}
	}
	// Data that waits at the proxy for the dial leaves 6 ms of doubt: more than the order can bear.
	early := replaced(t, acceptFirstLadder, "guest 1.0", "guest 0.25")
	taps := ladder(t, shifted(t, early, 3600e3))
	verdict(t, taps, vantage.Path(taps), nothing, article, accept)
	taps = ladder(t, early)
	verdict(t, taps, vantage.Path(taps), accept)
	says(t, vantage.Path(taps), "clock: assumed common")
}

func TestConnectionsArePaired(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		want         vantage.Verdict
		frames       []vantage.FrameRef // of the first evidence
	}{
		{"only what was completed is dialled", `
			guest 0.0 > S  50   0     from=10.0.2.100:21
			guest 0.1 < SA 700  51    from=10.0.2.100:21
			guest 0.2 > S  1000 0
			guest 0.3 < SA 8000 1001
			guest 0.4 > A  1001 8001
			host  6.3 > S  7000 0
			host  6.4 < SA 9000 7001
			host  6.5 > A  7001 9001`, accept, []vantage.FrameRef{{Tap: "guest", N: 3}, {Tap: "guest", N: 5}, {Tap: "host", N: 1}}},
		{"as many on both sides are taken in order", `
			guest 0.0 > S  50   0     from=10.0.2.100:21
			host  0.1 > S  6000 0     from=192.168.10.1:6
			host  0.2 < SA 6500 6001  from=192.168.10.1:6
			host  0.3 > A  6001 6501  from=192.168.10.1:6
			guest 0.4 < SA 700  51    from=10.0.2.100:21
			guest 1.0 > S  1000 0
			host  1.1 > S  7000 0
			host  1.2 < SA 9000 7001
			host  1.3 > A  7001 9001
			guest 1.4 < SA 8000 1001
			guest 1.5 > A  1001 8001`, article, []vantage.FrameRef{{Tap: "guest", N: 1}, {Tap: "host", N: 1}, {Tap: "host", N: 2}, {Tap: "host", N: 3}}},
		{"the server's ISN tells which of two SYNs was lost", `
			guest 0.0 > S  50   0     from=10.0.2.100:21
			guest 1.0 > S  1000 0
			host  1.1 > S  77   0
			host  1.2 < SA 9000 78
			guest 1.3 < SA 9000 1001`, nat, []vantage.FrameRef{{Tap: "guest", N: 2}, {Tap: "host", N: 1}}},
		{"of two SYNs only one is dialled", `
			guest 0.0 > S  50   0     from=10.0.2.100:21
		` + articleLadder, article, []vantage.FrameRef{{Tap: "guest", N: 1}, {Tap: "host", N: 1}, {Tap: "host", N: 2}, {Tap: "host", N: 3}}},
		{"nothing arrives that was not sent", `
			guest 0.0 > S  50   0     from=10.0.2.100:21
			guest 0.1 < SA 700  51    from=10.0.2.100:21
			guest 0.2 > A  51   701   from=10.0.2.100:21
		` + acceptFirstLadder, accept, []vantage.FrameRef{{Tap: "guest", N: 4}, {Tap: "guest", N: 6}, {Tap: "host", N: 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, c.ladder)
			got := vantage.Path(taps)
			verdict(t, taps, got, c.want)
			if !slices.Equal(got.Evidence[0].Frames, c.frames) {
				t.Errorf("got frames %v, want %v", got.Evidence[0].Frames, c.frames)
			}
		})
	}
}

func TestAlign(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		want         map[int]int
	}{
		{"a packet NAT forwards all", natLadder, map[int]int{1: 1, 2: 2, 3: 3}},
		{"a proxy forwards nothing", dialFirstLadder, map[int]int{}},
		{"a SYN proxy keeps the SYN/ACK", synProxyLadder, map[int]int{1: 1, 3: 3, 4: 4, 5: 5}},
		{"an ACK of unsent data is held back", natLadder + `
			guest 5.0 > A 1 9
			guest 6.0 > A 1 7
			host  6.1 > A 1 7`, map[int]int{1: 1, 2: 2, 3: 3, 5: 4}},
		{"a lost segment", without(t, natLadder, "guest 0.3"), map[int]int{1: 1, 2: 3}},
	} {
		taps := ladder(t, c.ladder)
		got := vantage.Align(taps[0], taps[1])
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		for n, f := range c.want {
			if got[n] != f {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	}
}
