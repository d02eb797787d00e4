package lab

import (
	"fmt"
	"net/netip"
	"time"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/link/ethernet"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

// A host is a node with a TCP/IP stack, gVisor's. The stack has goroutines that handle TCP segments; a host
// lets nothing else happen until they are done, so that to the lab each frame and each timer is one step.
type host struct {
	clock *clock
	addr  netip.Addr
	end   *end
	stack *stack.Stack
	nic   *channel.Endpoint
	// workers are the goroutines of the stack's TCP.
	workers interface {
		Pause()
		Resume()
	}
	// scratch is for whoever reads a connection, during one event.
	scratch []byte
	closed  bool // changed and read between events
}

const (
	nicID = 1
	mtu   = 1500
	// outQueue is how many frames the stack can hand over in one step.
	outQueue = 4096
	// firstPort and lastPort bound the ports a stack picks for its own connections, as on Linux.
	firstPort, lastPort = 32768, 60999
)

// newHost makes a host at addr. The peer is its only neighbour, through which it reaches all other networks.
func newHost(c *clock, seed uint64, addr netip.Prefix, peer netip.Addr, e *end) (*host, error) {
	h := &host{clock: c, addr: addr.Addr(), end: e, scratch: make([]byte, 16<<10)}
	random := newEntropy(seed, h.addr)
	h.stack = stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
		Clock:              hostClock{c, h},
		RandSource:         random,
		SecureRNG:          random,
	})
	h.workers = h.stack.TransportProtocolInstance(tcp.ProtocolNumber)
	h.nic = channel.New(outQueue, mtu+header.EthernetMinimumSize, hardware(h.addr))
	h.nic.AddNotify(h)
	if err := h.configure(addr, peer); err != nil {
		h.stack.Destroy()
		return nil, fmt.Errorf("lab: host %v: %w", h.addr, goError(err))
	}
	return h, nil
}

// configure plugs the interface in and sets address, routes and neighbour.
func (h *host) configure(addr netip.Prefix, peer netip.Addr) tcpip.Error {
	if err := h.stack.CreateNIC(nicID, ethernet.New(h.nic)); err != nil {
		return err
	}
	own := tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: address(h.addr), PrefixLen: addr.Bits()},
	}
	if err := h.stack.AddProtocolAddress(nicID, own, stack.AddressProperties{}); err != nil {
		return err
	}
	h.stack.SetRouteTable([]tcpip.Route{
		{Destination: own.AddressWithPrefix.Subnet(), NIC: nicID},
		{Destination: header.IPv4EmptySubnet, Gateway: address(peer), NIC: nicID},
	})
	if err := h.stack.AddStaticNeighbor(nicID, ipv4.ProtocolNumber, address(peer), hardware(peer)); err != nil {
		return err
	}
	return h.stack.SetPortRange(firstPort, lastPort)
}

// impersonate makes the host take every address for its own.
func (h *host) impersonate() error {
	err := h.stack.SetPromiscuousMode(nicID, true)
	if err == nil {
		err = h.stack.SetSpoofing(nicID, true)
	}
	if err != nil {
		return fmt.Errorf("lab: host %v: %w", h.addr, goError(err))
	}
	return nil
}

// receive gives the stack a frame from the link.
func (h *host) receive(frame []byte) {
	if !isFor(h.addr, frame) {
		return
	}
	h.step(func() {
		p := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(frame)})
		h.nic.InjectInbound(0, p)
		p.DecRef()
	})
	// The stack hands a SYN that ends a TIME-WAIT on to the listener, whose goroutine may have paused before.
	h.step(func() {})
}

// step calls f, which may give the stack work, and waits for the end of that work. A closed host does nothing.
func (h *host) step(f func()) {
	if h.closed {
		return
	}
	f()
	// A worker pauses only when its queue is empty and what it took from there is done.
	h.workers.Pause()
	h.workers.Resume()
}

// WriteNotify implements channel.Notification: the stack has a frame for the link. It leaves in another event, for
// this is called on whatever goroutine sends.
func (h *host) WriteNotify() {
	p := h.nic.Read()
	if p == nil {
		return
	}
	v := p.ToView()
	frame := v.ToSlice()
	v.Release()
	p.DecRef()
	h.clock.AfterFunc(0, func() { h.end.send(frame) })
}

// close ends the stack: its connections are reset, its goroutines end.
func (h *host) close() {
	if h.closed {
		return
	}
	h.closed = true
	h.stack.Destroy()
}

// A hostClock is the clock as a host's stack sees it: a timer is a step of the host.
type hostClock struct {
	*clock
	host *host
}

// AfterFunc implements tcpip.Clock.
func (c hostClock) AfterFunc(d time.Duration, f func()) tcpip.Timer {
	return c.clock.AfterFunc(d, func() { c.host.step(f) })
}
