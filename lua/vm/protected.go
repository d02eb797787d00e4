package vm

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"
)

const (
	// maxDepth is how deep protected calls and coroutines may nest: each has a stack in Lua and needs one in Go.
	maxDepth = 190
	// maxDeep is how many of the threads that wait for others may have thousands of frames.
	maxDeep = 8
	// maxIdle is how many threads wait for the next protected call. Most scripts need one or two at a time.
	maxIdle = 16
)

// openProtected replaces pcall and xpcall.
//
// gopher-lua closes the upvalues of every frame of a thread as soon as an error is raised, before it is known where the
// error will be caught. The frames that go on then no longer share their variables with the closures they made. So a
// protected call gets a thread to itself, whose frames all end with the error. Making a thread takes twenty microseconds; a
// call that has ended, with or without an error, leaves its thread clean for the next one.
func (m *Machine) openProtected() {
	// The frame under a protected call is Lua's, so that errors raised by Go functions have a line, in place of which placed puts
	// the script's (fault.go). The results begin with true, as those of pcall do, and because a bare call would be a tail call,
	// which leaves no frame.
	maker := m.compileOwn("pcall", "return function(f, ...) return true, f(...) end")
	m.l.Push(maker)
	m.l.Call(0, 1)
	m.trampoline = m.l.CheckFunction(-1)
	m.l.Pop(1)
	m.main = m.newThread(m.l)
	m.l.SetGlobal("pcall", m.l.NewFunction(m.pcall))
	m.l.SetGlobal("xpcall", m.l.NewFunction(m.xpcall))
}

// compileOwn compiles a chunk of this package, which is known to be right.
func (m *Machine) compileOwn(name, source string) *glua.LFunction {
	fn, err := m.Compile(name, source)
	if err != nil {
		panic("vm: " + err.Error())
	}
	m.keepOwn(fn.Proto)
	return fn
}

// keepOwn notes that a function, with those in it, is no script's.
func (m *Machine) keepOwn(proto *glua.FunctionProto) {
	m.own[proto] = true
	for _, sub := range proto.FunctionPrototypes {
		m.keepOwn(sub)
	}
}

// pcall is Lua's.
func (m *Machine) pcall(l *glua.LState) int {
	l.CheckAny(1)
	t := m.take(l)
	defer m.release(t)
	n := l.GetTop()
	for i := 1; i <= n; i++ {
		t.l.Push(l.Get(i))
	}
	return t.answer(l, t.call(n))
}

// xpcall is Lua's. The handler runs when the stack has been unwound; there is no debug library that could look at it.
func (m *Machine) xpcall(l *glua.LState) int {
	fn, handler := l.CheckAny(1), l.CheckFunction(2)
	t := m.take(l)
	defer m.release(t)
	t.l.Push(fn)
	err := t.call(1)
	if err == nil {
		return t.answer(l, nil)
	}
	l.Push(glua.LFalse)
	l.Push(handler)
	l.Push(thrownBy(err))
	l.Call(1, glua.MultRet)
	return l.GetTop() - 2
}

// Protect calls fn and returns its results, or the value that it threw; exactly one of the two is nil unless fn returned
// nothing. l is the thread that calls: fn runs under its context. An interrupt comes back as a value like any error, and
// still ends the script at its next instruction.
func (m *Machine) Protect(l *glua.LState, fn glua.LValue, args ...glua.LValue) (results []glua.LValue, thrown glua.LValue) {
	if m.depth >= maxDepth {
		return nil, glua.LString(tooDeep())
	}
	t := m.take(l)
	defer m.release(t)
	t.l.Push(fn)
	for _, arg := range args {
		t.l.Push(arg)
	}
	if err := t.call(1 + len(args)); err != nil {
		return nil, thrownBy(err)
	}
	for i := 2; i <= t.l.GetTop(); i++ {
		results = append(results, t.l.Get(i))
	}
	return results, nil
}

