package vm

import (
	"slices"

	glua "github.com/yuin/gopher-lua"
)

// openCoroutines replaces the functions of the library of coroutines that get protected calls, contexts or errors wrong.
func (m *Machine) openCoroutines() {
	lib, ok := m.l.GetGlobal(glua.CoroutineLibName).(*glua.LTable)
	if !ok {
		return
	}
	create, resume := lib.RawGetString("create"), lib.RawGetString("resume")
	lib.RawSetString("resume", m.l.NewFunction(func(l *glua.LState) int {
		return m.resume(l, resume, l.CheckThread(1))
	}))
	lib.RawSetString("wrap", m.l.NewFunction(func(l *glua.LState) int {
		l.Push(create)
		l.Push(l.CheckFunction(1))
		l.Call(1, 1)
		co := l.CheckThread(-1)
		l.Push(l.NewFunction(func(l *glua.LState) int { return m.resumeWrapped(l, resume, co) }))
		return 1
	}))
	lib.RawSetString("yield", m.l.NewFunction(func(l *glua.LState) int {
		if l != m.l && l.Parent == nil { // the thread of a protected call: nothing resumed it
			l.Error(glua.LString("attempt to yield across pcall"), 0)
		}
		return -1 // gopher-lua yields
	}))
	lib.RawSetString("running", m.l.NewFunction(func(l *glua.LState) int {
		if l.G.CurrentThread == m.l {
			l.Push(glua.LNil)
		} else {
			l.Push(l.G.CurrentThread)
		}
		return 1
	}))
}

// resume passes its arguments on to the library's resume, under the bounds of the thread that calls: a coroutine may have
// been made in an earlier run, whose context has ended.
func (m *Machine) resume(l *glua.LState, library glua.LValue, co *glua.LState) int {
	if why := m.unresumable(co); why != "" {
		l.Push(glua.LFalse)
		l.Push(glua.LString(why))
		return 2
	}
	m.enter(l)
	current := l.G.CurrentThread
	m.resumed = append(m.resumed, co)
	defer func() {
		m.depth--
		m.resumed = m.resumed[:len(m.resumed)-1]
		l.G.CurrentThread = current
	}()
	adopt(co, l)
	return passOn(l, library)
}

// unresumable is why a coroutine cannot be resumed; empty when it can. The library notices the one that runs, not those
// that wait for it: resumed in the middle of its resume, one of them resumes the other without end.
func (m *Machine) unresumable(co *glua.LState) string {
	switch {
	case co == m.l.G.CurrentThread:
		return "can not resume a running thread"
	case co.Dead:
		return "can not resume a dead thread"
	case slices.Contains(m.resumed, co):
		return "can not resume a normal thread"
	}
	return ""
}

// resumeWrapped calls what coroutine.wrap returned. The library's own throws an error of the coroutine without closing what
// the frames of the caller share with closures, and leaves the coroutine as if it could go on.
func (m *Machine) resumeWrapped(l *glua.LState, library glua.LValue, co *glua.LState) int {
	if why := m.unresumable(co); why != "" {
		l.RaiseError("%s", why)
	}
	l.Insert(co, 1)
	n := m.resume(l, library, co)
	if first := l.GetTop() - n + 1; l.Get(first) == glua.LFalse {
		l.Error(l.Get(first+1), 0)
	}
	return n - 1 // without the true in front
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
