package repl

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
)

// An interpreter evaluates and completes entries, as lua.State does.
type interpreter interface {
	Eval(ctx context.Context, name, source string) (text string, incomplete bool, err error)
	Complete(entry string) (candidates []string, start int, help string)
}

// A prompt is one run of a Shell.
type prompt struct {
	*Shell
	state  interpreter
	name   string
	block  []string // the lines of an entry that is not complete yet
	lines  int      // how many lines were read before them
	failed bool
}

// run asks and answers until the input or ctx ends.
func (p *prompt) run(ctx context.Context) (failed bool, err error) {
	for {
		line, err := p.editor.readLine(ctx, p.question())
		switch {
		case ctx.Err() != nil:
			return true, lua.ErrInterrupted
		case errors.Is(err, errDropped), errors.Is(err, io.EOF) && p.config.Interactive && len(p.block) > 0:
			p.block = nil
			continue
		case errors.Is(err, io.EOF):
			return p.end(), nil
		case err != nil:
			return true, err
		}
		if len(p.block) == 0 && leaving.MatchString(line) {
			return p.failed, nil
		}
		if err := p.take(ctx, line); err != nil {
			return true, err
		}
	}
}

// leaving is how a person ends the prompt.
var leaving = regexp.MustCompile(`^\s*(exit|quit)\s*(\(\s*\))?\s*;?\s*$`)

// question is the prompt for the next line: the place, or for the rest of a block as many columns that end in dots.
func (p *prompt) question() question {
	q := question{prompt: p.name + "> ", complete: p.state.Complete}
	if len(p.block) > 0 {
		dots := strings.Repeat(".", max(1, min(3, len(p.name))))
		q.prompt = strings.Repeat(" ", max(0, len(p.name)-len(dots))) + dots + "> "
		q.block = strings.Join(p.block, "\n") + "\n"
	}
	return q
}

// take adds a line to the entry and evaluates it when it is complete. The error ends the prompt.
func (p *prompt) take(ctx context.Context, line string) error {
	p.block = append(p.block, line)
	source := strings.Join(p.block, "\n")
	var a answer
	if strings.TrimSpace(source) != "" {
		if left := p.attend(ctx, func(ctx context.Context) { a = p.eval(ctx, source) }); left != nil {
			return left
		}
	}
	if a.open {
		return nil
	}
	p.lines += len(p.block)
	p.block = nil
	if kept := p.editor.remember(source); kept != nil {
		_ = p.tell(p.Stderr(), "history: "+values.OneLine(kept.Error())) // as in print
	}
	if a.text != "" {
		left := p.attend(ctx, func(context.Context) {
			a.err = firstError(p.tell(p.Stdout(), strings.TrimSuffix(a.text, "\n")), a.err)
		})
		if left != nil {
			return left
		}
	}
	return p.judge(ctx, source, a.err)
}

// judge tells of an entry's error. It returns the one that ends the prompt: an interrupt that nobody typed, or output that
// nobody gets.
func (p *prompt) judge(ctx context.Context, source string, err error) error {
	broken := p.screen.out.failure()
	switch {
	case broken != nil && !p.config.Interactive:
		return broken
	case err == nil:
		return nil
	case errors.Is(err, lua.ErrInterrupted) && (!p.config.Interactive || ctx.Err() != nil):
		return err
	}
	p.failed = true
	text := values.Visible(err.Error())
	if p.config.Interactive && !errors.Is(err, lua.ErrInterrupted) {
		text = explain(err, source, p.config.Color && p.screen.err.shown)
	}
	_ = p.tell(p.Stderr(), text) // as in print
	return nil
}

// tell writes a line of the prompt's own, which begins where the entry's output left none.
func (p *prompt) tell(w io.Writer, text string) error {
	p.screen.prompt("")
	_, err := io.WriteString(w, text+"\n")
	return err
}

// Entries are named as errors name them: a person's begin at line 1, and what is piped in is one text.
const (
	typed = "prompt"
	piped = "stdin"
)

// An answer is what came of an entry.
type answer struct {
	text string
	open bool // more lines must follow
	err  error
}

// eval evaluates one entry.
func (p *prompt) eval(ctx context.Context, source string) (a answer) {
	name := typed
	if !p.config.Interactive { // what is piped in has lines that an error can point at
		name, source = piped, strings.Repeat("\n", p.lines)+source
	}
	a.text, a.open, a.err = p.state.Eval(ctx, name, source)
	return a
}

// end tells of a block that was never closed.
func (p *prompt) end() (failed bool) {
	if len(p.block) > 0 {
		p.failed = true
		_ = p.tell(p.Stderr(), "the input ends in the middle of a block") // as in print
	}
	return p.failed
}
