package lab

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// A socket is one TCP connection of a host, made for programs that are events: nothing blocks, and changed is called
// when something may go on. Its methods are called between events only.
type socket struct {
	host *host
	ep   tcpip.Endpoint
	// changed is an event: there may be data, room, an end. Nil when the connection has no user any more.
	changed func()
	// failed is why the connection died; nil while it lives, and after an orderly end.
	failed error
	queued atomic.Bool // an event that calls changed
}

// errAgain says that the call would have to wait: changed will be called.
var errAgain = errors.New("lab: nothing to be done yet")

func newSocket(h *host, ep tcpip.Endpoint, q *waiter.Queue) *socket {
	s := &socket{host: h, ep: ep}
	entry := waiter.NewFunctionEntry(waiter.EventIn|waiter.EventOut|waiter.EventHUp|waiter.EventErr|waiter.EventRdHUp, s.notify)
	q.EventRegister(&entry)
	return s
}

// notify is called on whatever goroutine changes the connection, with locks of the stack held.
func (s *socket) notify(waiter.EventMask) {
	if s.queued.Swap(true) {
		return
	}
	s.host.clock.AfterFunc(0, func() {
		s.queued.Store(false)
		if s.changed != nil {
			s.changed()
		}
	})
}

// dial begins a connection; connected and failed say how it went. prepare is called before the SYN leaves, to bind and
// to set options; it may be nil.
func (h *host) dial(to netip.AddrPort, prepare func(tcpip.Endpoint) tcpip.Error) (*socket, error) {
	var q waiter.Queue
	ep, err := h.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, &q)
	if err != nil {
		return nil, goError(err)
	}
	s := newSocket(h, ep, &q)
	if prepare != nil {
		err = prepare(ep)
	}
	if err == nil {
		h.step(func() { err = ep.Connect(tcpip.FullAddress{Addr: address(to.Addr()), Port: to.Port()}) })
	}
	if _, started := err.(*tcpip.ErrConnectStarted); !started && err != nil {
		s.close()
		return nil, goError(err)
	}
	return s, nil
}

// connected says whether the handshake is complete and the connection has not failed since; failed says why it did.
func (s *socket) connected() bool {
	switch tcp.EndpointState(s.ep.State()) {
	case tcp.StateConnecting, tcp.StateSynSent, tcp.StateSynRecv:
		return false
	case tcp.StateError:
		s.fail(s.ep.SocketOptions().GetLastError())
		return false
	}
	return true
}

// read gives what the peer has sent: errAgain when there is nothing, io.EOF after its FIN, or why the connection died.
func (s *socket) read(b []byte) (n int, err error) {
	w := tcpip.SliceWriter(b)
	var e tcpip.Error
	s.host.step(func() {
		var r tcpip.ReadResult
		r, e = s.ep.Read(&w, tcpip.ReadOptions{})
		n = r.Count
	})
	return n, s.outcome(e)
}

// write queues as much of b as there is room for; errAgain with less than all of it.
func (s *socket) write(b []byte) (int, error) {
	var n int64
	var e tcpip.Error
	s.host.step(func() { n, e = s.ep.Write(bytes.NewReader(b), tcpip.WriteOptions{}) })
	err := s.outcome(e)
	if err == nil && int(n) < len(b) {
		err = errAgain
	}
	return int(n), err
}

// closeWrite sends FIN.
func (s *socket) closeWrite() {
	s.host.step(func() { s.ep.Shutdown(tcpip.ShutdownWrite) })
}

// close sends FIN, unless that is done, and forgets the connection; the stack sees it to its end.
func (s *socket) close() {
	s.changed = nil
	s.host.step(s.ep.Close)
}

// abort sends RST and forgets the connection.
func (s *socket) abort() {
	s.ep.SocketOptions().SetLinger(tcpip.LingerOption{Enabled: true})
	s.close()
}

// outcome turns the stack's error into Go's, and keeps a fatal one.
func (s *socket) outcome(e tcpip.Error) error {
	switch e.(type) {
	case nil:
		if s.host.closed {
			return net.ErrClosed
		}
		return nil
	case *tcpip.ErrWouldBlock:
		return errAgain
	case *tcpip.ErrClosedForReceive:
		return io.EOF
	}
	s.fail(e)
	return s.failed
}

func (s *socket) fail(e tcpip.Error) {
	if e == nil {
		e = &tcpip.ErrConnectionAborted{}
	}
	if s.failed == nil {
		s.failed = goError(e)
	}
}

// goError spells an error of the stack as the system's own stack would.
func goError(e tcpip.Error) error {
	switch e.(type) {
	case *tcpip.ErrConnectionRefused:
		return syscall.ECONNREFUSED
	case *tcpip.ErrConnectionReset:
		return syscall.ECONNRESET
	case *tcpip.ErrConnectionAborted, *tcpip.ErrAborted:
		return syscall.ECONNABORTED
	case *tcpip.ErrTimeout:
		return syscall.ETIMEDOUT
	case *tcpip.ErrHostUnreachable:
		return syscall.EHOSTUNREACH
	case *tcpip.ErrNetworkUnreachable:
		return syscall.ENETUNREACH
	}
	return errors.New(e.String())
}

// local and remote are the ends of a connection.
func (s *socket) local() netip.AddrPort  { return fullAddress(s.ep.GetLocalAddress()) }
func (s *socket) remote() netip.AddrPort { return fullAddress(s.ep.GetRemoteAddress()) }

func fullAddress(a tcpip.FullAddress, err tcpip.Error) netip.AddrPort {
	if err != nil || a.Addr.Len() != 4 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(netip.AddrFrom4(a.Addr.As4()), a.Port)
}
