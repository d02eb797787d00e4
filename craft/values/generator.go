package values

import (
	"math/bits"
)

// A Generator is a value that is drawn for each packet anew. What it draws is a function of its seed, of the number of
// the packet in its stream and of the field, and of nothing else: element i of a set can be made again, with equal
// bytes. The seed is taken when the generator is made. Implementations are safe for concurrent use.
type Generator interface {
	// Draw is the value for one field of one packet, as Layer.Set takes it, but no Set and no Generator.
	Draw(s Spot) any
	// Samples are values as different as any that it draws: a field that takes them takes all. They may be Sets.
	Samples() []any
	// String is Lua that makes such a generator, with a seed of its own: "RandShort()".
	String() string
}

// A Spot is where a value is drawn for. The zero Spot is packet 0, nowhere in particular.
type Spot struct {
	// Index is the number of the packet in its stream, from 0.
	Index uint64
	// Max is the largest number that the field holds; 0 when it holds no numbers of up to 64 bits.
	Max uint64
	// Width is the field's width in bytes, rounded up; 0 when its length varies.
	Width int

	where uint64 // names the field: protocol, which layer of that protocol, field
}

// In is the spot in a field: the one of that number, in a protocol's table, of the nth layer of that protocol, counted from 0.
// What stands around the layer does not count, so that a packet draws the same when it is put into an Ethernet frame.
func (s Spot) In(protocol string, nth, field int) Spot {
	h := uint64(14695981039346656037) // FNV-1a
	for _, c := range []byte(protocol) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	s.where = scramble(h + uint64(nth)<<32 + uint64(field))
	return s
}

// Random is the source of random numbers of one generator at this spot.
func (s Spot) Random(seed uint64) *Random {
	return &Random{state: s.state(seed)}
}

func (s Spot) state(seed uint64) uint64 {
	return scramble(scramble(seed+s.where) + s.Index*golden)
}

// Part is a spot for the kth of several values in one field.
func (s Spot) Part(k int) Spot {
	s.where = scramble(s.where + uint64(k) + 1)
	return s
}

// Random is a stream of random numbers (SplitMix64): small, fast, and made again from where it begins. It serves tests
// and fuzzing, not secrets. It is a math/rand/v2 Source.
type Random struct{ state uint64 }

const golden = 0x9e3779b97f4a7c15

// Uint64 is the next number, of 64 random bits.
func (r *Random) Uint64() uint64 {
	r.state += golden
	return scramble(r.state)
}

// Below is a number in 0..n-1; for n = 0, which stands for 2^64, any number.
func (r *Random) Below(n uint64) uint64 {
	if n == 0 {
		return r.Uint64()
	}
	hi, _ := bits.Mul64(r.Uint64(), n)
	return hi
}

// Float is a number in 0 <= x < 1.
func (r *Random) Float() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// Bytes fills b.
func (r *Random) Bytes(b []byte) {
	for i := range b {
		b[i] = byte(r.Uint64() >> 56)
	}
}

// scramble spreads the bits of a number over all of it; different numbers give different ones.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// DrawNumber is what g draws at that spot when it is a generator of numbers of this package: the same as Draw, without an
// allocation. ok is false for all others.
func DrawNumber(g Generator, at Spot) (n uint64, ok bool) {
	own, ok := g.(*generator)
	if !ok || own.num == nil {
		return 0, false
	}
	return own.number(at), true
}

// Drawing is the set of one value that is drawn: what a field holds to which a Generator was assigned.
func Drawing(g Generator) Set { return drawing{g} }

type drawing struct{ g Generator }

func (s drawing) Len() uint64         { return 1 }
func (s drawing) At(uint64) any       { return s.g }
func (s drawing) Runs() ([]Run, bool) { return []Run{{N: 1}}, true }

// String is the generator as Lua writes it.
func (s drawing) String() string { return s.g.String() }

// Draws reports whether values of a set are drawn.
func Draws(s Set) bool {
	list, ok := s.(alternatives)
	if !ok {
		_, draws := s.At(0).(Generator)
		return draws
	}
	for _, v := range list.values {
		_, draws := v.(Generator)
		sub, ok := v.(Set)
		if draws || ok && Draws(sub) {
			return true
		}
	}
	return false
}

// A generator is what the functions of this package return.
type generator struct {
	text    string // as Lua makes it
	seed    uint64
	samples []any
	num     func(s Spot, r Random) uint64 // what it draws when that is a number
	value   func(s Spot, r *Random) any   // what it draws otherwise
}

func (g *generator) Samples() []any { return g.samples }
func (g *generator) String() string { return g.text }

func (g *generator) Draw(s Spot) any {
	if g.num != nil {
		return g.number(s)
	}
	return g.value(s, s.Random(g.seed))
}

// number is Draw for a generator of numbers, without an allocation.
func (g *generator) number(s Spot) uint64 {
	return g.num(s, Random{state: s.state(g.seed)})
}
