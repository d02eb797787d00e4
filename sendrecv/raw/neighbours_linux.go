package raw

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

const (
	// neighbourLife is how long an answer to ARP holds.
	neighbourLife = 2 * time.Minute
	// silenceLife is how long a neighbour counts as silent, so that of many packets to one dead gateway only the first
	// waits.
	silenceLife = time.Second
	// arpTries and arpWait are how often ARP asks, and how long it waits each time.
	arpTries, arpWait = 3, 500 * time.Millisecond
)

// broadcast is the hardware address of all hosts on the link.
var broadcast = craft.MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// neighbours are the hosts on an Ethernet link. It implements sendrecv.Neighbours.
type neighbours struct {
	port   *port
	routes *routes

	mu    sync.Mutex
	known map[netip.Addr]neighbour
}

// A neighbour is a host that answered, or did not.
type neighbour struct {
	mac   craft.MAC
	err   error // of one that did not
	until time.Time
}

// Resolve implements sendrecv.Neighbours: it asks its own memory, the kernel's table, and then the link. Broadcast and
// multicast addresses need no asking.
func (n *neighbours) Resolve(ctx context.Context, addr netip.Addr) (craft.MAC, error) {
	if mac, ok := n.group(addr); ok {
		return mac, nil
	}
	n.mu.Lock()
	k, ok := n.known[addr]
	n.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k.mac, k.err
	}
	if mac, ok := n.routes.tables.neighbour(n.port.link.index, addr); ok {
		return n.remember(addr, neighbour{mac: mac, until: time.Now().Add(neighbourLife)})
	}
	mac, err := n.ask(ctx, addr)
	if err != nil {
		return mac, err
	}
	if mac == (craft.MAC{}) {
		err := fmt.Errorf("no answer to ARP from %s on %s (%d requests in %.1f s): is it up, and in this network?",
			addr, n.port.link, arpTries, (arpTries * arpWait).Seconds())
		return n.remember(addr, neighbour{err: err, until: time.Now().Add(silenceLife)})
	}
	return n.remember(addr, neighbour{mac: mac, until: time.Now().Add(neighbourLife)})
}

// group is the hardware address of addresses that stand for several hosts.
func (n *neighbours) group(addr netip.Addr) (mac craft.MAC, ok bool) {
	if addr.Is4() && addr.IsMulticast() { // RFC 1112 section 6.4
		a := addr.As4()
		return craft.MAC{0x01, 0x00, 0x5e, a[1] & 0x7f, a[2], a[3]}, true
	}
	if addr == limitedBroadcast {
		return broadcast, true
	}
	w, err := n.routes.way(addr)
	return broadcast, err == nil && w.kind == unix.RTN_BROADCAST
}

func (n *neighbours) remember(addr netip.Addr, k neighbour) (craft.MAC, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) >= routeLimit {
		n.known = make(map[netip.Addr]neighbour)
	}
	n.known[addr] = k
	return k.mac, k.err
}

// ask asks the link (RFC 826); the zero address means that nobody answered.
func (n *neighbours) ask(ctx context.Context, addr netip.Addr) (craft.MAC, error) {
	r, err := n.routes.Route(addr)
	if err != nil {
		return craft.MAC{}, err
	}
	question := craft.Stack(
		craft.Ether.New("dst", broadcast, "src", n.port.link.mac),
		craft.ARP.New("hwsrc", n.port.link.mac, "psrc", r.Source, "pdst", addr),
	)
	s := &sendrecv.Session{Port: n.port}
	answer, err := s.SR1(ctx, question, sendrecv.Options{Timeout: arpWait, Retry: arpTries - 1})
	if answer == nil || err != nil {
		return craft.MAC{}, err
	}
	return craft.ParseMAC(answer.Layer(craft.ARP).Text("hwsrc"))
}
