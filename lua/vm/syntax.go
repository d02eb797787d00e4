package vm

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

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
	if pe.Pos.Line == parse.EOF {
		return cutShort(name, source, pe.Message)
	}
	return &SyntaxError{Script: name, Line: pe.Pos.Line, Column: tokenStart(source, pe), Near: pe.Token,
		What: fmt.Sprintf("syntax error near '%s'", pe.Token)}
}

// cutShort is the error of a chunk that ends before its last statement does.
func cutShort(name, source, message string) *SyntaxError {
	e := &SyntaxError{Script: name, What: "syntax error: the chunk ends in the middle of a statement"}
	if message == "unterminated string" {
		e.What = "syntax error: a string is not closed"
		return e
	}
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
