package repl

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/lua/vm"
)

// An interpreter reads, evaluates and completes entries, as lua.State does.
type interpreter interface {
	Read(name, source string) (lua.Entry, error)
	ReadNext(name, source string) (lua.Entry, error)
	Eval(ctx context.Context, name, source string) (text string, incomplete bool, err error)
	Returned() bool
	Complete(entry string) (candidates []string, start int, help string)
}

// A prompt is one run of a Shell.
type prompt struct {
	*Shell
	state  interpreter
	name   string
	block  []string // the lines of an entry that is not complete yet
	waits  vm.Wait  // what they wait for
	lines  int      // how many lines were read before them
	failed bool
	left   bool // a person has asked for the end
}

// run asks and answers until the input or ctx ends.
func (p *prompt) run(ctx context.Context) (failed bool, err error) {
	if err := p.first(ctx); err != nil {
		return true, err
	}
	for !p.left {
		line, err := p.editor.readLine(ctx, p.question())
		switch {
		case ctx.Err() != nil:
			return true, lua.ErrInterrupted
		case errors.Is(err, errDropped), errors.Is(err, io.EOF) && p.config.Interactive && len(p.block) > 0:
			p.block = nil
			continue
		case errors.Is(err, io.EOF):
			return p.end(ctx)
		case err != nil:
			return true, err
		}
		if err := p.take(ctx, line); err != nil {
			return true, err
		}
	}
	return p.failed, nil
}

// first does what comes before the first line. The error ends the prompt.
func (p *prompt) first(ctx context.Context) error {
	if p.config.First == nil {
		return nil
	}
	var err error
	if left := p.attend(ctx, func(ctx context.Context) { err = p.config.First(ctx) }); left != nil {
		return left
	}
	return p.judge(ctx, "", true, err)
}

// leaving is how a person ends the prompt.
var leaving = regexp.MustCompile(`^\s*(exit|quit)\s*(\(\s*\))?\s*;?\s*$`)

// question is the prompt for the next line: the place, or for the rest of a block as many columns that end in dots.
func (p *prompt) question() question {
	dots := strings.Repeat(".", max(1, min(3, len(p.name))))
	dots = strings.Repeat(" ", max(0, len(p.name)-len(dots))) + dots + "> "
	q := question{prompt: p.name + "> ", rest: dots, complete: p.state.Complete}
	if len(p.block) > 0 {
		q.prompt, q.block = dots, strings.Join(p.block, "\n")+"\n"
		q.hint = "waits for " + p.waits.What + "; Ctrl-C drops it"
		if p.waits.Block && isBlank(p.block[len(p.block)-1]) {
			q.hint = "waits for " + p.waits.What + "; one more empty line ends it"
		}
	}
	return q
}

// take adds a line to the entry, or lines that were pasted, and evaluates it when it is complete. The error ends the prompt.
func (p *prompt) take(ctx context.Context, line string) error {
	p.block = append(p.block, line)
	if !p.config.Interactive && len(p.block) > 1 && isBlank(line) { // in a file a block has empty lines, and ends with what is not indented
		return nil
	}
	return p.takeBlock(ctx, line)
}

