package craft

import "github.com/moonwire/moonwire/craft/values"

// Fuzz is a copy of p that draws every field at random that is neither set nor computed, but for those that are Steady: the
// addresses of network headers. Lengths and checksums stay right, what was set stays as it is, and what
// a layer says of the one above it (IP.proto) stays too, also for a layer that is stacked on later. Fields that choose
// the layout of a header (ICMP.type) are drawn once and then stand. Element i of the result is a function of seed and i.
func Fuzz(p *Packet, seed uint64) *Packet {
	c := p.Copy()
	c.Wire = nil
	for i, l := range c.layers {
		if l.foreignLayer() {
			continue
		}
		l.more().nth = c.before(i)
		for _, shaping := range []bool{true, false} {
			l.fuzz(seed, shaping)
		}
	}
	c.restack()
	return c
}

// fuzz puts generators into the layer's fields: those that choose its shape, or all others.
func (l *Layer) fuzz(seed uint64, shaping bool) {
	for i := range l.proto.spec.Fields {
		f := &l.proto.spec.Fields[i]
		taken := (l.fixed | l.above | l.proto.views | ^l.shape.mask) >> i & 1
		if taken == 1 || f.Computed != nil || f.Steady || (l.proto.shaping>>i&1 == 1) != shaping {
			continue
		}
		g := l.fuzzer(i, seed)
		if g == nil || !l.takes(i, g) {
			continue
		}
		if shaping {
			l.take(i, g, 0)
		} else if l.assignSet(i, values.Drawing(g)) == nil {
			l.weaken(i)
		}
	}
}

// takes reports whether the field takes what a generator draws, going by a few values.
func (l *Layer) takes(i int, g values.Generator) bool {
	trial := l.copy()
	for k := range uint64(8) {
		if trial.assign(i, g.Draw(l.spot(i, k))) != nil {
			return false
		}
	}
	return true
}

// weaken lets the layer above have its say about a field in spite of its set.
func (l *Layer) weaken(i int) {
	for k := range l.extra.sets {
		if l.extra.sets[k].field == i {
			l.extra.sets[k].weak = true
		}
	}
}

// fuzzer is the generator of anything that field i can hold; nil for a kind that has none.
func (l *Layer) fuzzer(i int, seed uint64) values.Generator {
	if random := l.proto.spec.Fields[i].Random; random != nil {
		return random(seed)
	}
	return kinds[l.kind(i)].draw(l, i, seed)
}
