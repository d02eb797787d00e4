package main

import (
	"context"
	"net/netip"

	"github.com/moonwire/moonwire/sendrecv"
)

// allowed are the networks that --allow names.
func (f *flags) allowed() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range f.allow {
		p, err := readNetwork(text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if f.set.Changed("allow") && len(all) == 0 {
		return nil, usage("--allow: want a network or an address, as in 10.0.0.0/24, got nothing; without --allow there is no fence")
	}
	return all, nil
}

// readNetwork reads one network or address.
func readNetwork(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		var a netip.Addr
		if a, err = netip.ParseAddr(text); err == nil && a.Zone() == "" {
			p = netip.PrefixFrom(a, a.BitLen())
		}
	}
	switch {
	case !p.IsValid():
		return p, usage("--allow: want a network or an address, as in 10.0.0.0/24, 192.0.2.1 or 2001:db8::/32, got %q", text)
	case p.Addr().Is4In6():
		return p, usage("--allow: %s: write the IPv4 network as such", text)
	case p != p.Masked():
		return p, usage("--allow: %s has bits beyond its length: say %s for the network, or %s for the host", text, p.Masked(), p.Addr())
	}
	return p, nil
}

// fence puts a session behind the fence that --allow names; without it, the session stays as it is.
func (f *flags) fence() (func(*sendrecv.Session) *sendrecv.Session, error) {
	allowed, err := f.allowed()
	if err != nil {
		return nil, err
	}
	if len(allowed) == 0 {
		return func(s *sendrecv.Session) *sendrecv.Session { return s }, nil
	}
	return func(s *sendrecv.Session) *sendrecv.Session { return sendrecv.Fence(s, allowed) }, nil
}

// lookup is how names are resolved on live interfaces: behind a fence no name server outside is asked. nil leaves it to the
// session, which knows its own hosts in the lab.
func (f *flags) lookup(o *origin) func(ctx context.Context, network, host string) ([]netip.Addr, error) {
	allowed, err := f.allowed()
	if err != nil || len(allowed) == 0 || o.session != nil && o.session.Hosts != nil {
		return nil // a wrong network has been refused by fence
	}
	return sendrecv.FencedLookup(allowed)
}
