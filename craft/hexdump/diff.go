package hexdump

import (
	"fmt"
	"slices"
	"strings"
)

// Diff shows where two byte strings differ, as scapy's hexdiff: rows of sixteen bytes, one for both where they agree,
// else a's row above b's. Each row begins with its offset in a, in b, or in both. Bytes that only one of them has stand
// over a gap in the other. It is empty when both are.
func Diff(a, b []byte) string {
	var s strings.Builder
	for pairs := align(a, b); len(pairs) > 0; {
		n := min(len(pairs), bytesPerRow)
		left, right := diffRow(a, pairs[:n], 0), diffRow(b, pairs[:n], 1)
		switch {
		case left.text == right.text:
			fmt.Fprintf(&s, "%s %s   %s\n", left.offset, right.offset, left.text)
		default:
			if left.offset != "" {
				fmt.Fprintf(&s, "%s        %s\n", left.offset, left.text)
			}
			if right.offset != "" {
				fmt.Fprintf(&s, "     %s   %s\n", right.offset, right.text)
			}
		}
		pairs = pairs[n:]
	}
	return s.String()
}

// gap stands for the byte that one of two compared strings lacks.
const gap = -1

// A pair is the places of two bytes that are compared, in the first and the second string; gap where one has none.
type pair [2]int

// A row is one line of a comparison: where it begins, "" when nothing is there, and its bytes in hex and as text.
type row struct{ offset, text string }

// diffRow writes the bytes that one side of some pairs has.
func diffRow(b []byte, pairs []pair, side int) row {
	var hex, text strings.Builder
	var r row
	for i := range bytesPerRow {
		if i == bytesPerRow/2 {
			hex.WriteByte(' ')
		}
		if i >= len(pairs) || pairs[i][side] == gap {
			hex.WriteString("   ")
			text.WriteByte(' ')
			continue
		}
		at := pairs[i][side]
		if r.offset == "" {
			r.offset = fmt.Sprintf("%04x", at)
		}
		fmt.Fprintf(&hex, "%02X ", b[at])
		text.WriteByte(printed(b[at]))
	}
	r.text = hex.String() + "  " + strings.TrimRight(text.String(), " ")
	return r
}

// maxAlign bounds the table that aligning fills: beyond it, bytes are compared place by place.
const maxAlign = 1 << 24

// align pairs the bytes of a and b so that as few as possible differ or stand over a gap (Levenshtein's distance).
func align(a, b []byte) []pair {
	if alignable(len(a), len(b)) {
		return edits(a, b)
	}
	head, tail := commonEnds(a, b)
	aEnd, bEnd := len(a)-tail, len(b)-tail
	pairs := placeByPlace(nil, 0, head, 0, head)
	if alignable(aEnd-head, bEnd-head) {
		for _, p := range edits(a[head:aEnd], b[head:bEnd]) {
			pairs = append(pairs, p.moved(head))
		}
	} else {
		pairs = placeByPlace(pairs, head, aEnd, head, bEnd)
	}
	return placeByPlace(pairs, aEnd, len(a), bEnd, len(b))
}

// alignable reports whether the table of edits of n and m bytes is small enough.
func alignable(n, m int) bool { return uint64(n)*uint64(m) <= maxAlign }

// moved is a pair n bytes further on.
func (p pair) moved(n int) pair {
	for i := range p {
		if p[i] != gap {
			p[i] += n
		}
	}
	return p
}

// commonEnds is how many bytes a and b have in common at their beginnings, and how many of the rest at their ends.
func commonEnds(a, b []byte) (head, tail int) {
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// placeByPlace pairs a[i:iEnd] with b[j:jEnd]; what the longer one has more stands over gaps.
func placeByPlace(pairs []pair, i, iEnd, j, jEnd int) []pair {
	for ; i < iEnd || j < jEnd; i, j = i+1, j+1 {
		p := pair{i, j}
		if i >= iEnd {
			p[0] = gap
		}
		if j >= jEnd {
			p[1] = gap
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// The ways on which a cell of the table of edits is reached.
const (
	both = iota // a byte of each, the same or not
	onlyA
	onlyB
)

// edits pairs a and b by the shortest way through the table of edits.
func edits(a, b []byte) []pair {
	ways := make([]uint8, len(a)*len(b))
	cost, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range cost {
		cost[j] = j
	}
	for i := range a {
		cost, above = above, cost
		cost[0] = i + 1
		for j := range b {
			best, way := above[j]+1, uint8(both)
			if a[i] == b[j] {
				best--
			}
			if n := above[j+1] + 1; n < best {
				best, way = n, onlyA
			}
			if n := cost[j] + 1; n < best {
				best, way = n, onlyB
			}
			cost[j+1], ways[i*len(b)+j] = best, way
		}
	}
	return walk(ways, len(a), len(b))
}

// walk follows the table of edits from its end and gives the pairs from the beginning.
func walk(ways []uint8, i, j int) []pair {
	width := j
	var pairs []pair
	for i > 0 || j > 0 {
		switch {
		case j == 0 || i > 0 && ways[(i-1)*width+j-1] == onlyA:
			i--
			pairs = append(pairs, pair{i, gap})
		case i == 0 || ways[(i-1)*width+j-1] == onlyB:
			j--
			pairs = append(pairs, pair{gap, j})
		default:
			i, j = i-1, j-1
			pairs = append(pairs, pair{i, j})
		}
	}
	slices.Reverse(pairs)
	return pairs
}
