package craft

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/moonwire/moonwire/craft/values"
)

// Build makes the packet's bytes. What is set goes out as set; lengths, checksums and counts that are not set are
// computed; addresses that are not set are asked of env. With a nil env a loopback destination has the loopback source
// and any other 0.0.0.0, and the link-layer destination is the broadcast address. Of a packet with sets the first
// element is built. The error names the layer that cannot be built.
func Build(p *Packet, env Env) ([]byte, error) { return AppendBuild(nil, p, env) }

// AppendBuild is Build into the memory of dst: it appends the packet to dst and returns the extended slice.
func AppendBuild(dst []byte, p *Packet, env Env) ([]byte, error) {
	b := newBuilder(p, env)
	err := b.build(dst)
	out := b.out
	b.release()
	if err != nil {
		return nil, err
	}
	return out, nil
}

// build lays the packet's layers behind dst and completes them.
func (b *Builder) build(dst []byte) error {
	if err := b.write(dst); err != nil {
		return err
	}
	if b.asks != 0 {
		if err := b.ask(); err != nil {
			return err
		}
	}
	return b.derive()
}

// Resolve asks env for what only the host knows and fixes it in the packet: source and link-layer addresses that
// are not set. What was sent can then be compared with what comes back.
func (p *Packet) Resolve(env Env) error {
	if !p.Asks() {
		return nil
	}
	b := newBuilder(p, env)
	defer b.release()
	if err := b.write(nil); err != nil {
		return err
	}
	if err := b.ask(); err != nil {
		return err
	}
	for i, l := range p.layers {
		for f := range l.proto.spec.Fields {
			if l.proto.host&^l.fixed>>f&1 == 1 && l.shape.mask>>f&1 == 1 {
				s := l.shape.slots[f]
				copy(l.hdr[s.off:s.off+s.bytes], b.Header(i)[l.offset(f):])
				l.fixed |= 1 << f
				l.above &^= 1 << f
			}
		}
	}
	return nil
}

// Asks reports whether building the packet asks the host for anything, or fails.
func (p *Packet) Asks() bool {
	for _, l := range p.layers {
		if l.proto.host&l.shape.mask&^l.fixed != 0 || l.err() != nil {
			return true
		}
	}
	return false
}

// A Builder is one packet being built.
type Builder struct {
	p     *Packet
	env   Env
	out   []byte
	spans []span // where each layer is in out
	room  [8]span
	asks  uint64 // fields that only the host knows, of any layer
}

// builders are kept for the next packet: one is needed for every build, and only for its length.
var builders = sync.Pool{New: func() any { return new(Builder) }}

func newBuilder(p *Packet, env Env) *Builder {
	b, _ := builders.Get().(*Builder)
	b.p, b.env = p, env
	return b
}

// release hands the builder back without what it was building.
func (b *Builder) release() {
	b.p, b.env, b.out, b.spans = nil, nil, nil, nil
	builders.Put(b)
}

// Packet is the packet being built. A hook must not change it.
func (b *Builder) Packet() *Packet { return b.p }

// Layer is layer i of the packet, counted from 0 at the outermost one.
func (b *Builder) Layer(i int) *Layer { return b.p.layers[i] }

// Header is the header of layer i in the output.
func (b *Builder) Header(i int) []byte { return b.out[b.spans[i].start:b.spans[i].head] }

// write lays the headers one after the other, and behind them, from the inside out, what stands behind payloads.
func (b *Builder) write(dst []byte) error {
	out, spans := dst, b.room[:0]
	if dst == nil {
		out = make([]byte, 0, b.p.length())
	}
	asks, behind := uint64(0), false
	for _, l := range b.p.layers {
		if l.extra != nil && l.extra.err != nil {
			return fmt.Errorf("craft: %w", l.extra.err)
		}
		start := len(out)
		behind = behind || l.proto.behind
		if !l.proto.padding {
			out = l.appendHeader(out)
		}
		unset := l.shape.mask &^ (l.fixed | l.above)
		asks |= unset & l.proto.host
		spans = append(spans, span{start: start, head: len(out), unset: unset})
	}
	b.out, b.spans, b.asks = out, spans, asks
	if behind {
		b.writeBehind()
		return nil
	}
	for i := range spans {
		spans[i].end = len(out)
	}
	return nil
}

// writeBehind writes what stands behind the payloads.
func (b *Builder) writeBehind() {
	for i := len(b.p.layers) - 1; i >= 0; i-- {
		l := b.p.layers[i]
		if l.isPadding() {
			continue
		}
		if t := l.trailing(); t != nil {
			b.out = append(b.out, t.Append(l, b.Header(i), len(b.out)-b.spans[i].head)...)
		}
		b.spans[i].end = len(b.out)
		b.writePadding(i)
	}
	b.writePadding(-1)
}

