package lua

import (
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// A layerView is one layer of a packet, seen from Lua: changes go to the packet.
type layerView struct{ layer *craft.Layer }

// packet is the packet that the layer is in now.
func (v layerView) packet() *craft.Packet { return v.layer.Packet() }

// at is the layer's index in its packet.
func (v layerView) at() int { return slices.Index(v.packet().Layers(), v.layer) }

func (s *State) pushLayer(l *glua.LState, layer *craft.Layer) int {
	if layer == nil {
		l.Push(glua.LNil)
	} else {
		l.Push(s.value(layerView{layer}, s.types.layer))
	}
	return 1
}

// pushFound is pushLayer for what was looked for in a packet by its name.
func (s *State) pushFound(l *glua.LState, p *craft.Packet, name craft.Name, found *craft.Layer) int {
	if found == nil {
		s.gap = gap{packet: p, layer: name}
	}
	return s.pushLayer(l, found)
}

// layerMethods are p[TCP]:name(...), besides those of packets.
var layerMethods = []method{
	{"flag", `p[TCP]:flag("S")`, `whether a flag is set, or all of several: "SA"; p[TCP].flags.S and .SA ask the same`, func(s *State, l *glua.LState) int {
		on, err := of[layerView](l, 1, "layer").layer.HasFlags(l.CheckString(2))
		if err != nil {
			s.fail(l, err)
		}
		l.Push(glua.LBool(on))
		return 1
	}},
	{"name", `p[ICMP]:name("type")`, "the name of a field's value", func(_ *State, l *glua.LState) int {
		v, err := of[layerView](l, 1, "layer").layer.Get(l.CheckString(2))
		if err != nil {
			l.RaiseError("%s", err)
		}
		return pushString(l, v.Name())
	}},
	{"fields", "for name, value in p[TCP]:fields() do", "walk its fields in wire order, those that are computed and not set with nil; p[TCP][name] reads one, p[TCP]:name(name) its text", layerFields},
}

// layerFields is for name, value in p[TCP]:fields() do. What a loop changes on the way is read as it is then.
func layerFields(s *State, l *glua.LState) int {
	layer := of[layerView](l, 1, "layer").layer
	names, i := layer.Fields(), 0
	l.Push(l.NewFunction(func(l *glua.LState) int {
		for i < len(names) && !layer.Has(names[i]) { // another field has taken it away
			i++
		}
		if i == len(names) {
			l.Push(glua.LNil)
			return 1
		}
		i++
		l.Push(glua.LString(names[i-1]))
		l.Push(s.read(layer, names[i-1]))
		return 2
	}))
	return 1
}

// layerIndex is p[TCP].field and p[TCP]:method.
func (s *State) layerIndex(l *glua.LState) int {
	view := of[layerView](l, 1, "layer")
	if l.Get(2).Type() != glua.LTString { // p[IP][TCP]: from this layer on
		p := view.packet()
		name := s.layerName(l, p)
		return s.pushFound(l, p, name, p.NthFrom(view.at(), name, 1))
	}
	key := l.CheckString(2)
	if view.layer.Has(key) { // a field may be called as a method is
		l.Push(s.read(view.layer, key))
		return 1
	}
	if fn, ok := s.boundLayer[key]; ok {
		l.Push(fn)
		return 1
	}
	if fn, ok := s.bound[key]; ok && !view.layer.Protocol().Has(key) {
		l.Push(fn)
		return 1
	}
	if key == "payload" {
		return s.payloadOf(l, view.packet(), view.at())
	}
	if s.isLayerName(view.packet(), glua.LString(key)) {
		return s.pushFound(l, view.packet(), craft.Name(key), view.packet().NthFrom(view.at(), craft.Name(key), 1))
	}
	s.fail(l, s.noField(view.layer, key))
	return 0
}

// layerSet is p[TCP].field = value and p[TCP].payload = q.
func (s *State) layerSet(l *glua.LState) int {
	view := of[layerView](l, 1, "layer")
	key := l.CheckString(2)
	if key == "payload" && !view.layer.Has(key) {
		return setPayload(l, view.packet(), view.at())
	}
	if err := s.assign(view.layer, key, l.Get(3)); err != nil {
		s.fail(l, err)
	}
	return 0
}

func (s *State) layerText(l *glua.LState) int {
	return pushString(l, s.legible(l, "tostring", 1).String())
}
