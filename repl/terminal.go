package repl

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"

	"github.com/chzyer/readline"
)

// minWidth is the least number of columns behind the prompt; a prompt that leaves less is cut.
const minWidth = 8

// A terminal edits lines with readline, whose goroutine handles the keys and shares its state without locks. So nothing
// else touches that state while a line is edited: output, a new size and completion are done by that goroutine, between
// two keys, and the keyboard gives it one key at a time.
type terminal struct {
	rl     *readline.Instance
	keys   *keyboard
	screen *screen
	past   *history
	color  bool

	raw     *readline.State // how the terminal was before the line; nil between lines
	resized func()          // readline's own

	// Set before a line, read while it is edited.
	asked  question
	narrow int // no terminal is taken for narrower, in columns

	// The editing goroutine's.
	line   []rune // being edited
	last   bool   // the key that is handled ends the line
	tabbed string // what was written when Tab found nothing to add
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
		AutoComplete: noCompleter{}, Listener: t, Painter: t, FuncFilterInputRune: t.filter,
		InterruptPrompt: "^C", EOFPrompt: "\n", // a newline and nothing else
		Stdin: io.NopCloser(t.keys), Stdout: s.screen.terminal, Stderr: s.screen.terminal,
		FuncGetWidth:       func() int { return max(t.narrow, s.screen.width()) },
		FuncIsTerminal:     func() bool { return true },
		FuncMakeRaw:        func() error { return t.makeRaw(int(in.Fd())) },
		FuncExitRaw:        func() error { return t.restore(int(in.Fd())) },
		FuncOnWidthChanged: func(resized func()) { t.resized = resized },
	}
	var err error
	t.rl, err = readline.NewEx(config)
	return t, err
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
	t.screen.hold()
	line, err := t.rl.Readline()
	t.screen.release(t.keys.over())
	switch {
	case t.keys.over() && t.keys.err != nil:
		return "", t.keys.err
	case errors.Is(err, readline.ErrInterrupt):
		return "", errDropped
	}
	return line, err
}

// ask prepares readline for a question. A prompt as wide as the terminal, or a multiple, would send it round in circles.
func (t *terminal) ask(q question) {
	runes := []rune(q.prompt)
	if wide := len(runes) - max(2, t.screen.width()-minWidth); wide > 0 {
		runes = runes[wide:]
	}
	q.prompt = string(runes)
	t.asked, t.narrow = q, readline.Runes{}.WidthAll(runes)+minWidth
	t.rl.SetPrompt(q.prompt)
	t.resized()
}

func (t *terminal) remember(entry string) error { return t.past.add(entry) }

// close ends readline's goroutines. The read of the terminal that one of them waits for may stay behind.
func (t *terminal) close() error {
	t.keys.close()
	t.rl.Terminal.KickRead()
	<-t.gone
	return firstError(t.rl.Config.Stdin.Close(), t.rl.Terminal.ExitRawMode())
}

// filter sees each key before readline handles it, on the goroutine that edits.
func (t *terminal) filter(r rune) (rune, bool) {
	searching := t.rl.Operation.IsSearchMode()
	empty := len(t.line) == 0
	t.last = false
	switch r {
	case 0:
		t.leave()
	case wakeRune:
		t.resized()
		if !t.screen.show(t.rl.Stdout()) {
			t.rl.Refresh() // a new size
		}
		return readline.CharBell, true // which means nothing to a line
	case readline.CharDelete:
		if empty && t.keys.forward {
			t.rl.Terminal.KickRead() // it waits for readline to tell that this was not the end
			return readline.CharBell, true
		}
		t.last = empty && !searching
	case readline.CharInterrupt:
		t.last = !searching
	case readline.CharEnter, readline.CharCtrlJ:
		t.last = true
	case readline.CharTranspose:
		if len(t.line) < 2 { // readline would put the cursor behind the end
			return readline.CharBell, true
		}
	}
	if t.last {
		t.line, t.tabbed = nil, ""
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
		t.keys.turn(false)
		return nil, 0, false
	case t.last: // the next line is not this goroutine's to begin
		return nil, 0, false
	}
	t.line = line
	if r == readline.CharTab {
		newLine, newPos, ok = t.complete(line, pos)
	}
	if ok {
		t.line = newLine
	}
	t.keys.turn(t.rl.Operation.IsSearchMode() && stays(r))
	return newLine, newPos, ok
}

// stays tells the keys that leave a search going on.
func stays(r rune) bool {
	switch r {
	case readline.CharBckSearch, readline.CharFwdSearch, readline.CharBackspace, readline.CharCtrlH:
		return true
	}
	return r >= ' '
}

// Paint colours the line.
func (t *terminal) Paint(line []rune, _ int) []rune {
	if !t.color {
		return line
	}
	return []rune(paint(t.asked.block, string(line)))
}
