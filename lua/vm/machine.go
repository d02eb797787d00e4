package vm

import (
	"context"
	"errors"

	glua "github.com/yuin/gopher-lua"
)

// ErrInterrupted is returned by Run when its context ended before the script did.
var ErrInterrupted = errors.New("interrupted")

// ErrMemory is returned by Run when the script was stopped because the memory in use outgrew Options.Memory.
var ErrMemory = errors.New("the script uses too much memory")

// Options are the bounds of a Machine.
type Options struct {
	// Memory bounds the memory in use, in bytes, while a script runs; 0 means 512 MiB. It is the memory of the process:
	// an interpreter's own share cannot be measured.
	Memory uint64
	// Hint is what there is to say of a fault behind Lua's own words, beginning with a separator as in "; call it with a colon"; nil,
	// or "", is nothing.
	Hint func(Fault) string
	// Unknown is the error for a global that was never assigned; nil is one with its name.
	Unknown func(Unknown) string
}

const (
	callDepth   = 4000    // frames of one thread; each may be 3 KB of Go's stack, too
	threadDepth = 240     // those of a coroutine, of which a script may have thousands: room is made for all at once
	maxRegistry = 1 << 20 // values on the stack of one thread
	registry    = 256     // those that there is room for at first: a script may have thousands of coroutines
	registryGap = 4096    // and how many come with each that is added beyond: gopher-lua's 32 take minutes for a long list of values
)

// A Machine is one interpreter. Use it from one goroutine at a time; the caller closes it.
type Machine struct {
	l       *glua.LState
	options Options
	memory  uint64
	run     interruption

	thrown   glua.LValue // the last value that was thrown and is no text
	thrownAt string      // and where
	rethrown glua.LValue // the error that is raised, when it was raised before

	kept int    // how often Filled was asked
	seen uint64 // what was in use at its last collection
	full bool   // what it said then

	thrower *glua.LFunction               // Lua's error
	callers map[*glua.LState]*glua.LState // the threads that wait for others, by those

	main       *thread         // runs the chunk
	idle       []*thread       // for protected calls
	depth      int             // how deep protected calls and coroutines nest
	deep       int             // how many of the threads that made them have more than threadDepth frames
	resumed    []*glua.LState  // the coroutine that runs, and those that wait for it
	trampoline *glua.LFunction // the frame under a protected call
	tostring   *glua.LFunction // whatever scripts make of the global

	concatenation *glua.LFunction              // what .. calls
	walker        *glua.LFunction              // what a generic for calls with what it walks
	own           map[*glua.FunctionProto]bool // the functions in Lua that are this package's
	names         map[*glua.LFunction]called   // of functions of Go
	raisers       map[*glua.LFunction]bool     // those that raise what a script gives them
	assigned      map[string]bool              // the globals that were assigned once; nil until Strict
}

// New makes a Machine with the parts of Lua's library that touch nothing outside the interpreter. What loads code or
// reaches the interpreter's insides is missing, and so is print, which needs somewhere to print to.
func New(o Options) *Machine {
	boundArrays()
	m := &Machine{
		memory: o.Memory, options: o,
		own: map[*glua.FunctionProto]bool{}, names: map[*glua.LFunction]called{}, raisers: map[*glua.LFunction]bool{},
		callers: map[*glua.LState]*glua.LState{},
	}
	if m.memory == 0 {
		m.memory = defaultMemory
	}
	m.l = glua.NewState(glua.Options{SkipOpenLibs: true, CallStackSize: callDepth, RegistrySize: registry, RegistryGrowStep: registryGap, RegistryMaxSize: maxRegistry})
	m.l.Options.CallStackSize = threadDepth // of the coroutines that it makes
	m.concatenation, m.walker = m.l.NewFunction(m.concat), m.l.NewFunction(walk)
	m.openLibraries()
	m.openProtected()
	m.openCoroutines()
	m.nameFunctions()
	return m
}

// Close releases the interpreter. It is safe to call twice.
func (m *Machine) Close() {
	if !m.l.IsClosed() {
		m.l.Close()
	}
}

// Lua is the interpreter's main thread, for making tables, functions and globals. A function that a script called runs on
// the thread that it is given, and raises its errors there: raised on another, they tear the wrong stack down.
func (m *Machine) Lua() *glua.LState { return m.l }

// Global is the value of a global, LNil when there is none. Unlike LState.GetGlobal it runs no metatable that a script may
// have given the table of globals.
func (m *Machine) Global(name string) glua.LValue { return m.l.G.Global.RawGetString(name) }

// SetGlobal sets a global without running metatables; LNil removes it.
func (m *Machine) SetGlobal(name string, v glua.LValue) { m.l.G.Global.RawSetString(name, v) }

// A Thrown is the error of a script that threw a value and did not catch it.
type Thrown struct {
	// Value is what was thrown: usually a string, but any value can be.
	Value glua.LValue
	// Text is Value as Describe writes it. The interpreter's own errors begin with script:line:, and so does what is no text.
	Text string
}

// Error is the text.
func (t *Thrown) Error() string { return t.Text }

// Run calls a function under ctx and the memory bound and returns its results. read, if it is not nil, is given them while
// both bounds still hold, so that it may run what a script wrote (__tostring). The error is a *Thrown, ErrMemory or
// ErrInterrupted; a run that was interrupted and came to its end all the same returns its results with ErrInterrupted.
// Run must not be called while another Run of the Machine is under way.
func (m *Machine) Run(ctx context.Context, fn *glua.LFunction, read func([]glua.LValue)) (values []glua.LValue, err error) {
	ctx, unbound := boundMemory(ctx, m.memory)
	defer unbound()
	interpreter, stop := m.run.begin(ctx, m.memory)
	defer stop()
	m.l.SetContext(interpreter)
	defer m.l.RemoveContext()
	m.depth, m.deep = 0, 0
	defer func() { m.idle = nil }() // a stack that has grown never shrinks
	top := m.l.GetTop()
	defer m.l.SetTop(top)
	m.l.Push(m.main.begin)
	m.l.Push(fn)
	if err := m.main.call(0); err != nil {
		return nil, m.failure(ctx, err)
	}
	for i := top + 1; i <= m.l.GetTop(); i++ {
		values = append(values, m.l.Get(i))
	}
	if read != nil {
		read(values)
	}
	if ctx.Err() != nil {
		return values, m.failure(ctx, ctx.Err())
	}
	return values, nil
}

// failure is the error of a run that ended with err.
func (m *Machine) failure(ctx context.Context, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), ErrMemory):
		return ErrMemory
	case ctx.Err() != nil:
		return ErrInterrupted
	}
	thrown := thrownBy(err)
	at := ""
	if thrown == m.thrown && m.thrownAt != "" {
		at = m.thrownAt + " "
	}
	text := m.Describe(thrown)
	if t, ok := thrown.(*glua.LTable); ok && m.l.GetMetaField(t, "__tostring") == glua.LNil {
		text = "(error object is a table value)" // Lua's own words: its address tells nothing
	}
	return &Thrown{Value: thrown, Text: at + text}
}

// thrownBy is the value that a protected call of gopher-lua caught.
func thrownBy(err error) glua.LValue {
	if api, ok := err.(*glua.ApiError); ok && api.Object != nil { //nolint:errorlint // gopher-lua gives it bare
		return api.Object
	}
	return glua.LString(err.Error())
}
