package pcap

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// maxKept bounds what is kept of a file beside its frames, in bytes.
const maxKept = 16 << 20

// A section is what a section of a pcapng file says beside its frames. Frames lead to it by their interface, so that whoever writes
// them somewhere else can write this too: names of hosts, secrets to decrypt with, counts. It is safe for concurrent use.
type section struct {
	mu         sync.Mutex
	words      options // of the section itself: comments, hardware, system, program
	interfaces []*craft.CaptureInterface
	blocks     []keptBlock // in the order of the file
	size       int         // of all this, in bytes
	left       int         // blocks that are not kept: too many, or not to be copied
}

// A keptBlock is a block that is no frame and no interface, as it stands in the file but for its type and lengths.
type keptBlock struct {
	typ   uint32
	order binary.ByteOrder
	body  []byte
	face  *craft.CaptureInterface // that statistics are of; nil for other blocks
}

// An origin is what a file says of an interface beside its name: the More of its CaptureInterface.
type origin struct {
	typ     linkType
	second  uint64   // ticks in a second
	offset  int64    // seconds to add
	opts    options  // but for the name, the description, comments, and what tells of stamps
	remarks []string // comments
	section *section // nil for files that have none
}

// originOf is what a file said of a frame's interface; nil for a frame of no file.
func originOf(info *craft.CaptureInfo) *origin {
	if info == nil || info.Interface == nil {
		return nil
	}
	o, _ := info.Interface.More.(*origin)
	return o
}

// time is when a stamp of this interface was taken.
func (o *origin) time(ticks uint64) time.Time {
	return stamp(ticks, o.second, o.offset)
}

// add keeps an interface.
func (s *section) add(face *craft.CaptureInterface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interfaces = append(s.interfaces, face)
}

// keep keeps a block, for which there is room.
func (s *section) keep(b keptBlock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocks = append(s.blocks, b)
}

// room reports whether so many bytes more can be kept. If not, it counts what is left out.
func (s *section) room(size uint32) bool {
	const head = 64 // what keeping takes besides
	s.mu.Lock()
	defer s.mu.Unlock()
	if uint64(s.size)+uint64(size)+head > maxKept {
		s.left++
		return false
	}
	s.size += int(size) + head
	return true
}

// refuse counts a block that is not kept.
func (s *section) refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left++
}

// since are the interfaces and the blocks from some places on: what came since somebody looked.
func (s *section) since(faces, blocks int) ([]*craft.CaptureInterface, []keptBlock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.interfaces[faces:]), slices.Clone(s.blocks[blocks:])
}

// refused is how many blocks are not kept.
func (s *section) refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}
