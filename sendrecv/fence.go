package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft/values"
)

// ErrOutside is wrapped by the errors of what a fence keeps back. Neither the network nor a missing right is to blame: the
// one who sends asked for what the one who started the program did not allow.
var ErrOutside = errors.New("outside the allowed networks")

// Fence is the session with a fence around it: a frame leaves only when its destination is within the allowed networks, by
// whatever way it is sent, and so do the connections of the host's own TCP. With no networks nothing leaves. Every other
// session of the same Host has the same fence. What is refused is an error that wraps ErrOutside, and its text names the
// option of the command, --allow.
//
// A frame that is not understood completely is refused: it must be IPv4, IPv6 or ARP, with VLAN tags (IEEE 802.1Q) or
// without. Multicast and broadcast addresses are destinations like others. The outer packet of a tunnel decides. All
// addresses of source routes (RFC 791) and routing headers (RFC 8200, section 4.4) must be inside; an ARP packet must ask
// for an address inside and claim one inside or the host's own; so must neighbour discovery (RFC 4861).
//
// The question for the next hop of a destination inside passes the fence, although a gateway may itself be outside: it is
// the host's own question, which nobody who sends packets can word. For a destination outside nothing is asked at all.
func Fence(s *Session, allowed []netip.Prefix) *Session {
	f := &fence{allowed: slices.Clone(allowed), sessions: map[*Session]*Session{}, hops: map[netip.Addr]bool{}}
	return f.around(s)
}

// A fence holds what may be reached, and the sessions that it stands around.
type fence struct {
	allowed []netip.Prefix

	mu       sync.Mutex
	sessions map[*Session]*Session // by the session inside: who asks twice is given the same one
	hops     map[netip.Addr]bool   // the gateways on the way to destinations inside
}

// contains says whether an address may be reached.
func (f *fence) contains(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(f.allowed, func(p netip.Prefix) bool { return p.Contains(a) })
}

// check is nil for an address that may be reached.
func (f *fence) check(a netip.Addr) error {
	if f.contains(a) {
		return nil
	}
	return f.refuse("%s is outside --allow %s", a, f)
}

// refuse is an error that wraps ErrOutside.
func (f *fence) refuse(format string, args ...any) error {
	return outside(fmt.Sprintf(format, args...))
}

// An outside is the text of what was refused.
type outside string

func (o outside) Error() string { return string(o) }

// Is makes it an ErrOutside.
func (o outside) Is(target error) bool { return target == ErrOutside }

// named is how many networks an error names.
const named = 4

// String is the networks as they are given to --allow.
func (f *fence) String() string {
	var b strings.Builder
	for i, p := range f.allowed {
		if i == named {
			fmt.Fprintf(&b, " and %d more", len(f.allowed)-i)
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		if p.IsSingleIP() {
			b.WriteString(p.Addr().String())
		} else {
			b.WriteString(p.String())
		}
	}
	return b.String()
}

// around is the session inside the fence.
func (f *fence) around(s *Session) *Session {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fenced, ok := f.sessions[s]; ok {
		return fenced
	}
	fenced := *s
	f.sessions[s] = &fenced
	fenced.Port = fencedPort{s.Port, f, s}
	fenced.Taps = slices.Clone(s.Taps)
	for i, t := range fenced.Taps {
		fenced.Taps[i].Port = fencedPort{t.Port, f, s}
	}
	if s.Routes != nil {
		fenced.Routes = fencedRoutes{s.Routes, f}
	}
	switch n := s.Neighbours.(type) {
	case nil:
	case Preparer:
		fenced.Neighbours = fencedPreparer{fencedNeighbours{n, f}, n}
	default:
		fenced.Neighbours = fencedNeighbours{n, f}
	}
	if s.Dialer != nil {
		fenced.Dialer = fencedDialer{s.Dialer, f}
	}
	if s.Host != nil {
		fenced.Host = fencedHost{s.Host, f}
	}
	return &fenced
}

// A fencedPort sends what is inside.
type fencedPort struct {
	Port
	fence *fence
	of    *Session // the session inside, whose own address ARP may claim
}

// Send implements Port. Nothing of a batch leaves before all of it is judged.
func (p fencedPort) Send(ctx context.Context, frames [][]byte) (int, error) {
	for _, frame := range frames {
		if err := p.fence.frame(p.Link(), frame, p.of); err != nil {
			return 0, err
		}
	}
	return p.Port.Send(ctx, frames)
}

// fencedRoutes tell of every destination, which sends nothing, and remember the gateways that Neighbours may ask for.
type fencedRoutes struct {
	Routes
	fence *fence
}

// Route implements Routes. The next hop to a destination outside is that destination, which fencedNeighbours refuse by name.
func (r fencedRoutes) Route(dst netip.Addr) (Route, error) {
	way, err := r.Routes.Route(dst)
	switch {
	case err != nil:
	case !r.fence.contains(dst):
		way.NextHop = dst
	case !r.fence.contains(way.NextHop):
		r.fence.mu.Lock()
		r.fence.hops[way.NextHop] = true
		r.fence.mu.Unlock()
	}
	return way, err
}

// asked says whether a host on the link may be asked for.
func (f *fence) asked(a netip.Addr) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.contains(a) || f.hops[a]
}

// fencedNeighbours ask for hosts inside, and for gateways on the way to them.
type fencedNeighbours struct {
	Neighbours
	fence *fence
}

// Resolve implements Neighbours.
func (n fencedNeighbours) Resolve(ctx context.Context, a netip.Addr) (values.MAC, error) {
	if !n.fence.asked(a) {
		return values.MAC{}, n.fence.check(a)
	}
	return n.Neighbours.Resolve(ctx, a)
}

// fencedPreparer is fencedNeighbours that ask for many at once.
type fencedPreparer struct {
	fencedNeighbours
	inside Preparer
}

// Prepare implements Preparer.
func (n fencedPreparer) Prepare(ctx context.Context, addrs []netip.Addr) {
	n.inside.Prepare(ctx, slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool { return !n.fence.asked(a) }))
}

// A fencedDialer connects to hosts inside.
type fencedDialer struct {
	Dialer
	fence *fence
}

// Dial implements Dialer.
func (d fencedDialer) Dial(ctx context.Context, dst netip.AddrPort, timeout time.Duration, keepalive net.KeepAliveConfig) (Conn, error) {
	if err := d.fence.check(dst.Addr()); err != nil {
		return nil, err
	}
	return d.Dialer.Dial(ctx, dst, timeout, keepalive)
}

// A fencedHost has sessions with the same fence.
type fencedHost struct {
	Host
	fence *fence
}

// Session implements Host.
func (h fencedHost) Session(name string) (*Session, error) {
	s, err := h.Host.Session(name)
	if err != nil {
		return nil, err
	}
	return h.fence.around(s), nil
}

// Toward implements Host.
func (h fencedHost) Toward(dst netip.Addr) (*Session, error) {
	if err := h.fence.check(dst); err != nil {
		return nil, err
	}
	s, err := h.Host.Toward(dst)
	if err != nil {
		return nil, err
	}
	return h.fence.around(s), nil
}
