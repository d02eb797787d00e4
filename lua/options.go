package lua

import (
	"math"
	"slices"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

// named checks that argument n is a table with no other keys than the given ones.
func (s *State) named(l *glua.LState, n int, known []option) *glua.LTable {
	t, ok := l.Get(n).(*glua.LTable)
	if !ok {
		l.RaiseError("bad argument #%d: want a table of options, got %s", n, vm.KindOf(l.Get(n)))
	}
	allowed := names(known)
	t.ForEach(func(k, v glua.LValue) {
		if k.Type() != glua.LTString {
			l.RaiseError("options have names, as in {%s=...}, got a value without one (%s); there are %s", allowed[0], brief(v), strings.Join(allowed, ", "))
		}
		if !slices.Contains(allowed, k.String()) {
			l.RaiseError("no option %q; there are %s%s", k.String(), strings.Join(allowed, ", "), didYouMean(k.String(), allowed))
		}
	})
	return t
}

// brief is a value in an error: plain ones as they are, others by their kind.
func brief(v glua.LValue) string {
	switch v.Type() {
	case glua.LTNumber, glua.LTBool:
		return vm.Text(v)
	case glua.LTString:
		if text := v.String(); len(text) <= spelling.Longest {
			return text
		}
	}
	return vm.KindOf(v)
}

// numberIn reads a number of at least 0; 0 when it is not given.
func numberIn(l *glua.LState, t *glua.LTable, key string) float64 {
	v := t.RawGetString(key)
	if v == glua.LNil {
		return 0
	}
	n, ok := v.(glua.LNumber)
	if !ok || !(n >= 0) { // NaN is not at least 0 either
		l.RaiseError("%s: want a number of at least 0, got %s", key, brief(v))
	}
	return float64(n)
}

// maxCount bounds what counts something.
const maxCount = 1<<31 - 1

// wholeIn reads a whole number from 0 to most; 0 when it is not given.
func wholeIn(l *glua.LState, t *glua.LTable, key string, most float64) int {
	n := numberIn(l, t, key)
	if n > most || n != math.Trunc(n) {
		l.RaiseError("%s: want a whole number in 0..%.0f, got %s", key, most, vm.Text(glua.LNumber(n)))
	}
	return int(n)
}

func boolIn(l *glua.LState, t *glua.LTable, key string, def bool) bool {
	v := t.RawGetString(key)
	if v == glua.LNil {
		return def
	}
	b, ok := v.(glua.LBool)
	if !ok {
		l.RaiseError("%s: want true or false, got %s", key, brief(v))
	}
	return bool(b)
}

func textIn(l *glua.LState, t *glua.LTable, key string) string {
	v := t.RawGetString(key)
	if v == glua.LNil {
		return ""
	}
	str, ok := v.(glua.LString)
	if !ok {
		l.RaiseError("%s: want a string, got %s", key, vm.KindOf(v))
	}
	return string(str)
}

// duration reads seconds; an explicit 0 is the shortest wait there is rather than the default.
func duration(l *glua.LState, t *glua.LTable, key string) time.Duration {
	if t.RawGetString(key) == glua.LNil {
		return 0
	}
	return max(toDuration(numberIn(l, t, key)), 1)
}

// seconds is argument n as a length of time, or def seconds when it is not given. Less than nothing is nothing.
func seconds(l *glua.LState, n int, def glua.LNumber) time.Duration {
	v := float64(l.OptNumber(n, def))
	if math.IsNaN(v) {
		l.RaiseError("bad argument #%d: want a number of seconds, got nan", n)
	}
	return toDuration(max(v, 0))
}

// toDuration turns seconds into a Duration; longer than a century is a century.
func toDuration(seconds float64) time.Duration {
	return time.Duration(min(seconds, 100*365*24*3600) * float64(time.Second))
}
