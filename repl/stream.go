package repl

import (
	"bytes"
	"io"

	"github.com/moonwire/moonwire/lua"
)

// maxWrite is how much is written at once, in bytes: an interrupt waits for no more.
const maxWrite = 4096

// A stream is one of the two that a shell writes to.
type stream struct {
	screen  *screen
	target  io.Writer
	shown   bool   // on the terminal where lines are edited
	tamed   bool   // a terminal: what would command it is shown instead
	partial []byte // the beginning of a line that waits for its end
	broken  error  // the first that the target gave
}

// Write writes at once, or whole lines above the one that is edited. The error is lua.ErrInterrupted when an interrupt cut
// a long text.
func (st *stream) Write(text []byte) (int, error) {
	if !st.tamed {
		return st.put(text)
	}
	if _, err := st.put([]byte(tame(string(text)))); err != nil {
		return 0, err // how much of the text that was nobody knows
	}
	return len(text), nil
}

// put is Write of what the target may be given.
func (st *stream) put(text []byte) (int, error) {
	s := st.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !st.shown:
		return st.write(text)
	case s.line == nil:
		s.clearProgress()
		n, err := st.write(text)
		if n > 0 {
			s.midLine = text[n-1] != '\n'
		}
		return n, err
	}
	st.partial = append(st.partial, text...)
	if end := bytes.LastIndexByte(st.partial, '\n') + 1; end > 0 {
		s.redraw(string(st.partial[:end]), nil)
		st.partial = append([]byte(nil), st.partial[end:]...)
	}
	return len(text), nil
}

// write writes piece by piece until the screen's stop. The first piece is always written: it may tell of the interrupt.
func (st *stream) write(text []byte) (n int, err error) {
	for {
		wrote, err := st.target.Write(text[n:min(len(text), n+maxWrite)])
		n += wrote
		if err != nil && st.broken == nil {
			st.broken = err
		}
		if err != nil || n >= len(text) {
			return n, err
		}
		select {
		case <-st.screen.stop:
			return n, lua.ErrInterrupted
		default:
		}
	}
}

// failure is the first error of the target.
func (st *stream) failure() error {
	st.screen.mu.Lock()
	defer st.screen.mu.Unlock()
	return st.broken
}
