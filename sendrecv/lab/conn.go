package lab

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/moonwire/moonwire/sendrecv"
)

// dialTimeout is sendrecv.Dialer's default.
const dialTimeout = 10 * time.Second

// Dial implements sendrecv.Dialer.
func (g *guest) Dial(ctx context.Context, dst netip.AddrPort, timeout time.Duration, keepalive net.KeepAliveConfig) (sendrecv.Conn, error) {
	ctx, leave := g.clock.enter(ctx)
	defer leave()
	c, err := g.connect(dst)
	if err == nil {
		err = c.await(ctx, cmp.Or(timeout, dialTimeout))
	}
	if err == nil {
		err = c.keepAlive(keepalive)
	}
	if err != nil {
		if c != nil {
			c.Close()
		}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(dst), Err: err}
	}
	return c, nil
}

// connect sends the SYN.
func (g *guest) connect(dst netip.AddrPort) (*conn, error) {
	if !dst.Addr().Is4() {
		return nil, &net.AddrError{Err: "want an IPv4 address", Addr: dst.String()}
	}
	c := &conn{clock: g.clock, readable: make(chan struct{}, 1), writable: make(chan struct{}, 1)}
	err := net.ErrClosed
	g.clock.do(func() {
		if g.closed {
			return
		}
		if c.socket, err = g.dial(dst, g.bindFree); err == nil {
			c.local = c.socket.local()
			c.socket.changed = c.changed
		}
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// keepAlive starts the keepalive timer; the stack does so only on a connection that is established.
func (c *conn) keepAlive(config net.KeepAliveConfig) error {
	if !config.Enable {
		return nil
	}
	var err tcpip.Error
	c.clock.do(func() {
		if err = setKeepAlive(c.socket.ep, config); err == nil {
			c.socket.host.step(func() { c.socket.ep.SocketOptions().SetKeepAlive(true) })
		}
	})
	if err != nil {
		return goError(err)
	}
	return nil
}

// setKeepAlive sets the times of a connection's keepalive: zero has the default of net.KeepAliveConfig, a negative one
// keeps the stack's.
func setKeepAlive(ep tcpip.Endpoint, c net.KeepAliveConfig) tcpip.Error {
	if idle := cmp.Or(c.Idle, 15*time.Second); idle > 0 {
		o := tcpip.KeepaliveIdleOption(idle)
		if err := ep.SetSockOpt(&o); err != nil {
			return err
		}
	}
	if interval := cmp.Or(c.Interval, 15*time.Second); interval > 0 {
		o := tcpip.KeepaliveIntervalOption(interval)
		if err := ep.SetSockOpt(&o); err != nil {
			return err
		}
	}
	if count := cmp.Or(c.Count, 9); count > 0 {
		return ep.SetSockOptInt(tcpip.KeepaliveCountOption, count)
	}
	return nil
}

// A conn is a connection of the guest's stack for goroutines outside the lab: one may send while another receives. It
// implements sendrecv.Conn.
type conn struct {
	clock  *clock
	socket *socket // touched between events only
	local  netip.AddrPort
	closed bool // likewise
	// readable wakes Receive, writable Send.
	readable, writable chan struct{}
}

// changed is the socket's.
func (c *conn) changed() {
	c.clock.wake(c.readable)
	c.clock.wake(c.writable)
}

// await waits for the end of the handshake.
func (c *conn) await(ctx context.Context, timeout time.Duration) error {
	until := deadline(c.clock, timeout)
	for {
		var done bool
		var failed error
		c.clock.do(func() { done, failed = c.socket.connected(), c.socket.failed })
		if done || failed != nil {
			return failed
		}
		ok, err := c.clock.Wait(ctx, until.left(), c.readable)
		if err == nil && !ok {
			err = os.ErrDeadlineExceeded
		}
		if err != nil {
			return err
		}
	}
}

// LocalAddr implements sendrecv.Conn.
func (c *conn) LocalAddr() netip.AddrPort { return c.local }

// Send implements sendrecv.Conn.
func (c *conn) Send(ctx context.Context, data []byte) error {
	ctx, leave := c.clock.enter(ctx)
	defer leave()
	for {
		n, err := c.try(data, c.socket.write)
		if data = data[n:]; !errors.Is(err, errAgain) {
			return c.opError("write", err)
		}
		if _, err := c.clock.Wait(ctx, -1, c.writable); err != nil {
			return err
		}
	}
}

// Receive implements sendrecv.Conn.
func (c *conn) Receive(ctx context.Context, wait time.Duration) ([]byte, error) {
	ctx, leave := c.clock.enter(ctx)
	defer leave()
	until := deadline(c.clock, wait)
	buf := make([]byte, 16<<10)
	for {
		n, err := c.try(buf, c.socket.read)
		if n > 0 {
			return buf[:n], nil
		}
		if !errors.Is(err, errAgain) {
			return nil, c.opError("read", err)
		}
		if ok, err := c.clock.Wait(ctx, until.left(), c.readable); !ok {
			return nil, err
		}
	}
}

// try calls one of the socket's methods from outside.
func (c *conn) try(b []byte, call func([]byte) (int, error)) (n int, err error) {
	c.clock.do(func() {
		if c.closed {
			err = net.ErrClosed
			return
		}
		n, err = call(b)
	})
	return n, err
}

// opError says what an error of the stack happened to; the end of the stream is none.
func (c *conn) opError(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: net.TCPAddrFromAddrPort(c.local), Err: err}
}

// CloseWrite implements sendrecv.Conn.
func (c *conn) CloseWrite() error {
	_, err := c.try(nil, func([]byte) (int, error) {
		c.socket.closeWrite()
		return 0, nil
	})
	return c.opError("close", err)
}

// Close implements sendrecv.Conn.
func (c *conn) Close() error {
	c.clock.do(func() {
		if !c.closed {
			c.closed = true
			c.socket.close()
			c.changed()
		}
	})
	return nil
}
