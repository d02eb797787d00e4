package lua

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"
)

// maxThreads is how deep protected calls and coroutines may nest: each has a stack of its own, in Lua and in Go.
const maxThreads = 190

// openProtected replaces pcall and xpcall. gopher-lua's own detach the closures of every frame on the stack when an error
// is caught, not only of the frames that end, so that a caller's variables silently stop changing. Here the call runs
// on a thread of its own, whose frames are the only ones to end.
func (s *State) openProtected() {
	// Only a Lua function can begin a thread: this one passes on. What it returns begins with true, because a thread
	// without results cannot be told from one with a nil.
	trampoline, err := s.load("pcall", "local f = ... ; return true, f(select(2, ...))")
	if err != nil {
		panic("lua: " + err.Error())
	}
	s.trampoline = trampoline
	s.l.SetGlobal("pcall", s.l.NewFunction(func(l *glua.LState) int {
		l.CheckAny(1)
		args := make([]glua.LValue, l.GetTop())
		for i := range args {
			args[i] = l.Get(i + 1)
		}
		results, thrown := s.protect(l, args)
		if thrown != nil {
			l.Push(glua.LFalse)
			l.Push(thrown)
			return 2
		}
		return pushAll(l, glua.LTrue, results)
	}))
	s.l.SetGlobal("xpcall", s.l.NewFunction(func(l *glua.LState) int {
		handler := l.CheckFunction(2)
		results, thrown := s.protect(l, []glua.LValue{l.CheckAny(1)})
		if thrown == nil {
			return pushAll(l, glua.LTrue, results)
		}
		l.Push(glua.LFalse)
		l.Push(handler)
		l.Push(thrown)
		l.Call(1, glua.MultRet)
		return l.GetTop() - 2
	}))
	s.boundCoroutines()
}

func pushAll(l *glua.LState, first glua.LValue, rest []glua.LValue) int {
	l.Push(first)
	for _, v := range rest {
		l.Push(v)
	}
	return 1 + len(rest)
}

// protect calls args[0] with the rest and returns its results, or the value that was thrown.
func (s *State) protect(l *glua.LState, args []glua.LValue) (results []glua.LValue, thrown glua.LValue) {
	s.enter(l)
	defer s.leave()
	thread, cancel := l.NewThread()
	if cancel != nil {
		defer cancel()
	}
	state, err, values := l.Resume(thread, s.trampoline, args...)
	switch {
	case state == glua.ResumeYield:
		return nil, glua.LString("attempt to yield across pcall")
	case err == nil:
		return values[1:], nil
	}
	if api, ok := err.(*glua.ApiError); ok && api.Object != nil { //nolint:errorlint // Resume gives it bare
		return nil, api.Object
	}
	return nil, glua.LString(err.Error())
}

// enter counts a thread that begins; too deep a nest of them is an error of the script.
func (s *State) enter(l *glua.LState) {
	if s.threads >= maxThreads {
		l.RaiseError("pcall and coroutines nest deeper than %d", maxThreads)
	}
	s.threads++
}

func (s *State) leave() { s.threads-- }

// boundCoroutines keeps coroutines from starting one another without end.
func (s *State) boundCoroutines() {
	lib, ok := s.l.GetGlobal(glua.CoroutineLibName).(*glua.LTable)
	if !ok {
		return
	}
	lib.RawSetString("resume", s.counted(lib.RawGetString("resume")))
	wrap := lib.RawGetString("wrap")
	lib.RawSetString("wrap", s.l.NewFunction(func(l *glua.LState) int {
		l.Push(wrap)
		l.Push(l.Get(1))
		l.Call(1, 1)
		l.Push(s.counted(l.Get(-1)))
		return 1
	}))
}

// counted is a function that enters a thread.
func (s *State) counted(fn glua.LValue) *glua.LFunction {
	return s.l.NewFunction(func(l *glua.LState) int {
		s.enter(l)
		defer s.leave()
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

// safeText is a value as print writes it, whatever its __tostring does.
func (s *State) safeText(v glua.LValue) string {
	switch v.Type() {
	case glua.LTString, glua.LTNumber, glua.LTBool, glua.LTNil:
		return text(v)
	}
	results, thrown := s.protect(s.l, []glua.LValue{s.tostring, v})
	if thrown != nil || len(results) == 0 {
		return fmt.Sprintf("<a %s whose __tostring fails>", kindOf(v))
	}
	return results[0].String()
}
