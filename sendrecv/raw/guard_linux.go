package raw

import (
	"fmt"
	"net"
	"slices"
	"sync"
)

// A guard keeps the kernel's TCP of one network namespace from seeing what arrives at the ports of crafted flows: it knows
// nothing of a crafted SYN and would reset the peer's SYN/ACK. Receivers of a port still see everything; AF_PACKET taps
// come before netfilter.
//
// Ports are guarded for the whole namespace: a connection of the host's own on a held port hears nothing either until the
// port is released. Methods are safe for concurrent use.
type guard struct {
	mu sync.Mutex
	// filter is where the ports are dropped; nil once the guard is closed.
	filter *portFilter
	// holds counts the holds of each port that has any.
	holds map[uint16]int
}

// openGuard makes a guard of the calling OS thread's network namespace that holds nothing yet. The caller closes it. The
// error wraps os.ErrPermission without CAP_NET_ADMIN.
func openGuard() (*guard, error) {
	f, err := openPortFilter()
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	return &guard{filter: f, holds: make(map[uint16]int)}, nil
}

// Hold implements sendrecv.Guard. It holds all the ports or, with an error, none; the error is net.ErrClosed once the guard
// is closed.
func (g *guard) Hold(ports ...uint16) (release func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.filter == nil {
		return nil, fmt.Errorf("guard: %w", net.ErrClosed)
	}
	ports = slices.Clone(ports) // release needs them later, and the caller may change its slice
	if err := g.filter.add(g.count(ports)); err != nil {
		g.discount(ports)
		return nil, fmt.Errorf("guard: %w", err)
	}
	var once sync.Once
	return func() { once.Do(func() { g.release(ports) }) }, nil
}

// release gives the kernel's TCP the ports back that nobody else holds.
func (g *guard) release(ports []uint16) {
	g.mu.Lock()
	defer g.mu.Unlock()
	free := g.discount(ports)
	if g.filter != nil {
		_ = g.filter.remove(free) // a port that stays behind is held until Close, which cannot fail
	}
}

// count counts one hold more of each port and returns those that had none.
func (g *guard) count(ports []uint16) (fresh []uint16) {
	for _, p := range ports {
		if g.holds[p]++; g.holds[p] == 1 {
			fresh = append(fresh, p)
		}
	}
	return fresh
}

// discount counts one hold less of each port and returns those that have none left.
func (g *guard) discount(ports []uint16) (free []uint16) {
	for _, p := range ports {
		if g.holds[p]--; g.holds[p] == 0 {
			delete(g.holds, p)
			free = append(free, p)
		}
	}
	return free
}

// Close ends all holds and removes what the guard put into the kernel. It is safe to call twice.
func (g *guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.filter == nil {
		return nil
	}
	err := g.filter.close()
	g.filter = nil
	return err
}
