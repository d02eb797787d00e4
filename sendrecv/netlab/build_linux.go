package netlab

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

// build makes the network, one step after the other; Close undoes those that were made.
func (n *Net) build(ctx context.Context, nat string) error {
	programs, err := findPrograms(nat)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return n.addHosts(nat) },
		func() error { return n.addWires(nat) },
		func() error { return n.addRoutes(nat) },
		func() error { return n.addRules(ctx, programs.nft, nat) },
		func() error { return n.waitForLinks(ctx) },
		n.serve,
		func() error { return n.startProxy(ctx, programs.slirp) },
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (n *Net) addHosts(nat string) error {
	for _, h := range []struct {
		node   string
		router bool
	}{
		{"guest", false}, {"nat", nat != slirp4netns}, {"router", true}, {"server", false},
	} {
		made, err := newHost(n.namespace(h.node), h.router)
		if err != nil {
			return err
		}
		n.hosts[h.node] = made
		n.undo = append(n.undo, made.close)
	}
	return nil
}

// A plug is one end of a wire.
type plug struct {
	node string
	addr netip.Prefix
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// inNet is the address of a host with the length of its network's prefix.
func inNet(addr string) netip.Prefix { return prefix(addr + article.Mask) }

// addWires plugs the hosts together. The guest's wire to a proxy is the proxy's to make.
func (n *Net) addWires(nat string) error {
	if nat == slirp4netns {
		n.guest = tap
	} else {
		n.guest = n.link("guest")
		if err := n.wire("guest", plug{"guest", inNet(article.Guest)}, plug{"nat", inNet(article.Gateway)}); err != nil {
			return err
		}
	}
	err := n.wire("uplink", plug{"nat", inNet(article.Uplink)}, plug{"router", inNet(article.RouterUplink)})
	if err != nil {
		return err
	}
	err = n.wire("server", plug{"router", inNet(article.RouterServer)}, plug{"server", inNet(article.Server)})
	if err != nil {
		return err
	}
	for _, neighbour := range []string{article.Silent, article.Prohibited} {
		if err := n.hosts["server"].address(n.link("server"), prefix(neighbour+"/32")); err != nil {
			return err
		}
	}
	return nil
}

// wire connects two hosts.
func (n *Net) wire(name string, a, b plug) error {
	link := n.link(name)
	if err := n.hosts[a.node].connect(n.hosts[b.node], link); err != nil {
		return err
	}
	for _, p := range []plug{a, b} {
		h := n.hosts[p.node]
		if err := h.address(link, p.addr); err != nil {
			return err
		}
		if err := h.do(func() error { return sumInSoftware(link) }); err != nil {
			return err
		}
		if err := h.up(link); err != nil {
			return err
		}
	}
	return nil
}

func (n *Net) addRoutes(nat string) error {
	guests, everywhere := prefix(article.GuestNet), prefix(article.Everywhere)
	for _, r := range []struct {
		node string
		to   netip.Prefix
		via  string
	}{
		{"guest", everywhere, article.Gateway},
		{"nat", everywhere, article.RouterUplink},
		{"router", guests, article.Uplink}, // for what no NAT has rewritten
		{"server", everywhere, article.RouterServer},
	} {
		if r.node == "guest" && nat == slirp4netns {
			continue
		}
		if err := n.hosts[r.node].route(r.to, netip.MustParseAddr(r.via)); err != nil {
			return err
		}
	}
	return nil
}

// addRules loads what the kernels of NAT and server do beyond routing.
func (n *Net) addRules(ctx context.Context, nft string, nat string) error {
	neighbours := fmt.Sprintf(`table ip moonwire {
	chain neighbours {
		type filter hook input priority 0;
		ip daddr %s drop
		ip daddr %s reject with icmp type admin-prohibited
	}
}`, article.Silent, article.Prohibited)
	if err := n.hosts["server"].load(ctx, nft, neighbours); err != nil {
		return err
	}
	if nat != masquerade {
		return nil
	}
	return n.hosts["nat"].load(ctx, nft, fmt.Sprintf(`table ip moonwire {
	chain nat {
		type nat hook postrouting priority 100;
		oifname %q masquerade
	}
}`, n.link("uplink")))
}
