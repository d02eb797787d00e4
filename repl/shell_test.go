//go:build linux || darwin

package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

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

func (l *lateState) Eval(ctx context.Context, name, source string) (string, bool, error) {
	if l.state == nil {
		l.state = lua.New(lua.Config{Stdout: l.shell.Stdout(), Stderr: l.shell.Stderr()})
	}
	return l.state.Eval(ctx, name, source)
}

func TestExpressionsStatementsAndBlocksAreEvaluated(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types("1 + 1\r")
	s.types("for i = 1, 2 do\r  print(i)\rend\r")
	s.types("x = 7\rx\r")
	s.sees("lab> 1 + 1", "2", "lab> for i = 1, 2 do", "...>   print(i)", "...> end", "1", "2", "lab> x = 7", "lab> x", "7", "lab>")
	s.types("exit\r")
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
}

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
	s.waits("the cursor below", func() bool { c := s.display.Cursor(); return c.X == 0 && c.Y == 3 })
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
	s.types("do\rmore\x03")
	s.types("1\r")
	s.sees("lab> half^C", "lab> do", "...> more^C", "lab> 1", "got 1", "lab>")
}

func TestControlBytesAndUnknownKeysAreHarmless(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("a\x1a\x00\x1c\x0f\x16\x18\x1d\x1e\x1f\x14\x1b[15~\x1bOP\x1b[[A\x1b[200~b\x1b[201~\x1b[1;2P\xff\xc2\x80c\r")
	s.sees("lab> abc", "got abc", "lab>")
	s.types("\x00\x1a\x14x\x14\x1b\x14y\r")
	s.sees("lab> abc", "got abc", "lab> xy", "got xy", "lab>")
}

func TestWordsAndArrowsMoveTheCursor(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("one two\x1b[1;5D2\x1bb1\x1b[F3\x1b[D\x1b[C\x1bOD!\r")
	s.sees("lab> 1one 2two!3", "got 1one 2two!3", "lab>")
}

func TestOutputWithoutANewlineIsKept(t *testing.T) {
	f := &fake{}
	f.answers = map[string]func(context.Context) (string, error){"half": func(context.Context) (string, error) {
		fmt.Fprint(f.shell.Stdout(), "half a line")
		return "", nil
	}}
	s := sit(t, 80, 24, Config{}, f)
	s.types("half\r")
	s.sees("lab> half", "half a line", "lab>")
}

func TestOutputWhileTypingAppearsAboveTheLine(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("par\x1b[Dtial")
	s.sees("lab> patialr")
	fmt.Fprint(s.shell.Stdout(), "first\nsec")
	fmt.Fprint(s.shell.Stderr(), "notice\n")
	s.sees("first", "notice", "lab> patialr")
	s.types("!")
	s.sees("first", "notice", "lab> patial!r")
	fmt.Fprint(s.shell.Stdout(), "ond\nrest")
	s.sees("first", "notice", "second", "lab> patial!r")
	s.types("\r")
	s.sees("first", "notice", "second", "lab> patial!r", "rest", "got patial!r", "lab>")
}

func TestManyWritersDoNotTearTheLine(t *testing.T) {
	f := &fake{}
	s := sit(t, 80, 2000, Config{}, f)
	done := make(chan struct{})
	for w := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range 200 {
				fmt.Fprintf(s.shell.Stdout(), "writer %d ", w)
				fmt.Fprintf(s.shell.Stderr(), "line %d\n", i)
			}
		}()
	}
	for i := range 40 {
		s.types(fmt.Sprintf("entry%d\x12x\x07\x01\x05\r", i))
	}
	for range 4 {
		<-done
	}
	s.waits("all the entries", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.entries) == 40
	})
	for i, entry := range f.entries {
		if want := fmt.Sprintf("entry%d", i); entry != want {
			t.Errorf("entry %d is %q, want %q", i, entry, want)
		}
	}
}

