package vm

import (
	"reflect"
	"runtime"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// openCoroutines replaces the functions of the library of coroutines that get protected calls, contexts or errors wrong.
func (m *Machine) openCoroutines() {
	lib, ok := m.l.GetGlobal(glua.CoroutineLibName).(*glua.LTable)
	if !ok {
		return
	}
	resume := lib.RawGetString("resume")
	create := m.l.NewFunction(m.creator(lib.RawGetString("create")))
	lib.RawSetString("create", create)
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
		switch {
		case l != m.l && l.Parent == nil: // the thread of a protected call: nothing resumed it
			l.Error(glua.LString("attempt to yield across pcall"), 0)
		case l.Parent != nil && !resumedDirectly():
			l.Error(glua.LString("attempt to yield across metamethod/C-call boundary"), 0)
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

// A coroutine begins with a frame that stays: gopher-lua resumes one that yielded in a tail call of its first frame, as in "return
// coroutine.yield()", with no frame at all, and takes a function of Go that yielded for one that returned.
// begin has the coroutine's errors reworded (fault.go).
const coroutineFrame = `local begin = ...
local function pass(...) return ... end
return function(f) return function(...) begin() return pass(f(...)) end end`

// creator makes coroutines with the library's create. What the library makes under a context stays in that context's list
// until it ends, long after the coroutine has; resume gives it a context when it runs.
func (m *Machine) creator(library glua.LValue) glua.LGFunction {
	m.l.Push(m.compileOwn("coroutine", coroutineFrame))
	m.l.Push(m.l.NewFunction(func(l *glua.LState) int {
		raise := l.Panic
		l.Panic = func(l *glua.LState) {
			m.reword(l)
			raise(l)
		}
		return 0
	}))
	m.l.Call(1, 1)
	frame := m.l.CheckFunction(-1)
	m.l.Pop(1)
	return func(l *glua.LState) int {
		body := l.CheckFunction(1)
		l.SetTop(0)
		l.Push(frame)
		l.Push(body)
		l.Call(1, 1)
		framed := l.Get(1)
		l.SetTop(0)
		l.Push(library)
		l.Push(framed)
		if ctx := l.RemoveContext(); ctx != nil {
			defer l.SetContext(ctx)
		}
		l.Call(1, 1)
		return 1
	}
}

// resumedDirectly reports that the loop of the interpreter which called the function of Go that asks is the one that a coroutine was
// resumed with. Below a metamethod, an iterator or a function of Go there is another one, which takes a yield for a return and goes
// on with a stack that is gone. gopher-lua shows it nowhere but on Go's own stack.
func resumedDirectly() bool {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for more, loop := true, false; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if loop {
			return strings.HasSuffix(f.Function, "gopher-lua.threadRun")
		}
		loop = strings.HasSuffix(f.Function, "gopher-lua.mainLoop") || strings.HasSuffix(f.Function, "gopher-lua.mainLoopWithContext")
	}
	return false
}

// resume passes its arguments on to the library's resume, under the bounds of the thread that calls: a coroutine may have
// been made in an earlier run, whose context has ended.
func (m *Machine) resume(l *glua.LState, library glua.LValue, co *glua.LState) int {
	if why := m.unresumable(co); why != "" {
		l.Push(glua.LFalse)
		l.Push(glua.LString(why))
		return 2
	}
	deep := m.enter(l)
	current := l.G.CurrentThread
	m.resumed = append(m.resumed, co)
	m.callers[co] = l
	defer func() {
		delete(m.callers, co)
		m.leave(deep)
		m.resumed = m.resumed[:len(m.resumed)-1]
		l.G.CurrentThread = current
	}()
	adopt(co, l)
	if want := awaited(co); want >= 0 {
		l.SetTop(1 + want) // missing ones are nil
	}
	return passOn(l, library)
}

// awaited is how many values the call wants that a coroutine yielded in; -1 is as many as there are, also before the first call.
// gopher-lua leaves registers without a value where resume gives fewer: local a, b = coroutine.yield() ends in a fault of Go.
// It shows neither the frame nor the instruction, so they are read out of the thread.
func awaited(co *glua.LState) int {
	frame := reflect.ValueOf(co).Elem().FieldByName("currentFrame")
	if frame.IsNil() {
		return -1
	}
	fn := (*glua.LFunction)(frame.Elem().FieldByName("Fn").UnsafePointer())
	pc := int(frame.Elem().FieldByName("Pc").Int())
	if fn.IsG || pc == 0 || int(fn.Proto.Code[pc-1]>>opShift) != glua.OP_CALL {
		return -1
	}
	return int(fn.Proto.Code[pc-1]>>9&0x1ff) - 1
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
		m.Rethrow(l, l.Get(first+1))
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
