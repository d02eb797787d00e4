package raw

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// defaultLink is the interface of the default route; without one the first usable one that is not loopback, else loopback.
func (t *tables) defaultLink() (link, error) {
	index, err := t.defaultRoute()
	if err != nil {
		return link{}, err
	}
	if index > 0 {
		device, err := t.device(index)
		if err != nil {
			return link{}, err
		}
		return t.link(device)
	}
	found, err := t.links()
	if err != nil {
		return link{}, err
	}
	lo, err := link{}, errors.New("no network interface here")
	for _, f := range found {
		l, unusable := newLink(t.namespace, f)
		switch {
		case f.Attrs().Flags&net.FlagLoopback != 0:
			lo, err = l, unusable
		case unusable == nil:
			return l, nil
		}
	}
	return lo, err
}

// defaultRoute is the index of the default route's interface, that with the smallest metric; 0 without one.
func (t *tables) defaultRoute() (index int, err error) {
	var found []netlink.Route
	err = t.ask(func(h *netlink.Handle) (err error) {
		found, err = h.RouteList(nil, netlink.FAMILY_V4)
		return err
	})
	metric := 0
	for _, r := range found {
		if r.Dst != nil && !isDefault(r.Dst) || r.Type != unix.RTN_UNICAST {
			continue
		}
		out := r.LinkIndex
		if len(r.MultiPath) > 0 {
			out = r.MultiPath[0].LinkIndex
		}
		if index == 0 || r.Priority < metric {
			index, metric = out, r.Priority
		}
	}
	return index, err
}

func isDefault(n *net.IPNet) bool {
	bits, _ := n.Mask.Size()
	return bits == 0 && n.IP.IsUnspecified()
}

// route asks for the way to dst as a socket's would be; out of the interface oif unless that is 0.
func (t *tables) route(dst netip.Addr, oif int) (netlink.Route, error) {
	return t.lookup(dst, netlink.RouteGetOptions{OifIndex: oif})
}

// leads asks whether an entry of the tables leads to dst out of the interface oif. Without one, route would have it on
// link there: the kernel takes it that whoever names an interface knows better than the tables.
func (t *tables) leads(dst netip.Addr, oif int) error {
	_, err := t.lookup(dst, netlink.RouteGetOptions{OifIndex: oif, FIBMatch: true})
	return err
}

func (t *tables) lookup(dst netip.Addr, o netlink.RouteGetOptions) (netlink.Route, error) {
	var found []netlink.Route
	err := t.ask(func(h *netlink.Handle) (err error) {
		found, err = h.RouteGetWithOptions(dst.AsSlice(), &o)
		return err
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("the kernel has no answer: %w", unix.ENETUNREACH)
	}
	if err != nil {
		return netlink.Route{}, err
	}
	return found[0], nil
}
