package lists

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/vm"
)

// lineOptions are the arguments of the methods that print a line for each element.
var lineOptions = []option{
	{"prn", "a function of each element whose results are its line (its summary)"},
	{"lfilter", "a function that says which elements are printed"},
}

// lineMethods print a list, an element to a line.
var lineMethods = []Method{
	{"summary", "list:summary(prn, lfilter)", "print a line for each element, or what prn makes of it, of those that lfilter is true of; also {prn=, lfilter=}", func(s *Lists, l *glua.LState) int {
		return s.printLines(l, "summary", func(_ int, line string) string { return line })
	}},
	{"nsummary", "list:nsummary(prn, lfilter)", "the same with their numbers: 0007 is list[7]", func(s *Lists, l *glua.LState) int {
		return s.printLines(l, "nsummary", func(i int, line string) string { return fmt.Sprintf("%04d %s", i, line) })
	}},
	{"show", "list:show(prn, lfilter)", "print the list as the prompt shows it: of a long one the beginning, the end and how much more there is", (*Lists).showList},
}

// printLines prints each element as numbered writes it.
func (s *Lists) printLines(l *glua.LState, what string, numbered func(i int, line string) string) int {
	t, k := s.checkList(l, what)
	lines := s.linesOf(l, what, k)
	out := outlet{s: s, l: l}
	defer out.flush() // what an interrupt leaves, too
	for i, v := range s.values(l, t) {
		if text, ok := lines.of(i, v, out.flush); ok {
			out.line(numbered(i, text))
		}
	}
	return 0
}

// lines makes the lines of elements.
type lines struct {
	s            *Lists
	l            *glua.LState
	what         string
	kind         *kind
	prn, lfilter *glua.LFunction // nil for none
}

// linesOf reads the arguments of a method that prints lines.
func (s *Lists) linesOf(l *glua.LState, what string, k *kind) lines {
	t := s.arguments(l, what, lineOptions)
	return lines{s: s, l: l, what: what, kind: k, prn: functionIn(l, what, t, "prn"), lfilter: functionIn(l, what, t, "lfilter")}
}

// of is the line of an element; ok is false for one that has none. calling is called before a function of the script's.
func (n lines) of(i int, v glua.LValue, calling func()) (line string, ok bool) {
	if n.lfilter != nil {
		calling()
		if !glua.LVAsBool(first(results(n.l, n.lfilter, n.s.parts(n.l, n.what, n.kind, i, v)...))) {
			return "", false
		}
	}
	if n.prn == nil {
		return n.kind.line(v), true
	}
	calling()
	made := results(n.l, n.prn, n.s.parts(n.l, n.what, n.kind, i, v)...)
	if first(made) == glua.LNil { // as sniff's: it has printed what it wanted to
		return "", false
	}
	texts := make([]string, len(made))
	for i, v := range made {
		texts[i] = vm.ToString(n.l, v)
	}
	return values.Printable(strings.Join(texts, "\t")), true
}

// showList is list:show(): the lines that the prompt shows of it.
func (s *Lists) showList(l *glua.LState) int {
	t, k := s.checkList(l, "show")
	if l.GetTop() == 1 {
		return s.say(l, k.table(t))
	}
	lines := s.linesOf(l, "show", k)
	var kept []string
	for i, v := range s.values(l, t) {
		if text, ok := lines.of(i, v, func() {}); ok {
			kept = append(kept, fmt.Sprintf("%5d  %s", i, text))
		}
	}
	return s.say(l, grid.Elide(len(kept), heading(t, k, len(kept) > grid.Most), func(i int) string { return kept[i-1] }))
}

// An outlet prints lines, many at a time: one call of the system for each takes longer than all the rest.
type outlet struct {
	s *Lists
	l *glua.LState
	b []byte
}

// maxHeld is how many bytes wait at most.
const maxHeld = 32 << 10

func (o *outlet) line(text string) {
	o.b = append(append(o.b, text...), '\n')
	if len(o.b) > maxHeld {
		o.flush()
	}
}

// flush prints what waits: also before a function of the script's is called, which may print.
func (o *outlet) flush() {
	b := o.b
	o.b = o.b[:0]
	if len(b) == 0 {
		return
	}
	if _, err := o.s.host.Output().Write(b); err != nil {
		o.l.RaiseError("print: %s", err)
	}
}
