package repl

import (
	"io"
	"os"
	"unicode/utf8"

	"github.com/moonwire/moonwire/craft/values"
)

// Progress shows a line while an entry takes long, in place of the one before; "" takes it away. It is there when Err is the
// terminal, between lines of output, and never while a line is edited. It is safe for concurrent use.
func (s *Shell) Progress(line string) { s.screen.progress(line) }

// Output is the two streams of a command that reads no lines, and a function that shows a line of progress on the terminal that
// stderr is, as Shell.Progress does; it is nil when stderr is none. What would command a terminal is shown on it instead.
func Output(stdout, stderr io.Writer) (out, err io.Writer, progress func(line string)) {
	s := newScreen(Config{Out: stdout, Err: stderr, Interactive: true})
	if s.err.shown && os.Getenv("TERM") != "dumb" {
		progress = s.progress
	}
	return &s.out, &s.err, progress
}

// eraseLine goes to the beginning of the row and clears what is there, as the editor does (ECMA-48, section 8.3.39).
const eraseLine = "\r\x1b[J"

// progress shows a line of progress, as far as there is room in one row.
func (s *screen) progress(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != nil || s.midLine || !s.err.shown || os.Getenv("TERM") == "dumb" {
		return
	}
	s.clearProgress()
	if line == "" {
		return
	}
	line = values.OneLine(line)
	columns, _ := s.size()
	for utf8.RuneCountInString(line) >= columns {
		_, size := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-size]
	}
	s.show(line)
	s.passing = true
}

// clearProgress takes the line of progress away. The caller holds mu.
func (s *screen) clearProgress() {
	if s.passing {
		s.show(eraseLine)
		s.passing = false
	}
}
