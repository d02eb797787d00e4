package lab

import (
	"net/netip"
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// A router forwards IPv4 packets between its interfaces as RFC 1812 asks: what it forwards has lived one hop less, what
// it cannot forward it complains about. The NATs are routers with a translator.
type router struct {
	clock  *clock
	routes []route // the first that fits is taken
	// nat translates between the networks; nil for a plain router.
	nat *masquerade
	// divert is given each packet first, and says whether it took it; nil takes none.
	divert func(in *iface, p header.IPv4, frame []byte) bool
	id     uint16 // of the last packet that the router itself sent
	// waiting are the packets that wait for a neighbour's address, each as what to do when none comes.
	waiting map[netip.Addr][]func()
}

// An iface is one interface of a router.
type iface struct {
	end  *end
	addr netip.Addr
	// neighbours are the hosts on the link.
	neighbours []netip.Addr
}

// A route is the way to a network.
type route struct {
	to  netip.Prefix
	out *iface
	via netip.Addr // the zero Addr: the destination itself
}

const (
	// arpTimeout is how long a router asks for a neighbour: three requests, a second apart, as Linux does.
	arpTimeout = 3 * time.Second
	// arpQueue is how many packets can wait for one neighbour.
	arpQueue = 128
)

// newRouter makes a router and plugs its interfaces in.
func newRouter(c *clock, routes []route, ifaces ...*iface) *router {
	r := &router{clock: c, routes: routes, waiting: make(map[netip.Addr][]func())}
	for _, in := range ifaces {
		in.end.receive = func(frame []byte) { r.receive(in, frame) }
	}
	return r
}

func (r *router) receive(in *iface, frame []byte) {
	if !isFor(in.addr, frame) {
		return
	}
	if answer := arpReply(in.addr, frame); answer != nil {
		in.end.send(answer)
		return
	}
	p := packetIn(frame)
	if p == nil || isBroadcast(frame) || r.divert != nil && r.divert(in, p, frame) {
		return
	}
	r.input(in, p)
}

// input decides about a packet: translate it back, take it, or forward it.
func (r *router) input(in *iface, p header.IPv4) {
	arrived := slices.Clone(p)
	if r.nat != nil && r.nat.isOutside(in) {
		r.nat.inbound(p)
	}
	if r.owns(destination(p)) {
		r.answer(p)
		return
	}
	// RFC 1812, section 4.3.2.4: a router complains from the interface the packet came in by.
	complain := func(c complaint) { r.originate(icmpError(in.addr, arrived, c)) }
	way, found := r.route(destination(p))
	switch {
	case p.TTL() <= 1:
		complain(complaint{header.ICMPv4TimeExceeded, header.ICMPv4TTLExceeded})
	case !found:
		complain(complaint{header.ICMPv4DstUnreachable, header.ICMPv4NetUnreachable})
	default:
		r.forward(way, p, func() { complain(complaint{header.ICMPv4DstUnreachable, header.ICMPv4HostUnreachable}) })
	}
}

// forward sends a packet on its way; unreachable is called if the next node does not exist.
func (r *router) forward(way route, p header.IPv4, unreachable func()) {
	p.SetTTL(p.TTL() - 1)
	p.SetChecksum(0)
	p.SetChecksum(^p.CalculateChecksum())
	if r.nat != nil && r.nat.isOutside(way.out) && !r.nat.outbound(p) {
		return
	}
	if next := way.next(destination(p)); way.out.knows(next) {
		way.out.send(next, p)
	} else {
		r.ask(next, unreachable)
	}
}

// ask looks in vain for a neighbour that does not exist: those that do are known beforehand.
func (r *router) ask(a netip.Addr, silent func()) {
	waiting, asked := r.waiting[a]
	if len(waiting) < arpQueue {
		r.waiting[a] = append(waiting, silent)
	}
	if asked {
		return
	}
	r.clock.AfterFunc(arpTimeout, func() {
		waiting := r.waiting[a]
		delete(r.waiting, a)
		for _, silent := range waiting {
			silent()
		}
	})
}

// owns says whether a is an address of the router itself.
func (r *router) owns(a netip.Addr) bool {
	for _, way := range r.routes {
		if way.out.addr == a {
			return true
		}
	}
	return false
}

func (r *router) route(dst netip.Addr) (route, bool) {
	for _, way := range r.routes {
		if way.to.Contains(dst) {
			return way, true
		}
	}
	return route{}, false
}

// answer is for packets to the router itself: it echoes, and nothing listens on its ports.
func (r *router) answer(p header.IPv4) {
	switch p.TransportProtocol() {
	case header.ICMPv4ProtocolNumber:
		r.originate(echoReply(p))
	case header.TCPProtocolNumber:
		r.originate(reset(p))
	case header.UDPProtocolNumber:
		r.originate(icmpError(destination(p), p, complaint{header.ICMPv4DstUnreachable, header.ICMPv4PortUnreachable}))
	}
}

// originate sends a packet of the router's own; nil is none.
func (r *router) originate(p header.IPv4) {
	if p == nil {
		return
	}
	dst := destination(p)
	way, ok := r.route(dst)
	if !ok || !way.out.knows(way.next(dst)) {
		return
	}
	r.id++
	p.SetID(r.id)
	p.SetChecksum(0)
	p.SetChecksum(^p.CalculateChecksum())
	way.out.send(way.next(dst), p)
}

// next is the neighbour that a packet to dst is given to.
func (w route) next(dst netip.Addr) netip.Addr {
	if w.via.IsValid() {
		return w.via
	}
	return dst
}

func (i *iface) knows(a netip.Addr) bool { return slices.Contains(i.neighbours, a) }

func (i *iface) send(next netip.Addr, p header.IPv4) {
	i.end.send(frameOf(hardware(i.addr), hardware(next), p))
}
