package lists

import (
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/grid"
)

// gridOptions are the arguments of make_table, by scapy's names.
var gridOptions = []option{
	{"fxyz", "a function of each element that gives three values: the column, the row, and what stands there; an element of which it gives none is left out"},
	{"sortx", "a function of a column's heading: what the columns are sorted by (numbers, addresses, then text)"},
	{"sorty", "the same for rows"},
	{"dump", "return the text instead of printing it (false)"},
}

// tableMethods print elements as a grid.
var tableMethods = []Method{
	{"make_table", "list:make_table(f, {sortx=, sorty=, dump=})", "print a grid: f gives column, row and value of each element, or nothing to leave it out; the last value stands, - where there is none. Returns the rows, which csv and json write", func(s *Lists, l *glua.LState) int {
		return s.makeTable(l, "make_table", (*grid.Grid).Plain)
	}},
	{"make_lined_table", "list:make_lined_table(f, {sortx=, sorty=, dump=})", "the same with lines", func(s *Lists, l *glua.LState) int {
		return s.makeTable(l, "make_lined_table", (*grid.Grid).Lined)
	}},
	{"make_tex_table", "list:make_tex_table(f, {sortx=, sorty=, dump=})", "the same as LaTeX", func(s *Lists, l *glua.LState) int {
		return s.makeTable(l, "make_tex_table", (*grid.Grid).TeX)
	}},
}

// makeTable is list:make_table(f), written in one of three ways.
func (s *Lists) makeTable(l *glua.LState, what string, write func(*grid.Grid) string) int {
	t, k := s.checkList(l, what)
	given := s.arguments(l, what, gridOptions)
	f := wantFunction(l, what, given, "fxyz", "ans:"+what+"(function(s, r) return s[IP].dst, s[TCP].dport, r[TCP].flags end)")
	g, held := grid.New(), gridValues{rows: map[string]glua.LValue{}, cells: map[[2]string]glua.LValue{}}
	for i, v := range s.values(l, t) {
		xyz := unpacked(results(l, f, s.parts(l, what, k, i, v)...))
		if !slices.ContainsFunc(xyz, func(v glua.LValue) bool { return v != glua.LNil }) {
			continue // as f of series and plot
		}
		if len(xyz) < 3 || xyz[0] == glua.LNil || xyz[1] == glua.LNil {
			l.RaiseError("%s: element %d: want three values (column, row, and what stands there), got %s", what, i, s.told(xyz))
		}
		x, y, z := s.gridCell(xyz[0]), s.gridCell(xyz[1]), s.gridCell(xyz[2])
		g.Put(x.text, y.text, z.text)
		held.put(x, y, z)
	}
	g.Sort(s.axisOrder(l, functionIn(l, what, given, "sortx")), s.axisOrder(l, functionIn(l, what, given, "sorty")))
	s.vm.Room(l, what, g.Size())
	text := binding.Plural(0, "row")
	if len(g.Rows) > 0 {
		text = write(g)
	}
	if binding.Bool(l, given, "dump", false) {
		return pushString(l, text)
	}
	s.say(l, text)
	s.Printed = s.gridRows(g, held)
	l.Push(s.Printed)
	return 1
}

// unpacked are the values that a function returned, also when it returned them in a table.
func unpacked(returned []glua.LValue) []glua.LValue {
	t, ok := first(returned).(*glua.LTable)
	if !ok || len(returned) > 1 || t.Metatable != glua.LNil {
		return returned
	}
	inside := make([]glua.LValue, t.Len())
	for i := range inside {
		inside[i] = t.RawGetInt(i + 1)
	}
	return inside
}

// told is what a function returned, for an error.
func (s *Lists) told(returned []glua.LValue) string {
	if len(returned) == 0 {
		return "none"
	}
	texts := make([]string, len(returned))
	for i, v := range returned {
		texts[i] = s.host.Describe(v)
	}
	return strings.Join(texts, ", ")
}

// gridCell is a value that stands in a grid.
func (s *Lists) gridCell(v glua.LValue) gridCell {
	if v == glua.LNil {
		return gridCell{grid.Missing, v}
	}
	return gridCell{values.OneLine(s.cellText(v)), v}
}

// A gridCell is a value in a grid and its text.
type gridCell struct {
	text  string
	value glua.LValue
}

// gridValues are the values of a grid as they were given, by their texts.
type gridValues struct {
	rows  map[string]glua.LValue // headings of rows
	cells map[[2]string]glua.LValue
}

// put keeps a value, and the heading of its row.
func (g gridValues) put(x, y, z gridCell) {
	if _, ok := g.rows[y.text]; !ok {
		g.rows[y.text] = y.value
	}
	g.cells[[2]string{x.text, y.text}] = z.value
}

// axisOrder is what the headings of an axis are sorted by: what a function says, themselves without one.
func (s *Lists) axisOrder(l *glua.LState, f *glua.LFunction) func(heading string) grid.Rank {
	return func(heading string) grid.Rank {
		if f == nil {
			return rank(glua.LString(heading))
		}
		return rank(first(results(l, f, glua.LString(heading))))
	}
}

// gridRows is a grid as a listing. Its first column holds the headings of the rows; what is missing is nil.
func (s *Lists) gridRows(g *grid.Grid, held gridValues) *glua.LTable {
	heading := "y"
	if g.HasColumn(heading) {
		heading = ""
	}
	columns := append([]string{heading}, g.Columns...)
	rows := make([]glua.LValue, len(g.Rows))
	for i, y := range g.Rows {
		cells := []glua.LValue{held.rows[y]}
		for _, x := range g.Columns {
			cells = append(cells, held.cells[[2]string{x, y}])
		}
		rows[i] = s.newRow(columns, cells...)
	}
	return s.newListing(s.types.grid, columns, rows)
}