// takeBlock evaluates the lines of the entry when they are complete; line came last. The error ends the prompt.
func (p *prompt) takeBlock(ctx context.Context, line string) error {
	source := strings.Join(p.block, "\n")
	var entry lua.Entry
	var err error
	if !isBlank(source) {
		if left := p.attend(ctx, func(context.Context) { entry, err = p.read(source) }); left != nil {
			return left
		}
	}
	if err == nil && entry.Waits.What != "" && strings.Contains(line, "\n") { // what is pasted is whole: as if an empty line came behind it
		if left := p.attend(ctx, func(context.Context) {
			if whole, failed := p.read(source + "\n"); failed == nil && whole.Waits.What == "" {
				entry = whole
			}
		}); left != nil {
			return left
		}
	}
	if err == nil && entry.Waits.What != "" {
		if !p.endsHere(line, entry.Waits) {
			p.waits = entry.Waits
			return nil
		}
		entry.Steps = []string{source} // whose error says what is missing
	}
	if kept := p.editor.remember(strings.TrimSuffix(source, "\n")); kept != nil {
		_ = p.tell(p.Stderr(), "history: "+values.OneLine(kept.Error())) // as in print
	}
	several := strings.Contains(source, "\n")
	if err == nil || !p.config.Interactive && len(entry.Steps) > 0 { // piped lines have nothing to do with each other
		err = p.answer(ctx, entry.Steps, several)
	} else if left := p.judge(ctx, source, several, err); left != nil || !several {
		err = left
	} else {
		err = nil
		_ = p.tell(p.Stderr(), "nothing of it was run") // as in print
	}
	p.lines += len(p.block)
	p.block = nil
	return err
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// endsHere reports whether an empty line ends an entry that waits for more: the second one where empty lines are usual.
func (p *prompt) endsHere(line string, waits vm.Wait) bool {
	last := len(p.block) - 1
	if !p.config.Interactive || waits.Text || !isBlank(line) || last == 0 {
		return false
	}
	return !waits.Block || isBlank(p.block[last-1])
}

// answer evaluates the steps of an entry until one fails. The error ends the prompt.
func (p *prompt) answer(ctx context.Context, steps []string, several bool) error {
	for i, step := range steps {
		if p.left = leaving.MatchString(step); p.left {
			return nil
		}
		var a answer
		if left := p.attend(ctx, func(ctx context.Context) { a = p.eval(ctx, step) }); left != nil {
			return left
		}
		if a.text != "" {
			left := p.attend(ctx, func(context.Context) {
				a.err = firstError(p.tell(p.Stdout(), strings.TrimSuffix(a.text, "\n")), a.err)
			})
			if left != nil {
				return left
			}
		}
		if left := p.judge(ctx, step, several, a.err); left != nil {
			return left
		}
		if i+1 < len(steps) && p.config.Interactive && (a.err != nil || p.state.Returned()) { // piped lines have nothing to do with each other
			why := ""
			if a.err == nil {
				why = "return ends it: "
			}
			_ = p.tell(p.Stderr(), why+"what follows was not run, from line "+strconv.Itoa(lineOf(steps[i+1]))+" on") // as in print
			return nil
		}
	}
	return nil
}

// lineOf is the line of its entry that a step begins in.
func lineOf(step string) int { return 1 + len(step) - len(strings.TrimLeft(step, "\n")) }

// judge tells of an entry's error. It returns the one that ends the prompt: an interrupt that nobody typed, or output that
// nobody gets.
func (p *prompt) judge(ctx context.Context, source string, several bool, err error) error {
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
		text = explain(err, source, several, p.config.Color && p.screen.err.shown)
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

// An answer is what came of a step.
type answer struct {
	text string
	err  error
}

// read reads an entry.
func (p *prompt) read(source string) (lua.Entry, error) {
	if !p.config.Interactive { // what is piped in has lines that an error can point at
		return p.state.ReadNext(piped, strings.Repeat("\n", p.lines)+source)
	}
	return p.state.Read(typed, source)
}

// eval evaluates a step.
func (p *prompt) eval(ctx context.Context, step string) (a answer) {
	name := typed
	if !p.config.Interactive {
		name = piped
	}
	a.text, _, a.err = p.state.Eval(ctx, name, step)
	return a
}

// end evaluates a block that the end of the input closes, as Python's are, and tells of one that was never closed. The error is that of
// the prompt.
func (p *prompt) end(ctx context.Context) (failed bool, err error) {
	if len(p.block) > 0 {
		p.block = append(p.block, "")
		if err := p.takeBlock(ctx, ""); err != nil {
			return true, err
		}
	}
	if len(p.block) > 0 {
		p.failed = true
		_ = p.tell(p.Stderr(), "the input ends in the middle of a block: it waits for "+p.waits.What) // as in print
	}
	return p.failed, nil
}
