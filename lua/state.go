package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

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
	values, err := s.call(ctx, fn, name, source)
	return s.printed(values), err
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
	values, err := s.call(ctx, fn, name, source)
	return s.printed(values), false, err
}

// load compiles a chunk. Bytecode is not accepted: it can break the interpreter.
func (s *State) load(name, source string) (*glua.LFunction, error) {
	if strings.HasPrefix(source, "\x1bLua") {
		return nil, fmt.Errorf("%s:1: want Lua source, got bytecode", name)
	}
	if strings.HasPrefix(source, "#") { // a script may begin with "#!", as Lua's own do
		source = "--" + source
	}
	chunk, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	proto, err := glua.Compile(chunk, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s.l.NewFunctionFromProto(proto), nil
}

// call runs a function under ctx and the memory bound and returns its results.
func (s *State) call(ctx context.Context, fn *glua.LFunction, name, source string) ([]glua.LValue, error) {
	ctx, stop := boundMemory(ctx, s.config.Memory)
	defer stop()
	s.l.SetContext(ctx)
	defer s.l.RemoveContext()
	s.source = source
	top := s.l.GetTop()
	s.l.Push(fn)
	if err := s.l.PCall(0, glua.MultRet, nil); err != nil {
		s.l.SetTop(top)
		return nil, s.runError(ctx, name, err)
	}
	var values []glua.LValue
	for i := top + 1; i <= s.l.GetTop(); i++ {
		values = append(values, s.l.Get(i))
	}
	s.l.SetTop(top)
	return values, nil
}

// printed writes values as print does.
func (s *State) printed(values []glua.LValue) []string {
	var texts []string
	for _, v := range values {
		texts = append(texts, s.text(v))
	}
	return texts
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
