package layers_test

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"

	"github.com/moonwire/moonwire/craft"
)

// A plan is a packet described once for both: as what to set in which layer.
type plan []*layerPlan

// A layerPlan is one layer of a plan: the fields to set, in order. All others are left alone.
type layerPlan struct {
	name     craft.Name
	settings []setting
}

// A setting is a field and its value, spelled as differ.py has it.
type setting struct {
	field, tag string
	value      any
	needed     bool // left alone, it would be asked of the host, of the clock or of chance
}

// MarshalJSON writes a layer as differ.py reads it.
func (l *layerPlan) MarshalJSON() ([]byte, error) {
	settings := make([][3]any, len(l.settings))
	for i, s := range l.settings {
		settings[i] = [3]any{s.field, s.tag, s.value}
	}
	return json.Marshal([2]any{l.name, settings})
}

func (p plan) packet() *craft.Packet {
	layers := make([]*craft.Layer, len(p))
	for i, l := range p {
		layers[i] = l.layer()
	}
	return craft.Stack(layers...)
}

func (l *layerPlan) layer() *craft.Layer {
	var pairs []any
	for _, s := range l.settings {
		pairs = append(pairs, s.field, s.here())
	}
	return l.name.New(pairs...)
}

// sound reports whether everything in a plan can be set, which may cease to be when something is taken away from it.
func (p plan) sound() bool {
	for _, l := range p {
		made := l.name.New()
		for _, s := range l.settings {
			elements, _ := s.value.([]plan)
			if slices.ContainsFunc(elements, func(e plan) bool { return !e.sound() }) || made.Set(s.field, s.here()) != nil {
				return false
			}
		}
	}
	return true
}

// names are the protocols of a plan, elements of fields included.
func (p plan) names() (names []craft.Name) {
	for _, l := range p {
		names = append(names, l.name)
		for _, s := range l.settings {
			elements, _ := s.value.([]plan)
			for _, e := range elements {
				names = append(names, e.names()...)
			}
		}
	}
	return names
}

// clone is a copy that can be mended.
func (p plan) clone() plan {
	c := make(plan, len(p))
	for i, l := range p {
		c[i] = &layerPlan{l.name, slices.Clone(l.settings)}
		for k, s := range c[i].settings {
			if elements, ok := s.value.([]plan); ok {
				copied := make([]plan, len(elements))
				for n, e := range elements {
					copied[n] = e.clone()
				}
				c[i].settings[k].value = copied
			}
		}
	}
	return c
}

// here is the value as craft takes it.
func (s setting) here() any {
	switch v := s.value.(type) {
	case []plan:
		list := make([]any, len(v))
		for i, p := range v {
			list[i] = p.packet()
		}
		return list
	case []optionPlan:
		list := make([]craft.Option, len(v))
		for i, o := range v {
			list[i] = o.option()
		}
		return list
	case bits:
		b := binary.BigEndian.AppendUint64(nil, v.n)
		return craft.Verbatim(b[8-v.width/8:])
	case octets:
		return []byte(v)
	}
	return s.value
}

// bits are the bits of a fixed-point number.
type bits struct {
	n     uint64
	width int
}

// MarshalJSON writes the bits as a number.
func (b bits) MarshalJSON() ([]byte, error) { return json.Marshal(b.n) }

// octets are bytes, in hex for scapy.
type octets []byte

// MarshalJSON writes the bytes in hex.
func (b octets) MarshalJSON() ([]byte, error) { return json.Marshal(hex.EncodeToString(b)) }

// An optionPlan is an option of IP or TCP, by its name and values or by its number.
type optionPlan struct {
	proto craft.Name
	kind  int
	name  string
	data  []byte
}

func (o optionPlan) option() craft.Option {
	if o.kind < 2 {
		return craft.Option{Kind: o.kind}
	}
	return craft.Option{Kind: o.kind, Data: o.data}
}

// MarshalJSON writes the option as [kind, name, values, data].
func (o optionPlan) MarshalJSON() ([]byte, error) {
	if o.name == "" {
		return json.Marshal([]any{o.kind, nil, nil, hex.EncodeToString(o.data)})
	}
	values, _ := craft.Lookup(o.proto).OptionValues(o.option())
	list := []any{}
	for _, v := range values {
		switch v := v.(type) {
		case []byte:
			list = append(list, "hex:"+hex.EncodeToString(v))
		case netip.Addr:
			list = append(list, v.String())
		default:
			list = append(list, v)
		}
	}
	return json.Marshal([]any{o.kind, o.name, list, hex.EncodeToString(o.data)})
}

// smaller are the plans that lack one thing of this one.
func (p plan) smaller() (less []plan) {
	for i, l := range p {
		if len(p) > 1 {
			less = append(less, slices.Delete(slices.Clone(p), i, i+1))
		}
		for k, s := range l.settings {
			with := func(settings []setting) {
				q := slices.Clone(p)
				q[i] = &layerPlan{l.name, settings}
				less = append(less, q)
			}
			if !s.needed {
				with(slices.Delete(slices.Clone(l.settings), k, k+1))
			}
			for _, v := range s.simpler() {
				settings := slices.Clone(l.settings)
				settings[k].value = v
				with(settings)
			}
		}
	}
	return less
}

// simpler are values with less in them.
func (s setting) simpler() (values []any) {
	switch v := s.value.(type) {
	case []plan:
		for i := range v {
			if len(v) > 1 {
				values = append(values, slices.Delete(slices.Clone(v), i, i+1))
			}
			for _, less := range v[i].smaller() {
				w := slices.Clone(v)
				w[i] = less
				values = append(values, w)
			}
		}
	case []optionPlan:
		for i := range v {
			values = append(values, slices.Delete(slices.Clone(v), i, i+1))
		}
	case []any:
		for i := range v {
			values = append(values, slices.Delete(slices.Clone(v), i, i+1))
		}
	case octets:
		if len(v) > 0 {
			values = append(values, v[:len(v)/2], v[:len(v)-1])
		}
		if slices.ContainsFunc(v, func(b byte) bool { return b != 0 }) {
			values = append(values, make(octets, len(v)))
		}
	case uint64:
		if v > 1 {
			values = append(values, v/2, v-1)
		}
	}
	return values
}

// String writes the plan as differ.py reads it.
func (p plan) String() string {
	b, err := json.Marshal(p)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(b)
}
