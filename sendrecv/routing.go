package sendrecv

import (
	"errors"
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// searched is how many packets of a sequence are looked at for one that a fence lets out.
const searched = 1 << 12

// toward is the session that the packets leave from: the one that leads to the first destination which no fence keeps back.
// When there is none among the first packets, it is this one for a longer sequence, and an error for a shorter one.
func (s *Session) toward(seq *Sequence) (*Session, error) {
	via, outside := s.way(seq.At(0))
	if !errors.Is(outside, ErrOutside) {
		return via, outside
	}
	for i := uint64(1); i < seq.Len(); i++ {
		if i == searched {
			return s, nil
		}
		if via, err := s.way(seq.At(i)); !errors.Is(err, ErrOutside) {
			return via, err
		}
	}
	return nil, outside
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
