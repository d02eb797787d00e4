package lua

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
)

// declareFunctions declare protocols and explain what becomes of their fields.
func (s *State) declareFunctions() []function {
	return []function{
		{"protocol", `protocol{name="Echo", fields={{"id", bits=16}}, over={UDP, dport=7777}}`,
			"declare a protocol: it is a layer like the built-in ones from then on" + rowsHelp(), declarationKeys, s.declareProtocol},
		{"explain", "explain(p)", "print where each field's value comes from: set, given by the layer above, default, computed, asked of the host", nil, s.explain},
	}
}

var declarationKeys = []option{
	{"name", "the word it is called by"},
	{"doc", "one line: what it is"},
	{"fields", `its fields in wire order: {"op", "enum", bits=8, names={[1]="ask"}, default=1}; the kind is number unless given`},
	{"over", "what carries it: {UDP, dport=7777}, or a list of these; read=true in one that is not to set the field"},
	{"next", "the field that announces what it carries"},
	{"carries", "a layer, or {[value]=layer} by the field next"},
	{"answers", `which message answers: {same={"id"}, swapped={{"src","dst"}}, reply={op={[1]=2}}}`},
	{"summary", `its part of a summary, as "Echo %Echo.id%"`},
}

var fieldKeys = []option{
	{"bits", "its width; without it that of its kind, or variable for bytes, text, list and layers"},
	{"default", "the value when none is set"},
	{"doc", "one line for ls()"},
	{"names", "names of values, for an enum: {[1]=\"ask\"}"},
	{"flags", `names of bits, lowest first, for flags: {"F","S"}`},
	{"hex", "true: shown in hex"},
	{"little", "true: the least significant byte comes first"},
	{"computed", `"total", "header", "payload", "behind", "checksum", or {what="count", of="list", unit=4, times=1, plus=0}; what may be "length" too; a checksum may be over="header" or over="segment", number=200`},
	{"length", `the field that holds its length in bytes, or {field="n", unit=4, plus=-8} or {field="n", count=true}`},
	{"of", `elements of a list: 8, 16, 32 or 64 (bits), "IPv4", "IPv6" or "MAC"; of layers: the layer`},
	{"when", `there only when: "field" (is not 0), or {field=value}, {field={v1, v2}}, {field={mask=1}}, {field={v1, unless=true}}`},
}

// rowsHelp is what a row of fields may hold, for help(protocol).
func rowsHelp() string {
	var b strings.Builder
	b.WriteString("\n\n    kinds of fields: " + strings.Join(slices.Sorted(maps.Keys(declarable())), " ") + "\n    and what their rows may hold:\n")
	for _, key := range fieldKeys {
		fmt.Fprintf(&b, "      %-9s %s\n", key.name, key.doc)
	}
	return b.String() + "    an example with all of it: moonwire show protocol"
}

// declareProtocol is protocol{...}: it makes the layer a global and returns it.
func (s *State) declareProtocol(l *glua.LState) int {
	t := s.named(l, 1, declarationKeys)
	r := reader{l: l, at: "protocol: " + textIn(l, t, "name")}
	d := craft.Spec{
		Name: craft.Name(textIn(l, t, "name")), Doc: textIn(l, t, "doc"), Brief: textIn(l, t, "summary"),
		Binds: r.carriers(t.RawGetString("over")), Carries: r.carries(t.RawGetString("carries")), Matches: r.answers(t.RawGetString("answers")),
	}
	if next := textIn(l, t, "next"); next != "" {
		d.Next = []string{next}
	}
	rows := r.table(t.RawGetString("fields"), "fields")
	for i, n := 1, rows.Len(); i <= n; i++ {
		d.Fields = append(d.Fields, s.fieldRow(r.in(fmt.Sprintf("field %d", i)), rows.RawGetInt(i)))
	}
	if s.l.G.Global.RawGetString(string(d.Name)) != glua.LNil && s.table.Lookup(d.Name) == nil {
		l.RaiseError("protocol: there is something else called %s already", d.Name)
	}
	p, err := s.table.Define(d)
	if err != nil {
		l.RaiseError("protocol: %s", err)
	}
	s.declarations++
	v := s.value(p, s.types.protocol)
	s.vm.SetGlobal(string(d.Name), v)
	l.Push(v)
	return 1
}

// explain is explain(p).
func (s *State) explain(l *glua.LState) int {
	p := s.legible(l, "explain", 1)
	all, err := s.explained(p)
	if err != nil {
		s.fail(l, err)
	}
	return s.say(l, craft.ExplanationsText(p, all))
}

