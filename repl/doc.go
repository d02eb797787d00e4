// Package repl is the prompt: it reads a line, or as many as a block needs, evaluates it, prints what it is, and goes on.
//
// An expression's values are printed, a statement runs. Errors are printed and the prompt goes on; only trouble with the
// streams themselves ends it. What is pasted between a terminal's marks is one entry, of which nothing is evaluated behind
// the first error. Ctrl-C drops what is being written or stops what runs, and does not end the prompt unless
// what runs ignores it; Ctrl-D on an empty line, exit and quit do. In an open block, Ctrl-D drops the block.
//
// Lines come from an editor: readline at a terminal, plain lines anywhere else. Everything that a terminal shows passes
// one place, the screen, so that output never tears a line that is being edited.
package repl
