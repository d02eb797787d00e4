package netlab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// A host is a network namespace with a name.
type host struct {
	name string
	// links configures the host's interfaces and routes.
	links *netlink.Handle
}

// newHost makes a host without interfaces but lo; router says whether it forwards packets.
func newHost(name string, router bool) (*host, error) {
	if err := addNamespace(name); err != nil {
		return nil, fmt.Errorf("network namespace %s: %w", name, err)
	}
	h := &host{name: name}
	err := h.do(func() (err error) {
		if err = tune(router); err != nil {
			return err
		}
		h.links, err = netlink.NewHandle(unix.NETLINK_ROUTE) // it stays in the thread's namespace
		return err
	})
	if err == nil {
		err = h.up("lo")
	}
	if err != nil {
		return nil, fmt.Errorf("network namespace %s: %w", name, errors.Join(err, h.close()))
	}
	return h, nil
}

// addNamespace makes a namespace that lasts until its name is deleted.
func addNamespace(name string) error {
	return elsewhere(func() error {
		ns, err := netns.NewNamed(name)
		switch {
		case err == nil:
			return ns.Close()
		case !errors.Is(err, os.ErrExist):
			_ = os.Remove(filepath.Join("/run/netns", name)) // an empty file, when the mount on it was refused
		}
		return err
	})
}

// tune sets what the calling thread's namespace has inherited from the host's configuration, or has not.
func tune(router bool) error {
	forward := "0"
	if router {
		forward = "1"
	}
	for _, s := range [][2]string{
		{"net/ipv4/ip_forward", forward},
		// Answers may come another way than the question went, and crafted packets from anywhere.
		{"net/ipv4/conf/all/rp_filter", "0"},
		{"net/ipv4/conf/default/rp_filter", "0"},
		// No neighbour discovery, no router solicitations in the captures.
		{"net/ipv6/conf/all/disable_ipv6", "1"},
		{"net/ipv6/conf/default/disable_ipv6", "1"},
	} {
		err := os.WriteFile(filepath.Join("/proc/sys", s[0]), []byte(s[1]), 0)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel without IPv6
			return err
		}
	}
	return nil
}

// do runs f on a thread in the host's namespace. It looks the name up each time, so that it fails once the host is closed.
func (h *host) do(f func() error) error {
	ns, err := netns.GetFromName(h.name)
	if err != nil {
		return fmt.Errorf("network namespace %s: %w", h.name, err)
	}
	defer ns.Close()
	return elsewhere(func() error {
		if err := netns.Set(ns); err != nil {
			return fmt.Errorf("network namespace %s: %w", h.name, err)
		}
		return f()
	})
}

// elsewhere runs f, which may move its thread to another network namespace, and moves the thread back.
func elsewhere(f func() error) (err error) {
	runtime.LockOSThread()
	home, err := netns.Get()
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() {
		back := netns.Set(home)
		_ = home.Close() // a descriptor that was only read
		if back != nil {
			err = errors.Join(err, back)
			return // the thread stays locked and ends with its goroutine: no other must find itself elsewhere
		}
		runtime.UnlockOSThread()
	}()
	return f()
}

// up turns an interface on.
func (h *host) up(name string) error {
	link, err := h.links.LinkByName(name)
	if err == nil {
		err = h.links.LinkSetUp(link)
	}
	if err != nil {
		return fmt.Errorf("%s: up: %w", name, err)
	}
	return nil
}

// address gives an interface an address.
func (h *host) address(name string, addr netip.Prefix) error {
	link, err := h.links.LinkByName(name)
	if err == nil {
		err = h.links.AddrAdd(link, &netlink.Addr{IPNet: ipNet(addr)})
	}
	if err != nil {
		return fmt.Errorf("%s: address %s: %w", name, addr, err)
	}
	return nil
}

// route sends packets to a network through a neighbour.
func (h *host) route(to netip.Prefix, via netip.Addr) error {
	err := h.links.RouteAdd(&netlink.Route{Dst: ipNet(to), Gw: via.AsSlice()})
	if err != nil {
		return fmt.Errorf("%s: route to %s via %s: %w", h.name, to, via, err)
	}
	return nil
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// close removes the name and lets the namespace go, with its interfaces.
func (h *host) close() error {
	if h.links != nil {
		h.links.Close()
	}
	return netns.DeleteNamed(h.name)
}
