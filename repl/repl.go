package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/moonwire/moonwire/lua"
)

// A Config is where a prompt reads and writes.
type Config struct {
	// Name says where packets go; the prompt shows it.
	Name string
	// In is where lines come from.
	In io.Reader
	// Out takes the values.
	Out io.Writer
	// Err takes the prompt and errors.
	Err io.Writer
	// Interactive says that a person types: a prompt is shown, and an interrupt ends what runs, or an open block,
	// rather than the prompt. Piped lines are evaluated without a prompt until ctx ends.
	Interactive bool
}

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// Run reads and evaluates until the input ends or ctx does. failed reports that an entry ended in an error. The
// goroutine that reads ends with the input, which the caller owns.
func Run(ctx context.Context, state *lua.State, c Config) (failed bool, err error) {
	p := &prompt{Config: c, state: state, interrupts: make(chan os.Signal, 1)}
	if c.Interactive {
		signal.Notify(p.interrupts, os.Interrupt)
		defer signal.Stop(p.interrupts)
	}
	lines := make(chan string)
	var broken error
	go func() {
		defer close(lines)
		broken = p.read(ctx, lines)
	}()
	for p.ask(); ; p.ask() {
		select {
		case line, ok := <-lines:
			if !ok {
				return p.end(), broken
			}
			if err := p.take(ctx, line); err != nil {
				return true, err
			}
		case <-p.interrupts:
			p.block = nil
			p.print(p.Err, "\n")
		case <-ctx.Done():
			return true, lua.ErrInterrupted
		}
	}
}

// A prompt is one run of Run.
type prompt struct {
	Config
	state      *lua.State
	interrupts chan os.Signal
	block      []string // the lines of an entry that is not complete yet
	lines      int      // how many lines were read before them
	failed     bool
}

// read hands over the input line by line.
func (p *prompt) read(ctx context.Context, lines chan<- string) error {
	scanner := bufio.NewScanner(p.In)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		select {
		case lines <- scanner.Text():
		case <-ctx.Done():
			return nil
		}
	}
	return scanner.Err()
}

// take adds a line to the entry and evaluates it when it is complete. The error ends the prompt.
func (p *prompt) take(ctx context.Context, line string) error {
	p.block = append(p.block, line)
	source := strings.Join(p.block, "\n")
	values, open, err := []string(nil), false, error(nil)
	if strings.TrimSpace(source) != "" {
		values, open, err = p.eval(ctx, source)
	}
	if open {
		return nil
	}
	p.lines += len(p.block)
	p.block = nil
	switch {
	case errors.Is(err, lua.ErrInterrupted) && !p.Interactive:
		return err
	case err != nil:
		p.failed = true
		p.print(p.Err, err.Error()+"\n")
	case len(values) > 0:
		p.print(p.Out, strings.Join(values, "\t")+"\n")
	}
	return nil
}

// eval evaluates one entry; an interrupt ends it.
func (p *prompt) eval(ctx context.Context, source string) (values []string, open bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-p.interrupts:
			cancel()
		case <-over:
		}
	}()
	name := "prompt"
	if !p.Interactive { // what is piped in has lines that an error can point at
		name, source = "stdin", strings.Repeat("\n", p.lines)+source
	}
	values, open, err = p.state.Eval(ctx, name, source)
	close(over)
	<-watched
	if ctx.Err() != nil && p.Interactive {
		p.print(p.Err, "\n") // behind the terminal's ^C
	}
	return values, open, err
}

// end closes the last line of a person's terminal and tells of a block that was never closed.
func (p *prompt) end() (failed bool) {
	if p.Interactive {
		p.print(p.Err, "\n")
	}
	if len(p.block) > 0 {
		p.failed = true
		p.print(p.Err, "the input ends in the middle of a block\n")
	}
	return p.failed
}

// ask shows the prompt to a person.
func (p *prompt) ask() {
	switch {
	case !p.Interactive:
	case len(p.block) > 0:
		p.print(p.Err, ">> ")
	default:
		p.print(p.Err, p.Name+"> ")
	}
}

// print writes to a stream; when that fails there is nobody left to tell.
func (*prompt) print(w io.Writer, text string) { _, _ = fmt.Fprint(w, text) }
