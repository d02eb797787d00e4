package grid

import (
	"slices"
	"strings"
)

// Missing stands where a grid has no value.
const Missing = "-"

// A Grid is values by column and row, all of them texts. What has the same heading has the same place, and of two values the one that
// was put last stands there.
type Grid struct {
	// Columns are the headings of the columns: as they came, until Sort.
	Columns []string
	// Rows are those of the rows.
	Rows []string

	cells  map[[2]string]string
	widths map[string]*Column // of columns
	left   Column             // of the headings of rows
	seen   map[string]bool    // headings of rows
}

// New is an empty grid.
func New() *Grid {
	return &Grid{cells: map[[2]string]string{}, widths: map[string]*Column{}, seen: map[string]bool{}}
}

// Put has a value stand in a column and a row.
func (g *Grid) Put(column, row, value string) {
	c := g.widths[column]
	if c == nil {
		c = &Column{}
		c.Take(column)
		g.widths[column], g.Columns = c, append(g.Columns, column)
	}
	c.Take(value)
	if !g.seen[row] {
		g.seen[row], g.Rows = true, append(g.Rows, row)
		g.left.Take(row)
	}
	g.cells[[2]string{column, row}] = value
}

// HasColumn reports whether there is a column with that heading.
func (g *Grid) HasColumn(heading string) bool { return g.widths[heading] != nil }

// Sort puts columns and rows in the order of what is said of their headings.
func (g *Grid) Sort(column, row func(heading string) Rank) {
	order(g.Columns, column)
	order(g.Rows, row)
}

func order(headings []string, rank func(heading string) Rank) {
	ranks := map[string]Rank{}
	for _, h := range headings {
		ranks[h] = rank(h)
	}
	slices.SortStableFunc(headings, func(a, b string) int { return ranks[a].Compare(ranks[b]) })
}

// Size is about how many bytes the grid has as text.
func (g *Grid) Size() int {
	width := g.left.width + len("  ")
	for _, c := range g.widths {
		width += c.width + len(" | ")
	}
	return width * (len(g.Rows) + len("heading"))
}

// at is what stands at a place.
func (g *Grid) at(column, row string) string {
	if value, ok := g.cells[[2]string{column, row}]; ok {
		return value
	}
	return Missing
}

// write writes the grid: pad writes a text in its column, and rule, unless it is empty, stands around the headings and the rows.
func (g *Grid) write(pad func(c *Column, text string, at int) string, rule, end string) string {
	var b strings.Builder
	line := func(heading string, cell func(column string) string) {
		b.WriteString(pad(&g.left, heading, 0) + " ")
		for i, column := range g.Columns {
			b.WriteString(pad(g.widths[column], cell(column), i+1) + " ")
		}
		b.WriteString(end + "\n")
	}
	b.WriteString(rule)
	line("", func(column string) string { return column })
	b.WriteString(rule)
	for _, row := range g.Rows {
		line(row, func(column string) string { return g.at(column, row) })
	}
	b.WriteString(rule)
	return b.String()
}

// Plain is the grid as scapy's make_table writes it.
func (g *Grid) Plain() string {
	return g.write(func(c *Column, text string, _ int) string { return c.Left(text) }, "", "")
}

// Lined is the grid with lines, as make_lined_table writes it.
func (g *Grid) Lined() string {
	rules := []string{strings.Repeat("-", g.left.width+1)}
	for _, column := range g.Columns {
		rules = append(rules, strings.Repeat("-", g.widths[column].width+2))
	}
	rule := strings.Join(append(rules, ""), "+") + "\n"
	return g.write(func(c *Column, text string, _ int) string { return c.Left(text) + " |" }, rule, "")
}

// TeX is the grid as rows of LaTeX's tabular, as make_tex_table writes it; what TeX acts on stands for itself.
func (g *Grid) TeX() string {
	escape := strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`, "~", `\textasciitilde{}`, "^", `\textasciicircum{}`)
	return g.write(func(_ *Column, text string, at int) string {
		if at == 0 {
			return escape.Replace(text)
		}
		return "& " + escape.Replace(text)
	}, "\\hline\n", `\\`)
}
