package pcap

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
)

// Magic numbers of the classic format. They tell the resolution of its stamps, and the byte order by the way they read.
const (
	magicMicro = 0xa1b2c3d4
	magicNano  = 0xa1b23c4d
)

const (
	classicHeader = 24
	classicRecord = 16
)

// classic reads the pcap format (draft-ietf-opsawg-pcap): one header, one link type, records.
type classic struct {
	r     *bufio.Reader
	order binary.ByteOrder
	tick  time.Duration
	typ   linkType
}

func isClassic(magic []byte) bool {
	_, tick := classicMagic(magic)
	return tick != 0
}

// classicMagic reads byte order and stamp unit out of the first four bytes; the unit is 0 for another format.
func classicMagic(magic []byte) (binary.ByteOrder, time.Duration) {
	if len(magic) < 4 {
		return nil, 0
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(magic) {
		case magicMicro:
			return order, time.Microsecond
		case magicNano:
			return order, time.Nanosecond
		}
	}
	return nil, 0
}

func newClassic(r *bufio.Reader) (*classic, error) {
	var h [classicHeader]byte
	if err := readFull(r, h[:]); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	c := &classic{r: r}
	c.order, c.tick = classicMagic(h[:])
	if major := c.order.Uint16(h[4:]); major != 2 {
		return nil, faulty("pcap version: want 2, got %d", major)
	}
	// The upper half of the last word holds the length of the frame check sequence.
	c.typ = linkType(c.order.Uint32(h[20:]) & 0xffff)
	return c, nil
}

func (c *classic) link() linkType { return c.typ }

func (c *classic) next() (sendrecv.Frame, error) {
	var h [classicRecord]byte
	if _, err := io.ReadFull(c.r, h[:]); err != nil {
		return sendrecv.Frame{}, err
	}
	sec, frac := int64(c.order.Uint32(h[0:])), int64(c.order.Uint32(h[4:]))
	data, length, err := readData(c.r, c.order.Uint32(h[8:]), c.order.Uint32(h[12:]))
	if err != nil {
		return sendrecv.Frame{}, err
	}
	return sendrecv.Frame{
		Time:   time.Unix(sec, frac*int64(c.tick)),
		Link:   c.typ.name(data),
		Data:   data,
		Length: length,
	}, nil
}

// classicEncoder writes the pcap format with nanoseconds, in little-endian order.
type classicEncoder struct{ typ linkType }

func (e classicEncoder) header() []byte {
	b := binary.LittleEndian.AppendUint32(nil, magicNano)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...) // time zone and accuracy, always 0
	b = binary.LittleEndian.AppendUint32(b, maxFrame)
	return binary.LittleEndian.AppendUint32(b, uint32(e.typ))
}

func (e classicEncoder) append(b []byte, f sendrecv.Frame) ([]byte, error) {
	typ, err := linkTypeOf(f.Link)
	if err != nil {
		return b, err
	}
	if typ != e.typ {
		return b, fmt.Errorf("link: want %s as in the file's header, got %s (a pcapng file holds both)", e.typ.name(nil), f.Link)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(f.Time.Unix()))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.Time.Nanosecond()))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(max(f.Length, len(f.Data))))
	return append(b, f.Data...), nil
}
