package lab

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/moonwire/moonwire/craft"
)

func TestUnknownNAT(t *testing.T) {
	_, err := New(Config{NAT: "vmnet"})
	if err == nil {
		t.Fatal("got no error")
	}
	for _, n := range NATs() {
		if !strings.Contains(err.Error(), n.Name) {
			t.Errorf("got %q, want it to name %s", err, n.Name)
		}
	}
}

func TestNATsAreDescribed(t *testing.T) {
	for _, n := range NATs() {
		if n.Name == "" || n.Doc == "" || strings.Contains(n.Doc, "\n") {
			t.Errorf("got %q: %q, want a name and one line", n.Name, n.Doc)
		}
	}
}

func TestDefaultSession(t *testing.T) {
	b := newBench(t, Config{})
	if b.Name != "lab:vmnat" || b.Port.Name() != "lab:guest" || b.Server != netip.AddrPortFrom(serverAddr, 57212) {
		t.Errorf("got %q, %q, %v", b.Name, b.Port.Name(), b.Server)
	}
	if !b.Clock().Virtual() {
		t.Error("got a real clock, want a virtual one")
	}
}

func TestRoute(t *testing.T) {
	b := newBench(t, Config{})
	for _, c := range []struct {
		dst, next string
	}{
		{"192.168.11.2", "10.0.2.2"},
		{"10.0.2.2", "10.0.2.2"},
		{"10.0.2.9", "10.0.2.9"},
		{"2001:db8::1", ""},
	} {
		r, err := b.Routes.Route(netip.MustParseAddr(c.dst))
		if c.next == "" {
			if !errors.Is(err, craft.ErrNoRoute) {
				t.Errorf("%s: got %v, want %v", c.dst, err, craft.ErrNoRoute)
			}
			continue
		}
		if err != nil || r.NextHop != netip.MustParseAddr(c.next) || r.Source != guestAddr {
			t.Errorf("%s: got %+v, %v, want next hop %s", c.dst, r, err, c.next)
		}
	}
}

func TestResolve(t *testing.T) {
	b := newBench(t, Config{})
	mac, err := b.Neighbours.Resolve(t.Context(), gatewayAddr)
	if err != nil || mac.String() != "02:00:0a:00:02:02" {
		t.Errorf("got %v, %v", mac, err)
	}
	if _, err := b.Neighbours.Resolve(t.Context(), netip.MustParseAddr("10.0.2.9")); err == nil {
		t.Error("a neighbour that does not exist: got no error")
	}
}

func TestCutAndMend(t *testing.T) {
	for _, wire := range []string{"guest", "uplink", "server"} {
		b := newBench(t, Config{})
		answered := func() bool {
			b.send(echoRequest(serverAddr, 64))
			b.wait(time.Second)
			return len(b.seen(b.guest)) == 2
		}
		b.cut(wire)
		if answered() {
			t.Errorf("%s cut: ping was answered", wire)
		}
		if err := b.Path.Mend(wire); err != nil {
			t.Fatal(err)
		}
		if !answered() {
			t.Errorf("%s mended: ping was not answered", wire)
		}
	}
	if err := newBench(t, Config{}).Path.Cut("phone"); err == nil || !strings.Contains(err.Error(), "uplink") {
		t.Errorf("unknown wire: got %v, want an error that names the wires", err)
	}
}

// A lab in any state must leave nothing behind.
func TestCloseLeavesNothing(t *testing.T) {
	before, dangling := runtime.NumGoroutine(), len(tcpip.GetDanglingEndpoints())
	for i := range 30 {
		l, err := New(Config{NAT: NATs()[i%3].Name, RealTime: i%2 == 1})
		if err != nil {
			t.Fatal(err)
		}
		s := l.Session()
		frame := frameOf(hardware(guestAddr), hardware(gatewayAddr), segment{flags: syn}.packet())
		s.Port.Send(t.Context(), [][]byte{frame})
		c, err := s.Dialer.Dial(t.Context(), s.Server, 0, net.KeepAliveConfig{Enable: true})
		if err != nil {
			t.Fatal(err)
		}
		if i%5 == 0 {
			c.Close()
		}
		for range 2 {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for n := 0; n < 1_000_000 && runtime.NumGoroutine() > before; n++ {
		runtime.Gosched() // a goroutine that has said goodbye may take a moment to leave
	}
	if now := runtime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines before, %d after", before, now)
	}
	if now := len(tcpip.GetDanglingEndpoints()); now > dangling {
		t.Errorf("%d endpoints of the stacks before, %d after", dangling, now)
	}
}
