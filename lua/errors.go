package lua

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/vm"
)

// ErrInterrupted is returned by Run and Eval when their context ended before the script did.
var ErrInterrupted = vm.ErrInterrupted

// ErrUnsent is wrapped by errors about packets that could not leave: no route, no answer to ARP, an interface that is
// down. The script is not to blame.
var ErrUnsent = errors.New("nothing could be sent")

// An Error is an error of a script with its line. Its text is script:line: what.
type Error struct {
	// Script is the name that the script was given.
	Script string
	// Line counts from 1; 0 is nowhere in particular.
	Line int
	// Column counts bytes from 1; 0 when only the line is known.
	Column int
	// What is wrong, without script and line, as it was raised: Error shows what is hidden in it.
	What string

	cause error
}

// Unwrap is ErrUnsent when the network's state, not the script, is to blame, and the *vm.SyntaxError of a chunk that is not
// Lua; otherwise nil.
func (e *Error) Unwrap() error { return e.cause }

// maxWhat is how many bytes of an error are shown.
const maxWhat = 64 << 10

// Error is script:line: what, as far as they are known, with nothing hidden in it (values.Visible).
func (e *Error) Error() string {
	script, what := values.OneLine(e.Script), e.What
	if more := len(what) - maxWhat; more > 0 {
		what = fmt.Sprintf("%s... %d bytes more", what[:maxWhat], more)
	}
	what = values.Visible(what)
	switch {
	case e.Script == "":
		return what
	case e.Line == 0:
		return script + ": " + what
	}
	return fmt.Sprintf("%s:%d: %s", script, e.Line, what)
}

// runError is a run-time error with its line, and what it hints at.
func (s *State) runError(text string) error {
	e := located(text)
	if s.unsent != nil && strings.HasSuffix(text, s.unsent.Error()) {
		e.cause = ErrUnsent
	}
	return e
}

// position takes "script:line: " apart.
var position = regexp.MustCompile(`(?s)^(.*?):(\d+): (.*)$`)

// maxPosition is in how many bytes script and line stand: a path has 4,096 at most.
const maxPosition = 5000

// located takes script and line out of the beginning of a text, if they stand there.
func located(text string) *Error {
	m := position.FindStringSubmatch(text[:min(len(text), maxPosition)])
	if m == nil {
		return &Error{What: text}
	}
	line, err := strconv.Atoi(m[2])
	if err != nil {
		return &Error{What: text}
	}
	return &Error{Script: m[1], Line: line, What: m[3] + text[min(len(text), maxPosition):]}
}

var keywords = []string{"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
	"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"}

// maxMeant is the longest name that may be meant, in bytes. What is longer is no slip of the fingers.
const maxMeant = 64

// didYouMean asks for the closest of the names that exist; "" when none is close.
func didYouMean(name string, names []string) string {
	if at := Nearest(name, names); at != "" {
		return "; did you mean " + at + "?"
	}
	return ""
}

// Nearest is the closest of the names that exist to one that was mistyped; "" when none is close.
func Nearest(name string, names []string) string {
	best, at := 3, ""
	if len(name) > maxMeant {
		return ""
	}
	for _, n := range names {
		if len(n) >= len(name)+best || len(name) >= len(n)+best {
			continue // as many letters are missing
		}
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < best {
			best, at = d, n
		}
	}
	if at == "" || 2*best >= len(name) {
		return ""
	}
	return at
}

// distance counts the letters to change, add, drop or swap to get from a to b (optimal string alignment).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// fail raises a Lua error with the script's position.
func (s *State) fail(l *glua.LState, err error) {
	l.RaiseError("%s", err.Error())
}
