//go:build linux || darwin

package repl

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// TestProgressIsTakenAwayBeforeAnythingElse shows lines of progress between output, behind half a line, and while a line is edited.
func TestProgressIsTakenAwayBeforeAnythingElse(t *testing.T) {
	f, next := &fake{}, make(chan bool)
	f.answers = map[string]func(context.Context) (string, error){"long": func(context.Context) (string, error) {
		s := f.shell
		s.Progress("1 of 3")
		<-next
		s.Progress("2 of 3, and much that has no room in the row\x1b[2J")
		<-next
		fmt.Fprintln(s.Stderr(), "a notice")
		s.Progress("3 of 3")
		fmt.Fprint(s.Stdout(), "half ")
		s.Progress("nobody sees this")
		fmt.Fprintln(s.Stdout(), "a line")
		s.Progress("at the end")
		<-next
		return "the value", nil
	}}
	s := sit(t, 20, 24, Config{}, f)
	s.types("long\r")
	s.sees("lab> long", "1 of 3")
	next <- true
	s.sees("lab> long", "2 of 3, and much th")
	next <- true
	s.sees("lab> long", "a notice", "half a line", "at the end")
	next <- true
	s.sees("lab> long", "a notice", "half a line", "the value", "lab>")
	s.types("typed")
	s.sees("lab> long", "a notice", "half a line", "the value", "lab> typed")
	s.shell.Progress("nobody sees this")
	s.types("!")
	s.sees("lab> long", "a notice", "half a line", "the value", "lab> typed!")
}

// TestOutputShowsProgressOnATerminal has the streams of a command without a prompt on a terminal, and elsewhere.
func TestOutputShowsProgressOnATerminal(t *testing.T) {
	var other bytes.Buffer
	if _, _, progress := Output(&other, &other); progress != nil {
		t.Error("there is progress without a terminal")
	}
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	if _, _, progress := Output(tty, &other); progress != nil {
		t.Error("there is progress where standard error is no terminal")
	}
	if err := pty.Setsize(keyboard, &pty.Winsize{Cols: 40, Rows: 10}); err != nil {
		t.Fatal(err)
	}
	out, errs, progress := Output(&other, tty)
	progress("sent 1")
	fmt.Fprintln(out, "a value\x1b[2J")
	progress("sent 2")
	fmt.Fprintln(errs, "a notice\x1b[2J")
	progress("sent 3")
	progress("")
	fmt.Fprintln(errs, "the end")
	display := vt10x.New(vt10x.WithSize(40, 10))
	for text := ""; !strings.Contains(text, "the end"); {
		buf := make([]byte, 1024)
		n, err := keyboard.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		text += string(buf[:n])
		_, _ = display.Write(buf[:n])
	}
	tty.Close()
	if got := shown(display); got != `a notice\x1b[2J`+"\nthe end" {
		t.Errorf("the terminal shows %q", got)
	}
	if other.String() != "a value\x1b[2J\n" {
		t.Errorf("the pipe got %q", other.String())
	}
}
