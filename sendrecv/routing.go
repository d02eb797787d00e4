package sendrecv

import (
	"errors"
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// searched is how many packets of a sequence are looked at for one that a fence lets out.
const searched = 1 << 12

// toward is the session that the packets leave from: the one that leads to the first destination which there is a way to, and
// which no fence keeps back. When there is none among the first packets, it is this one, where each packet is told why it
// cannot leave; but where a fence keeps back all of a short sequence, that is the error.
func (s *Session) toward(seq *Sequence, o Options) (*Session, error) {
	var outside error
	all := true
	for i := range min(seq.Len(), searched) {
		p := seq.At(i)
		if o.refuses(p) != nil {
			all = false
			continue
		}
		via, err := s.way(p)
		switch {
		case err == nil:
			return via, nil
		case errors.Is(err, ErrOutside) && outside == nil:
			outside = err
		case errors.Is(err, ErrOutside):
		case errors.Is(err, craft.ErrNoRoute):
			all = false
		default:
			return nil, err
		}
	}
	if outside != nil && all && seq.Len() <= searched {
		return nil, outside
	}
	return s, nil
}

// way is the session that a packet leaves from. One with a link header leaves here, wherever the routing table would send it.
func (s *Session) way(p *craft.Packet) (*Session, error) {
	if s.Host == nil {
		return s, nil
	}
	ip := p.Layers()[0]
	if ip.Name() != layers.IP {
		return s.Host.Session(s.Port.Name())
	}
	return s.Host.Toward(ip.Addr("dst"))
}

// leaves checks that a packet of a run that s began leaves through via, which the run's first packet chose: elsewhere it would
// be sent with another interface's source address, to a next hop that is not there.
func (s *Session) leaves(p *craft.Packet, via *Session) error {
	ip := p.Layers()[0]
	if s.Host == nil || ip.Name() != layers.IP {
		return nil
	}
	way, err := s.Host.Toward(ip.Addr("dst"))
	if err == nil && way != via {
		err = fmt.Errorf("%s is reached through %s and the first packet leaves through %s: send it in a call of its own",
			ip.Addr("dst"), way.Port.Name(), via.Port.Name())
	}
	return err
}
