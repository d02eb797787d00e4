package layers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The four sections of a DNS message are lists of records. Names in them may point to names before; a record that was
// read has them in full, so that it can be changed by itself.

// sectionFields are the sections, and the fields that count their records, in wire order.
var sectionFields = [...]struct{ list, count string }{{"qd", "qdcount"}, {"an", "ancount"}, {"ns", "nscount"}, {"ar", "arcount"}}

// recordFixed is what stands between a record's name and its data: type, class, ttl, rdlen.
const recordFixed = 10

// dnsSection is the part that holds section k, of as many records as the header counts.
func dnsSection(k int) *craft.Part {
	f := sectionFields[k]
	return &craft.Part{
		Length: func(l *craft.Layer, rest []byte) (int, error) {
			want := int(l.Uint(f.count))
			n := 0
			for i := range want {
				size, err := recordLength(rest[n:], k == 0)
				if err != nil {
					return len(rest), fmt.Errorf("%w: %s is %d, record %d is not all here", err, f.count, want, i+1)
				}
				n += size
			}
			return n, nil
		},
		Detach: func(l *craft.Layer, b []byte) { loosenNames(l, f.list, b) },
		Count:  func(_ *craft.Layer, b []byte) int { return countRecords(b, k == 0) },
		Encode: func(_ *craft.Layer, v any) ([]byte, error) { return craft.AppendPackets([]byte{}, v) },
		Decode: func(l *craft.Layer, b []byte) any {
			msg, start := dnsMessage(l)
			at := l.OffsetOf(f.list) - start
			return readRecords(l, msg[:at+len(b)], at, k == 0)
		},
	}
}

// recordLength is how many bytes the record at the beginning of b takes; a question has no ttl and no data.
func recordLength(b []byte, question bool) (int, error) {
	n, _, err := scanName(b)
	if err != nil {
		return 0, fmt.Errorf("malformed: %w", err)
	}
	if question {
		n += 4
	} else {
		n += recordFixed
		if n <= len(b) {
			n += int(binary.BigEndian.Uint16(b[n-2:]))
		}
	}
	if n > len(b) {
		return 0, errTruncated
	}
	return n, nil
}

// dnsMessage is the message that pointers count from, and where it begins in the layer: behind the length over TCP.
func dnsMessage(l *craft.Layer) (msg []byte, start int) {
	start = l.OffsetOf("id")
	return l.HeaderBytes()[start:], start
}

// readRecords reads the records of a message l from msg[at:] to its end. What cannot be read is one packet of Raw.
func readRecords(l *craft.Layer, msg []byte, at int, question bool) []*craft.Packet {
	list := []*craft.Packet{}
	for at < len(msg) {
		rr, end, err := expandRecord(nil, msg, at, question)
		if err != nil {
			return append(list, rawPacket(msg[at:]))
		}
		list = append(list, readRecord(l, rr, question))
		at = end
	}
	return list
}

// A record is one record with its names in full.
type record struct {
	bytes []byte
	kind  uint16
	data  int  // where its data begin
	short bool // the data were shorter in the message, by names that point elsewhere
	odd   bool // the data are not what the type promises
}

// expandRecord reads the record at msg[at:] into the memory of room, and says where it ends in the message.
func expandRecord(room, msg []byte, at int, question bool) (rr record, end int, err error) {
	n, err := recordLength(msg[at:], question)
	if err != nil {
		return rr, at, err
	}
	end = at + n
	b, at, err := expandName(room, msg, at)
	if err != nil {
		return rr, end, err
	}
	rr.kind = binary.BigEndian.Uint16(msg[at:])
	if question {
		rr.bytes = append(b, msg[at:end]...)
		return rr, end, nil
	}
	b = append(b, msg[at:at+recordFixed]...)
	at += recordFixed
	rr.data = len(b)
	rr.bytes, err = expandData(b, msg[:end], at, rdataNames()[rr.kind])
	if err != nil {
		rr.bytes, rr.odd = append(b, msg[at:end]...), true
		err = nil
	}
	rr.short = len(rr.bytes)-rr.data != end-at
	if n := len(rr.bytes) - rr.data; n <= 0xffff {
		binary.BigEndian.PutUint16(rr.bytes[rr.data-2:], uint16(n))
	}
	return rr, end, err
}

