package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/vm"
)

// types are the metatables of the values that are not Lua's own.
type types struct {
	protocol, packet, layer, set, random, raw, capture, result, conn, stream *glua.LTable
}

// openTypes makes the metatables and a constructor for each protocol.
func (s *State) openTypes() {
	s.types = types{
		protocol: s.newType("protocol", map[string]glua.LGFunction{
			"__call": s.construct, "__div": s.stack, "__tostring": protocolText,
		}),
		packet: s.newType("packet", map[string]glua.LGFunction{
			"__index": s.packetIndex, "__newindex": s.packetSet, "__div": s.stack, "__eq": s.packetEqual,
			"__tostring": s.packetText, "__len": s.packetCount,
		}),
		layer: s.newType("layer", map[string]glua.LGFunction{
			"__index": s.layerIndex, "__newindex": s.layerSet, "__tostring": s.layerText, "__div": s.stack,
			"__eq": s.packetEqual,
		}),
		set: s.newType("set", map[string]glua.LGFunction{
			"__len": setLen, "__tostring": setText, "__index": s.methods("set", setMethods), "__iter": s.walkSet,
		}),
		random: s.newType("random value", map[string]glua.LGFunction{
			"__len": randomLen, "__tostring": randomText, "__index": s.methods("random value", randomMethods),
		}),
		raw:     s.newType("raw bytes", map[string]glua.LGFunction{"__tostring": rawText}),
		capture: s.newType("capture", map[string]glua.LGFunction{"__index": s.captureIndex(), "__tostring": s.captureText}),
		result:  s.newType("result", map[string]glua.LGFunction{"__index": s.resultIndex, "__tostring": resultText}),
		conn:    s.newType("connection", map[string]glua.LGFunction{"__index": s.connIndex(), "__tostring": connText}),
		stream:  s.newType("stream", map[string]glua.LGFunction{"__index": s.streamIndex(), "__tostring": streamText}),
	}
	s.lists = lists.New(host{s})
	s.streamList = s.lists.Of(s.streamRecord())
	s.bound = s.bind(packetMethods)
	s.boundLayer = s.bind(layerMethods)
	for _, p := range s.table.Protocols() {
		s.l.SetGlobal(string(p.Name()), s.value(p, s.types.protocol))
	}
}

// newType makes a metatable. Scripts cannot see or change it.
func (s *State) newType(name string, events map[string]glua.LGFunction) *glua.LTable {
	return binding.Type(s.vm, name, events)
}

// value wraps a Go value for Lua.
func (s *State) value(v any, mt *glua.LTable) *glua.LUserData {
	return &glua.LUserData{Value: v, Metatable: mt, Env: s.l.Env}
}

// of is the Go value in argument n, which must hold a T.
func of[T any](l *glua.LState, n int, want string) T {
	if ud, ok := l.Get(n).(*glua.LUserData); ok {
		if v, ok := ud.Value.(T); ok {
			return v
		}
	}
	l.RaiseError("bad argument #%d: want a %s, got %s", n, want, vm.KindOf(l.Get(n)))
	panic("unreachable: RaiseError does not return")
}

// packetOf reads a value that can stand for a packet: a packet, a layer of one, a protocol (its defaults), a string
// (its bytes).
func packetOf(v glua.LValue) (*craft.Packet, bool) {
	switch v := v.(type) {
	case glua.LString:
		return craft.Stack(craft.Raw.New("load", string(v))), true
	case *glua.LUserData:
		switch v := v.Value.(type) {
		case *craft.Packet:
			return v, true
		case *craft.Protocol:
			return craft.NewPacket(v), true
		case layerView:
			return v.packet().From(v.at()), true
		}
	}
	return nil, false
}

// checkPacket is argument n as a packet.
func checkPacket(l *glua.LState, n int) *craft.Packet {
	p, ok := packetOf(l.Get(n))
	if !ok {
		l.RaiseError("bad argument #%d: want a packet, got %s", n, vm.KindOf(l.Get(n)))
	}
	return p
}
