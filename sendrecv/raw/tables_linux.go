package raw

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft/values"
)

// tables are what the kernel of one namespace knows: links, routes, neighbours. Methods are safe for concurrent use.
type tables struct {
	namespace string

	mu     sync.Mutex
	handle *netlink.Handle // nil once closed; a closed Handle would go on and ask in this process's namespace
}

// openTables opens the kernel's tables of a namespace. The caller closes them.
func openTables(ns *namespace) (*tables, error) {
	t := &tables{namespace: ns.name}
	err := ns.do(func() (err error) {
		t.handle, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// ask calls f with the handle. A dump that a change overtook is asked for again.
func (t *tables) ask(f func(*netlink.Handle) error) (err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for range 10 {
		if t.handle == nil {
			return net.ErrClosed
		}
		if err = f(t.handle); !errors.Is(err, netlink.ErrDumpInterrupted) {
			return err
		}
	}
	return err
}

// close ends the tables. It is safe to call twice.
func (t *tables) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handle != nil {
		t.handle.Close()
		t.handle = nil
	}
}

// links lists all interfaces, in the kernel's order.
func (t *tables) links() (found []netlink.Link, err error) {
	err = t.ask(func(h *netlink.Handle) (err error) {
		found, err = h.LinkList()
		return err
	})
	return found, err
}

// names names all interfaces.
func (t *tables) names() []string {
	found, err := t.links()
	if err != nil {
		return nil // no way to look is nothing to choose from
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.Attrs().Name
	}
	return names
}

// link finds an interface by name.
func (t *tables) link(device string) (link, error) {
	var found netlink.Link
	err := t.ask(func(h *netlink.Handle) (err error) {
		found, err = h.LinkByName(device)
		return err
	})
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return link{}, fmt.Errorf("no interface %q: want one of %s", ifname{t.namespace, device}, strings.Join(t.names(), ", "))
	}
	if err != nil {
		return link{}, fmt.Errorf("interface %s: %w", ifname{t.namespace, device}, err)
	}
	return newLink(t.namespace, found)
}

// device is the name of the interface with that index.
func (t *tables) device(index int) (name string, err error) {
	err = t.ask(func(h *netlink.Handle) error {
		found, err := h.LinkByIndex(index)
		if err == nil {
			name = found.Attrs().Name
		}
		return err
	})
	return name, err
}

// neighbour is what the kernel knows of a host on the link.
func (t *tables) neighbour(index int, addr netip.Addr) (mac values.MAC, ok bool) {
	const known = netlink.NUD_REACHABLE | netlink.NUD_STALE | netlink.NUD_DELAY | netlink.NUD_PROBE | netlink.NUD_PERMANENT
	var found []netlink.Neigh
	err := t.ask(func(h *netlink.Handle) (err error) {
		found, err = h.NeighList(index, netlink.FAMILY_V4)
		return err
	})
	if err != nil {
		return mac, false // then it is asked on the wire
	}
	for _, n := range found {
		if a, _ := netip.AddrFromSlice(n.IP); a.Unmap() == addr && n.State&known != 0 && len(n.HardwareAddr) == len(mac) {
			return values.MAC(n.HardwareAddr), true
		}
	}
	return mac, false
}
