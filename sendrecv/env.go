package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// Env is the world that packets of this session are built in: its routes and neighbours. ctx bounds the time spent on
// resolving addresses. It is nil when the session has no routes.
func (s *Session) Env(ctx context.Context) craft.Env {
	if s.Routes == nil {
		return nil
	}
	return env{s, ctx}
}

type env struct {
	s   *Session
	ctx context.Context
}

// A hostError is why the host does not give a packet what it lacks: no fault of the packet's.
type hostError struct{ error }

// Unwrap is the error as the host gave it.
func (e hostError) Unwrap() error { return e.error }

// Source is the route's source address.
func (e env) Source(dst netip.Addr) (netip.Addr, error) {
	if dst.Is6() && dst.IsLoopback() {
		return dst, nil
	}
	r, err := e.s.Routes.Route(dst)
	switch {
	case err == nil:
		return r.Source, nil
	case dst.Is6() && e.s.Neighbours != nil:
		err = fmt.Errorf("%w: set IPv6.src, and put Ether{dst=...} below", err)
	case dst.Is6():
		err = fmt.Errorf("%w: set IPv6.src", err)
	}
	return r.Source, hostError{err}
}

// Hardware is the interface's own address.
func (e env) Hardware() values.MAC { return e.s.Hardware }

// NextHop is the route's next hop's address.
func (e env) NextHop(dst netip.Addr) (values.MAC, error) {
	r, err := e.s.Routes.Route(dst)
	if err != nil {
		if dst.Is6() {
			err = fmt.Errorf("%w: put Ether{dst=...} below", err)
		}
		return values.MAC{}, hostError{err}
	}
	if e.s.Neighbours == nil {
		return values.MAC{}, nil
	}
	next, err := e.s.Neighbours.Resolve(e.ctx, r.NextHop)
	switch {
	case err == nil:
		return next, nil
	case r.NextHop != dst:
		err = fmt.Errorf("next hop %s to %s: %w", r.NextHop, dst, err)
	}
	return next, hostError{err}
}

// ErrPacket is wrapped by the errors of packets that no network would help: one that cannot be built, that the port's link does not carry,
// or that Options.Refuse refuses.
var ErrPacket = errors.New("the packet cannot be sent")

// A packetError is an ErrPacket with another text.
type packetError struct{ error }

// Unwrap is why, and what it is.
func (e packetError) Unwrap() []error { return []error{e.error, ErrPacket} }

// blame marks the error of a packet that was to be made ready as the packet's, unless the host is to blame for it.
func blame(err error) error {
	var host hostError
	if err == nil || errors.As(err, &host) {
		return err
	}
	return packetError{err}
}

// frame builds a packet for the session's port: one that begins above the link layer gets the link's header. One that the
// link does not carry is an error, rather than a frame that no host can read.
func (s *Session) frame(p *craft.Packet, env craft.Env) ([]byte, error) {
	wire, err := s.build(p, env)
	return wire, blame(err)
}

func (s *Session) build(p *craft.Packet, env craft.Env) ([]byte, error) {
	first, link := p.Layers()[0].Name(), s.Port.Link()
	if first == link || link == layers.IP && first == layers.IPv6 || link == layers.Ether && first == layers.Dot3 {
		return craft.Build(p, env)
	}
	if link != layers.Ether || !slices.Contains(onEther, first) {
		begin := []craft.Name{link}
		if link == layers.Ether {
			begin = append(begin, onEther...)
		}
		return nil, fmt.Errorf("%s takes packets that begin with %s, not with %s", s.Port.Name(), list(begin), first)
	}
	return craft.Build(craft.Stack(layers.Ether.New()).Over(p), env)
}

// onEther are the protocols that are given an Ethernet header unasked.
var onEther = []craft.Name{layers.IP, layers.IPv6, layers.ARP}

// list writes names as people do: "Ether, IP or ARP".
func list(names []craft.Name) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(n))
	}
	return b.String()
}
