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

// The same, and the guest let its ACK wait: what dials on the SYN would have dialled.
const waitedLadder = `
guest 0.0   > S  1000  0
guest 0.1   < SA 64001 1001
guest 500.2 > A  1001  64002
guest 501.0 > PA 1001  64002 len=3
host  506.3 > S  7000  0
host  506.4 < SA 9000  7001
host  506.5 > A  7001  9001
host  506.6 > PA 7001  9001 len=3
host  506.7 < PA 9001  7004 len=3
guest 506.9 < PA 64002 1004 len=3
`

const renumberedLadder = `
guest 0    > S  1000   0
host  0.1  > S  500000 0
host  10   < SA 7000   500001
guest 10.1 < SA 300000 1001
guest 10.2 > A  1001   300001
host  10.3 > A  500001 7001
guest 20   > PA 1001   300001 len=5
host  20.1 > PA 500001 7001   len=5
`

// The article's ladder a second later, from other ports.
const articleLadderLater = `
guest 1000.0 > S  0         0 from=10.0.2.100:30
host  1000.4 > S  2891337   0 from=192.168.10.1:30
host  1000.5 < SA 692410182 2891338 from=192.168.10.1:30
host  1000.6 > A  2891338   692410183 from=192.168.10.1:30
guest 1000.8 < SA 64001     1 from=10.0.2.100:30
`

const (
	article = vantage.HandshakeOnSYNProxy
	accept  = vantage.AcceptFirstProxy
	syn     = vantage.SYNProxy
	nat     = vantage.PacketNAT
	routed  = vantage.Routed
	nothing = vantage.Inconclusive
)

// TestOneMishap takes ladders that are decided and mishaps them at one tap. The verdict stays, or is missing; it never
// becomes another.
func TestOneMishap(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		truth        vantage.Verdict
	}{
		{"the article", articleLadder, article}, {"a packet NAT", natLadder, nat}, {"dials first", dialFirstLadder, article},
		{"accepts first", acceptFirstLadder, accept}, {"accepts first, the ACK waited", waitedLadder, accept}, {"a SYN proxy", synProxyLadder, syn},
		{"both directions renumbered", renumberedLadder, nat},
	} {
		taps := ladder(t, c.ladder)
		for i := range taps {
			for n := range taps[i].Segments {
				for what, damage := range mishaps {
					hurt := slices.Clone(taps)
					hurt[i].Segments = counted(damage(slices.Clone(taps[i].Segments), n))
					got := vantage.Path(hurt)
					if got.Verdict != c.truth && got.Verdict != nothing {
						t.Errorf("%s, %s %d %s: got %s\n%s", c.name, taps[i].Name, n+1, what, got.Verdict, show(got))
					}
					checkFinding(t, hurt, got)
				}
			}
		}
	}
}

// mishaps are what can happen to a capture at its n-th segment.
var mishaps = map[string]func(all []vantage.Segment, n int) []vantage.Segment{
	"lost":    func(all []vantage.Segment, n int) []vantage.Segment { return slices.Delete(all, n, n+1) },
	"doubled": func(all []vantage.Segment, n int) []vantage.Segment { return slices.Insert(all, n, all[n]) },
	"swapped with the next": func(all []vantage.Segment, n int) []vantage.Segment {
		if n+1 < len(all) {
			all[n], all[n+1] = all[n+1], all[n]
		}
		return all
	},
	"swapped with the next, the stamps left": func(all []vantage.Segment, n int) []vantage.Segment {
		if n+1 < len(all) {
			all[n], all[n+1] = all[n+1], all[n]
			all[n].Time, all[n+1].Time = all[n+1].Time, all[n].Time
		}
		return all
	},
	"and what came before missing": func(all []vantage.Segment, n int) []vantage.Segment { return all[n:] },
	"and what came after missing":  func(all []vantage.Segment, n int) []vantage.Segment { return all[:n] },
	"and its direction missing": func(all []vantage.Segment, n int) []vantage.Segment {
		dir := all[n].Dir
		return slices.DeleteFunc(all, func(s vantage.Segment) bool { return s.Dir == dir })
	},
}

// counted gives segments the numbers of their places.
func counted(all []vantage.Segment) []vantage.Segment {
	for i := range all {
		all[i].N = i + 1
	}
	return all
}

