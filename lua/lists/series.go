package lists

import (
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/traffic"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// Options of what makes points.
var (
	seriesOptions = []option{
		{"f", "a function of each element that gives a value, or several; an element of which it gives none is left out"},
		{"lfilter", "a function that says which elements count"},
	}
	plotOptions = []option{
		{"f", "a function of each element that gives its value y; an element of which it gives none is left out"},
		{"lfilter", "a function that says which elements count"},
		{"plot_xy", "f gives x and y; otherwise x is the number of the point (false)"},
	}
	diffOptions = []option{
		{"f", "a function of two elements that gives a value"},
		{"delay", "how far apart the two are (1)"},
		{"lfilter", "a function of the first that says which pairs count"},
	}
)

// seriesMethods make points for programs that draw: gnuplot, a spreadsheet.
var seriesMethods = []Method{
	{"series", "list:series(f, {lfilter=})", "rows of time and value: the seconds since the first element and what f gives of each; for csv, json, gnuplot", (*Lists).seriesOf},
	{"plot", "list:plot(f, {lfilter=, plot_xy=})", "the points that scapy draws, as rows x and y: their number and what f gives, or both from f", func(s *Lists, l *glua.LState) int {
		return s.plot(l, "plot", 0)
	}},
	{"multiplot", "list:multiplot(f, {lfilter=, plot_xy=})", "the same of several lines: f gives a label first; rows label, x and y", func(s *Lists, l *glua.LState) int {
		return s.plot(l, "multiplot", 1)
	}},
	{"diffplot", "list:diffplot(f, delay, {lfilter=})", "the same of two elements each: f(list[i], list[i+delay])", (*Lists).diffPlot},
}

// passes reports whether lfilter, if there is one, is true of an element.
func passes(l *glua.LState, lfilter *glua.LFunction, parts []glua.LValue) bool {
	return lfilter == nil || glua.LVAsBool(first(results(l, lfilter, parts...)))
}

// seriesOf is list:series(f).
func (s *Lists) seriesOf(l *glua.LState) int {
	t, k := s.checkList(l, "series")
	if k.time == nil {
		l.RaiseError("series: a %s has no times; list:plot(f, {plot_xy=true}) takes x from f too", k.name)
	}
	given := s.arguments(l, "series", seriesOptions)
	f := wantFunction(l, "series", given, "f", "list:series(function(p) return #bytes(p) end)")
	lfilter := functionIn(l, "series", given, "lfilter")
	var origin time.Time
	for _, v := range s.values(l, t) {
		origin = traffic.Earlier(origin, k.time(v))
	}
	columns := []string{"time", "value"}
	var rows []glua.LValue
	out := leftOut{what: "series"}
	for i, v := range s.values(l, t) {
		parts := s.parts(l, "series", k, i, v)
		if !passes(l, lfilter, parts) {
			continue
		}
		at := k.time(v)
		got := unpacked(results(l, f, parts...))
		if first(got) == glua.LNil {
			out.take(got)
			continue
		}
		if at.IsZero() {
			l.RaiseError("series: element %d has no time: it was made here, or its file does not say; list:plot(f) numbers the points", i)
		}
		for len(columns) < 1+len(got) {
			columns = append(columns, "value"+vm.Text(glua.LNumber(len(columns))))
		}
		rows = append(rows, s.newRow(columns, append([]glua.LValue{glua.LNumber(at.Sub(origin).Seconds())}, got...)...))
	}
	out.tell(s, l, len(rows))
	l.Push(s.newListing(s.types.series, columns, rows))
	return 1
}

// leftOut counts the elements of which a function gave no value.
type leftOut struct {
	what         string // the method
	missing, all int    // nil in place of a value, which may be a mistake; and those of which it gave nothing at all, too
}

// take counts one, and what the function gave of it.
func (o *leftOut) take(got []glua.LValue) {
	o.all++
	if len(got) > 0 {
		o.missing++
	}
}

// computed says, behind an error or a notice, what is often nil.
const computed = "what is computed when a packet is built, as len and chksum are, is nil before: dissect(bytes(p)) has it"

// tell says how many elements are missing among the points: nobody asked for that by giving nil for them. Without any point it is an
// error.
func (o *leftOut) tell(s *Lists, l *glua.LState, points int) {
	switch {
	case points == 0 && o.missing > 0:
		l.RaiseError("%s: no point is left: the function gave nil for %s; %s", o.what, binding.Plural(o.all, "element"), computed)
	case points == 0 && o.all > 0:
		s.host.Notice("%s: the function gave nothing for %s: no point is left", o.what, binding.Plural(o.all, "element"))
	case o.missing > 0:
		s.host.Notice("%s: the function gave nil for %d of %s, which are left out; %s", o.what, o.missing, binding.Plural(points+o.all, "element"), computed)
	}
}

// wantNumber refuses a value that cannot be drawn.
func wantNumber(l *glua.LState, what string, i int, v glua.LValue) {
	if v.Type() != glua.LTNumber {
		l.RaiseError("%s: element %d: want a number as y, got %s; list:series(f) and list:make_table(f) take text too", what, i, vm.KindOf(v))
	}
}

// plot is list:plot(f) and list:multiplot(f), whose function gives so many labels first.
func (s *Lists) plot(l *glua.LState, what string, labels int) int {
	t, k := s.checkList(l, what)
	given := s.arguments(l, what, plotOptions)
	f := wantFunction(l, what, given, "f", "list:"+what+"(function(p) return "+[]string{"", "p[IP].src, "}[labels]+"#bytes(p) end)")
	lfilter, xy := functionIn(l, what, given, "lfilter"), binding.Bool(l, given, "plot_xy", false)
	columns, want := []string{"label", "x", "y"}[1-labels:], labels+1
	if xy {
		want++
	}
	out := leftOut{what: what}
	numbers := map[glua.LValue]int{} // of the points of each label
	var rows []glua.LValue
	for i, v := range s.values(l, t) {
		parts := s.parts(l, what, k, i, v)
		if !passes(l, lfilter, parts) {
			continue
		}
		got := unpacked(results(l, f, parts...))
		if first(got) == glua.LNil || len(got) >= want && got[want-1] == glua.LNil {
			out.take(got)
			continue
		}
		if len(got) != want {
			l.RaiseError("%s: element %d: want %s from the function, got %s", what, i, binding.Plural(want, "value"), s.told(got))
		}
		wantNumber(l, what, i, got[want-1])
		if !xy {
			label := glua.LValue(glua.LTrue)
			if labels > 0 {
				label = got[0]
			}
			numbers[label]++
			got = append(got[:labels:labels], glua.LNumber(numbers[label]), got[labels])
		}
		rows = append(rows, s.newRow(columns, got...))
	}
	out.tell(s, l, len(rows))
	l.Push(s.newListing(s.types.series, columns, rows))
	return 1
}

// diffPlot is list:diffplot(f).
func (s *Lists) diffPlot(l *glua.LState) int {
	t, k := s.checkList(l, "diffplot")
	given := s.arguments(l, "diffplot", diffOptions)
	f := wantFunction(l, "diffplot", given, "f", "list:diffplot(function(a, b) return b.time - a.time end)")
	delay, lfilter := placeIn(l, "diffplot", given, "delay", 1), functionIn(l, "diffplot", given, "lfilter")
	if delay < 1 {
		l.RaiseError("diffplot: delay: want a number of at least 1, got %d", delay)
	}
	columns := []string{"x", "y"}
	var rows []glua.LValue
	out := leftOut{what: "diffplot"}
	for i, v := range s.values(l, t) {
		other := t.RawGetInt(i + delay)
		if other == glua.LNil {
			break
		}
		parts := s.parts(l, "diffplot", k, i, v)
		s.parts(l, "diffplot", k, i+delay, other)
		if !passes(l, lfilter, parts) {
			continue
		}
		got := results(l, f, v, other)
		if first(got) == glua.LNil {
			out.take(got)
			continue
		}
		wantNumber(l, "diffplot", i, got[0])
		rows = append(rows, s.newRow(columns, glua.LNumber(len(rows)+1), got[0]))
	}
	out.tell(s, l, len(rows))
	l.Push(s.newListing(s.types.series, columns, rows))
	return 1
}
