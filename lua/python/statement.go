package python

import (
	"slices"
	"strings"
)

// A writer puts a tree down as Lua.
type writer struct {
	*reading
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
	for i := 0; len(core) > 0 && !w.beyond; {
		i = slices.IndexFunc(core, func(n node) bool { return n.is(";") })
		if i < 0 {
			w.statement(core, after)
			break
		}
		w.statement(core[:i], nil)
		w.write(";")
		core = core[i+1:]
	}
	w.asIs(after)
}

// statement writes one statement; after is what stands behind it to the end of its line, nil when another follows there.
func (w *writer) statement(nodes, after []node) {
	before, core, trailing := trim(nodes)
	w.asIs(before)
	if len(core) == 0 {
		return
	}
	first := core[0]
	switch {
	case first.kind == name && (first.source == "import" || first.source == "from"):
		w.importing(core)
		w.asIs(trailing)
		return
	case w.begun && (first.kind == group || first.kind == text): // Lua would take it for the arguments of a call above
		w.refuse()
	}
	w.begun = true
	w.assignment(core)
	s := &sequence{writer: w, nodes: core, statement: true}
	s.write()
	if !s.value && slices.ContainsFunc(after, func(n node) bool { return n.kind == comment }) {
		w.refuse() // n = #x: Lua's length and not a comment
	}
	w.asIs(trailing)
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