func TestANarrowTerminalWrapsAndEdits(t *testing.T) {
	s := sit(t, 20, 12, Config{}, &fake{})
	s.types("abcdefghijklmnopqrstuvwxyz0123456789")
	s.sees("lab> abcdefghijklmno", "pqrstuvwxyz012345678", "9")
	s.types("\x01X\x05Y\x02\x02Z")
	s.sees("lab> Xabcdefghijklmn", "opqrstuvwxyz01234567", "8Z9Y")
	fmt.Fprint(s.shell.Stdout(), "late\n")
	s.sees("late", "lab> Xabcdefghijklmn", "opqrstuvwxyz01234567", "8Z9Y")
	s.types("\x15short\x05\x0b\r")
	s.finds("got short9Y"[:9])
}

func TestAPromptWiderThanTheTerminalIsCut(t *testing.T) {
	s := sit(t, 80, 12, Config{}, &fake{})
	s.end()
	_ = s.leaves()
	q := question{prompt: "lab:a-network-with-a-long-name> "}
	editor := s.shell.editor.(*terminal)
	for width := 1; width < 40; width++ {
		if err := pty.Setsize(s.keyboard, &pty.Winsize{Cols: uint16(width), Rows: 12}); err != nil {
			t.Fatal(err)
		}
		editor.ask(q)
		if got := len(editor.asked.prompt); got > max(2, width-minWidth) || !strings.HasSuffix(q.prompt, editor.asked.prompt) {
			t.Errorf("in %d columns the prompt is %q", width, editor.asked.prompt)
		}
	}
}

func TestAResizeIsHarmless(t *testing.T) {
	s := sit(t, 80, 12, Config{}, &fake{})
	s.types("some words")
	s.finds("some words")
	for _, columns := range []int{5, 120, 13, 20, 6, 80} {
		if err := pty.Setsize(s.keyboard, &pty.Winsize{Cols: uint16(columns), Rows: 12}); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
			t.Fatal(err)
		}
		s.types("\x02x\x05")
	}
	s.types("\r")
	s.finds("got some wordxxxxxxs")
}

func TestPastedLinesAreEntriesOfTheirOwn(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types("a = 1\rif a then\r\tprint('tab')\rend\ra\r")
	s.sees("lab> a = 1", "lab> if a then", "...>  print('tab')", "...> end", "tab", "lab> a", "1", "lab>")
}

func TestErrorsPointAtTheColumn(t *testing.T) {
	faults := map[string]error{
		"one":      &lua.Error{Script: "prompt", Line: 1, Column: 3, What: "no good"},
		"nowhere":  &lua.Error{Script: "prompt", What: "no good"},
		"line":     &lua.Error{Script: "prompt", Line: 1, What: "no good"},
		"file":     &lua.Error{Script: "x.lua", Line: 1, Column: 1, What: "no good"},
		"far":      &lua.Error{Script: "prompt", Line: 1, Column: 99, What: "no good"},
		"a\n\tb c": &lua.Error{Script: "prompt", Line: 2, Column: 4, What: "no good"},
		"a\nb":     &lua.Error{Script: "prompt", Line: 9, Column: 4, What: "no good"},
		"other":    errors.New("prompt:1: no good"),
	}
	wants := map[string]string{
		"one":      "one\n  ^\nno good",
		"nowhere":  "no good",
		"line":     "no good",
		"file":     "x.lua:1: no good",
		"far":      "far\n   ^\nno good",
		"a\n\tb c": "\tb c\n\t  ^\nprompt:2: no good",
		"a\nb":     "prompt:9: no good",
		"other":    "no good",
	}
	for source, want := range wants {
		if got := explain(fmt.Errorf("%w", faults[source]), source, false); got != want {
			t.Errorf("%q: got %q, want %q", source, got, want)
		}
	}
	if got, want := explain(faults["one"], "one", true), "one\n  \x1b[31m^\x1b[0m\n\x1b[31mno good\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnErrorIsShownAndThePromptGoesOn(t *testing.T) {
	fault := &lua.Error{Script: "prompt", Line: 1, Column: 5, What: "no good"}
	s := sit(t, 80, 24, Config{}, &fake{answers: map[string]func(context.Context) (string, error){
		"bad one": func(context.Context) (string, error) { return "", fault },
	}})
	s.types("bad one\r")
	s.sees("lab> bad one", "bad one", "    ^", "no good", "lab>")
}