// TestPathHangsOnEachFact changes one fact of a ladder and wants another verdict.
func TestPathHangsOnEachFact(t *testing.T) {
	anything := []vantage.Verdict{accept, syn, article, nat, routed}
	for _, c := range []struct {
		name, ladder string
		want         vantage.Verdict
		candidates   []vantage.Verdict
	}{
		{"the host's ACK is missing", without(t, without(t, articleLadder, "host  0.6"), "host  1.0"), nothing, []vantage.Verdict{article, nat}},
		{"the host sends nothing", without(t, articleLadder, "host"), nothing, anything},
		{"the ISNs are equal", replaced(t, articleLadder, "> S  2891337 ", "> S  0 "), nothing, anything},
		{"the guest never sent a SYN", without(t, articleLadder, "guest 0.0"), nothing, nil},
		{"the SYN upstream comes after the guest's ACK, which waited", waitedLadder, accept, nil},
		{"the SYN upstream comes before the guest's ACK", replaced(t, acceptFirstLadder, "host  6.3", "host  0.15"), article, nil},
		{"the SYN proxy's SYN comes before the guest's SYN/ACK, and its numbers pass",
			replaced(t, replaced(t, synProxyLadder, "host  0.4", "host  0.02"), "host  0.5", "host  0.05"), nat, nil},
		{"the accept-first proxy takes the guest's ISN", strings.ReplaceAll(acceptFirstLadder, " 700", " 100"), syn, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, c.ladder)
			got := vantage.Path(taps)
			verdict(t, taps, got, c.want, c.candidates...)
			checkFinding(t, taps, got)
		})
	}
	t.Run("one tap is missing", func(t *testing.T) {
		taps := ladder(t, articleLadder)[:1]
		verdict(t, taps, vantage.Path(taps), nothing, anything...)
	})
	t.Run("there are no taps", func(t *testing.T) {
		verdict(t, nil, vantage.Path(nil), nothing)
	})
}

func TestPathAcrossThreeTaps(t *testing.T) {
	beyond := `
		server 0.45 > S  2891337   0
		server 0.48 < SA 692410182 2891338
		server 0.65 > A  2891338   692410183
		server 1.05 > FA 2891338   692410183`
	renamed := strings.ReplaceAll(beyond, "2891337", "55")
	for _, c := range []struct {
		name, ladder string
		want         vantage.Verdict
		candidates   []vantage.Verdict
		between      []string
	}{
		{"a proxy, then a packet NAT", articleLadder + beyond, article, nil, []string{"guest", "host"}},
		{"a packet NAT, then a router", natLadder + `
			server 0.12 > S  0          0
			server 0.15 < SA 3931916291 1
			server 0.55 > R  1          0`, nat, nil, []string{"guest", "host"}},
		{"a silent outer tap", articleLadder + "server 99 > S 1 0 from=10.9.9.9:9", nothing, []vantage.Verdict{accept, syn, article, nat, routed},
			[]string{"host", "server"}},
		{"a proxy, then something else with the server's SYN/ACK", articleLadder + strings.ReplaceAll(renamed, "2891338", "56"), article, nil, []string{"guest", "host"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, c.ladder)
			got := vantage.Path(taps)
			verdict(t, taps, got, c.want, c.candidates...)
			if !slices.Equal(got.Between, c.between) {
				t.Errorf("between %v, want %v\n%s", got.Between, c.between, show(got))
			}
			checkFinding(t, taps, got)
		})
	}
	taps := append(ladder(t, articleLadder), vantage.View{Name: "server", Segments: []vantage.Segment{}})
	verdict(t, taps, vantage.Path(taps), nothing, accept, syn, article, nat, routed)
}

// TestACutPathIsJudgedBeforeTheCut: what came after it proves nothing, and a cut of the guest's own wire leaves nothing.
func TestACutPathIsJudgedBeforeTheCut(t *testing.T) {
	taps := ladder(t, natLadder+articleLadderLater)
	cut := []vantage.Mark{{Time: 0.5, Says: "cut server", Cut: "server"}}
	verdict(t, taps, vantage.Path(taps, cut...), nat)
	if got := vantage.Path(taps); got.Verdict != nothing {
		t.Errorf("without the cut the connections disagree: got %s", got.Verdict)
	}
	own := []vantage.Mark{{Time: 0.5, Says: "cut guest", Cut: vantage.GuestWire}}
	verdict(t, taps, vantage.Path(taps, own...), nothing)
	verdict(t, taps, vantage.Keepalive(taps, own), nothing)
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
		{"a lost segment", without(t, strings.ReplaceAll(strings.ReplaceAll(natLadder, "S  0 ", "S  3141592653 "), " 1 ", " 3141592654 "), "guest 0.3"), map[int]int{1: 1, 2: 3}},
	} {
		taps := ladder(t, c.ladder)
		got := aligned(taps)
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

// aligned maps the numbers of the segments that passed between two taps.
func aligned(taps []vantage.View) map[int]int {
	all := map[int]int{}
	c := vantage.Compare(taps)
	for _, s := range taps[0].Segments {
		for _, there := range c.At(vantage.FrameRef{Tap: taps[0].Name, N: s.N}) {
			all[s.N] = there.N
		}
	}
	return all
}
