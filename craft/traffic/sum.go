package traffic

import (
	"cmp"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// A Sum is what packets amount to. The zero Sum is that of none.
type Sum struct {
	// Packets counts them.
	Packets int
	// Bytes counts their bytes on the wire, also those that a capture cut off; of packets that were made here, those they have.
	Bytes int
	// First is when the first one passed; zero when that is known of none.
	First time.Time
	// Last is when the last one did.
	Last time.Time
}

// Add counts a packet.
func (s *Sum) Add(p *craft.Packet) {
	*s = s.With(Sum{Packets: 1, Bytes: cmp.Or(p.WireLen(), Length(p)), First: p.Time, Last: p.Time})
}

// With is what two sums amount to.
func (s Sum) With(other Sum) Sum {
	s.Packets += other.Packets
	s.Bytes += other.Bytes
	s.First = Earlier(s.First, other.First)
	if other.Last.After(s.Last) {
		s.Last = other.Last
	}
	return s
}

// Earlier is the earlier of two times, of which either may be unknown (zero).
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Length is how many bytes of a packet are here: as it arrived; of one that was made here, how many it has.
func Length(p *craft.Packet) (n int) {
	if p.Wire != nil {
		return len(p.Wire)
	}
	for _, l := range p.Layers() {
		n += l.Len()
	}
	return n
}
