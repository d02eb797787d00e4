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

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng, section 4).
const (
	blockSection       = 0x0a0d0d0a
	blockInterface     = 1
	blockObsolete      = 2 // Packet Block, written by old programs only
	blockSimple        = 3
	blockNames         = 4
	blockStatistics    = 5
	blockEnhanced      = 6
	blockSecrets       = 10
	blockCustom        = 0xbad
	blockCustomPrivate = 0x40000bad // must not be copied by who does not know it
)

// byteOrderMagic tells the order in which a section is written.
const byteOrderMagic = 0x1a2b3c4d

const (
	// maxInterfaces bounds the interfaces of one section.
	maxInterfaces = 1 << 16
	// maxDescription bounds the options of one interface, or of a section, in bytes.
	maxDescription = 1 << 20
	// maxPreamble bounds what stands before the first interface, in bytes: a file is opened by reading until there.
	maxPreamble = 16 << 20
	// maxRemarks bounds the options of one frame, in bytes.
	maxRemarks = 1 << 20
)

// ng reads the pcapng format: blocks, in sections of one byte order, from any number of interfaces.
type ng struct {
	r          *bufio.Reader
	order      binary.ByteOrder
	section    *section
	unbounded  bool // the section does not say how long it is
	interfaces []ngInterface
	first      linkType
	preamble   uint64 // bytes before the first interface
	left       uint32 // bytes of the current block's body that were not read yet
}

// ngInterface is an interface of the section, and what its frames have in common.
type ngInterface struct {
	*origin
	face *craft.CaptureInterface
	info *craft.CaptureInfo // of a frame of which the file says nothing more
}