// A reader reads parts of a declaration; what is wrong is an error that names the part.
type reader struct {
	l  *glua.LState
	at string
}

func (r reader) in(part string) reader { return reader{r.l, r.at + ": " + part} }

func (r reader) fail(format string, args ...any) {
	r.l.RaiseError("%s", r.at+": "+fmt.Sprintf(format, args...))
}

// table is a value that must be a table; an absent one is empty.
func (r reader) table(v glua.LValue, what string) *glua.LTable {
	switch v := v.(type) {
	case *glua.LNilType:
		return &glua.LTable{}
	case *glua.LTable:
		return v
	}
	r.fail("%s: want a table, got %s", what, vm.KindOf(v))
	return nil
}

func (r reader) number(v glua.LValue, what string) uint64 {
	if n, ok := v.(glua.LNumber); ok && n >= 0 && whole(float64(n)) {
		return uint64(n)
	}
	r.fail("%s: want a whole number of at least 0, got %s", what, vm.Text(v))
	return 0
}

// integer is a number that may be negative; 0 when it is not given.
func (r reader) integer(v glua.LValue, what string) int {
	n, ok := v.(glua.LNumber)
	if v != glua.LNil && (!ok || n != glua.LNumber(int32(n))) {
		r.fail("%s: want a whole number, got %s", what, vm.Text(v))
	}
	return int(n)
}

// strings is a list of strings.
func (r reader) strings(v glua.LValue, what string) []string {
	if v == glua.LNil {
		return nil
	}
	var list []string
	t := r.table(v, what)
	for i, n := 1, t.Len(); i <= n; i++ {
		word, ok := t.RawGetInt(i).(glua.LString)
		if !ok {
			r.fail("%s: want a list of strings, got %s in it", what, vm.KindOf(t.RawGetInt(i)))
		}
		list = append(list, string(word))
	}
	return list
}

// each calls fn with the named entries of a table, in order of their names.
func (r reader) each(t *glua.LTable, fn func(name string, v glua.LValue)) {
	var names []string
	t.ForEach(func(k, _ glua.LValue) {
		if name, ok := k.(glua.LString); ok {
			names = append(names, string(name))
		}
	})
	slices.Sort(names)
	for _, name := range names {
		fn(name, t.RawGetString(name))
	}
}

// protocol is a value that names a protocol: IP or "IP".
func (r reader) protocol(v glua.LValue, what string) craft.Name {
	switch v := v.(type) {
	case glua.LString:
		return craft.Name(v)
	case *glua.LUserData:
		if p, ok := v.Value.(*craft.Protocol); ok {
			return p.Name()
		}
	}
	r.fail("%s: want a layer, got %s", what, vm.KindOf(v))
	return ""
}

// carriers is {UDP, dport=7} or a list of these.
func (r reader) carriers(v glua.LValue) []craft.Binding {
	if v == glua.LNil {
		return nil
	}
	t := r.table(v, "over")
	if _, ok := t.RawGetInt(1).(*glua.LTable); !ok {
		return []craft.Binding{r.carrier(t)}
	}
	var list []craft.Binding
	for i, n := 1, t.Len(); i <= n; i++ {
		list = append(list, r.carrier(r.table(t.RawGetInt(i), "over")))
	}
	return list
}

func (r reader) carrier(t *glua.LTable) craft.Binding {
	below, readOnly := r.protocol(t.RawGetInt(1), "over"), false
	var fields []craft.FieldValue
	r.each(t, func(name string, v glua.LValue) {
		if name == "read" {
			readOnly = glua.LVAsBool(v)
			return
		}
		fields = append(fields, craft.FieldValue{Field: name, Value: r.number(v, "over: "+name)})
	})
	switch {
	case len(fields) == 0:
		r.fail("over: want the field of %s that announces it, as {%s, field=value}", below, below)
		return craft.Binding{}
	case readOnly:
		return craft.ReadOver(below, fields[0].Field, fields[0].Value, fields[1:]...)
	}
	return craft.Over(below, fields[0].Field, fields[0].Value, fields[1:]...)
}

// carries is a layer or {[value]=layer}.
func (r reader) carries(v glua.LValue) map[uint64]craft.Name {
	t, ok := v.(*glua.LTable)
	switch {
	case v == glua.LNil:
		return nil
	case !ok:
		return map[uint64]craft.Name{0: r.protocol(v, "carries")}
	}
	m := map[uint64]craft.Name{}
	t.ForEach(func(k, v glua.LValue) { m[r.number(k, "carries")] = r.protocol(v, "carries") })
	return m
}

