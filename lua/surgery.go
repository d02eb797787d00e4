package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
)

// surgeryMethods take packets apart and put them together. On a layer they work on its packet, from that layer on.
var surgeryMethods = []method{
	{"append", `p:append(UDP{}/"x")`, "put copies of layers on top of it; returns p", func(_ *State, l *glua.LState) int {
		p, _ := checkPlace(l)
		on := checkPacket(l, 2)
		checkLayers(l, len(p.Layers())+len(on.Layers()))
		p.Append(on.Copy().Layers()...)
		p.SetCut(on.Cut())
		return pushSelf(l)
	}},
	{"remove", "p:remove(IP, n)", "take out the n-th layer of a protocol (1), what is above it stays; returns p. p[TCP] = nil takes out all from there on", removeLayer},
	{"replace", "p:replace(TCP, UDP{}, n)", "put layers in place of the n-th layer of a protocol (1), what is above it stays; returns p. p[TCP] = q replaces all from there on", replaceLayer},
	{"payload", "p[IP].payload", "what is above a layer, nil when nothing is; can be set", nil},
}

// checkPlace is argument 1 as a packet of which a method changes the layers from the first one on.
func checkPlace(l *glua.LState) (p *craft.Packet, first int) {
	if ud, ok := l.Get(1).(*glua.LUserData); ok {
		switch v := ud.Value.(type) {
		case *craft.Packet:
			return v, 0
		case layerView:
			return v.packet(), v.at()
		}
	}
	l.RaiseError("want a packet or a layer to change, got %s", vm.KindOf(l.Get(1)))
	return nil, 0
}

func pushSelf(l *glua.LState) int {
	l.Push(l.Get(1))
	return 1
}

// findLayer is the packet and the index of the n-th layer of the protocol in argument 2, from the first one on; n is
// argument at. Behind the packet's own layers come those that stand inside fields.
func (s *State) findLayer(l *glua.LState, p *craft.Packet, first, at int) (*craft.Packet, int) {
	name, n := s.layerName(l, p), layerNumber(l, at)
	layer := p.NthFrom(first, name, n)
	if layer == nil {
		l.RaiseError("%s", noLayer(p, name))
	}
	in := layer.Packet()
	return in, slices.Index(in.Layers(), layer)
}

// layerNumber is argument n, which of several layers of a protocol is meant, counted from 1; the first one when it is not given. The value of the
// method is the argument before its first.
func layerNumber(l *glua.LState, n int) int {
	v := float64(l.OptNumber(n, 1))
	if !whole(v) || v < 1 || v > maxLayers {
		l.RaiseError("bad argument #%d: want which one is meant, a whole number from 1 on, got %s", n-1, vm.Text(l.Get(n)))
	}
	return int(v)
}

func noLayer(p *craft.Packet, name craft.Name) string {
	if len(p.Layers()) == 0 {
		return fmt.Sprintf("no such layer: %s in a packet without layers; p:append(q) puts layers into it", name)
	}
	names := make([]string, len(p.Layers()))
	for i, layer := range p.Layers() {
		names[i] = string(layer.Name())
	}
	return fmt.Sprintf("no such layer: %s in %s; p:append(q) puts layers on top", name, strings.Join(names, "/"))
}

// nth says which one of its protocol the layer at i is, counted from 1.
func nth(p *craft.Packet, i int) (craft.Name, int) {
	name, n := p.Layers()[i].Name(), 0
	for _, layer := range p.Layers()[:i+1] {
		if layer.Name() == name {
			n++
		}
	}
	return name, n
}

// removeLayer is p:remove(IP, n).
func removeLayer(s *State, l *glua.LState) int {
	p, first := checkPlace(l)
	in, i := s.findLayer(l, p, first, 3)
	if in == p && len(p.Layers()) == 1 {
		l.RaiseError("%s is the only layer: nothing would be left", p.Layers()[i].Name())
	}
	in.Remove(nth(in, i))
	return pushSelf(l)
}

// replaceLayer is p:replace(TCP, UDP{}, n).
func replaceLayer(s *State, l *glua.LState) int {
	p, first := checkPlace(l)
	in, i := s.findLayer(l, p, first, 4)
	with := checkPacket(l, 3).Copy()
	if layers := with.Layers(); len(layers) == 1 {
		name, n := nth(in, i)
		in.Replace(name, n, layers[0])
		return pushSelf(l)
	}
	checkLayers(l, len(in.Layers())-1+len(with.Layers()))
	if i+1 < len(in.Layers()) {
		with = with.Over(in.From(i + 1))
		with.SetCut(in.Cut())
	}
	in.SetPayload(i-1, with)
	return pushSelf(l)
}

// setLayer is p[TCP] = q and p[TCP] = nil, as scapy's p[TCP] = q and del p[TCP]: from that layer on.
func (s *State) setLayer(l *glua.LState, p *craft.Packet) int {
	in, i := s.findLayer(l, p, 0, l.GetTop()+1)
	if in == p && i == 0 && l.Get(3) == glua.LNil {
		l.RaiseError("%s is the outermost layer: nothing would be left; p:remove(%[1]s) takes out that one only", p.Layers()[0].Name())
	}
	return setPayload(l, in, i-1)
}

// setPayload is p[IP].payload = q: argument 3 stands above layer i, in place of what stood there.
func setPayload(l *glua.LState, p *craft.Packet, i int) int {
	if l.Get(3) == glua.LNil {
		p.SetPayload(i, nil)
		return 0
	}
	payload := checkPacket(l, 3)
	checkLayers(l, i+1+len(payload.Layers()))
	p.SetPayload(i, payload)
	return 0
}

// payloadOf is the layer above layer i; nil when there is none.
func (s *State) payloadOf(l *glua.LState, p *craft.Packet, i int) int {
	if i+1 >= len(p.Layers()) {
		l.Push(glua.LNil)
		return 1
	}
	return s.pushLayer(l, p.Layers()[i+1])
}
