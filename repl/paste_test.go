//go:build linux || darwin

package repl

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// pasted is text between a terminal's marks, with the line ends that terminals send.
func pasted(text string) string {
	return pasteBegins + strings.ReplaceAll(text, "\n", "\r") + pasteEnds
}

func TestAPasteIsOneEntry(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types(pasted("local a = 1\nfor i = 1, 2 do\n\ta = a + i\n\nend\na\nlocal b = a * 2"))
	s.sees("lab> local a = 1", "...> for i = 1, 2 do", "...>     a = a + i", "...>", "...> end", "...> a", "...> local b = a * 2")
	s.types("\r")
	s.waits("its value", func() bool { return strings.HasSuffix(s.screen(), "...> local b = a * 2\n4\nlab>") })
	s.enters("a, b")
	s.waits("the locals", func() bool { return strings.HasSuffix(s.screen(), "lab> a, b\n4       8\nlab>") })
}

func TestAPasteThatEndsItsLineRuns(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types(pasted("x = 1\nx + 1\n\n"))
	s.sees("lab> x = 1", "...> x + 1", "2", "lab>")
	s.types("(" + pasted("40") + "\x01\x1b[C" + pasted("1 +\n") + "\x05)\r")
	s.sees("lab> x = 1", "...> x + 1", "2", "lab> (1 +", "...> 40)", "41", "lab>")
}

func TestAReturnEndsAPaste(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types(pasted("local sa\nif not sa then print('no answer') return end\nprint('sending anyway')\n"))
	s.finds("return ends it: what follows was not run, from line 3 on")
	s.enters("1 + 1")
	s.waits("what is typed next", func() bool { return strings.HasSuffix(s.screen(), "lab> 1 + 1\n2\nlab>") })
	if lines := strings.Split(s.screen(), "\n"); slices.Contains(lines, "sending anyway") || !slices.Contains(lines, "no answer") {
		t.Error(s.screen())
	}
}

func TestAPasteEndsAtItsFirstError(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types(pasted("x = 1\nerror('no')\nx = 2\nx\n"))
	s.finds("what follows was not run, from line 3 on")
	s.enters("x")
	s.waits("x", func() bool { return strings.HasSuffix(s.screen(), "lab> x\n1\nlab>") })
	s.types(pasted("x = 3\ny = = 4\n"))
	s.finds("nothing of it was run")
	s.finds("y = = 4\n    ^\nprompt:2: syntax error near '='")
	s.enters("x")
	s.waits("x", func() bool { return strings.HasSuffix(s.screen(), "lab> x\n1\nlab>") })
}

func TestAPasteThatIsOpenGoesOn(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types(pasted("x = 0\nfor i = 1, 3 do\n"))
	s.finds(`-- waits for "end" of "for" in line 2; Ctrl-C drops it`)
	s.enters("x = x + i", "end", "x")
	s.waits("x", func() bool { return strings.HasSuffix(s.screen(), "lab> x\n6\nlab>") })
}

func TestABlockOfPythonsEndsWithAnEmptyLineOrAPaste(t *testing.T) {
	s := atLua(t, 120, 40)
	s.enters("x = 0", "for i in range(4):")
	s.finds("-- in Lua: for i = 0, 3 do ... end")
	s.enters("    x += i", "", "x")
	s.waits("x", func() bool { return strings.HasSuffix(s.screen(), "lab> x\n6\nlab>") })
	s.types(pasted(">>> for i in range(4):\n...     if i:\n...         x += i\n...\n>>> x\n"))
	s.waits("x", func() bool { return strings.HasSuffix(s.screen(), "12\nlab>") })
	s.types(pasted("def f(y):\n    return y + 1\n\n# a comment\nf(x)"))
	s.types("\r")
	s.waits("f(x)", func() bool { return strings.HasSuffix(s.screen(), "13\nlab>") })
	s.enters("f(IP(ttl=1", "")
	s.finds("the bracket ( of line 1 is never closed")
}

func TestAPasteIsEditedAndRecalled(t *testing.T) {
	f := &fake{}
	s := sit(t, 80, 24, Config{}, f)
	s.types(pasted("one\ntwo\nthree") + "\x02\x02\x02\x02\x02\x02X\r")
	s.finds("got one\ntwoX\nthree")
	s.types("\x1b[A")
	s.waits("the entry", func() bool { return strings.HasSuffix(s.screen(), "lab> one\n...> twoX\n...> three") })
	s.types("\x7f\x7f\r")
	s.waits("its answer", func() bool { return strings.HasSuffix(s.screen(), "got one\ntwoX\nthr\nlab>") })
	s.types("\x12woX")
	s.finds("with 'woX': one\n...> twoX\n...> thr")
	s.types(pasted("nothing") + "\x07\x15last\r") // in a search a paste has no meaning
	s.finds("got last")
}

