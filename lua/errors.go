package lua

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// ErrInterrupted is returned by Run and Eval when their context ended before the script did.
var ErrInterrupted = errors.New("interrupted")

// ErrUnsent is wrapped by errors that tell of packets that could not leave: no route, no answer to ARP, an interface that
// is down. The script is not to blame.
var ErrUnsent = errors.New("nothing could be sent")

// errMemory is why a script that outgrew its memory is stopped.
var errMemory = errors.New("the script uses too much memory")

// An Error is an error of a script with its place. Its text is script:line: what.
type Error struct {
	// Script is the name that the script was given.
	Script string
	// Line counts from 1; 0 is nowhere in particular.
	Line int
	// Column counts bytes from 1; 0 when only the line is known.
	Column int
	// What is wrong, without the place.
	What string

	cause error
}

// Unwrap is ErrUnsent when the network's state, not the script, is to blame; otherwise nil.
func (e *Error) Unwrap() error { return e.cause }

// Error is script:line: what, as far as the place is known.
func (e *Error) Error() string {
	switch {
	case e.Script == "":
		return e.What
	case e.Line == 0:
		return e.Script + ": " + e.What
	}
	return fmt.Sprintf("%s:%d: %s", e.Script, e.Line, e.What)
}

// An openBlockError is a syntax error that more lines may mend.
type openBlockError struct{ error }

// syntaxError writes the parser's error as script:line: what.
func syntaxError(name, source string, err error) error {
	var pe *parse.Error
	if !errors.As(err, &pe) {
		return &Error{Script: name, What: err.Error()}
	}
	if pe.Pos.Line == parse.EOF {
		e := &Error{Script: name, What: "syntax error: the chunk ends in the middle of a statement"}
		switch pe.Message {
		case "parse error":
			e.What += "; a value by itself is shown only when it is the whole entry"
			return e
		case "unterminated string":
			e.What = "syntax error: a string is not closed"
			return e
		}
		return openBlockError{e}
	}
	what := fmt.Sprintf("syntax error near '%s'", pe.Token)
	if address.MatchString(pe.Token) {
		what += ": an address is written in quotes"
	}
	return &Error{Script: name, Line: pe.Pos.Line, Column: tokenStart(source, pe), What: what}
}

// address is what the parser trips over in an address without quotes: 10.0.0.1 is the number 10.0 and this.
var address = regexp.MustCompile(`^\.\d+(\.\d+)*$`)

// tokenStart is the column of the token that an error is near: the parser tells where it ends.
func tokenStart(source string, pe *parse.Error) int {
	lines := strings.Split(source, "\n")
	if pe.Pos.Line > len(lines) || pe.Pos.Column > len(lines[pe.Pos.Line-1]) {
		return pe.Pos.Column
	}
	read := lines[pe.Pos.Line-1][:pe.Pos.Column]
	for _, quote := range []string{"", `"`, "'"} { // of a string, the token is what stands between the quotes
		if token := quote + pe.Token + quote; pe.Token != "" && strings.HasSuffix(read, token) {
			return len(read) - len(token) + 1
		}
	}
	return pe.Pos.Column
}

// runError writes a run-time error as script:line: what.
func (s *State) runError(ctx context.Context, name string, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), errMemory):
		return &Error{Script: name, What: errMemory.Error()}
	case ctx.Err() != nil:
		return ErrInterrupted
	}
	var api *glua.ApiError
	if !errors.As(err, &api) {
		return &Error{Script: name, What: err.Error()}
	}
	text := s.safeText(api.Object)
	if api.Cause != nil && text == "" {
		text = api.Cause.Error()
	}
	e := placed(s.hint(text))
	if s.unsent != nil && strings.HasSuffix(text, s.unsent.Error()) {
		e.cause = ErrUnsent
	}
	return e
}

// position takes "script:line: " apart.
var position = regexp.MustCompile(`(?s)^(.*?):(\d+): (.*)$`)

// placed is an error whose text begins with its place, if it does.
func placed(text string) *Error {
	m := position.FindStringSubmatch(text)
	if m == nil {
		return &Error{What: Visible(text)}
	}
	line, err := strconv.Atoi(m[2])
	if err != nil {
		return &Error{What: Visible(text)}
	}
	return &Error{Script: m[1], Line: line, What: Visible(m[3])}
}

var keywords = []string{"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
	"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"}

// didYouMean names the closest of the names that exist; "" when none is close.
func didYouMean(name string, names []string) string {
	best, at := 3, ""
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < best {
			best, at = d, n
		}
	}
	if at == "" || 2*best >= len(name) {
		return ""
	}
	return "; did you mean " + at + "?"
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
