package craft

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
)

// A Set is several values for one field: a packet with a set in a field is a stream of packets, one for each value,
// made one at a time. Element i can be made again at any time, so nothing is stored. Implementations are safe for
// concurrent use.
type Set interface {
	// Len is how many values there are, at least 1.
	Len() uint64
	// At is value i, 0 <= i < Len, as Layer.Set takes it.
	At(i uint64) any
}

// Range is the numbers from first to last, both ends included, in steps of step (0 is taken as 1). It holds fewer than
// 2^64 numbers; last below first is first alone.
func Range(first, last, step uint64) Set {
	n := (max(last, first)-first)/max(step, 1) + 1
	return span{first: first, n: max(n, 1), step: max(step, 1)}
}

type span struct{ first, n, step uint64 }

func (s span) Len() uint64     { return s.n }
func (s span) At(i uint64) any { return s.first + i*s.step }

// List is the given values in order; a value that is a Set itself stands for all of its values. It must not be empty.
func List(values ...any) Set {
	s := alternatives{values: slices.Clone(values)}
	for _, v := range values {
		n := uint64(1)
		if sub, ok := v.(Set); ok {
			n = sub.Len()
		}
		s.n += n
		s.ends = append(s.ends, s.n)
	}
	return s
}

type alternatives struct {
	values []any
	ends   []uint64 // how many values there are up to and with this one
	n      uint64
}

func (s alternatives) Len() uint64 { return s.n }

func (s alternatives) At(i uint64) any {
	for k, v := range s.values {
		if i >= s.ends[k] {
			continue
		}
		sub, ok := v.(Set)
		if !ok {
			return v
		}
		return sub.At(i - (s.ends[k] - sub.Len()))
	}
	return nil
}

// Network is every address of a prefix, network and broadcast address included, as scapy's Net. Host parts of an IPv6
// prefix count up to 63 bits.
func Network(p netip.Prefix) Set { return network{p.Masked()} }

type network struct{ prefix netip.Prefix }

func (s network) Len() uint64 {
	return 1 << min(s.prefix.Addr().BitLen()-s.prefix.Bits(), 63)
}

func (s network) At(i uint64) any {
	if s.prefix.Addr().Is4() {
		b := s.prefix.Addr().As4()
		binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+uint32(i))
		return netip.AddrFrom4(b)
	}
	b := s.prefix.Addr().As16()
	binary.BigEndian.PutUint64(b[8:], binary.BigEndian.Uint64(b[8:])+i)
	return netip.AddrFrom16(b)
}

// A packetSet is a list of packets some of which stand for several: a set of lists.
type packetSet struct {
	packets []*Packet
	n       uint64
}

// nestedSet makes a set of a list in which packets stand for several; nil when none does.
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
		s.n *= n
	}
	if s.n <= 1 {
		return nil
	}
	return s
}

func (s packetSet) Len() uint64 { return s.n }

func (s packetSet) At(i uint64) any {
	list := make([]*Packet, len(s.packets))
	for k := len(list) - 1; k >= 0; k-- {
		n, err := s.packets[k].Count()
		if err != nil {
			return list
		}
		list[k] = s.packets[k].At(i % n)
		i /= n
	}
	return list
}

// A fieldSet is a set in a field of a layer.
type fieldSet struct {
	field int
	set   Set
}

// wideCheck is how many values of a set are tried when it is assigned; ranges and networks are tried at both ends.
const wideCheck = 4096

// assignSet puts a set into a field. Its values are tried first, so that a value out of range is refused here.
func (l *Layer) assignSet(i int, s Set) error {
	if s.Len() == 0 {
		return l.wants(i, "an empty list")
	}
	trial := l.copy()
	step := max(s.Len()/wideCheck, 1)
	for k := uint64(0); k < s.Len(); k += step {
		if err := trial.assign(i, s.At(k)); err != nil {
			return err
		}
	}
	if err := trial.assign(i, s.At(s.Len()-1)); err != nil {
		return err
	}
	if err := l.assign(i, s.At(0)); err != nil { // the header shows the first
		return err
	}
	if s.Len() > 1 {
		l.more().sets = append(l.more().sets, fieldSet{i, s})
	}
	return nil
}

// SetOf is the set in a field; nil when the field holds one value.
func (l *Layer) SetOf(field string) Set {
	i, ok := l.proto.index[field]
	if !ok {
		return nil
	}
	for _, fs := range l.sets() {
		if fs.field == i {
			return fs.set
		}
	}
	return nil
}

func (l *Layer) sets() []fieldSet {
	if l.extra == nil {
		return nil
	}
	return l.extra.sets
}

// Count is how many packets p stands for: the product of the sizes of its sets, 1 without any. The error tells that
// the number does not fit 64 bits.
func (p *Packet) Count() (uint64, error) {
	n := uint64(1)
	for _, l := range p.layers {
		for _, fs := range l.sets() {
			hi, lo := bits.Mul64(n, fs.set.Len())
			if hi != 0 {
				return 0, fmt.Errorf("craft: %s: more than 2^64 packets", p.Summary())
			}
			n = lo
		}
	}
	return n, nil
}

// At is packet i of the stream that p stands for, 0 <= i < Count, in scapy's order: the innermost layer varies
// fastest, and within a layer the field that stands first in the table.
func (p *Packet) At(i uint64) *Packet {
	c := p.Copy()
	for k := len(c.layers) - 1; k >= 0; k-- {
		l := c.layers[k]
		sets := l.sets()
		if len(sets) == 0 {
			continue
		}
		l.extra.sets = nil
		for _, fs := range inTableOrder(sets) {
			n := fs.set.Len()
			// The value was tried when the set was assigned; of a very wide list not every one was.
			if err := l.assign(fs.field, fs.set.At(i%n)); err != nil && l.extra.err == nil {
				l.extra.err = fmt.Errorf("%s.%s: %w", l.proto.name, l.proto.fields[fs.field].Name, err)
			}
			i /= n
		}
	}
	c.restack()
	return c
}

// inTableOrder sorts the few sets of one layer by field.
func inTableOrder(sets []fieldSet) []fieldSet {
	s := append([]fieldSet(nil), sets...)
	for i := 1; i < len(s); i++ {
		for k := i; k > 0 && s[k].field < s[k-1].field; k-- {
			s[k], s[k-1] = s[k-1], s[k]
		}
	}
	return s
}
