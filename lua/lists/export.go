package lists

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/grid"
	"github.com/moonwire/moonwire/lua/vm"
)

// Options of what is written for other programs.
var (
	jsonOptions = []option{{"lines", "an object to a line, as jq reads them, instead of one array (false)"}}
	csvOptions  = []option{
		{"header", "begin with the names of the columns (true)"},
		{"separator", `what stands between two cells (","): "\t" and " " too`},
		{"raw", "leave text as it is that a spreadsheet would run as a formula, which gets an apostrophe otherwise (false)"},
	}
)

// exportMethods write a list for other programs, as a string.
var exportMethods = []Method{
	{"json", "list:json{lines=}", "the list as a JSON array, an element to a line; {lines=true} leaves away the array around them", (*Lists).jsonOfList},
	{"csv", `list:csv("IP.src", "TCP.dport", ...)`, `the list as CSV, a row for each element with the fields named; {header=, separator=, raw=} behind them; of answers "sent.IP.dst", "answer.TCP.flags", "rtt". Without names the usual columns, where length is the bytes that are here; of packets there are sec, nsec, wirelen (the length on the wire), iface and comment too. Text that begins with = + - @ gets an apostrophe, so that no spreadsheet runs it`, (*Lists).csvOfList},
}

// A document is a text that grows within the bounds.
type document struct {
	s    *Lists
	l    *glua.LState
	what string
	b    strings.Builder
	room int // for so many bytes was asked
}

// Write makes room and takes the bytes.
func (d *document) Write(b []byte) (int, error) {
	if size := d.b.Len() + len(b); size > d.room {
		d.s.vm.Room(d.l, d.what, size)
		d.room = size + size/2
	}
	return d.b.Write(b)
}

func (d *document) text(text string) { _, _ = d.Write([]byte(text)) }

// jsonOfList is list:json{lines=}.
func (s *Lists) jsonOfList(l *glua.LState) int {
	t, k := s.checkList(l, "json")
	if name, ok := l.Get(2).(glua.LString); ok {
		if into := IntoFile(string(name)); into != "" {
			l.RaiseError("json: want no name of a file, got %q%s", string(name), into)
		}
	}
	lines := binding.Bool(l, s.arguments(l, "json", jsonOptions), "lines", false)
	d := &document{s: s, l: l, what: "json"}
	open, between, end := "[", ",\n", "]"
	if lines {
		open, between, end = "", "\n", ""
	}
	d.text(open)
	for i, v := range s.values(l, t) {
		if i > 1 {
			d.text(between)
		}
		_, _ = d.Write(k.json(l, t, i, v))
	}
	d.text(end)
	return pushString(l, d.b.String())
}

// csvOfList is list:csv(names..., {options}), or list:csv{"IP.src", header=false}.
func (s *Lists) csvOfList(l *glua.LState) int {
	t, k := s.checkList(l, "csv")
	names, given := s.csvArguments(l)
	for _, name := range names {
		if into := IntoFile(name); into != "" && !s.isColumn(name, k.columns(t)) {
			l.RaiseError("csv: want the names of columns (%s), got that of a file: %q%s", strings.Join(k.columns(t), ", "), name, into)
		}
	}
	if len(names) == 0 {
		names = k.columns(t)
	}
	cells := k.cells(l, t, names)
	d := &document{s: s, l: l, what: "csv"}
	separator, plain := separatorIn(l, given), binding.Bool(l, given, "raw", false)
	write := func(row []glua.LValue) {
		if d.b.Len() > 0 {
			d.text("\n")
		}
		for at, cell := range row {
			if at > 0 {
				d.text(separator)
			}
			d.text(grid.Quote(s.csvCell(cell, plain), separator))
		}
	}
	if binding.Bool(l, given, "header", true) {
		var row []glua.LValue
		for _, name := range names {
			row = append(row, glua.LString(name))
		}
		write(row)
	}
	for i, v := range s.values(l, t) {
		write(cells(i, v))
	}
	return pushString(l, d.b.String())
}

// IntoFile says, behind an error, how the text of a list comes into a file of such a name, since scripts write captures alone; "" when
// the name is none of a file of text.
func IntoFile(name string) string {
	ext := strings.ToLower(filepath.Ext(name))
	call := map[string]string{".csv": "csv()", ".tsv": `csv{separator="\t"}`, ".txt": "csv()", ".json": "json()", ".jsonl": "json{lines=true}"}[ext]
	if call == "" {
		return ""
	}
	return fmt.Sprintf(`; text comes into a file by the shell: moonwire -e 'print(rdpcap("f.pcap"):%s)' > t%s`, call, ext)
}

