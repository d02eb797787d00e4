package raw

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

func netipPrefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// crossroads is a world with a second wire, mwmore 10.98.0.1/24 to mwfar, and some routes.
func crossroads(t *testing.T) world {
	t.Helper()
	w := newWorld(t)
	w.wire(t, "mwmore", netipPrefix("10.98.0.1/24"), "mwfar", netipPrefix("10.98.0.2/24"))
	within(t, w.near, func() error {
		return errors.Join(
			addRoute(unix.RTN_UNICAST, "192.0.2.0/24", "10.99.0.2", ""),
			addRoute(unix.RTN_UNICAST, "198.51.100.0/24", "10.98.0.2", ""),
			addRoute(unix.RTN_BLACKHOLE, "203.0.113.1/32", "", ""),
			addRoute(unix.RTN_UNREACHABLE, "203.0.113.2/32", "", ""),
			addRoute(unix.RTN_PROHIBIT, "203.0.113.3/32", "", ""),
		)
	})
	return w
}

func TestRoutes(t *testing.T) {
	w := crossroads(t)
	sessions := map[string]*sendrecv.Session{
		"mwnear": openIn(t, w.near, "mwnear"), "mwmore": openIn(t, w.near, "mwmore"), "lo": openIn(t, w.near, "lo"),
		"": openIn(t, w.near, ""),
	}
	cases := []struct{ device, dst, source, hop string }{
		{"mwnear", "10.99.0.9", "10.99.0.1", "10.99.0.9"},
		{"mwnear", "192.0.2.7", "10.99.0.1", "10.99.0.2"},
		{"mwnear", "10.99.0.255", "10.99.0.1", "10.99.0.255"},
		{"mwnear", "255.255.255.255", "10.99.0.1", "255.255.255.255"},
		{"mwmore", "255.255.255.255", "10.98.0.1", "255.255.255.255"},
		{"mwmore", "224.0.0.5", "10.98.0.1", "224.0.0.5"},
		{"mwmore", "239.1.2.3", "10.98.0.1", "239.1.2.3"},
		{"mwnear", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
		{"mwnear", "10.98.0.1", "10.98.0.1", "10.98.0.1"},
		{"lo", "10.98.0.1", "10.98.0.1", "10.98.0.1"},
		{"", "198.51.100.9", "10.98.0.1", "10.98.0.2"},
		{"", "192.0.2.7", "10.99.0.1", "10.99.0.2"},
	}
	for _, c := range cases {
		got, err := sessions[c.device].Routes.Route(netip.MustParseAddr(c.dst))
		if err != nil || got.Source.String() != c.source || got.NextHop.String() != c.hop {
			t.Errorf("%s from %q: got source %v, next hop %v, %v, want %s, %s", c.dst, c.device, got.Source, got.NextHop, err, c.source, c.hop)
		}
	}
	if got, want := sessions["mwnear"].Hardware, hardware(t, w.near, "mwnear"); got != want {
		t.Errorf("got hardware %v, want %v", got, want)
	}
}

func TestNoRoute(t *testing.T) {
	w := crossroads(t)
	ip := "(ip -n " + w.near.name + " route)"
	sessions := map[string]*sendrecv.Session{"mwnear": openIn(t, w.near, "mwnear"), "lo": openIn(t, w.near, "lo"), "": openIn(t, w.near, "")}
	cases := []struct{ device, dst, want string }{
		{"mwnear", "198.51.100.9", "no route to 198.51.100.9 out of " + sessions["mwnear"].Name + ": nothing in the routing table leads there " + ip},
		{"mwnear", "8.8.8.8", "nothing in the routing table leads there"},
		{"mwnear", "203.0.113.1", "no route to 203.0.113.1 out of "},
		{"lo", "10.99.0.2", "no route to 10.99.0.2 out of "},
		{"", "8.8.8.8", "no route to 8.8.8.8: nothing in the routing table leads there " + ip},
		{"", "203.0.113.1", "the routing table says blackhole"},
		{"", "203.0.113.2", "the routing table says unreachable"},
		{"", "203.0.113.3", "the routing table says prohibit"},
		{"", "2001:db8::1", "no route to 2001:db8::1: IPv6 routes and neighbours are not asked for"},
	}
	for _, c := range cases {
		for range 2 { // the second time from memory
			_, err := sessions[c.device].Routes.Route(netip.MustParseAddr(c.dst))
			wantError(t, err, c.want)
			if !errors.Is(err, craft.ErrNoRoute) {
				t.Errorf("%s from %q: got %v, want %v", c.dst, c.device, err, craft.ErrNoRoute)
			}
		}
	}
}

func TestNeighbours(t *testing.T) {
	w := newWorld(t)
	n := openIn(t, w.near, "mwnear").Neighbours
	peer := hardware(t, w.peer, "mwpeer")
	known := values.MAC{2, 0, 0, 0, 0, 9}
	within(t, w.near, func() error {
		l, err := netlink.LinkByName("mwnear")
		if err != nil {
			return err
		}
		return netlink.NeighSet(&netlink.Neigh{
			LinkIndex: l.Attrs().Index, State: netlink.NUD_PERMANENT, IP: []byte{10, 99, 0, 77}, HardwareAddr: known[:],
		})
	})
	for addr, want := range map[string]values.MAC{
		"10.99.0.2":       peer,
		"10.99.0.77":      known,
		"224.0.0.5":       {0x01, 0x00, 0x5e, 0x00, 0x00, 0x05},
		"239.129.2.3":     {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03},
		"10.99.0.255":     {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"255.255.255.255": {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	} {
		if got, err := n.Resolve(t.Context(), netip.MustParseAddr(addr)); got != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", addr, got, err, want)
		}
	}
	_, err := n.Resolve(t.Context(), nearAddr.Addr())
	wantError(t, err, "10.99.0.1 is this host's own")
	_, err = n.Resolve(t.Context(), netip.MustParseAddr("8.8.8.8"))
	wantError(t, err, "no route to 8.8.8.8")
	// The answer stays known when the host is not there any more.
	within(t, w.peer, func() error { return down("mwpeer") })
	if got, err := n.Resolve(t.Context(), netip.MustParseAddr("10.99.0.2")); got != peer || err != nil {
		t.Errorf("remembered: got %v, %v, want %v", got, err, peer)
	}
}

func TestSilentNeighbour(t *testing.T) {
	w := newWorld(t)
	s := openIn(t, w.near, "mwnear")
	peer := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, unix.ETH_P_ARP)
	want := "no answer to ARP from 10.99.0.9 on " + s.Name + " (3 requests in 1.5 s): is it up, and in this network?"
	for range 2 { // the second time at once, without asking
		_, err := s.Neighbours.Resolve(t.Context(), netip.MustParseAddr("10.99.0.9"))
		wantError(t, err, want)
	}
	if n := len(peer.seen()); n != 3 {
		t.Errorf("got %d requests, want 3", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Neighbours.Resolve(ctx, netip.MustParseAddr("10.99.0.10")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestClosedTablesAskNobody(t *testing.T) {
	w := newWorld(t)
	s, err := Open(ifname{w.near.name, "mwnear"}.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Routes.Route(netip.MustParseAddr("10.99.0.2"))
	wantError(t, err, "closed")
	_, err = s.Host.Session("lo")
	wantError(t, err, "closed")
	_, err = s.Guard.Hold(1)
	wantError(t, err, "closed")
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func TestHostFindsTheSessionOfADestination(t *testing.T) {
	w := crossroads(t)
	cases := []struct{ device, dst, want string }{
		{"", "10.99.0.2", "mwnear"},
		{"", "198.51.100.9", "mwmore"},
		{"", "127.0.0.1", "lo"},
		{"", "10.98.0.1", "lo"},
		{"", "255.255.255.255", ""},
		{"", "8.8.8.8", "no route"},
		{"mwnear", "198.51.100.9", "mwnear"},
		{"mwnear", "10.98.0.1", "lo"},
		{"lo", "198.51.100.9", "lo"},
		{"lo", "10.98.0.1", "lo"},
	}
	for _, c := range cases {
		s := openIn(t, w.near, c.device)
		got, err := s.Host.Toward(netip.MustParseAddr(c.dst))
		switch want := (ifname{w.near.name, c.want}).String(); {
		case c.want == "no route":
			if !errors.Is(err, craft.ErrNoRoute) {
				t.Errorf("%s from %q: got %v, want %v", c.dst, c.device, err, craft.ErrNoRoute)
			}
		case err != nil:
			t.Errorf("%s from %q: %v", c.dst, c.device, err)
		case c.want == "" && got != s, c.want != "" && got.Name != want, c.device == c.want && got != s:
			t.Errorf("%s from %q: got %s, want %s", c.dst, c.device, got.Name, want)
		}
	}
}

func TestHostOpensASessionOnce(t *testing.T) {
	w := newWorld(t)
	s := openIn(t, w.near, "mwnear")
	one, err := s.Host.Session("lo")
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.Host.Session(ifname{w.near.name, "lo"}.String())
	if one != two || err != nil {
		t.Errorf("got %p and %p, %v, want the same session", one, two, err)
	}
	if self, err := s.Host.Session("mwnear"); self != s || err != nil {
		t.Errorf("got %p, %v, want the session itself, %p", self, err, s)
	}
	if got := s.Host.Interfaces(); len(got) != 2 || got[0] != "lo" || got[1] != "mwnear" {
		t.Errorf("got interfaces %v, want lo and mwnear", got)
	}
	_, err = s.Host.Session("mwnone")
	wantError(t, err, "want one of lo, mwnear")
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	three, err := s.Host.Session("lo")
	if err != nil || three == one {
		t.Fatalf("after Close: got %p, %v, want another session than %p", three, err, one)
	}
	if _, err := three.Port.Listen(sendrecv.ListenOptions{}); err != nil {
		t.Error(err)
	}
}

func TestExchangeLeavesWhereTheTableSays(t *testing.T) {
	w := crossroads(t)
	s := openIn(t, w.near, "")
	for _, dst := range []string{"10.99.0.2", "10.98.0.2", "127.0.0.1", "10.99.0.1"} {
		ping := craft.Stack(layers.IP.New("dst", dst), layers.ICMP.New("seq", 3))
		answer, err := s.SR1(t.Context(), ping, sendrecv.Options{})
		if err != nil || answer == nil {
			t.Errorf("%s: got %v, %v, want an answer", dst, answer, err)
		}
	}
}

// TestAnExchangeUsesOneInterface sends from a session that follows the routing table, and from one that is asked for by the
// name of the interface it is at already.
func TestAnExchangeUsesOneInterface(t *testing.T) {
	w := crossroads(t)
	s := openIn(t, w.near, "")
	near, more := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, unix.ETH_P_IP), newProbe(t, w.peer, "mwfar", unix.SOCK_RAW, unix.ETH_P_IP)
	to := func(dsts ...string) *sendrecv.Sequence {
		var packets []*craft.Packet
		for _, dst := range dsts {
			packets = append(packets, craft.Stack(layers.IP.New("dst", dst, "proto", 253)))
		}
		q, err := sendrecv.NewSequence(packets...)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	quick := sendrecv.Options{Timeout: time.Millisecond}
	out, err := s.SR(t.Context(), to("192.0.2.7", "198.51.100.7", "192.0.2.8"), quick)
	if err != nil || out.Sent != 2 || len(out.Failed) != 1 {
		t.Fatalf("got %+v, %v, want two packets sent and one refused", out, err)
	}
	wantError(t, out.Failed[0].Err, "198.51.100.7 is reached through")
	if n, m := len(near.seen()), len(more.seen()); n != 2 || m != 0 {
		t.Errorf("the wires saw %d and %d packets, want 2 and none", n, m)
	}
	if n, err := s.Send(t.Context(), to("198.51.100.7"), quick); n != 1 || err != nil || len(more.seen()) != 1 {
		t.Errorf("the other way alone: %d sent, %v, or nothing seen", n, err)
	}
	pinned, err := s.Host.Session("mwnear")
	if err != nil {
		t.Fatal(err)
	}
	_, err = pinned.SR(t.Context(), to("198.51.100.7"), quick)
	wantError(t, err, "no route to 198.51.100.7 out of")
}

// TestSilentNeighboursAreAskedTogether sends to 30 hosts of which one is there. Had each been asked alone, the three
// requests for the first would come before the first for the second.
func TestSilentNeighboursAreAskedTogether(t *testing.T) {
	w := newWorld(t)
	s := openIn(t, w.near, "mwnear")
	probe := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, unix.ETH_P_ARP)
	ping := craft.Stack(layers.IP.New("dst", values.List("10.99.0.2", values.Network(netipPrefix("10.99.0.96/27")))), layers.ICMP.New())
	q, err := sendrecv.NewSequence(ping)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.SR(t.Context(), q, sendrecv.Options{Timeout: 100 * time.Millisecond})
	if err != nil || len(out.Pairs) != 1 || len(out.Failed) != 32 {
		t.Fatalf("got %d answers, %d failures, %v, want 1 and 32", len(out.Pairs), len(out.Failed), err)
	}
	wantError(t, out.Failed[0].Err, "no answer to ARP from 10.99.0.96")
	asked := map[string]bool{}
	for _, frame := range probe.seen() {
		arp := craft.Dissect(frame, layers.Ether).Layer(layers.ARP)
		if arp == nil || arp.Uint("op") != 1 {
			continue
		}
		addr := arp.Addr("pdst").String()
		if asked[addr] {
			break
		}
		asked[addr] = true
	}
	if len(asked) != 33 {
		t.Errorf("%d hosts were asked before one was asked again, want all 33", len(asked))
	}
}
