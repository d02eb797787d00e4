package lab

import (
	"container/list"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// A masquerade is a NAT that rewrites packets (RFC 3022): it gives each flow of the inside network an address and port
// of its own outside, and changes nothing but the two and the checksums over them. So sequence numbers, options,
// identification and wrong checksums pass as they are. TCP, UDP and ICMP echo have ports, or what serves as one; it
// drops the rest, and fragments but the first, which carry none.
type masquerade struct {
	inside  netip.Prefix
	outside netip.Addr
	// flows knows each mapping by its inside and by its outside spelling.
	flows map[flow]*list.Element
	// used holds the mappings, the one used last at the front.
	used *list.List
}

// A flow is one conversation, as a side of the NAT spells it.
type flow struct {
	proto  tcpip.TransportProtocolNumber
	guest  netip.AddrPort // an ICMP query's identifier is its port
	remote netip.AddrPort
}

// A mapping joins the two spellings of one flow.
type mapping struct{ inside, outside flow }

// maxMappings bounds the table; the mapping used longest ago gives way.
const maxMappings = 1 << 16

func newMasquerade(inside netip.Prefix, outside netip.Addr) *masquerade {
	return &masquerade{inside: inside, outside: outside, flows: make(map[flow]*list.Element), used: list.New()}
}

// isOutside says whether an interface is the one whose address the guests share.
func (m *masquerade) isOutside(i *iface) bool { return i.addr == m.outside }

// outbound translates a packet that leaves for the outside; false when it must not.
func (m *masquerade) outbound(p header.IPv4) bool {
	if !m.inside.Contains(source(p)) {
		return true
	}
	if q := quotedIn(p); q != nil {
		return m.translateError(p, q, sourceSide)
	}
	f, ok := flowOf(p, sourceSide)
	if !ok {
		return false
	}
	known, ok := m.find(f)
	if !ok {
		if known, ok = m.add(f); !ok {
			return false
		}
	}
	readdress(p, sourceSide, known.outside.guest)
	return true
}

// inbound translates a packet from the outside if it belongs to a flow.
func (m *masquerade) inbound(p header.IPv4) {
	if q := quotedIn(p); q != nil {
		m.translateError(p, q, destinationSide)
		return
	}
	if f, ok := flowOf(p, destinationSide); ok {
		if known, ok := m.find(f); ok {
			readdress(p, destinationSide, known.inside.guest)
		}
	}
}

// translateError translates an ICMP error and the packet it quotes, which went the other way: there the guest is on the
// other side.
func (m *masquerade) translateError(p, quoted header.IPv4, guestSide side) bool {
	f, ok := flowOf(quoted, guestSide.other())
	if !ok {
		return false
	}
	known, ok := m.find(f)
	if !ok {
		return false
	}
	guest := known.outside.guest
	if guestSide == destinationSide {
		guest = known.inside.guest
	}
	readdress(quoted, guestSide.other(), guest)
	patch(p, guestSide.addr(), guest.Addr().AsSlice(), p[ipSumAt:])
	sumICMP(header.ICMPv4(p.Payload()))
	return true
}

// find looks a flow up by either spelling.
func (m *masquerade) find(f flow) (mapping, bool) {
	at, ok := m.flows[f]
	if !ok {
		return mapping{}, false
	}
	m.used.MoveToFront(at)
	return at.Value.(mapping), true
}

// add makes the mapping of a new flow; it keeps the port when that is free.
func (m *masquerade) add(f flow) (mapping, bool) {
	out := f
	for try := range 1 << 16 {
		port := f.guest.Port() + uint16(try)
		out.guest = netip.AddrPortFrom(m.outside, port)
		if _, taken := m.flows[out]; !taken && (try == 0 || port >= 1024) {
			return m.insert(mapping{f, out}), true
		}
	}
	return mapping{}, false
}

func (m *masquerade) insert(known mapping) mapping {
	if m.used.Len() == maxMappings {
		oldest := m.used.Remove(m.used.Back()).(mapping)
		delete(m.flows, oldest.inside)
		delete(m.flows, oldest.outside)
	}
	at := m.used.PushFront(known)
	m.flows[known.inside], m.flows[known.outside] = at, at
	return known
}