// isColumn reports that a name that looks like that of a file is a column all the same: a usual one, or a field of a layer.
func (s *Lists) isColumn(name string, usual []string) bool {
	parts := strings.Split(name, ".")
	layer, _, _ := strings.Cut(parts[max(len(parts)-2, 0)], ":")
	return slices.Contains(usual, name) || s.host.Table().Knows(craft.Name(layer))
}

// csvArguments are the names of columns and the options of csv.
func (s *Lists) csvArguments(l *glua.LState) ([]string, *glua.LTable) {
	var names []string
	given := l.NewTable()
	take := func(v glua.LValue) {
		name, ok := v.(glua.LString)
		if !ok {
			l.RaiseError(`csv: want the names of columns, as in list:csv("IP.src", "TCP.dport"), got %s`, vm.KindOf(v))
		}
		names = append(names, string(name))
	}
	for i := 2; i <= l.GetTop(); i++ {
		t, ok := l.Get(i).(*glua.LTable)
		if !ok {
			take(l.Get(i))
			continue
		}
		for n := 1; n <= t.Len(); n++ {
			take(t.RawGetInt(n))
		}
		options := l.NewTable()
		t.ForEach(func(k, v glua.LValue) {
			if k.Type() != glua.LTNumber {
				options.RawSet(k, v)
				given.RawSet(k, v)
			}
		})
		l.Push(options)
		named(l, l.GetTop(), csvOptions)
		l.Pop(1)
	}
	return names, given
}

// separatorIn is what stands between two cells.
func separatorIn(l *glua.LState, given *glua.LTable) string {
	if given.RawGetString("separator") == glua.LNil {
		return ","
	}
	text := binding.Text(l, given, "separator")
	if utf8.RuneCountInString(text) != 1 || strings.ContainsAny(text, "\"\r\n") {
		l.RaiseError("csv: separator: want one character, no quote and no end of a line, got %q", text)
	}
	return text
}

// csvCell is a value as a cell: what is hidden is made visible and stays on the line, and a stranger's text is no formula.
func (s *Lists) csvCell(v glua.LValue, plain bool) string {
	text := s.cellText(v)
	if plain || isNumber(v) {
		return text
	}
	return grid.Inert(values.OneLine(text))
}

// isNumber reports whether a cell is digits.
func isNumber(v glua.LValue) bool {
	if ud, ok := v.(*glua.LUserData); ok {
		_, ok := ud.Value.(instant)
		return ok
	}
	return v.Type() == glua.LTNumber
}

// maxDepth is how deep tables in tables are written as JSON.
const maxDepth = 16

// appendJSON writes a value of Lua's as JSON: a list as an array, other tables as objects, packets as p:json() has them.
func (s *Lists) appendJSON(b []byte, v glua.LValue, depth int) []byte {
	switch v := v.(type) {
	case *glua.LNilType:
		return append(b, "null"...)
	case glua.LBool:
		return strconv.AppendBool(b, bool(v))
	case glua.LNumber:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return append(b, "null"...)
		}
		return append(b, s.cellText(v)...)
	case *glua.LTable:
		if depth < maxDepth {
			return s.appendTableJSON(b, v, depth)
		}
	case *glua.LUserData:
		if isNumber(v) {
			return append(b, s.cellText(v)...)
		}
		if p := s.packetIn(v); p != nil {
			if text, err := p.MarshalJSON(); err == nil {
				return append(b, text...)
			}
		}
	}
	return appendTextJSON(b, s.cellText(v))
}

func (s *Lists) appendTableJSON(b []byte, t *glua.LTable, depth int) []byte {
	if n := t.Len(); n > 0 {
		b = append(b, '[')
		for i := 1; i <= n; i++ {
			if i > 1 {
				b = append(b, ',')
			}
			b = s.appendJSON(b, t.RawGetInt(i), depth+1)
		}
		return append(b, ']')
	}
	var keys []string
	held := map[string]glua.LValue{}
	t.ForEach(func(k, v glua.LValue) {
		keys = append(keys, vm.Text(k))
		held[vm.Text(k)] = v
	})
	slices.Sort(keys)
	return s.appendObject(b, keys, func(name string) glua.LValue { return held[name] }, depth)
}

// appendObject writes an object with names in the order given.
func (s *Lists) appendObject(b []byte, names []string, value func(name string) glua.LValue, depth int) []byte {
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendTextJSON(b, name), ':')
		b = s.appendJSON(b, value(name), depth+1)
	}
	return append(b, '}')
}

func appendTextJSON(b []byte, text string) []byte {
	var quoted bytes.Buffer
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return append(b, `""`...) // no string has an error
	}
	return append(b, values.VisibleJSON(bytes.TrimSuffix(quoted.Bytes(), []byte("\n")))...)
}
