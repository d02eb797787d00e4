//go:build linux || darwin

package repl

import (
	"bufio"
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

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
		written := bufio.NewReader(keyboard)
		for {
			r, _, err := written.ReadRune()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.seen.WriteRune(r)
			show(p.display, r)
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		keyboard.Close()
		<-watched
	})
	return p
}

// filler is the right half of a wide character.
const filler = '\ue000'

// wrapNext marks the model's cursor at the end of a full row.
const wrapNext = 2

// show adds to a model of a screen, which knows no widths, what wide and joining characters do to one.
func show(display vt10x.Terminal, r rune) {
	columns, _ := display.Size()
	put := func(r rune) { _, _ = display.Write([]byte(string(r))) }
	switch at := display.Cursor(); {
	case r < 0x300:
		put(r)
	case unicode.In(r, unicode.Mn, unicode.Cf):
	case !unicode.In(r, unicode.Han, unicode.Hangul, unicode.So):
		put(r)
	default:
		if at.X == columns-1 && at.State&wrapNext == 0 { // no room in a row that is not full
			put(' ')
		}
		put(r)
		put(filler)
	}
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

// sit begins a shell named lab with an interpreter, and waits for its prompt.
func sit(t *testing.T, columns, rows int, c Config, state interpreter) *sitting {
	t.Helper()
	s := begin(t, columns, rows, c, state)
	s.ready()
	return s
}

// begin begins a shell named lab with an interpreter.
func begin(t *testing.T, columns, rows int, c Config, state interpreter) *sitting {
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

// ready waits until an empty line can be edited: before, the terminal itself takes the keys.
func (p *person) ready() {
	p.t.Helper()
	p.waits("an empty line", func() bool { return emptyLine.MatchString(p.written()) })
}

// emptyLine is the end of what a terminal is sent for one: the prompt, and in a block the cursor's way back from the remark behind it.
var emptyLine = regexp.MustCompile(`(> |-- [^\r\n]*\r\x1b\[\d+C)$`)

// enters types lines, and waits for the prompt behind each.
func (p *person) enters(lines ...string) {
	p.t.Helper()
	for _, line := range lines {
		p.ready()
		before := strings.Count(p.written(), "\n")
		p.types(line + "\r")
		p.waits("a new line", func() bool { return strings.Count(p.written(), "\n") > before })
		p.ready()
	}
}

// screen is what the terminal shows, without blank ends.
func (p *person) screen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return shown(p.display)
}

// shown is what a model of a screen shows, without blank ends.
func shown(display vt10x.Terminal) string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(display.String(), string(filler), "")) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// written is all that the terminal was sent.
func (p *person) written() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.String()
}

// cursor is where the next character would appear, from 0.
func (p *person) cursor() (column, row int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.display.Cursor()
	return c.X, c.Y
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
			p.t.Fatalf("want %s\ngot this screen:\n%s\nwritten: %q", want, p.screen(), p.written())
		}
	}
}
