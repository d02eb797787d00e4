package craft

import "encoding/binary"

// A Shape is one layout of a protocol's fixed header. Most protocols have one; ICMP has one for each family of message
// types. It is compiled when the protocol is defined, so that reading and writing a field are bit moves.
type Shape struct {
	size  int    // bytes of the fixed header
	slots []slot // by field index; a slot without bits means that the field is absent here
	init  []byte // the header with every default in place
	mask  uint64 // the fields that are present
	inner []cut  // the parts of variable length before the end, in wire order
	tail  int    // index of the part of variable length at the end, -1 for none
	short bool   // the header ends before its last field, as a quote may
}

// A cut is where a part of variable length stands: before byte at of the fixed fields.
type cut struct{ field, at int }

// A slot is where a field sits in the header.
type slot struct {
	off   int  // first byte
	bytes int  // how many bytes it touches
	shift int  // bits to the right of it in the last byte
	bits  int  // width; 0 when absent
	kind  Kind // the field's kind, or what the shape makes of it

	little bool // least significant byte first; such a field has whole bytes
	word   bool // 16 bits in two whole bytes, the most significant first
}

// Size is how many bytes the fixed header has.
func (s *Shape) Size() int { return s.size }

// Varies reports whether there are fields of variable length.
func (s *Shape) Varies() bool { return s.tail >= 0 || len(s.inner) > 0 }

// aligned reports whether the slot begins and ends on byte boundaries.
func (s *slot) aligned() bool { return s.shift == 0 && s.bits == s.bytes*8 }

// uint reads a slot of up to 64 bits.
func (s *slot) uint(hdr []byte) uint64 {
	if s.word {
		return uint64(binary.BigEndian.Uint16(hdr[s.off:]))
	}
	return s.uintBits(hdr)
}

// uintBits is uint for other slots than words.
func (s *slot) uintBits(hdr []byte) uint64 {
	switch {
	case s.little:
		return s.littleUint(hdr)
	case s.bits == 8 && s.shift == 0:
		return uint64(hdr[s.off])
	}
	var v uint64
	for _, b := range hdr[s.off : s.off+min(s.bytes, 8)] {
		v = v<<8 | uint64(b)
	}
	if s.bytes > 8 { // up to 64 bits that begin and end within bytes touch nine
		v = v<<(8-s.shift) | uint64(hdr[s.off+8]>>s.shift)
	} else {
		v >>= s.shift
	}
	return v & (1<<s.bits - 1)
}

// littleUint reads a slot whose least significant byte comes first.
func (s *slot) littleUint(hdr []byte) uint64 {
	var v uint64
	for i := range s.bytes {
		v |= uint64(hdr[s.off+i]) << (8 * i)
	}
	return v
}

// put writes a slot of up to 64 bits.
func (s *slot) put(hdr []byte, v uint64) {
	if s.word {
		binary.BigEndian.PutUint16(hdr[s.off:], uint16(v))
		return
	}
	s.putBits(hdr, v)
}

// putBits is put for other slots than words.
func (s *slot) putBits(hdr []byte, v uint64) {
	if s.bytes == 1 {
		mask := byte(1<<s.bits-1) << s.shift
		hdr[s.off] = hdr[s.off]&^mask | byte(v)<<s.shift&mask
		return
	}
	if s.little {
		for i := range s.bytes {
			hdr[s.off+i] = byte(v >> (8 * i))
		}
		return
	}
	if s.aligned() {
		for i := s.bytes - 1; i >= 0; i-- {
			hdr[s.off+i] = byte(v)
			v >>= 8
		}
		return
	}
	last, mask := s.off+s.bytes-1, uint64(1<<s.bits-1)
	low := byte(mask << s.shift)
	hdr[last] = hdr[last]&^low | byte(v<<s.shift)&low
	v, mask = v>>(8-s.shift), mask>>(8-s.shift)
	for i := last - 1; i >= s.off; i-- {
		hdr[i] = hdr[i]&^byte(mask) | byte(v&mask)
		v, mask = v>>8, mask>>8
	}
}

