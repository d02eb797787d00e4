package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/spelling"
)

const (
	// maxShown is how many values of an entry it shows.
	maxShown = 100
	// maxText is how many bytes of a string it shows, or of all that stands in a table.
	maxText = 1 << 16
	// maxItems is how many items of a table of Lua's own it shows.
	maxItems = 50
	// maxTableDepth is how deep it shows tables in tables.
	maxTableDepth = 3
)

// display is what an entry returned as the prompt shows it: side by side as long as each value is one line, otherwise one below
// the other.
func (s *State) display(results []glua.LValue) string {
	if len(results) == 1 && s.lists.Printed != nil && results[0] == s.lists.Printed {
		return "" // it is there already
	}
	parts := make([]string, min(len(results), maxShown))
	separator := "\t"
	for i := range parts {
		parts[i] = s.show(results[i])
		if strings.Contains(parts[i], "\n") {
			separator = "\n"
		}
	}
	if more := len(results) - maxShown; more > 0 {
		parts = append(parts, fmt.Sprintf("... %s more", binding.Plural(more, "value")))
	}
	return values.Visible(strings.Join(parts, separator))
}

// show is one value as the prompt shows it.
func (s *State) show(v glua.LValue) string {
	switch v := v.(type) {
	case glua.LString:
		return shortened(string(v))
	case *glua.LFunction:
		if at, ok := s.declared[v]; ok {
			f := s.functions[at]
			return f.usage + ": " + f.brief()
		}
	case *glua.LTable:
		if text, ok := s.lists.Shown(v); ok {
			return text
		}
		if s.lists.IsPlain(v) {
			return s.tableText(v)
		}
	}
	return shortened(s.vm.Describe(v))
}

// shortened is the beginning of a text, and how much more there is.
func shortened(text string) string {
	if len(text) > maxText {
		return fmt.Sprintf("%s\n... %d bytes more; print shows all", values.Printable(text[:maxText]), len(text)-maxText)
	}
	return values.Printable(text)
}

// tableText is a plain table as Lua would make it, as far as there is room to show it.
func (s *State) tableText(t *glua.LTable) string {
	w := tableWriter{s: s, left: maxText}
	return w.table(t, 1)
}

// A tableWriter writes a table of Lua's own as Lua would make it.
type tableWriter struct {
	s    *State
	left int // bytes that may still be written
}

// item is a value in a table.
func (w *tableWriter) item(v glua.LValue, depth int) string {
	if w.left <= 0 {
		return "..."
	}
	var text string
	switch v := v.(type) {
	case glua.LString:
		text = w.cut(string(v))
		return values.Quote([]byte(text)) + strings.Repeat("...", min(len(v)-len(text), 1))
	case *glua.LTable:
		if w.s.lists.IsPlain(v) {
			return w.table(v, depth+1)
		}
	case *glua.LFunction:
		return w.cut("function")
	}
	return w.cut(w.s.vm.Describe(v))
}

// cut is as much of a text as there is room for.
func (w *tableWriter) cut(text string) string {
	text = text[:min(len(text), max(w.left, 0))]
	w.left -= len(text) + len(", ")
	return text
}

// table is a whole table.
func (w *tableWriter) table(t *glua.LTable, depth int) string {
	if depth > maxTableDepth {
		return "{...}"
	}
	item := func(v glua.LValue) string { return w.item(v, depth) }
	var items, named []string
	n := t.Len()
	for i := 1; i <= min(n, maxItems); i++ {
		items = append(items, item(t.RawGetInt(i)))
	}
	t.ForEach(func(k, v glua.LValue) {
		if i, ok := k.(glua.LNumber); ok && i >= 1 && int(i) <= n && i == glua.LNumber(int(i)) || len(named) > maxItems {
			return
		}
		var key string
		if name, ok := k.(glua.LString); ok && len(name) <= spelling.Longest && identifier.MatchString(string(name)) {
			key = w.cut(string(name))
		} else {
			key = "[" + item(k) + "]"
		}
		named = append(named, key+"="+item(v))
	})
	slices.Sort(named)
	items = append(items, named...)
	if len(items) > maxItems || n > maxItems {
		items = append(items[:min(len(items), maxItems)], "...")
	}
	return "{" + strings.Join(items, ", ") + "}"
}
