package craft

import (
	"math"
	"math/bits"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// A packetSet is a list of packets some of which stand for several or draw: a set of lists. The packets are its own, and
// nothing changes them: copies of a layer share the set.
type packetSet struct {
	packets []*Packet
	counts  []uint64 // how many each stands for; 0 for 2^64 or more
	n       uint64   // their product
	over    bool     // the product does not fit 64 bits: n is the largest number that does
	draws   bool
}

// nestedSet makes a set of a list in which packets stand for several or draw; nil when none does.
func nestedSet(value any) values.Set {
	var s packetSet
	switch v := value.(type) {
	case *Packet:
		s.packets = []*Packet{v}
	case []*Packet:
		s.packets = v
	case []any:
		for _, one := range v {
			p, ok := one.(*Packet)
			if !ok {
				return nil
			}
			s.packets = append(s.packets, p)
		}
	}
	s.n = 1
	for _, p := range s.packets {
		s.count(p)
	}
	if s.n <= 1 && !s.draws {
		return nil
	}
	s.packets = copies(s.packets)
	return s
}

// count multiplies the set by what p stands for.
func (s *packetSet) count(p *Packet) {
	n, err := p.Count()
	if err != nil {
		n = 0
	}
	hi, lo := bits.Mul64(s.n, n)
	if s.over = s.over || err != nil || hi != 0; s.over {
		lo = math.MaxUint64
	}
	s.n = lo
	s.counts = append(s.counts, n)
	s.draws = s.draws || p.Draws()
}

// copies are independent packets that are equal to those of the list.
func copies(list []*Packet) []*Packet {
	out := make([]*Packet, len(list))
	for i, p := range list {
		out[i] = p.Copy()
	}
	return out
}

func (s packetSet) Len() uint64 { return s.n }

func (s packetSet) At(i uint64) any {
	if s.draws {
		return packetDraw{s, i}
	}
	return s.list(i, i)
}

// list is list i of the set, with values drawn for packet index.
func (s packetSet) list(i, index uint64) []*Packet {
	list := make([]*Packet, len(s.packets))
	for k, n := range slices.Backward(s.counts) {
		at := i
		if n == 0 {
			i = 0 // it takes all that is left
		} else {
			at, i = i%n, i/n
		}
		list[k] = s.packets[k].element(at, index)
	}
	return list
}

// String is the list as Lua writes it.
func (s packetSet) String() string { return values.Literal(copies(s.packets)) } // reading leaves traces in a packet

// A packetDraw is one list of a set, whose packets are drawn.
type packetDraw struct {
	set packetSet
	i   uint64
}

func (d packetDraw) Draw(s values.Spot) any { return d.set.list(d.i, s.Index) }
func (d packetDraw) Samples() []any         { return []any{d.set.list(d.i, 0)} }
func (d packetDraw) String() string         { return d.set.String() }
