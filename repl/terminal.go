package repl

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/chzyer/readline"

	"github.com/moonwire/moonwire/craft/values"
)

// minWidth is the least number of columns behind the prompt; a prompt that leaves less is cut.
const minWidth = 8

// A terminal edits lines with readline, whose goroutine handles the keys and shares its state without locks. So nothing
// else touches that state while a line is edited, and the keyboard gives that goroutine one key at a time. readline draws
// nothing: where a line of several rows meets the bottom of the screen, it takes the wrong rows for its own. The screen
// draws.
type terminal struct {
	rl     *readline.Instance
	keys   *keyboard
	screen *screen
	past   *history
	color  bool

	raw   *readline.State // how the terminal was before the line; nil between lines
	asked question        // set before a line, read while it is edited

	// The editing goroutine's.
	line   []rune // being edited
	pos    int    // of the cursor
	last   bool   // the key that is handled ends the line
	tabbed string // what was written when Tab found nothing to add
	sought search
	gone   chan struct{}
}

// newTerminal makes an editor on the terminal that in is.
func newTerminal(in *os.File, s *Shell, past *history) (*terminal, error) {
	t := &terminal{screen: s.screen, past: past, color: s.config.Color, gone: make(chan struct{})}
	var keys io.Reader = in
	if in == os.Stdin {
		keys = readline.Stdin // where systems differ
	}
	t.keys = newKeyboard(keys, s)
	config := &readline.Config{
		HistoryLimit: maxHistory + 1, DisableAutoSaveHistory: true, HistorySearchFold: true,
		AutoComplete: noCompleter{}, Listener: t, FuncFilterInputRune: t.filter,
		Stdin: io.NopCloser(t.keys), Stdout: sieve{s.screen}, Stderr: io.Discard,
		FuncIsTerminal:     func() bool { return false }, // else it draws
		FuncGetWidth:       func() int { return 80 },     // for what it would draw
		FuncOnWidthChanged: func(func()) {},
		FuncMakeRaw:        func() error { return t.makeRaw(int(in.Fd())) },
		FuncExitRaw:        func() error { return t.restore(int(in.Fd())) },
	}
	var err error
	t.rl, err = readline.NewEx(config)
	return t, err
}

// A sieve takes what readline writes to the terminal and lets only the bell through, and the way to the top at Ctrl-L.
type sieve struct{ screen *screen }

func (s sieve) Write(text []byte) (int, error) {
	if written := string(text); written == "\a" || written == "\x1b[H" {
		s.screen.mu.Lock()
		defer s.screen.mu.Unlock()
		s.screen.show(written)
	}
	return len(text), nil
}

func (t *terminal) makeRaw(fd int) (err error) {
	t.raw, err = readline.MakeRaw(fd)
	return err
}

func (t *terminal) restore(fd int) error {
	if t.raw == nil {
		return nil
	}
	state := t.raw
	t.raw = nil
	return readline.Restore(fd, state)
}

// recall gives readline the history. It is given all of it again for each line, since editing changes its copy; and an
// empty one when there is none, without which searching it panics.
func (t *terminal) recall() error {
	t.rl.ResetHistory()
	if len(t.past.entries) == 0 {
		return t.rl.SaveHistory("")
	}
	for _, entry := range t.past.entries {
		if err := t.rl.SaveHistory(entry); err != nil {
			return err
		}
	}
	return nil
}

func (t *terminal) readLine(ctx context.Context, q question) (string, error) {
	stop := context.AfterFunc(ctx, t.keys.close)
	defer stop()
	if t.keys.over() {
		return "", io.EOF
	}
	t.ask(q)
	if err := t.recall(); err != nil {
		return "", err
	}
	line, err := t.rl.Readline()
	t.screen.finish(nil, "") // a line that broke off
	switch {
	case t.keys.over() && t.keys.err != nil:
		return "", t.keys.err
	case errors.Is(err, readline.ErrInterrupt):
		return "", errDropped
	}
	return line, err
}

// ask prepares for a question.
func (t *terminal) ask(q question) {
	columns, _ := t.screen.size()
	runes := []rune(q.prompt)
	if wide := len(runes) - max(2, columns-minWidth); wide > 0 {
		runes = runes[wide:]
	}
	q.prompt = string(runes)
	if rest := []rune(q.rest); len(rest) > len(runes) {
		q.rest = string(rest[len(rest)-len(runes):])
	}
	t.asked = q
}

