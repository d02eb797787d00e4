package lua

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"
)

// forbidden are the base functions that load code, reach the interpreter's insides, or end the process.
var forbidden = []string{"dofile", "loadfile", "load", "loadstring", "require", "module", "newproxy", "collectgarbage", "_printregs", "getfenv", "setfenv"}

// openLibraries opens the parts of Lua's library that touch nothing outside the interpreter.
func (s *State) openLibraries() {
	for _, lib := range []struct {
		name string
		open glua.LGFunction
	}{
		{glua.BaseLibName, glua.OpenBase},
		{glua.TabLibName, glua.OpenTable},
		{glua.StringLibName, glua.OpenString},
		{glua.MathLibName, glua.OpenMath},
		{glua.CoroutineLibName, glua.OpenCoroutine},
	} {
		s.l.Push(s.l.NewFunction(lib.open))
		s.l.Push(glua.LString(lib.name))
		s.l.Call(1, 0)
	}
	for _, name := range forbidden {
		s.l.SetGlobal(name, glua.LNil)
	}
	s.l.SetGlobal("print", s.l.NewFunction(s.print))
	s.l.SetGlobal("tostring", s.l.NewFunction(func(l *glua.LState) int { return pushString(l, s.text(l.CheckAny(1))) }))
	s.boundStrings()
}

// text is a value as print and tostring write it.
func (s *State) text(v glua.LValue) string {
	if n, ok := v.(glua.LNumber); ok {
		return text(n)
	}
	return s.l.ToStringMeta(v).String()
}

// text is a plain value as Lua writes it: numbers with up to 14 digits and no exponent where there need not be one.
func text(v glua.LValue) string {
	n, ok := v.(glua.LNumber)
	switch {
	case !ok:
		return v.String()
	case math.Trunc(float64(n)) == float64(n) && math.Abs(float64(n)) < 1e15:
		return strconv.FormatInt(int64(n), 10)
	}
	return strconv.FormatFloat(float64(n), 'g', 14, 64)
}

// print writes to the State's own output.
func (s *State) print(l *glua.LState) int {
	parts := make([]string, l.GetTop())
	for i := range parts {
		parts[i] = s.text(l.Get(i + 1))
	}
	if _, err := fmt.Fprintln(s.config.Stdout, strings.Join(parts, "\t")); err != nil {
		l.RaiseError("print: %s", err)
	}
	return 0
}

// maxString is the longest string that string.rep makes, in bytes.
const maxString = 64 << 20

// boundStrings replaces the string functions that one call can keep busy for minutes or make huge: the interpreter
// looks at its context between instructions only.
func (s *State) boundStrings() {
	lib, ok := s.l.GetGlobal(glua.StringLibName).(*glua.LTable)
	if !ok {
		return
	}
	for _, name := range []string{"find", "match", "gmatch", "gsub"} {
		original := lib.RawGetString(name)
		lib.RawSetString(name, s.l.NewFunction(func(l *glua.LState) int {
			if name != "find" || !l.OptBool(4, false) {
				s.probe(l, name, l.CheckString(1), l.CheckString(2))
			}
			n := l.GetTop()
			l.Push(original)
			for i := 1; i <= n; i++ {
				l.Push(l.Get(i))
			}
			l.Call(n, glua.MultRet)
			return l.GetTop() - n
		}))
	}
	rep := lib.RawGetString("rep")
	lib.RawSetString("rep", s.l.NewFunction(func(l *glua.LState) int {
		unit, n := l.CheckString(1), float64(l.CheckNumber(2))
		if float64(len(unit))*n > maxString || math.IsNaN(n) {
			l.RaiseError("string.rep: want at most %d bytes, got %s times %d", maxString, text(l.Get(2)), len(unit))
		}
		l.Push(rep)
		l.Push(l.Get(1))
		l.Push(l.Get(2))
		l.Call(2, 1)
		return 1
	}))
}

const (
	// quickMatch is how many steps of pattern matching are done without watching the clock.
	quickMatch = 1e6
	// longMatch is how long a pattern may take.
	longMatch = 2 * time.Second
)

// probe runs a pattern that may backtrack for long on a goroutine of its own first: the matcher cannot be stopped, and an
// interrupt need not wait for it. One that takes too long is refused and left to end alone.
func (s *State) probe(l *glua.LState, name, subject, pattern string) {
	steps := float64(len(subject) + 1)
	for range strings.Count(pattern, "*") + strings.Count(pattern, "-") + strings.Count(pattern, "+") {
		steps *= float64(len(subject) + 1)
	}
	if steps <= quickMatch {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()                // the real call meets the same trouble and reports it
		_, _ = pm.Find(pattern, []byte(subject), 0, -1) // only its end matters
	}()
	select {
	case <-done:
	case <-time.After(longMatch):
		l.RaiseError("string.%s: the pattern %q takes more than %s on %d bytes", name, pattern, longMatch, len(subject))
	case <-s.ctx().Done():
		l.RaiseError("%s", ErrInterrupted)
	}
}

const (
	defaultMemory = 512 << 20
	memoryPeriod  = 20 * time.Millisecond
	liveMetric    = "/gc/heap/live:bytes" // what the last collection found in use
)

// boundMemory ends the context when the memory in use outgrows the limit. The caller calls stop.
func boundMemory(parent context.Context, limit uint64) (ctx context.Context, stop func()) {
	if limit == 0 {
		limit = defaultMemory
	}
	ctx, cancel := context.WithCancelCause(parent)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(memoryPeriod)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if outgrown(limit) {
				cancel(errMemory)
				return
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-ended
	}
}

// outgrown reports that more than limit bytes are in use. The number is the last collection's, which may have counted
// what an earlier script left, so a collection confirms it.
func outgrown(limit uint64) bool {
	sample := []metrics.Sample{{Name: liveMetric}}
	if metrics.Read(sample); sample[0].Value.Uint64() <= limit {
		return false
	}
	runtime.GC()
	metrics.Read(sample)
	return sample[0].Value.Uint64() > limit
}
