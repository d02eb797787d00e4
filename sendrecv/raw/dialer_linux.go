package raw

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// dialTimeout is sendrecv.Dialer's default.
const dialTimeout = 10 * time.Second

// A dialer opens connections of the kernel's TCP. It implements sendrecv.Dialer.
type dialer struct {
	namespace *namespace
	routes    *routes
}

// Dial implements sendrecv.Dialer. A session at a named interface connects through it, but for the host's own addresses.
func (d *dialer) Dial(ctx context.Context, dst netip.AddrPort, timeout time.Duration, keepalive net.KeepAliveConfig) (sendrecv.Conn, error) {
	n := net.Dialer{Timeout: cmp.Or(timeout, dialTimeout), KeepAlive: -1, KeepAliveConfig: keepalive}
	w, err := d.routes.way(dst.Addr())
	if err != nil {
		return nil, err
	}
	if d.routes.pinned && w.kind != unix.RTN_LOCAL {
		n.Control = func(_, _ string, conn syscall.RawConn) error { return tie(conn, d.routes.link.device) }
	}
	var c net.Conn
	err = d.namespace.do(func() (err error) {
		c, err = n.DialContext(ctx, "tcp", dst.String()) // an address needs no resolver, so that this thread makes the socket
		return err
	})
	if err != nil {
		return nil, d.explain(ctx, dst, err)
	}
	return newConn(c)
}

// explain gives the end of the time one name; package net has several.
func (d *dialer) explain(ctx context.Context, dst netip.AddrPort, err error) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		err = os.ErrDeadlineExceeded
	default:
		return err
	}
	return &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(dst), Err: err}
}

// tie binds a socket to a device.
func tie(conn syscall.RawConn, device string) (err error) {
	closed := conn.Control(func(fd uintptr) {
		err = os.NewSyscallError("setsockopt SO_BINDTODEVICE", unix.SetsockoptString(int(fd), unix.SOL_SOCKET, unix.SO_BINDTODEVICE, device))
	})
	if closed != nil {
		return closed
	}
	if err != nil {
		return fmt.Errorf("interface %s: %w", device, err)
	}
	return nil
}
