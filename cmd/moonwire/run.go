package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/lua/spelling"
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
	f.object.about(words[0], nil)
	t, err := find(ctx, "run", words[0], s)
	if err != nil {
		return err
	}
	f.object.about(t.name, nil)
	if !scripts.HasHeader(t.source) { // nothing is reported of it
		s = s.forCaptures(words[0] == "-")
	}
	return f.interpret(true, t.folder, s, func(state *lua.State, o *origin) error {
		return t.run(ctx, f, state, o, words[1:], s)
	})
}

// A text is a script as it was found.
type text struct {
	name, source string
	folder       string // where it may load code from; "" is nowhere
}

// run runs a script: an experiment, or a plain chunk.
func (t text) run(ctx context.Context, f *flags, state *lua.State, o *origin, words []string, s streams) error {
	if !scripts.HasHeader(t.source) {
		return plain(ctx, f, state, t, words)
	}
	script, err := scripts.Parse(t.name, t.source)
	if err != nil {
		return &fault{exitScript, err}
	}
	return experiment(ctx, f, state, o, script, words, s)
}

// find reads a script: a bundled one by its name, a file, or standard input, which is taken to lie in the current folder.
func find(ctx context.Context, command, word string, s streams) (t text, err error) {
	if word == "-" {
		source, err := readAll(ctx, "standard input", func() (io.ReadCloser, error) { return io.NopCloser(s.in), nil })
		return text{"stdin", source, "."}, err
	}
	if strings.TrimSpace(word) == "" {
		return text{}, usage("%s: want the name of an experiment or a file, got %q", command, word)
	}
	if !strings.ContainsAny(word, `./\`) {
		script, err := scripts.Find(word)
		if err != nil {
			return text{}, usage("%s: %w%s", command, err, wayToFile(word))
		}
		return text{script.Name, script.Source, ""}, nil
	}
	source, err := readAll(ctx, command+" "+word, func() (io.ReadCloser, error) { return os.Open(word) })
	return text{word, source, filepath.Dir(word)}, err
}

// scriptName is what a script's file is called that is named without its path.
var scriptName = regexp.MustCompile(`^[\w-]+$`)

// wayToFile says what may have been meant by a name that no experiment has.
func wayToFile(word string) string {
	if near := spelling.DidYouMean(word, experiments()); near != "" {
		return near
	}
	for _, name := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(" ,;+", r) }) {
		if name != word && slices.Contains(experiments(), name) {
			return "; one is run at a time"
		}
	}
	if !scriptName.MatchString(word) {
		return "; a file is named with its path, as in ./mine.lua"
	}
	return "; a file is named with its path: ./" + word + ".lua"
}

// maxScript is the longest script that is read, in bytes.
const maxScript = 4 << 20

// readAll opens a script and reads it until its end or until ctx does. A source that never ends is refused; one that is silent
// is left to its goroutine, which ends with the process: a pipe that nobody writes to does not even open. where begins an error.
func readAll(ctx context.Context, where string, open func() (io.ReadCloser, error)) (string, error) {
	type read struct {
		data []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		r, err := open()
		if err != nil {
			done <- read{err: err}
			return
		}
		defer func() { _ = r.Close() }() // only read
		data, err := io.ReadAll(io.LimitReader(r, maxScript+1))
		done <- read{data, err}
	}()
	select {
	case got := <-done:
		switch {
		case got.err != nil:
			return "", usage("%s: %w", where, got.err)
		case len(got.data) > maxScript:
			return "", usage("%s: want a script of at most %d bytes", where, maxScript)
		}
		return string(got.data), nil
	case <-ctx.Done():
		return "", &fault{exitInterrupted, lua.ErrInterrupted}
	}
}

// plain runs a file without a header: it has no verdict.
func plain(ctx context.Context, f *flags, state *lua.State, t text, words []string) error {
	if f.json || f.set.Changed("expect") {
		return usage("run: %s has no header (--- summary) and so no verdict: --json and --expect need an experiment", t.name)
	}
	if err := scripts.CheckPlain(t.name, t.source); err != nil {
		return &fault{exitScript, err}
	}
	state.SetArg(t.name, words)
	_, err := state.Run(ctx, t.name, t.source)
	return scriptFault(err)
}

// scriptFault is the fault of a script that ended with err; nil when it ended well.
func scriptFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lua.ErrInterrupted):
		return &fault{exitInterrupted, err}
	case errors.Is(err, lua.ErrUnsent):
		return &fault{exitCannotRun, err}
	}
	return &fault{exitScript, err}
}

// experiment runs a script with a header and reports what it found.
func experiment(ctx context.Context, f *flags, state *lua.State, o *origin, script scripts.Script, words []string, s streams) error {
	if f.set.Changed("expect") && !slices.Contains(script.Words(), f.expect) {
		return usage("--expect: %q is no verdict of %s; there are %s", f.expect, script.Name, strings.Join(script.Words(), ", "))
	}
	args, err := state.Arguments(script, words)
	if err != nil {
		return usage("%w%s", err, labHint(o.session, words))
	}
	f.object.about(script.Name, args)
	result, err := state.Experiment(ctx, script, args)
	if err == nil && result != nil {
		err = unlisted(script, result)
	}
	if result != nil && (f.json && f.object.begin() || !f.json && (err == nil || result.Interrupted && len(result.Taps) > 0)) {
		if printed := f.print(result, s.out); printed != nil {
			return printed
		}
	}
	switch {
	case err != nil:
		return scriptFault(err)
	case result != nil:
		return f.grade(result)
	case f.json || f.set.Changed("expect"):
		return &fault{exitScript, fmt.Errorf("%s: ended without a verdict: its header lists none, and it returned no check(...)", script.Name)}
	}
	return nil
}

// unlisted refuses a verdict that the script's header does not list; the result is then without one.
func unlisted(script scripts.Script, r *vantage.Result) error {
	if slices.Contains(script.Words(), string(r.Verdict)) {
		return nil
	}
	err := fmt.Errorf("%s: ended with %s, which its header does not list (@verdicts %s)", script.Name, r.Verdict, strings.Join(script.Verdicts, " "))
	if script.Example() {
		err = fmt.Errorf(`%s: ended with %s, and its header has no @verdicts: add "-- @verdicts" with the words that it may end with`, script.Name, r.Verdict)
	}
	r.Verdict, r.Error = "", err.Error()
	return err
}

// labHint guesses from arguments that were refused that the lab was meant.
func labHint(session *sendrecv.Session, words []string) string {
	switch {
	case session == nil || session.Host != nil:
		return "; or add --lab for the built-in network, which knows its server"
	case slices.ContainsFunc(words, func(w string) bool { return slices.Contains(natNames(), w) }):
		return "; a NAT of the lab is named as in --lab=masquerade"
	}
	return ""
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

// grade turns the verdict into the exit code. A check that failed is not well where nothing was expected, whatever the judge says
// besides.
func (f *flags) grade(r *vantage.Result) error {
	expected := f.set.Changed("expect")
	switch {
	case expected && string(r.Verdict) == f.expect:
		return nil
	case r.Verdict == vantage.Inconclusive && expected:
		return &fault{code: exitInconclusive, err: fmt.Errorf("want %s, got %s", f.expect, r.Verdict)}
	case r.Verdict == vantage.Inconclusive:
		return &fault{code: exitInconclusive}
	case expected:
		return &fault{code: exitOther, err: fmt.Errorf("want %s, got %s", f.expect, r.Verdict)}
	case r.Verdict == vantage.Fail:
		return &fault{code: exitOther}
	}
	for _, e := range r.Evidence {
		if e.Check == vantage.Fail {
			return &fault{code: exitOther, err: fmt.Errorf("%s: a check failed beside the verdict %s: %s", r.Experiment, r.Verdict, e.Says)}
		}
	}
	return nil
}
