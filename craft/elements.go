package craft

import (
	"fmt"
	"math/bits"

	"github.com/moonwire/moonwire/craft/values"
)

// This file expands a packet with sets in its fields: how many packets it stands for, and each of them.

// Count is how many packets p stands for: the product of the sizes of its sets, 1 without any. Generators do not count:
// they draw for every packet, however many there are. The error says that the number does not fit 64 bits.
func (p *Packet) Count() (uint64, error) {
	n := uint64(1)
	for _, l := range p.layers {
		for _, fs := range l.sets() {
			hi, lo := bits.Mul64(n, fs.set.Len())
			if s, ok := fs.set.(packetSet); hi != 0 || ok && s.over {
				return 0, fmt.Errorf("craft: %s: more than 2^64 packets", p.Summary())
			}
			n = lo
		}
	}
	return n, nil
}

// At is packet i of the stream that p stands for, in scapy's order: the innermost layer varies fastest, and within a
// layer the field that stands first in the table. Equal i give equal packets. From Count on the sets begin again, and
// generators draw on.
func (p *Packet) At(i uint64) *Packet { return p.element(i, i) }

// element is the element that rest counts to, with values drawn for packet index.
func (p *Packet) element(rest, index uint64) *Packet {
	c := p.Copy()
	for k := len(c.layers) - 1; k >= 0; k-- {
		l := c.layers[k]
		if sets := l.sets(); len(sets) > 0 {
			l.extra.sets = nil
			rest = l.place(sets, index, rest)
		}
	}
	c.restack()
	return c
}

// place writes the layer's part of an element into its header: rest counts through the sets, and what is left of it
// belongs to the layers outside; generators draw for packet index. Fields that choose the shape come first, and one that
// the shape lacks has no value.
func (l *Layer) place(sets []fieldSet, index, rest uint64) uint64 {
	for _, shaping := range []bool{true, false} {
		at := rest
		for _, fs := range sets {
			n := fs.set.Len()
			if (l.proto.shaping>>fs.field&1 == 1) == shaping && l.shape.mask>>fs.field&1 == 1 {
				l.take(fs.field, fs.set.At(at%n), index)
			}
			at /= n
		}
		if !shaping {
			rest = at
		}
	}
	return rest
}

// take assigns one value of a set. It was tried when the set was assigned; of a set of another package, or of a
// generator, not every value was.
func (l *Layer) take(i int, value any, index uint64) {
	if g, ok := value.(values.Generator); ok {
		value = g.Draw(l.spot(i, index))
	}
	if err := l.assign(i, value); err != nil && l.more().err == nil {
		l.extra.err = fmt.Errorf("%s.%s: %w", l.proto.spec.Name, l.proto.spec.Fields[i].Name, err)
	}
}
