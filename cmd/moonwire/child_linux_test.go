package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/raw"
)

// runAs runs the command as a process of its own, behind the words of a program that starts it; stdin may be empty.
func runAs(t *testing.T, before []string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	words := append(append(append([]string{}, before...), os.Args[0]), args...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", words, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// namespace makes a network namespace with lo up, whose resolv.conf names one server; it goes with the test. within are the
// words that start a program in it.
func namespace(t *testing.T, label, nameserver string) (name string, within []string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("making a network namespace needs root")
	}
	name = fmt.Sprintf("moonwire-test-%d-%s", os.Getpid(), label)
	ip(t, "netns", "add", name)
	folder := filepath.Join("/etc/netns", name)
	t.Cleanup(func() {
		ip(t, "netns", "del", name)
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
		_ = os.Remove(filepath.Dir(folder)) // stays while somebody else's are in it
	})
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	conf := "nameserver " + nameserver + "\noptions timeout:1 attempts:1\n"
	if err := os.WriteFile(filepath.Join(folder, "resolv.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	ip(t, "-n", name, "link", "set", "lo", "up")
	return name, []string{"ip", "netns", "exec", name}
}

// ip runs the program of that name, which must be there.
func ip(t *testing.T, words ...string) {
	t.Helper()
	out, err := exec.Command("ip", words...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("there is no program ip")
	}
	if err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(words, " "), err, out)
	}
}

// A watch holds what passes an interface.
type watch struct {
	t    *testing.T
	port sendrecv.Port
	rx   sendrecv.Receiver
}

// watching listens at an interface as raw.OpenTap names it, until the end of the test.
func watching(t *testing.T, where string) *watch {
	t.Helper()
	port, err := raw.OpenTap(where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	rx, err := port.Listen(sendrecv.ListenOptions{Promiscuous: true})
	if err != nil {
		t.Fatal(err)
	}
	return &watch{t, port, rx}
}

// frames are those that have passed since the last call.
func (w *watch) frames() (all []sendrecv.Frame) {
	w.t.Helper()
	var some [64]sendrecv.Frame
	for {
		n, err := w.rx.Receive(w.t.Context(), some[:], 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return all
		}
		all = append(all, some[:n]...)
	}
}
