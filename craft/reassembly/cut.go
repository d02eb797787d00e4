package reassembly

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// fragmentUnit is what fragment offsets count in, in bytes: RFC 791, section 3.1, and RFC 8200, section 4.5.
const fragmentUnit = 8

// A datagram is a packet taken apart at the header that fragments of it are marked in: IP, or the Fragment header of IPv6.
type datagram struct {
	packet  *craft.Packet // all of it
	head    *craft.Packet // up to that header
	payload []byte        // what the header carries, built
	trailer []byte        // what follows the datagram
}

// takeApart makes a datagram of p: its network header is layer network, the one that marks fragments is layer n. What the payload
// was computed from is fixed in p, which the datagram takes over.
func takeApart(p *craft.Packet, network, n int, env craft.Env) (*datagram, error) {
	inner, err := wholeIn(p.From(network), env)
	if err != nil {
		return nil, err
	}
	wire, err := craft.Build(inner, env)
	if err != nil {
		return nil, err
	}
	if env != nil {
		if err := p.Layers()[network].Set("src", inner.Layers()[0].Addr("src")); err != nil {
			return nil, err
		}
	}
	announce := nextField(p.Layers()[n])
	if err := p.Layers()[n].SetUint(announce, p.Layers()[n].Uint(announce)); err != nil { // a layer that fragments do not have gave it
		return nil, err
	}
	head := p.Head(n + 1)
	start := 0
	for _, l := range inner.Layers()[:n-network+1] {
		start += l.Len()
	}
	end := start + inner.PayloadLen(n-network)
	return &datagram{p, head, wire[start:end], wire[end:]}, nil
}

// wholeIn makes a packet that begins with a network header ready to be built as the whole of which there will be
// fragments: it may be longer than any packet (the ping of death is), and then its own length field is left alone.
func wholeIn(p *craft.Packet, env craft.Env) (*craft.Packet, error) {
	length := "len"
	if p.Layers()[0].Name() == layers.IPv6 {
		length = "plen"
	}
	if n := p.PayloadLen(-1); n > 0xffff && !p.Layers()[0].IsSet(length) {
		if err := p.Layers()[0].SetUint(length, uint64(n&0xffff)); err != nil {
			return nil, err
		}
	}
	if env == nil {
		return p, nil
	}
	return p, p.Resolve(env)
}

// fragments cuts a datagram. A single one keeps the packet's layers.
func (d *datagram) fragments(size int) ([]*craft.Packet, error) {
	list, err := d.cut(size)
	if len(list) == 1 {
		list[0] = d.layered(list[0])
	}
	return list, err
}

// cut makes the fragments of a datagram with at most size bytes of payload: all but the last one end where an offset can
// begin.
func (d *datagram) cut(size int) ([]*craft.Packet, error) {
	step := size / fragmentUnit * fragmentUnit
	if size < 1 || step == 0 && len(d.payload) > size {
		return nil, fmt.Errorf("fragment: want a size of at least 8 bytes, got %d", size)
	}
	var list []*craft.Packet
	begin := fragmentOffset(last(d.head))
	for at, end := 0, -1; end < len(d.payload); at += step {
		more := len(d.payload)-at > size
		if end = len(d.payload); more {
			end = at + step
		}
		f := d.with(at, end)
		l := f.Layers()[len(d.head.Layers())-1]
		if err := markFragment(l, begin+uint64(at/fragmentUnit), more); err != nil {
			return nil, fmt.Errorf("fragment: byte %d of the payload: %w", at, err)
		}
		list = append(list, f)
	}
	return list, nil
}

// last is the innermost layer.
func last(p *craft.Packet) *craft.Layer { return p.Layers()[len(p.Layers())-1] }

// nextField is the field in which a header that marks fragments says what it carries.
func nextField(l *craft.Layer) string {
	if l.Name() == layers.IP {
		return "proto"
	}
	return "nh"
}

// fragmentOffset is where a header says that its fragment begins, in units.
func fragmentOffset(l *craft.Layer) uint64 {
	if l.Name() == layers.IP {
		return l.Uint("frag")
	}
	return l.Uint("offset")
}

// moreFragments reports whether a header says that other fragments follow.
func moreFragments(l *craft.Layer) bool {
	if l.Name() == layers.IP {
		return l.Uint("flags")&flagMF != 0
	}
	return l.Uint("m") != 0
}

// markFragment makes a header that of a fragment; that of a datagram's last one says whether more follow as it did. What
// counts the header's length and checksum is computed again.
func markFragment(l *craft.Layer, offset uint64, more bool) error {
	if l.Name() != layers.IP {
		if more {
			return errors.Join(l.SetUint("offset", offset), l.SetUint("m", 1))
		}
		return l.SetUint("offset", offset)
	}
	flags := l.Uint("flags")
	if more {
		flags |= flagMF
	}
	return errors.Join(l.SetUint("frag", offset), l.SetUint("flags", flags), l.Clear("len"), l.Clear("chksum"))
}

// with is a packet with a part of the datagram's payload; the trailer follows the last part.
func (d *datagram) with(at, end int) *craft.Packet {
	upper := &craft.Packet{}
	if at < end {
		upper.Append(craft.Raw.New("load", d.payload[at:end]))
	}
	if end == len(d.payload) && len(d.trailer) > 0 {
		upper.Append(craft.Padding.New("load", d.trailer))
	}
	f := d.head.Over(upper)
	f.Time = d.head.Time
	return f
}

// layered is a fragment that carries the whole payload with the packet's own layers; f itself when these do not make the
// same bytes (a wrong length, which is computed now, had its part in a checksum).
func (d *datagram) layered(f *craft.Packet) *craft.Packet {
	n := len(d.head.Layers())
	whole := f.Head(n)
	if n < len(d.packet.Layers()) {
		whole = whole.Over(d.packet.From(n))
	}
	whole.Time = f.Time
	if sameBytes(whole, f) {
		return whole
	}
	return f
}

// sameBytes reports whether two packets build to the same bytes without a host.
func sameBytes(p, q *craft.Packet) bool {
	a, err := craft.Build(p, nil)
	if err != nil {
		return false
	}
	b, err := craft.Build(q, nil)
	return err == nil && bytes.Equal(a, b)
}
