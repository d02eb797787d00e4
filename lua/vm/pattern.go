package vm

import (
	"errors"
	"fmt"
	"strings"
)

// Bounds of a pattern. A match recurses once for each item that can match in more than one way.
const (
	maxPattern  = 64 << 10 // bytes
	maxCaptures = 32       // as in Lua
	maxBranches = 1000     // repetitions and captures
)

// An itemKind is what one item of a pattern asks of the text.
type itemKind uint8

const (
	oneByte  itemKind = iota // a byte of the set, repeated as the item says
	balanced                 // %bxy
	frontier                 // %f[set]
	repeated                 // %1: what a capture holds
	opening                  // (
	closing                  // )
	position                 // ()
	ending                   // $ at the end
)

// A byteSet is a set of bytes, a bit for each.
type byteSet [4]uint64

func (s *byteSet) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

// An item is one part of a pattern.
type item struct {
	kind    itemKind
	repeat  byte // of oneByte: one of * + - ?, or 0
	capture int  // of opening, closing, position and repeated: which one, from 0
	pair    [2]byte
	set     *byteSet
}

// A pattern is a pattern of Lua 5.1 (its manual, section 5.4.1), with the frontier %f[set] that later versions document.
type pattern struct {
	items    []item
	anchored bool // begins with ^
	captures int
}

// A patternReader takes a pattern apart.
type patternReader struct {
	rest     string
	open     []int // the captures that are not closed yet
	branches int
	pattern  *pattern
}

// parsePattern reads a pattern. The errors are Lua's.
func parsePattern(text string) (*pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("want a pattern of at most %d bytes, got %d", maxPattern, len(text))
	}
	r := &patternReader{rest: text, pattern: &pattern{}}
	if strings.HasPrefix(text, "^") {
		r.pattern.anchored, r.rest = true, text[1:]
	}
	for r.rest != "" {
		if err := r.item(); err != nil {
			return nil, err
		}
	}
	switch {
	case len(r.open) > 0:
		return nil, errors.New("unfinished capture")
	case r.branches > maxBranches:
		return nil, fmt.Errorf("pattern too complex: want at most %d repetitions and captures", maxBranches)
	}
	return r.pattern, nil
}

// add appends an item.
func (r *patternReader) add(i item) error {
	if i.kind == opening || i.kind == closing || i.kind == position || i.repeat != 0 {
		r.branches++
	}
	r.pattern.items = append(r.pattern.items, i)
	return nil
}

// item reads one item.
func (r *patternReader) item() error {
	switch c := r.rest[0]; {
	case c == '(':
		return r.begin()
	case c == ')':
		return r.end()
	case c == '$' && len(r.rest) == 1:
		r.rest = ""
		return r.add(item{kind: ending})
	case c == '%' && len(r.rest) > 1:
		switch next := r.rest[1]; {
		case next == 'b':
			return r.balance()
		case next == 'f':
			return r.frontier()
		case next >= '0' && next <= '9':
			return r.again(int(next) - '1')
		}
	}
	return r.single()
}

// begin reads "(" or "()".
func (r *patternReader) begin() error {
	n := r.pattern.captures
	if n == maxCaptures {
		return fmt.Errorf("too many captures: want at most %d", maxCaptures)
	}
	r.pattern.captures++
	if strings.HasPrefix(r.rest, "()") {
		r.rest = r.rest[2:]
		return r.add(item{kind: position, capture: n})
	}
	r.rest = r.rest[1:]
	r.open = append(r.open, n)
	return r.add(item{kind: opening, capture: n})
}

// end reads ")".
func (r *patternReader) end() error {
	if len(r.open) == 0 {
		return errors.New("invalid pattern capture")
	}
	n := r.open[len(r.open)-1]
	r.rest, r.open = r.rest[1:], r.open[:len(r.open)-1]
	return r.add(item{kind: closing, capture: n})
}

// again reads %1.
func (r *patternReader) again(n int) error {
	if n < 0 || n >= r.pattern.captures {
		return errors.New("invalid capture index")
	}
	for _, open := range r.open {
		if open == n {
			return errors.New("invalid capture index")
		}
	}
	r.rest = r.rest[2:]
	return r.add(item{kind: repeated, capture: n})
}

