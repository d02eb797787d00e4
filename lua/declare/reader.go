package declare

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

// A reader reads parts of a declaration; what is wrong is an error that names the part.
type reader struct {
	l     *glua.LState
	at    string
	value Value
}

func (r reader) in(part string) reader {
	r.at += ": " + part
	return r
}

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

// list is a table without names; form is one as it is written.
func (r reader) list(v glua.LValue, what, form string) *glua.LTable {
	t := r.table(v, what)
	r.only(t, what, form, t.Len())
	return t
}

// only holds that a table has so many values without a name at most, and no other names than the given ones; form is one as it is
// written.
func (r reader) only(t *glua.LTable, what, form string, values int, allowed ...string) {
	for k, v := t.Next(glua.LNil); k != glua.LNil; k, v = t.Next(k) {
		switch k := k.(type) {
		case glua.LNumber:
			if k < 1 || k > glua.LNumber(values) || k != glua.LNumber(int(k)) {
				r.fail("%s: want %s, got %s at place %s", what, form, binding.Brief(v), vm.Text(k))
			}
		case glua.LString:
			if name := string(k); len(allowed) == 0 {
				r.fail("%s: want a list, as %s, got the name %q", what, form, name)
			} else if !slices.Contains(allowed, name) {
				r.fail("%s: no %q; there are %s%s", what, name, strings.Join(allowed, ", "), spelling.DidYouMean(name, allowed))
			}
		default:
			r.fail("%s: want %s, got %s for a name", what, form, vm.KindOf(k))
		}
	}
}

// boolean is true or false; false when it is not given.
func (r reader) boolean(v glua.LValue, what string) bool {
	b, ok := v.(glua.LBool)
	if !ok && v != glua.LNil {
		r.fail("%s: want true or false, got %s", what, binding.Brief(v))
	}
	return bool(b)
}

func (r reader) number(v glua.LValue, what string) uint64 {
	if n, ok := v.(glua.LNumber); ok && n >= 0 && n <= 1<<53 && n == glua.LNumber(uint64(n)) {
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
	t := r.list(v, what, `{"a", "b"}`)
	for i, n := 1, t.Len(); i <= n; i++ {
		word, ok := t.RawGetInt(i).(glua.LString)
		if !ok {
			r.fail("%s: want a list of strings, got %s in it", what, vm.KindOf(t.RawGetInt(i)))
		}
		list = append(list, string(word))
	}
	return list
}

// each calls fn with the named entries of a table, in order of their names. Whoever calls it has looked at the others.
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
