package values

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"sort"
	"strings"
)

// A Set is several values for one field: a packet with a set in a field is a stream of packets, one for each value,
// made one at a time. Element i can be made again at any time, so nothing is stored. Implementations are safe for
// concurrent use.
type Set interface {
	// Len is how many values there are, at least 1.
	Len() uint64
	// At is value i, 0 <= i < Len, as Layer.Set takes it; a Generator when that value is drawn for each packet.
	At(i uint64) any
}

// A Run is values of a set at equal distances, as a Set with a method Runs() ([]Run, bool) gives them: the numbers of their
// elements follow each other.
type Run struct {
	// First is the element that the run begins with.
	First uint64
	// N is how many elements it has, at least 1.
	N uint64
	// Step is how far each value is from the one before, as a number: of IPv6 addresses the lower 64 bits. It does not
	// count when N is 1.
	Step uint64
}

// Runs is a set as runs, in order: all its values are known by the first one of each. ok is false for a set that does not
// say how its values follow each other.
func Runs(s Set) (runs []Run, ok bool) {
	r, ok := s.(interface{ Runs() ([]Run, bool) })
	if !ok {
		return nil, false
	}
	return r.Runs()
}

// probed is how many values are tried of a set that does not say how its values follow each other.
const probed = 4096

// Probe calls try with values of a set, such that a field that takes these takes all: each value of a list, the ends of runs,
// and a few thousand of a set that does not say how its values follow each other. It ends with the first error.
func Probe(s Set, try func(value any) error) error {
	if list, ok := s.(alternatives); ok {
		for _, v := range list.values {
			if err := probeOne(v, try); err != nil {
				return err
			}
		}
		return nil
	}
	if runs, ok := Runs(s); ok {
		for _, r := range runs {
			if err := try(s.At(r.First)); err != nil {
				return err
			}
			if r.N > 1 {
				if err := try(s.At(r.First + r.N - 1)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	step := max(s.Len()/probed, 1)
	for k := uint64(0); k < s.Len(); k += step {
		if err := try(s.At(k)); err != nil || k+step < k {
			return err
		}
	}
	return try(s.At(s.Len() - 1))
}

// probeOne tries an element of a list, which may be a set.
func probeOne(v any, try func(value any) error) error {
	if sub, ok := v.(Set); ok {
		return Probe(sub, try)
	}
	return try(v)
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

// Runs is the range as one run.
func (s span) Runs() ([]Run, bool) { return []Run{{N: s.n, Step: s.step}}, true }

// String is the range as Lua writes it.
func (s span) String() string {
	last := s.first + (s.n-1)*s.step
	if s.step == 1 {
		return fmt.Sprintf("range(%d,%d)", s.first, last)
	}
	return fmt.Sprintf("range(%d,%d,%d)", s.first, last, s.step)
}

// List is the given values in order; a value that is a Set itself stands for all of its values. It must not be empty.
func List(values ...any) Set {
	s := alternatives{values: slices.Clone(values)}
	for _, v := range values {
		written, depth := Written(v)
		s.written, s.depth = s.written+written, max(s.depth, depth+1)
		n := uint64(1)
		if sub, ok := v.(Set); ok {
			n = sub.Len()
		}
		var carry uint64
		if s.n, carry = bits.Add64(s.n, n, 0); carry != 0 {
			s.n = math.MaxUint64
		}
		s.ends = append(s.ends, s.n)
	}
	return s
}

type alternatives struct {
	values []any
	ends   []uint64 // how many values there are up to and with this one
	n      uint64

	written, depth int // as Written counts them
}

func (s alternatives) Len() uint64 { return s.n }

// Written is how many values v is written with, those of the lists in a list among them, and how deep lists nest in it: 1 and 0 for
// what is no list. All of them are looked at when a field is set.
func Written(v any) (n, depth int) {
	if s, ok := v.(alternatives); ok {
		return s.written, s.depth
	}
	return 1, 0
}

// Runs are those of the sets in the list, and one for each other value.
func (s alternatives) Runs() ([]Run, bool) {
	var all []Run
	at := uint64(0)
	for k, v := range s.values {
		runs, ok := []Run{{N: 1}}, true
		if sub, isSet := v.(Set); isSet {
			runs, ok = Runs(sub)
		}
		if !ok {
			return nil, false
		}
		for _, r := range runs {
			r.First += at
			all = append(all, r)
		}
		at = s.ends[k]
	}
	return all, true
}

func (s alternatives) At(i uint64) any {
	k := sort.Search(len(s.ends), func(k int) bool { return i < s.ends[k] })
	if k == len(s.ends) {
		return nil
	}
	sub, ok := s.values[k].(Set)
	if !ok {
		return s.values[k]
	}
	return sub.At(i - (s.ends[k] - sub.Len()))
}

// String is the list as Lua writes it.
func (s alternatives) String() string {
	parts := make([]string, len(s.values))
	for i, v := range s.values {
		parts[i] = Literal(v)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// Networks is the set with every text in it that names a network ("10.0.0.0/24"), in place of all addresses of that
// network. Other sets than lists are returned as they are.
func Networks(s Set) Set {
	list, ok := s.(alternatives)
	if !ok {
		return s
	}
	values := slices.Clone(list.values)
	for k, v := range values {
		switch v := v.(type) {
		case string:
			if p, err := netip.ParsePrefix(v); err == nil {
				values[k] = Network(p)
			}
		case alternatives:
			values[k] = Networks(v)
		}
	}
	return List(values...)
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

// Runs is the network as one run.
func (s network) Runs() ([]Run, bool) { return []Run{{N: s.Len(), Step: 1}}, true }

// String is the prefix in quotes, as Lua writes it.
func (s network) String() string { return Quote([]byte(s.prefix.String())) }

// Addresses is the addresses from first to last, both ends included, in steps of step (0 is taken as 1), as scapy's
// Net("10.0.0.1", "10.0.0.9"). The error says that last is below first or that the two are of different versions.
func Addresses(first, last netip.Addr, step uint64) (Set, error) {
	if !first.IsValid() || first.BitLen() != last.BitLen() || last.Less(first) {
		return nil, fmt.Errorf("want two addresses of one version, the lower one first, got %s and %s", first, last)
	}
	a, b := first.As16(), last.As16()
	lo, borrow := bits.Sub64(binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(a[8:]), 0)
	hi, _ := bits.Sub64(binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(a[:]), borrow)
	if hi != 0 || lo == math.MaxUint64 {
		return nil, fmt.Errorf("want fewer than 2^64 addresses, got %s to %s", first, last)
	}
	step = max(step, 1)
	return addresses{first: first, n: lo/step + 1, step: step}, nil
}

type addresses struct {
	first   netip.Addr
	n, step uint64
}

func (s addresses) Len() uint64 { return s.n }

func (s addresses) At(i uint64) any {
	if s.first.Is4() {
		b := s.first.As4()
		binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+uint32(i*s.step))
		return netip.AddrFrom4(b)
	}
	b := s.first.As16()
	lo, carry := bits.Add64(binary.BigEndian.Uint64(b[8:]), i*s.step, 0)
	binary.BigEndian.PutUint64(b[8:], lo)
	binary.BigEndian.PutUint64(b[:], binary.BigEndian.Uint64(b[:])+carry)
	return netip.AddrFrom16(b)
}

// Runs is the range as one run.
func (s addresses) Runs() ([]Run, bool) { return []Run{{N: s.n, Step: s.step}}, true }

// String is the range as Lua writes it.
func (s addresses) String() string { return steps(s.first, s.At(s.n-1), s.step) }

// HardwareAddresses is the MAC addresses from first to last, both ends included, in steps of step (0 is taken as 1);
// last below first is first alone.
func HardwareAddresses(first, last MAC, step uint64) Set {
	s, _ := Range(first.Uint(), last.Uint(), step).(span) // Range makes nothing else
	return hardware(s)
}

type hardware span

func (s hardware) Len() uint64     { return s.n }
func (s hardware) At(i uint64) any { return MACOf(s.first + i*s.step) }

// Runs is the range as one run.
func (s hardware) Runs() ([]Run, bool) { return []Run{{N: s.n, Step: s.step}}, true }

// String is the range as Lua writes it.
func (s hardware) String() string { return steps(s.At(0), s.At(s.n-1), s.step) }

// steps writes a range of addresses as Lua does.
func steps(first, last any, step uint64) string {
	if step == 1 {
		return fmt.Sprintf("range(%q,%q)", fmt.Sprint(first), fmt.Sprint(last))
	}
	return fmt.Sprintf("range(%q,%q,%d)", fmt.Sprint(first), fmt.Sprint(last), step)
}
