package craft

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/moonwire/moonwire/craft/values"
)

// Set fixes a field. It takes what the field's kind reads: integers; a string (an address, a flag list, a name, a
// number); netip.Addr; MAC; []byte; []Option; Verbatim; a Set of these, which makes the packet a stream of packets; or a
// Generator, which draws the value for each packet.
// The error names layer, field, what was wanted and what was given, and leaves the field as it was.
func (l *Layer) Set(field string, value any) error {
	i, undo, err := l.toSet(field, value)
	if err != nil {
		return err
	}
	return l.settled(field, undo, l.assign(i, value))
}

// SetUint is Set for a number: the same, and faster.
func (l *Layer) SetUint(field string, n uint64) error {
	i, undo, err := l.toSet(field, nil)
	if err != nil {
		return err
	}
	return l.settled(field, undo, l.assignUint(i, n))
}

// SetText is Set for a string: the same, and faster.
func (l *Layer) SetText(field, text string) error {
	if l.proto.spec.Addresses != nil {
		return l.Set(field, text)
	}
	i, undo, err := l.toSet(field, nil)
	if err != nil {
		return err
	}
	return l.settled(field, undo, kinds[l.kind(i)].text(l, i, text))
}

// settled undoes what was prepared for a value that was refused, and says for which field.
func (l *Layer) settled(field string, undo *before, err error) error {
	if err == nil {
		return nil // inlined this far
	}
	return l.refused(field, undo, err)
}

func (l *Layer) refused(field string, undo *before, err error) error {
	undo.restore(l)
	return fmt.Errorf("%s.%s: %w", l.proto.spec.Name, field, err)
}

func (l *Layer) assign(i int, value any) error {
	switch v := value.(type) {
	case uint64:
		return l.assignUint(i, v)
	case int:
		if v >= 0 {
			return l.assignUint(i, uint64(v))
		}
	case string:
		return kinds[l.kind(i)].text(l, i, v)
	case []byte, netip.Addr, values.MAC, float64, []Option:
		return kinds[l.kind(i)].take(l, i, v)
	case Verbatim:
		return l.assignVerbatim(i, v)
	case []any, []*Packet, *Packet, *Layer:
		return l.assignList(i, v)
	case values.Set:
		return l.assignSet(i, v)
	case values.Generator:
		return l.assignSet(i, values.Drawing(v))
	case Value:
		return l.assignValue(i, v)
	}
	if n, ok := Uint(value); ok {
		return l.assignUint(i, n)
	}
	return kinds[l.kind(i)].take(l, i, value)
}

// kind is the kind of field i in the layer's shape.
func (l *Layer) kind(i int) Kind {
	if l.varies(i) {
		return l.proto.spec.Fields[i].Kind
	}
	return l.shape.slots[i].kind
}

// most is the largest number that field i takes in the layer's shape.
func (l *Layer) most(i int) uint64 { return 1<<l.shape.slots[i].bits - 1 }

// maxShown is how much of a wrong value an error repeats, in bytes.
const maxShown = 80

// quoted is a piece of text as errors repeat it.
func quoted(text string) string { return strconv.Quote(text[:min(len(text), maxShown)]) }

func (l *Layer) assignUint(i int, n uint64) error {
	s := l.shape.slots[i]
	if s.bits == 0 {
		return l.assignPart(i, n)
	}
	if k := &kinds[s.kind]; !k.numeric {
		return k.take(l, i, n)
	}
	if n > 1<<s.bits-1 {
		return l.wants(i, n)
	}
	s.put(l.hdr, n)
	l.mark(i)
	return nil
}

// mark notes that field i was set.
func (l *Layer) mark(i int) {
	if l.seen = 0; l.extra != nil {
		l.forget(i)
	}
	l.fixed |= 1 << i
	l.above &^= 1 << i
	if l.proto.shaping>>i&1 == 1 {
		l.reshape()
	}
	switch {
	case l.packet == nil:
	case l.proto.leads>>i&1 == 1:
		l.packet.restack()
	case l.packet.inside != nil:
		l.packet.changed()
	}
}

// assignPart gives a field of variable length a value that its part writes.
func (l *Layer) assignPart(i int, value any) error {
	b, err := l.encoded(i, value)
	if err != nil {
		return err
	}
	canonical := true
	if (l.fixed|l.proto.views)>>i&1 == 1 && !l.absent(i) {
		b, canonical = l.kept(i, b, l.part(i))
	}
	l.replacePart(i, b)
	l.remember(i, b, value)
	l.mark(i)
	if canonical && l.extra != nil {
		l.extra.canon = 1 << i
	}
	return nil
}

// kept is what the new bytes of field i come to: the old ones, where those are another spelling of the same value, as a
// compressed name or a string without its zero byte; and whether the part writes them so. What is assigned to itself stays
// as it is.
func (l *Layer) kept(i int, b, old []byte) (_ []byte, canonical bool) {
	p := l.proto.spec.Fields[i].Part
	if p.Decode == nil || l.canonical(i) || bytes.Equal(b, old) {
		return b, true
	}
	if again, err := p.Encode(l, p.Decode(l, old)); err == nil && bytes.Equal(again, b) {
		return old, false
	}
	return b, true
}

// canonical reports whether field i was set last, and its part wrote it.
func (l *Layer) canonical(i int) bool { return l.extra != nil && l.extra.canon>>i&1 == 1 }

// assignList takes a list of values or of packets. Packets with sets in them make the field a set of such lists.
func (l *Layer) assignList(i int, value any) error {
	if !l.varies(i) || l.kind(i) == Options {
		return l.wants(i, "a list")
	}
	if s := nestedSet(value); s != nil {
		return l.assignSet(i, s)
	}
	return l.assignPart(i, value)
}

func (l *Layer) assignVerbatim(i int, v Verbatim) error {
	if l.varies(i) {
		l.replacePart(i, append([]byte(nil), v...))
		l.mark(i)
		l.more().raw |= 1 << i
		return nil
	}
	s := l.shape.slots[i]
	if !s.aligned() {
		return fmt.Errorf("raw bytes stand only for fields of whole bytes, this one has %d bits", s.bits)
	}
	if len(v) == s.bytes { // as wide as the field: a value like any other
		copy(l.hdr[s.off:], v)
		l.mark(i)
		return nil
	}
	copy(l.hdr[s.off:s.off+s.bytes], l.mergeDefault(s, i)) // what was there before must not show in a checksum
	l.mark(i)
	e := l.more()
	if e.verbatim == nil {
		e.verbatim = map[int]Verbatim{}
	}
	e.verbatim[i] = append(Verbatim(nil), v...)
	return nil
}

// assignValue takes what Get returned.
func (l *Layer) assignValue(i int, v Value) error {
	switch {
	case v.none:
		l.clear(i)
		return nil
	case v.layer == l && v.kind == Packets && l.fixed>>i&1 == 1 && l.stands(i, v.list):
		return nil // with the sets of its packets, if they have any
	case v.layer == l && v.field == &l.proto.spec.Fields[i] && l.varies(i) && bytes.Equal(v.bytes, l.part(i)):
		if l.fixed>>i&1 == 0 {
			l.setPart(i, v.bytes) // a default, fixed
		}
		l.mark(i)
		return nil
	case v.list != nil:
		return l.assign(i, v.list)
	case kinds[v.kind].counts && v.kind == l.kind(i) && !l.varies(i) && v.num <= l.most(i):
		return l.assignBits(i, v.num)
	case kinds[v.kind].numeric:
		return l.assignUint(i, v.num)
	}
	return l.assign(i, v.Decoded())
}
