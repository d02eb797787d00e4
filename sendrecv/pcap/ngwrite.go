package pcap

import (
	"encoding/binary"

	"github.com/moonwire/moonwire/sendrecv"
)

// ngEncoder writes one section of pcapng with nanoseconds, in little-endian order: an interface for each link type, in
// the order they were first seen.
type ngEncoder struct{ types []linkType }

func (e *ngEncoder) header() []byte {
	b := block(nil, blockSection, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint32(b, byteOrderMagic)
		b = binary.LittleEndian.AppendUint16(b, 1)
		b = binary.LittleEndian.AppendUint16(b, 0)
		return binary.LittleEndian.AppendUint64(b, ^uint64(0)) // length of the section: not known
	})
	for _, typ := range e.types {
		b = describe(b, typ)
	}
	return b
}

func (e *ngEncoder) append(b []byte, f sendrecv.Frame) ([]byte, error) {
	typ, err := linkTypeOf(f.Link)
	if err != nil {
		return b, err
	}
	id := e.id(typ)
	if id == len(e.types) {
		e.types = append(e.types, typ)
		b = describe(b, typ)
	}
	stamp := uint64(f.Time.UnixNano())
	return block(b, blockEnhanced, func(b []byte) []byte {
		for _, v := range []uint32{uint32(id), uint32(stamp >> 32), uint32(stamp), uint32(len(f.Data)), uint32(max(f.Length, len(f.Data)))} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return append(b, f.Data...)
	}), nil
}

// id is the number of the interface with this link type, or the next free one.
func (e *ngEncoder) id(typ linkType) int {
	for id, have := range e.types {
		if have == typ {
			return id
		}
	}
	return len(e.types)
}

// describe appends an Interface Description Block whose stamps are nanoseconds.
func describe(b []byte, typ linkType) []byte {
	return block(b, blockInterface, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint16(b, uint16(typ))
		b = binary.LittleEndian.AppendUint16(b, 0)
		b = binary.LittleEndian.AppendUint32(b, maxFrame)
		b = append(b, optionResolution, 0, 1, 0, 9, 0, 0, 0)
		return append(b, optionEnd, 0, 0, 0)
	})
}

// block appends one block: type, length, body padded to 32 bits, length again.
func block(b []byte, typ uint32, body func([]byte) []byte) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint32(b, typ)
	b = body(append(b, 0, 0, 0, 0))
	for (len(b)-start)%4 != 0 {
		b = append(b, 0)
	}
	length := uint32(len(b) - start + 4)
	binary.LittleEndian.PutUint32(b[start+4:], length)
	return binary.LittleEndian.AppendUint32(b, length)
}
