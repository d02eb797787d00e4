package lua

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
)

const (
	// maxRows is how many rows of a list the prompt shows.
	maxRows = 100
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
	parts := make([]string, min(len(results), maxShown))
	separator := "\t"
	for i := range parts {
		parts[i] = s.show(results[i])
		if strings.Contains(parts[i], "\n") {
			separator = "\n"
		}
	}
	if more := len(results) - maxShown; more > 0 {
		parts = append(parts, fmt.Sprintf("... %s more", plural(more, "value")))
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
		switch {
		case v.Metatable == s.types.list:
			return packetTable(v)
		case v.Metatable == s.types.streams:
			return streamTable(v)
		case v.Metatable == s.types.exchange:
			return answerTable(v)
		case v.Metatable == glua.LNil:
			w := tableWriter{s: s, left: maxText}
			return w.table(v, 1)
		}
	}
	return shortened(s.vm.Describe(v))
}

// shortened is the beginning of a text, and how much more there is.
func shortened(text string) string {
	if len(text) > maxText {
		return fmt.Sprintf("%s\n... %d bytes more; print shows all", printable(text[:maxText]), len(text)-maxText)
	}
	return printable(text)
}

// printable is a string as it is when nothing in it is hidden, and otherwise as Lua writes it: a packet from the network must
// not command the terminal.
func printable(text string) string {
	if values.Visible(text) == text {
		return text
	}
	return values.Quote([]byte(text))
}

// rows numbers the lines of a list, and says how many more there are.
func rows(n int, head string, line func(i int) string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 1; i <= min(n, maxRows); i++ {
		fmt.Fprintf(&b, "\n%5d  %s", i, line(i))
	}
	if n > maxRows {
		fmt.Fprintf(&b, "\n   ...  %d more", n-maxRows)
	}
	return b.String()
}

// packetTable is a list of packets, one to a row.
func packetTable(t *glua.LTable) string {
	n := t.Len()
	return rows(n, plural(n, "packet"), func(i int) string {
		if p, ok := packetOf(t.RawGetInt(i)); ok {
			return p.Summary()
		}
		return shortened(t.RawGetInt(i).String())
	})
}

// answerTable is a list of answers: what was sent, what came, and after how long.
func answerTable(t *glua.LTable) string {
	n := t.Len()
	shown := min(n, maxRows)
	sent, answers, times := make([]string, shown), make([]string, shown), make([]string, shown)
	for i := range shown {
		if p := pairAt(t, i+1); p != nil {
			sent[i], answers[i], times[i] = p.question.Summary(), p.reply.Summary(), fmt.Sprintf("%.3f ms", float64(p.rtt)*1e3)
		}
	}
	left, middle, right := width(sent), width(answers), width(times)
	return rows(n, plural(n, "answer"), func(i int) string {
		if pairAt(t, i) == nil { // a script put it there
			return shortened(t.RawGetInt(i).String())
		}
		return fmt.Sprintf("%-*s  ==>  %-*s  %*s", left, sent[i-1], middle, answers[i-1], right, times[i-1])
	})
}

func width(texts []string) int {
	w := 0
	for _, t := range texts {
		w = max(w, utf8.RuneCountInString(t))
	}
	return w
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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
		if v.Metatable == glua.LNil {
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
		if name, ok := k.(glua.LString); ok && len(name) <= maxMeant && identifier.MatchString(string(name)) {
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
