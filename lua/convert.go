package lua

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/vm"
)

// read is a field as Lua sees it: numbers; flags, addresses and bytes as strings; options as a list; layers with the sets
// in them; another set as it is, but what is drawn once as the value that is sent; nil for a computed field that is not set.
func (s *State) read(layer *craft.Layer, name string) glua.LValue {
	if layer.Protocol().Kind(name) != craft.Packets {
		if set := layer.SetOf(name); set != nil && set.Len() > 1 {
			return s.value(set, s.types.set)
		}
	}
	v, err := layer.Get(name)
	if err != nil || v.IsNone() {
		s.gap = gap{field: string(layer.Name()) + "." + name}
		return glua.LNil
	}
	if p := v.Single(); p != nil {
		return s.packetValue(p)
	}
	decoded := v.Decoded()
	if opts, ok := decoded.([]craft.Option); ok {
		return s.readOptions(layer.Protocol(), opts)
	}
	return s.luaValue(decoded)
}

// luaNumber is a number as Lua sees it; one that Lua cannot hold exactly is its digits, which every field reads too.
func luaNumber(n uint64) glua.LValue {
	if n > values.Exact {
		return glua.LString(strconv.FormatUint(n, 10))
	}
	return glua.LNumber(n)
}

// luaValue is a value of a list as Lua sees it, in the form that sets it.
func (s *State) luaValue(v any) glua.LValue {
	list := func(n int, at func(i int) any) glua.LValue {
		t := s.l.CreateTable(n, 0)
		for i := range n {
			t.Append(s.luaValue(at(i)))
		}
		return s.lists.Written(t)
	}
	switch v := v.(type) {
	case uint64:
		return luaNumber(v)
	case int64:
		return glua.LNumber(v)
	case bool:
		return glua.LBool(v)
	case string:
		return glua.LString(v)
	case []byte:
		return glua.LString(v)
	case craft.Verbatim:
		return s.value(v, s.types.raw)
	case *craft.Packet:
		return s.packetValue(v)
	case []*craft.Packet:
		layers := make([]glua.LValue, len(v))
		for i, p := range v {
			layers[i] = s.packetValue(p)
		}
		return s.lists.Layers(layers)
	case float64:
		return glua.LNumber(v)
	case craft.Record:
		t := s.l.CreateTable(0, len(v))
		for _, f := range v {
			t.RawSetString(f.Name, s.luaValue(f.Value))
		}
		return s.lists.Written(t)
	case []any:
		return list(len(v), func(i int) any { return v[i] })
	case fmt.Stringer: // addresses
		return glua.LString(v.String())
	}
	return glua.LNil
}

// readOptions is a list of options in the form that sets it.
func (s *State) readOptions(p *craft.Protocol, opts []craft.Option) glua.LValue {
	list := s.l.CreateTable(len(opts), 0)
	for _, o := range opts {
		if o.Kind < 0 {
			list.Append(s.value(craft.Verbatim(o.Data), s.types.raw))
			continue
		}
		item := s.lists.Written(s.l.NewTable())
		held, ok := p.OptionValues(o)
		if !ok {
			item.Append(glua.LNumber(o.Kind))
			item.Append(glua.LString(o.Data))
		} else {
			item.Append(glua.LString(p.OptionName(o)))
			for _, v := range held {
				item.Append(s.luaValue(v))
			}
		}
		list.Append(item)
	}
	return s.lists.Written(list)
}

// toField is a Lua value as craft's Set takes it.
func toField(p *craft.Protocol, name string, v glua.LValue) (any, error) {
	t, ok := v.(*glua.LTable)
	if !ok {
		return toScalar(v)
	}
	if table := tableOf(p.Kind(name)); table != nil {
		return table(p, t)
	}
	return toList(t, 1)
}

// tableOf makes of a table the one value that it is for a kind of field; nil where it is a set of values.
func tableOf(kind craft.Kind) func(p *craft.Protocol, t *glua.LTable) (any, error) {
	switch kind {
	case craft.Options:
		return toOptions
	case craft.Values, craft.Packets:
		return toValues
	}
	return nil
}

// toValues is a table that is a list of values.
func toValues(_ *craft.Protocol, t *glua.LTable) (any, error) { return toTree(t, 1) }

// toTree is {1, "a", {2, 3}}: a list as the value itself, lists in it included.
func toTree(t *glua.LTable, depth int) (any, error) {
	list, err := elements(t, depth, toTree)
	if err != nil || len(list) > 0 {
		return list, err
	}
	return toPairs(t, depth)
}

// elements are the values of a table, and what of makes of the tables in it.
func elements(t *glua.LTable, depth int, of func(t *glua.LTable, depth int) (any, error)) ([]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("want lists nested at most %d deep", maxDepth)
	}
	list := make([]any, t.Len())
	for i := range list {
		var err error
		if sub, ok := t.RawGetInt(i + 1).(*glua.LTable); ok {
			list[i], err = of(sub, depth+1)
		} else {
			list[i], err = toScalar(t.RawGetInt(i + 1))
		}
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return list, nil
}

