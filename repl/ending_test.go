//go:build linux || darwin

package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/moonwire/moonwire/lua"
)

func TestExitAndQuitLeave(t *testing.T) {
	for _, line := range []string{"exit", "quit", " exit() ", "quit( );"} {
		t.Run(line, func(t *testing.T) {
			s := sit(t, 80, 24, Config{}, &fake{})
			s.types(line + "\r")
			if err := s.leaves(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCtrlDLeavesAnEmptyLineAndDeletesInAnother(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("abc\x01\x04\r")
	s.sees("lab> bc", "got bc", "lab>")
	s.types("\x04")
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
	s.waits("the cursor below", func() bool { column, row := s.cursor(); return column == 0 && row == 3 })
}

func TestTheRunEndsWithItsContext(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("half")
	s.finds("lab> half")
	s.end()
	if err := s.leaves(); !errors.Is(err, lua.ErrInterrupted) {
		t.Errorf("got %v, want %v", err, lua.ErrInterrupted)
	}
	fmt.Fprint(s.shell.Stdout(), "after\n")
	s.sees("lab> half", "after")
}

func TestTheRunEndsWithTheTerminal(t *testing.T) {
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	shell, err := New(Config{In: tty, Out: tty, Err: tty, Interactive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	f := &fake{}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = shell.run(context.Background(), f, "lab") // what a lost terminal reads as differs between systems
	}()
	if _, err := keyboard.WriteString("half"); err != nil {
		t.Fatal(err)
	}
	for seen := ""; !strings.Contains(seen, "half"); {
		buf := make([]byte, 100)
		n, err := keyboard.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		seen += string(buf[:n])
	}
	keyboard.Close()
	select {
	case <-over:
	case <-time.After(deadline):
		t.Fatal("the shell goes on without its terminal")
	}
	if len(f.entries) > 0 {
		t.Errorf("half a line was evaluated: %q", f.entries)
	}
}

// settings are a terminal's, as stty writes them.
func settings(t *testing.T, tty *os.File) string {
	t.Helper()
	cmd := exec.Command("stty", "-g")
	cmd.Stdin = tty
	out, err := cmd.Output()
	if err != nil {
		t.Skip("stty: ", err)
	}
	return string(out)
}

func TestCtrlCStopsWhatRunsAndKeepsWhatCame(t *testing.T) {
	p, cmd, release := child(t)
	p.finds("lab>")
	p.types("wait\r")
	p.finds("waiting")
	start := time.Now()
	p.types("\x03")
	p.sees("lab> wait", "waiting", "^C", "what came", "interrupted", "lab>")
	t.Logf("stopped after %v", time.Since(start))
	p.types("linger\r")
	p.waits("two calls", func() bool { return strings.Count(p.screen(), "waiting") == 2 })
	p.types("\x03")
	p.finds("stopping")
	for _, keys := range []string{"\x1c", "\x03"} { // each wipes output that was not shown yet
		echoes := strings.Count(p.written(), "^")
		p.types(keys)
		p.waits("its echo", func() bool { return strings.Count(p.written(), "^") > echoes })
	}
	release.Close()
	p.waits("two interrupts", func() bool { return strings.Count(p.screen(), "interrupted") == 2 })
	p.types("alive\r")
	p.finds("got alive")
	p.ready()
	p.types("\x1a\x1cstill\r")
	p.finds("got still")
	p.types("exit\r")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// interruptsDeafCall begins a call that does not end and interrupts it until the shell does.
func (p *person) interruptsDeafCall(cmd *exec.Cmd) {
	p.t.Helper()
	p.types("deaf\r")
	p.finds("waiting")
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = cmd.Wait() // its code tells
	}()
	for range maxInterrupts {
		time.Sleep(50 * time.Millisecond) // two interrupts at once count as one
		p.types("\x03")
	}
	select {
	case <-over:
		return
	case <-time.After(deadline):
	}
	p.t.Fatalf("the shell goes on; the screen:\n%s", p.screen())
}

func TestACallThatDoesNotEndIsLeftBehind(t *testing.T) {
	p, cmd, _ := child(t)
	p.ready()
	p.interruptsDeafCall(cmd)
	if got := cmd.ProcessState.ExitCode(); got != exitAbandoned {
		t.Errorf("got exit code %d, want %d", got, exitAbandoned)
	}
}

func TestCtrlCStopsWhatIsPrinted(t *testing.T) {
	p, cmd, _ := child(t)
	p.ready()
	p.types("big\r")
	p.finds("xxx")
	p.types("\x03")
	p.finds("interrupted")
	if got := len(p.written()); got >= bigValue {
		t.Errorf("all %d bytes were printed", got)
	}
	p.ready()
	p.types("alive\r")
	p.finds("got alive")
	p.ready()
	p.types("exit\r")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestTheTerminalIsRestored(t *testing.T) {
	ends := []struct {
		name string
		end  func(*person, *exec.Cmd)
	}{
		{"ctrl-D", func(p *person, _ *exec.Cmd) { p.types("\x04") }},
		{"exit", func(p *person, _ *exec.Cmd) { p.types("exit\r") }},
		{"a panic", func(p *person, _ *exec.Cmd) { p.types("panic\r") }},
		{"SIGTERM at the prompt", func(_ *person, cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGTERM) }},
		{"SIGTERM in a call", func(p *person, cmd *exec.Cmd) {
			p.types("wait\r")
			p.finds("waiting")
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}},
		{"SIGTERM in a call that does not end", func(p *person, cmd *exec.Cmd) {
			p.types("deaf\r")
			p.finds("waiting")
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}},
		{"SIGHUP in a call that does not end", func(p *person, cmd *exec.Cmd) {
			p.types("deaf\r")
			p.finds("waiting")
			_ = cmd.Process.Signal(syscall.SIGHUP)
		}},
		{"three interrupts of a call that does not end", func(p *person, cmd *exec.Cmd) { p.interruptsDeafCall(cmd) }},
	}
	for _, e := range ends {
		t.Run(e.name, func(t *testing.T) {
			keyboard, tty, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer tty.Close()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childMode+"=1")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			p := seat(t, keyboard, 80, 24)
			before := settings(t, tty)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			p.finds("lab>")
			p.waits("a raw terminal", func() bool { return settings(t, tty) != before })
			e.end(p, cmd)
			_ = cmd.Wait() // a panic and a signal are no success
			if after := settings(t, tty); after != before {
				t.Errorf("the terminal's settings are\n%swere\n%s", after, before)
			}
		})
	}
}