// take is a thread for a protected call, with what the call begins with already pushed.
func (m *Machine) take(l *glua.LState) *thread {
	deep := m.enter(l)
	var t *thread
	if n := len(m.idle); n > 0 {
		t, m.idle = m.idle[n-1], m.idle[:n-1]
	} else {
		m.l.Options.CallStackSize = callDepth
		state, cancel := m.l.NewThread()
		m.l.Options.CallStackSize, state.Options.CallStackSize = threadDepth, threadDepth
		if cancel != nil {
			cancel() // of a context that is not used: the call's is the caller's
		}
		t = m.newThread(state)
	}
	adopt(t.l, l)
	t.deep = deep
	m.callers[t.l] = l
	t.current = l.G.CurrentThread
	t.l.Push(t.begin)
	t.l.Push(m.trampoline)
	return t
}

// release takes a thread back, with nothing on its stack.
func (m *Machine) release(t *thread) {
	m.leave(t.deep)
	delete(m.callers, t.l)
	t.l.G.CurrentThread = t.current // a coroutine that was resumed from t left t there
	t.l.SetTop(0)
	if len(m.idle) < maxIdle {
		m.idle = append(m.idle, t)
	}
}

// adopt has a thread end when the context of the one that calls it does.
func adopt(callee, caller *glua.LState) {
	if ctx := caller.Context(); ctx != nil {
		callee.SetContext(ctx)
	} else {
		callee.RemoveContext()
	}
}

// enter counts a thread that l begins; nesting too deep is an error of the script. deep says that l has many frames; it is for
// leave.
func (m *Machine) enter(l *glua.LState) (deep bool) {
	if m.depth >= maxDepth {
		l.RaiseError("%s", tooDeep())
	}
	if _, deep = l.GetStack(threadDepth); deep {
		if m.deep == maxDeep {
			l.RaiseError("stack overflow")
		}
		m.deep++
	}
	m.depth++
	return deep
}

// leave counts a thread that has ended.
func (m *Machine) leave(deep bool) {
	m.depth--
	if deep {
		m.deep--
	}
}

func tooDeep() string { return fmt.Sprintf("pcall and coroutines nest deeper than %d", maxDepth) }

// A thread runs protected calls, one at a time.
type thread struct {
	l       *glua.LState
	begin   *glua.LFunction    // the first frame of each call
	raise   func(*glua.LState) // what throws
	deep    bool               // the thread that made the call has many frames
	raised  bool               // the interpreter has raised an error, and closed the upvalues of l before
	current *glua.LState       // the coroutine that made the call, for the library of coroutines
}

func (m *Machine) newThread(l *glua.LState) *thread {
	t := &thread{l: l}
	t.raise = func(l *glua.LState) {
		t.raised = true
		m.reword(l)
		// Whoever throws has no use for a stack trace, which takes longer than all the rest; gopher-lua adds one where
		// there is none.
		panic(&glua.ApiError{Type: glua.ApiErrorRun, Object: l.Get(-1), StackTrace: "-"})
	}
	t.begin = l.NewFunction(t.frame)
	return t
}

// call runs what has been pushed: begin, a function, and its n arguments. What it leaves on the stack are the results.
func (t *thread) call(n int) error {
	t.raised = false
	return t.l.PCall(n+1, glua.MultRet, nil)
}

// frame calls its first argument with the others. It has Go's panics closed like Lua's errors: the stack is gone when they
// are caught, and closures that still looked for their variables there would find anything.
func (t *thread) frame(l *glua.LState) int {
	l.Panic = t.raise // PCall restores it
	ended := false
	defer func() {
		if ended || t.raised {
			return
		}
		switch failure := recover().(type) {
		case nil: // the goroutine ends
		case *glua.ApiError: // raised on another thread
			l.Error(failure.Object, 0)
		default:
			l.Error(glua.LString(fmt.Sprintf("internal fault, please report it: %v", failure)), 0)
		}
	}()
	l.Call(l.GetTop()-1, glua.MultRet)
	ended = true
	return l.GetTop()
}

// answer pushes what pcall returns to l: true and the results, or false and what was thrown.
func (t *thread) answer(l *glua.LState, err error) int {
	if err != nil {
		l.Push(glua.LFalse)
		l.Push(thrownBy(err))
		return 2
	}
	n := t.l.GetTop()
	for i := 1; i <= n; i++ {
		l.Push(t.l.Get(i))
	}
	return n
}