// toPairs is {["X-Name"]="value"} as the list {{"X-Name", "value"}}, in the order of the names: Lua keeps no other.
func toPairs(t *glua.LTable, depth int) (any, error) {
	pairs := []any{}
	for k, v := t.Next(glua.LNil); k != glua.LNil; k, v = t.Next(k) {
		name, ok := k.(glua.LString)
		if !ok {
			return nil, fmt.Errorf("want a list of values, got one with the name %s", vm.Text(k))
		}
		pair := &glua.LTable{}
		pair.Append(name)
		pair.Append(v)
		one, err := toTree(pair, depth+1)
		if err != nil {
			return nil, fmt.Errorf("element %s: %w", name, err)
		}
		pairs = append(pairs, one)
	}
	slices.SortFunc(pairs, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return pairs, nil
}

// maxDepth is how deep lists of values may nest.
const maxDepth = 16

// A list that is read from a field and stands in the next list doubles with each line of a script.
const (
	maxWritten = 1 << 20 // values of a list, and of those in it
	maxNested  = 100     // lists in it, one in another
)

func toScalar(v glua.LValue) (any, error) {
	switch v := v.(type) {
	case glua.LNumber:
		if v < 0 || v != glua.LNumber(uint64(v)) {
			return float64(v), nil // not an integer: the field's error says what it wants
		}
		return uint64(v), nil
	case glua.LString:
		return string(v), nil
	case *glua.LUserData:
		switch v := v.Value.(type) {
		case values.Set, values.Generator, craft.Verbatim:
			return v, nil
		case *craft.Packet:
			return v.Copy(), nil
		case layerView:
			return v.packet().From(v.at()), nil
		case *craft.Protocol:
			return craft.NewPacket(v), nil
		}
	case glua.LBool:
		if v {
			return uint64(1), nil
		}
		return uint64(0), nil
	}
	return nil, fmt.Errorf("want a value, got %s", vm.KindOf(v))
}

// toList is {80, 443, range(1,3)}: the values one after the other.
func toList(t *glua.LTable, depth int) (any, error) {
	list, err := elements(t, depth, toList)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errors.New("want a list of values, got an empty or named table")
	}
	written := 0
	for _, v := range list {
		more, nested := values.Written(v)
		switch written += more; {
		case written > maxWritten:
			return nil, fmt.Errorf("want at most %d values in lists: ranges and networks count as one", maxWritten)
		case nested > maxNested:
			return nil, fmt.Errorf("want lists in lists at most %d deep", maxNested)
		}
	}
	return values.List(list...), nil
}

// toOptions is {{"MSS",1460},{"NOP"},{254,"raw"}}.
func toOptions(p *craft.Protocol, t *glua.LTable) (any, error) {
	if k, _ := t.Next(glua.LNil); t.Len() == 0 && k != glua.LNil {
		return nil, fmt.Errorf("want a list of options, as in {{%q, ...}}, got one with the name %s", vm.Text(k), vm.Text(k))
	}
	drafts := make([]craft.OptionDraft, t.Len())
	opts := make([]craft.Option, t.Len())
	drawn := false
	for i := range drafts {
		d, err := toDraft(t.RawGetInt(i + 1))
		if err == nil {
			drafts[i] = d
			if slices.ContainsFunc(d.Values, isGenerator) {
				drawn = true
			} else {
				opts[i], err = d.Option(p)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	if drawn {
		return p.DrawOptions(drafts...)
	}
	return opts, nil
}

func isGenerator(v any) bool {
	_, ok := v.(values.Generator)
	return ok
}

// toDraft is one option as it is written: a name, {name, values...}, or raw bytes.
func toDraft(v glua.LValue) (craft.OptionDraft, error) {
	switch v := v.(type) {
	case glua.LString:
		return craft.OptionDraft{Kind: string(v)}, nil
	case *glua.LUserData:
		if raw, ok := v.Value.(craft.Verbatim); ok {
			return craft.OptionDraft{Kind: raw}, nil
		}
	case *glua.LTable:
		var d craft.OptionDraft
		if v.Len() == 0 {
			return d, errors.New(`want an option such as {"MSS", 1460}, got an empty table`)
		}
		for i, n := 1, v.Len(); i <= n; i++ {
			value, err := toScalar(v.RawGetInt(i))
			if err != nil {
				return d, err
			}
			if i > 1 {
				d.Values = append(d.Values, value)
				continue
			}
			d.Kind = value
		}
		return d, nil
	}
	return craft.OptionDraft{}, fmt.Errorf(`want an option such as {"MSS", 1460}, got %s`, vm.KindOf(v))
}
