package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/repl"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// evaluate is moonwire -e 'LUA': it prints only what the chunks print.
func evaluate(ctx context.Context, f *flags, s streams) error {
	if f.json || f.set.Changed("expect") {
		return usage("--json and --expect belong to run and compare")
	}
	return f.interpret(false, ".", s.forCaptures(false), func(state *lua.State, _ *origin) error { return f.evaluateChunks(ctx, state) })
}

// evaluateChunks runs what each -e says until one fails. What one declares, those behind it see. Of several, errors say which.
func (f *flags) evaluateChunks(ctx context.Context, state *lua.State) error {
	for i, chunk := range f.chunks {
		name := "-e"
		if len(f.chunks) > 1 {
			name = fmt.Sprintf("-e %d", i+1)
		}
		_, open, err := state.Eval(ctx, name, chunk)
		if open { // a block of Python's ends with the end of its line, and nothing else does
			if _, stays, failed := state.Eval(ctx, name, chunk+"\n"); !stays {
				err = failed
			}
		}
		if err != nil {
			return scriptFault(err)
		}
	}
	return nil
}

// prompt is moonwire without a command, and with -i: lines from a person or a pipe, behind what -e and a file do. Without the right to
// open live interfaces it is in the built-in network and says so.
func prompt(ctx context.Context, f *flags, words []string, s streams) error {
	if f.json || f.set.Changed("expect") {
		return usage("--json and --expect belong to run and compare")
	}
	file, words, err := f.promptFile(ctx, words, s)
	if err != nil {
		return err
	}
	o, session, err := f.promptOrigin(s)
	if err != nil {
		return err
	}
	defer o.Close()
	person := isTerminal(s.in)
	config := repl.Config{
		In: s.in, Out: s.out, Err: s.err, Interactive: person,
		History: history(), Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
	var state *lua.State
	var inside streams
	if f.prompt {
		config.First = func(ctx context.Context) error { return f.first(ctx, state, o, file, words, inside) }
	}
	shell, err := repl.New(config)
	if err != nil {
		return err
	}
	defer func() { _ = shell.Close() }() // the terminal is given back, whatever the error
	inside = streams{in: s.in, out: shell.Stdout(), err: shell.Stderr()}
	c := f.interpreter(o, ".", shell.Stdout())
	c.Stdout, c.Stderr, c.Prompt, c.Progress = shell.Stdout(), shell.Stderr(), true, shell.Progress
	state = lua.New(c)
	if person {
		if err := write(s.err, "help() tells what there is, Tab completes, Ctrl-C stops a call, Ctrl-D leaves\n"); err != nil {
			return err
		}
	}
	failed, err := shell.Run(ctx, state, session.Name)
	if !errors.Is(err, repl.ErrAbandoned) { // or something still runs in it, and goes with the process
		state.Close()
	}
	if failed && err == nil && !person {
		return &fault{code: exitScript} // the errors of the lines have been printed one by one
	}
	return scriptFault(err)
}

// promptFile is the file of -i, and its words; the zero text when there is none. moonwire -i run FILE is the same.
func (f *flags) promptFile(ctx context.Context, words []string, s streams) (text, []string, error) {
	if len(words) > 0 && words[0] == "run" {
		words = words[1:]
	}
	if len(words) == 0 {
		return text{}, nil, nil
	}
	if len(words) > 2 && words[1] == "run" {
		return text{}, nil, usage("-i: want one FILE, got %s and run %s; run(\"./other.lua\") at the prompt runs another", words[0], words[2])
	}
	if words[0] == "-" {
		return text{}, nil, usage("-i: want a FILE: standard input has the lines of the prompt")
	}
	t, err := find(ctx, "-i", words[0], s)
	return t, words[1:], err
}

// first does what comes before the first line of a prompt.
func (f *flags) first(ctx context.Context, state *lua.State, o *origin, file text, words []string, s streams) error {
	if err := f.evaluateChunks(ctx, state); err != nil || file.name == "" {
		return err
	}
	state.SetFolder(file.folder)
	defer state.SetFolder(".")
	state.KeepLocals()
	return file.run(ctx, f, state, o, words, s)
}

// promptOrigin opens the origin that the flags name; when they name none, live interfaces if there is the right to, otherwise
// the lab.
func (f *flags) promptOrigin(s streams) (*origin, *sendrecv.Session, error) {
	o, err := f.origin(false, s)
	if err != nil {
		return nil, nil, err
	}
	session, err := o.Open()
	named := f.set.Changed("iface") || len(f.taps) > 0
	if !named && (errors.Is(err, os.ErrPermission) || errors.Is(err, errors.ErrUnsupported)) {
		if err := f.set.Set("lab", lab.NATs()[0].Name); err != nil {
			return nil, nil, err
		}
		if err := write(s.err, fmt.Sprintf("in the built-in network, behind its NAT %s: %s\n", f.lab, values.OneLine(err.Error()))); err != nil {
			return nil, nil, err
		}
		return f.promptOrigin(s)
	}
	return o, session, err
}

// history is the file that keeps what was typed, where the XDG base directories put such state; "" when there is no home
// to put it in.
func history() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "moonwire", "history")
}
