package lists

import (
	"slices"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/spelling"
)

// usualMethods are those of all lists.
var usualMethods = slices.Concat(lineMethods, selectionMethods, tableMethods, seriesMethods, exportMethods)

// A Record describes values of another package that have named fields, as streams have, and a list of them.
type Record struct {
	// List is what a list is called ("list of streams"), Element what one of its elements is ("stream"), and One the same with its
	// article.
	List, Element, One string
	// Fields are the names of the fields; Columns those that csv writes unless it is told others, and JSON those that json writes.
	Fields, Columns, JSON []string

	// Is reports whether a value is such an element: a script may put others into the list.
	Is func(v glua.LValue) bool
	// Time is when an element began, zero when that is not known.
	Time func(v glua.LValue) time.Time
	// Line is an element on one line.
	Line func(v glua.LValue) string
	// Field reads one of the Fields of an element; Encoded reads one of JSON, as text where it is bytes.
	Field, Encoded func(l *glua.LState, v glua.LValue, name string) glua.LValue
}

// Of makes the lists of such values. What it returns is one, of the given elements.
func (s *Lists) Of(r Record) (list func(elements []glua.LValue) *glua.LTable) {
	k := &kind{name: r.List, element: r.Element, one: r.One, gives: "each " + r.Element + ", as function(x) ... end", methods: usualMethods}
	k.time = func(v glua.LValue) time.Time {
		if !r.Is(v) {
			return time.Time{}
		}
		return r.Time(v)
	}
	k.parts = func(v glua.LValue) []glua.LValue {
		if !r.Is(v) {
			return nil
		}
		return []glua.LValue{v}
	}
	k.line = func(v glua.LValue) string {
		if !r.Is(v) {
			return s.host.Describe(v)
		}
		return r.Line(v)
	}
	always := func(names []string) func(*glua.LTable) []string { return func(*glua.LTable) []string { return names } }
	s.exportFields(k, fields{
		known: always(r.Fields), columns: always(r.Columns), json: always(r.JSON), read: r.Field, encoded: r.Encoded,
	})
	k.table = func(t *glua.LTable) string {
		return rows(t.Len(), heading(t, k, false), func(i int) string { return k.line(t.RawGetInt(i)) })
	}
	mt := s.newListType(k, nil)
	return func(elements []glua.LValue) *glua.LTable { return s.newList(mt, elements) }
}

// fields are those of the elements of a list: the known ones, those that csv writes unless it is told others, those that json writes,
// and how each is read, for json encoded.
type fields struct {
	known, columns, json func(t *glua.LTable) []string
	read, encoded        func(l *glua.LState, v glua.LValue, name string) glua.LValue
}

// exportFields has the lists of a kind write the fields of their elements.
func (s *Lists) exportFields(k *kind, f fields) {
	k.columns = f.columns
	k.cells = func(l *glua.LState, t *glua.LTable, names []string) func(i int, v glua.LValue) []glua.LValue {
		known := f.known(t)
		return rowsOf(names, func(name string) cell {
			if !slices.Contains(known, name) {
				l.RaiseError("csv: no column %q; there are %s%s", name, strings.Join(known, ", "), spelling.DidYouMean(name, known))
			}
			return func(i int, v glua.LValue) glua.LValue {
				s.parts(l, "csv", k, i, v)
				return f.read(l, v, name)
			}
		})
	}
	k.json = func(l *glua.LState, t *glua.LTable, i int, v glua.LValue) []byte {
		s.parts(l, "json", k, i, v)
		return s.appendObject(nil, f.json(t), func(name string) glua.LValue { return f.encoded(l, v, name) }, 0)
	}
}
