package craft

import (
	"errors"
	"fmt"
	"slices"
)

// fragmentUnit is what fragment offsets count in, in bytes: RFC 791, section 3.1, and RFC 8200, section 4.5.
const fragmentUnit = 8

// moreFragments is the MF bit of IP.flags.
const moreFragments = 1

// Fragment cuts the outermost IP datagram of a packet into fragments that carry at most size bytes of its payload each:
// RFC 791, section 3.2. All but the last one carry a multiple of 8. What is below IP and every other field of the IP
// header is the same in all of them: options are copied whatever their copy bit says, DF stays, and a fragment is cut
// into parts of the same datagram. IP's length and checksum are computed, those in the payload are the whole
// datagram's. A trailer (Padding) follows the last fragment. A packet that needs no cutting comes back with its layers.
//
// Addresses that nobody set are asked of env and fixed, since checksums in the payload cover them; with a nil env they
// stay unset, and the checksums are those that Build gives without a host. Of a packet with sets the first element is
// cut. p stays as it is. The error tells that there is no IP layer, that the size is less than 8, that the packet
// cannot be built, or that a fragment would begin beyond the 65,528 bytes that IP.frag can tell.
func Fragment(p *Packet, size int, env Env) ([]*Packet, error) {
	d, err := p.datagram(env)
	if err != nil {
		return nil, err
	}
	fragments, err := d.cut(size)
	if len(fragments) == 1 {
		fragments[0] = d.layered(fragments[0])
	}
	return fragments, err
}

// OverlapFrag makes fragments of which the first ones overlap: overlap as the payload of p's datagram, cut into
// fragments of overlapSize bytes that all promise more, and behind them p's own fragments of size bytes. What a receiver
// makes of them depends on whether it keeps what came first or what came last. Both datagrams have the same header;
// IP.proto follows the overlap's first layer unless it was set, and plain bytes (Raw) take the place of p's payload.
// Everything else is as Fragment says.
func OverlapFrag(p, overlap *Packet, size, overlapSize int, env Env) ([]*Packet, error) {
	own, err := p.datagram(env)
	if err != nil {
		return nil, err
	}
	n := len(own.head.layers) - 1
	q := (&Packet{layers: p.layers[:n+1]}).Over(overlap)
	if l := q.layers[n]; !l.IsSet("proto") && l.above>>l.proto.index["proto"]&1 == 0 {
		if err := l.SetUint("proto", p.layers[n].Uint("proto")); err != nil {
			return nil, err
		}
	}
	other, err := q.datagram(env)
	if err != nil {
		return nil, err
	}
	first, err := other.cut(overlapSize)
	if err != nil {
		return nil, err
	}
	last := first[len(first)-1].layers[n]
	if err := last.SetUint("flags", last.Uint("flags")|moreFragments); err != nil {
		return nil, err
	}
	second, err := own.cut(size)
	return append(first, second...), err
}

// A datagram is a packet taken apart at an IP layer.
type datagram struct {
	packet  *Packet // all of it
	head    *Packet // up to the IP layer, with what its payload was computed from fixed
	payload []byte  // what IP carries, built
	trailer []byte  // what follows the datagram
}

// datagram takes p apart at its outermost IP layer.
func (p *Packet) datagram(env Env) (*datagram, error) {
	p = p.At(0)
	n := slices.IndexFunc(p.layers, func(l *Layer) bool { return l.proto.name == IP })
	if n < 0 {
		return nil, fmt.Errorf("fragment: want a packet with an IP layer, got %s", p.Summary())
	}
	inner, err := p.From(n).wholeIn(env)
	if err != nil {
		return nil, err
	}
	wire, err := Build(inner, env)
	if err != nil {
		return nil, err
	}
	ip := p.layers[n]
	errs := []error{ip.SetUint("proto", ip.Uint("proto"))} // given by a layer that the fragments do not have
	if env != nil {
		errs = append(errs, ip.Set("src", inner.layers[0].Addr("src")))
	}
	head := (&Packet{layers: p.layers[:n+1]}).Copy()
	head.Time = p.Time
	start := inner.layers[0].length()
	end := start + inner.payloadLen(0)
	return &datagram{p, head, wire[start:end], wire[end:]}, errors.Join(errs...)
}

// wholeIn makes a packet that begins with IP ready to be built as the whole of which there will be fragments: it may be
// longer than any IP packet (the ping of death is), and then its own length is nobody's business.
func (p *Packet) wholeIn(env Env) (*Packet, error) {
	ip := p.layers[0]
	if n := p.payloadLen(-1); n > 0xffff && !ip.IsSet("len") {
		if err := ip.SetUint("len", uint64(n&0xffff)); err != nil {
			return nil, err
		}
	}
	if env == nil {
		return p, nil
	}
	return p, p.Resolve(env)
}

// cut makes the fragments of a datagram: all but the last one end where an offset can begin.
func (d *datagram) cut(size int) ([]*Packet, error) {
	step := size / fragmentUnit * fragmentUnit
	if size < 1 || step == 0 && len(d.payload) > size {
		return nil, fmt.Errorf("fragment: want a size of at least 8 bytes, got %d", size)
	}
	var fragments []*Packet
	n := len(d.head.layers) - 1
	ip := d.head.layers[n]
	for at, end := 0, -1; end < len(d.payload); at += step {
		flags := ip.Uint("flags")
		if end = len(d.payload); end-at > size {
			end, flags = at+step, flags|moreFragments
		}
		f := d.with(at, end)
		if err := f.layers[n].fragment(ip.Uint("frag")+uint64(at/fragmentUnit), flags); err != nil {
			return nil, fmt.Errorf("fragment: byte %d of the payload: %w", at, err)
		}
		fragments = append(fragments, f)
	}
	return fragments, nil
}

// layered is a fragment that carries the whole payload with the packet's own layers; f itself when these do not make the
// same bytes (a wrong IP.len, which is computed now, had its part in a checksum).
func (d *datagram) layered(f *Packet) *Packet {
	whole := (&Packet{layers: append(slices.Clone(f.layers[:len(d.head.layers)]), d.packet.layers[len(d.head.layers):]...)}).Copy()
	whole.Time = f.Time
	if same(whole, f) {
		return whole
	}
	return f
}

// fragment makes an IP header one of a fragment; its length and checksum are computed again.
func (l *Layer) fragment(offset, flags uint64) error {
	return errors.Join(l.SetUint("frag", offset), l.SetUint("flags", flags), l.Clear("len"), l.Clear("chksum"))
}

// with is a packet with a part of the datagram's payload; the trailer follows the last part.
func (d *datagram) with(at, end int) *Packet {
	upper := &Packet{}
	if at < end {
		upper.layers = append(upper.layers, bytesLayer(Raw, d.payload[at:end]))
	}
	if end == len(d.payload) && len(d.trailer) > 0 {
		upper.layers = append(upper.layers, bytesLayer(Padding, d.trailer))
	}
	f := d.head.Over(upper)
	f.Time = d.head.Time
	return f
}
