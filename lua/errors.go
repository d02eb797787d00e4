package lua

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/spelling"
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

// Unwrap is ErrUnsent when the network's state, not the script, is to blame, vm.ErrMemory when the script outgrew its
// memory, and the *vm.SyntaxError of a chunk that is not Lua; otherwise nil.
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
	if s.unsent != nil && strings.HasSuffix(text, values.Said(s.unsent)) {
		e.cause = ErrUnsent
	}
	if strings.HasSuffix(text, vm.ErrMemory.Error()) {
		e.cause = vm.ErrMemory
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

// didYouMean asks for the closest of the names that exist; "" when none is close.
func didYouMean(name string, names []string) string { return spelling.DidYouMean(name, names) }

// fail raises a Lua error with the script's position.
func (s *State) fail(l *glua.LState, err error) {
	l.RaiseError("%s", values.Said(err))
}
