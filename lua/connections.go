package lua

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/sendrecv"
)

// openConnections adds dial: real TCP connections of the host's own stack.
func (s *State) openConnections() {
	s.types.conn = s.newType("connection", map[string]glua.LGFunction{"__index": s.connIndex, "__tostring": connText})
	s.l.SetGlobal("dial", s.l.NewFunction(s.dial))
}

var (
	dialOptions      = []string{"dst", "dport", "timeout", "keepalive"}
	keepaliveOptions = []string{"idle", "interval", "count"}
)

// dial is dial{dst=, dport=, keepalive={idle=, interval=, count=}}: a connection, or nil and why there is none.
func (s *State) dial(l *glua.LState) int {
	session := s.session(l)
	if session.Dialer == nil {
		l.RaiseError("dial: %s has no TCP of its own", session.Name)
	}
	t := s.named(l, 1, dialOptions)
	dst, err := netip.ParseAddr(textIn(l, t, "dst"))
	if err != nil {
		l.RaiseError("dial: dst: want an address, got %q", textIn(l, t, "dst"))
	}
	dport := wholeIn(l, t, "dport", 0xffff)
	if dport == 0 {
		l.RaiseError("dial: dport: want a port in 1..65535")
	}
	conn, err := session.Dialer.Dial(s.ctx(), netip.AddrPortFrom(dst, uint16(dport)), duration(l, t, "timeout"), s.keepalive(l, t))
	s.drain()
	if err != nil {
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
		Count:    wholeIn(l, k, "count", maxCount),
	}
}

// failed returns nil and a message, as Lua's own functions do: what the network refuses is data.
func failed(l *glua.LState, err error) int {
	l.Push(glua.LNil)
	l.Push(glua.LString(err.Error()))
	return 2
}

// connIndex is c:send(data), c:recv(seconds), c:shutdown(), c:close(), c.src and c.sport.
func (s *State) connIndex(l *glua.LState) int {
	conn := of[sendrecv.Conn](l, 1, "connection")
	switch key := l.CheckString(2); key {
	case "src":
		return pushString(l, conn.LocalAddr().Addr().String())
	case "sport":
		l.Push(glua.LNumber(conn.LocalAddr().Port()))
	case "send":
		l.Push(l.NewFunction(s.connSend))
	case "recv":
		l.Push(l.NewFunction(s.connRecv))
	case "close":
		l.Push(l.NewFunction(s.connEnd(sendrecv.Conn.Close)))
	case "shutdown":
		l.Push(l.NewFunction(s.connEnd(sendrecv.Conn.CloseWrite)))
	default:
		l.RaiseError("connection: no field or method %q; there are send, recv, shutdown, close, src and sport", key)
	}
	return 1
}

// connEnd is c:close() and c:shutdown(): the second ends only our direction.
func (s *State) connEnd(end func(sendrecv.Conn) error) glua.LGFunction {
	return func(l *glua.LState) int {
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
	err := of[sendrecv.Conn](l, 1, "connection").Send(s.ctx(), []byte(l.CheckString(2)))
	s.drain()
	if err != nil {
		return failed(l, err)
	}
	l.Push(glua.LTrue)
	return 1
}

// connRecv is c:recv(seconds): data, or nil and "silence", "closed by the peer", or why the connection died.
func (s *State) connRecv(l *glua.LState) int {
	data, err := of[sendrecv.Conn](l, 1, "connection").Receive(s.ctx(), seconds(l, 2, 2))
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
