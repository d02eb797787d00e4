package pcap

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// snoopMagic begins the files of snoop (RFC 1761), all of whose numbers are big-endian.
const snoopMagic = "snoop\x00\x00\x00"

const (
	snoopHeader = 16
	snoopRecord = 24
)

// snoopLinks are the link types for snoop's own numbers.
var snoopLinks = map[uint32]linkType{0: 1, 2: 6, 4: 1, 8: 10}

// snoop reads the files of Solaris' snoop.
type snoop struct {
	r     *bufio.Reader
	typ   linkType
	face  *craft.CaptureInterface
	plain *craft.CaptureInfo // of a frame before which nothing was lost
	drops uint32             // lost so far
}

func isSnoop(head []byte) bool { return strings.HasPrefix(string(head), snoopMagic) }

func newSnoop(r *bufio.Reader) (*snoop, error) {
	var h [snoopHeader]byte
	if err := readFull(r, h[:]); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if version := binary.BigEndian.Uint32(h[8:]); version != 2 {
		return nil, faulty("snoop version: want 2, got %d", version)
	}
	number := binary.BigEndian.Uint32(h[12:])
	typ, ok := snoopLinks[number]
	if !ok {
		return nil, faulty("snoop datalink type: want Ethernet (4), 802.3 (0), token ring (2) or FDDI (8), got %d", number)
	}
	face := &craft.CaptureInterface{More: &origin{typ: typ}}
	return &snoop{r: r, typ: typ, face: face, plain: &craft.CaptureInfo{Interface: face}}, nil
}

func (s *snoop) link() linkType { return s.typ }

func (s *snoop) longest() uint32 { return 0 }

func (s *snoop) next() (sendrecv.Frame, error) {
	if h, _ := s.r.Peek(snoopRecord); beginsCapture(h) { // its error comes again
		return sendrecv.Frame{}, ErrJoined
	}
	var h [snoopRecord]byte
	if _, err := io.ReadFull(s.r, h[:]); err != nil {
		return sendrecv.Frame{}, err
	}
	word := func(i int) uint32 { return binary.BigEndian.Uint32(h[4*i:]) }
	length, captured, whole, drops := word(0), word(1), word(2), word(3)
	if most := s.typ.most(0); captured > most {
		return sendrecv.Frame{}, faulty("frame: want at most %d bytes, got %d", most, captured)
	}
	if whole < snoopRecord+captured || whole > snoopRecord+captured+maxSnoopPadding {
		return sendrecv.Frame{}, faulty("record: want a length of %d bytes and padding, got %d", snoopRecord+captured, whole)
	}
	data, length32, err := readData(s.r, captured, length, captured)
	if err != nil {
		return sendrecv.Frame{}, err
	}
	if err := skip(s.r, whole-snoopRecord-captured); err != nil {
		return sendrecv.Frame{}, err
	}
	return sendrecv.Frame{
		Time: time.Unix(int64(word(4)), int64(word(5))*int64(time.Microsecond)),
		Link: s.typ.name(data), Data: data, Length: length32, Info: s.info(drops),
	}, nil
}

// maxSnoopPadding is how many bytes may fill a record up.
const maxSnoopPadding = 1 << 10

// info tells how many frames were lost since the one before, of which snoop counts all.
func (s *snoop) info(drops uint32) *craft.CaptureInfo {
	lost := drops - s.drops
	s.drops = drops
	if lost == 0 {
		return s.plain
	}
	return &craft.CaptureInfo{Interface: s.face, More: options{
		binary.LittleEndian, []option{{optionDropCount, binary.LittleEndian.AppendUint64(nil, uint64(lost))}},
	}}
}
