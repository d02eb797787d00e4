package craft

import (
	"bytes"
	"encoding/binary"
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
	i, undo, err := l.toSet(field)
	if err != nil {
		return err
	}
	if err := l.assign(i, value); err != nil {
		undo.restore(l)
		return fmt.Errorf("%s.%s: %w", l.proto.spec.Name, field, err)
	}
	return nil
}

// SetUint is Set for a number: the same, and faster.
func (l *Layer) SetUint(field string, n uint64) error {
	i, undo, err := l.toSet(field)
	if err != nil {
		return err
	}
	if err := l.assignUint(i, n); err != nil {
		undo.restore(l)
		return fmt.Errorf("%s.%s: %w", l.proto.spec.Name, field, err)
	}
	return nil
}

// SetText is Set for a string: the same, and faster.
func (l *Layer) SetText(field, text string) error {
	i, undo, err := l.toSet(field)
	if err != nil {
		return err
	}
	if err := l.assignText(i, text); err != nil {
		undo.restore(l)
		return fmt.Errorf("%s.%s: %w", l.proto.spec.Name, field, err)
	}
	return nil
}

func (l *Layer) assign(i int, value any) error {
	switch v := value.(type) {
	case uint64:
		return l.assignUint(i, v)
	case int:
		switch {
		case v >= 0:
			return l.assignUint(i, uint64(v))
		case l.varies(i):
			return l.assignPart(i, v)
		}
		return l.wants(i, v)
	case float64:
		if l.varies(i) {
			return l.assignPart(i, v)
		}
		return l.assignFixed(i, v)
	case string:
		return l.assignText(i, v)
	case []byte:
		return l.assignBytes(i, v)
	case netip.Addr:
		return l.assignAddr(i, v)
	case values.MAC:
		if l.kind(i) != Hardware {
			return l.wants(i, v)
		}
		return l.assignUint(i, v.Uint())
	case []Option:
		return l.assignOptions(i, v)
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
	if n, ok := integer(value); ok {
		return l.assignUint(i, n)
	}
	if _, negative := value.(int64); negative && l.varies(i) {
		return l.assignPart(i, value)
	}
	return l.wants(i, value)
}

// integer reads the integer types that Set takes beside int and uint64.
func integer(value any) (uint64, bool) {
	var n int64
	switch v := value.(type) {
	case uint8:
		return uint64(v), true
	case uint16:
		return uint64(v), true
	case uint32:
		return uint64(v), true
	case uint:
		return uint64(v), true
	case int64:
		n = v
	case int32:
		n = int64(v)
	default:
		return 0, false
	}
	return uint64(n), n >= 0
}

// kind is the kind of field i in the layer's shape.
func (l *Layer) kind(i int) Kind {
	if l.varies(i) {
		return l.proto.spec.Fields[i].Kind
	}
	return l.shape.slots[i].kind
}

// most is the largest number that field i takes in the layer's shape.
func (l *Layer) most(i int) uint64 {
	if bits := l.shape.slots[i].bits; bits > 0 {
		return 1<<bits - 1
	}
	return l.proto.spec.Fields[i].max()
}

// maxShown is how much of a wrong value an error repeats, in bytes.
const maxShown = 80

// quoted is a piece of text as errors repeat it.
func quoted(text string) string { return strconv.Quote(text[:min(len(text), maxShown)]) }

// wants says what field i takes.
func (l *Layer) wants(i int, got any) error {
	shown := fmt.Sprint(got)
	if s, ok := got.(string); ok {
		shown = quoted(s)
	}
	switch k := l.kind(i); k {
	case Number, Port, Enum, Flags:
		return fmt.Errorf("want %s in 0..%d, got %s", k, l.most(i), shown)
	case Fixed:
		return fmt.Errorf("want %s in 0..%d, got %s", k, l.proto.spec.Fields[i].max()>>l.proto.spec.Fields[i].Fraction, shown)
	case IPv4, IPv6Address, Hardware, Bytes, Options, Text, Values, Packets:
	}
	return fmt.Errorf("want %s, got %s", l.kind(i), shown)
}

func (l *Layer) assignUint(i int, n uint64) error {
	s := l.shape.slots[i]
	if s.bits == 0 {
		return l.assignPart(i, n)
	}
	switch s.kind {
	case Number, Enum, Port, Flags:
		if n > 1<<s.bits-1 {
			return l.wants(i, n)
		}
	case IPv4, Hardware:
		if n > 1<<s.bits-1 {
			return l.wants(i, n)
		}
	case Fixed:
		return l.assignUnits(i, n)
	case IPv6Address, Bytes, Options, Text, Values, Packets:
		return l.wants(i, n)
	}
	s.put(l.hdr, n)
	l.mark(i)
	return nil
}

// mark notes that field i was set.
func (l *Layer) mark(i int) {
	if l.extra != nil {
		l.forget(i)
	}
	l.fixed |= 1 << i
	l.above &^= 1 << i
	if l.proto.shaping>>i&1 == 1 && l.proto.spec.Choose != nil {
		l.reshape()
	}
	if l.packet != nil && l.packet.inside != nil {
		l.packet.changed()
	}
}

// assignPart gives a field of variable length a value that its part writes.
func (l *Layer) assignPart(i int, value any) error {
	b, err := l.encoded(i, value)
	if err != nil {
		return err
	}
	l.replacePart(i, b)
	l.remember(i, b, value)
	l.mark(i)
	return nil
}

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

func (l *Layer) assignText(i int, text string) error {
	f := &l.proto.spec.Fields[i]
	switch l.kind(i) {
	case IPv4, IPv6Address:
		a, err := netip.ParseAddr(text)
		if err != nil {
			return l.assignNetwork(i, text)
		}
		return l.assignAddr(i, a)
	case Hardware:
		m, err := values.ParseMAC(text)
		if err != nil {
			return err
		}
		return l.assignUint(i, m.Uint())
	case Flags:
		n, err := f.parseFlags(text)
		if err != nil {
			return err
		}
		return l.assignUint(i, n)
	case Bytes:
		if f.Parse == nil {
			return l.assignBytes(i, []byte(text))
		}
		b, err := f.Parse(text)
		if err != nil {
			return err
		}
		return l.assignBytes(i, b)
	case Number, Enum, Port:
		if n, err := strconv.ParseUint(text, 0, 64); err == nil {
			return l.assignUint(i, n)
		}
		if n, ok := l.named(f, text); ok {
			return l.assignUint(i, n)
		}
		if l.varies(i) {
			return l.assignPart(i, text)
		}
	case Text, Values, Packets:
		return l.assignPart(i, text)
	case Fixed:
		return l.assignDecimal(i, text)
	case Options:
	}
	return l.wants(i, text)
}

// named finds a value by its name among those that make sense in the header as it stands.
func (l *Layer) named(f *Field, text string) (uint64, bool) {
	names := f
	if f.NamesBy != nil {
		names = &Field{Names: f.NamesBy(l.hdr)}
	}
	return names.Number(text)
}

// assignNetwork reads a prefix ("10.0.0.0/24") as the set of its addresses.
func (l *Layer) assignNetwork(i int, text string) error {
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4() != (l.kind(i) == IPv4) {
		return l.wants(i, text)
	}
	return l.assignSet(i, values.Network(p))
}

func (l *Layer) assignAddr(i int, a netip.Addr) error {
	switch {
	case l.kind(i) == IPv4 && a.Is4():
		b := a.As4()
		return l.assignUint(i, uint64(binary.BigEndian.Uint32(b[:])))
	case l.kind(i) == IPv6Address && a.Is6():
		b := a.As16()
		return l.assignFixedBytes(i, b[:])
	}
	return l.wants(i, a)
}

func (l *Layer) assignBytes(i int, b []byte) error {
	switch {
	case l.kind(i) == Hardware && len(b) == 6:
		return l.assignUint(i, values.MAC(b).Uint())
	case l.kind(i) == Text || l.kind(i) == Bytes && l.varies(i) && l.proto.spec.Fields[i].Part != nil && l.proto.spec.Fields[i].Part.Encode != nil:
		return l.assignPart(i, b)
	case l.kind(i) != Bytes:
		return l.wants(i, values.Quote(b))
	case l.varies(i):
		l.replacePart(i, append([]byte(nil), b...))
		l.mark(i)
		return nil
	}
	return l.assignFixedBytes(i, b)
}

// assignFixedBytes writes a byte string into the header; a short one is padded with zeros.
func (l *Layer) assignFixedBytes(i int, b []byte) error {
	s := l.shape.slots[i]
	if len(b) > s.bytes {
		return fmt.Errorf("want at most %d bytes, got %d", s.bytes, len(b))
	}
	n := copy(l.hdr[s.off:s.off+s.bytes], b) // b may be these very bytes, as Get gave them
	clear(l.hdr[s.off+n : s.off+s.bytes])
	l.mark(i)
	return nil
}

func (l *Layer) assignOptions(i int, opts []Option) error {
	if l.kind(i) != Options {
		return l.wants(i, "a list of options")
	}
	b, err := appendOptions(nil, opts)
	if err != nil {
		return err
	}
	l.tail = b
	l.mark(i)
	return nil
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
	case v.kind == Bytes:
		return l.assignBytes(i, v.bytes)
	case v.kind == Options && l.kind(i) == Options:
		return l.assignOptions(i, v.Options())
	case v.kind == IPv6Address:
		return l.assignAddr(i, v.Addr())
	case v.kind == Fixed && l.kind(i) == Fixed:
		return l.assignBits(i, v.num)
	}
	return l.assignUint(i, v.num)
}
