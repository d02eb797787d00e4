//go:build linux || darwin

package repl

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// errInterrupted is what an interpreter says.
var errInterrupted = lua.ErrInterrupted

// atLua sits a person in front of the real interpreter.
func atLua(t *testing.T, columns, rows int) *sitting {
	t.Helper()
	late := &lateState{}
	t.Cleanup(func() { late.state.Close() })
	return sit(t, columns, rows, Config{}, late)
}

// A lateState is made with the first entry: the shell's streams exist only then.
type lateState struct {
	fake
	state *lua.State
}

func (l *lateState) Read(name, source string) (lua.Entry, error) {
	if l.state == nil {
		l.state = lua.New(lua.Config{Stdout: l.shell.Stdout(), Stderr: l.shell.Stderr()})
	}
	return l.state.Read(name, source)
}

func (l *lateState) Eval(ctx context.Context, name, source string) (string, bool, error) {
	return l.state.Eval(ctx, name, source)
}

func (l *lateState) Returned() bool { return l.state.Returned() }

func TestExpressionsStatementsAndBlocksAreEvaluated(t *testing.T) {
	s := atLua(t, 80, 24)
	s.enters("1 + 1", "for i = 1, 2 do", "  print(i)", "end", "x = 7", "x")
	s.sees("lab> 1 + 1", "2", "lab> for i = 1, 2 do", "...>   print(i)", "...> end", "1", "2", "lab> x = 7", "lab> x", "7", "lab>")
	s.types("exit\r")
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
}

func TestTheDeleteKeyDoesNotLeave(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("\x1b[3~")
	s.types("abc\x1b[H\x1b[3~\r")
	s.sees("lab> bc", "got bc", "lab>")
}

func TestCtrlCDropsALineAndABlock(t *testing.T) {
	f := &fake{open: func(source string) bool { return strings.HasPrefix(source, "do") && !strings.HasSuffix(source, "end") }}
	s := sit(t, 80, 24, Config{}, f)
	s.types("half\x03")
	s.finds("half^C")
	s.enters("do")
	s.types("more\x03")
	s.finds("more^C")
	s.enters("1")
	s.sees("lab> half^C", "lab> do", "...> more^C", "lab> 1", "got 1", "lab>")
}

func TestCtrlDDropsABlockAndThenLeaves(t *testing.T) {
	f := &fake{open: func(source string) bool { return strings.HasPrefix(source, "do") }}
	s := sit(t, 80, 24, Config{}, f)
	s.enters("do", "more")
	s.types("\x04")
	s.sees("lab> do", "...> more", "...>", "lab>")
	s.enters("1")
	s.sees("lab> do", "...> more", "...>", "lab> 1", "got 1", "lab>")
	s.types("\x04")
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
	if got := strings.Join(f.entries, "|"); got != "1" {
		t.Errorf("evaluated %q, want 1", got)
	}
}

func TestWordsAndArrowsMoveTheCursor(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("one two\x1b[1;5D2\x1b[1;5D\x1bb1\x1b[F3\x1b[D\x1b[C\x1bOD!\r")
	s.sees("lab> 1one 2two!3", "got 1one 2two!3", "lab>")
}

// TestLinesThatNoMarksSurroundAreEntriesOfTheirOwn has a terminal without bracketed paste, or one that was typed ahead at.
func TestLinesThatNoMarksSurroundAreEntriesOfTheirOwn(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types("a = 1\rif a then\r\tprint('tab')\rend\ra\r")
	s.waits("the last value", func() bool { return strings.HasSuffix(s.screen(), "...> end\ntab\nlab> a\n1\nlab>") })
}

func TestAnErrorIsShownAndThePromptGoesOn(t *testing.T) {
	fault := &lua.Error{Script: "prompt", Line: 1, Column: 5, What: "no good"}
	sent := &lua.Error{What: "got \x1b]0;owned\a"}
	s := sit(t, 80, 24, Config{}, &fake{answers: map[string]func(context.Context) (string, error){
		"bad one": func(context.Context) (string, error) { return "", fault },
		"ask":     func(context.Context) (string, error) { return "", sent },
	}})
	s.enters("bad one")
	s.sees("lab> bad one", "bad one", "    ^", "no good", "lab>")
	s.enters("ask")
	s.sees("lab> bad one", "bad one", "    ^", "no good", "lab> ask", `got \x1b]0;owned\x07`, "lab>")
	if strings.ContainsAny(s.written(), "\a") {
		t.Errorf("the terminal was sent %q", s.written())
	}
}

// TestWhatIsPastedIsDrawnOnce pastes a line of many rows, which is on its way in several pieces.
func TestWhatIsPastedIsDrawnOnce(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	pasted := strings.Repeat("0123456789", 800)
	s.types(pasted + "\r")
	s.waits("the answer", func() bool { return strings.Contains(s.written(), "got "+pasted) })
	if got, most := len(s.written()), 20*len(pasted); got > most {
		t.Errorf("%d bytes were written, want at most %d", got, most)
	}
}

func TestADumbTerminalHasAPromptAndEditsItsLines(t *testing.T) {
	t.Setenv("TERM", "dumb")
	s := begin(t, 80, 24, Config{}, &fake{})
	s.sees("lab>")
	s.types("ab\x7fc\n")
	s.sees("lab> ac", "got ac", "lab>")
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	s.sees("lab> ac", "got ac", "lab>", "lab>")
	s.types("\x04")
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
	if strings.Contains(s.written(), "\x1b") {
		t.Errorf("escape sequences were written: %q", s.written())
	}
}
