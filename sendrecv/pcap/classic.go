package pcap

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// Magic numbers of the classic format. They tell the resolution of its stamps and the length of its headers, and the byte
// order by the way they read.
const (
	magicMicro     = 0xa1b2c3d4
	magicNano      = 0xa1b23c4d
	magicKuznetsov = 0xa1b2cd34 // Alexey Kuznetsov's: records begin with more words
	magicIxiaHard  = 0x1c0001ac // Ixia's: the file's header ends with the length of all records
	magicIxiaSoft  = 0x1c0001ab
)

const (
	classicHeader = 24
	classicRecord = 16
	// ixiaLength is the word that Ixia's header has more.
	ixiaLength = 4
)

// classic reads the pcap format (draft-ietf-opsawg-pcap) and its relatives: one header, one link type, records.
type classic struct {
	r       *bufio.Reader
	magic   uint32
	order   binary.ByteOrder
	tick    time.Duration
	typ     linkType
	snaplen uint32
	swapped lengths
	head    int                // bytes before those of a frame
	info    *craft.CaptureInfo // of a frame of which the file says nothing more
	extra   *kuznetsov         // nil for files without
}

// lengths says in which order a record gives the two lengths of a frame.
type lengths int

const (
	capturedFirst lengths = iota
	wireFirst             // before version 2.3
	either                // version 2.3, which both kinds of programs wrote: the longer one was on the wire
)

func isClassic(head []byte) bool {
	_, tick := classicMagic(head)
	return tick != 0
}

// classicMagic reads byte order and stamp unit out of the first four bytes; the unit is 0 for another format.
func classicMagic(head []byte) (binary.ByteOrder, time.Duration) {
	if len(head) < 4 {
		return nil, 0
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(head) {
		case magicMicro, magicKuznetsov, magicIxiaHard, magicIxiaSoft:
			return order, time.Microsecond
		case magicNano:
			return order, time.Nanosecond
		}
	}
	return nil, 0
}

func newClassic(r *bufio.Reader) (*classic, error) {
	var h [classicHeader + ixiaLength]byte
	if err := readFull(r, h[:classicHeader]); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	c := &classic{r: r}
	c.order, c.tick = classicMagic(h[:])
	c.magic = c.order.Uint32(h[:])
	c.snaplen = c.order.Uint32(h[16:])
	// The upper half of the last word holds the length of the frame check sequence.
	link := c.order.Uint32(h[20:])
	c.typ = linkType(link & 0xffff)
	if err := c.version(c.order.Uint16(h[4:]), c.order.Uint16(h[6:])); err != nil {
		return nil, err
	}
	face := &craft.CaptureInterface{SnapLen: c.snaplen, More: &origin{typ: c.typ, opts: checkLength(link)}}
	c.info = &craft.CaptureInfo{Interface: face}
	if c.magic == magicIxiaHard || c.magic == magicIxiaSoft {
		if err := readFull(r, h[classicHeader:]); err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
	}
	c.head = c.guessHead()
	if c.head >= kuznetsovRecord {
		c.extra = &kuznetsov{face: face, infos: map[kuznetsovKey]*craft.CaptureInfo{}}
	}
	return c, nil
}

// version reads what the number of the format changes: the order of the lengths, and all that AIX does otherwise.
func (c *classic) version(major, minor uint16) error {
	switch {
	case major == 2 && minor < 3, major == 543: // DG/UX's
		c.swapped = wireFirst
	case major == 2 && minor == 3:
		c.swapped = either
	case major != 2:
		return faulty("pcap version: want 2, got %d", major)
	}
	if c.magic != magicMicro || major != 2 || minor != 2 {
		return nil
	}
	for ifType, typ := range map[linkType]linkType{6: 1, 9: 6, 15: 10, 24: 0} { // RFC 1573's types in place of the registry's: AIX
		if c.typ == ifType {
			c.typ, c.tick = typ, time.Nanosecond
			break
		}
	}
	return nil
}

func (c *classic) link() linkType { return c.typ }

func (c *classic) longest() uint32 { return c.snaplen }

func (c *classic) next() (sendrecv.Frame, error) {
	h, err := c.r.Peek(c.head)
	if beginsCapture(h) {
		return sendrecv.Frame{}, ErrJoined
	}
	if err != nil {
		if len(h) > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return sendrecv.Frame{}, err
	}
	sec, frac := int64(c.order.Uint32(h[0:])), int64(c.order.Uint32(h[4:]))
	captured, length := c.order.Uint32(h[8:]), c.order.Uint32(h[12:])
	if c.swapped == wireFirst || c.swapped == either && captured > length {
		captured, length = length, captured
	}
	info := c.info
	if c.extra != nil {
		info = c.extra.info(c.order, h[classicRecord:])
	}
	_, _ = c.r.Discard(len(h)) // they were peeked at
	data, length32, err := readData(c.r, captured, length, c.typ.most(c.snaplen))
	if err != nil {
		return sendrecv.Frame{}, err
	}
	return sendrecv.Frame{
		Time:   time.Unix(sec, frac*int64(c.tick)),
		Link:   c.typ.name(data),
		Data:   data,
		Length: length32,
		Info:   info,
	}, nil
}
