package vm

import (
	"math"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"
)

// openPatterns replaces gsub and gmatch, which find all matches before they do anything with the first (a gigabyte for ten
// million letters), and bounds the time of every function that takes a pattern. gsub's own also copies the whole text for
// each replacement: a million letters took minutes, in one instruction.
func (m *Machine) openPatterns(lib *glua.LTable) {
	lib.RawSetString("gsub", m.l.NewFunction(gsub))
	lib.RawSetString("gmatch", m.l.NewFunction(gmatch))
	for _, name := range []string{"find", "match", "gmatch", "gsub"} {
		m.checked(lib, name, func(l *glua.LState) {
			if name != "find" || !glua.LVAsBool(l.Get(4)) { // a plain find matches no pattern
				m.probe(l, name, l.CheckString(1), l.CheckString(2))
			}
		})
	}
}

// batch is how many matches are looked for at a time.
const batch = 256

// A search walks the matches of a pattern.
type search struct {
	subject []byte
	pattern string
	left    int // how many matches are wanted still; negative is all
	offset  int // where the next batch begins
	found   []*pm.MatchData
	over    bool // there is no further batch
}

// next is the next match, nil behind the last one. The error is of the pattern.
func (s *search) next() (*pm.MatchData, error) {
	if len(s.found) == 0 && !s.over {
		if err := s.fetch(); err != nil {
			return nil, err
		}
	}
	if len(s.found) == 0 {
		return nil, nil
	}
	match := s.found[0]
	s.found = s.found[1:]
	return match, nil
}

// fetch finds a batch.
func (s *search) fetch() (err error) {
	n := batch
	if s.left >= 0 {
		n = min(n, s.left)
	}
	if s.over = n == 0; s.over {
		return nil
	}
	if s.found, err = pm.Find(s.pattern, s.subject, s.offset, n); err != nil {
		return err
	}
	if s.left >= 0 {
		s.left -= len(s.found)
	}
	s.over = len(s.found) < n || strings.HasPrefix(s.pattern, "^")
	if !s.over {
		last := s.found[n-1]
		s.offset = max(last.Capture(0)+1, last.Capture(1)) // an empty match is passed over
	}
	return nil
}

// nextOn is next for a function that l runs: errors are raised there, and so is that the run was interrupted.
func (s *search) nextOn(l *glua.LState) *pm.MatchData {
	if ctx := l.Context(); len(s.found) == 0 && ctx != nil && ctx.Err() != nil {
		l.RaiseError("%s", ctx.Err())
	}
	match, err := s.next()
	if err != nil {
		l.RaiseError("%s", err)
	}
	return match
}

// gmatch is Lua's. Unlike the library's own it returns one function, which can be called without a for.
func gmatch(l *glua.LState) int {
	subject := l.CheckString(1)
	s := &search{subject: []byte(subject), pattern: l.CheckString(2), left: -1}
	if err := s.fetch(); err != nil {
		l.RaiseError("%s", err)
	}
	l.Push(l.NewFunction(func(l *glua.LState) int {
		match := s.nextOn(l)
		if match == nil {
			return 0
		}
		return pushCaptures(l, subject, match)
	}))
	return 1
}

// gsub is Lua's.
func gsub(l *glua.LState) int {
	subject, pattern := l.CheckString(1), l.CheckString(2)
	l.CheckTypes(3, glua.LTString, glua.LTTable, glua.LTFunction)
	s := &search{subject: []byte(subject), pattern: pattern, left: l.OptInt(4, -1)}
	var out []byte
	n, from := 0, 0
	for match := s.nextOn(l); match != nil; match = s.nextOn(l) {
		out = append(out, subject[from:match.Capture(0)]...)
		out = replaced(l, out, subject, match)
		n, from = n+1, match.Capture(1)
		if len(out)+len(subject)-from > maxString {
			l.RaiseError("string.gsub: want a result of at most %d bytes", maxString)
		}
	}
	l.Push(glua.LString(append(out, subject[from:]...)))
	l.Push(glua.LNumber(n))
	return 2
}

