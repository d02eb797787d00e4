package pcap

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng, section 4).
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockObsolete  = 2 // Packet Block, written by old programs only
	blockSimple    = 3
	blockEnhanced  = 6
)

// byteOrderMagic tells the order in which a section is written.
const byteOrderMagic = 0x1a2b3c4d

// Options of an Interface Description Block.
const (
	optionEnd        = 0
	optionResolution = 9
	optionOffset     = 14
)

const (
	// maxInterfaces bounds the interfaces of one section.
	maxInterfaces = 1 << 16
	// maxDescription bounds the options of one interface, in bytes.
	maxDescription = 1 << 20
	// maxPreamble bounds what stands before the first interface, in bytes: a file is opened by reading until there.
	maxPreamble = 16 << 20
)

// ng reads the pcapng format: blocks, in sections of one byte order, from any number of interfaces.
type ng struct {
	r          *bufio.Reader
	order      binary.ByteOrder
	interfaces []ngInterface
	first      linkType
	preamble   uint64 // bytes before the first interface
	left       uint32 // bytes of the current block's body that were not read yet
}

// ngInterface is what a packet's numbers mean on the interface it came through.
type ngInterface struct {
	typ     linkType
	snaplen uint32 // 0: no limit
	second  uint64 // ticks in a second
	offset  int64  // seconds to add
}

func isNG(magic []byte) bool {
	return len(magic) >= 4 && binary.LittleEndian.Uint32(magic) == blockSection
}

func newNG(r *bufio.Reader) (*ng, error) {
	n := &ng{r: r, order: binary.LittleEndian, first: math.MaxUint32}
	// The first interface stands before the first packet: only then the link type of the file is known.
	for len(n.interfaces) == 0 {
		_, _, err := n.block()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
	}
	return n, nil
}

func (n *ng) link() linkType { return n.first }

func (n *ng) next() (sendrecv.Frame, error) {
	for {
		if f, ok, err := n.block(); ok || err != nil {
			return f, err
		}
	}
}

// block reads one block; ok says that it held a frame.
func (n *ng) block() (f sendrecv.Frame, ok bool, err error) {
	typ, length, err := n.head()
	if err != nil {
		return f, false, err
	}
	switch typ {
	case blockSection:
		n.interfaces = nil
	case blockInterface:
		err = n.describe()
	case blockEnhanced, blockObsolete:
		f, err = n.packet(typ == blockObsolete)
		ok = true
	case blockSimple:
		f, err = n.simple()
		ok = true
	}
	if err == nil {
		err = n.tail(length)
	}
	return f, ok && err == nil, err
}

// head reads type and length of the next block and leaves its body to be read.
func (n *ng) head() (typ, length uint32, err error) {
	var h [12]byte
	if _, err := io.ReadFull(n.r, h[:8]); err != nil {
		return 0, 0, err
	}
	typ, used := n.order.Uint32(h[:]), uint32(12)
	if typ == blockSection { // reads the same in both orders
		if err := readFull(n.r, h[8:]); err != nil {
			return 0, 0, err
		}
		if n.order, err = sectionOrder(h[8:]); err != nil {
			return 0, 0, err
		}
		used += 4
	}
	length = n.order.Uint32(h[4:])
	if length < used || length%4 != 0 {
		return 0, 0, faulty("block length: want a multiple of 4 from %d on, got %d", used, length)
	}
	if n.first == math.MaxUint32 && typ != blockInterface {
		if n.preamble += uint64(length); n.preamble > maxPreamble {
			return 0, 0, faulty("want an interface within the first %d bytes", maxPreamble)
		}
	}
	n.left = length - used
	return typ, length, nil
}

func sectionOrder(magic []byte) (binary.ByteOrder, error) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if order.Uint32(magic) == byteOrderMagic {
			return order, nil
		}
	}
	return nil, faulty("byte-order magic: want %x in one of the two orders", byteOrderMagic) // the file may be no capture: its bytes are not told
}

