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

// maxFuzzed is how long a byte string becomes at most: many have a length of 8 bits, or of 5 in words, in front of them, which
// counts more than the string.
const maxFuzzed = 124

// fuzzer is the generator of anything that field i can hold; nil for a kind that has none.
func (l *Layer) fuzzer(i int, seed uint64) values.Generator {
	var g values.Generator
	if random := l.proto.spec.Fields[i].Random; random != nil {
		return random(seed)
	}
	switch l.kind(i) {
	case Number, Enum, Port, Flags:
		if l.varies(i) {
			return values.RandByte(seed)
		}
		return randNumbers(l.shape.slots[i].bits, seed)
	case Fixed:
		return values.RandNum(0, l.spot(i, 0).Max, seed)
	case IPv4:
		g, _ = values.RandIP("", seed)
	case IPv6Address:
		g, _ = values.RandIP6("", seed)
	case Hardware:
		g, _ = values.RandMAC("", seed)
	case Bytes:
		longest := uint64(maxFuzzed)
		if w := l.spot(i, 0).Width; w > 0 {
			longest = uint64(w)
		}
		return values.RandBin(values.Size{Random: values.RandNum(0, longest, seed+1)}, seed)
	case Text:
		return values.RandString(values.Size{Random: values.RandNum(1, 32, seed+1)}, "", seed)
	case Options, Values, Packets: // what they hold is for the user to say
	}
	return g
}

// randNumbers draws any number of a width in bits.
func randNumbers(bits int, seed uint64) values.Generator {
	switch bits {
	case 8:
		return values.RandByte(seed)
	case 16:
		return values.RandShort(seed)
	case 32:
		return values.RandInt(seed)
	case 64:
		return values.RandLong(seed)
	}
	return values.RandNum(0, 1<<bits-1, seed)
}
