package reassembly

import (
	"slices"
	"sort"
)

// chunkSize is how many pieces a chunk holds at most: as many move when one is put among them or taken from the front.
const chunkSize = 256

// A pieceList holds the pieces that wait, in order. It is cut in chunks, so that putting a piece anywhere, as segments in
// reverse do at the front, costs little however many wait.
type pieceList struct {
	chunks [][]*piece // none is empty
	n      int
}

// A pieceSpot is a place in a list: a chunk and a piece in it.
type pieceSpot struct{ chunk, piece int }

// first is the first piece; there is one.
func (l *pieceList) first() *piece { return l.chunks[0][0] }

// endingBehind is the spot of the first piece that ends behind a position.
func (l *pieceList) endingBehind(at int64) pieceSpot {
	c := sort.Search(len(l.chunks), func(c int) bool { return l.chunks[c][len(l.chunks[c])-1].end() > at })
	if c == len(l.chunks) {
		return pieceSpot{c, 0}
	}
	return pieceSpot{c, sort.Search(len(l.chunks[c]), func(i int) bool { return l.chunks[c][i].end() > at })}
}

// at is the piece at a spot; nil behind the last one.
func (l *pieceList) at(s pieceSpot) *piece {
	if s.chunk == len(l.chunks) {
		return nil
	}
	return l.chunks[s.chunk][s.piece]
}

// next is the spot behind another one.
func (l *pieceList) next(s pieceSpot) pieceSpot {
	if s.piece+1 < len(l.chunks[s.chunk]) {
		return pieceSpot{s.chunk, s.piece + 1}
	}
	return pieceSpot{s.chunk + 1, 0}
}

// insert puts a piece in front of the one at a spot, and says where it is then.
func (l *pieceList) insert(s pieceSpot, p *piece) pieceSpot {
	l.n++
	if s.piece == 0 && s.chunk > 0 { // behind the last one of the chunk before
		s = pieceSpot{s.chunk - 1, len(l.chunks[s.chunk-1])}
	}
	if len(l.chunks) == 0 {
		l.chunks = append(l.chunks, nil)
	}
	if c := l.chunks[s.chunk]; len(c) == chunkSize {
		l.chunks = slices.Insert(l.chunks, s.chunk+1, slices.Clone(c[chunkSize/2:]))
		l.chunks[s.chunk] = slices.Delete(c, chunkSize/2, chunkSize)
		if s.piece > chunkSize/2 {
			s = pieceSpot{s.chunk + 1, s.piece - chunkSize/2}
		}
	}
	l.chunks[s.chunk] = slices.Insert(l.chunks[s.chunk], s.piece, p)
	return s
}

// drop takes the first piece away.
func (l *pieceList) drop() {
	l.n--
	if l.chunks[0] = slices.Delete(l.chunks[0], 0, 1); len(l.chunks[0]) == 0 {
		l.chunks = slices.Delete(l.chunks, 0, 1)
	}
}
