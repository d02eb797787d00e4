package main

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/vishvananda/netns"
)

// listenIn opens a listener in a namespace until the end of the test.
func listenIn(t *testing.T, namespace, network, at string) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	there, err := netns.GetFromName(namespace)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	if err := netns.Set(there); err != nil {
		t.Fatal(err)
	}
	var l io.Closer
	if strings.HasPrefix(network, "udp") {
		l, err = net.ListenPacket(network, at)
	} else {
		l, err = net.Listen(network, at)
	}
	if back := netns.Set(home); err != nil || back != nil {
		t.Fatal(err, back)
	}
	t.Cleanup(func() { l.Close() })
}

// TestAGuardedServiceIsNamed guards ports that services of the host listen on, and others.
func TestAGuardedServiceIsNamed(t *testing.T) {
	namespace := inNewNamespace(t, []string{"link", "set", "lo", "up"})
	listenIn(t, namespace, "tcp4", "0.0.0.0:1004")
	listenIn(t, namespace, "tcp6", "[::]:1006")
	listenIn(t, namespace, "udp4", "0.0.0.0:1017")
	ask := func(sport, more string) string {
		return `sr1(IP{dst="127.0.0.1"}/TCP{sport=` + sport + `, dport=9, flags="S"}, {timeout=1` + more + `}) `
	}
	const says = "a service of this host listens there, and the guard keeps its TCP away"
	for _, c := range []struct {
		name, chunk string
		want        []string // the beginning of each line
	}{
		{"IPv4", ask("1004", ""), []string{"port 1004: " + says}},
		{"IPv6", ask("1006", ""), []string{"port 1006: " + says}},
		{"once", ask("1004", "") + ask("1004", "") + "guard(1004)", []string{"port 1004: " + says}},
		{"guard", "guard(1005, 1006)", []string{"port 1006: " + says}},
		{"several", ask("range(1000, 1010)", ", pps=0"), []string{"ports 1004, 1006: services of this host listen there"}},
		{"one after the other", ask("1004", "") + ask("1006", ""), []string{"port 1004: " + says, "port 1006: " + says}},
		{"nobody listens", ask("1005", ""), nil},
		{"UDP", ask("1017", ""), nil},
		{"no guard", ask("1004", ", guard=false"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := moonwire(t.Context(), "", "--iface", "netns:"+namespace+"/lo", "-e", c.chunk)
			lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
			if stderr == "" {
				lines = nil
			}
			same := len(lines) == len(c.want)
			for i := range lines {
				same = same && strings.HasPrefix(lines[i], c.want[i])
			}
			if code != exitOK || !same {
				t.Errorf("exit %d, %q, want lines that begin as %q", code, stderr, c.want)
			}
		})
	}
	t.Run("the lab", func(t *testing.T) {
		if code, _, stderr := moonwire(t.Context(), "", "--lab", "-e", "guard(22)"); code != exitOK || stderr != "" {
			t.Errorf("exit %d, %q, want silence", code, stderr)
		}
	})
}
