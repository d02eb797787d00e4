//go:build !unix

package repl

import (
	"os"
	"syscall"
)

// terminations are the signals that ask a process to end: on Windows, the one for a console that is closed.
func terminations() []os.Signal { return []os.Signal{syscall.SIGTERM} }

// notifyTerminal does nothing: there are no such signals. The width is asked for anew with each line.
func notifyTerminal(_, _ chan<- os.Signal) {}
