package pcap

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// classicEncoder writes the pcap format: with nanoseconds and in little-endian order, unless it goes on with an older file.
type classicEncoder struct {
	order    binary.ByteOrder
	tick     time.Duration
	typ      linkType
	typed    bool      // the link type is settled
	explicit *linkType // what was asked for; nil is that of each frame
	empty    func() craft.Name
	snaplen  uint32 // explicit; 0 is that of the first frame
	longest  uint32 // what the header says at least
	begun    bool   // there is a header
	lost     losses
}

// start begins the file with what is known, if nothing has.
func (e *classicEncoder) start(b []byte) []byte {
	if e.begun {
		return b
	}
	if !e.typed {
		e.typ = e.typ.asked(e.empty)
	}
	return e.header(b, sendrecv.Frame{})
}

// header begins the file as its first frame asks for.
func (e *classicEncoder) header(b []byte, first sendrecv.Frame) []byte {
	e.begun = true
	var bits uint32
	most := uint32(0)
	if o := originOf(first.Info); o != nil {
		bits, most = o.opts.checkBits(), first.Info.Interface.SnapLen
	}
	if most == 0 {
		most = maxFrame
	}
	most = max(most, e.longest, uint32(len(first.Data)))
	if e.snaplen == 0 {
		e.snaplen = most
	}
	b = appendUint32(b, e.order, magicNano)
	b = appendUint16(b, e.order, 2)
	b = appendUint16(b, e.order, 4)
	b = append(b, make([]byte, 8)...) // time zone and accuracy, always 0
	b = appendUint32(b, e.order, e.snaplen)
	return appendUint32(b, e.order, uint32(e.typ)|bits)
}

func (e *classicEncoder) append(b []byte, f sendrecv.Frame) ([]byte, error) {
	typ, err := typeOf(f, e.explicit)
	if err != nil {
		return b, err
	}
	if !e.typed {
		e.typ, e.typed = typ, true
	}
	if typ != e.typ && !e.typ.carries(f.Link, f.Data) {
		return b, fmt.Errorf("link: want %s as in the file's header, got %s: a pcap file has one link type, one that is named .pcapng holds several", e.typ.name(nil), f.Link)
	}
	if !e.begun {
		b = e.header(b, f)
	}
	if e.snaplen != 0 && len(f.Data) > int(e.snaplen) {
		return b, fmt.Errorf("want at most %d bytes, the snapshot length in the file's header, got %d: a file that is named .pcapng holds both", e.snaplen, len(f.Data))
	}
	e.lost.notice(f, typ, e.explicit != nil)
	e.lost.frame(f.Info)
	sec, frac := e.stamp(f.Time)
	for _, v := range []uint32{sec, frac, uint32(len(f.Data)), uint32(max(f.Length, len(f.Data)))} {
		b = appendUint32(b, e.order, v)
	}
	return append(b, f.Data...), nil
}

// stamp is a time as the file counts it.
func (e *classicEncoder) stamp(t time.Time) (sec, frac uint32) {
	switch seconds := t.Unix(); {
	case t.IsZero():
		e.lost.add(lostTimes, 1)
		return 0, 0
	case seconds < 0 || seconds > math.MaxUint32:
		e.lost.add(lostFar, 1)
		return 0, 0
	}
	if t.Nanosecond()%int(e.tick) != 0 {
		e.lost.add(lostFine, 1)
	}
	return uint32(t.Unix()), uint32(t.Nanosecond() / int(e.tick))
}

func (e *classicEncoder) end(b []byte) []byte { return e.start(b) }

func (e *classicEncoder) told() *losses { return &e.lost }
