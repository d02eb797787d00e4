package lua

import (
	"net/netip"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// env is the world of packets that are looked at; nil when there is none.
func (s *State) env() craft.Env {
	if s.session == nil {
		return nil
	}
	if env := s.session.Env(s.vm.Context()); env != nil {
		return preview{env}
	}
	return nil
}

// preview is a world for packets that are looked at rather than sent: what has no way out has the addresses then that it
// would have nowhere, instead of an error.
type preview struct{ craft.Env }

// Source is the route's source address, and what a packet has without one.
func (p preview) Source(dst netip.Addr) (netip.Addr, error) {
	src, err := p.Env.Source(dst)
	switch {
	case err == nil:
		return src, nil
	case dst.Is6():
		return netip.IPv6Unspecified(), nil
	}
	return netip.IPv4Unspecified(), nil
}

// NextHop is the next hop's address, and everybody's without one.
func (p preview) NextHop(dst netip.Addr) (values.MAC, error) {
	next, err := p.Env.NextHop(dst)
	if err != nil {
		return values.MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, nil
	}
	return next, nil
}
