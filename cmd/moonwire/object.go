package main

import (
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/scripts/report"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// An object is the one that --json owes a program: whoever reads standard output gets it however the command ends. Work that was
// left behind may still print, hence the lock.
type object struct {
	mu         sync.Mutex
	begun      bool
	experiment string
	args       scripts.Values
}

// about notes what the object is about, as far as that is known.
func (o *object) about(experiment string, args scripts.Values) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.experiment, o.args = experiment, args
}

// begin reports whether the object is still to be printed, and that somebody does from now on.
func (o *object) begin() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.begun
	o.begun = true
	return first
}

// owed prints the object of a run that ended with err before it had one, if the command line asks for it. What could not be read of
// that line may have asked too.
func (f *flags) owed(args []string, err error, w io.Writer) {
	words := f.set.Args()
	runs := len(words) > 0 && words[0] == "run" || len(words) == 0 && slices.Contains(args, "run")
	if err == nil || !runs || !f.json && !slices.Contains(args, "--json") || !f.object.begin() {
		return
	}
	f.object.mu.Lock()
	defer f.object.mu.Unlock()
	r := &vantage.Result{Experiment: f.object.experiment, Args: f.object.args, Interrupted: errors.Is(err, lua.ErrInterrupted), Error: lineOf(err)}
	sayWithin(err, func() {
		// When standard output cannot be written, the exit code and the line on standard error are left.
		_ = report.JSON(w, r)
	})
}
