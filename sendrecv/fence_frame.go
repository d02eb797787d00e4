package sendrecv

import (
	"encoding/binary"
	"net/netip"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// EtherTypes that a fence understands (IEEE 802, RFC 9542), and those of VLAN tags.
const (
	typeIPv4, typeARP, typeIPv6 = 0x0800, 0x0806, 0x86dd
	tagCustomer, tagService     = 0x8100, 0x88a8
)

// frame judges a frame that begins with link and is to leave from a session; nil lets it pass. It reads bytes, as the hosts
// that get them do, and not the packet that was meant: what is sent wrong on purpose is judged by what it is.
func (f *fence) frame(link craft.Name, b []byte, from *Session) error {
	switch {
	case link == layers.IP || link == layers.IPv6:
		if len(b) > 0 && b[0]>>4 == 6 {
			return f.ipv6(b, from)
		}
		return f.ipv4(b)
	case link != layers.Ether:
		return f.obscure("link %s", link)
	case len(b) < 14:
		return f.obscure("a frame of %d bytes", len(b))
	}
	b = b[12:]
	kind := binary.BigEndian.Uint16(b)
	for kind == tagCustomer || kind == tagService {
		if len(b) < 6 {
			return f.obscure("a VLAN tag of %d bytes", len(b))
		}
		b = b[4:]
		kind = binary.BigEndian.Uint16(b)
	}
	switch b = b[2:]; kind {
	case typeIPv4:
		return f.ipv4(b)
	case typeIPv6:
		return f.ipv6(b, from)
	case typeARP:
		return f.arp(b, from)
	}
	return f.obscure("EtherType 0x%04x", kind)
}

// obscure refuses what is not understood completely.
func (f *fence) obscure(format string, args ...any) error {
	return f.refuse(format+" is not understood by --allow %s, which lets out well-formed IPv4, IPv6 and ARP only", append(args, f)...)
}

// IPv4 options of source routes (RFC 791, section 3.1).
const looseRoute, strictRoute = 131, 137

// ipv4 judges an IPv4 packet by its destination, and by the hosts that its options send it on to.
func (f *fence) ipv4(b []byte) error {
	if len(b) < 20 || b[0]>>4 != 4 {
		return f.obscure("an IPv4 header of %d bytes with version %d", min(len(b), 20), version(b))
	}
	header := int(b[0]&15) * 4
	if header < 20 || header > len(b) {
		return f.obscure("an IPv4 header of %d bytes in %d", header, len(b))
	}
	if err := f.check(netip.AddrFrom4([4]byte(b[16:20]))); err != nil {
		return err
	}
	for o := b[20:header]; len(o) > 0 && o[0] != 0; { // 0 ends the list
		if o[0] == 1 { // padding
			o = o[1:]
			continue
		}
		if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
			return f.obscure("a malformed IPv4 option of kind %d", o[0])
		}
		if o[0] == looseRoute || o[0] == strictRoute {
			if err := f.sourceRoute(o[:o[1]]); err != nil {
				return err
			}
		}
		o = o[o[1]:]
	}
	return nil
}

// version is the first four bits of a packet; 0 when there are none.
func version(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0] >> 4
}

// sourceRoute judges all addresses of a source route: kind, length, pointer, addresses.
func (f *fence) sourceRoute(o []byte) error {
	if len(o) < 3 || len(o)%4 != 3 {
		return f.obscure("an IPv4 source route of %d bytes", len(o))
	}
	for o = o[3:]; len(o) > 0; o = o[4:] {
		if a := netip.AddrFrom4([4]byte(o)); !f.contains(a) {
			return f.refuse("the source route leads to %s, which is outside --allow %s", a, f)
		}
	}
	return nil
}

// arp judges an ARP packet (RFC 826): whom it asks or tells must be inside, and so must be the address that it claims for
// a hardware address, since every host that hears it may remember that. The sender's own address with its own hardware
// address is true and so no matter; a request may claim nothing (RFC 5227).
func (f *fence) arp(b []byte, from *Session) error {
	if len(b) < 28 || binary.BigEndian.Uint64(b)&^0xffff != 0x0001_0800_0604_0000 {
		return f.obscure("ARP for other addresses than IPv4's on Ethernet")
	}
	op := binary.BigEndian.Uint16(b[6:])
	if op != 1 && op != 2 {
		return f.obscure("ARP with operation %d", op)
	}
	hardware, claim, target := values.MAC(b[8:14]), netip.AddrFrom4([4]byte(b[14:18])), netip.AddrFrom4([4]byte(b[24:28]))
	if !f.contains(target) {
		return f.refuse("ARP for %s, which is outside --allow %s", target, f)
	}
	if f.contains(claim) || op == 1 && claim.IsUnspecified() || isOwn(from, hardware, claim, target) {
		return nil
	}
	return f.refuse("ARP that says where %s is, which is outside --allow %s", claim, f)
}

// isOwn says whether the two addresses are those that the session's own packets to target have.
func isOwn(s *Session, hardware values.MAC, claim, target netip.Addr) bool {
	if s.Routes == nil || hardware != s.Hardware {
		return false
	}
	way, err := s.Routes.Route(target)
	return err == nil && way.Source == claim
}
