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
	// maxText is how many bytes of a string it shows.
	maxText = 1 << 16
	// maxItems is how many items of a table of Lua's own it shows.
	maxItems = 50
	// maxTableDepth is how deep it shows tables in tables.
	maxTableDepth = 3
)

// display is what an entry returned as the prompt shows it: side by side as long as each value is one line, otherwise one below
// the other.
func (s *State) display(results []glua.LValue) string {
	parts := make([]string, len(results))
	separator := "\t"
	for i, v := range results {
		parts[i] = s.show(v)
		if strings.Contains(parts[i], "\n") {
			separator = "\n"
		}
	}
	return values.Visible(strings.Join(parts, separator))
}

// show is one value as the prompt shows it.
func (s *State) show(v glua.LValue) string {
	switch v := v.(type) {
	case glua.LString:
		if len(v) > maxText {
			return fmt.Sprintf("%s\n... %d bytes more; print shows all", printable(string(v[:maxText])), len(v)-maxText)
		}
		return printable(string(v))
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
			return s.tableText(v, 1)
		}
	}
	return printable(s.vm.Describe(v))
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
		return t.RawGetInt(i).String()
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
			return t.RawGetInt(i).String()
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

// tableText is a table of Lua's own, written as Lua would make it.
func (s *State) tableText(t *glua.LTable, depth int) string {
	if depth > maxTableDepth {
		return "{...}"
	}
	item := func(v glua.LValue) string {
		switch v := v.(type) {
		case glua.LString:
			return values.Quote([]byte(v))
		case *glua.LTable:
			if v.Metatable == glua.LNil {
				return s.tableText(v, depth+1)
			}
		case *glua.LFunction:
			return "function"
		}
		return s.vm.Describe(v)
	}
	var items, named []string
	n := t.Len()
	for i := 1; i <= min(n, maxItems); i++ {
		items = append(items, item(t.RawGetInt(i)))
	}
	t.ForEach(func(k, v glua.LValue) {
		if i, ok := k.(glua.LNumber); ok && i >= 1 && int(i) <= n && i == glua.LNumber(int(i)) || len(named) > maxItems {
			return
		}
		key := "[" + item(k) + "]"
		if name, ok := k.(glua.LString); ok && identifier.MatchString(string(name)) {
			key = string(name)
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