// tail skips what is left of a block (options, padding) and checks the length at its end.
func (n *ng) tail(length uint32) error {
	for n.left > 0 {
		skipped, err := n.r.Discard(int(min(n.left, math.MaxInt32)))
		n.left -= uint32(skipped)
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	var t [4]byte
	if err := readFull(n.r, t[:]); err != nil {
		return err
	}
	if got := n.order.Uint32(t[:]); got != length {
		return faulty("block: want length %d at its end, got %d", length, got)
	}
	return nil
}

// body reads part of the current block.
func (n *ng) body(buf []byte) error {
	if uint32(len(buf)) > n.left {
		return faulty("block: want %d more bytes, got %d", len(buf), n.left)
	}
	n.left -= uint32(len(buf))
	return readFull(n.r, buf)
}

// packet reads an Enhanced Packet Block, or its predecessor, which has a shorter interface number and a drop counter.
func (n *ng) packet(obsolete bool) (sendrecv.Frame, error) {
	var h [20]byte
	if err := n.body(h[:]); err != nil {
		return sendrecv.Frame{}, err
	}
	id := n.order.Uint32(h[0:])
	if obsolete {
		id = uint32(n.order.Uint16(h[0:]))
	}
	ticks := uint64(n.order.Uint32(h[4:]))<<32 | uint64(n.order.Uint32(h[8:]))
	i, err := n.in(id)
	if err != nil {
		return sendrecv.Frame{}, err
	}
	f, err := n.frame(i, n.order.Uint32(h[12:]), n.order.Uint32(h[16:]))
	f.Time = i.time(ticks)
	return f, err
}

// simple reads a Simple Packet Block: the first interface, no stamp (1970 then).
func (n *ng) simple() (sendrecv.Frame, error) {
	var h [4]byte
	if err := n.body(h[:]); err != nil {
		return sendrecv.Frame{}, err
	}
	i, err := n.in(0)
	if err != nil {
		return sendrecv.Frame{}, err
	}
	length := n.order.Uint32(h[:])
	captured := length
	if i.snaplen != 0 {
		captured = min(length, i.snaplen)
	}
	f, err := n.frame(i, captured, length)
	f.Time = time.Unix(0, 0)
	return f, err
}

func (n *ng) in(id uint32) (ngInterface, error) {
	if uint64(id) >= uint64(len(n.interfaces)) {
		return ngInterface{}, faulty("packet: want one of %d interfaces, got number %d", len(n.interfaces), id)
	}
	return n.interfaces[id], nil
}

func (n *ng) frame(i ngInterface, captured, length uint32) (sendrecv.Frame, error) {
	if captured > n.left {
		return sendrecv.Frame{}, faulty("packet: want at most the %d bytes of its block, got %d", n.left, captured)
	}
	data, length32, err := readData(n.r, captured, length)
	n.left -= captured
	return sendrecv.Frame{Link: i.typ.name(data), Data: data, Length: length32}, err
}

// describe reads an Interface Description Block.
func (n *ng) describe() error {
	if len(n.interfaces) == maxInterfaces || n.left > maxDescription {
		return faulty("interface: want at most %d of %d bytes", maxInterfaces, maxDescription)
	}
	b := make([]byte, n.left)
	if err := n.body(b); err != nil {
		return err
	}
	if len(b) < 8 {
		return faulty("interface: want at least 8 bytes, got %d", len(b))
	}
	i := ngInterface{typ: linkType(n.order.Uint16(b)), snaplen: n.order.Uint32(b[4:]), second: 1e6}
	if err := i.options(n.order, b[8:]); err != nil {
		return err
	}
	if n.first == math.MaxUint32 {
		n.first = i.typ
	}
	n.interfaces = append(n.interfaces, i)
	return nil
}

// options reads the two options that say what a stamp means.
func (i *ngInterface) options(order binary.ByteOrder, b []byte) error {
	for len(b) >= 4 {
		code, size := order.Uint16(b), int(order.Uint16(b[2:]))
		b = b[4:]
		if code == optionEnd {
			return nil
		}
		if size > len(b) {
			return faulty("option %d: want at most %d bytes, got %d", code, len(b), size)
		}
		switch {
		case code == optionResolution && size == 1:
			if err := i.resolution(b[0]); err != nil {
				return err
			}
		case code == optionOffset && size == 8:
			i.offset = int64(order.Uint64(b))
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return nil
}

// resolution sets the ticks in a second: 10^n, or 2^n when the top bit is set.
func (i *ngInterface) resolution(v byte) error {
	if n := v & 0x7f; v&0x80 != 0 && n < 64 {
		i.second = 1 << n
		return nil
	} else if v >= 20 { // 10^20 is beyond 64 bits
		return faulty("interface: want a resolution that fits 64 bits, got %#x", v)
	}
	i.second = 1
	for range v {
		i.second *= 10
	}
	return nil
}

func (i ngInterface) time(ticks uint64) time.Time {
	hi, lo := bits.Mul64(ticks%i.second, 1e9)
	ns, _ := bits.Div64(hi, lo, i.second)
	return time.Unix(int64(ticks/i.second)+i.offset, int64(ns))
}