func (t *terminal) remember(entry string) error { return t.past.add(entry) }

// close ends readline's goroutines. The read of the terminal that one of them waits for may stay behind.
func (t *terminal) close() error {
	t.keys.close()
	t.rl.Terminal.KickRead()
	<-t.gone
	return firstError(t.rl.Config.Stdin.Close(), t.rl.Terminal.ExitRawMode())
}

// filter sees each key before readline handles it, on the goroutine that edits. Without ok, nothing handles it.
func (t *terminal) filter(r rune) (_ rune, ok bool) {
	searching := t.rl.Operation.IsSearchMode()
	empty := len(t.line) == 0
	suffix := ""
	t.last = false
	switch r {
	case 0:
		t.leave()
	case readline.CharDelete:
		t.last = empty && !searching
		if empty && t.keys.forward {
			t.keys.turn()
			return r, false
		}
	case readline.CharInterrupt:
		t.last, suffix = !searching, "^C"
	case readline.CharEnter, readline.CharCtrlJ:
		t.last = true
	case pasteRune:
		if searching { // for a line
			t.rl.Terminal.Bell()
			t.keys.turn()
			return r, false
		}
	case readline.CharTranspose:
		if len(t.line) < 2 { // readline would put the cursor behind the end
			t.keys.turn()
			return r, false
		}
	}
	if t.last { // behind this key another goroutine goes on
		t.sought = search{}
		t.screen.finish(t.edited(), suffix)
		t.line, t.pos, t.tabbed = nil, 0, ""
	}
	return r, true
}

// leave ends the goroutine that edits because there are no more keys. What was written of a line is dropped.
func (t *terminal) leave() {
	t.rl.Operation.Close()
	close(t.gone)
	runtime.Goexit()
}

// OnChange is told of each key once it has been handled, on the goroutine that edits, and of the beginning of a line.
func (t *terminal) OnChange(line []rune, pos int, r rune) (newLine []rune, newPos int, ok bool) {
	switch {
	case r == 0:
		t.screen.begin(edit{prompt: t.asked.prompt, rest: t.asked.rest, hint: t.asked.hint, grey: t.color})
		t.keys.turn()
		return nil, 0, false
	case t.last: // the next line is not this goroutine's to begin
		return nil, 0, false
	}
	t.line, t.pos = line, pos
	t.sought.follow(r, t.rl.Operation.IsSearchMode())
	switch r {
	case readline.CharTab:
		newLine, newPos, ok = t.complete(line, pos)
	case pasteRune:
		newLine, newPos, ok = t.paste(line, pos)
	}
	if ok {
		t.line, t.pos = newLine, newPos
	}
	if r == readline.CharCtrlL {
		t.screen.atTop()
	}
	if !t.keys.more() { // of what is pasted, only the last is drawn
		t.screen.change(t.edited())
	}
	t.keys.turn()
	return newLine, newPos, ok
}

// pasteRune stands in the line for what was pasted.
const pasteRune = '\U0010fffd'

// paste puts what was pasted in the place of the rune before the cursor. When it ends a line, Enter follows.
func (t *terminal) paste(line []rune, pos int) (newLine []rune, newPos int, ok bool) {
	text := t.keys.pasted
	if pos == len(line) && strings.HasSuffix(text, "\n") {
		text = strings.TrimRight(text, "\n")
		t.keys.press("\r")
	}
	newLine = append([]rune(nil), line[:pos-1]...)
	newLine = append(newLine, []rune(text)...)
	return append(newLine, line[pos:]...), pos - 1 + len([]rune(text)), true
}

// edited makes the screen's line the one that is edited.
func (t *terminal) edited() func(*edit) {
	return func(e *edit) {
		e.prompt, e.text, e.before, e.under = t.asked.prompt, values.Visible(string(t.line)), values.Visible(string(t.line[:t.pos])), 0
		if t.pos < len(t.line) {
			e.under, _ = utf8.DecodeRuneInString(values.Visible(string(t.line[t.pos:])))
		}
		if e.hint = t.asked.hint; t.sought.going {
			e.prompt, e.hint = t.sought.prompt(t.line), ""
		}
		if t.color {
			e.text = paint(t.asked.block, e.text)
		}
	}
}
