// Package repl is the prompt: it reads a line, or as many as a block needs, evaluates it, prints what it is, and goes on.
//
// An expression's values are printed, a statement runs. Errors are printed and the prompt goes on; only trouble with the
// streams themselves ends it.
package repl
