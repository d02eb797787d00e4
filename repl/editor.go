package repl

import (
	"context"
	"errors"
)

// A lineEditor is where lines come from.
type lineEditor interface {
	// readLine returns one line without its end. The error is errDropped when the person dropped the line, io.EOF
	// behind the last one, and anything when ctx ends.
	readLine(ctx context.Context, q question) (string, error)
	// remember adds an entry to the history.
	remember(entry string) error
	// close ends the editor and restores the terminal. It is safe to call twice.
	close() error
}

// A question is what a line answers.
type question struct {
	// prompt stands in front of the line, and rest in front of those behind it, when it is pasted; they have no colours.
	prompt, rest string
	// hint tells what the block waits for; "" when there is none.
	hint string
	// block holds the lines of the entry that were read before, each with its end.
	block string
	// complete is the interpreter's.
	complete completer
}

// A completer lists what can stand at the end of an entry: see lua.State.Complete.
type completer func(entry string) (candidates []string, start int, help string)

// errDropped tells that a person dropped the line with Ctrl-C.
var errDropped = errors.New("the line was dropped")
