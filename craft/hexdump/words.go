package hexdump

import (
	"fmt"
	"strings"
)

// A word is one of a row, with what stands before it and where it ends.
type word struct {
	bytes []byte
	space int
	short bool // of a number of which fewer bytes are there
	end   int
}

// words are those that a row begins with.
func (g group) words(text string) (list []word) {
	for at, n := 0, 0; n < maxRow; {
		rest := strings.TrimLeft(text[at:], " \t")
		space := len(text) - at - len(rest)
		if space == 0 && at > 0 {
			break
		}
		w := rest
		if end := strings.IndexAny(rest, " \t"); end >= 0 {
			w = rest[:end]
		}
		b := g.read(w)
		if b == nil {
			break
		}
		at += space + len(w)
		list = append(list, word{b, space, g.isShort(w), at})
		n += len(b)
	}
	return list
}

// bytes reads the bytes of a row. want is how many there are; with 0 they end where those of the rows before do, or before the text
// beside them.
func (r *reading) bytes(row dumpRow, want int) error {
	words := r.way.group.words(row.rest)
	if len(words) == 0 {
		return fmt.Errorf("want bytes behind the offset, got %s", quote(row.rest))
	}
	n := r.count(row.rest, words, want)
	if n < 0 {
		return fmt.Errorf("want %d bytes up to the next row, got %d", want, total(words[:r.evenly(words)]))
	}
	var b []byte
	for _, w := range words[:n] {
		b = append(b, w.bytes...)
	}
	if want > 0 {
		b = b[:want]
		r.end = max(r.end, words[n-1].end)
	}
	if len(r.out)+len(b) > maxParsed {
		return fmt.Errorf("want at most %d bytes", maxParsed)
	}
	r.compare(b, row.rest[words[n-1].end:])
	r.out, r.width = append(r.out, b...), len(b)
	return nil
}

func total(words []word) (n int) {
	for _, w := range words {
		n += len(w.bytes)
	}
	return n
}

// count is how many of the words are the row's; -1 when they cannot be want bytes.
func (r *reading) count(rest string, words []word, want int) int {
	if want > 0 {
		n, have := 0, 0
		for ; n < len(words) && have < want; n++ {
			have += len(words[n].bytes)
		}
		// Of a number at the end of a dump some bytes may be none of it, and as many words stand together as the row has.
		if have < want || have > want && !r.mayEndIn(words[n-1], have-want) || n > r.evenly(words) || n < len(words) && words[n].space == words[n-1].space && n > 1 {
			return -1
		}
		return n
	}
	if n := r.told(rest, words); n > 0 {
		return n
	}
	n := r.evenly(words)
	if r.end > 0 {
		for n = len(words); n > 1 && words[n-1].end > r.end; n-- {
		}
	}
	for most := r.width; n > 1 && most > 0 && total(words[:n]) > most; n-- {
	}
	return n
}

// mayEndIn reports whether the last of a dump's numbers has so many bytes more than the dump.
func (r *reading) mayEndIn(w word, more int) bool {
	return r.way.group.little && more < len(w.bytes)
}

// told is how many words there are before a text beside them that is the text of their bytes; 0 when there is no such text.
func (r *reading) told(rest string, words []word) int {
	for n := len(words); n > 0; n-- {
		var b []byte
		for _, w := range words[:n] {
			b = append(b, w.bytes...)
		}
		if text := rest[words[n-1].end:]; isTextOf(b, text) > 0 || strings.TrimSpace(text) == Text(b) {
			return n
		}
	}
	return 0
}

// evenly is how many words stand in a row as they do in dumps: with the same space between all, but for a gap behind the eighth byte,
// and for a number of which fewer bytes are there.
func (r *reading) evenly(words []word) int {
	for n, have := 1, len(words[0].bytes); n < len(words); n++ {
		space := words[1].space
		middle := have == bytesPerRow/2 && words[n].space == 2 && len(words[n].bytes) == 1
		if n == 1 && space > 1 && !middle && !r.isSpaced(words) || n > 1 && words[n].space != space && !middle && !words[n].short {
			return n
		}
		have += len(words[n].bytes)
	}
	return len(words)
}

// isSpaced reports whether more than one space stands before all words of a row, the first one too, as hexdump prints numbers.
func (r *reading) isSpaced(words []word) bool {
	for _, w := range words {
		if w.space < 2 {
			return false
		}
	}
	return len(words) > 1 && !r.rows[0].marked && r.way.group.width > 2
}

// compare holds the text beside a row against its bytes.
func (r *reading) compare(b []byte, text string) {
	switch isTextOf(b, text) {
	case 1:
		r.agreed++
	case -1:
		r.against++
	}
	if strings.TrimSpace(text) != "" {
		r.beside = true
	}
}

// isTextOf says whether text is what stands beside bytes in a dump: 1 is yes, -1 is no, 0 is that there is none that would tell.
func isTextOf(b []byte, text string) int {
	text = strings.TrimRight(text, " \t")
	want := Text(b)
	for _, frame := range []string{"||", "><"} {
		if strings.HasSuffix(text, frame[:1]+want+frame[1:]) {
			return told(want)
		}
	}
	want = strings.TrimRight(want, " ")
	switch {
	case text == "":
		return 0
	case want != "" && strings.HasSuffix(text, want) && strings.TrimSpace(text[:len(text)-len(want)]) == "":
		return told(want)
	}
	return -1
}

// told is 1 for a text that tells something of the bytes: dots stand for many.
func told(text string) int {
	if strings.Trim(text, ".") == "" {
		return 0
	}
	return 1
}
