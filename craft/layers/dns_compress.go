package layers

import (
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// CompressDNS is a copy of the packet in which DNS names point to equal ones before them, RFC 1035, section 4.1.4: those of
// records, and those in the data of the types of RFC 1035 and of SRV. Lengths that are not set follow. A section that cannot
// be read, or was set as raw bytes, stays as it is.
func CompressDNS(p *craft.Packet) *craft.Packet {
	c := p.Copy()
	for _, l := range c.Layers() {
		switch l.Name() {
		case DNS, LLMNRQuery, LLMNRResponse:
			if !l.Cut() { // a header that is cut short has no sections behind it
				compressNames(l)
			}
		}
	}
	return c
}

// pointedNames are the types in whose data names may point elsewhere: RFC 3597, section 4, and SRV, as multicast DNS has it.
var pointedNames = sync.OnceValue(func() map[uint16]bool {
	return map[uint16]bool{2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true, 12: true, 14: true, 15: true, 33: true}
})

// A shortener writes a message with its names cut short.
type shortener struct {
	out   []byte
	known map[string]int // where the end of a name stands, by its bytes
}

func compressNames(l *craft.Layer) {
	msg, start := dnsMessage(l)
	s := &shortener{out: append([]byte(nil), msg[:dnsHeader]...), known: map[string]int{}}
	short := map[string][]byte{}
	for _, f := range sectionFields {
		at, from := l.OffsetOf(f.list)-start, len(s.out)
		end := at + len(l.PartBytes(f.list))
		if l.AsBytes(f.list) { // what was set goes out as set
			s.out = append(s.out, msg[at:end]...)
			continue
		}
		s.records(msg[:end], at, f.list == "qd")
		if b := s.out[from:]; !bytes.Equal(b, msg[at:end]) {
			short[f.list] = bytes.Clone(b)
		}
	}
	for list, b := range short {
		l.SetPartBytes(list, b)
	}
}

// records writes the records from msg[at:] to its end.
func (s *shortener) records(msg []byte, at int, question bool) {
	for at < len(msg) {
		rr, end, err := expandRecord(nil, msg, at, question)
		if err != nil {
			s.out = append(s.out, msg[at:]...)
			return
		}
		s.record(rr, question)
		at = end
	}
}

// record writes a record that has its names in full.
func (s *shortener) record(rr record, question bool) {
	n := s.name(rr.bytes)
	if question {
		s.out = append(s.out, rr.bytes[n:]...)
		return
	}
	s.out = append(s.out, rr.bytes[n:rr.data]...)
	from, at := len(s.out), rr.data
	if pointedNames()[rr.kind] && !rr.odd {
		for _, c := range []byte(rdataNames()[rr.kind]) {
			if c == 'n' {
				at += s.name(rr.bytes[at:])
				continue
			}
			s.out = append(s.out, rr.bytes[at:at+int(c-'0')]...)
			at += int(c - '0')
		}
	}
	s.out = append(s.out, rr.bytes[at:]...)
	if n := len(s.out) - from; n <= 0xffff {
		binary.BigEndian.PutUint16(s.out[from-2:], uint16(n))
	}
}

// maxOffset is the farthest place that a pointer can reach.
const maxOffset = 0x3fff

// name writes the name at the beginning of b, which has no pointers, and says how long it is there.
func (s *shortener) name(b []byte) int {
	n, _, _ := scanName(b)
	for at := 0; at < n; at += 1 + int(b[at]) {
		end := string(b[at:n])
		if to, ok := s.known[end]; ok {
			s.out = append(s.out, pointerBits|byte(to>>8), byte(to))
			return n
		}
		if b[at] != 0 && len(s.out) <= maxOffset {
			s.known[end] = len(s.out)
		}
		s.out = append(s.out, b[at:at+1+int(b[at])]...)
	}
	return n
}
