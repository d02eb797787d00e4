package vm

import glua "github.com/yuin/gopher-lua"

// maxThreads is how deep protected calls and coroutines may nest: each has a stack of its own, in Lua and in Go.
const maxThreads = 190

// openProtected replaces pcall and xpcall. gopher-lua's own detach the closures of every frame on the stack when an error
// is caught, not only of the frames that end, so that a caller's variables silently stop changing. Here the call runs
// on a thread of its own, whose frames are the only ones to end.
func (m *Machine) openProtected() {
	// Only a Lua function can begin a thread: this one passes on. What it returns begins with true, because a thread
	// without results cannot be told from one with a nil.
	trampoline, err := m.Compile("pcall", "local f = ... ; return true, f(select(2, ...))")
	if err != nil {
		panic("vm: " + err.Error())
	}
	m.trampoline = trampoline
	m.l.SetGlobal("pcall", m.l.NewFunction(func(l *glua.LState) int {
		l.CheckAny(1)
		args := make([]glua.LValue, l.GetTop())
		for i := range args {
			args[i] = l.Get(i + 1)
		}
		results, thrown := m.Protect(l, args[0], args[1:]...)
		if thrown != nil {
			l.Push(glua.LFalse)
			l.Push(thrown)
			return 2
		}
		return pushAll(l, glua.LTrue, results)
	}))
	m.l.SetGlobal("xpcall", m.l.NewFunction(func(l *glua.LState) int {
		handler := l.CheckFunction(2)
		results, thrown := m.Protect(l, l.CheckAny(1))
		if thrown == nil {
			return pushAll(l, glua.LTrue, results)
		}
		l.Push(glua.LFalse)
		l.Push(handler)
		l.Push(thrown)
		l.Call(1, glua.MultRet)
		return l.GetTop() - 2
	}))
	m.boundCoroutines()
}

func pushAll(l *glua.LState, first glua.LValue, rest []glua.LValue) int {
	l.Push(first)
	for _, v := range rest {
		l.Push(v)
	}
	return 1 + len(rest)
}

// Protect calls fn from l, the thread that runs, and returns its results, or the value that it threw. When calls nest too
// deep it raises an error on l instead.
func (m *Machine) Protect(l *glua.LState, fn glua.LValue, args ...glua.LValue) (results []glua.LValue, thrown glua.LValue) {
	m.enter(l)
	defer m.leave()
	thread, cancel := l.NewThread()
	if cancel != nil {
		defer cancel()
	}
	state, err, values := l.Resume(thread, m.trampoline, append([]glua.LValue{fn}, args...)...)
	switch {
	case state == glua.ResumeYield:
		return nil, glua.LString("attempt to yield across pcall")
	case err == nil:
		return values[1:], nil
	}
	return nil, thrownBy(err)
}

// enter counts a thread that begins; too deep a nest of them is an error of the script.
func (m *Machine) enter(l *glua.LState) {
	if m.threads >= maxThreads {
		l.RaiseError("pcall and coroutines nest deeper than %d", maxThreads)
	}
	m.threads++
}

func (m *Machine) leave() { m.threads-- }

// boundCoroutines keeps coroutines from starting one another without end.
func (m *Machine) boundCoroutines() {
	lib, ok := m.l.GetGlobal(glua.CoroutineLibName).(*glua.LTable)
	if !ok {
		return
	}
	lib.RawSetString("resume", m.counted(lib.RawGetString("resume")))
	wrap := lib.RawGetString("wrap")
	lib.RawSetString("wrap", m.l.NewFunction(func(l *glua.LState) int {
		l.Push(wrap)
		l.Push(l.Get(1))
		l.Call(1, 1)
		l.Push(m.counted(l.Get(-1)))
		return 1
	}))
}

// counted is a function that enters a thread.
func (m *Machine) counted(fn glua.LValue) *glua.LFunction {
	return m.l.NewFunction(func(l *glua.LState) int {
		m.enter(l)
		defer m.leave()
		return passOn(l, fn)
	})
}

// passOn calls fn with all arguments and returns all of its results.
func passOn(l *glua.LState, fn glua.LValue) int {
	n := l.GetTop()
	l.Push(fn)
	for i := 1; i <= n; i++ {
		l.Push(l.Get(i))
	}
	l.Call(n, glua.MultRet)
	return l.GetTop() - n
}
