package lua

import (
	"slices"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
)

// named is argument n, which must be a table of options with no other names than the known ones.
func (s *State) named(l *glua.LState, n int, known []option) *glua.LTable {
	if t, ok := l.Get(n).(*glua.LTable); ok {
		for _, o := range scapysOptions {
			if t.RawGetString(o.name) != glua.LNil && has(known, o.beside) && !has(known, o.name) {
				l.RaiseError("no option %q here: %s", o.name, o.instead)
			}
		}
	}
	return binding.Named(l, n, names(known))
}

// has reports whether one of the options has that name.
func has(options []option, name string) bool {
	return slices.ContainsFunc(options, func(o option) bool { return o.name == name })
}

// scapysOptions are options that scapy's users look for, an option of the calls they are looked for in, and what is written in their place.
// None of them is near to what stands there in its stead.
var scapysOptions = []struct{ name, beside, instead string }{
	{"filter", "lfilter", "lfilter takes a function in place of tcpdump's words: lfilter=function(p) return p:has(UDP) end"},
	{"filter", "multi", "only answers are returned anyway; some of them are ans:filter(function(s, r) return r:has(UDP) end)"},
	{"stop_filter", "lfilter", "count= or timeout= ends it, and lfilter=function(p) return p:has(UDP) end says which packets count"},
	{"started", "lfilter", "sr(p, {multi=true}) listens before it sends, and returns every answer"},
	{"started_callback", "lfilter", "sr(p, {multi=true}) listens before it sends, and returns every answer"},
	{"session", "lfilter", "defragment(list) and streams(list) put together what was caught"},
	{"quiet", "lfilter", "nothing is printed but by prn"},
	{"prn", "multi", "answers are printed with ans:summary{prn=function(s, r) ... end}"},
	{"lfilter", "multi", "only answers are returned anyway; some of them are ans:filter(function(s, r) return r:has(UDP) end)"},
	{"count", "pps", "a loop repeats the call: for i = 1, 3 do ... end"},
	{"loop", "pps", "a loop repeats the call until it is interrupted: while true do ... sleep(1) end"},
}

// duration reads seconds; an explicit 0 is the shortest wait there is rather than the default.
func duration(l *glua.LState, t *glua.LTable, key string) time.Duration {
	if t.RawGetString(key) == glua.LNil {
		return 0
	}
	return max(toDuration(binding.Number(l, t, key)), 1)
}

// mandatory is the default of an argument that has none.
const mandatory = -1

// seconds is argument n of a call as a length of time, or def seconds when it is not given.
func seconds(l *glua.LState, call string, n int, def glua.LNumber) time.Duration {
	given := l.Get(n)
	if given == glua.LNil && def != mandatory {
		return toDuration(float64(def))
	}
	v, ok := given.(glua.LNumber)
	if !ok || !(v >= 0) { // NaN is not at least 0 either
		got := binding.Brief(given)
		if n > l.GetTop() {
			got = "nothing"
		}
		l.RaiseError("%s: want seconds, a number of at least 0, got %s", call, got)
	}
	return toDuration(float64(v))
}

// toDuration turns seconds into a Duration; longer than a century is a century.
func toDuration(seconds float64) time.Duration {
	return time.Duration(min(seconds, 100*365*24*3600) * float64(time.Second))
}
