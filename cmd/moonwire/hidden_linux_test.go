package main

import (
	"context"
	"crypto/rand"
	"os/exec"
	"strings"
	"testing"
)

// inNewNamespace makes a namespace until the end of the test, runs ip(8) in it with each of the lines, and returns its name.
func inNewNamespace(t *testing.T, lines ...[]string) string {
	t.Helper()
	name := "mw-test-" + rand.Text()[:8]
	if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
		t.Skipf("needs root and ip to make a network namespace: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", name).CombinedOutput(); err != nil {
			t.Errorf("ip netns del: %v %s", err, out)
		}
	})
	for _, words := range lines {
		ipIn(t, name, words...)
	}
	return name
}

// ipIn is ip(8) in a namespace.
func ipIn(t *testing.T, namespace string, words ...string) {
	t.Helper()
	if out, err := exec.Command("ip", append([]string{"-n", namespace}, words...)...).CombinedOutput(); err != nil {
		t.Errorf("ip -n %s %q: %v %s", namespace, words, err, out)
	}
}

// TestAnInterfaceWithAHostileName is there because Linux takes any bytes but blanks, a slash and a colon for a name.
func TestAnInterfaceWithAHostileName(t *testing.T) {
	const name, want = "a\x1b]\x07\u202e\u009bb", `a\x1b]\x07\u{202e}\u{9b}b`
	namespace := inNewNamespace(t, []string{"link", "add", name, "type", "veth", "peer", "name", "other"})
	at := "netns:" + namespace + "/"
	cases := []struct{ name, iface, chunk string }{
		{"one that is down", at + name, "capture()"},
		{"among those there are", at + "nosuch0", "capture()"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, stdout, stderr := moonwire(context.Background(), "", "--iface", c.iface, "-e", c.chunk)
			if hiddenIn(stdout+stderr) || !strings.Contains(stderr, want) {
				t.Errorf("got %q and %q, want %s", stdout, stderr, want)
			}
		})
	}
	ipIn(t, namespace, "link", "set", name, "up")
	t.Run("at the prompt", func(t *testing.T) {
		s := atTerminal(t, t.TempDir(), 100, "--iface", at+name)
		s.sees(want + "> ")
		s.types(`sniff{iface="a` + "\t\t")
		s.types("\x15" + `sniff{iface="nosuch0"}` + "\r")
		s.sees("no interface")
		s.types("\x04")
		if sent := s.endedWith(); hiddenOnScreen(strings.ReplaceAll(sent, "\a", "")) {
			t.Errorf("hidden characters in %q", sent)
		}
	})
	t.Run("in a report", func(t *testing.T) {
		_, stdout, stderr := moonwire(context.Background(), "", "run", "handshake", "dst=10.9.9.9", "--iface", at+name)
		if hiddenIn(stdout + stderr) {
			t.Errorf("hidden characters in %q %q", stdout, stderr)
		}
	})
}
