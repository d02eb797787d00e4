package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/sendrecv"
)

// A Config is what a State is made of. The zero value has no port: packets can be crafted, not sent.
type Config struct {
	// Session is where packets go; nil means that nothing can be sent. The State does not close it.
	Session *sendrecv.Session
	// Stdout takes what scripts print; nil means os.Stdout.
	Stdout io.Writer
	// Stderr takes notices (a missing right, a pace); nil means os.Stderr.
	Stderr io.Writer
	// Memory bounds the memory in use, in bytes, while a script runs; 0 means 512 MiB. It is the process's, since
	// an interpreter's own share cannot be told.
	Memory uint64
}

// A State is one interpreter. Use it from one goroutine at a time; the caller closes it.
type State struct {
	l        *glua.LState
	config   Config
	types    types
	captures []*capture
	guards   []func()
	source   string // of the chunk that runs, for hints
	paced    bool   // the pace was told
	scratch  []byte // what build writes to
	threads  int    // how deep protected calls and coroutines nest

	trampoline *glua.LFunction // begins the thread of a protected call
}

// New makes an interpreter with every global in place.
func New(c Config) *State {
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	s := &State{config: c, l: glua.NewState(glua.Options{SkipOpenLibs: true, CallStackSize: 240, RegistryMaxSize: 1 << 20})}
	s.openLibraries()
	s.openProtected()
	s.openTypes()
	s.openBytes()
	s.openSets()
	s.openExchange()
	s.openFiles()
	s.openTaps()
	s.openConnections()
	return s
}

// Close releases what scripts left behind: captures, guards and the interpreter. It is safe to call twice.
func (s *State) Close() {
	for _, c := range s.captures {
		c.close()
	}
	for _, release := range s.guards {
		release()
	}
	s.captures, s.guards = nil, nil
	if !s.l.IsClosed() {
		s.l.Close()
	}
}

// Run runs a chunk of Lua. name stands in front of line numbers in errors. It returns what the chunk returned, as
// text ready to print: nil when it returned nothing.
func (s *State) Run(ctx context.Context, name, source string) ([]string, error) {
	fn, err := s.load(name, source)
	if err != nil {
		return nil, err
	}
	_, printed, err := s.call(ctx, fn, name, source)
	return printed, err
}

// Eval runs one entry of a prompt: an expression's values are returned as text, a statement runs. incomplete reports
// that the entry is the beginning of a block and nothing was run.
func (s *State) Eval(ctx context.Context, name, source string) (printed []string, incomplete bool, err error) {
	fn, err := s.load(name, "return "+source)
	if err != nil {
		fn, err = s.load(name, source)
	}
	if err != nil {
		var open openBlockError
		return nil, errors.As(err, &open), err
	}
	_, printed, err = s.call(ctx, fn, name, source)
	return printed, false, err
}

// call runs a function under ctx and the memory bound and returns its results, and the same as print writes them.
func (s *State) call(ctx context.Context, fn *glua.LFunction, name, source string) (values []glua.LValue, printed []string, err error) {
	ctx, stop := boundMemory(ctx, s.config.Memory)
	defer stop()
	s.l.SetContext(ctx)
	defer s.l.RemoveContext()
	s.source, s.threads = source, 0
	top := s.l.GetTop()
	defer s.l.SetTop(top)
	s.l.Push(fn)
	if err := s.l.PCall(0, glua.MultRet, nil); err != nil {
		return nil, nil, s.runError(ctx, name, err)
	}
	for i := top + 1; i <= s.l.GetTop(); i++ {
		values = append(values, s.l.Get(i))
		printed = append(printed, s.safeText(s.l.Get(i)))
	}
	if ctx.Err() != nil {
		return nil, nil, s.runError(ctx, name, ctx.Err())
	}
	return values, printed, nil
}

// ctx is the context of the running chunk.
func (s *State) ctx() context.Context {
	if ctx := s.l.Context(); ctx != nil {
		return ctx
	}
	return context.Background()
}

// notice tells the user something that is no output of the script.
func (s *State) notice(format string, args ...any) {
	// A notice that cannot be written has nowhere else to go.
	_, _ = fmt.Fprintf(s.config.Stderr, format+"\n", args...)
}
