package vm

import "strings"

// A match is where a pattern and its captures stand in a text: pairs of begin and end, the whole match first. The end of a
// capture () is -1: it captures the place.
type match struct {
	ends [2 * (maxCaptures + 1)]int
	n    int // captures, without the match itself
}

// span is where capture n begins and ends; 0 is the match.
func (m *match) span(n int) (begin, end int) { return m.ends[2*n], m.ends[2*n+1] }

// A matcher tries a pattern on a text. gopher-lua's own cannot be stopped: a pattern that backtracks for an hour is one
// instruction.
type matcher struct {
	*pattern
	text string
	tick func(steps int) // looks whether the run goes on, and does not return when it does not
	at   match
}

// stepsBetweenTicks is how much matching is done between two looks at the clock: some microseconds.
const stepsBetweenTicks = 1 << 12

// find is the first match that begins at from or later; nil when there is none.
func (m *matcher) find(from int) *match {
	for begin := from; begin <= len(m.text); begin++ {
		m.tick(1)
		m.at.n = m.captures
		if end := m.try(begin, 0); end >= 0 {
			m.at.ends[0], m.at.ends[1] = begin, end
			found := m.at
			return &found
		}
		if m.anchored {
			return nil
		}
	}
	return nil
}

// try is where the match of the items from i on ends that begins at s; -1 when there is none. It calls itself only where
// an item can match in several ways.
func (m *matcher) try(s, i int) int {
	for ; i < len(m.items); i++ {
		switch it := &m.items[i]; it.kind {
		case opening, closing, position:
			return m.capturing(it, s, i)
		case oneByte:
			if it.repeat != 0 {
				return m.repeating(it, s, i)
			}
			if s >= len(m.text) || !it.set.has(m.text[s]) {
				return -1
			}
			s++
		case balanced:
			if s = m.balance(it, s); s < 0 {
				return -1
			}
		case repeated:
			begin, end := m.at.span(it.capture + 1)
			if end < 0 || !strings.HasPrefix(m.text[s:], m.text[begin:end]) { // a place has no text
				return -1
			}
			m.tick(end - begin)
			s += end - begin
		case frontier:
			if it.set.has(m.byteAt(s-1)) || !it.set.has(m.byteAt(s)) {
				return -1
			}
		case ending:
			if s != len(m.text) {
				return -1
			}
		}
	}
	return s
}

// byteAt is a byte of the text; beyond both ends it is 0.
func (m *matcher) byteAt(s int) byte {
	if s < 0 || s >= len(m.text) {
		return 0
	}
	return m.text[s]
}

// capturing notes where a capture begins or ends, for as long as what follows matches.
func (m *matcher) capturing(it *item, s, i int) int {
	n := 2 * (it.capture + 1)
	before := [2]int{m.at.ends[n], m.at.ends[n+1]}
	switch it.kind {
	case opening:
		m.at.ends[n] = s
	case closing:
		m.at.ends[n+1] = s
	default:
		m.at.ends[n], m.at.ends[n+1] = s, -1
	}
	end := m.try(s, i+1)
	if end < 0 {
		m.at.ends[n], m.at.ends[n+1] = before[0], before[1]
	}
	return end
}

// repeating tries the numbers of bytes that a repeated item may take: as many as there are first, or for - as few.
func (m *matcher) repeating(it *item, s, i int) int {
	least, most := 0, len(m.text)-s
	switch it.repeat {
	case '+':
		least = 1
	case '?':
		most = min(most, 1)
	}
	if it.repeat == '-' {
		return m.lazily(it, s, i)
	}
	n := 0
	for n < most && it.set.has(m.text[s+n]) {
		if n++; n%stepsBetweenTicks == 0 {
			m.tick(stepsBetweenTicks)
		}
	}
	for ; n >= least; n-- {
		m.tick(1)
		if end := m.try(s+n, i+1); end >= 0 {
			return end
		}
	}
	return -1
}

// lazily is repeating for -.
func (m *matcher) lazily(it *item, s, i int) int {
	for {
		m.tick(1)
		if end := m.try(s, i+1); end >= 0 {
			return end
		}
		if s >= len(m.text) || !it.set.has(m.text[s]) {
			return -1
		}
		s++
	}
}

// balance is behind the text that begins at s and in which %b's two bytes are balanced; -1 when there is none.
func (m *matcher) balance(it *item, s int) int {
	if s >= len(m.text) || m.text[s] != it.pair[0] {
		return -1
	}
	depth := 1
	for s++; s < len(m.text); s++ {
		if s%stepsBetweenTicks == 0 {
			m.tick(stepsBetweenTicks)
		}
		switch m.text[s] {
		case it.pair[1]: // first: both may be the same byte
			if depth--; depth == 0 {
				return s + 1
			}
		case it.pair[0]:
			depth++
		}
	}
	return -1
}
