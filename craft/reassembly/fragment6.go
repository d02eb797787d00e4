package reassembly

import (
	"fmt"
	"math/rand/v2"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/layers"
)

// Fragment6 cuts the outermost IPv6 datagram of a packet into fragments of at most mtu bytes each, counted from the
// packet's first layer on, as in scapy: RFC 8200, section 4.5. They are told by the packet's first Fragment header. A
// packet without one gets one, with a random id when it has to be cut, behind the headers that every router reads: a
// hop-by-hop header and those up to a routing header. What is behind the Fragment header is cut, what is before it is the
// same in all fragments but for its length. What else there is to say is said at Fragment.
//
// The error tells that there is no IPv6 layer, that mtu leaves less than 8 bytes for the payload, that the packet cannot
// be built, or that a fragment would begin beyond the 65,528 bytes that IPv6ExtHdrFragment.offset can tell.
func Fragment6(p *craft.Packet, mtu int, env craft.Env) ([]*craft.Packet, error) {
	p = p.At(0)
	network := find(p, layers.IPv6)
	if network < 0 {
		return nil, fmt.Errorf("fragment6: want a packet with an IPv6 layer, got %s", p.Summary())
	}
	n := find(p, layers.IPv6ExtHdrFragment)
	added := n < network
	if added {
		var err error
		if p, n, err = withFragmentHeader(p, network); err != nil {
			return nil, err
		}
	}
	d, err := takeApart(p, network, n, env)
	if err != nil {
		return nil, err
	}
	size := mtu - d.head.PayloadLen(-1)
	if len(d.payload) > size {
		if size < fragmentUnit {
			return nil, fmt.Errorf("fragment6: want an mtu of at least %d bytes, got %d: the headers in front take %d",
				mtu-size+fragmentUnit, mtu, mtu-size)
		}
		if added {
			err = last(d.head).SetUint("id", uint64(rand.Uint32()))
		}
	}
	if err == nil {
		err = d.head.Layers()[network].Clear("plen")
	}
	if err != nil {
		return nil, err
	}
	return d.fragments(max(size, 1))
}

// withFragmentHeader is a copy of p with a Fragment header behind the headers of its IPv6 layer that routers read, and
// the new header's number.
func withFragmentHeader(p *craft.Packet, network int) (*craft.Packet, int, error) {
	n := network + 1
	for i := n; i < len(p.Layers()) && p.Layers()[i].Protocol().Extends(); i++ {
		if kind := p.Layers()[i-1].Uint("nh"); kind == iana.HopByHop || kind == iana.Routing {
			n = i + 1
		}
	}
	header := layers.IPv6ExtHdrFragment.New()
	if below := p.Layers()[n-1]; below.IsSet("nh") { // it told what follows the new header now
		if err := header.SetUint("nh", below.Uint("nh")); err != nil {
			return nil, 0, err
		}
		if err := below.Clear("nh"); err != nil {
			return nil, 0, err
		}
	}
	q := p.Head(n).Over(craft.Stack(header))
	if n < len(p.Layers()) {
		q = q.Over(p.From(n))
	}
	q.Time = p.Time
	return q, n, nil
}
