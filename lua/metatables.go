package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
)

// types are the metatables of the values that are not Lua's own.
type types struct {
	protocol, packet, layer, set, random, raw, list, layers, pair, exchange, capture, result, conn, stream, streams *glua.LTable
	conversations, grid, series, sessionRows                                                                        *glua.LTable // listings
	sessions, written                                                                                               *glua.LTable
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
		raw: s.newType("raw bytes", map[string]glua.LGFunction{"__tostring": rawText}),
		pair: s.newType("question and answer", map[string]glua.LGFunction{
			"__index": s.pairIndex, "__newindex": pairSet, "__len": pairLen, "__tostring": pairText,
		}),
		capture: s.newType("capture", map[string]glua.LGFunction{"__index": s.captureIndex(), "__tostring": s.captureText}),
		result:  s.newType("result", map[string]glua.LGFunction{"__index": s.resultIndex, "__tostring": resultText}),
		conn:    s.newType("connection", map[string]glua.LGFunction{"__index": s.connIndex(), "__tostring": connText}),
		stream:  s.newType("stream", map[string]glua.LGFunction{"__index": s.streamIndex(), "__tostring": streamText}),
	}
	s.openLists()
	s.bound = s.bind(packetMethods)
	s.boundLayer = s.bind(layerMethods)
	for _, p := range s.table.Protocols() {
		s.l.SetGlobal(string(p.Name()), s.value(p, s.types.protocol))
	}
}

// openLists makes the metatables of lists and of the other tables that are made here.
func (s *State) openLists() {
	t := &s.types
	t.list = s.newListType(s.packetKind(), nil)
	layers := s.layersKind()
	t.layers = s.newListType(layers, map[string]glua.LGFunction{"__index": s.layersIndex(layers), "__newindex": s.layersSet, "__tostring": s.writtenText})
	t.exchange = s.newListType(s.answerKind(), nil)
	t.streams = s.newListType(s.streamKind(), nil)
	t.conversations = s.newListType(s.listingKind("list of conversations", "conversation"), nil)
	t.grid = s.newListType(s.listingKind("table of rows", "row"), nil)
	t.series = s.newListType(s.listingKind("series", "point"), nil)
	t.sessionRows = s.newListType(s.listingKind("list of sessions", "session"), nil)
	t.sessions, t.written = s.sessionsType(), s.writtenType()
}

// newType makes a metatable. Scripts cannot see or change it.
func (s *State) newType(name string, events map[string]glua.LGFunction) *glua.LTable {
	mt := s.l.NewTable()
	for event, fn := range events {
		mt.RawSetString(event, s.l.NewFunction(fn))
	}
	mt.RawSetString("__metatable", glua.LString(name))
	return mt
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
