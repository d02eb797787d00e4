package lab

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

// A guest is the host that experiments run on: it has a stack, and behind its port crafted frames pass that stack by.
// It is the sendrecv.Routes, Neighbours, Guard and Dialer of the session.
type guest struct {
	*host
	// guarded counts the holds on each local port.
	guarded map[uint16]int
}

func newGuest(c *clock, seed uint64, e *end) (*guest, error) {
	h, err := newHost(c, seed, netip.PrefixFrom(guestAddr, guestNet.Bits()), gatewayAddr, e)
	if err != nil {
		return nil, err
	}
	g := &guest{host: h, guarded: make(map[uint16]int)}
	e.receive = g.receive
	return g, nil
}

// receive gives the stack a frame, unless it is TCP to a guarded port.
func (g *guest) receive(frame []byte) {
	if t := segmentIn(packetIn(frame)); t != nil && g.guarded[t.DestinationPort()] > 0 {
		return
	}
	g.host.receive(frame)
}

// Hold implements sendrecv.Guard.
func (g *guest) Hold(ports ...uint16) (release func(), err error) {
	ports = slices.Clone(ports)
	g.clock.do(func() {
		for _, p := range ports {
			g.guarded[p]++
		}
	})
	return func() {
		g.clock.do(func() {
			for _, p := range ports {
				if g.guarded[p]--; g.guarded[p] == 0 {
					delete(g.guarded, p)
				}
			}
			ports = nil
		})
	}, nil
}

// A noRoute is the error of a destination that there is no way to.
type noRoute struct{ dst netip.Addr }

// Error says that the lab speaks IPv4.
func (n noRoute) Error() string { return fmt.Sprintf("no route to %v: the lab has IPv4 alone", n.dst) }

// Unwrap makes it a craft.ErrNoRoute.
func (noRoute) Unwrap() error { return craft.ErrNoRoute }

// Route implements sendrecv.Routes.
func (g *guest) Route(dst netip.Addr) (sendrecv.Route, error) {
	if !dst.Is4() {
		return sendrecv.Route{}, noRoute{dst}
	}
	r := sendrecv.Route{Source: guestAddr, NextHop: gatewayAddr}
	if guestNet.Contains(dst) {
		r.NextHop = dst
	}
	return r, nil
}

// Resolve implements sendrecv.Neighbours: the gateway is the only one there is.
func (g *guest) Resolve(_ context.Context, a netip.Addr) (values.MAC, error) {
	if a != gatewayAddr {
		return values.MAC{}, &sendrecv.AbsentError{Addr: a, Says: fmt.Sprintf("no answer to ARP from %v: the guest's only neighbour in the lab is %v", a, gatewayAddr)}
	}
	return values.MAC([]byte(hardware(a))), nil
}

// bindFree binds a new connection to a port that is not guarded: on a guarded one the stack would hear nothing.
func (g *guest) bindFree(ep tcpip.Endpoint) tcpip.Error {
	_, err := g.stack.PickEphemeralPort(g.stack.SecureRNG(), func(port uint16) (bool, tcpip.Error) {
		if g.guarded[port] > 0 {
			return false, nil
		}
		err := ep.Bind(tcpip.FullAddress{Port: port})
		if _, used := err.(*tcpip.ErrPortInUse); used {
			return false, nil
		}
		return err == nil, err
	})
	return err
}