func TestCtrlCDropsAPaste(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types(pasted("one\ntwo") + "\x03")
	s.sees("lab> one", "...> two^C", "lab>")
	s.types(pasteBegins + "a paste whose end never comes\r\x03") // the line is empty still
	s.sees("lab> one", "...> two^C", "lab> ^C", "lab>")
	s.enters("1")
	s.finds("got 1")
}

func TestCtrlCStopsTheRestOfAPaste(t *testing.T) {
	f := &stepwise{fake: fake{answers: map[string]func(context.Context) (string, error){
		"wait": func(ctx context.Context) (string, error) { <-ctx.Done(); return "", errInterrupted },
	}}}
	s := sit(t, 80, 24, Config{}, f)
	s.types(pasted("first\nwait\nlast\n"))
	s.finds("got first")
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil { // the terminal is not this process's own
		t.Fatal(err)
	}
	s.finds("what follows was not run, from line 3 on")
	if strings.Contains(s.screen(), "got last") {
		t.Errorf("the rest was run:\n%s", s.screen())
	}
}

// A stepwise interpreter takes each line for a step.
type stepwise struct{ fake }

func (f *stepwise) Read(name, source string) (e lua.Entry, err error) {
	for i, line := range strings.Split(source, "\n") {
		e.Steps = append(e.Steps, strings.Repeat("\n", i)+line)
	}
	return e, nil
}

func (f *stepwise) Eval(ctx context.Context, name, step string) (string, bool, error) {
	return f.fake.Eval(ctx, name, strings.TrimLeft(step, "\n"))
}

func TestALongPasteIsDrawnAndRun(t *testing.T) {
	s := atLua(t, 40, 10)
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("t%d = %d -- %s", i, i, strings.Repeat("x", i)))
	}
	s.types(pasted(strings.Join(lines, "\n")))
	s.finds("...> t39 = 39")
	s.types("\r")
	s.enters("t0 + t39")
	s.waits("the sum", func() bool { return strings.HasSuffix(s.screen(), "lab> t0 + t39\n39\nlab>") })
}

func TestAPasteThatIsTooLongIsDropped(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	go func() { // the terminal takes no more than is read
		long := strings.Repeat(strings.Repeat("x", 1000)+"\r", maxPaste/1000+10)
		_, _ = s.keyboard.WriteString(pasteBegins + long + pasteEnds + "\x15end\r")
	}()
	s.finds("what is pasted is dropped: want at most 4194304 bytes")
	s.finds("got end")
}

func TestAnExitInAPasteLeaves(t *testing.T) {
	s := atLua(t, 80, 24)
	s.types(pasted("print('one')\nexit()\nprint('two')\n"))
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
	s.finds("print('two')\none")
	if strings.Contains(s.screen(), "\ntwo") {
		t.Errorf("the screen:\n%s", s.screen())
	}
}

func TestAnOpenBlockSaysWhatItWaitsFor(t *testing.T) {
	s := atLua(t, 80, 24)
	s.enters("for i = 1, 2 do")
	s.sees("lab> for i = 1, 2 do", `...> -- waits for "end" of "for" in line 1; Ctrl-C drops it`)
	s.types("p")
	s.sees("lab> for i = 1, 2 do", "...> p")
	s.types("rint(i, (\r")
	s.finds(`...> -- waits for ")" of "(" in line 2; Ctrl-C drops it`)
	s.enters("i))", "")
	s.finds(`...> -- waits for "end" of "for" in line 1; one more empty line ends it`)
	s.enters("")
	s.finds("it waits for\n\"end\" of \"for\" in line 1")
	s.enters("x =", "")
	s.finds("it waits for\nwhat follows \"=\"")
	s.enters("x = [[", "", "", "]]", "#x")
	s.waits("the text", func() bool { return strings.HasSuffix(s.screen(), "lab> #x\n2\nlab>") })
}

func TestWhatIsWaitedForFitsANarrowTerminal(t *testing.T) {
	s := atLua(t, 50, 24)
	s.enters("for i = 1, 2 do")
	s.sees("lab> for i = 1, 2 do", `...> -- waits for "end" of "for" in line 1`, "     -- Ctrl-C drops it")
	s.enters("end", "1")
	s.sees("lab> for i = 1, 2 do", "...> end", "lab> 1", "1", "lab>")
}

func TestPastesAreMarkedOnlyWhileALineIsEdited(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("1\r")
	s.finds("got 1")
	s.ready()
	if got := s.written(); strings.Count(got, pasteOn) != 2 || strings.Count(got, pasteOff) != 1 || strings.LastIndex(got, pasteOn) < strings.LastIndex(got, pasteOff) {
		t.Errorf("%q", got)
	}
	s.types("\x04")
	if err := s.leaves(); err != nil {
		t.Error(err)
	}
	s.waits("the marks are off", func() bool { return strings.Count(s.written(), pasteOff) == 2 })
}
