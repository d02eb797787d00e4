//go:build linux || darwin

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A child is the command in a process of its own.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr bytes.Buffer
	// unread stops reading what the child prints.
	unread func()
}

// spawn starts the command. It is killed with the test, and when it goes on for a minute.
func spawn(t *testing.T, args ...string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0], args...)}
	c.cmd.Env = append(os.Environ(), asCommand+"=1")
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout, c.unread = bufio.NewReader(out), func() { _ = out.Close() }
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(mostSeconds*time.Second, func() { _ = c.cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = c.cmd.Process.Kill() // most have ended
		_ = c.cmd.Wait()
	})
	return c
}

// line waits for a line of output.
func (c *child) line() string {
	c.t.Helper()
	line, err := c.stdout.ReadString('\n')
	if err != nil {
		c.t.Fatalf("%q, %v: want a line", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

// signal sends a signal.
func (c *child) signal(s syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// ends waits for the end; code is -1 when a signal was it.
func (c *child) ends() (code int, stdout, stderr string) {
	c.t.Helper()
	rest, err := io.ReadAll(c.stdout)
	if err != nil {
		c.t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return c.cmd.ProcessState.ExitCode(), string(rest), c.stderr.String()
}

// wantEnd holds how a child ends: its exit code, all of its output, and a part of what it says.
func (c *child) wantEnd(code int, stdout, says string) {
	c.t.Helper()
	gotCode, gotOut, gotErr := c.ends()
	if gotCode != code || gotOut != stdout || !strings.Contains(gotErr, says) || says == "" && gotErr != "" {
		c.t.Errorf("exit %d, %q, %q; want %d, %q, %q", gotCode, gotOut, gotErr, code, stdout, says)
	}
}
