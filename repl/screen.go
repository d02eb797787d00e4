package repl

import (
	"bytes"
	"io"
	"os"
	"sync"

	"github.com/chzyer/readline"
)

// A screen is what all output passes. While a line is edited, output for the terminal waits here until the editor, which
// alone knows where the cursor is, shows it above the line.
type screen struct {
	mu       sync.Mutex
	file     *os.File  // the terminal that is written to; nil when neither stream is one
	terminal io.Writer // the same, with its escape sequences translated where the system needs that; or io.Discard
	editing  bool
	midLine  bool          // the cursor stands behind text that is no prompt
	waiting  []byte        // whole lines for the editor to show
	wake     chan struct{} // told that lines wait
	out, err stream
}

// newScreen finds the terminal among a shell's streams.
func newScreen(c Config) *screen {
	s := &screen{terminal: io.Discard, wake: make(chan struct{}, 1)}
	s.out = stream{screen: s, target: c.Out}
	s.err = stream{screen: s, target: c.Err}
	for _, st := range []*stream{&s.out, &s.err} {
		f, ok := st.target.(*os.File)
		if !ok || !c.Interactive || !readline.IsTerminal(int(f.Fd())) {
			continue
		}
		if s.file == nil {
			s.file, s.terminal = f, translated(f)
		}
		if st.shown = sameFile(f, s.file); st.shown {
			st.target = translated(f)
		}
	}
	return s
}

// translated is a terminal that understands escape sequences. Where systems differ, readline's own variables do.
func translated(f *os.File) io.Writer {
	switch f {
	case os.Stdout:
		return readline.Stdout
	case os.Stderr:
		return readline.Stderr
	}
	return f
}

func sameFile(a, b *os.File) bool {
	if a == b {
		return true
	}
	ai, aErr := a.Stat()
	bi, bErr := b.Stat()
	return aErr == nil && bErr == nil && os.SameFile(ai, bi)
}

// width is the terminal's, in columns; 80 when it does not say.
func (s *screen) width() int {
	if s.file == nil {
		return 80
	}
	columns, _, err := readline.GetSize(int(s.file.Fd()))
	if err != nil || columns <= 0 {
		return 80
	}
	return columns
}

// freshLine goes to the beginning of a line. The caller holds mu.
func (s *screen) freshLine() {
	if s.midLine {
		_, _ = io.WriteString(s.terminal, "\n") // the terminal is gone: reading it will tell
		s.midLine = false
	}
}

// echoed tells that the terminal itself wrote something, such as ^C.
func (s *screen) echoed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.midLine = true
	s.freshLine()
}

// prompt writes the prompt of a line that the terminal itself edits.
func (s *screen) prompt(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freshLine()
	_, _ = io.WriteString(s.terminal, text) // as in freshLine
}

// hold begins a line that an editor edits: from now on output waits.
func (s *screen) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freshLine()
	s.editing = true
}

// release ends that line and shows what waited. cut tells that the editor left the cursor in the line.
func (s *screen) release(cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.editing, s.midLine = false, cut
	s.freshLine()
	_, _ = s.terminal.Write(s.take()) // as in freshLine
	for _, st := range []*stream{&s.out, &s.err} {
		if len(st.partial) > 0 {
			_, _ = s.terminal.Write(st.partial) // as in freshLine
			st.partial, s.midLine = nil, true
		}
	}
}

// take hands over the lines that wait. The caller holds mu.
func (s *screen) take() []byte {
	lines := s.waiting
	s.waiting = nil
	return lines
}

// show has the editor write the lines that wait, if there are any.
func (s *screen) show(above io.Writer) bool {
	s.mu.Lock()
	lines := s.take()
	s.mu.Unlock()
	if len(lines) > 0 {
		_, _ = above.Write(lines) // as in freshLine
	}
	return len(lines) > 0
}

// A stream is one of the two that a shell writes to.
type stream struct {
	screen  *screen
	target  io.Writer
	shown   bool   // on the terminal where lines are edited
	partial []byte // the beginning of a line that waits for its end
}

// Write writes at once, or has whole lines wait while a line is edited.
func (st *stream) Write(text []byte) (int, error) {
	s := st.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	if !st.shown || len(text) == 0 {
		return st.target.Write(text)
	}
	if !s.editing {
		s.midLine = text[len(text)-1] != '\n'
		return st.target.Write(text)
	}
	st.partial = append(st.partial, text...)
	if end := bytes.LastIndexByte(st.partial, '\n') + 1; end > 0 {
		s.waiting = append(s.waiting, st.partial[:end]...)
		st.partial = append([]byte(nil), st.partial[end:]...)
		select {
		case s.wake <- struct{}{}:
		default: // told already
		}
	}
	return len(text), nil
}
