package sendrecv

import (
	"net/netip"

	"github.com/moonwire/moonwire/craft/values"
)

// Types of neighbour discovery (RFC 4861, section 4): what a router is asked and says, and what neighbours ask and say.
const (
	routerAsked, routerTells         = 133, 134
	neighbourAsked, neighbourAnswers = 135, 136
	redirected                       = 137
)

// discovery judges neighbour discovery; done says that it may pass. Whom a neighbour asks for, or says it is, must be
// inside; then it may be said to the groups that such things are said to. What routers say is for its destination to decide.
func (f *fence) discovery(b []byte, dst netip.Addr, whole bool) (done bool, err error) {
	switch {
	case len(b) == 0 && !whole: // a later piece of something
		return false, nil
	case len(b) == 0:
		return false, f.obscure("ICMPv6 of 0 bytes")
	case b[0] < routerAsked || b[0] > redirected:
		return false, nil
	case !whole: // RFC 6980 forbids it
		return false, f.obscure("neighbour discovery in fragments")
	case b[0] != neighbourAsked && b[0] != neighbourAnswers:
		if dst.IsMulticast() && b[0] != routerAsked {
			return false, f.refuse("what routers say to a group: --allow %s lets it out to single hosts", f)
		}
		return false, nil
	case len(b) < 24:
		return false, f.obscure("neighbour discovery of %d bytes", len(b))
	}
	target := netip.AddrFrom16([16]byte(b[8:24]))
	if !f.contains(target) {
		return false, f.refuse("neighbour discovery of %s, which is outside --allow %s", target, f)
	}
	return dst == netip.IPv6LinkLocalAllNodes() || dst == solicited(target), nil
}

// Options of neighbour discovery that say where an address is (RFC 4861, section 4.6.1): the sender's, the target's.
const optionSource, optionTarget = 1, 2

// claims judges what neighbour discovery says of where an address is, since its receiver remembers that: of a question, and of
// what a router says, the sender's (RFC 4861, sections 6.2.6, 6.3.4 and 7.2.3), of a redirect the one that it leads to (8.3).
// It must be inside, or the session's own with its own hardware address, as for ARP. Of an answer the target has been judged.
func (f *fence) claims(b []byte, src, dst netip.Addr, from *Session) error {
	kind, claim, toward, at := byte(optionSource), src, dst, 0
	switch b[0] {
	case routerAsked:
		at = 8
	case routerTells:
		at = 16
	case neighbourAsked:
		at, toward = 24, netip.AddrFrom16([16]byte(b[8:24]))
	case redirected:
		if at = 40; len(b) >= at {
			kind, claim = optionTarget, netip.AddrFrom16([16]byte(b[8:24]))
		}
	}
	if at == 0 || len(b) < at || f.contains(claim) || claim.IsUnspecified() {
		return nil
	}
	for o := b[at:]; len(o) >= 8 && o[1] > 0 && 8*int(o[1]) <= len(o); o = o[8*int(o[1]):] { // what is malformed, hosts drop
		if o[0] == kind && !isOwn(from, values.MAC(o[2:8]), claim, toward) {
			return f.refuse("neighbour discovery that says where %s is, which is outside --allow %s: leave out the option with its hardware address", claim, f)
		}
	}
	return nil
}

// solicited is the group of all nodes with an address like this one (RFC 4291, section 2.7.1).
func solicited(a netip.Addr) netip.Addr {
	group := [16]byte{0: 0xff, 1: 0x02, 11: 1, 12: 0xff}
	from := a.As16()
	copy(group[13:], from[13:])
	return netip.AddrFrom16(group)
}
