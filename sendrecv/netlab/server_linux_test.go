package netlab

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/internal/article"
	"golang.org/x/sys/unix"
)

func TestServerPorts(t *testing.T) {
	n := newNet(t, none)
	for _, c := range []struct {
		name, port string
		talk       func(*testing.T, *net.TCPConn)
	}{
		{"echo", "57212", wantEcho},
		{"echo again", "57218", wantEcho},
		{"reset on data", "57214", func(t *testing.T, c *net.TCPConn) {
			say(t, c, "x")
			if got, err := io.ReadAll(c); len(got) > 0 || !errors.Is(err, unix.ECONNRESET) {
				t.Errorf("got %q, %v, want %v", got, err, unix.ECONNRESET)
			}
		}},
		{"bye after FIN", "57216", func(t *testing.T, c *net.TCPConn) {
			say(t, c, "x")
			wantRest(t, c, "bye\n")
		}},
		{"FIN at once, then reading", "57217", func(t *testing.T, c *net.TCPConn) {
			if got, err := io.ReadAll(c); len(got) > 0 || err != nil {
				t.Errorf("got %q, %v, want the server's FIN", got, err)
			}
			for range 3 { // a server that did not read would reset
				say(t, c, "x")
			}
			if err := c.CloseWrite(); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.talk(t, n.dial(t, "tcp4", net.JoinHostPort(article.Server, c.port)).(*net.TCPConn))
		})
	}
}

func wantEcho(t *testing.T, c *net.TCPConn) {
	t.Helper()
	if got := talk(t, c, "hello"); got != "hello" {
		t.Errorf("got %q, want an echo", got)
	}
	wantRest(t, c, "")
}

// wantRest closes the client's half and wants so much before the server's FIN.
func wantRest(t *testing.T, c *net.TCPConn, want string) {
	t.Helper()
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); string(got) != want || err != nil {
		t.Errorf("got %q, %v, want %q and FIN", got, err, want)
	}
}

func say(t *testing.T, c net.Conn, data string) {
	t.Helper()
	if _, err := io.WriteString(c, data); err != nil {
		t.Fatal(err)
	}
}

func TestServerSendsNoProbes(t *testing.T) {
	n := newNet(t, none)
	talk(t, n.dial(t, "tcp4", net.JoinHostPort(article.Server, "57212")), "x") // or the server may not have accepted yet
	err := n.In("server", func() error {
		if got := timers(t, article.EchoPort); !slices.Equal(got, []string{"00"}) {
			t.Errorf("got timers %q, want one connection without", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// timers lists the timers of the established connections of a local port: "00" is none, "02" that of keepalives.
func timers(t *testing.T, port uint16) []string {
	t.Helper()
	table, err := os.ReadFile("/proc/thread-self/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line) // number, local, remote, state, queues, timer:when, ...
		if len(f) > 5 && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) && f[3] == "01" {
			found = append(found, f[5][:2])
		}
	}
	return found
}
