package pcap

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/moonwire/moonwire/craft"
)

// statisticsHead is how long the fixed part of statistics is: the interface and a stamp.
const statisticsHead = 12

// join writes what a section of another file says, as far as that has not been done: its words into a section of their own unless
// the current one has the same or none were said, its interfaces, and its blocks. A file that is read while this is written says more as it goes on.
func (e *ngEncoder) join(b []byte, s *section) []byte {
	at := e.files[s]
	if at == nil {
		at = &progress{taken: map[uint32]bool{}}
		e.files[s] = at
		b = e.enter(b, s)
	}
	if !slices.Contains(e.joined, s) {
		e.joined = append(e.joined, s)
	}
	faces, blocks := s.since(at.faces, at.blocks)
	at.faces += len(faces)
	at.blocks += len(blocks)
	b = e.adopt(b, faces, at.taken)
	for _, k := range blocks {
		if k.typ != blockStatistics {
			b = e.copy(b, k)
		}
	}
	return b
}

// enter makes the current section one in which another one's words stand.
func (e *ngEncoder) enter(b []byte, s *section) []byte {
	switch said := e.spoken(s.words); {
	case !e.begun:
		b = e.begin(b, said)
	case said != "" && said != e.said:
		b = e.begin(e.statistics(b), said)
	}
	e.lost.add(lostBlocks, s.refused())
	return b
}

// adopt describes the interfaces of another file, those without frames too. Two that are alike stay two.
func (e *ngEncoder) adopt(b []byte, faces []*craft.CaptureInterface, taken map[uint32]bool) []byte {
	for _, face := range faces {
		o, ok := face.More.(*origin)
		if !ok {
			continue
		}
		snaplen := face.SnapLen
		if e.snaplen > 0 {
			snaplen = e.snaplen
		}
		typ := o.typ
		if e.typ != nil {
			typ = *e.typ
		}
		d := e.device(face, typ, snaplen)
		id, there := e.ids[d]
		if !there || taken[id] {
			var err error
			if b, id, err = e.declare(b, d); err != nil {
				return b // the frame that needs one more is refused
			}
		}
		taken[id] = true
		if len(e.known) < maxKnown {
			e.known[known{face, typ, snaplen}] = id
		}
	}
	return b
}

// copy writes a block of another file, unless the same one was written.
func (e *ngEncoder) copy(b []byte, k keptBlock) []byte {
	body, ok := k.reordered(e.order)
	if !ok {
		e.lost.add(k.loss(), 1)
		return b
	}
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint32(nil, k.typ), body...))
	if e.seen[sum] {
		return b
	}
	e.seen[sum] = true
	return e.block(b, k.typ, func(b []byte) []byte { return append(b, body...) })
}

// statistics writes the statistics of the files that were joined, which end a section.
func (e *ngEncoder) statistics(b []byte) []byte {
	for _, s := range e.joined {
		at := e.files[s]
		_, blocks := s.since(at.faces, at.statistics)
		at.statistics += len(blocks)
		for _, k := range blocks {
			if k.typ == blockStatistics {
				b = e.counts(b, k)
			}
		}
	}
	e.joined = nil
	return b
}

// counts writes statistics of one interface, whose stamps are nanoseconds here.
func (e *ngEncoder) counts(b []byte, k keptBlock) []byte {
	o, ok := k.face.More.(*origin)
	if !ok {
		return b
	}
	typ := o.typ
	if e.typ != nil {
		typ = *e.typ
	}
	b, id, err := e.id(b, k.face, typ, 0)
	if err != nil {
		e.lost.add(lostStatistics, 1)
		return b
	}
	opts, _ := readOptions(k.order, k.body[statisticsHead:])
	for i, opt := range opts.list {
		if (opt.code == optionStart || opt.code == optionEnded) && len(opt.data) == 8 {
			opts.list[i].data = appendStamp(nil, k.order, o.stampAt(k.order, opt.data))
		}
	}
	return e.block(b, blockStatistics, func(b []byte) []byte {
		b = appendUint32(b, e.order, id)
		b = appendStamp(b, e.order, o.stampAt(k.order, k.body[4:]))
		before := len(b)
		b, lost := opts.appendTo(b, blockStatistics, e.order)
		e.lost.add(lostStatistics, lost)
		if len(b) > before {
			b = append(b, 0, 0, 0, 0)
		}
		return b
	})
}

// stampAt reads a stamp, in nanoseconds; one that cannot be counted in them is 0.
func (o *origin) stampAt(order binary.ByteOrder, b []byte) uint64 {
	ticks, _ := nanoseconds(o.time(uint64(order.Uint32(b))<<32 | uint64(order.Uint32(b[4:]))))
	return ticks
}

// appendStamp appends a stamp: the upper half, then the lower one, whatever the order of bytes.
func appendStamp(b []byte, order binary.ByteOrder, ticks uint64) []byte {
	return appendUint32(appendUint32(b, order, uint32(ticks>>32)), order, uint32(ticks))
}

// reordered is the body of a block with its numbers in another order of bytes; ok is false when it is not known where they are.
func (k keptBlock) reordered(to binary.ByteOrder) (body []byte, ok bool) {
	if k.order == to {
		return k.body, true
	}
	body = slices.Clone(k.body)
	var opts int // where they begin
	switch k.typ {
	case blockNames:
		opts, ok = k.records(body, to)
	case blockSecrets:
		opts, ok = k.secrets(body, to)
	case blockJournal:
		return body, true // text
	}
	if !ok {
		return nil, false
	}
	list, err := readOptions(k.order, k.body[opts:])
	if err != nil {
		return nil, false
	}
	body = body[:opts]
	if len(list.list) > 0 {
		body, _ = list.appendTo(body, k.typ, to)
		body = append(body, 0, 0, 0, 0)
	}
	return body, true
}

// blockJournal is an entry of systemd's journal.
const blockJournal = 9

// records turns the heads of the records of a Name Resolution Block round, and says where its options begin.
func (k keptBlock) records(body []byte, to binary.ByteOrder) (end int, ok bool) {
	for at := 0; at+4 <= len(body); {
		typ, size := k.order.Uint16(body[at:]), int(k.order.Uint16(body[at+2:]))
		reverse(body[at:at+2], k.order, to)
		reverse(body[at+2:at+4], k.order, to)
		at += 4
		if typ == 0 {
			return at, true
		}
		if at += (size + 3) &^ 3; at > len(body) {
			return 0, false
		}
	}
	return 0, false
}

// secrets turns the head of a Decryption Secrets Block round, and says where its options begin.
func (k keptBlock) secrets(body []byte, to binary.ByteOrder) (end int, ok bool) {
	if len(body) < 8 {
		return 0, false
	}
	size := k.order.Uint32(body[4:])
	if uint64(size) > uint64(len(body)-8) {
		return 0, false
	}
	reverse(body[:4], k.order, to)
	reverse(body[4:8], k.order, to)
	return min(8+int(size+3)&^3, len(body)), true
}
