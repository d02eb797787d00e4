package netlab

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestEveryNATCarriesTCPAndUDP(t *testing.T) {
	for nat, source := range map[string]string{
		slirp4netns: "192.168.10.1", masquerade: "192.168.10.1", none: "10.0.2.100",
	} {
		t.Run(nat, func(t *testing.T) {
			t.Parallel()
			n := newNet(t, nat)
			c := n.dial(t, "tcp4", "192.168.11.2:57212")
			if got := talk(t, c, "over TCP"); got != "over TCP" {
				t.Errorf("got %q, want an echo", got)
			}
			if got := talk(t, n.dial(t, "udp4", "192.168.11.2:57212"), "over UDP"); got != "over UDP" {
				t.Errorf("got %q, want an echo", got)
			}
			if got := n.sourceAtServer(t); got != source {
				t.Errorf("the server sees %s, want %s", got, source)
			}
			if _, err := n.tryDial("192.168.11.2:57213", patience); !errors.Is(err, unix.ECONNREFUSED) {
				t.Errorf("closed port: got %v, want %v", err, unix.ECONNREFUSED)
			}
		})
	}
}

func TestWhatIsNotTheServer(t *testing.T) {
	n := newNet(t, none)
	for _, c := range []struct {
		name, dst string
		want      error
	}{
		{"refused by a neighbour", "192.168.11.4:80", unix.EHOSTUNREACH}, // ICMP 3/13
		{"no such host", "192.168.11.77:80", unix.EHOSTUNREACH},          // ICMP 3/1, when the router's ARP has given up
		{"no route", "172.31.99.9:80", unix.ENETUNREACH},                 // ICMP 3/0
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := n.tryDial(c.dst, patience)
			if err == nil {
				conn.Close()
			}
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	t.Run("dropped by a neighbour", func(t *testing.T) {
		_, err := n.tryDial("192.168.11.3:80", time.Second) // nothing comes, however long it waits
		var silence net.Error
		if !errors.As(err, &silence) || !silence.Timeout() {
			t.Errorf("got %v, want silence", err)
		}
	})
}

func TestPlaces(t *testing.T) {
	for _, nat := range NATs() {
		n := newNet(t, nat)
		for node, c := range map[string]struct{ ifname, addr string }{
			"guest": {n.Guest(), "10.0.2.100/24"},
			"nat":   {n.Host(), "192.168.10.1/24"},
		} {
			_, iface, ok := strings.Cut(c.ifname, "netns:"+n.namespace(node)+"/")
			if !ok {
				t.Errorf("%s: %s: got %q, want netns:NAME/INTERFACE", nat, node, c.ifname)
			}
			err := n.In(node, func() error {
				i, err := net.InterfaceByName(iface)
				if err != nil {
					return err
				}
				addrs, err := i.Addrs()
				if len(addrs) != 1 || addrs[0].String() != c.addr {
					t.Errorf("%s: %s: got %v, want %s and no other", nat, iface, addrs, c.addr)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

func TestInUnknownHost(t *testing.T) {
	n := newNet(t, none)
	err := n.In("gateway", func() error { return nil })
	if err == nil || !strings.Contains(err.Error(), `want one of guest, nat, router, server, got "gateway"`) {
		t.Errorf("got %v, want the hosts there are", err)
	}
}

func TestInComesBack(t *testing.T) {
	n := newNet(t, none)
	before := currentNamespace(t)
	wrong := errors.New("wrong")
	err := n.In("guest", func() error {
		if currentNamespace(t) == before {
			t.Error("in the guest: got the namespace outside")
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("got %v, want %v", err, wrong)
	}
	if got := currentNamespace(t); got != before {
		t.Errorf("afterwards: got namespace %s, want %s", got, before)
	}
}

func currentNamespace(t *testing.T) string {
	t.Helper()
	name, err := os.Readlink("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	return name
}
