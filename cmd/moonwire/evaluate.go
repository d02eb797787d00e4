package main

import (
	"context"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/repl"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// evaluate is moonwire -e 'LUA': it prints only what the chunk prints.
func evaluate(ctx context.Context, f *flags, s streams) error {
	if f.json || f.expect != "" {
		return usage("--json and --expect belong to run")
	}
	return f.inPlace(false, s, func(state *lua.State, _ *sendrecv.Session) error {
		_, err := state.Run(ctx, "-e", f.chunk)
		return scriptFault(err)
	})
}

// prompt is moonwire without a command: lines from a person or a pipe. Without a place to send from it opens the
// built-in network and says so.
func prompt(ctx context.Context, f *flags, s streams) error {
	if f.json || f.expect != "" {
		return usage("--json and --expect belong to run")
	}
	if !f.set.Changed("lab") {
		if err := f.set.Set("lab", lab.NATs()[0].Name); err != nil {
			return err
		}
		if err := write(s.err, "no live ports in this version: this is the built-in network, behind its NAT "+f.lab+"\n"); err != nil {
			return err
		}
	}
	return f.inPlace(false, s, func(state *lua.State, session *sendrecv.Session) error {
		person := isTerminal(s.in)
		failed, err := repl.Run(ctx, state, repl.Config{Name: session.Name, In: s.in, Out: s.out, Err: s.err, Interactive: person})
		if failed && err == nil && !person {
			return &fault{code: exitScript} // the lines that failed have been told one by one
		}
		return scriptFault(err)
	})
}