// answers is {same={...}, swapped={{a,b}}, reply={op={[1]=2}}}.
func (r reader) answers(v glua.LValue) *craft.AnswerRule {
	if v == glua.LNil {
		return nil
	}
	t := r.table(v, "answers")
	r.known(t, "answers", "same", "swapped", "reply")
	a := &craft.AnswerRule{Same: r.strings(t.RawGetString("same"), "answers: same"), Reply: map[string]map[uint64]uint64{}}
	swapped := r.table(t.RawGetString("swapped"), "answers: swapped")
	for i, n := 1, swapped.Len(); i <= n; i++ {
		pair := r.strings(swapped.RawGetInt(i), "answers: swapped")
		if len(pair) != 2 {
			r.fail("answers: swapped: want pairs of fields, got %d", len(pair))
		}
		a.Swapped = append(a.Swapped, [2]string(pair))
	}
	r.each(r.table(t.RawGetString("reply"), "answers: reply"), func(name string, v glua.LValue) {
		a.Reply[name] = map[uint64]uint64{}
		r.table(v, "answers: reply: "+name).ForEach(func(k, v glua.LValue) {
			a.Reply[name][r.number(k, "answers: reply: "+name)] = r.number(v, "answers: reply: "+name)
		})
	})
	return a
}

// known holds that a table has no other names than these.
func (r reader) known(t *glua.LTable, what string, allowed ...string) {
	r.each(t, func(name string, _ glua.LValue) {
		if !slices.Contains(allowed, name) {
			r.fail("%s: no %q; there are %s%s", what, name, strings.Join(allowed, ", "), didYouMean(name, allowed))
		}
	})
}

// fieldRow is {"op", "enum", bits=8, ...}.
func (s *State) fieldRow(r reader, v glua.LValue) craft.Field {
	t := r.table(v, "row")
	name, ok := t.RawGetInt(1).(glua.LString)
	if !ok {
		r.fail(`want {"name", "kind", bits=8}, got %s where the name is`, vm.KindOf(t.RawGetInt(1)))
	}
	r = r.in(string(name))
	r.known(t, "field", names(fieldKeys)...)
	f := craft.Field{
		Name: string(name), Kind: r.kind(t.RawGetInt(2)), Doc: textIn(r.l, t, "doc"), Hex: boolIn(r.l, t, "hex", false),
		LittleEndian: boolIn(r.l, t, "little", false), Flags: r.strings(t.RawGetString("flags"), "flags"),
		Bits: r.integer(t.RawGetString("bits"), "bits"), Names: r.names(t.RawGetString("names")),
		Computed: r.computation(t.RawGetString("computed")), Length: r.measure(t.RawGetString("length")),
		When: r.conditions(t.RawGetString("when")),
	}
	if f.Names != nil && f.Kind == craft.Number {
		f.Kind = craft.Enum
	}
	if f.Flags != nil && f.Kind == craft.Number {
		f.Kind = craft.Flags
	}
	r.elements(t.RawGetString("of"), &f)
	if def := t.RawGetString("default"); def != glua.LNil {
		f.Value = r.initial(def, f.Kind)
	}
	return f
}

// kind is a kind by its name; number without one.
func (r reader) kind(v glua.LValue) craft.Kind {
	if v == glua.LNil {
		return craft.Number
	}
	known := declarable()
	kind, ok := known[strings.ToLower(v.String())]
	if !ok {
		words := slices.Sorted(maps.Keys(known))
		r.fail("no kind %q; there are %s%s", v.String(), strings.Join(words, ", "), didYouMean(v.String(), words))
	}
	return kind
}

// initial is a default as craft takes it.
func (r reader) initial(v glua.LValue, kind craft.Kind) any {
	var def any
	var err error
	t, ok := v.(*glua.LTable)
	switch {
	case ok && kinds[kind].table == nil:
		err = fmt.Errorf("want one value, got a table")
	case ok:
		def, err = kinds[kind].table(nil, t)
	default:
		def, err = toScalar(v)
	}
	if err != nil {
		r.fail("default: %s", err)
	}
	return def
}

// names is {[1]="ask", [2]="tell"}.
func (r reader) names(v glua.LValue) map[uint64]string {
	if v == glua.LNil {
		return nil
	}
	m := map[uint64]string{}
	r.table(v, "names").ForEach(func(k, v glua.LValue) { m[r.number(k, "names")] = v.String() })
	return m
}

