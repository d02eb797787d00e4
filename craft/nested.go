package craft

import (
	"math"
	"math/bits"
)

// A packetSet is a list of packets some of which stand for several or draw: a set of lists.
type packetSet struct {
	packets []*Packet
	n       uint64
	draws   bool
}

// nestedSet makes a set of a list in which packets stand for several or draw; nil when none does.
func nestedSet(value any) Set {
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
		n, err := p.Count()
		if err != nil {
			return nil
		}
		if hi, lo := bits.Mul64(s.n, n); hi == 0 {
			s.n = lo
		} else {
			s.n = math.MaxUint64
		}
		s.draws = s.draws || p.Draws()
	}
	if s.n <= 1 && !s.draws {
		return nil
	}
	return s
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
	for k := len(list) - 1; k >= 0; k-- {
		n, err := s.packets[k].Count()
		if err != nil {
			return list
		}
		list[k] = s.packets[k].element(i%n, index)
		i /= n
	}
	return list
}

// String is the list as Lua writes it.
func (s packetSet) String() string { return Literal(s.packets) }

// A packetDraw is one list of a set, whose packets are drawn.
type packetDraw struct {
	set packetSet
	i   uint64
}

func (d packetDraw) Draw(s Spot) any { return d.set.list(d.i, s.Index) }
func (d packetDraw) Samples() []any  { return []any{d.set.list(d.i, 0)} }
func (d packetDraw) String() string  { return d.set.String() }
