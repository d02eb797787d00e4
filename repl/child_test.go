//go:build linux || darwin

package repl

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/moonwire/moonwire/lua"
)

// child begins this test's binary as a shell of its own, with a controlling terminal. Closing release ends a call that
// lingers.
func child(t *testing.T) (p *person, cmd *exec.Cmd, release *os.File) {
	t.Helper()
	lingers, release, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer lingers.Close()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"=1")
	cmd.ExtraFiles = []*os.File{lingers}
	keyboard, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	p = seat(t, keyboard, 80, 24)
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // most have ended
		release.Close()
	})
	return p, cmd, release
}

// childMode is the variable that makes the test binary a shell.
const childMode = "REPL_TEST_CHILD"

// exitAbandoned is how that shell ends when it leaves a call behind.
const exitAbandoned = 5

// bigValue is how long a value is that takes a terminal long to show, in bytes.
const bigValue = 20_000_000

func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
		_ = os.Setenv("TERM", "xterm") // whatever the tests are run from
		os.Exit(m.Run())
	}
	os.Exit(beChild())
}

// beChild is a shell whose calls can be stopped, slowly, at once and not at all, that prints much, and that panics.
func beChild() int {
	shell, err := New(Config{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Interactive: true})
	if err != nil {
		return 3
	}
	defer shell.Close()
	state := &fake{shell: shell, answers: map[string]func(context.Context) (string, error){
		"wait": func(ctx context.Context) (string, error) {
			shell.print(shell.Stdout(), "waiting\n")
			<-ctx.Done()
			return "what came", errInterrupted
		},
		"linger": func(ctx context.Context) (string, error) {
			shell.print(shell.Stdout(), "waiting\n")
			<-ctx.Done()
			shell.print(shell.Stdout(), "stopping\n")
			_, _ = os.NewFile(3, "release").Read(make([]byte, 1)) // until the test has interrupted once more
			return "", errInterrupted
		},
		"deaf": func(context.Context) (string, error) {
			shell.print(shell.Stdout(), "waiting\n")
			select {}
		},
		"big":   func(context.Context) (string, error) { return strings.Repeat("x", bigValue), nil },
		"panic": func(context.Context) (string, error) { panic("a fault") },
	}}
	switch _, err := shell.run(context.Background(), state, "lab"); {
	case errors.Is(err, ErrAbandoned) && errors.Is(err, lua.ErrInterrupted):
		return exitAbandoned
	case err != nil:
		return 4
	}
	return 0
}
