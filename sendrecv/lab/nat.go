package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// A NAT is a model of what stands between the guest and the rest.
type NAT struct {
	// Name is what Config.NAT takes.
	Name string
	// Doc says in one line what the model does with TCP.
	Doc string
	// build plugs the model in and returns the hosts it is made of, those of an unfinished one too: the caller closes
	// them.
	build func(place) ([]*host, error)
}

// A place is where a NAT is built: between two links.
type place struct {
	clock           *clock
	seed            uint64
	inside, outside *end
}

// NATs lists the models, the default first.
func NATs() []NAT {
	return []NAT{
		{"vmnat", "TCP proxy: dials the server on the guest's SYN, then answers the guest (the default)", buildVMNAT},
		{"masquerade", "rewrites addresses and ports; the guest's own segments pass", buildMasquerade},
		{"none", "plain router: nothing is rewritten", buildNone},
	}
}

// findNAT looks a model up; the empty name is the default's.
func findNAT(name string) (NAT, error) {
	all := NATs()
	if name == "" {
		return all[0], nil
	}
	var names []string
	for _, n := range all {
		if n.Name == name {
			return n, nil
		}
		names = append(names, n.Name)
	}
	return NAT{}, fmt.Errorf("lab: NAT: want one of %s, got %q", strings.Join(names, ", "), name)
}

func buildNone(p place) ([]*host, error) {
	newGateway(p)
	return nil, nil
}

func buildMasquerade(p place) ([]*host, error) {
	newGateway(p).nat = newMasquerade(guestNet, uplinkAddr)
	return nil, nil
}

func buildVMNAT(p place) ([]*host, error) {
	front, err := newHost(p.clock, p.seed, netip.PrefixFrom(gatewayAddr, guestNet.Bits()), guestAddr, p.inside)
	if err != nil {
		return nil, err
	}
	hosts := []*host{front}
	if err := front.impersonate(); err != nil {
		return hosts, err
	}
	back, err := newHost(p.clock, p.seed, netip.PrefixFrom(uplinkAddr, uplinkNet.Bits()), routerUplink, p.outside)
	if err != nil {
		return hosts, err
	}
	proxy := newProxy(p.clock, front, func(server netip.AddrPort) (*socket, error) { return back.dial(server, nil) })
	gateway := newGateway(p)
	gateway.nat = newMasquerade(guestNet, uplinkAddr) // for all that is not TCP
	gateway.divert = func(in *iface, packet header.IPv4, frame []byte) bool {
		switch {
		case in.end == p.inside && isTCP(packet) && destination(packet) != gatewayAddr:
			proxy.receive(frame)
		case in.end == p.outside && destination(packet) == uplinkAddr && (isTCP(packet) || isTCP(quotedIn(packet))):
			back.receive(frame)
		default:
			return false
		}
		return true
	}
	return append(hosts, back), nil
}

func isTCP(p header.IPv4) bool { return p != nil && p.TransportProtocol() == header.TCPProtocolNumber }

// newGateway makes the router between the guest's network and the uplink.
func newGateway(p place) *router {
	inside := &iface{end: p.inside, addr: gatewayAddr, neighbours: []netip.Addr{guestAddr}}
	outside := &iface{end: p.outside, addr: uplinkAddr, neighbours: []netip.Addr{routerUplink}}
	return newRouter(p.clock, []route{
		{to: guestNet, out: inside},
		{to: uplinkNet, out: outside},
		{to: everywhere, out: outside, via: routerUplink},
	}, inside, outside)
}
