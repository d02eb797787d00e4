package sendrecv

import (
	"encoding/binary"
	"net/netip"
)

// Next headers of IPv6 that stand between it and what it carries (RFC 8200, section 4; IANA's list of extension headers).
const (
	nextHopByHop, nextRouting, nextFragment, nextAuthentication = 0, 43, 44, 51
	nextDestination, nextMobility, nextIdentity, nextShim       = 60, 135, 139, 140

	nextICMPv6 = 58
)

// ipv6 judges an IPv6 packet by its destination, by the hosts that routing headers send it on to, and as neighbour
// discovery where it is that.
func (f *fence) ipv6(b []byte, from *Session) error {
	if len(b) < 40 || version(b) != 6 {
		return f.obscure("an IPv6 header of %d bytes with version %d", min(len(b), 40), version(b))
	}
	src, dst := netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	if dst.Is4In6() {
		return f.obscure("the IPv6 destination %s", dst)
	}
	next, rest, whole, err := f.extensions(b[6], b[40:])
	if err != nil {
		return err
	}
	if next == nextICMPv6 {
		done, err := f.discovery(rest, dst, whole)
		if err == nil && whole {
			err = f.claims(rest, src, dst, from)
		}
		if done || err != nil {
			return err
		}
	}
	return f.check(dst)
}

// extensions walks the extension headers and returns what stands behind them. whole is false of a fragment, of which rest is
// a piece; a later piece has no beginning, and nil for rest.
func (f *fence) extensions(next byte, b []byte) (_ byte, rest []byte, whole bool, err error) {
	whole = true
	for isExtension(next) {
		if len(b) < 8 {
			return 0, nil, false, f.obscure("an IPv6 extension header of %d bytes", len(b))
		}
		length := 8 + 8*int(b[1])
		switch next {
		case nextAuthentication: // RFC 4302 counts in four bytes
			length = 8 + 4*int(b[1])
		case nextFragment:
			length = 8
			offset := binary.BigEndian.Uint16(b[2:])
			if offset&^6 == 0 { // neither behind another piece nor before one: RFC 6946
				break
			}
			if isExtension(b[0]) { // the rest of it is in another packet
				return 0, nil, false, f.obscure("an IPv6 fragment of extension header %d", b[0])
			}
			if whole = false; offset>>3 > 0 {
				return b[0], nil, false, nil
			}
		}
		if length > len(b) {
			return 0, nil, false, f.obscure("an IPv6 extension header of %d bytes in %d", length, len(b))
		}
		if next == nextRouting {
			if err := f.routing(b[:length]); err != nil {
				return 0, nil, false, err
			}
		}
		next, b = b[0], b[length:]
	}
	return next, b, whole, nil
}

func isExtension(next byte) bool {
	switch next {
	case nextHopByHop, nextRouting, nextFragment, nextAuthentication, nextDestination, nextMobility, nextIdentity, nextShim:
		return true
	}
	return false
}

// routing judges all addresses of a routing header: of type 0 (RFC 5095), 2 (RFC 6275) and 4 (RFC 8754).
func (f *fence) routing(b []byte) error {
	list := b[8:]
	switch b[2] {
	case 0, 2:
	case 4: // the number of the last address, and behind the addresses other things
		if n := 16 * (int(b[4]) + 1); n <= len(list) {
			list = list[:n]
		} else {
			return f.obscure("an IPv6 routing header with %d addresses in %d bytes", n/16, len(list))
		}
	default:
		return f.obscure("an IPv6 routing header of type %d", b[2])
	}
	if len(list)%16 != 0 || int(b[3]) > len(list)/16 {
		return f.obscure("an IPv6 routing header with %d bytes of addresses, %d of them to come", len(list), b[3])
	}
	for ; len(list) > 0; list = list[16:] {
		if a := netip.AddrFrom16([16]byte(list)); !f.contains(a) {
			return f.refuse("the routing header leads to %s, which is outside --allow %s", a, f)
		}
	}
	return nil
}
