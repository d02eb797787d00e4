package lua

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
)

// connectionFunctions make real TCP connections of the host's own stack.
func (s *State) connectionFunctions() []function {
	return []function{
		{"dial", "dial{options}", "connect with this host's own TCP; a connection, or nil and why there is none", dialOptions, s.dial},
	}
}

var (
	dialOptions = []option{
		{"dst", "the server's address"},
		{"dport", "its port"},
		{"timeout", "seconds to wait for the connection (10)"},
		{"keepalive", "{idle=, interval=, count=}: seconds, seconds, probes"},
	}
	keepaliveOptions = []option{
		{"idle", "seconds of silence before the first probe"},
		{"interval", "seconds between probes"},
		{"count", "unanswered probes until the connection is dead"},
	}
)

// connectionMethods are c:name(...) and the fields of a connection.
var connectionMethods = []method{
	{"send", "c:send(data)", "true, or nil and why the stack gave up", (*State).connSend},
	{"recv", "c:recv(seconds)", "what came, or nil and why: silence (after 2 s), closed by the peer, ...", (*State).connRecv},
	{"shutdown", "c:shutdown()", "end our direction (FIN) and go on receiving", connEnd(sendrecv.Conn.CloseWrite)},
	{"close", "c:close()", "end the connection", connEnd(sendrecv.Conn.Close)},
	{"src", "c.src", "our address", nil},
	{"sport", "c.sport", "our port", nil},
}

// dial is dial{dst=, dport=, keepalive={idle=, interval=, count=}}: a connection, or nil and why there is none.
func (s *State) dial(l *glua.LState) int {
	session := s.sessionFor(l)
	if session.Dialer == nil {
		l.RaiseError("dial: %s has no TCP of its own", session.Name)
	}
	t := s.named(l, 1, dialOptions)
	dst, err := s.addressOrHost(binding.Text(l, t, "dst"))
	if err != nil {
		l.RaiseError("dial: dst: %s", err)
	}
	dport := binding.Whole(l, t, "dport", 0xffff)
	if dport == 0 {
		l.RaiseError("dial: dport: want a port in 1..65535")
	}
	defer s.vm.Wait(l)()
	conn, err := session.Dialer.Dial(s.vm.Context(), netip.AddrPortFrom(dst, uint16(dport)), duration(l, t, "timeout"), s.keepalive(l, t))
	s.drain()
	switch {
	case errors.Is(err, sendrecv.ErrOutside): // not the network refuses
		s.fail(l, fmt.Errorf("dial: %w", err))
	case err != nil:
		return failed(l, err)
	}
	l.Push(s.value(conn, s.types.conn))
	return 1
}

func (s *State) keepalive(l *glua.LState, t *glua.LTable) net.KeepAliveConfig {
	if t.RawGetString("keepalive") == glua.LNil {
		return net.KeepAliveConfig{}
	}
	l.Push(t.RawGetString("keepalive"))
	k := s.named(l, l.GetTop(), keepaliveOptions)
	l.Pop(1)
	return net.KeepAliveConfig{
		Enable:   true,
		Idle:     duration(l, k, "idle"),
		Interval: duration(l, k, "interval"),
		Count:    binding.Whole(l, k, "count", binding.MaxCount),
	}
}

// failed returns nil and a message, as Lua's own functions do: what the network refuses is data.
func failed(l *glua.LState, err error) int {
	l.Push(glua.LNil)
	l.Push(glua.LString(values.OneLine(values.Said(err))))
	return 2
}

// connIndex is c.src, c.sport and c:method.
func (s *State) connIndex() glua.LGFunction {
	method := s.methods("connection", connectionMethods)
	return func(l *glua.LState) int {
		conn := of[sendrecv.Conn](l, 1, "connection")
		switch l.CheckString(2) {
		case "src":
			return pushString(l, conn.LocalAddr().Addr().String())
		case "sport":
			l.Push(glua.LNumber(conn.LocalAddr().Port()))
			return 1
		}
		return method(l)
	}
}

// connEnd is c:close() and c:shutdown(): the second ends only our direction.
func connEnd(end func(sendrecv.Conn) error) func(*State, *glua.LState) int {
	return func(s *State, l *glua.LState) int {
		err := end(of[sendrecv.Conn](l, 1, "connection"))
		s.drain()
		if err != nil {
			return failed(l, err)
		}
		l.Push(glua.LTrue)
		return 1
	}
}

// connSend is c:send(data): true, or nil and why the stack gave up.
func (s *State) connSend(l *glua.LState) int {
	defer s.vm.Wait(l)()
	err := of[sendrecv.Conn](l, 1, "connection").Send(s.vm.Context(), []byte(l.CheckString(2)))
	s.drain()
	if err != nil {
		return failed(l, err)
	}
	l.Push(glua.LTrue)
	return 1
}

// connRecv is c:recv(seconds): data, or nil and "silence", "closed by the peer", or why the connection died.
func (s *State) connRecv(l *glua.LState) int {
	defer s.vm.Wait(l)()
	data, err := of[sendrecv.Conn](l, 1, "connection").Receive(s.vm.Context(), seconds(l, "recv", 2, 2))
	s.drain()
	switch {
	case errors.Is(err, io.EOF):
		return failed(l, errors.New("closed by the peer"))
	case err != nil:
		return failed(l, err)
	case data == nil:
		return failed(l, errors.New("silence"))
	}
	return pushString(l, string(data))
}

func connText(l *glua.LState) int {
	return pushString(l, fmt.Sprintf("<connection from %s>", of[sendrecv.Conn](l, 1, "connection").LocalAddr()))
}
