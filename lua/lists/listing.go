package lists

import (
	"math"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/vm"
)

// A listing is a list of rows: tables with a value for each column. What lists make tables of (conversations, sessions, grids, series)
// comes as one, so that it is shown, walked, sorted, and written as CSV and JSON in the same way.

// columnsKey is where a listing keeps the names of its columns, in their order. Scripts may change them: what is shown and written
// are those.
const columnsKey = "columns"

// listingKind is the listings of one kind.
func (s *Lists) listingKind(name, element string) *kind {
	k := &kind{name: name, element: element, one: "a row", gives: "each row, as function(row) ... end", methods: usualMethods}
	k.parts = func(v glua.LValue) []glua.LValue {
		if _, ok := v.(*glua.LTable); !ok {
			return nil
		}
		return []glua.LValue{v}
	}
	k.line = s.host.Describe
	cell := func(_ *glua.LState, v glua.LValue, name string) glua.LValue {
		return v.(*glua.LTable).RawGetString(name)
	}
	s.exportFields(k, fields{known: columnsOf, columns: columnsOf, json: columnsOf, read: cell, encoded: cell})
	k.table = func(t *glua.LTable) string {
		g := s.gridOf(t)
		return rows(t.Len(), heading(t, k, false)+"\n       "+g.line(g.titles), func(i int) string { return g.line(g.cells[i]) })
	}
	return k
}

// newListing makes a listing.
func (s *Lists) newListing(mt *glua.LTable, columns []string, rows []glua.LValue) *glua.LTable {
	t := s.newList(mt, rows)
	names := s.Written(&glua.LTable{})
	for _, c := range columns {
		names.Append(glua.LString(c))
	}
	t.RawSetString(columnsKey, names)
	return t
}

// newRow is a row of a listing.
func (s *Lists) newRow(columns []string, cells ...glua.LValue) *glua.LTable {
	t := s.Written(&glua.LTable{})
	for i, c := range columns {
		if i < len(cells) && cells[i] != nil {
			t.RawSetString(c, cells[i])
		}
	}
	return t
}

// columnsOf are the columns of a listing.
func columnsOf(t *glua.LTable) []string {
	names, ok := t.RawGetString(columnsKey).(*glua.LTable)
	if !ok {
		return nil
	}
	columns := make([]string, names.Len())
	for i := range columns {
		columns[i] = vm.Text(names.RawGetInt(i + 1))
	}
	return columns
}

// A gridText is the rows of a listing that are shown, as text.
type gridText struct {
	titles []string
	cells  map[int][]string // by row
	widths []grid.Column
	right  []bool // numbers stand on the right
}

func (s *Lists) gridOf(t *glua.LTable) gridText {
	columns := columnsOf(t)
	g := gridText{cells: map[int][]string{}, widths: make([]grid.Column, len(columns)), right: make([]bool, len(columns))}
	for at, name := range columns {
		g.titles = append(g.titles, values.OneLine(name))
		g.widths[at].Take(g.titles[at])
		g.right[at] = true
	}
	for i := range grid.Shown(t.Len()) {
		row, _ := t.RawGetInt(i).(*glua.LTable)
		cells := make([]string, len(columns))
		for at, name := range columns {
			v := glua.LNil
			if row != nil {
				v = row.RawGetString(name)
			}
			cells[at] = values.OneLine(s.cellText(v))
			if v == glua.LNil {
				cells[at] = grid.Missing
			} else if v.Type() != glua.LTNumber {
				g.right[at] = false
			}
			g.widths[at].Take(cells[at])
		}
		g.cells[i] = cells
	}
	return g
}

// line is some cells side by side.
func (g gridText) line(cells []string) string {
	parts := make([]string, len(cells))
	for at, text := range cells {
		if g.right[at] {
			parts[at] = g.widths[at].Right(text)
		} else {
			parts[at] = g.widths[at].Left(text)
		}
	}
	return strings.TrimRight(strings.Join(parts, "  "), " ")
}

// cellText is a value in a cell: numbers in digits, without an exponent as far as that can be read.
func (s *Lists) cellText(v glua.LValue) string {
	switch v := v.(type) {
	case *glua.LNilType:
		return ""
	case glua.LNumber:
		if size := math.Abs(float64(v)); size > 1e-9 && size < 1e-4 {
			return strconv.FormatFloat(float64(v), 'f', -1, 64)
		}
		return vm.Text(v)
	case *glua.LTable:
		if s.IsPlain(v) {
			return s.host.TableText(v)
		}
	case *glua.LUserData:
		if at, ok := v.Value.(instant); ok {
			return at.String()
		}
		if p := s.packetIn(v); p != nil {
			return s.packetSummary(p)
		}
	}
	return s.vm.Describe(v)
}
