package raw

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// listenIn listens for TCP in a namespace until the end of the test.
func listenIn(t *testing.T, ns *namespace, addr string) *net.TCPListener {
	t.Helper()
	var l net.Listener
	within(t, ns, func() (err error) {
		l, err = net.Listen("tcp4", addr)
		return err
	})
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

// dialPeer opens both ends of a connection to a listener in the peer.
func dialPeer(t *testing.T, keepalive net.KeepAliveConfig) (near sendrecv.Conn, peer *net.TCPConn) {
	t.Helper()
	w := newWorld(t)
	l := listenIn(t, w.peer, "10.99.0.2:80")
	near, err := openIn(t, w.near, "mwnear").Dialer.Dial(t.Context(), netip.MustParseAddrPort("10.99.0.2:80"), 0, keepalive)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	peer, err = l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	return near, peer
}

func TestConn(t *testing.T) {
	c, peer := dialPeer(t, net.KeepAliveConfig{})
	if got := c.LocalAddr(); got.String() != peer.RemoteAddr().String() || !got.Addr().Is4() {
		t.Errorf("got local address %v, want %v", got, peer.RemoteAddr())
	}
	for _, wait := range []time.Duration{0, 20 * time.Millisecond} {
		if data, err := c.Receive(t.Context(), wait); data != nil || err != nil {
			t.Errorf("silence of %v: got %q, %v, want nothing", wait, data, err)
		}
	}
	if err := c.Send(t.Context(), []byte("ping")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(peer, peer, 4); err != nil { // an echo
		t.Fatal(err)
	}
	if data, err := c.Receive(t.Context(), -1); string(data) != "ping" || err != nil {
		t.Errorf("got %q, %v, want an echo", data, err)
	}
	if err := c.CloseWrite(); err != nil {
		t.Error(err)
	}
	if rest, err := io.ReadAll(peer); len(rest) > 0 || err != nil {
		t.Errorf("after CloseWrite: the peer got %q, %v, want the end", rest, err)
	}
	if _, err := peer.Write([]byte("bye")); err != nil {
		t.Fatal(err)
	}
	peer.Close()
	if data, err := c.Receive(t.Context(), -1); string(data) != "bye" || err != nil {
		t.Errorf("got %q, %v, want bye", data, err)
	}
	for range 2 {
		if data, err := c.Receive(t.Context(), -1); len(data) > 0 || !errors.Is(err, io.EOF) {
			t.Errorf("after the FIN: got %q, %v, want %v", data, err, io.EOF)
		}
	}
}

func TestConnEnds(t *testing.T) {
	t.Run("by a reset", func(t *testing.T) {
		c, peer := dialPeer(t, net.KeepAliveConfig{})
		if err := peer.SetLinger(0); err != nil {
			t.Fatal(err)
		}
		peer.Close()
		if _, err := c.Receive(t.Context(), -1); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v, want %v", err, syscall.ECONNRESET)
		}
	})
	t.Run("by Close", func(t *testing.T) {
		c, _ := dialPeer(t, net.KeepAliveConfig{})
		received := make(chan error, 1)
		go func() {
			_, err := c.Receive(t.Context(), -1)
			received <- err
		}()
		for range 2 {
			if err := c.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		_, again := c.Receive(t.Context(), 0)
		for what, err := range map[string]error{"waiting": <-received, "Receive": again, "Send": c.Send(t.Context(), []byte("x"))} {
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: got %v, want %v", what, err, net.ErrClosed)
			}
		}
	})
	t.Run("not by the context", func(t *testing.T) {
		c, peer := dialPeer(t, net.KeepAliveConfig{})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := c.Receive(ctx, -1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Receive: got %v, want %v", err, context.DeadlineExceeded)
		}
		if err := c.Send(ctx, make([]byte, 64<<20)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send to one who does not read: got %v, want %v", err, context.DeadlineExceeded)
		}
		if _, err := peer.Write([]byte("still here")); err != nil {
			t.Fatal(err)
		}
		if data, err := c.Receive(t.Context(), -1); string(data) != "still here" || err != nil {
			t.Errorf("got %q, %v, want it still open", data, err)
		}
	})
}

func TestDialTellsWhatTheNetworkRefuses(t *testing.T) {
	w := crossroads(t)
	pinned, free := openIn(t, w.near, "mwnear").Dialer, openIn(t, w.near, "").Dialer
	cases := []struct {
		name   string
		dialer sendrecv.Dialer
		dst    string
		want   error
	}{
		{"closed port", pinned, "10.99.0.2:81", syscall.ECONNREFUSED},
		{"closed port of the host's own", pinned, "127.0.0.1:81", syscall.ECONNREFUSED},
		{"not out of that interface", pinned, "10.98.0.2:81", craft.ErrNoRoute},
		{"out of the table's interface", free, "10.98.0.2:81", syscall.ECONNREFUSED},
		{"nobody there", pinned, "10.99.0.9:81", os.ErrDeadlineExceeded},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.dialer.Dial(t.Context(), netip.MustParseAddrPort(c.dst), 300*time.Millisecond, net.KeepAliveConfig{})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pinned.Dial(ctx, netip.MustParseAddrPort("10.99.0.2:81"), 0, net.KeepAliveConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that had ended: got %v, want %v", err, context.Canceled)
	}
}

func TestKeepAliveIsTheKernels(t *testing.T) {
	cases := []struct {
		name   string
		config net.KeepAliveConfig
		want   map[int]int
	}{
		{"off", net.KeepAliveConfig{}, nil},
		{"on", net.KeepAliveConfig{Enable: true, Idle: 3 * time.Second, Interval: 2 * time.Second, Count: 4},
			map[int]int{unix.TCP_KEEPIDLE: 3, unix.TCP_KEEPINTVL: 2, unix.TCP_KEEPCNT: 4}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			near, _ := dialPeer(t, c.config)
			err := near.(*conn).poll.conn.Control(func(fd uintptr) {
				on, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE)
				if err != nil || on == 1 != c.config.Enable {
					t.Errorf("SO_KEEPALIVE: got %d, %v, want %v", on, err, c.config.Enable)
				}
				for option, want := range c.want {
					if got, err := unix.GetsockoptInt(int(fd), unix.SOL_TCP, option); got != want || err != nil {
						t.Errorf("option %d: got %d, %v, want %d", option, got, err, want)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestPinnedDialerStaysOnItsInterface(t *testing.T) {
	w := newWorld(t)
	l := listenIn(t, w.peer, "10.99.0.2:80")
	for device, want := range map[string]string{"mwnear": "mwnear", "": ""} {
		c, err := openIn(t, w.near, device).Dialer.Dial(t.Context(), netip.MustParseAddrPort(l.Addr().String()), 0, net.KeepAliveConfig{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		err = c.(*conn).poll.conn.Control(func(fd uintptr) {
			got, err := unix.GetsockoptString(int(fd), unix.SOL_SOCKET, unix.SO_BINDTODEVICE)
			if got != want || err != nil {
				t.Errorf("session at %q: got device %q, %v, want %q", device, got, err, want)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
