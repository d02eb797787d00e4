package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/scripts/report"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// runScript is moonwire run NAME|FILE|- [value ...] [key=value ...].
func runScript(ctx context.Context, f *flags, words []string, s streams) error {
	if len(words) == 0 {
		return usage("run: want the name of an experiment, a file, or -; moonwire list shows the experiments")
	}
	name, source, err := find("run", words[0], s)
	if err != nil {
		return err
	}
	return f.inPlace(true, s, func(state *lua.State, session *sendrecv.Session) error {
		if !scripts.HasHeader(source) {
			return plain(ctx, f, state, name, source, words[1:])
		}
		script, err := scripts.Parse(name, source)
		if err != nil {
			return &fault{exitScript, err}
		}
		return experiment(ctx, f, state, session, script, words[1:], s)
	})
}

// find reads a script: a bundled one by its name, a file, or standard input.
func find(command, word string, s streams) (name, source string, err error) {
	if word == "-" {
		b, err := io.ReadAll(s.in)
		if err != nil {
			return "", "", &fault{exitCannotRun, fmt.Errorf("standard input: %w", err)}
		}
		return "stdin", string(b), nil
	}
	if !strings.ContainsAny(word, `./\`) {
		script, err := scripts.Find(word)
		if err != nil {
			return "", "", usage("%s: %w; a file is named with its path: ./%s.lua", command, err, word)
		}
		return script.Name, script.Source, nil
	}
	b, err := os.ReadFile(word)
	if err != nil {
		return "", "", usage("%s: %w", command, err)
	}
	return word, string(b), nil
}

// plain runs a file without a header: it has no verdict.
func plain(ctx context.Context, f *flags, state *lua.State, name, source string, words []string) error {
	if f.json || f.expect != "" {
		return usage("run: %s has no header (--- summary) and so no verdict: --json and --expect need an experiment", name)
	}
	state.SetArg(name, words)
	_, err := state.Run(ctx, name, source)
	return scriptFault(err)
}

// scriptFault is the fault of a script that ended with err; nil when it ended well.
func scriptFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lua.ErrInterrupted):
		return &fault{exitInterrupted, err}
	}
	return &fault{exitScript, err}
}

// experiment runs a script with a header and reports what it found.
func experiment(ctx context.Context, f *flags, state *lua.State, session *sendrecv.Session, script scripts.Script, words []string, s streams) error {
	if f.set.Changed("expect") && !slices.Contains(script.Verdicts, f.expect) {
		return usage("--expect: %q is no verdict of %s; there are %s", f.expect, script.Name, strings.Join(script.Verdicts, ", "))
	}
	args, err := script.Read(words, supplied(session))
	if err != nil {
		return usage("%w%s", err, labHint(session, words))
	}
	if session == nil {
		return &fault{exitCannotRun, fmt.Errorf("%s needs %s: this version has no live ports, add --lab for the built-in network", script.Name, script.Needs)}
	}
	result, err := state.Experiment(ctx, script, args)
	if result == nil {
		return scriptFault(err)
	}
	if err == nil && !slices.Contains(script.Verdicts, string(result.Verdict)) {
		return &fault{exitScript, fmt.Errorf("%s: ended with %s, which its header does not list (@verdicts %s)",
			script.Name, result.Verdict, strings.Join(script.Verdicts, " "))}
	}
	if printed := f.print(result, s.out); printed != nil {
		return printed
	}
	if err != nil {
		return scriptFault(err)
	}
	return f.grade(result)
}

// labHint guesses from arguments that were refused that the lab was meant.
func labHint(session *sendrecv.Session, words []string) string {
	switch {
	case session == nil:
		return "; or add --lab for the built-in network, which knows its server"
	case slices.ContainsFunc(words, func(w string) bool { return slices.Contains(natNames(), w) }):
		return "; a NAT of the lab is named as in --lab=masquerade"
	}
	return ""
}

// supplied are the arguments that the place itself gives: the lab knows its server.
func supplied(session *sendrecv.Session) map[string]string {
	if session == nil || !session.Server.IsValid() {
		return nil
	}
	return map[string]string{"dst": session.Server.Addr().String(), "dport": fmt.Sprint(session.Server.Port())}
}

// print writes the result as a page, or as JSON when asked.
func (f *flags) print(r *vantage.Result, w io.Writer) error {
	if f.json {
		return report.JSON(w, r)
	}
	o := report.Options{Width: 80}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		o.Color = os.Getenv("NO_COLOR") == ""
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			o.Width = width
		}
	}
	return report.Terminal(w, r, o)
}

// grade turns the verdict into the exit code.
func (f *flags) grade(r *vantage.Result) error {
	expected := f.set.Changed("expect")
	switch {
	case expected && string(r.Verdict) == f.expect:
		return nil
	case r.Verdict == vantage.Inconclusive:
		return &fault{code: exitInconclusive}
	case expected:
		return &fault{code: exitOther, err: fmt.Errorf("want %s, got %s", f.expect, r.Verdict)}
	}
	return nil
}
