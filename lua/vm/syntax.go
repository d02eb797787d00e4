package vm

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// A SyntaxError is a chunk that is not Lua.
type SyntaxError struct {
	// Script is the name that Compile was given.
	Script string
	// Line counts from 1; 0 is the end of the chunk.
	Line int
	// Column counts bytes from 1; 0 when only the line is known, or not even that.
	Column int
	// What is wrong, without the place.
	What string
	// Near is the token that the parser stopped at; empty at the end of the chunk.
	Near string
	// Waits is what the chunk waits for, when it is the beginning of a block, a call or a table: more lines may complete it.
	Waits Wait
}

// Error is script:line: what; without a line, script: what.
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Script + ": " + e.What
	}
	return fmt.Sprintf("%s:%d: %s", e.Script, e.Line, e.What)
}

// syntaxError takes the parser's error apart.
func syntaxError(name, source string, err error) *SyntaxError {
	var pe *parse.Error
	if !errors.As(err, &pe) {
		return &SyntaxError{Script: name, What: err.Error()}
	}
	switch {
	case pe.Message == "unterminated string":
		line, column := unclosed(source)
		return &SyntaxError{Script: name, Line: line, Column: column, What: "syntax error: a string is not closed"}
	case pe.Pos.Line == parse.EOF:
		return cutShort(name, source, pe.Message)
	}
	return &SyntaxError{Script: name, Line: pe.Pos.Line, Column: tokenStart(source, pe), Near: pe.Token,
		What: fmt.Sprintf("syntax error near '%s'", pe.Token)}
}

// cutShort is the error of a chunk that ends before its last statement does.
func cutShort(name, source, message string) *SyntaxError {
	e := &SyntaxError{Script: name, What: "syntax error: the chunk ends in the middle of a statement"}
	if message != "parse error" {
		e.Waits = Awaits(source)
	}
	block := Awaits(source).What
	method := uncalled.FindString(strings.TrimSpace(source))
	switch {
	case e.Waits.What != "":
		e.What += ": it waits for " + e.Waits.What
	case method != "":
		e.What = fmt.Sprintf("syntax error: %s is a method: call it, %s()", method, method)
	case block != "":
		e.What += ": " + block + " is missing"
	default:
		e.What += "; a value by itself is shown only when it is the whole entry"
	}
	return e
}

// refusals are what gopher-lua's compiler says of a chunk that is spelled well, and says near to some line: where that line is, and what is
// wrong. $1 and $2 are what stands in its parentheses.
var refusals = []struct {
	theirs     *regexp.Regexp
	line, what string
}{
	{regexp.MustCompile(`no visible label '(.*)' for <goto> at line (\d+)`), "$2", "goto $1: no label ::$1:: stands in the blocks around it"},
	{regexp.MustCompile(`<goto (.*)> at line (\d+) jumps into the scope of local '(.*)'`), "$2", "goto $1 jumps over local $3, which is seen behind ::$1::: put do ... end around what stands between"},
	{regexp.MustCompile(`label '(.*)' already defined on line (\d+)`), "", "label ::$1:: stands in line $2 already"},
	{regexp.MustCompile(`no loop to break`), "", "break stands outside of a loop"},
	{regexp.MustCompile(`cannot use '...' outside a vararg function`), "", "... stands outside of a function that takes it: function f(...)"},
	{regexp.MustCompile(`too many constants`), "", "the function that begins here has too many numbers and texts: split it"},
	{regexp.MustCompile(`too many local variables|register overflow`), "", "the function that begins here has more than 200 local variables and values at once: use a table, or do ... end"},
	{regexp.MustCompile(`too long to jump`), "", "the function that begins here is too long: split it"},
}

// compileError says what gopher-lua's compiler refuses.
func compileError(name string, err error) error {
	var ce *glua.CompileError
	if !errors.As(err, &ce) {
		return fmt.Errorf("%s: %w", name, err)
	}
	line, what := strconv.Itoa(max(ce.Line, 1)), ce.Message // a chunk begins in line 0
	for _, r := range refusals {
		m := r.theirs.FindStringSubmatchIndex(ce.Message)
		if m == nil {
			continue
		}
		what = string(r.theirs.ExpandString(nil, r.what, ce.Message, m))
		if r.line != "" {
			line = string(r.theirs.ExpandString(nil, r.line, ce.Message, m))
		} else if strings.HasPrefix(r.what, "label") {
			line = strconv.Itoa(ce.Line - 1) // it says the next
		}
	}
	return fmt.Errorf("%s:%s: %s", name, line, what)
}

// unclosed is where the first string in quotes begins that its line does not close; 0, 0 without one.
func unclosed(source string) (line, column int) {
	for at := 0; at < len(source); {
		kind, piece := Lex(source[at:])
		if body := piece[1:]; kind == Quoted {
			quotes := strings.HasSuffix(body, piece[:1])
			escapes := len(strings.TrimSuffix(body, piece[:1])) - len(strings.TrimRight(strings.TrimSuffix(body, piece[:1]), `\`))
			if !quotes || escapes%2 == 1 {
				return 1 + strings.Count(source[:at], "\n"), at - strings.LastIndexByte(source[:at], '\n')
			}
		}
		at += len(piece)
	}
	return 0, 0
}

// uncalled finds a method at the end of a chunk that is not called.
var uncalled = regexp.MustCompile(`[^\s=,;(]+:[A-Za-z_]\w*$`)

// tokenStart is the column of the token that an error is near: the parser gives the column where it ends.
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
