package lab

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

// dial connects the guest's kernel to a port of the server.
func (b *bench) dial(port uint16, keepalive net.KeepAliveConfig) sendrecv.Conn {
	b.t.Helper()
	c, err := b.Dialer.Dial(b.t.Context(), netip.AddrPortFrom(serverAddr, port), 0, keepalive)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) say(c sendrecv.Conn, s string) {
	b.t.Helper()
	if err := c.Send(b.t.Context(), []byte(s)); err != nil {
		b.t.Fatal(err)
	}
}

// hear receives until there is as much as want, or an error.
func hear(ctx context.Context, c sendrecv.Conn, want int, wait time.Duration) (string, error) {
	var got []byte
	for len(got) < want {
		data, err := c.Receive(ctx, wait)
		if err != nil || data == nil {
			return string(got), err
		}
		got = append(got, data...)
	}
	return string(got), nil
}

// finish sends the guest's FIN and keeps the connection.
func (b *bench) finish(c sendrecv.Conn) {
	inside := c.(*conn)
	inside.clock.do(inside.socket.closeWrite)
}

func eachNAT(t *testing.T, f func(*testing.T, string)) {
	for _, nat := range NATs() {
		t.Run(nat.Name, func(t *testing.T) { f(t, nat.Name) })
	}
}

func TestKernelKeepalive(t *testing.T) {
	probe, answer := "> A", "< A"
	answered := []string{probe, answer, probe, answer}
	for _, c := range []struct {
		nat               string
		host              []string // while all is well
		guestCut, hostCut []string // after the cut
	}{
		{"vmnat", nil, answered, nil},
		{"masquerade", answered, slices.Repeat([]string{probe}, 6), slices.Repeat([]string{probe}, 6)},
		{"none", answered, slices.Repeat([]string{probe}, 6), slices.Repeat([]string{probe}, 6)},
	} {
		t.Run(c.nat, func(t *testing.T) {
			b := newBench(t, Config{NAT: c.nat})
			conn := b.dial(article.EchoPort, net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 50})
			b.say(conn, "hello")
			if got, err := hear(t.Context(), conn, 5, time.Second); got != "hello" || err != nil {
				t.Fatalf("echo: got %q, %v", got, err)
			}
			b.wait(time.Second)
			b.seen(b.guest)
			b.seen(b.host)
			b.wait(10 * time.Second)
			b.expect(b.guest, answered)
			b.expect(b.host, c.host)
			b.cut("server")
			b.wait(10 * time.Second)
			b.expect(b.guest, c.guestCut)
			b.expect(b.host, c.hostCut)
		})
	}
}

func (b *bench) expect(r sendrecv.Receiver, want []string) {
	b.t.Helper()
	if got := says(b.seen(r)); !slices.Equal(got, want) {
		b.t.Errorf("got %q, want %q", got, want)
	}
}

// Data sent into a cut is acknowledged by the proxy: the guest cannot know.
func TestFalseAlive(t *testing.T) {
	for nat, want := range map[string]error{"vmnat": nil, "masquerade": syscall.ETIMEDOUT} {
		t.Run(nat, func(t *testing.T) {
			b := newBench(t, Config{NAT: nat})
			conn := b.dial(article.EchoPort, net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 5})
			b.cut("server")
			got, err := conn.Receive(t.Context(), 10*time.Minute)
			if got != nil || !errors.Is(err, want) {
				t.Errorf("got %q, %v, want nothing and %v", got, err, want)
			}
		})
	}
}

func TestServerPorts(t *testing.T) {
	eachNAT(t, func(t *testing.T, nat string) {
		b := newBench(t, Config{NAT: nat})
		ctx := t.Context()
		t.Run("echo with backpressure", func(t *testing.T) {
			conn := b.dial(article.EchoPort, net.KeepAliveConfig{})
			defer conn.Close()
			big := strings.Repeat("moonwire", 1<<16)
			sent := make(chan error, 1)
			sender, done := b.lab.Join(ctx)
			receiver, leave := b.lab.Join(ctx)
			go func() {
				defer done()
				sent <- conn.Send(sender, []byte(big))
			}()
			if got, err := hear(receiver, conn, len(big), time.Minute); got != big || err != nil {
				t.Errorf("got %d bytes, %v, want %d", len(got), err, len(big))
			}
			leave()
			if err := <-sent; err != nil {
				t.Error(err)
			}
		})
		t.Run("nothing is lost when both ends close", func(t *testing.T) {
			conn := b.dial(article.EchoPort, net.KeepAliveConfig{})
			big := strings.Repeat("moonwire", 1<<14)
			b.say(conn, big)
			b.finish(conn)
			b.wait(time.Second)
			if got, err := hear(ctx, conn, len(big), time.Minute); got != big || err != nil {
				t.Errorf("got %d bytes, %v, want %d", len(got), err, len(big))
			}
			if _, err := conn.Receive(ctx, time.Minute); !errors.Is(err, io.EOF) {
				t.Errorf("got %v, want %v", err, io.EOF)
			}
		})
		t.Run("reset on data", func(t *testing.T) {
			conn := b.dial(article.ResetPort, net.KeepAliveConfig{})
			defer conn.Close()
			b.say(conn, "x")
			if _, err := conn.Receive(ctx, time.Minute); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got %v, want %v", err, syscall.ECONNRESET)
			}
		})
		t.Run("server half-closes", func(t *testing.T) {
			conn := b.dial(article.HalfClosePort, net.KeepAliveConfig{})
			defer conn.Close()
			if _, err := conn.Receive(ctx, time.Minute); !errors.Is(err, io.EOF) {
				t.Errorf("got %v, want %v", err, io.EOF)
			}
			b.say(conn, "are you there?")
			b.wait(time.Second)
			if _, err := conn.Receive(ctx, time.Second); !errors.Is(err, io.EOF) {
				t.Errorf("after sending: got %v, want %v", err, io.EOF)
			}
		})
		t.Run("closed port", func(t *testing.T) {
			_, err := b.Dialer.Dial(ctx, to("192.168.11.2", 57213), 0, net.KeepAliveConfig{})
			if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("got %v, want %v", err, syscall.ECONNREFUSED)
			}
		})
		t.Run("silent host", func(t *testing.T) {
			start := b.Clock().Now()
			_, err := b.Dialer.Dial(ctx, to("192.168.11.3", 80), 3*time.Second, net.KeepAliveConfig{})
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("got %v, want %v", err, os.ErrDeadlineExceeded)
			}
			if took := b.Clock().Now().Sub(start); took != 3*time.Second {
				t.Errorf("took %v, want 3s", took)
			}
		})
	})
}