// replaced appends what stands in a match's place by argument 3.
func replaced(l *glua.LState, out []byte, subject string, match *pm.MatchData) []byte {
	var v glua.LValue
	switch with := l.Get(3).(type) {
	case glua.LString:
		return expanded(l, out, string(with), subject, match)
	case *glua.LTable:
		v = l.GetTable(with, capture(l, subject, match, 1))
	default:
		l.Push(with)
		l.Call(pushCaptures(l, subject, match), 1)
		v = l.Get(-1)
		l.Pop(1)
	}
	if glua.LVIsFalse(v) {
		return append(out, subject[match.Capture(0):match.Capture(1)]...)
	}
	return append(out, glua.LVAsString(v)...)
}

// expanded appends a text in which %1 is the first capture, %0 the match, and %% a percent sign.
func expanded(l *glua.LState, out []byte, text, subject string, match *pm.MatchData) []byte {
	for {
		at := strings.IndexByte(text, '%')
		if at < 0 || at+1 == len(text) {
			return append(out, text...)
		}
		out = append(out, text[:at]...)
		switch c := text[at+1]; {
		case c >= '0' && c <= '9':
			out = append(out, glua.LVAsString(capture(l, subject, match, int(c-'0')))...)
		case c == '%':
			out = append(out, '%')
		default:
			out = append(out, '%', c)
		}
		text = text[at+2:]
	}
}

// capture is capture n of a match: a text, or the number of a position. 0 is the match, and so is 1 without captures.
func capture(l *glua.LState, subject string, match *pm.MatchData, n int) glua.LValue {
	at := 2 * n
	if at >= match.CaptureLength() {
		if n > 1 {
			l.RaiseError("invalid capture index")
		}
		at = 0
	}
	if match.IsPosCapture(at) {
		return glua.LNumber(match.Capture(at))
	}
	return glua.LString(subject[match.Capture(at):match.Capture(at+1)])
}

// pushCaptures pushes the captures of a match, or the match when there are none, and returns how many it pushed.
func pushCaptures(l *glua.LState, subject string, match *pm.MatchData) int {
	n := max(match.CaptureLength()/2-1, 1)
	for i := 1; i <= n; i++ {
		l.Push(capture(l, subject, match, i))
	}
	return n
}

const (
	// quickMatch is how many steps of pattern matching are done without watching the clock.
	quickMatch = 1e6
	// longMatch is how long a pattern may take.
	longMatch = 2 * time.Second
)

// probe runs a pattern that may backtrack for long on another goroutine first: the matcher cannot be stopped, and an
// interrupt need not wait for it. One that takes too long is refused and left to end alone.
func (m *Machine) probe(l *glua.LState, name, subject, pattern string) {
	if !strings.ContainsAny(pattern, "*-+?") && !strings.Contains(pattern, "%b") {
		return // as many steps at each letter as the pattern is long
	}
	steps := float64(len(subject) + 1)
	steps *= math.Exp2(float64(strings.Count(pattern, "?")))
	for range strings.Count(pattern, "*") + strings.Count(pattern, "-") + strings.Count(pattern, "+") + strings.Count(pattern, "%b") {
		steps *= float64(len(subject) + 1)
	}
	if steps <= quickMatch {
		return
	}
	done, refused := make(chan struct{}), make(chan struct{})
	defer close(refused)
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // the real call meets the same trouble and reports it
		s := &search{subject: []byte(subject), pattern: pattern, left: -1}
		for match, err := s.next(); match != nil && err == nil; match, err = s.next() {
			select {
			case <-refused:
				return
			default:
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(longMatch):
		l.RaiseError("string.%s: the pattern %s takes more than %s on %d bytes", name, strconv.Quote(pattern), longMatch, len(subject))
	case <-m.Context().Done():
		l.RaiseError("%s", ErrInterrupted)
	}
}
