package lab

import (
	"cmp"
	"net/netip"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

// The lab's addresses, as netip has them; nothing changes them.
var (
	guestAddr      = netip.MustParseAddr(article.Guest)
	gatewayAddr    = netip.MustParseAddr(article.Gateway)
	uplinkAddr     = netip.MustParseAddr(article.Uplink)
	routerUplink   = netip.MustParseAddr(article.RouterUplink)
	routerInside   = netip.MustParseAddr(article.RouterServer)
	serverAddr     = netip.MustParseAddr(article.Server)
	silentAddr     = netip.MustParseAddr(article.Silent)
	prohibitedAddr = netip.MustParseAddr(article.Prohibited)

	guestNet   = netip.MustParsePrefix(article.GuestNet)
	uplinkNet  = netip.MustParsePrefix(article.UplinkNet)
	serverNet  = netip.MustParsePrefix(article.ServerNet)
	everywhere = netip.MustParsePrefix(article.Everywhere)
)

// Config says what to build. The zero value is the lab of the experiment: vmnat, virtual time.
type Config struct {
	// NAT is the name of a model of NATs; empty means the first, vmnat.
	NAT string
	// RealTime runs the lab on the wall clock.
	RealTime bool
	// Seed varies what the hosts choose at random: initial sequence numbers, ports, identifications. With virtual time
	// the same Seed, zero too, and the same calls give the same frames.
	Seed uint64
	// GuestDelay is how long a frame takes between guest and NAT, one way; 0 means 100 µs.
	GuestDelay time.Duration
	// UplinkDelay is how long a frame takes between NAT and router, one way; 0 means 1 ms.
	UplinkDelay time.Duration
	// ServerDelay is how long a frame takes between router and server, one way; 0 means 4 ms.
	ServerDelay time.Duration
}

// A Lab is one network. Labs of one process share nothing. Methods are safe for concurrent use.
type Lab struct {
	nat   NAT
	clock *clock
	links wires
	guest *guest
	hosts []*host
	ports []*port
	// session is what Session returns.
	session *sendrecv.Session
	close   sync.Once
	// stop ends the goroutine that follows the real time, done says that it has ended; both nil on a virtual clock.
	stop, done chan struct{}
}

// New builds a lab. The caller closes it.
func New(c Config) (*Lab, error) {
	nat, err := findNAT(c.NAT)
	if err != nil {
		return nil, err
	}
	l := &Lab{nat: nat, clock: newClock(c.RealTime)}
	l.links = wires{
		newLink(l.clock, "guest", cmp.Or(c.GuestDelay, 100*time.Microsecond)),
		newLink(l.clock, "uplink", cmp.Or(c.UplinkDelay, time.Millisecond)),
		newLink(l.clock, "server", cmp.Or(c.ServerDelay, 4*time.Millisecond)),
	}
	if err := l.build(c.Seed); err != nil {
		l.Close()
		return nil, err
	}
	l.session = l.newSession()
	if c.RealTime {
		l.stop, l.done = make(chan struct{}), make(chan struct{})
		go func() {
			defer close(l.done)
			l.clock.follow(l.stop)
		}()
	}
	return l, nil
}

// build plugs the nodes in.
func (l *Lab) build(seed uint64) error {
	guestLink, uplink, serverLink := l.links[0], l.links[1], l.links[2]
	var err error
	if l.guest, err = newGuest(l.clock, seed, &guestLink.ends[0]); err != nil {
		return err
	}
	l.hosts = append(l.hosts, l.guest.host)
	inNAT, err := l.nat.build(slot{l.clock, seed, &guestLink.ends[1], &uplink.ends[0]})
	l.hosts = append(l.hosts, inNAT...)
	if err != nil {
		return err
	}
	newBackbone(l.clock, &uplink.ends[1], &serverLink.ends[0])
	server, err := newHost(l.clock, seed, netip.PrefixFrom(serverAddr, serverNet.Bits()), routerInside, &serverLink.ends[1])
	if err != nil {
		return err
	}
	l.hosts = append(l.hosts, server)
	return serve(server)
}

// newBackbone makes the router between the uplink and the server's network.
func newBackbone(c *clock, up, down *end) {
	uplink := &iface{end: up, addr: routerUplink, neighbours: []netip.Addr{uplinkAddr}}
	inside := &iface{end: down, addr: routerInside, neighbours: []netip.Addr{serverAddr, silentAddr, prohibitedAddr}}
	newRouter(c, []route{
		{to: serverNet, out: inside},
		{to: uplinkNet, out: uplink},
		{to: guestNet, out: uplink, via: uplinkAddr}, // for what no NAT has rewritten
	}, uplink, inside)
}

func (l *Lab) newSession() *sendrecv.Session {
	guestEnd, hostEnd := &l.links[0].ends[0], &l.links[1].ends[0]
	l.ports = []*port{newPort("lab:guest", guestEnd), newPort("lab:guest", guestEnd), newPort("lab:host", hostEnd)}
	return &sendrecv.Session{
		Name: "lab:" + l.nat.Name, Port: l.ports[0], Hardware: values.MAC([]byte(hardware(guestAddr))),
		Routes: l.guest, Neighbours: l.guest, Guard: l.guest, Dialer: l.guest, Path: l.links, Hosts: hosts{},
		Taps:   []sendrecv.Tap{{Name: "guest", Port: l.ports[1]}, {Name: "host", Port: l.ports[2]}},
		Server: netip.AddrPortFrom(serverAddr, article.EchoPort),
		Closer: l.Close,
	}
}

// Session is the lab as the guest sees it, with a tap at the guest and one at the NAT's uplink ("host"). Every call
// returns the same one; closing it closes the lab.
func (l *Lab) Session() *sendrecv.Session { return l.session }

// Close ends the lab: its ports fail with net.ErrClosed, its connections are reset, its goroutines have ended when Close
// returns. It is safe to call twice.
func (l *Lab) Close() error {
	l.close.Do(func() {
		for _, p := range l.ports {
			p.Close()
		}
		l.clock.do(func() {
			for _, h := range l.hosts {
				h.close()
			}
		})
		l.clock.close()
		if l.stop != nil {
			close(l.stop)
			<-l.done
		}
	})
	return nil
}
