package repl

import (
	"io"
	"os"
	"sync"

	"github.com/chzyer/readline"
)

// A screen is what all output passes. It knows the line that is being edited, and writes output above it.
type screen struct {
	mu       sync.Mutex
	file     *os.File  // the terminal that is written to; nil when neither stream is one
	terminal io.Writer // the same, with its escape sequences translated where the system needs that; or io.Discard
	line     *edit     // nil when none is edited
	midLine  bool      // the cursor stands behind text that is no prompt
	passing  bool      // the cursor stands behind a line of progress, which goes before anything else is written
	stop     <-chan struct{}
	out, err stream
}

// newScreen finds the terminal among a shell's streams.
func newScreen(c Config) *screen {
	s := &screen{terminal: io.Discard}
	s.out = stream{screen: s, target: c.Out}
	s.err = stream{screen: s, target: c.Err}
	for _, st := range []*stream{&s.out, &s.err} {
		f, ok := st.target.(*os.File)
		if !ok || !readline.IsTerminal(int(f.Fd())) {
			continue
		}
		if st.tamed = true; !c.Interactive {
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

// size is the terminal's; 80 columns and 24 rows when it does not say. A wide character needs two columns.
func (s *screen) size() (columns, rows int) {
	if s.file == nil {
		return 80, 24
	}
	columns, rows, err := readline.GetSize(int(s.file.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return max(2, columns), rows
}

// watch has long writes end when stop is closed; nil lets them go on.
func (s *screen) watch(stop <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop = stop
}

// show writes to the terminal. When that is gone there is nobody to tell: reading it will. The caller holds mu.
func (s *screen) show(text string) { _, _ = io.WriteString(s.terminal, text) }

// freshLine goes to the beginning of a line. The caller holds mu.
func (s *screen) freshLine() {
	s.clearProgress()
	if s.midLine {
		s.show("\n")
		s.midLine = false
	}
}

// echoed tells that the terminal itself wrote something, such as ^C.
func (s *screen) echoed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.passing { // what was echoed stands behind it
		s.clearProgress()
		s.show("^C")
	}
	s.midLine = true
	s.freshLine()
}

// prompt writes the prompt of a line that the terminal itself edits.
func (s *screen) prompt(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freshLine()
	s.show(text)
}

// Bracketed paste: while it is on, a terminal marks where what is pasted begins and ends.
const (
	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
)

// begin begins a line that an editor edits.
func (s *screen) begin(line edit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freshLine()
	s.line = &line
	s.show(pasteOn)
	s.redraw("", nil)
}

// change shows the line as change makes it; nil shows it again, as after a new size.
func (s *screen) change(change func(*edit)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != nil {
		s.redraw("", change)
	}
}

// redraw writes whole lines above the line that is edited, and that line as change makes it. The caller holds mu.
func (s *screen) redraw(above string, change func(*edit)) {
	columns, rows := s.size()
	erased := s.line.erase(columns)
	if change != nil {
		change(s.line)
	}
	s.show(erased + above + s.line.draw(columns, rows))
}

// above writes whole lines above the line that is edited.
func (s *screen) above(lines string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != nil {
		s.redraw(lines, nil)
	}
}

// atTop tells that the cursor was moved to the top: the line that is edited begins there.
func (s *screen) atTop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != nil {
		s.line.row = 0
	}
}

// finish ends the line that is edited, if there is one, as change makes it, and goes below it. Output that had no end
// follows.
func (s *screen) finish(change func(*edit), suffix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == nil {
		return
	}
	columns, _ := s.size()
	erased := s.line.erase(columns)
	if change != nil {
		change(s.line)
	}
	s.show(erased + s.line.whole() + suffix + "\n" + pasteOff)
	s.line = nil
	for _, st := range []*stream{&s.out, &s.err} {
		if len(st.partial) > 0 {
			s.show(string(st.partial))
			st.partial, s.midLine = nil, true
		}
	}
}
