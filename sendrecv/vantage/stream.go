package vantage

import (
	"hash/crc32"
	"net/netip"
)

// streams sum up the bytes of each direction of each connection for as long as none is missing.
type streams map[[2]netip.AddrPort]*stream

type stream struct {
	next  uint32
	crc   uint32
	known bool
}

// sum fills in a segment's Sum.
func (all streams) sum(s *Segment) {
	key := [2]netip.AddrPort{s.Src, s.Dst}
	if s.has('S') {
		all[key] = &stream{next: s.Seq + 1, known: true}
		return
	}
	st := all[key]
	if st == nil || !st.known || s.Len == 0 || s.ICMP != "" || s.Bad {
		return
	}
	switch behind := int(int32(st.next - s.Seq)); {
	case behind >= s.Len: // sent again
		return
	case behind < 0 && s.has('R'), behind > 0 && s.Len == 1:
		return
	case behind < 0, len(s.Payload) < s.Len:
		st.known = false
		return
	default:
		st.crc = crc32.Update(st.crc, crc32.IEEETable, s.Payload[behind:s.Len])
		st.next = s.Seq + uint32(s.Len)
		s.Sum = st.crc
	}
}
