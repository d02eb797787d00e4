package raw

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

const (
	// routeLife is how long an answer of the routing table holds: short, because nothing says when it changes.
	routeLife = time.Second
	// routeLimit is how many answers are kept.
	routeLimit = 1 << 12
)

// routes is the routing table seen from one interface. It implements sendrecv.Routes.
type routes struct {
	tables *tables
	link   link
	// pinned says that packets leave through link or not at all.
	pinned bool

	mu    sync.Mutex
	known map[netip.Addr]knownWay
}

// A way is a route with what else the kernel said.
type way struct {
	sendrecv.Route
	// index is the interface's.
	index int
	// kind is the kernel's: unix.RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST, ...
	kind int
}

type knownWay struct {
	way
	err   error
	until time.Time
}

// A noRoute is the error of a destination that there is no way to.
type noRoute string

func (n noRoute) Error() string { return string(n) }

// Unwrap makes it a craft.ErrNoRoute.
func (n noRoute) Unwrap() error { return craft.ErrNoRoute }

// Route implements sendrecv.Routes. The source is 0.0.0.0 where the host has no address at all (RFC 1122 section 3.2.1.3).
func (r *routes) Route(dst netip.Addr) (sendrecv.Route, error) {
	w, err := r.way(dst)
	return w.Route, err
}

// way is Route with the kind of the destination.
func (r *routes) way(dst netip.Addr) (way, error) {
	now := time.Now()
	r.mu.Lock()
	k, ok := r.known[dst]
	r.mu.Unlock()
	if ok && now.Before(k.until) {
		return k.way, k.err
	}
	k = knownWay{until: now.Add(routeLife)}
	k.way, k.err = r.find(dst)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= routeLimit {
		r.known = make(map[netip.Addr]knownWay)
	}
	r.known[dst] = k
	return k.way, k.err
}

// find turns the kernel's answer into a way.
func (r *routes) find(dst netip.Addr) (way, error) {
	if !dst.Is4() {
		return way{}, noRoute(fmt.Sprintf("no route to %v: IPv6 routes and neighbours are not asked for", dst))
	}
	found, err := r.ask(dst)
	if err != nil {
		return way{}, r.explain(dst, err)
	}
	if _, other := found.Via.(*netlink.Via); other {
		return way{}, noRoute(fmt.Sprintf("no route to %s: its gateway %s is not an IPv4 one", dst, found.Via))
	}
	w := way{index: found.LinkIndex, kind: found.Type}
	w.Source, w.NextHop = netip.IPv4Unspecified(), dst
	if a, ok := netip.AddrFromSlice(found.Src); ok {
		w.Source = a.Unmap()
	}
	if a, ok := netip.AddrFromSlice(found.Gw); ok {
		w.NextHop = a.Unmap()
	}
	return w, nil
}

// ask asks the kernel for the way to dst.
func (r *routes) ask(dst netip.Addr) (netlink.Route, error) {
	if dst.IsMulticast() || dst == limitedBroadcast {
		return r.tables.route(dst, r.link.index) // on every link, whatever the table says
	}
	found, err := r.tables.route(dst, 0)
	switch {
	case !r.pinned, err == nil && (found.Type == unix.RTN_LOCAL || found.LinkIndex == r.link.index):
		return found, err
	case r.link.medium == loopback:
		return found, unix.ENETUNREACH // only the host's own addresses are there
	}
	if err := r.tables.leads(dst, r.link.index); errors.Is(err, unix.EHOSTUNREACH) {
		return found, unix.ENETUNREACH
	} else if err != nil {
		return found, err
	}
	return r.tables.route(dst, r.link.index)
}

// limitedBroadcast reaches every host on the link (RFC 919 section 7).
var limitedBroadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// explain says what the kernel's refusal to name a way means.
func (r *routes) explain(dst netip.Addr, err error) error {
	var why string
	switch {
	case errors.Is(err, unix.ENETUNREACH):
		why = "nothing in the routing table leads there"
	case errors.Is(err, unix.EHOSTUNREACH):
		why = "the routing table says unreachable"
	case errors.Is(err, unix.EACCES):
		why = "the routing table says prohibit"
	case errors.Is(err, unix.EINVAL):
		why = "the routing table says blackhole"
	default:
		return fmt.Errorf("route to %s: %w", dst, err)
	}
	out := ""
	if r.pinned {
		out = " out of " + r.link.String()
	}
	return noRoute(fmt.Sprintf("no route to %s%s: %s (%s)", dst, out, why, r.link.ip("route")))
}
