package pcap

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// ngEncoder writes pcapng with nanoseconds: an interface for each name, link type and snapshot length, in the order in which they
// are first seen. What the files that frames came from say beside their frames goes with them.
type ngEncoder struct {
	order    binary.ByteOrder
	words    []string  // comments of the file, in place of what others say; nil leaves those
	snaplen  uint32    // explicit; 0 is that of each interface
	typ      *linkType // explicit; nil is that of each frame
	begun    bool      // there is a section
	said     string    // its words as they were written
	ids      map[device]uint32
	count    uint32 // of its interfaces: of those that are alike, ids has the first
	zero     uint32 // the snapshot length of interface 0
	known    map[known]uint32
	files    map[*section]*progress
	joined   []*section // those in the current section, in order
	seen     map[[sha256.Size]byte]bool
	lost     losses
	fallback linkType // of a file without frames, unless empty says another
	empty    func() craft.Name
}

// A device is what makes an interface another one.
type device struct {
	typ               linkType
	snaplen           uint32
	name, description string
	options           string // as they are written
}

// known is an interface that a frame came with, which need not be looked at again.
type known struct {
	face    *craft.CaptureInterface
	typ     linkType
	snaplen uint32
}

// maxKnown bounds what is remembered so: a script may give every packet an interface of its own.
const maxKnown = 1 << 12

// progress is how much of a section has been written.
type progress struct {
	faces, blocks, statistics int
	taken                     map[uint32]bool // numbers of its interfaces
}

func newNGEncoder(order binary.ByteOrder, snaplen uint32, words []string) *ngEncoder {
	return &ngEncoder{
		order: order, snaplen: snaplen, words: words,
		ids: map[device]uint32{}, known: map[known]uint32{}, files: map[*section]*progress{}, seen: map[[sha256.Size]byte]bool{},
	}
}

// start begins the file, if nothing has: with an interface, since frames without one have none to be of.
func (e *ngEncoder) start(b []byte) []byte {
	if e.begun {
		return b
	}
	b = e.begin(b, e.spoken(options{}))
	b, _, _ = e.declare(b, device{typ: e.fallback.asked(e.empty), snaplen: e.defaultSnapLen()}) // the first one has room
	return b
}

func (e *ngEncoder) append(b []byte, f sendrecv.Frame) ([]byte, error) {
	typ, err := typeOf(f, e.typ)
	if err != nil {
		return b, err
	}
	var face *craft.CaptureInterface
	if f.Info != nil {
		face = f.Info.Interface
	}
	if o := originOf(f.Info); o != nil && o.section != nil {
		b = e.join(b, o.section)
	}
	if !e.begun {
		b = e.begin(b, e.spoken(options{}))
	}
	e.lost.notice(f, typ, e.typ != nil)
	b, id, err := e.id(b, face, typ, len(f.Data))
	if err != nil {
		return b, err
	}
	if f.Time.IsZero() {
		if e.isSimple(f, id) {
			return e.simple(b, f), nil
		}
		e.lost.add(lostTimes, 1)
	}
	return e.enhanced(b, f, id)
}

// enhanced appends an Enhanced Packet Block.
func (e *ngEncoder) enhanced(b []byte, f sendrecv.Frame, id uint32) ([]byte, error) {
	ticks, ok := nanoseconds(f.Time)
	if !ok {
		e.lost.add(lostFarNG, 1)
	}
	if f.Info != nil {
		for _, c := range f.Info.Comments {
			if len(c) > maxOption {
				return b, fmt.Errorf("comment: want at most %d bytes, got %d", maxOption, len(c))
			}
		}
	}
	return e.block(b, blockEnhanced, func(b []byte) []byte {
		for _, v := range []uint32{id, uint32(ticks >> 32), uint32(ticks), uint32(len(f.Data)), uint32(max(f.Length, len(f.Data)))} {
			b = appendUint32(b, e.order, v)
		}
		b = append(b, f.Data...)
		if f.Info == nil {
			return b
		}
		more, _ := f.Info.More.(options)
		if len(f.Info.Comments) == 0 && len(more.list) == 0 {
			return b
		}
		b = append(b, make([]byte, -len(f.Data)&3)...)
		b = e.comments(b, f.Info.Comments)
		b, lost := more.appendTo(b, blockEnhanced, e.order)
		e.lost.add(lostRemarks, lost)
		return append(b, 0, 0, 0, 0)
	}), nil
}

// nanoseconds is a time as pcapng counts it here; ok is false for one that it cannot count.
func nanoseconds(t time.Time) (ticks uint64, ok bool) {
	if t.IsZero() {
		return 0, true
	}
	sec := t.Unix()
	if sec < 0 || uint64(sec) >= math.MaxUint64/uint64(time.Second) {
		return 0, false
	}
	return uint64(sec)*1e9 + uint64(t.Nanosecond()), true
}

// isSimple reports whether a Simple Packet Block holds a frame, the only one without a time: nothing but bytes of the first interface.
func (e *ngEncoder) isSimple(f sendrecv.Frame, id uint32) bool {
	if id != 0 || f.Info != nil && (len(f.Info.Comments) > 0 || f.Info.More != nil) {
		return false
	}
	captured := max(f.Length, len(f.Data))
	if e.zero != 0 {
		captured = min(captured, int(e.zero))
	}
	return captured == len(f.Data)
}

