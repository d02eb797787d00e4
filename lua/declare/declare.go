// Package declare reads what the table of protocol{...} declares, as the protocol that craft knows by it. It knows the words of a
// declaration, and no protocol; what a default is in Lua, its caller says.
package declare

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// A Key is a name that a table of a declaration may have, and what it says.
type Key struct{ Name, Doc string }

// Keys are those of protocol{...} itself, in the order of help.
func Keys() []Key {
	return []Key{
		{"name", "the word it is called by"},
		{"doc", "one line: what it is"},
		{"fields", `its fields in wire order: {"op", "enum", bits=8, names={[1]="ask"}, default=1}; the kind is number unless given`},
		{"over", "what carries it: {UDP, dport=7777}, or a list of these; read=true in one that is not to set the field"},
		{"next", "the field that announces what it carries"},
		{"carries", "a layer, or {[value]=layer} by the field next"},
		{"answers", `which message answers: {same={"id"}, swapped={{"src","dst"}}, reply={op={[1]=2}}}`},
		{"summary", `its part of a summary, as "Echo %Echo.id%"`},
	}
}

// A Value is what a default is that a declaration gives a field of a kind.
type Value func(kind craft.Kind, v glua.LValue) (any, error)

// Read is what t declares, a table that has no other keys than Keys. What is wrong with it is raised on l.
func Read(l *glua.LState, t *glua.LTable, value Value) craft.Spec {
	r := reader{l: l, at: "protocol: " + binding.Text(l, t, "name"), value: value}
	d := craft.Spec{
		Name: craft.Name(binding.Text(l, t, "name")), Doc: binding.Text(l, t, "doc"), Brief: binding.Text(l, t, "summary"),
		Binds: r.carriers(t.RawGetString("over")), Carries: r.carries(t.RawGetString("carries")), Matches: r.answers(t.RawGetString("answers")),
	}
	if next := binding.Text(l, t, "next"); next != "" {
		d.Next = []string{next}
	}
	if t.RawGetString("fields") == glua.LNil {
		r.fail(`fields: want its fields in wire order, as {{"id", bits=16}}, got none`)
	}
	rows := r.list(t.RawGetString("fields"), "fields", `{{"a", bits=8}}`)
	for i, n := 1, rows.Len(); i <= n; i++ {
		d.Fields = append(d.Fields, r.in(fmt.Sprintf("field %d", i)).row(rows.RawGetInt(i)))
	}
	return d
}

// carriers is {UDP, dport=7} or a list of these.
func (r reader) carriers(v glua.LValue) []craft.Binding {
	if v == glua.LNil {
		return nil
	}
	const form = "{UDP, dport=7777}"
	t, ok := v.(*glua.LTable)
	if !ok {
		r.fail("over: want %s or a list of these, got %s", form, vm.KindOf(v))
	}
	if _, ok := t.RawGetInt(1).(*glua.LTable); !ok {
		return []craft.Binding{r.carrier(t)}
	}
	r.list(t, "over", "{"+form+"}")
	var list []craft.Binding
	for i, n := 1, t.Len(); i <= n; i++ {
		list = append(list, r.carrier(r.table(t.RawGetInt(i), "over")))
	}
	return list
}

func (r reader) carrier(t *glua.LTable) craft.Binding {
	below, readOnly := r.protocol(t.RawGetInt(1), "over"), false
	var fields []craft.FieldValue
	if t.Len() > 1 {
		r.fail("over: want {%s, field=value}, got %s without a name", below, binding.Brief(t.RawGetInt(2)))
	}
	r.each(t, func(name string, v glua.LValue) {
		if name == "read" {
			readOnly = r.boolean(v, "over: read")
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
	r.only(t, "answers", `{same={"id"}}`, 0, "same", "swapped", "reply")
	a := &craft.AnswerRule{Same: r.strings(t.RawGetString("same"), "answers: same"), Reply: map[string]map[uint64]uint64{}}
	swapped := r.list(t.RawGetString("swapped"), "answers: swapped", `{{"src", "dst"}}`)
	for i, n := 1, swapped.Len(); i <= n; i++ {
		pair := r.strings(swapped.RawGetInt(i), "answers: swapped")
		if len(pair) != 2 {
			r.fail("answers: swapped: want pairs of fields, got %d", len(pair))
		}
		a.Swapped = append(a.Swapped, [2]string(pair))
	}
	reply := r.table(t.RawGetString("reply"), "answers: reply")
	if reply.Len() > 0 {
		r.fail("answers: reply: want {field={[1]=2}}, got a list")
	}
	r.each(reply, func(name string, v glua.LValue) {
		a.Reply[name] = map[uint64]uint64{}
		r.table(v, "answers: reply: "+name).ForEach(func(k, v glua.LValue) {
			a.Reply[name][r.number(k, "answers: reply: "+name)] = r.number(v, "answers: reply: "+name)
		})
	})
	return a
}
