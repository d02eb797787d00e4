package reassembly

import (
	"errors"
	"fmt"
	"slices"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// flagMF is the bit of IP.flags that says that more fragments follow.
const flagMF = 1

// Fragment cuts the outermost IP datagram of a packet into fragments that carry at most size bytes of its payload each:
// RFC 791, section 3.2. All but the last one carry a multiple of 8. What is below IP and every other field of the IP
// header is the same in all of them: options are copied whatever their copy bit says, DF stays, and a fragment is cut
// into parts of the same datagram. IP's length and checksum are computed, those in the payload are the whole
// datagram's. A trailer (Padding) follows the last fragment. A packet that needs no cutting comes back with its layers.
//
// Addresses that are not set are asked of env and fixed, since checksums in the payload cover them; with a nil env they
// stay unset, and the checksums are those that Build gives without a host. Of a packet with sets the first element is
// cut. p stays as it is. The error says that there is no IP layer, that the size is less than 8, that the packet
// cannot be built, or that a fragment would begin beyond the 65,528 bytes that fit IP.frag.
func Fragment(p *craft.Packet, size int, env craft.Env) ([]*craft.Packet, error) {
	d, err := datagram4(p, env)
	if err != nil {
		return nil, err
	}
	return d.fragments(size)
}

// datagram4 takes the first element of p apart at its outermost IP layer.
func datagram4(p *craft.Packet, env craft.Env) (*datagram, error) {
	p = p.At(0)
	n := find(p, layers.IP)
	if n < 0 && p.Has(layers.IPv6) {
		return nil, errors.New("fragment: want a packet with an IP layer, got one with IPv6: Fragment6 cuts these")
	}
	if n < 0 {
		return nil, fmt.Errorf("fragment: want a packet with an IP layer, got %s", p.Summary())
	}
	return takeApart(p, n, n, env)
}

// find is the number of the first layer of a protocol; -1 when there is none.
func find(p *craft.Packet, name craft.Name) int {
	return slices.IndexFunc(p.Layers(), func(l *craft.Layer) bool { return l.Name() == name && !l.Cut() })
}

// OverlapFrag makes fragments of which the first ones overlap: overlap as the payload of p's datagram, cut into
// fragments of overlapSize bytes that all promise more, and behind them p's own fragments of size bytes. What a receiver
// makes of them depends on whether it keeps what came first or what came last. Both datagrams have the same header;
// IP.proto follows the overlap's first layer unless it was set, and plain bytes (Raw) take the place of p's payload.
// Everything else is as Fragment says.
func OverlapFrag(p, overlap *craft.Packet, size, overlapSize int, env craft.Env) ([]*craft.Packet, error) {
	own, err := datagram4(p, env)
	if err != nil {
		return nil, err
	}
	n := len(own.head.Layers()) - 1
	q := p.Head(n + 1).Over(overlap)
	if l := q.Layers()[n]; !l.IsSet("proto") && l.Origin("proto") != craft.FromAbove {
		if err := l.SetUint("proto", p.Layers()[n].Uint("proto")); err != nil {
			return nil, err
		}
	}
	other, err := datagram4(q, env)
	if err != nil {
		return nil, err
	}
	first, err := other.cut(overlapSize)
	if err != nil {
		return nil, err
	}
	last := first[len(first)-1].Layers()[n]
	if err := last.SetUint("flags", last.Uint("flags")|flagMF); err != nil {
		return nil, err
	}
	second, err := own.cut(size)
	return append(first, second...), err
}
