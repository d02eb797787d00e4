package declare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

// fieldKeys are those of a row of fields.
var fieldKeys = []Key{
	{"bits", "its width; without it that of its kind, or variable for bytes, text, list and layers"},
	{"default", "the value when none is set"},
	{"doc", "one line for ls()"},
	{"names", "names of values, for an enum: {[1]=\"ask\"}"},
	{"flags", `names of bits, lowest first, for flags: {"F","S"}`},
	{"zero", "true: a text ends in a zero byte, which is no part of its value"},
	{"hex", "true: shown in hex"},
	{"little", "true: the least significant byte comes first"},
	{"computed", `"total", "header", "payload", "behind", "checksum", or {what="count", of="list", unit=4, times=1, plus=0}; what may be "length" too; a checksum may be over="header" or over="segment", number=200`},
	{"length", `the field that holds its length in bytes, or {field="n", unit=4, plus=-8} or {field="n", count=true}`},
	{"of", `elements of a list: 8, 16, 32 or 64 (bits), "IPv4", "IPv6" or "MAC"; of layers: the layer`},
	{"when", `there only when: "field" (is not 0), or {field=value}, {field={v1, v2}}, {field={mask=1}}, {field={v1, unless=true}}`},
}

func fieldNames() []string {
	all := make([]string, len(fieldKeys))
	for i, key := range fieldKeys {
		all[i] = key.Name
	}
	return all
}

// Help is what a row of fields may hold, for help(protocol).
func Help() string {
	var b strings.Builder
	b.WriteString("    kinds of fields:\n")
	for _, word := range slices.Sorted(maps.Keys(declarable())) {
		fmt.Fprintf(&b, "      %-9s %s\n", word, kinds[declarable()[word]].doc)
	}
	b.WriteString("    and what their rows may hold:\n")
	for _, key := range fieldKeys {
		fmt.Fprintf(&b, "      %-9s %s\n", key.Name, key.Doc)
	}
	return b.String() + "    an example with all of it: moonwire show protocol"
}

// row is {"op", "enum", bits=8, ...}.
func (r reader) row(v glua.LValue) craft.Field {
	const form = `{"name", "kind", bits=8}`
	t, isRow := v.(*glua.LTable)
	if !isRow {
		r.fail("want %s, got %s", form, vm.KindOf(v))
	}
	name, ok := t.RawGetInt(1).(glua.LString)
	if !ok {
		r.fail("want %s, got %s where the name is", form, vm.KindOf(t.RawGetInt(1)))
	}
	r = r.in(string(name))
	if width := t.RawGetInt(2); width.Type() == glua.LTNumber {
		r.fail("a width has a name: {%q, bits=%s}", string(name), vm.Text(width))
	}
	r.only(t, "field", form, 2, fieldNames()...)
	f := craft.Field{
		Name: string(name), Kind: r.kind(t.RawGetInt(2)), Doc: binding.Text(r.l, t, "doc"), Hex: binding.Bool(r.l, t, "hex", false),
		LittleEndian: binding.Bool(r.l, t, "little", false), Flags: r.strings(t.RawGetString("flags"), "flags"),
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
	r.ends(t.RawGetString("zero"), &f)
	if def := t.RawGetString("default"); def != glua.LNil {
		f.Value, f.Initial = r.initial(def, f.Kind), nil
	}
	return f
}

// ends says how a text ends: up to the end of the header or where a length says, unless it has a zero byte.
func (r reader) ends(v glua.LValue, f *craft.Field) {
	zero := r.boolean(v, "zero")
	switch {
	case f.Kind != craft.Text && zero:
		r.fail("zero: want a field of kind text to end in a zero byte, got %s", f.Kind)
	case f.Kind != craft.Text:
	case f.Bits != 0:
		r.fail("bits: a text has no width; want length, or a field of kind bytes")
	case zero:
		f.Part, f.Initial = craft.ZeroTerminated(), []byte{0}
	default:
		f.Part = craft.PlainText()
	}
}

// kind is a kind by its name; number without one.
func (r reader) kind(v glua.LValue) craft.Kind {
	if v == glua.LNil {
		return craft.Number
	}
	known := declarable()
	word, _ := v.(glua.LString)
	kind, ok := known[strings.ToLower(string(word))]
	if !ok {
		words := slices.Sorted(maps.Keys(known))
		r.fail("no kind %q; there are %s%s", vm.Text(v), strings.Join(words, ", "), spelling.DidYouMean(string(word), words))
	}
	return kind
}

// initial is a default as craft takes it.
func (r reader) initial(v glua.LValue, kind craft.Kind) any {
	def, err := r.value(kind, v)
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
	r.table(v, "names").ForEach(func(k, v glua.LValue) {
		name, ok := v.(glua.LString)
		if !ok || k.Type() != glua.LTNumber {
			r.fail(`names: want the names of values, as {[1]="ask"}, got %s=%s`, vm.Text(k), binding.Brief(v))
		}
		m[r.number(k, "names")] = string(name)
	})
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
	r.only(t, "computed", `"total" or {what="count", of="list"}`, 0, "what", "of", "unit", "times", "plus", "over", "number")
	c := &craft.Computation{
		What: r.what(binding.Text(r.l, t, "what")), Of: binding.Text(r.l, t, "of"), Number: byte(r.integer(t.RawGetString("number"), "number")),
		Unit: r.integer(t.RawGetString("unit"), "unit"), Times: r.integer(t.RawGetString("times"), "times"), Plus: r.integer(t.RawGetString("plus"), "plus"),
	}
	if n := r.integer(t.RawGetString("number"), "number"); n != int(c.Number) {
		r.fail("computed: number: want a protocol's number in 0..255, got %d", n)
	}
	over := binding.Text(r.l, t, "over")
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
		r.fail("computed: want %s, got %q%s", strings.Join(words, ", "), word, spelling.DidYouMean(word, words))
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
	r.only(t, "length", `"n" or {field="n", unit=4}`, 0, "field", "unit", "plus", "count")
	return &craft.Measure{
		Field: binding.Text(r.l, t, "field"), Count: binding.Bool(r.l, t, "count", false),
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
	when := r.table(v, "when")
	if k, _ := when.Next(glua.LNil); when.Len() > 0 || k == glua.LNil {
		r.fail(`when: want "field" or {field=value}, got a list`)
	}
	r.each(when, func(name string, v glua.LValue) {
		c := craft.Condition{Field: name}
		if t, ok := v.(*glua.LTable); ok {
			r.only(t, "when: "+name, "{1, 2} or {mask=1}", t.Len(), "mask", "unless")
			if mask := t.RawGetString("mask"); mask != glua.LNil {
				c.Mask = r.number(mask, "when: mask")
			}
			c.Not = r.boolean(t.RawGetString("unless"), "when: unless")
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
