//go:build linux || darwin

package repl

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

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
	s := sit(t, 80, 24, Config{}, f)
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
		entry := fmt.Sprintf("entry%d", i)
		s.types(entry)
		s.waits(entry, func() bool { return strings.HasSuffix(strings.TrimRight(s.screen(), " "), "lab> "+entry) })
		s.types("\x12x\x07\x01\x05\r")
		s.waits("its echo", func() bool { return strings.Contains(s.written(), "got "+entry+"\r\n") })
		if torn := s.screen(); strings.Contains(torn, "lab> writer") {
			t.Errorf("output tore the line:\n%s", torn)
		}
	}
	for range 4 {
		<-done
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

func TestALineOfSeveralRowsLeavesWhatIsAboveAlone(t *testing.T) {
	const entry = `sr(IP{dst="192.168.11.2"}/TCP{dport=57212, sport=1234, flags="S", options={{"MSS",1460},{"NOP"},{"WScale",7}}}/"payload 世界")`
	for _, size := range [][2]int{{100, 24}, {45, 24}, {45, 8}, {128, 24}, {64, 5}, {31, 9}} {
		for _, lines := range []int{0, size[1] / 2, 2 * size[1]} {
			t.Run(fmt.Sprint(size, lines), func(t *testing.T) {
				t.Parallel()
				s := sit(t, size[0], size[1], Config{}, &fake{})
				var above []string
				for i := range lines {
					above = append(above, fmt.Sprint("line ", i))
					fmt.Fprintln(s.shell.Stdout(), above[i])
				}
				s.edits(above, "")
				s.enters("before")
				above = append(above, "lab> before", "got before")
				line := entry
				s.types(line)
				s.edits(above, line)
				for _, step := range []struct{ keys, line string }{
					{"\x1b[H", entry}, {"x", "x" + entry}, {"\x1b[D", "x" + entry}, {"yz", "yzx" + entry}, {"\x06\x06", "yzx" + entry},
					{"\x1b[F", "yzx" + entry}, {"!", "yzx" + entry + "!"}, {"\x1b[A", "before"}, {"\x1b[B", "yzx" + entry + "!"},
					{"\x01\x0b", ""}, {"\x19", "yzx" + entry + "!"}, {"\x1bb\x1bb\x17", "yzx" + strings.Replace(entry, `WScale",`, "", 1) + "!"},
				} {
					line = step.line
					s.types(step.keys)
					s.edits(above, line)
				}
				if strings.Contains(s.written(), "\b") { // from the first column, some terminals go up with it and some do not
					t.Errorf("the terminal was sent a backspace: %q", s.written())
				}
			})
		}
	}
}

// edits waits until the terminal shows a line that is edited, and above it the end of what was written before.
func (s *sitting) edits(above []string, line string) {
	s.t.Helper()
	columns, rows := s.display.Size()
	whole := vt10x.New(vt10x.WithSize(columns, rows))
	for _, r := range "lab> " + line {
		show(whole, r)
	}
	want := shown(whole)
	s.waits("below the output:\n"+want, func() bool {
		output, found := strings.CutSuffix("\n"+s.screen(), "\n"+want)
		return found && (output != "" || len(above) == 0) && strings.HasSuffix("\n"+strings.Join(above, "\n"), output)
	})
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

func TestColorsPaintTheLine(t *testing.T) {
	s := sit(t, 80, 24, Config{Color: true}, &fake{})
	s.types("local x = 'a' -- b\r")
	s.sees("lab> local x = 'a' -- b", "got local x = 'a' -- b", "lab>")
	if want := "\x1b[35mlocal\x1b[0m x = \x1b[32m'a'\x1b[0m \x1b[90m-- b"; !strings.Contains(s.written(), want) {
		t.Errorf("want %q in %q", want, s.written())
	}
}