// The client's FIN passes at once, and the last word comes back two seconds later.
func TestHalfClosePasses(t *testing.T) {
	eachNAT(t, func(t *testing.T, nat string) {
		b := newBench(t, Config{NAT: nat})
		c := b.dial(article.ByePort, net.KeepAliveConfig{})
		b.wait(time.Second)
		b.seen(b.host)
		b.finish(c)
		b.wait(time.Second)
		if got := says(b.seen(b.host)); !slices.Contains(got, "> FA") {
			t.Errorf("no FIN towards the server within a second: %q", got)
		}
		if got, err := hear(t.Context(), c, 4, 5*time.Second); got != "bye\n" || err != nil {
			t.Errorf("got %q, %v, want bye", got, err)
		}
		if _, err := c.Receive(t.Context(), time.Second); !errors.Is(err, io.EOF) {
			t.Errorf("got %v, want %v", err, io.EOF)
		}
	})
}

// What a RST of the guest is to the server: a packet NAT hands it on, a proxy says an orderly goodbye.
func TestGuestReset(t *testing.T) {
	for nat, want := range map[string]string{"vmnat": "> FA", "masquerade": "> RA"} {
		t.Run(nat, func(t *testing.T) {
			b := newBench(t, Config{NAT: nat})
			c := b.dial(article.EchoPort, net.KeepAliveConfig{})
			b.wait(time.Second)
			b.seen(b.host)
			inside := c.(*conn)
			inside.clock.do(inside.socket.abort)
			b.wait(time.Second)
			if got := says(b.seen(b.host)); len(got) == 0 || got[0] != want {
				t.Errorf("got %q, want %q first", got, want)
			}
		})
	}
}

func TestConnOfClosedLab(t *testing.T) {
	b := newBench(t, Config{})
	c := b.dial(article.EchoPort, net.KeepAliveConfig{})
	b.Close()
	if err := c.Send(t.Context(), []byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send: got %v, want %v", err, net.ErrClosed)
	}
	if _, err := c.Receive(t.Context(), time.Second); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Receive: got %v, want %v", err, net.ErrClosed)
	}
	if _, err := b.Dialer.Dial(t.Context(), b.Server, 0, net.KeepAliveConfig{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Dial: got %v, want %v", err, net.ErrClosed)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

func TestReceiveEndsWithTheLab(t *testing.T) {
	for _, c := range []struct {
		name             string
		realTime, joined bool
	}{
		{"virtual time", false, false}, {"virtual time, with callers that joined", false, true}, {"real time", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{RealTime: c.realTime})
			conn := b.dial(article.EchoPort, net.KeepAliveConfig{})
			ctx := t.Context()
			if c.joined {
				var leave func()
				ctx, leave = b.lab.Join(ctx)
				defer leave()
				_, closer := b.lab.Join(t.Context()) // which waits for the other one, after Close
				defer closer()
			}
			ended := make(chan error)
			go func() {
				_, err := conn.Receive(ctx, -1)
				ended <- err
			}()
			for clock := b.lab.clock; !c.realTime && !clock.hasWaits(); {
				runtime.Gosched()
			}
			b.Close()
			if err := <-ended; !errors.Is(err, net.ErrClosed) {
				t.Errorf("got %v, want %v", err, net.ErrClosed)
			}
		})
	}
}

func (c *clock) hasWaits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waits) > 0
}

func TestDialAvoidsGuardedPorts(t *testing.T) {
	b := newBench(t, Config{})
	free := uint16(40000)
	var ports []uint16
	for p := uint16(firstPort); p <= lastPort; p++ {
		if p != free {
			ports = append(ports, p)
		}
	}
	b.hold(ports...)
	if got := b.dial(article.EchoPort, net.KeepAliveConfig{}).LocalAddr(); got != netip.AddrPortFrom(guestAddr, free) {
		t.Errorf("got %v, want the one port that is not guarded, %d", got, free)
	}
}

func TestRealTime(t *testing.T) {
	b := newBench(t, Config{RealTime: true})
	c := b.dial(article.EchoPort, net.KeepAliveConfig{})
	b.say(c, "hello")
	if got, err := hear(t.Context(), c, 5, time.Minute); got != "hello" || err != nil {
		t.Errorf("got %q, %v, want hello", got, err)
	}
	if b.Clock().Virtual() {
		t.Error("got a virtual clock")
	}
}
