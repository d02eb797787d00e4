package netlab

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// A testNet is a network under test.
type testNet struct{ *Net }

// newNet builds a network that lasts until the end of the test.
func newNet(t *testing.T, nat string) testNet {
	t.Helper()
	needPrograms(t)
	n, err := Up(t.Context(), Config{NAT: nat})
	if errors.Is(err, os.ErrPermission) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return testNet{n}
}

func needPrograms(t *testing.T) {
	t.Helper()
	for _, p := range []string{"nft", "slirp4netns"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip("needs the program ", p)
		}
	}
}

// tryDial connects from the guest.
func (n testNet) tryDial(dst string, wait time.Duration) (c net.Conn, err error) {
	err = n.In("guest", func() (err error) {
		c, err = net.DialTimeout("tcp4", dst, wait)
		return err
	})
	return c, err
}

// dial connects from the guest until the end of the test.
func (n testNet) dial(t *testing.T, network, dst string) net.Conn {
	t.Helper()
	var c net.Conn
	err := n.In("guest", func() (err error) {
		c, err = net.DialTimeout(network, dst, patience)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

// talk writes and reads as much again.
func talk(t *testing.T, c net.Conn, say string) string {
	t.Helper()
	if _, err := io.WriteString(c, say); err != nil {
		t.Fatal(err)
	}
	heard := make([]byte, len(say))
	n, err := io.ReadFull(c, heard)
	if err != nil {
		t.Errorf("got %v", err)
	}
	return string(heard[:n])
}

// leftovers lists what exists under a network's names: namespaces, interfaces out here, processes.
func leftovers(t *testing.T, id string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"/run/netns/moonwire-" + id + "-*", "/sys/class/net/mw" + id + "*"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, paths...)
	}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		line, _ := os.ReadFile(path) // the process may have ended
		if strings.Contains(string(line), "moonwire-"+id+"-") {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// sourceAtServer is the address that the guest's connections come from.
func (n testNet) sourceAtServer(t *testing.T) string {
	t.Helper()
	var l net.Listener
	err := n.In("server", func() (err error) {
		l, err = net.Listen("tcp4", "192.168.11.2:0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n.dial(t, "tcp4", l.Addr().String())
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.RemoteAddr().(*net.TCPAddr).IP.String()
}
