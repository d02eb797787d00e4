package raw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A conn is a connection of the kernel's TCP: one goroutine may send while another receives. It implements sendrecv.Conn.
type conn struct {
	tcp  *net.TCPConn
	poll *poll
}

func newConn(c net.Conn) (*conn, error) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil, fmt.Errorf("dial: want a TCP connection, got %T", c)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &conn{tcp: tcp, poll: &poll{conn: raw, deadline: tcp.SetReadDeadline}}, nil
}

// LocalAddr implements sendrecv.Conn.
func (c *conn) LocalAddr() netip.AddrPort {
	a := c.tcp.LocalAddr().(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Send implements sendrecv.Conn.
func (c *conn) Send(ctx context.Context, data []byte) error {
	if err := c.tcp.SetWriteDeadline(time.Time{}); err != nil {
		return err
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = c.tcp.SetWriteDeadline(past()) // a closed connection ends the wait by itself
	})
	_, err := c.tcp.Write(data)
	if !stop() {
		<-done // or it would cut the next wait short
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ctx.Err()
	}
	return err
}

// Receive implements sendrecv.Conn.
func (c *conn) Receive(ctx context.Context, wait time.Duration) ([]byte, error) {
	buf := make([]byte, 16<<10)
	var n int
	var failed error
	err := c.poll.until(ctx, wait, func(fd int) bool {
		n, failed = unix.Read(fd, buf)
		return failed != unix.EAGAIN
	})
	switch {
	case errors.Is(err, net.ErrClosed):
		return nil, c.opError(net.ErrClosed)
	case err != nil:
		return nil, err
	case n > 0:
		return buf[:n], nil
	case failed == nil:
		return nil, io.EOF
	case failed == unix.EAGAIN:
		return nil, nil
	}
	return nil, c.opError(os.NewSyscallError("read", failed))
}

// opError says what an error of reading happened to.
func (c *conn) opError(err error) error {
	return &net.OpError{Op: "read", Net: "tcp", Source: c.tcp.LocalAddr(), Addr: c.tcp.RemoteAddr(), Err: err}
}

// CloseWrite implements sendrecv.Conn.
func (c *conn) CloseWrite() error { return c.tcp.CloseWrite() }

// Close implements sendrecv.Conn.
func (c *conn) Close() error {
	c.poll.end()
	if err := c.tcp.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
