package python

import (
	"slices"
	"strings"
)

// A writer puts a tree down as Lua.
type writer struct {
	*notes
	out strings.Builder
	// begun is set once a statement was written.
	begun bool
}

func (w *writer) write(s string) { w.out.WriteString(s) }

// asIs writes tokens that need no thought.
func (w *writer) asIs(nodes []node) {
	for _, n := range nodes {
		w.write(n.lua)
	}
}

// chunk writes a text line by line.
func (w *writer) chunk(nodes []node) {
	for len(nodes) > 0 {
		i := slices.IndexFunc(nodes, func(n node) bool { return n.kind == newline })
		if i < 0 {
			w.line(nodes)
			return
		}
		w.line(nodes[:i])
		w.write(nodes[i].lua)
		nodes = nodes[i+1:]
	}
}

// line writes the statements of a line. The commas and semicolons at its end, left over from where it was copied, go.
func (w *writer) line(nodes []node) {
	before, core, after := trim(nodes)
	for len(core) > 0 && (core[len(core)-1].is(",") || core[len(core)-1].is(";")) {
		_, core, _ = trim(core[:len(core)-1])
	}
	w.asIs(before)
	whole := w.statements(core)
	if !whole && slices.ContainsFunc(after, func(n node) bool { return n.kind == comment }) {
		w.refuse() // n = #x: Lua's length and not a comment
	}
	w.asIs(after)
}

// statements writes statements with semicolons between them; whole is false when an operator ends the last one.
func (w *writer) statements(nodes []node) (whole bool) {
	for {
		before, core, _ := trim(nodes)
		w.asIs(before)
		if len(core) == 0 {
			return true
		}
		if core[0].kind == name && (core[0].source == "import" || core[0].source == "from") {
			w.importing(core)
			return true
		}
		i := slices.IndexFunc(core, func(n node) bool { return n.is(";") })
		if i < 0 {
			return w.statement(core)
		}
		w.statement(core[:i])
		w.write(";")
		nodes = core[i+1:]
	}
}

// statement writes one statement; whole is false when an operator ends it.
func (w *writer) statement(nodes []node) (whole bool) {
	if w.begun && len(nodes) > 0 && (nodes[0].kind == group || nodes[0].kind == text) {
		w.refuse() // Lua would take it for the arguments of a call above
	}
	w.begun = true
	if len(nodes) > 0 {
		nodes = w.edit(nodes)
	}
	w.assignment(nodes)
	s := &sequence{writer: w, nodes: nodes, statement: true}
	s.all()
	return s.value
}

// importing makes a comment of an import, for which Lua has no need.
func (w *writer) importing(nodes []node) {
	w.write("-- ")
	for _, n := range nodes {
		if n.kind == group || n.is(";") {
			w.refuse()
		}
		w.write(n.source)
	}
}

// assignment refuses what Lua would read differently: several = in a row, and several values for one name.
func (w *writer) assignment(nodes []node) {
	names, values, equals := 1, 1, 0
	for _, n := range nodes {
		switch {
		case n.is("="):
			equals++
		case n.is(",") && equals == 0:
			names++
		case n.is(","):
			values++
		}
	}
	if equals > 1 || equals == 1 && names == 1 && values > 1 {
		w.refuse()
	}
}
