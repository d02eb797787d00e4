package netlab

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
	"github.com/moonwire/moonwire/sendrecv/raw"
)

// The experiment: a proxy finishes the handshake with the server on the guest's lone SYN, whoever only rewrites does not.
func TestLoneSYN(t *testing.T) {
	for nat, want := range map[string][]string{
		slirp4netns: {"S", "SA", "A"},
		masquerade:  {"S", "SA"},
		none:        {"S", "SA"},
	} {
		t.Run(nat, func(t *testing.T) {
			n := newNet(t, nat)
			s := open(t, n.Guest())
			uplink := listen(t, n.Host())
			syn := craft.Stack(layers.IP.New("dst", article.Server), layers.TCP.New("sport", 20, "dport", article.EchoPort, "flags", "S"))
			release, err := s.Guard.Hold(20) // for longer than SR1 does
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			r, err := s.SR1(t.Context(), syn, sendrecv.Options{Timeout: patience})
			if err != nil || r == nil || r.Layer(layers.TCP).Text("flags") != "SA" {
				t.Fatalf("got %v, %v, want SYN/ACK", r, err)
			}
			// Whatever the SYN causes at once is on the uplink before these.
			for range 2 {
				talk(t, n.dial(t, "udp4", "192.168.11.2:57212"), "fence")
			}
			if got := uplink.flags(t, article.EchoPort, len(want)); !slices.Equal(got, want) {
				t.Errorf("on the uplink: got %q, want %q", got, want)
			}
		})
	}
}

func TestFramesAreAsOnAWire(t *testing.T) {
	for _, nat := range NATs() {
		t.Run(nat, func(t *testing.T) {
			n := newNet(t, nat)
			for _, tap := range []*tapped{listen(t, n.Guest()), listen(t, n.Host())} {
				c := n.dial(t, "tcp4", "192.168.11.2:57212")
				talk(t, c, strings.Repeat("much ", 10_000))
				segments := 0
				for _, f := range tap.passed(t) {
					if len(f.Data) > 1514 {
						t.Errorf("got a frame of %d bytes, want Ethernet's", len(f.Data))
					}
					p := craft.Dissect(f.Data[14:], layers.IP)
					if !p.Has(layers.TCP) || p.Layer(layers.IP).Uint("len") != uint64(len(f.Data)-14) {
						continue
					}
					segments++
					if err := p.Layer(layers.TCP).Clear("chksum"); err != nil {
						t.Fatal(err)
					}
					if computed, err := craft.Build(p, nil); err != nil || !bytes.Equal(computed, f.Data[14:]) {
						t.Errorf("got a segment with a wrong checksum: %v, %v", p, err)
					}
				}
				if segments == 0 {
					t.Error("got no TCP segment, want some")
				}
			}
		})
	}
}

func TestGuardOfARouterLeavesForwardedTrafficAlone(t *testing.T) {
	n := newNet(t, none)
	for node, reached := range map[string]bool{"router": true, "server": false} {
		s := open(t, n.ifname(node, n.link("server")))
		release, err := s.Guard.Hold(article.EchoPort)
		if err != nil {
			t.Fatal(err)
		}
		wait := patience
		if !reached {
			wait = time.Second // its end is what is wanted
		}
		c, err := n.tryDial(net.JoinHostPort(article.Server, "57212"), wait)
		if err == nil {
			c.Close()
		}
		if (err == nil) != reached {
			t.Errorf("held at the %s: got %v, want a connection: %t", node, err, reached)
		}
		release()
	}
}

// open opens a session until the end of the test.
func open(t *testing.T, where string) *sendrecv.Session {
	t.Helper()
	s, err := raw.Open(where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// A tapped is a receiver at a capture point.
type tapped struct{ sendrecv.Receiver }

// listen opens a capture point until the end of the test.
func listen(t *testing.T, where string) *tapped {
	t.Helper()
	p, err := raw.OpenTap(where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	r, err := p.Listen(sendrecv.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return &tapped{r}
}

// passed returns what has passed, at least one frame.
func (r *tapped) passed(t *testing.T) []sendrecv.Frame {
	t.Helper()
	var all []sendrecv.Frame
	for wait := patience; ; wait = 0 {
		frames := make([]sendrecv.Frame, 64)
		n, err := r.Receive(t.Context(), frames, wait)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return all
		}
		all = append(all, frames[:n]...)
	}
}

// flags waits for so many TCP segments from or to the server's port and returns the flags of all that have passed.
func (r *tapped) flags(t *testing.T, port uint64, want int) []string {
	t.Helper()
	var flags []string
	for deadline := time.Now().Add(patience); len(flags) < want && time.Now().Before(deadline); {
		for _, f := range r.passed(t) {
			segment := craft.Dissect(f.Data, layers.Ether).Layer(layers.TCP)
			if segment != nil && (segment.Uint("sport") == port || segment.Uint("dport") == port) {
				flags = append(flags, segment.Text("flags"))
			}
		}
	}
	return flags
}
