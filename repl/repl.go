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
	// Err takes errors.
	Err io.Writer
	// Interactive says that a person types: a prompt is shown. Piped lines are evaluated without one.
	Interactive bool
}

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// Run reads and evaluates until the input ends or ctx does. failed reports that a line ended in an error.
func Run(ctx context.Context, state *lua.State, c Config) (failed bool, err error) {
	lines := bufio.NewScanner(c.In)
	lines.Buffer(nil, maxLine)
	var block []string
	for c.ask(len(block) > 0); lines.Scan(); c.ask(len(block) > 0) {
		block = append(block, lines.Text())
		source := strings.Join(block, "\n")
		if strings.TrimSpace(source) == "" {
			block = nil
			continue
		}
		open, err := c.eval(ctx, state, source)
		switch {
		case open:
			continue
		case errors.Is(err, lua.ErrInterrupted) && !c.Interactive:
			return true, err
		case err != nil:
			failed = true
			c.say(c.Err, err.Error())
		}
		block = nil
	}
	if len(block) > 0 {
		failed = true
		c.say(c.Err, "the input ends in the middle of a block")
	}
	return failed, lines.Err()
}

// eval evaluates one entry. An interrupt ends it, not the prompt.
func (c Config) eval(ctx context.Context, state *lua.State, source string) (open bool, err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	values, open, err := state.Eval(ctx, "prompt", source)
	if open || err != nil {
		return open, err
	}
	if len(values) > 0 {
		c.say(c.Out, strings.Join(values, "\t"))
	}
	return false, nil
}

// ask shows the prompt.
func (c Config) ask(block bool) {
	switch {
	case !c.Interactive:
	case block:
		c.print(c.Err, ">> ")
	default:
		c.print(c.Err, c.Name+"> ")
	}
}

func (c Config) say(w io.Writer, text string) { c.print(w, text+"\n") }

// print writes to a stream; when that fails there is nobody left to tell.
func (Config) print(w io.Writer, text string) { _, _ = fmt.Fprint(w, text) }
