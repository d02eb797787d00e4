package lua

import (
	"errors"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/declare"
)

// declareFunctions declare protocols and explain what becomes of their fields.
func (s *State) declareFunctions() []function {
	var keys []option
	for _, k := range declare.Keys() {
		keys = append(keys, option{k.Name, k.Doc})
	}
	return []function{
		{"protocol", `protocol{name="Echo", fields={{"id", bits=16}}, over={UDP, dport=7777}}`,
			"declare a protocol: it is a layer like the built-in ones from then on\n\n" + declare.Help(), keys,
			func(l *glua.LState) int { return s.declareProtocol(l, keys) }},
		{"explain", "explain(p)", "print where each field's value comes from: set, given by the layer above, default, computed, asked of the host\n\n" +
			"A field that is computed or asked of the host is nil until the packet is sent: p[IP].src is. explain(p) and p:summary() show what it would be.", nil, s.explain},
	}
}

// declareProtocol is protocol{...}: it makes the layer a global and returns it.
func (s *State) declareProtocol(l *glua.LState, keys []option) int {
	d := declare.Read(l, s.named(l, 1, keys), defaultOf)
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

// defaultOf is the default that a declaration gives a field, as craft takes it: a set is none.
func defaultOf(kind craft.Kind, v glua.LValue) (any, error) {
	t, ok := v.(*glua.LTable)
	if !ok {
		return toScalar(v)
	}
	table := tableOf(kind)
	if table == nil {
		return nil, errors.New("want one value, got a table")
	}
	return table(nil, t)
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
