package reassembly

import (
	"fmt"
	"net/netip"
	"time"
)

// A Stream is what one side of a TCP connection sent, in order: all of it, or a part of it when there was too much to
// hold. RFC 9293, section 3.4.
type Stream struct {
	// Connection numbers the connections in the order of their first packets, from 1; both directions have the same.
	Connection int
	// Src and Dst are the two ends; Src sent the data.
	Src, Dst netip.AddrPort
	// Offset is where Data begins in the stream; 0 unless an earlier part was handed out.
	Offset int64
	// Data are the bytes that came, in order. Bytes that are missing take no place in it: see Gaps and Split.
	Data []byte
	// Gaps are the bytes of the stream that did not come, in order, as offsets in the stream.
	Gaps []Extent
	// Conflicts are the bytes that came again and were different. Data has those that came first.
	Conflicts []Conflict
	// Unplaced is how many bytes came that Data has not and that were compared with nothing: from before the first byte,
	// for a gap that had been given up, or again after what they repeat was no longer held.
	Unplaced int64
	// Began reports that the connection's SYN tells where the stream begins. Without it offset 0 is the first byte that
	// was seen.
	Began bool
	// End says why there is no more of it.
	End StreamEnd
	// First and Last are the times of the first and the last packet of this side; zero when they have none.
	First, Last time.Time
	// Packets is how many packets this side sent, those without data counted too.
	Packets int
}

// A StreamEnd says why a Stream ends where it does.
type StreamEnd string

// Ends of a Stream.
const (
	// EndFIN is a stream that its sender closed.
	EndFIN StreamEnd = "FIN"
	// EndRST is a stream that one of the two sides reset.
	EndRST StreamEnd = "RST"
	// EndOpen is a stream that was still open after the last packet.
	EndOpen StreamEnd = "open"
	// EndReused is one whose addresses and ports began another connection.
	EndReused StreamEnd = "reused"
	// EndLimit is one that was forgotten because there were too many; the rest of it will look like a new one.
	EndLimit StreamEnd = "limit"
	// EndPart is a part that was handed out; the next one begins behind it.
	EndPart StreamEnd = "part"
)

// A Conflict is data that was sent twice and was not the same.
type Conflict struct {
	// Offset is where in the stream.
	Offset int64
	// Kept came first and is in Data; Other came again in its place. They are of one length, and differ in the first and
	// the last byte at least.
	Kept, Other []byte
}

// String names the stream and how much of it there is: "10.0.0.1:1234 > 10.0.0.2:80 517 bytes, 1 gap (FIN)".
func (s *Stream) String() string {
	text := fmt.Sprintf("%s > %s %s", s.Src, s.Dst, counted(len(s.Data), "byte"))
	if s.Offset > 0 {
		text += fmt.Sprintf(" from %d on", s.Offset)
	}
	if n := len(s.Gaps); n > 0 {
		text += ", " + counted(n, "gap")
	}
	if n := len(s.Conflicts); n > 0 {
		text += ", " + counted(n, "conflict")
	}
	return text + " (" + string(s.End) + ")"
}

// counted is a number of things: "1 gap", "2 gaps".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Split is Data cut where bytes are missing: the pieces that hang together, each with its offset in the stream.
func (s *Stream) Split() (offsets []int64, pieces [][]byte) {
	data, at := s.Data, s.Offset
	take := func(n int64) {
		if n > 0 {
			offsets, pieces = append(offsets, at), append(pieces, data[:n:n])
			data, at = data[n:], at+n
		}
	}
	for _, g := range s.Gaps {
		take(min(g.Offset-at, int64(len(data))))
		at = g.end()
	}
	take(int64(len(data)))
	return offsets, pieces
}
