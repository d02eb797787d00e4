package netlab

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func TestCloseLeavesNothing(t *testing.T) {
	for _, nat := range NATs() {
		t.Run(nat, func(t *testing.T) {
			n := newNet(t, nat)
			talk(t, n.dial(t, "tcp4", "192.168.11.2:57212"), "a connection that is open meanwhile")
			if len(leftovers(t, n.id)) < len(n.hosts) {
				t.Errorf("while it is up: got %q, want the hosts at least", leftovers(t, n.id))
			}
			for range 2 {
				if err := n.Close(); err != nil {
					t.Errorf("got %v, want nil", err)
				}
			}
			if got := leftovers(t, n.id); len(got) > 0 {
				t.Errorf("got %q, want nothing", got)
			}
			if err := n.In("guest", func() error { return nil }); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("got %v, want %v", err, os.ErrNotExist)
			}
		})
	}
}

func TestNetsDoNotMeet(t *testing.T) {
	a, b := newNet(t, masquerade), newNet(t, masquerade)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := talk(t, b.dial(t, "tcp4", "192.168.11.2:57212"), "still here"); got != "still here" {
		t.Errorf("got %q, want an echo", got)
	}
}

func TestUnknownNAT(t *testing.T) {
	_, err := Up(t.Context(), Config{NAT: "pasta"})
	if err == nil || !strings.Contains(err.Error(), `want one of slirp4netns, masquerade, none, got "pasta"`) {
		t.Errorf("got %v, want the NATs there are", err)
	}
}

func TestMissingProgram(t *testing.T) {
	empty := t.TempDir()
	t.Setenv("PATH", empty)
	_, err := Up(t.Context(), Config{})
	if err == nil || !strings.Contains(err.Error(), "package nftables") {
		t.Errorf("got %v, want the package to install", err)
	}
	program(t, empty, "nft", "true")
	_, err = Up(t.Context(), Config{})
	if err == nil || !strings.Contains(err.Error(), "package slirp4netns") {
		t.Errorf("got %v, want the package to install", err)
	}
}

func TestUpNeedsRoot(t *testing.T) {
	needPrograms(t)
	// A right belongs to a thread. This one is not unlocked, so that it ends with the test.
	runtime.LockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var no [2]unix.CapUserData
	if err := unix.Capset(&header, &no[0]); err != nil {
		t.Fatal(err)
	}
	_, err := Up(t.Context(), Config{NAT: none})
	if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "needs root") {
		t.Errorf("got %v, want %v that says root", err, os.ErrPermission)
	}
}

func TestUpThatFailsLeavesNothing(t *testing.T) {
	newNet(t, none) // or the test is skipped
	for _, c := range []struct{ name, proxy, want string }{
		{"proxy that ends", "echo what is wrong >&2; echo more >&2", "slirp4netns: ended before it was ready: what is wrong"},
		{"context that ends before the proxy is ready", "read never <&4", context.Canceled.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			args := filepath.Join(bin, "args")
			if err := unix.Mkfifo(args, 0o600); err != nil {
				t.Fatal(err)
			}
			program(t, bin, "slirp4netns", "echo $* >"+args+"\n"+c.proxy)
			t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			ctx, cancel := context.WithCancel(t.Context())
			var id string
			var running sync.WaitGroup
			running.Go(func() {
				line, _ := os.ReadFile(args) // waits for the proxy to begin
				_, after, _ := strings.Cut(string(line), "moonwire-")
				id, _, _ = strings.Cut(after, "-")
				if c.want == context.Canceled.Error() {
					cancel()
				}
			})
			_, err := Up(ctx, Config{NAT: slirp4netns})
			if pipe, err := os.OpenFile(args, os.O_RDWR, 0); err == nil {
				pipe.Close() // the end for a reader that still waits, if no proxy ever began
			}
			running.Wait()
			cancel()
			if err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if got := leftovers(t, id); len(id) != 6 || len(got) > 0 {
				t.Errorf("network %q: got %q, want nothing", id, got)
			}
		})
	}
}

// program makes a shell script.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