// computations are what a field can be computed from, by the words for it in a declaration.
var computations = map[string]craft.What{
	"total": craft.Total, "header": craft.HeaderLength, "payload": craft.PayloadLength, "behind": craft.Behind, "length": craft.LengthOf,
	"count": craft.CountOf, "checksum": craft.MessageSum,
}

// sums are what a checksum may cover.
var sums = map[string]craft.What{"": craft.MessageSum, "header": craft.HeaderSum, "message": craft.MessageSum, "segment": craft.SegmentSum}

// computation is "total" or {what="count", of="list"}.
func (r reader) computation(v glua.LValue) *craft.Computation {
	switch v := v.(type) {
	case *glua.LNilType:
		return nil
	case glua.LString:
		return craft.Computes(r.what(string(v)))
	}
	t := r.table(v, "computed")
	r.known(t, "computed", "what", "of", "unit", "times", "plus", "over", "number")
	c := &craft.Computation{
		What: r.what(textIn(r.l, t, "what")), Of: textIn(r.l, t, "of"), Number: byte(r.integer(t.RawGetString("number"), "number")),
		Unit: r.integer(t.RawGetString("unit"), "unit"), Times: r.integer(t.RawGetString("times"), "times"), Plus: r.integer(t.RawGetString("plus"), "plus"),
	}
	if n := r.integer(t.RawGetString("number"), "number"); n != int(c.Number) {
		r.fail("computed: number: want a protocol's number in 0..255, got %d", n)
	}
	over := textIn(r.l, t, "over")
	if _, known := sums[over]; !known || over != "" && c.What != craft.MessageSum {
		r.fail("computed: over: want header, message or segment of a checksum, got %q", over)
	}
	if c.What == craft.MessageSum {
		c.What = sums[over]
	}
	return c
}

// what is what a field is computed from, by its word.
func (r reader) what(word string) craft.What {
	what, ok := computations[word]
	if !ok {
		words := slices.Sorted(maps.Keys(computations))
		r.fail("computed: want %s, got %q%s", strings.Join(words, ", "), word, didYouMean(word, words))
	}
	return what
}

// measure is "len" or {field="len", unit=4}.
func (r reader) measure(v glua.LValue) *craft.Measure {
	switch v := v.(type) {
	case *glua.LNilType:
		return nil
	case glua.LString:
		return &craft.Measure{Field: string(v)}
	}
	t := r.table(v, "length")
	r.known(t, "length", "field", "unit", "plus", "count")
	return &craft.Measure{
		Field: textIn(r.l, t, "field"), Count: boolIn(r.l, t, "count", false),
		Unit: r.integer(t.RawGetString("unit"), "unit"), Plus: r.integer(t.RawGetString("plus"), "plus"),
	}
}

// elements says what a list holds.
func (r reader) elements(v glua.LValue, f *craft.Field) {
	if n, ok := v.(glua.LNumber); ok {
		if n < 0 || n > 64 || int(n)%8 != 0 {
			r.fail("of: want elements of 8, 16, ... 64 bits, got %s", vm.Text(v))
		}
		f.Item = craft.Item{Kind: craft.Number, Bytes: int(n) / 8}
		return
	}
	switch {
	case v == glua.LNil:
	case f.Kind == craft.Packets:
		f.Of = r.protocol(v, "of")
	default:
		f.Item.Kind = r.kind(v)
	}
}

// conditions is "field", {field=1}, {field={1, 2}} or {field={mask=1, 1}}.
func (r reader) conditions(v glua.LValue) []craft.Condition {
	switch v := v.(type) {
	case *glua.LNilType:
		return nil
	case glua.LString:
		return []craft.Condition{{Field: string(v)}}
	}
	var list []craft.Condition
	r.each(r.table(v, "when"), func(name string, v glua.LValue) {
		c := craft.Condition{Field: name}
		if t, ok := v.(*glua.LTable); ok {
			if mask := t.RawGetString("mask"); mask != glua.LNil {
				c.Mask = r.number(mask, "when: mask")
			}
			c.Not = glua.LVAsBool(t.RawGetString("unless"))
			for i, n := 1, t.Len(); i <= n; i++ {
				c.Values = append(c.Values, r.number(t.RawGetInt(i), "when: "+name))
			}
		} else {
			c.Values = []uint64{r.number(v, "when: "+name)}
		}
		list = append(list, c)
	})
	return list
}
