package binding

import (
	"math"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

// Named is argument n, which must be a table of options with no other names than the given ones.
func Named(l *glua.LState, n int, allowed []string) *glua.LTable {
	t, ok := l.Get(n).(*glua.LTable)
	if !ok {
		l.RaiseError("bad argument #%d: want a table of options, got %s", n, vm.KindOf(l.Get(n)))
	}
	t.ForEach(func(k, v glua.LValue) {
		if k.Type() != glua.LTString {
			l.RaiseError("options have names, as in {%s=...}, got a value without one (%s); there are %s", allowed[0], Brief(v), strings.Join(allowed, ", "))
		}
		if !slices.Contains(allowed, k.String()) {
			l.RaiseError("no option %q; there are %s%s", k.String(), strings.Join(allowed, ", "), spelling.DidYouMean(k.String(), allowed))
		}
	})
	return t
}

// Brief is a value in an error: plain ones as they are, others by their kind.
func Brief(v glua.LValue) string {
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

// Number reads a number of at least 0; 0 when it is not given.
func Number(l *glua.LState, t *glua.LTable, key string) float64 {
	v := t.RawGetString(key)
	if v == glua.LNil {
		return 0
	}
	n, ok := v.(glua.LNumber)
	if !ok || !(n >= 0) { // NaN is not at least 0 either
		l.RaiseError("%s: want a number of at least 0, got %s", key, Brief(v))
	}
	return float64(n)
}

// MaxCount bounds what counts something.
const MaxCount = 1<<31 - 1

// Whole reads a whole number from 0 to most; 0 when it is not given.
func Whole(l *glua.LState, t *glua.LTable, key string, most float64) int {
	n := Number(l, t, key)
	if n > most || n != math.Trunc(n) {
		l.RaiseError("%s: want a whole number in 0..%.0f, got %s", key, most, vm.Text(glua.LNumber(n)))
	}
	return int(n)
}

// Bool reads a truth value; def when it is not given.
func Bool(l *glua.LState, t *glua.LTable, key string, def bool) bool {
	v := t.RawGetString(key)
	if v == glua.LNil {
		return def
	}
	b, ok := v.(glua.LBool)
	if !ok {
		l.RaiseError("%s: want true or false, as in {%s=true}, got %s", key, key, Brief(v))
	}
	return bool(b)
}

// Text reads a string; "" when it is not given.
func Text(l *glua.LState, t *glua.LTable, key string) string {
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
