//go:build unix

package repl

import (
	"os"
	"os/signal"
	"syscall"
)

// terminations are the signals that ask a process to end.
func terminations() []os.Signal { return []os.Signal{syscall.SIGTERM, syscall.SIGHUP} }

// notifyTerminal has a new size and Ctrl-\ of the terminal sent to channels.
func notifyTerminal(resizes, quits chan<- os.Signal) {
	signal.Notify(resizes, syscall.SIGWINCH)
	signal.Notify(quits, syscall.SIGQUIT)
}
