package lua

import (
	"net/netip"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// env is the world of packets that are looked at; nil when there is none.
func (s *State) env() craft.Env {
	if env := s.world(); env != nil {
		return preview{env, s, &doubts{}}
	}
	return nil
}

// world is the host that packets leave from, as far as it can be known: the session's, or what the Config's Look tells of it
// before a session is open.
func (s *State) world() craft.Env {
	from := s.session
	if from == nil {
		from = s.outlook()
	}
	if from == nil {
		return nil
	}
	return from.Env(s.vm.Context())
}

// preview is a world for packets that are looked at rather than sent: what has no way out has the addresses then that it
// would have nowhere, instead of an error.
type preview struct {
	craft.Env
	state  *State
	doubts *doubts
}

// doubts are why a preview had no answer; nil where it had one.
type doubts struct{ source, hop error }

// Source is the route's source address, and what a packet has without one.
func (p preview) Source(dst netip.Addr) (netip.Addr, error) {
	src, err := p.Env.Source(dst)
	switch {
	case err == nil:
		return src, nil
	case dst.Is6():
		src = netip.IPv6Unspecified()
	default:
		src = netip.IPv4Unspecified()
	}
	p.doubts.source = err
	return src, nil
}

// NextHop is the next hop's address, and everybody's without one. What the host does not know yet is asked for, as it is when the
// packet is sent, if the session for that can be opened.
func (p preview) NextHop(dst netip.Addr) (values.MAC, error) {
	next, err := p.Env.NextHop(dst)
	if err != nil && p.state.session == nil && p.state.Open() == nil {
		if env := p.state.world(); env != nil {
			next, err = env.NextHop(dst)
		}
	}
	if err != nil {
		p.doubts.hop = err
		return values.Broadcast(), nil
	}
	return next, nil
}

// explained are the explanations of a packet; where the host had no answer they say why.
func (s *State) explained(p *craft.Packet) ([]craft.Explanation, error) {
	var env craft.Env
	d := &doubts{source: s.unseen, hop: s.unseen}
	if world := s.world(); world != nil {
		d = &doubts{}
		env = preview{world, s, d}
	} else if s.unseen == nil {
		d.source, d.hop = errNoPort, errNoPort
	}
	all, err := craft.Explain(p, env)
	for i, e := range all {
		if e.Origin != craft.FromHost {
			continue
		}
		layer := p.Layers()[e.Layer]
		switch kind := layer.Protocol().Kind(e.Field); {
		case kind == craft.Hardware && e.Field == "dst" && d.hop != nil && e.Value == values.Broadcast().String():
			all[i].Says += "; " + d.hop.Error()
		case kind != craft.Hardware && d.source != nil && (e.Value == "0.0.0.0" || e.Value == "::"):
			all[i].Says += "; " + d.source.Error()
		}
	}
	return all, err
}
