package lab

import (
	"net/netip"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// A proxy is a NAT that ends the guest's TCP: one stack talks to the guest under the address of whatever server it
// wants, another one talks to the server under the NAT's own address, and only data and ends pass between the two. A
// guest's SYN is held back until the dial to the server succeeds or fails; then the guest-facing stack gets to see
// it, or the guest is reset. That is the order connect-first.
type proxy struct {
	clock *clock
	// front faces the guest; it takes every address for its own.
	front *host
	// dial connects to a server.
	dial func(server netip.AddrPort) (*socket, error)
	// open are the ports that front listens on: those a dial has succeeded to.
	open  map[uint16]bool
	flows map[flow]*proxied
}

// A proxied is one TCP conversation, from the SYN on.
type proxied struct {
	proxy  *proxy
	flow   flow
	syn    []byte  // the guest's, held back while the dial is under way
	server *socket // nil when the dial could not begin
	// half is the connection to the guest while its handshake is not complete, limit ends that.
	half     *tcp.Endpoint
	limit    tcpip.Timer
	guest    *socket // nil until then
	up, down pump
}

// halfOpenLimit is how long a guest may take to complete its handshake; user-space NATs take 10 s to 127 s.
const halfOpenLimit = 75 * time.Second

func newProxy(c *clock, front *host, dial func(netip.AddrPort) (*socket, error)) *proxy {
	return &proxy{clock: c, front: front, dial: dial, open: make(map[uint16]bool), flows: make(map[flow]*proxied)}
}

// receive takes a frame with TCP from the guest.
func (x *proxy) receive(frame []byte) {
	p := packetIn(frame)
	t := segmentIn(p)
	if t == nil {
		x.front.receive(frame) // a fragment, or for the stack to drop
		return
	}
	key, _ := flowOf(p, sourceSide)
	const handshake = header.TCPFlagSyn | header.TCPFlagAck | header.TCPFlagRst
	switch f := x.flows[key]; {
	case f == nil && t.Flags()&handshake == header.TCPFlagSyn:
		if intact(p, t) {
			x.begin(key, frame)
		}
	case f == nil:
		x.front.receive(frame)
	case f.syn != nil: // the guest asks again, or gives up: the dial goes on
	default:
		x.front.receive(frame)
		f.check()
	}
}

// maxFlows is how many conversations a proxy has at once. gVisor looks through all its ports for each one that is dialled when
// most are taken: sixty thousand SYNs took it minutes, in one step.
const maxFlows = 16384

// begin dials for a new flow. A proxy that has too many ignores the SYN, as a NAT does whose table is full: the guest asks again.
func (x *proxy) begin(key flow, syn []byte) {
	if len(x.flows) >= maxFlows {
		return
	}
	f := &proxied{proxy: x, flow: key, syn: syn}
	x.flows[key] = f
	var err error
	if f.server, err = x.dial(key.remote); err != nil {
		f.refuse()
		return
	}
	f.server.changed = f.dialled
}

// dialled lets the SYN through to the guest-facing stack when the server has answered, and refuses it when it will not.
func (f *proxied) dialled() {
	if !f.server.connected() {
		if f.server.failed != nil {
			f.refuse()
		}
		return
	}
	f.server.changed = nil
	syn := f.syn
	f.syn = nil
	if err := f.proxy.listen(f.flow.remote.Port()); err != nil {
		f.end()
		return
	}
	f.proxy.front.receive(syn)
	f.half = f.proxy.halfOpen(f.flow)
	f.limit = f.proxy.clock.AfterFunc(halfOpenLimit, f.giveUp)
	f.check()
}

// refuse resets the guest: there is no connection.
func (f *proxied) refuse() {
	front := f.proxy.front
	if answer := reset(packetIn(f.syn)); answer != nil {
		front.end.send(frameOf(hardware(front.addr), header.Ethernet(f.syn).SourceAddress(), answer))
	}
	f.end()
}

// check looks whether the guest has spoilt its handshake.
func (f *proxied) check() {
	if f.guest != nil {
		return
	}
	if f.half == nil || f.half.EndpointState() == tcp.StateError || f.half.EndpointState() == tcp.StateClose {
		f.end()
	}
}

// giveUp forgets a guest that has not completed its handshake in time, without a reset.
func (f *proxied) giveUp() {
	f.proxy.front.step(f.half.Close)
	f.end()
}

// end gives the server an orderly end, if there is no other yet, and forgets the flow.
func (f *proxied) end() {
	delete(f.proxy.flows, f.flow)
	if f.limit != nil {
		f.limit.Stop()
	}
	if f.server != nil {
		f.server.close()
	}
}

// listen makes the guest-facing stack accept connections to a port, whatever the address.
func (x *proxy) listen(port uint16) error {
	if x.open[port] {
		return nil
	}
	err := x.front.listen(port, x.accept)
	x.open[port] = err == nil
	return err
}

// halfOpen finds the guest-facing stack's half of a handshake; nil when the stack did not like the SYN.
func (x *proxy) halfOpen(f flow) *tcp.Endpoint {
	ep, _ := x.front.stack.FindTransportEndpoint(ipv4.ProtocolNumber, tcp.ProtocolNumber, stack.TransportEndpointID{
		LocalPort: f.remote.Port(), LocalAddress: address(f.remote.Addr()),
		RemotePort: f.guest.Port(), RemoteAddress: address(f.guest.Addr()),
	}, nicID).(*tcp.Endpoint)
	if ep == nil || ep.EndpointState() != tcp.StateSynRecv {
		return nil
	}
	return ep
}

// accept joins the two connections of a flow when the guest has completed its handshake.
func (x *proxy) accept(guest *socket) {
	f := x.flows[flow{header.TCPProtocolNumber, guest.remote(), guest.local()}]
	if f == nil || f.half == nil || f.guest != nil {
		guest.abort()
		return
	}
	f.limit.Stop()
	f.guest = guest
	f.up = pump{from: guest, to: f.server}
	f.down = pump{from: f.server, to: guest}
	guest.changed, f.server.changed = f.relay, f.relay
	f.relay()
}

// relay moves what there is to move. The guest's end, orderly or not, is an orderly one to the server; the server's reset
// is one to the guest.
func (f *proxied) relay() {
	f.up.run()
	f.down.run()
	switch {
	case !f.server.connected():
		f.guest.abort()
	case !f.guest.connected(), f.up.done && f.down.done:
		f.guest.close()
	default:
		return
	}
	f.end()
}