func (e *ngEncoder) simple(b []byte, f sendrecv.Frame) []byte {
	return e.block(b, blockSimple, func(b []byte) []byte {
		return append(appendUint32(b, e.order, uint32(max(f.Length, len(f.Data)))), f.Data...)
	})
}

// defaultSnapLen is the snapshot length of an interface that says none.
func (e *ngEncoder) defaultSnapLen() uint32 {
	if e.snaplen > 0 {
		return e.snaplen
	}
	return maxFrame
}

// id is the number of the interface that a frame of so many bytes came through; one that is new is described first.
func (e *ngEncoder) id(b []byte, face *craft.CaptureInterface, typ linkType, size int) ([]byte, uint32, error) {
	snaplen := e.defaultSnapLen()
	if face != nil && e.snaplen == 0 && originOf(&craft.CaptureInfo{Interface: face}) != nil {
		snaplen = face.SnapLen
	}
	if snaplen != 0 && size > int(snaplen) { // readers cut a frame at the snapshot length
		snaplen = uint32(max(size, maxFrame))
	}
	k := known{face, typ, snaplen}
	if id, ok := e.known[k]; ok {
		return b, id, nil
	}
	d := device{typ: typ, snaplen: snaplen}
	if face != nil {
		d = e.device(face, typ, snaplen)
	}
	id, ok := e.ids[d]
	if !ok {
		var err error
		if b, id, err = e.declare(b, d); err != nil {
			return b, 0, err
		}
	}
	if len(e.known) >= maxKnown {
		clear(e.known)
	}
	e.known[k] = id
	return b, id, nil
}

// device is an interface of a file as one of this file.
func (e *ngEncoder) device(face *craft.CaptureInterface, typ linkType, snaplen uint32) device {
	d := device{typ: typ, snaplen: snaplen, name: limited(face.Name), description: limited(face.Description)}
	if o, ok := face.More.(*origin); ok {
		opts, lost := o.opts.appendTo(e.comments(nil, o.remarks), blockInterface, e.order)
		d.options = string(opts)
		e.lost.add(lostDevices, lost)
	}
	return d
}

// limited is a text as long as an option may be.
func limited(text string) string { return text[:min(len(text), maxOption)] }

// declare appends an Interface Description Block whose stamps are nanoseconds, and numbers the interface.
func (e *ngEncoder) declare(b []byte, d device) ([]byte, uint32, error) {
	id := e.count
	if id == maxInterfaces {
		return b, 0, fmt.Errorf("interface: want at most %d", maxInterfaces)
	}
	if id == 0 {
		e.zero = d.snaplen
	}
	if _, alike := e.ids[d]; !alike {
		e.ids[d] = id
	}
	e.count++
	return e.block(b, blockInterface, func(b []byte) []byte {
		b = appendUint16(b, e.order, uint16(d.typ))
		b = appendUint16(b, e.order, 0)
		b = appendUint32(b, e.order, d.snaplen)
		if d.name != "" {
			b = appendOption(b, e.order, optionName, []byte(d.name))
		}
		if d.description != "" {
			b = appendOption(b, e.order, optionDescription, []byte(d.description))
		}
		b = append(b, d.options...)
		b = appendOption(b, e.order, optionResolution, []byte{9})
		return append(b, 0, 0, 0, 0)
	}), id, nil
}

// comments appends comments as options.
func (e *ngEncoder) comments(b []byte, comments []string) []byte {
	for _, c := range comments {
		b = appendOption(b, e.order, optionComment, []byte(limited(c)))
	}
	return b
}

// begin begins a section that says this of itself.
func (e *ngEncoder) begin(b []byte, said string) []byte {
	e.begun, e.said, e.count = true, said, 0
	clear(e.ids)
	clear(e.known)
	return e.block(b, blockSection, func(b []byte) []byte {
		b = appendUint32(b, e.order, byteOrderMagic)
		b = appendUint16(b, e.order, 1)
		b = appendUint16(b, e.order, 0)
		b = append(b, "\xff\xff\xff\xff\xff\xff\xff\xff"...) // length of the section: not known
		if e.said == "" {
			return b
		}
		return append(append(b, e.said...), 0, 0, 0, 0)
	})
}

// spoken is what a section is to say of itself, as it is written.
func (e *ngEncoder) spoken(words options) string {
	var b []byte
	if e.words != nil {
		words = words.without(optionComment)
		b = e.comments(b, e.words)
	}
	b, lost := words.appendTo(b, blockSection, e.order)
	e.lost.add(lostWords, lost)
	return string(b)
}

// block appends one block: type, length, body padded to 32 bits, length again.
func (e *ngEncoder) block(b []byte, typ uint32, body func([]byte) []byte) []byte {
	start := len(b)
	b = appendUint32(b, e.order, typ)
	b = body(append(b, 0, 0, 0, 0))
	b = append(b, make([]byte, -(len(b)-start)&3)...)
	length := uint32(len(b) - start + 4)
	e.order.PutUint32(b[start+4:], length)
	return appendUint32(b, e.order, length)
}

// end ends the file.
func (e *ngEncoder) end(b []byte) []byte {
	b = e.start(b)
	return e.statistics(b)
}

func (e *ngEncoder) told() *losses { return &e.lost }
