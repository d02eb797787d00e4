package lua

import (
	"math"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
)

// named is argument n, which must be a table of options with no other names than the known ones.
func (s *State) named(l *glua.LState, n int, known []option) *glua.LTable {
	return binding.Named(l, n, names(known))
}

// duration reads seconds; an explicit 0 is the shortest wait there is rather than the default.
func duration(l *glua.LState, t *glua.LTable, key string) time.Duration {
	if t.RawGetString(key) == glua.LNil {
		return 0
	}
	return max(toDuration(binding.Number(l, t, key)), 1)
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
