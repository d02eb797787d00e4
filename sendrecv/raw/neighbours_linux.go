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
	// neighbourLimit is how many neighbours are remembered.
	neighbourLimit = 1 << 12
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

// Resolve implements sendrecv.Neighbours. Broadcast and multicast addresses need no asking; for the host's own nobody
// would answer.
func (n *neighbours) Resolve(ctx context.Context, addr netip.Addr) (craft.MAC, error) {
	if mac, ok := craft.GroupMAC(addr); ok {
		return mac, nil
	}
	w, err := n.routes.way(addr)
	switch {
	case err != nil:
		return craft.MAC{}, err
	case w.kind == unix.RTN_BROADCAST:
		return broadcast, nil
	case w.kind == unix.RTN_LOCAL:
		return craft.MAC{}, fmt.Errorf("%s is this host's own: it is reached by packets without an Ethernet header, not on %s", addr, n.port.link)
	}
	return n.find(ctx, w.Source, addr)
}

// find asks its own memory, the kernel's table, and then the link in the name of source.
func (n *neighbours) find(ctx context.Context, source, addr netip.Addr) (craft.MAC, error) {
	n.mu.Lock()
	k, ok := n.known[addr]
	n.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k.mac, k.err
	}
	mac, ok := n.routes.tables.neighbour(n.port.link.index, addr)
	if !ok {
		var err error
		if mac, ok, err = n.ask(ctx, source, addr); err != nil {
			return craft.MAC{}, err
		}
	}
	k = neighbour{mac: mac, until: time.Now().Add(neighbourLife)}
	if !ok {
		k.until = time.Now().Add(silenceLife)
		k.err = fmt.Errorf("no answer to ARP from %s on %s (%d requests in %.1f s): is it up, and in this network?",
			addr, n.port.link, arpTries, (arpTries * arpWait).Seconds())
	}
	n.remember(addr, k)
	return k.mac, k.err
}

// remember keeps what was found, and forgets everything before it grows too large.
func (n *neighbours) remember(addr netip.Addr, k neighbour) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) >= neighbourLimit {
		n.known = make(map[netip.Addr]neighbour)
	}
	n.known[addr] = k
}

// ask asks the link for addr in the name of source (RFC 826); false when nobody answered.
func (n *neighbours) ask(ctx context.Context, source, addr netip.Addr) (mac craft.MAC, ok bool, err error) {
	question := craft.Stack(
		craft.Ether.New("dst", broadcast, "src", n.port.link.mac),
		craft.ARP.New("hwsrc", n.port.link.mac, "psrc", source, "pdst", addr),
	)
	s := &sendrecv.Session{Port: n.port}
	match := func(r, q *craft.Packet) bool {
		found, ok := station(r)
		if !ok || !craft.Answers(r, q) {
			return false
		}
		mac = found
		return true
	}
	answer, err := s.SR1(ctx, question, sendrecv.Options{Timeout: arpWait, Retry: arpTries - 1, Match: match})
	return mac, answer != nil && err == nil, err
}

// station is the hardware address that an ARP reply tells; false when it is none that a host can have: of another length,
// a group's, or all zeros.
func station(reply *craft.Packet) (craft.MAC, bool) {
	mac, err := craft.ParseMAC(reply.Layer(craft.ARP).Text("hwsrc"))
	return mac, err == nil && mac[0]&1 == 0 && mac != craft.MAC{}
}
