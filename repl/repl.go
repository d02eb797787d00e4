package repl

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
)

// A Config is where a shell reads and writes.
type Config struct {
	// In is where lines come from. The Shell does not close it, and may leave one read on it behind.
	In io.Reader
	// Out takes the values and what scripts print.
	Out io.Writer
	// Err takes errors and notices.
	Err io.Writer
	// Interactive says that In is a terminal: an interrupt ends what runs, or an open block, rather than the shell, and
	// lines are edited when Out or Err is a terminal too. Other lines are read without prompt or echo.
	Interactive bool
	// History is the file that keeps the entries of a person; "" keeps none. Its directory is made when it is missing;
	// nobody else may read the file.
	History string
	// First is done before the first line is read, as an entry is: its error is shown, a person's interrupt ends it, and the
	// prompt goes on. nil is nothing.
	First func(ctx context.Context) error
	// Color allows colours where a terminal shows them.
	Color bool
}

// A Shell reads entries and has them evaluated. Make one a process: it answers the terminal's signals. The caller closes
// it.
type Shell struct {
	config     Config
	screen     *screen
	editor     lineEditor
	interrupts chan os.Signal
	resizes    chan os.Signal
}

// New makes a shell. The terminal is left as it is until Run; a history that cannot be kept is told on Err.
func New(c Config) (*Shell, error) {
	if c.In == nil || c.Out == nil || c.Err == nil {
		return nil, errors.New("repl: want In, Out and Err, got nil")
	}
	s := &Shell{config: c, screen: newScreen(c), interrupts: make(chan os.Signal, 4), resizes: make(chan os.Signal, 1)}
	in, ok := c.In.(*os.File)
	if !ok || !c.Interactive || s.screen.file == nil || os.Getenv("TERM") == "dumb" {
		s.editor = newPlain(c, s.screen, s.interrupts)
		return s, nil
	}
	past, err := openHistory(c.History)
	if err != nil {
		s.print(s.Stderr(), "history: "+values.OneLine(err.Error())+"; entries are not kept\n")
	}
	s.editor, err = newTerminal(in, s, past)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Stdout takes what scripts print. It is safe for concurrent use; what is written while a person edits a line appears
// above it once the line of output is complete.
func (s *Shell) Stdout() io.Writer { return &s.screen.out }

// Stderr takes notices, as Stdout takes output.
func (s *Shell) Stderr() io.Writer { return &s.screen.err }

// Run reads and evaluates entries until the input ends or ctx does; a person's exit and quit end it too. name says where
// packets go; the prompt shows it. failed reports that an entry ended in an error. err is lua.ErrInterrupted when ctx (or
// a signal to terminate) ended the run, and ErrAbandoned when the interpreter did not end then; otherwise what is wrong
// with the input or, unless Interactive, with Out.
func (s *Shell) Run(ctx context.Context, state *lua.State, name string) (failed bool, err error) {
	return s.run(ctx, state, name)
}

// Close gives the terminal back as it was and ends the editor. It is safe to call twice, but not during Run.
func (s *Shell) Close() error { return s.editor.close() }

// run is Run with any interpreter.
func (s *Shell) run(ctx context.Context, state interpreter, name string) (failed bool, err error) {
	if s.config.Interactive {
		var stop context.CancelFunc
		ctx, stop = s.answerSignals(ctx)
		defer stop()
	}
	p := &prompt{Shell: s, state: state, name: values.OneLine(name)}
	return p.run(ctx)
}

// answerSignals has the terminal's signals answered by the shell until stop is called. The context ends when the process
// is asked to: a line may be in the middle of being edited, and the terminal must be given back.
func (s *Shell) answerSignals(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	ctx, cancel := signal.NotifyContext(ctx, terminations()...)
	signal.Notify(s.interrupts, os.Interrupt)
	quits := make(chan os.Signal, 1) // nobody reads it: Ctrl-\ means nothing here
	notifyTerminal(s.resizes, quits)
	return ctx, func() {
		signal.Stop(s.interrupts)
		signal.Stop(s.resizes)
		signal.Stop(quits)
		cancel()
	}
}

// print writes to a stream; when that fails there is nobody left to tell.
func (*Shell) print(w io.Writer, text string) { _, _ = io.WriteString(w, text) }
