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
	build func(slot) ([]*host, error)
}

// A slot is where a NAT is plugged in: between two links.
type slot struct {
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

func buildNone(s slot) ([]*host, error) {
	newGateway(s)
	return nil, nil
}

func buildMasquerade(s slot) ([]*host, error) {
	newGateway(s).nat = newMasquerade(guestNet, uplinkAddr)
	return nil, nil
}

func buildVMNAT(s slot) ([]*host, error) {
	front, err := newHost(s.clock, s.seed, netip.PrefixFrom(gatewayAddr, guestNet.Bits()), guestAddr, s.inside)
	if err != nil {
		return nil, err
	}
	hosts := []*host{front}
	if err := front.impersonate(); err != nil {
		return hosts, err
	}
	back, err := newHost(s.clock, s.seed, netip.PrefixFrom(uplinkAddr, uplinkNet.Bits()), routerUplink, s.outside)
	if err != nil {
		return hosts, err
	}
	proxy := newProxy(s.clock, front, func(server netip.AddrPort) (*socket, error) { return back.dial(server, nil) })
	gateway := newGateway(s)
	gateway.nat = newMasquerade(guestNet, uplinkAddr) // for all that is not TCP
	gateway.divert = func(in *iface, packet header.IPv4, frame []byte) bool {
		switch {
		case in.end == s.inside && isTCP(packet) && destination(packet) != gatewayAddr:
			proxy.receive(frame)
		case in.end == s.outside && destination(packet) == uplinkAddr && (isTCP(packet) || isTCP(quotedIn(packet))):
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
func newGateway(s slot) *router {
	inside := &iface{end: s.inside, addr: gatewayAddr, neighbours: []netip.Addr{guestAddr}}
	outside := &iface{end: s.outside, addr: uplinkAddr, neighbours: []netip.Addr{routerUplink}}
	return newRouter(s.clock, []route{
		{to: guestNet, out: inside},
		{to: uplinkNet, out: outside},
		{to: everywhere, out: outside, via: routerUplink},
	}, inside, outside)
}
