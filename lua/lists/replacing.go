package lists

import (
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

// replaceUsage is how replace is called.
const replaceUsage = `list:replace("IP.src", "10.0.0.1", "10.0.0.2"), or without the old value list:replace("IP.ttl", 64)`

// A replacement gives a field another value.
type replacement struct {
	layer craft.Name
	field string
	old   glua.LValue // Go's nil: whatever there is
	value glua.LValue
}

// replaceInList is list:replace(field, old, new), or list:replace({field, old, new}, ...): a list in which the packets that have
// such a field are copies with the new value. The list itself stays as it is.
func (s *Lists) replaceInList(l *glua.LState) int {
	t, k := s.checkList(l, "replace")
	all, fresh := s.replacements(l)
	list := make([]glua.LValue, 0, t.Len())
	for i, v := range s.values(l, t) {
		p := s.elementPacket(l, "replace", k, i, v)
		var changed *craft.Packet
		for _, r := range all {
			layer := p.Layer(r.layer)
			if layer == nil || !layer.Has(r.field) || r.old != nil && !s.holds(layer, r.field, r.old) {
				continue
			}
			if changed == nil {
				changed = p.Copy()
				p = changed
				if fresh {
					clearChecksums(changed)
				}
			}
			if err := s.host.Assign(p.Layer(r.layer), r.field, r.value); err != nil {
				l.RaiseError("%s", err)
			}
		}
		if changed != nil {
			v = s.host.Packet(changed)
		}
		list = append(list, v)
	}
	return s.pushLike(l, t, list)
}

// replacements are the arguments of replace, and whether checksums are to be computed anew.
func (s *Lists) replacements(l *glua.LState) (all []replacement, fresh bool) {
	n := l.GetTop()
	if t, ok := l.Get(n).(*glua.LTable); ok && n > 1 && t.Len() == 0 {
		fresh = binding.Bool(l, named(l, n, []option{{"delete_checksums", ""}}), "delete_checksums", false)
		n--
	}
	var given [][]glua.LValue
	for i := 2; i <= n; i++ {
		switch t, ok := l.Get(i).(*glua.LTable); {
		case ok && t.Metatable == glua.LNil:
			given = append(given, unpacked([]glua.LValue{t}))
		case i == 2:
			given = append(given, nil)
			for ; i <= n; i++ {
				given[0] = append(given[0], l.Get(i))
			}
		default:
			l.RaiseError("replace: want fields and values in tables, as in {\"IP.ttl\", 64}, got %s", vm.KindOf(l.Get(i)))
		}
	}
	if len(given) == 0 {
		l.RaiseError("replace: want a field and its new value, as in %s", replaceUsage)
	}
	for _, g := range given {
		all = append(all, s.replacement(l, g))
	}
	return all, fresh
}

// replacement reads a field, which old value it is to have, and the new one.
func (s *Lists) replacement(l *glua.LState, given []glua.LValue) replacement {
	name, _ := first(given).(glua.LString)
	layer, field, ok := strings.Cut(string(name), ".")
	if !ok || len(given) < 2 || len(given) > 3 {
		l.RaiseError("replace: want a field and its new value, as in %s, got %s", replaceUsage, s.told(given))
	}
	switch p := s.host.Table().Lookup(craft.Name(layer)); {
	case p == nil && !s.host.Table().Knows(craft.Name(layer)):
		l.RaiseError("replace: no layer is called %q%s", layer, s.host.Suggestion(layer, s.host.Table().Names()))
	case p != nil && !p.Has(field):
		l.RaiseError("replace: %s has no field %q%s", layer, field, spelling.DidYouMean(field, p.FieldNames()))
	}
	r := replacement{layer: craft.Name(layer), field: field, value: given[len(given)-1]}
	if len(given) == 3 {
		r.old = given[1]
		if p := s.host.Table().Lookup(r.layer); p != nil {
			r.old = s.normal(l, p, field, r.old)
		}
	}
	return r
}

// normal is a value as a field has it after it was set, so that "AS" finds the flags SA.
func (s *Lists) normal(l *glua.LState, p *craft.Protocol, field string, v glua.LValue) glua.LValue {
	layer := craft.NewPacket(p).Layers()[0]
	if !layer.Has(field) || v == glua.LNil { // it is in another shape of the layer
		return v
	}
	if err := s.host.Assign(layer, field, v); err != nil {
		l.RaiseError("%s", err)
	}
	return s.host.Read(layer, field)
}

// holds reports whether a field has a value.
func (s *Lists) holds(layer *craft.Layer, field string, v glua.LValue) bool {
	now := s.host.Read(layer, field)
	return now == v || now.Type() == glua.LTTable && s.cellText(now) == s.cellText(v)
}

// clearChecksums has the checksums of a packet computed anew.
func clearChecksums(p *craft.Packet) {
	for _, layer := range p.Layers() {
		for _, name := range []string{"chksum", "cksum"} {
			if layer.Has(name) {
				_ = layer.Clear(name) // every field that there is can be cleared
			}
		}
	}
}
