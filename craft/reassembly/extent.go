package reassembly

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Extent is a stretch of bytes of something longer: of a datagram's payload, of a TCP stream.
type Extent struct {
	// Offset is where it begins, counted from 0.
	Offset int64
	// Length is how many bytes it has, at least 1.
	Length int64
}

// end is the first byte behind the extent.
func (e Extent) end() int64 { return e.Offset + e.Length }

// String names the first and the last byte: "16..31".
func (e Extent) String() string { return fmt.Sprintf("%d..%d", e.Offset, e.end()-1) }

// maxExtents is how many extents an explanation lists.
const maxExtents = 8

// extentsText lists extents: "16..31, 48..55".
func extentsText(all []Extent) string {
	parts := make([]string, 0, maxExtents+1)
	for _, e := range all[:min(len(all), maxExtents)] {
		parts = append(parts, e.String())
	}
	if n := len(all) - maxExtents; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d stretches more", n))
	}
	return strings.Join(parts, ", ")
}

// extents are stretches in order, none of which touches another.
type extents []Extent

// add unites e with the list and returns what of e the list had already.
func (x *extents) add(e Extent) (had extents) {
	first, _ := slices.BinarySearchFunc(*x, e.Offset, func(o Extent, at int64) int { return cmp.Compare(o.end(), at) })
	last := first
	united := e
	for ; last < len(*x) && (*x)[last].Offset <= e.end(); last++ {
		o := (*x)[last]
		if from, to := max(o.Offset, e.Offset), min(o.end(), e.end()); from < to {
			had = append(had, Extent{from, to - from})
		}
		from, to := min(o.Offset, united.Offset), max(o.end(), united.end())
		united = Extent{from, to - from}
	}
	*x = slices.Replace(*x, first, last, united)
	return had
}

// gaps are the stretches from 0 to end that the list lacks.
func (x extents) gaps(end int64) []Extent {
	var gaps []Extent
	at := int64(0)
	for _, e := range x {
		if e.Offset > at {
			gaps = append(gaps, Extent{at, e.Offset - at})
		}
		at = e.end()
	}
	if at < end {
		gaps = append(gaps, Extent{at, end - at})
	}
	return gaps
}