func isNG(head []byte) bool {
	return len(head) >= 4 && binary.LittleEndian.Uint32(head) == blockSection
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

func (n *ng) longest() uint32 {
	most := uint32(0)
	for _, i := range n.interfaces {
		if i.face.SnapLen == 0 {
			return 0
		}
		most = max(most, i.face.SnapLen)
	}
	return most
}

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
		err = n.begin()
	case blockInterface:
		err = n.describe()
	case blockEnhanced, blockObsolete:
		f, err = n.packet(typ == blockObsolete)
		ok = true
	case blockSimple:
		f, err = n.simple()
		ok = true
	default:
		err = n.keep(typ)
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
	if !isNG(h[:]) && beginsCapture(h[:8]) {
		return 0, 0, ErrJoined
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

// begin reads what a section says of itself.
func (n *ng) begin() error {
	n.interfaces, n.section, n.unbounded = nil, &section{}, false
	if n.left < 12 || n.left > maxDescription { // older programs may have said less
		return nil
	}
	var h [12]byte // version, length
	if err := n.body(h[:]); err != nil {
		return err
	}
	n.unbounded = n.order.Uint64(h[4:]) == math.MaxUint64
	b, err := n.rest()
	if err != nil {
		return err
	}
	n.section.words, _ = readOptions(n.order, b) // words that cannot be read cost no frame
	return nil
}

// tail skips what is left of a block (options, padding) and checks the length at its end.
func (n *ng) tail(length uint32) error {
	if err := skip(n.r, n.left); err != nil {
		return err
	}
	n.left = 0
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

// rest reads what is left of the current block.
func (n *ng) rest() ([]byte, error) {
	left := n.left
	n.left = 0
	return readBytes(n.r, left)
}

// packet reads an Enhanced Packet Block, or its predecessor, which has a shorter interface number and a drop counter.
func (n *ng) packet(obsolete bool) (sendrecv.Frame, error) {
	var h [20]byte
	if err := n.body(h[:]); err != nil {
		return sendrecv.Frame{}, err
	}
	id, drops := n.order.Uint32(h[0:]), uint16(0)
	if obsolete {
		id, drops = uint32(n.order.Uint16(h[0:])), n.order.Uint16(h[2:])
	}
	ticks := uint64(n.order.Uint32(h[4:]))<<32 | uint64(n.order.Uint32(h[8:]))
	i, err := n.in(id)
	if err != nil {
		return sendrecv.Frame{}, err
	}
	f, err := n.frame(i, n.order.Uint32(h[12:]), n.order.Uint32(h[16:]))
	if err != nil {
		return f, err
	}
	f.Time = i.time(ticks)
	f.Info, err = n.remarks(i, len(f.Data), drops)
	return f, err
}

// remarks reads the options behind the bytes of a frame. Those that cannot be read cost no frame.
func (n *ng) remarks(i ngInterface, captured int, drops uint16) (*craft.CaptureInfo, error) {
	const unknown = 0xffff
	padding := uint32(-captured & 3)
	if (n.left < padding+4 || n.left > maxRemarks) && (drops == 0 || drops == unknown) {
		return i.info, nil
	}
	b := []byte{}
	if n.left >= padding && n.left <= maxRemarks {
		var err error
		if b, err = n.rest(); err != nil {
			return nil, err
		}
		b = b[padding:]
	}
	opts, _ := readOptions(n.order, b)
	if drops != 0 && drops != unknown {
		count := make([]byte, 8)
		n.order.PutUint64(count, uint64(drops))
		opts.list = append(opts.list, option{optionDropCount, count})
	}
	if len(opts.list) == 0 {
		return i.info, nil
	}
	info := &craft.CaptureInfo{Interface: i.face, Comments: opts.comments()}
	if more := opts.without(optionComment); len(more.list) > 0 {
		info.More = more
	}
	return info, nil
}

// simple reads a Simple Packet Block: the first interface, no stamp.
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
	if i.face.SnapLen != 0 {
		captured = min(length, i.face.SnapLen)
	}
	f, err := n.frame(i, captured, length)
	f.Info = i.info
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
	most := i.typ.most(i.face.SnapLen)
	if i.face.SnapLen == 0 { // no limit
		most = maxTransfer
	}
	data, length32, err := readData(n.r, captured, length, most)
	n.left -= captured
	return sendrecv.Frame{Link: i.typ.name(data), Data: data, Length: length32}, err
}

// keep keeps a block that is no frame, as far as it may be copied and there is room.
func (n *ng) keep(typ uint32) error {
	if n.section == nil { // a block before the first section: damage, told when it comes to frames
		return nil
	}
	if typ == blockCustomPrivate {
		n.section.refuse()
		return nil
	}
	if !n.section.room(n.left) {
		return nil
	}
	b, err := n.rest()
	if err != nil {
		return err
	}
	kept := keptBlock{typ: typ, order: n.order, body: b}
	if typ == blockStatistics {
		if len(b) < statisticsHead || n.order.Uint32(b) >= uint32(len(n.interfaces)) {
			return nil // of nothing
		}
		kept.face = n.interfaces[n.order.Uint32(b)].face
	}
	n.section.keep(kept)
	return nil
}

// describe reads an Interface Description Block.
func (n *ng) describe() error {
	if n.section == nil {
		return faulty("interface: want a section before it")
	}
	if len(n.interfaces) == maxInterfaces || n.left > maxDescription {
		return faulty("interface: want at most %d of %d bytes", maxInterfaces, maxDescription)
	}
	if !n.section.room(n.left) {
		return faulty("interface: want at most %d bytes of all that a section says beside its frames", maxKept)
	}
	b, err := n.rest()
	if err != nil {
		return err
	}
	if len(b) < 8 {
		return faulty("interface: want at least 8 bytes, got %d", len(b))
	}
	opts, err := readOptions(n.order, b[8:])
	if err != nil {
		return err
	}
	o := &origin{typ: linkType(n.order.Uint16(b)), second: 1e6, section: n.section, remarks: opts.comments()}
	if err := o.stamps(opts); err != nil {
		return err
	}
	o.opts = opts.without(optionComment, optionName, optionDescription, optionResolution, optionOffset)
	i := ngInterface{origin: o, face: &craft.CaptureInterface{
		Name: opts.text(optionName), Description: opts.text(optionDescription), SnapLen: n.order.Uint32(b[4:]), More: o,
	}}
	i.info = &craft.CaptureInfo{Interface: i.face}
	if n.first == math.MaxUint32 {
		n.first = o.typ
	}
	n.interfaces = append(n.interfaces, i)
	n.section.add(i.face)
	return nil
}

// stamps reads the two options that say what a stamp means.
func (o *origin) stamps(opts options) error {
	for _, opt := range opts.list {
		switch {
		case opt.code == optionResolution && len(opt.data) == 1:
			if err := o.resolution(opt.data[0]); err != nil {
				return err
			}
		case opt.code == optionOffset && len(opt.data) == 8:
			o.offset = int64(opts.order.Uint64(opt.data))
		}
	}
	return nil
}

// resolution sets the ticks in a second: 10^n, or 2^n when the top bit is set.
func (o *origin) resolution(v byte) error {
	if n := v & 0x7f; v&0x80 != 0 && n < 64 {
		o.second = 1 << n
		return nil
	} else if v >= 20 { // 10^20 is beyond 64 bits
		return faulty("interface: want a resolution that fits 64 bits, got %#x", v)
	}
	o.second = 1
	for range v {
		o.second *= 10
	}
	return nil
}

// stamp is a number of ticks, so many to a second, as a time.
func stamp(ticks, second uint64, offset int64) time.Time {
	hi, lo := bits.Mul64(ticks%second, 1e9)
	ns, _ := bits.Div64(hi, lo, second)
	return time.Unix(int64(ticks/second)+offset, int64(ns))
}