// balance reads %bxy.
func (r *patternReader) balance() error {
	if len(r.rest) < 4 {
		return errors.New("unbalanced pattern")
	}
	i := item{kind: balanced, pair: [2]byte{r.rest[2], r.rest[3]}}
	r.rest = r.rest[4:]
	return r.add(i)
}

// frontier reads %f[set].
func (r *patternReader) frontier() error {
	r.rest = r.rest[2:]
	if !strings.HasPrefix(r.rest, "[") {
		return errors.New("missing '[' after '%f' in pattern")
	}
	set, err := r.bracket()
	if err != nil {
		return err
	}
	return r.add(item{kind: frontier, set: set})
}

// single reads a class, a set or a byte, and how it is repeated.
func (r *patternReader) single() error {
	set, err := r.class()
	if err != nil {
		return err
	}
	i := item{kind: oneByte, set: set}
	if r.rest != "" && strings.IndexByte("*+-?", r.rest[0]) >= 0 {
		i.repeat, r.rest = r.rest[0], r.rest[1:]
	}
	return r.add(i)
}

// class reads a class, a set or a byte.
func (r *patternReader) class() (*byteSet, error) {
	c := r.rest[0]
	switch c {
	case '[':
		return r.bracket()
	case '.':
		r.rest = r.rest[1:]
		return &byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}, nil
	}
	set := &byteSet{}
	if c != '%' {
		r.rest = r.rest[1:]
		set.add(c)
		return set, nil
	}
	return set, r.escape(set)
}

// escape adds a class such as %a, or the byte behind %, to a set.
func (r *patternReader) escape(set *byteSet) error {
	if len(r.rest) < 2 {
		return errors.New("malformed pattern (ends with '%')")
	}
	c := r.rest[1]
	r.rest = r.rest[2:]
	in, negated := classOf(c)
	if in == nil {
		set.add(c)
		return nil
	}
	for b := range 256 {
		if in(byte(b)) != negated {
			set.add(byte(b))
		}
	}
	return nil
}

// bracket reads [set]. A ] that comes first is one of its bytes.
func (r *patternReader) bracket() (*byteSet, error) {
	set := &byteSet{}
	r.rest = r.rest[1:]
	negated := strings.HasPrefix(r.rest, "^")
	if negated {
		r.rest = r.rest[1:]
	}
	for first := true; ; first = false {
		switch {
		case r.rest == "":
			return nil, errors.New("malformed pattern (missing ']')")
		case r.rest[0] == ']' && !first:
			r.rest = r.rest[1:]
			if negated {
				for i := range set {
					set[i] = ^set[i]
				}
			}
			return set, nil
		case r.rest[0] == '%':
			if err := r.escape(set); err != nil {
				return nil, err
			}
		case len(r.rest) > 2 && r.rest[1] == '-' && r.rest[2] != ']' && r.rest[2] != '%':
			for b := int(r.rest[0]); b <= int(r.rest[2]); b++ {
				set.add(byte(b))
			}
			r.rest = r.rest[3:]
		default:
			set.add(r.rest[0])
			r.rest = r.rest[1:]
		}
	}
}

// classOf is what the class %c holds, which a capital letter negates; nil when there is no such class. They are those of
// the C locale, whatever the system's.
func classOf(c byte) (in func(byte) bool, negated bool) {
	lower := func(b byte) bool { return b >= 'a' && b <= 'z' }
	upper := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	switch c | 0x20 {
	case 'a':
		in = func(b byte) bool { return lower(b | 0x20) }
	case 'c':
		in = func(b byte) bool { return b < ' ' || b == 0x7f }
	case 'd':
		in = digit
	case 'l':
		in = lower
	case 'p':
		in = func(b byte) bool { return b > ' ' && b < 0x7f && !lower(b|0x20) && !digit(b) }
	case 's':
		in = func(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }
	case 'u':
		in = upper
	case 'w':
		in = func(b byte) bool { return lower(b|0x20) || digit(b) }
	case 'x':
		in = func(b byte) bool { return digit(b) || b|0x20 >= 'a' && b|0x20 <= 'f' }
	case 'z':
		in = func(b byte) bool { return b == 0 }
	}
	return in, upper(c)
}