// write puts a value: a number, or the bytes of a field of more than 64 bits.
func (s *slot) write(hdr []byte, v uint64, wide []byte) {
	if s.bits > 64 {
		clear(hdr[s.off : s.off+s.bytes])
		copy(hdr[s.off:s.off+s.bytes], wide)
		return
	}
	s.put(hdr, v)
}

// Layout compiles a shape from the fields present in it, in wire order: their names, from a table that holds them all.
// A name may carry another kind and width than the table's, as ARP's addresses do.
func Layout(fields []Field, present []ShapeField) *Shape {
	s := &Shape{slots: make([]slot, len(fields)), tail: -1}
	bit := 0
	for _, spec := range present {
		i := fieldIndex(fields, spec.Name)
		f := &fields[i]
		kind, bits := f.Kind, f.Bits
		if spec.Bits != 0 {
			kind, bits = spec.Kind, spec.Bits
		}
		s.mask |= 1 << i
		if f.View != nil {
			continue
		}
		if bits == 0 {
			s.inner = append(s.inner, cut{i, bit / 8})
			continue
		}
		s.slots[i] = slotAt(bit, bits)
		s.slots[i].kind, s.slots[i].little = kind, f.LittleEndian && !spec.BigEndian
		s.slots[i].word = bits == 16 && s.slots[i].shift == 0 && !s.slots[i].little
		bit += bits
	}
	s.size = bit / 8
	if n := len(s.inner); n > 0 && s.inner[n-1].at == s.size {
		s.tail = s.inner[n-1].field
		s.inner = s.inner[: n-1 : n-1]
	}
	s.init = make([]byte, s.size)
	for i, sl := range s.slots {
		if sl.bits > 0 {
			sl.write(s.init, fields[i].Default, fields[i].Initial)
		}
	}
	return s
}

// slotAt is the place of so many bits, so many bits into a header.
func slotAt(bit, bits int) slot {
	end := bit + bits
	return slot{off: bit / 8, bytes: (end+7)/8 - bit/8, shift: (8 - end%8) % 8, bits: bits}
}

// whole is how many of the first n bytes of fixed fields are whole fields, where the first parts of variable length are here: no
// field behind the next part is.
func (s *Shape) whole(n, parts int) (whole int) {
	if parts > 0 {
		whole = s.inner[parts-1].at
	}
	if len(s.inner) > parts {
		n = min(n, s.inner[parts].at)
	}
	for _, sl := range s.slots {
		if sl.bits > 0 && sl.off+sl.bytes <= n {
			whole = max(whole, sl.off+sl.bytes)
		}
	}
	return whole
}

// cut is the shape of a header of which only the first n bytes of fixed fields are here, and the first parts of variable length: in
// the quote of an ICMP error, and in a capture that kept the beginning of its packets.
func (s *Shape) cut(n, parts int) *Shape {
	c := &Shape{short: true, size: n, slots: make([]slot, len(s.slots)), tail: -1, init: s.init[:n], inner: s.inner[:parts:parts]}
	for i, sl := range s.slots {
		if sl.bits > 0 && sl.off+sl.bytes <= n {
			c.slots[i] = sl
			c.mask |= 1 << i
		}
	}
	for _, part := range c.inner {
		c.mask |= 1 << part.field
	}
	return c
}

// A ShapeField names a field of a shape; bits and kind are zero unless they differ from the table's.
type ShapeField struct {
	// Name is the field's.
	Name string
	// Kind is the field's kind in this shape, if Bits is given.
	Kind Kind
	// Bits is its width in this shape; 0 leaves kind and width as the table has them.
	Bits int
	// BigEndian puts the most significant byte first, whatever the table says.
	BigEndian bool
}

// AllFields lists every field of a table, for protocols with one shape.
func AllFields(fields []Field) []ShapeField {
	specs := make([]ShapeField, len(fields))
	for i, f := range fields {
		specs[i] = ShapeField{Name: f.Name}
	}
	return specs
}

// fieldIndex finds a field by name and panics when a protocol's own table lacks it.
func fieldIndex(fields []Field, name string) int {
	for i := range fields {
		if fields[i].Name == name {
			return i
		}
	}
	panic("craft: no field " + name + " in the table")
}