// writePadding writes the Padding that stands behind layer i.
func (b *Builder) writePadding(i int) {
	for k := i + 1; k < len(b.p.layers); k++ {
		if l := b.p.layers[k]; l.isPadding() && b.p.behind(k) == i {
			start := len(b.out)
			b.out = append(b.out, l.tail...)
			b.spans[k] = span{start: start, head: len(b.out), end: len(b.out), unset: b.spans[k].unset}
		}
	}
}

// appendHeader writes the layer's own bytes: the fixed header, the variable parts in their places, and the padding.
func (l *Layer) appendHeader(out []byte) []byte {
	start, at := len(out), 0
	for _, c := range l.shape.inner {
		out = append(append(out, l.hdr[at:c.at]...), l.wired(c.field)...)
		at = c.at
	}
	out = append(out, l.hdr[at:]...)
	if l.shape.tail >= 0 {
		if part := l.wired(l.shape.tail); len(part) > 0 {
			out = append(out, part...)
		}
	}
	if pad := l.proto.pad; pad != nil && !(pad.Counted && (len(out)-start)&(pad.To-1) == 0) {
		out = append(out, l.padding(len(out)-start)...)
	}
	return out
}

// ask fills what only the host knows, outermost layer first.
func (b *Builder) ask() error {
	for i, l := range b.p.layers {
		unset := l.proto.host & b.spans[i].unset
		if unset == 0 || l.proto.spec.Ask == nil {
			continue
		}
		if err := l.proto.spec.Ask(b, i, unset); err != nil {
			return fmt.Errorf("craft: %s: %w", l.proto.spec.Name, err)
		}
	}
	return nil
}

// derive computes lengths and checksums, innermost layer first, since an outer checksum covers the inner bytes. Verbatim
// bytes take their places last, so that they move no other field of their header and are overwritten by none.
func (b *Builder) derive() error {
	for i := len(b.p.layers) - 1; i >= 0; i-- {
		l := b.p.layers[i]
		if unset := l.proto.derived & b.spans[i].unset; unset != 0 && !l.shape.short {
			if err := b.compute(i, l, unset); err != nil {
				return fmt.Errorf("craft: %w", err)
			}
		}
		if e := l.extra; e != nil && len(e.verbatim) > 0 {
			b.splice(i)
		}
	}
	return nil
}

// splice puts the verbatim bytes of layer i in the places of their fields, from the last to the first.
func (b *Builder) splice(i int) {
	l := b.p.layers[i]
	for f, s := range slices.Backward(l.shape.slots) {
		v, ok := l.extra.verbatim[f]
		if !ok {
			continue
		}
		at := b.spans[i].start + l.offset(f)
		b.out = slices.Replace(b.out, at, at+s.bytes, v...)
		for k := range b.spans {
			b.spans[k].move(at, len(v)-s.bytes)
		}
	}
}

// move shifts what stands behind a place.
func (s *span) move(at, by int) {
	for _, edge := range []*int{&s.start, &s.head, &s.end} {
		if *edge > at {
			*edge += by
		}
	}
}

// At is the bytes of a field of layer i in the output.
func (b *Builder) At(i int, field string) []byte {
	l := b.p.layers[i]
	f := fieldIndex(l.proto.spec.Fields, field)
	at := b.spans[i].start + l.offset(f)
	if l.varies(f) {
		return b.out[at : at+len(l.wired(f))]
	}
	return b.out[at : at+l.shape.slots[f].bytes]
}

// Source is the address to send from to dst.
func (b *Builder) Source(dst netip.Addr) (netip.Addr, error) {
	switch {
	case b.env != nil:
		return b.env.Source(dst)
	case dst.IsLoopback():
		return dst, nil
	case dst.Is4():
		return netip.IPv4Unspecified(), nil
	}
	return netip.IPv6Unspecified(), nil
}

// Hardware is this host's own link-layer address.
func (b *Builder) Hardware() values.MAC {
	if b.env == nil {
		return values.MAC{}
	}
	return b.env.Hardware()
}

// NextHop is the link-layer address of whoever takes packets to dst; everybody when no host is asked.
func (b *Builder) NextHop(dst netip.Addr) (values.MAC, error) {
	if b.env == nil || !dst.IsValid() {
		return values.Broadcast(), nil
	}
	return b.env.NextHop(dst)
}

// Neighbour is the link-layer address of whoever takes what layer i carries, tags left out: as the layer above says (Hooks.
// Neighbour), and everybody where it has no say.
func (b *Builder) Neighbour(i int) (values.MAC, error) {
	i = b.p.AboveTags(i)
	if i == len(b.p.layers) || b.p.layers[i].proto.spec.Neighbour == nil {
		return values.Broadcast(), nil
	}
	return b.p.layers[i].proto.spec.Neighbour(b, i)
}