func TestTabInsertsListsAndHelps(t *testing.T) {
	f := &fake{candidates: []string{"capture", "captured", "TCP{"}, help: "about it"}
	s := sit(t, 40, 24, Config{}, f)
	s.types("x = c\t")
	s.sees("lab> x = capture")
	s.types("\t")
	s.sees("capture   captured", "lab> x = capture")
	s.types("\t")
	s.sees("capture   captured", "about it", "lab> x = capture")
	s.types("\x15(tc\x06\x05 1\x02\x02\t")
	s.sees("capture   captured", "about it", "lab> (TCP{ 1")
	s.types("\x15none\t")
	s.sees("capture   captured", "about it", "about it", "lab> none 1")
}

func TestTabInABlockSeesTheWholeEntryAndIndents(t *testing.T) {
	f := &fake{candidates: []string{"do\nfoo"}, open: func(source string) bool { return !strings.Contains(source, "end") }}
	s := sit(t, 40, 24, Config{}, f)
	s.types("do\r")
	s.finds("...>")
	s.types("\t")
	s.finds("...>")
	s.types("fo\t")
	s.types("end\r")
	s.finds("got do")
	if got, want := f.entries[0], "do\n  foend"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFaultInCompletionIsSurvived(t *testing.T) {
	s := sit(t, 40, 24, Config{}, &faulty{})
	s.types("x\t")
	s.types("y\r")
	s.sees("lab> xy", "got xy", "lab>")
}

// faulty cannot complete.
type faulty struct{ fake }

func (*faulty) Complete(string) ([]string, int, string) { panic("a fault") }

func TestHistoryIsRecalledSearchedAndSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "history")
	f := &fake{open: func(source string) bool { return strings.HasPrefix(source, "do") && !strings.HasSuffix(source, "end") }}
	s := sit(t, 80, 24, Config{History: path}, f)
	s.types("one\rone\r secret\rdo -- comment\r  two\rend\r")
	s.types("\x1b[A\x1b[AX\r") // oneX
	s.types("\x12tw\r")
	s.types("\x12nothing of the kind\x07\x03last\r")
	s.finds("got last")
	want := []string{"one", "one", " secret", "do -- comment\n  two\nend", "oneX", "do two end", "last"}
	if got := strings.Join(f.entries, "|"); got != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", f.entries, want)
	}
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(saved), "one\ndo two end\noneX\ndo two end\nlast\n"; got != want {
		t.Errorf("saved %q, want %q", got, want)
	}
	again := sit(t, 80, 24, Config{History: path}, &fake{})
	again.types("\x10\r")
	again.sees("lab> last", "got last", "lab>")
}

func TestSearchingAnEmptyHistoryIsHarmless(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("\x12\x03\x12x\x7f\x7f\x07\x13y\x1b[Az\x0e\x10\x15fine\r")
	s.finds("got fine")
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

func TestColorsPaintTheLine(t *testing.T) {
	s := sit(t, 80, 24, Config{Color: true}, &fake{})
	s.types("local x = 'a' -- b\r")
	s.sees("lab> local x = 'a' -- b", "got local x = 'a' -- b", "lab>")
	s.mu.Lock()
	defer s.mu.Unlock()
	if want := "\x1b[35mlocal\x1b[0m x = \x1b[32m'a'\x1b[0m \x1b[90m-- b"; !strings.Contains(s.seen.String(), want) {
		t.Errorf("want %q in %q", want, s.seen.String())
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
	p.types("\x03\x1c\x03")
	release.Close()
	p.waits("two interrupts", func() bool { return strings.Count(p.screen(), "interrupted") == 2 })
	p.types("alive\r")
	p.finds("got alive")
	p.types("\x1a\x1cstill\r")
	p.finds("got still")
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
