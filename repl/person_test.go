//go:build linux || darwin

package repl

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// deadline is how long a test waits for what must happen; it says nothing about how fast that is.
const deadline = 20 * time.Second

// A person sits at a terminal: types, and looks at the screen.
type person struct {
	t        *testing.T
	keyboard *os.File // the terminal's other side
	display  vt10x.Terminal
	mu       sync.Mutex
	seen     strings.Builder // all that was written to the terminal
}

// seat gives a person a terminal whose other side is keyboard.
func seat(t *testing.T, keyboard *os.File, columns, rows int) *person {
	p := &person{t: t, keyboard: keyboard, display: vt10x.New(vt10x.WithSize(columns, rows))}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		buf := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buf)
			p.mu.Lock()
			p.seen.Write(buf[:n])
			p.mu.Unlock()
			_, _ = p.display.Write(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		keyboard.Close()
		<-watched
	})
	return p
}

// A sitting is a person in front of a shell in this process.
type sitting struct {
	*person
	shell *Shell
	tty   *os.File
	end   context.CancelFunc
	over  chan struct{}
	err   error // of the run
}

// sit begins a shell named lab with an interpreter.
func sit(t *testing.T, columns, rows int, c Config, state interpreter) *sitting {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(keyboard, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	c.In, c.Out, c.Err, c.Interactive = tty, tty, tty, true
	shell, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := state.(interface{ meet(*Shell) }); ok {
		f.meet(shell)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &sitting{person: seat(t, keyboard, columns, rows), shell: shell, tty: tty, end: cancel, over: make(chan struct{})}
	go func() {
		defer close(s.over)
		_, s.err = shell.run(ctx, state, "lab")
	}()
	t.Cleanup(func() {
		cancel()
		s.leaves()
		if err := shell.Close(); err != nil {
			t.Error(err)
		}
		s.types("\n") // ends the read that the shell left behind
		tty.Close()
	})
	s.finds("lab>")
	return s
}

// leaves waits for the shell to end.
func (s *sitting) leaves() error {
	s.t.Helper()
	select {
	case <-s.over:
		return s.err
	case <-time.After(deadline):
		s.t.Fatalf("the shell goes on; the screen:\n%s", s.screen())
		return nil
	}
}

// types sends keys.
func (p *person) types(keys string) {
	p.t.Helper()
	if _, err := p.keyboard.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// screen is what the terminal shows, without blank ends.
func (p *person) screen() string {
	var lines []string
	for line := range strings.Lines(p.display.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// sees waits until the terminal shows exactly this, from the top. A prompt ends in a space that is not looked for.
func (p *person) sees(lines ...string) {
	p.t.Helper()
	want := strings.Join(lines, "\n")
	p.waits("this screen:\n"+want, func() bool { return p.screen() == want })
}

// finds waits until the terminal shows this somewhere.
func (p *person) finds(text string) {
	p.t.Helper()
	p.waits(text, func() bool { return strings.Contains(p.screen(), text) })
}

// waits waits until something is so.
func (p *person) waits(want string, so func() bool) {
	p.t.Helper()
	for end := time.Now().Add(deadline); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.t.Fatalf("want %s\ngot this screen:\n%s\nwritten: %q", want, p.screen(), p.seen.String())
		}
	}
}

// A fake interpreter echoes an entry unless it has a better answer.
type fake struct {
	shell      *Shell
	answers    map[string]func(context.Context) (string, error)
	open       func(source string) bool
	candidates []string
	help       string
	mu         sync.Mutex
	entries    []string
}

// meet tells where to write.
func (f *fake) meet(s *Shell) { f.shell = s }

func (f *fake) Eval(ctx context.Context, _, source string) (string, bool, error) {
	if f.open != nil && f.open(source) {
		return "", true, nil
	}
	f.mu.Lock()
	f.entries = append(f.entries, source)
	f.mu.Unlock()
	if answer, ok := f.answers[source]; ok {
		text, err := answer(ctx)
		return text, false, err
	}
	return "got " + source, false, nil
}

// Complete offers the candidates that continue the last word.
func (f *fake) Complete(entry string) (candidates []string, start int, help string) {
	start = strings.LastIndexAny(entry, " \n({") + 1
	for _, c := range f.candidates {
		if strings.HasPrefix(strings.ToLower(c), strings.ToLower(entry[start:])) {
			candidates = append(candidates, c)
		}
	}
	return candidates, start, f.help
}

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

func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
		os.Exit(m.Run())
	}
	os.Exit(beChild())
}

// beChild is a shell that can be stopped, slowly and at once, and that can panic.
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
		"panic": func(context.Context) (string, error) { panic("a fault") },
	}}
	if _, err := shell.run(context.Background(), state, "lab"); err != nil {
		return 4
	}
	return 0
}