// rdataNames says where names stand in the data of a type: n is a name, s a string with its length before it, and a
// digit so many bytes. What follows is anything else.
var rdataNames = sync.OnceValue(func() map[uint16]string {
	return map[uint16]string{
		2: "n", 3: "n", 4: "n", 5: "n", 6: "nn", 7: "n", 8: "n", 9: "n", 12: "n", 14: "nn", 15: "2n", 17: "nn", 18: "2n", 21: "2n", 23: "n",
		24: "99n", 26: "2nn", 30: "n", 33: "6n", 35: "4sssn", 36: "2n", 39: "n", 46: "99n", 47: "n", 64: "2n", 65: "2n", 107: "2n",
		249: "n", 250: "n",
	}
})

// expandData appends the data that go from msg[at:] to the end of msg.
func expandData(b, msg []byte, at int, format string) (out []byte, err error) {
	for _, c := range []byte(format) {
		n := int(c - '0')
		switch c {
		case 'n':
			if b, at, err = expandName(b, msg, at); err != nil {
				return nil, err
			}
			continue
		case 's':
			if at == len(msg) {
				return nil, errTruncated
			}
			n = 1 + int(msg[at])
		}
		if at+n > len(msg) {
			return nil, errTruncated
		}
		b = append(b, msg[at:at+n]...)
		at += n
	}
	return append(b, msg[at:]...), nil
}

// readRecord makes the packet of a record in a message l.
func readRecord(l *craft.Layer, rr record, question bool) *craft.Packet {
	names := []craft.Name{recordNames()[rr.kind], DNSRR}
	if question {
		names = []craft.Name{DNSQR}
	}
	for _, name := range names {
		p, n := l.ReadOne(name, rr.bytes)
		first := p.Layers()[0]
		if n != len(rr.bytes) || first.Name() == craft.Raw || first.Note() != "" {
			continue // its data are not what the type promises
		}
		if rr.short && !question {
			_ = first.Clear("rdlen") // every record has one: it is not what it was there
		}
		return p
	}
	return rawPacket(rr.bytes)
}

// rawPacket is bytes as a packet of their own.
func rawPacket(b []byte) *craft.Packet { return craft.Stack(craft.Raw.New("load", b)) }

// noteNames notes the first name of a message that points nowhere.
func noteNames(l *craft.Layer, msg []byte) {
	if l.Note() != "" {
		return
	}
	var room [512]byte
	start := l.OffsetOf("id")
	for _, f := range sectionFields {
		at := l.OffsetOf(f.list) - start
		for end := at + len(l.PartBytes(f.list)); at < end; {
			_, next, err := expandRecord(room[:0], msg[:end], at, f.list == "qd")
			if err != nil {
				l.SetNote(fmt.Sprintf("malformed: %s: %v", f.list, err))
				return
			}
			at = next
		}
	}
}

// countRecords counts the whole records of a section.
func countRecords(b []byte, questions bool) (n int) {
	for {
		size, err := recordLength(b, questions)
		if err != nil {
			return n
		}
		b = b[size:]
		n++
	}
}

// loosenNames writes the names of a section in full when they would mean something else once another section has the bytes b:
// those that point into it, or behind it when its length changes. What was set as bytes stays.
func loosenNames(l *craft.Layer, changing string, b []byte) {
	was, _ := dnsMessage(l)
	now, at := bytes.Clone(was[:dnsHeader]), dnsHeader
	full := map[string][]byte{}
	for _, f := range sectionFields {
		section, start := l.PartBytes(f.list), len(now)
		end := at + len(section)
		if f.list == changing {
			section = b
		}
		now = append(now, section...)
		if f.list != changing && !l.AsBytes(f.list) {
			names := expandRecords(was[:end], at, f.list == "qd")
			if !bytes.Equal(names, section) && !bytes.Equal(names, expandRecords(now, start, f.list == "qd")) {
				full[f.list] = names
				now = append(now[:start], names...)
			}
		}
		at = end
	}
	for list, b := range full { // the packets that were read have full names already
		l.SetPartBytes(list, b)
	}
}

// expandRecords is the records from msg[at:] to its end with their names in full.
func expandRecords(msg []byte, at int, question bool) (out []byte) {
	for at < len(msg) {
		rr, end, err := expandRecord(nil, msg, at, question)
		if err != nil {
			return append(out, msg[at:]...)
		}
		out = append(out, rr.bytes...)
		at = end
	}
	return out
}
