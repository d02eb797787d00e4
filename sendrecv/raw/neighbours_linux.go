package raw

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

const (
	// neighbourLife is how long an answer to ARP holds.
	neighbourLife = 2 * time.Minute
	// silenceLife is how long a neighbour counts as silent, so that of many packets to one dead gateway only the first
	// waits, and those that were prepared find what was learnt.
	silenceLife = 3 * time.Second
	// arpTries and arpWait are how often ARP asks, and how long it waits each time.
	arpTries, arpWait = 3, 500 * time.Millisecond
	// neighbourLimit is how many neighbours are remembered.
	neighbourLimit = 1 << 12
)

// neighbours are the hosts on an Ethernet link. It implements sendrecv.Neighbours.
type neighbours struct {
	port   *port
	routes *routes

	mu    sync.Mutex
	known map[netip.Addr]neighbour
}

// A neighbour is a host that answered, or did not.
type neighbour struct {
	mac   values.MAC
	err   error // of one that did not
	until time.Time
}

// Resolve implements sendrecv.Neighbours. Broadcast and multicast addresses need no asking; for the host's own nobody
// would answer.
func (n *neighbours) Resolve(ctx context.Context, addr netip.Addr) (values.MAC, error) {
	mac, w, err := n.routes.unasked(addr)
	if err != nil || w.kind != unix.RTN_UNICAST {
		return mac, err
	}
	k, ok := n.recall(addr)
	if !ok {
		if err := n.ask(ctx, []way{w}, []netip.Addr{addr}); err != nil {
			return values.MAC{}, err
		}
		if k, ok = n.recall(addr); !ok {
			return values.MAC{}, fmt.Errorf("%s on %s: what ARP told was forgotten at once: too many neighbours are asked for", addr, n.port.link)
		}
	}
	return k.mac, k.err
}

// unasked is the link-layer address of what needs no asking, broadcast and multicast; the way to everybody else is unicast. For an
// address of the host's own nobody would answer.
func (r *routes) unasked(addr netip.Addr) (values.MAC, way, error) {
	if mac, ok := layers.GroupMAC(addr); ok {
		return mac, way{kind: unix.RTN_MULTICAST}, nil
	}
	w, err := r.way(addr)
	switch {
	case err != nil:
		return values.MAC{}, w, err
	case w.kind == unix.RTN_BROADCAST:
		return values.Broadcast(), w, nil
	case w.kind == unix.RTN_LOCAL:
		return values.MAC{}, w, fmt.Errorf("%s is this host's own: it is reached by packets without an Ethernet header, not on %s", addr, r.link)
	}
	w.kind = unix.RTN_UNICAST // the others (prohibit, anycast) are asked for like hosts
	return values.MAC{}, w, nil
}

// Prepare implements sendrecv.Preparer.
func (n *neighbours) Prepare(ctx context.Context, addrs []netip.Addr) {
	var ways []way
	var unknown []netip.Addr
	for _, addr := range addrs {
		w, err := n.routes.way(addr)
		if err != nil || w.kind != unix.RTN_UNICAST || w.index != n.port.link.index {
			continue // Resolve returns the error
		}
		if _, ok := n.recall(addr); !ok {
			ways, unknown = append(ways, w), append(unknown, addr)
		}
	}
	if len(unknown) > 0 {
		_ = n.ask(ctx, ways, unknown) // Resolve asks again, and returns the error
	}
}

// recall finds a neighbour in our own memory, or in the kernel's.
func (n *neighbours) recall(addr netip.Addr) (neighbour, bool) {
	n.mu.Lock()
	k, ok := n.known[addr]
	n.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k, true
	}
	mac, ok := n.routes.tables.neighbour(n.port.link.index, addr)
	if !ok {
		return neighbour{}, false
	}
	k = neighbour{mac: mac, until: time.Now().Add(neighbourLife)}
	n.remember(addr, k)
	return k, true
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

// ask asks the link for addresses in the name of their ways' sources (RFC 826), all together, and remembers what each
// answered, or that it did not.
func (n *neighbours) ask(ctx context.Context, ways []way, addrs []netip.Addr) error {
	questions := make([]*craft.Packet, len(addrs))
	for i, addr := range addrs {
		questions[i] = craft.Stack(
			layers.Ether.New("src", n.port.link.mac), // an ARP question goes to all hosts of the link
			layers.ARP.New("hwsrc", n.port.link.mac, "psrc", ways[i].Source, "pdst", addr),
		)
	}
	seq, err := sendrecv.NewSequence(questions...)
	if err != nil {
		return err
	}
	match := func(r, q *craft.Packet) bool {
		_, ok := station(r)
		return ok && craft.Answers(r, q)
	}
	s := &sendrecv.Session{Port: n.port}
	out, err := s.SR(ctx, seq, sendrecv.Options{Timeout: arpWait, Retry: arpTries - 1, Match: match})
	if err != nil {
		return err
	}
	for _, pair := range out.Pairs {
		mac, _ := station(pair.Answer)
		n.remember(pair.Sent.Layer(layers.ARP).Addr("pdst"), neighbour{mac: mac, until: time.Now().Add(neighbourLife)})
	}
	for _, i := range out.Unanswered {
		n.remember(addrs[i], neighbour{until: time.Now().Add(silenceLife), err: &sendrecv.AbsentError{Addr: addrs[i], Says: fmt.Sprintf(
			"no answer to ARP from %s on %s (%d requests in %.1f s): is it up, and in this network?",
			addrs[i], n.port.link, arpTries, (arpTries * arpWait).Seconds())}})
	}
	return nil
}

// station is the hardware address in an ARP reply; false when no host can have it: it has another length, is a group's, or
// all zeros.
func station(reply *craft.Packet) (values.MAC, bool) {
	mac, err := values.ParseMAC(reply.Layer(layers.ARP).Text("hwsrc"))
	return mac, err == nil && mac[0]&1 == 0 && mac != values.MAC{}
}
