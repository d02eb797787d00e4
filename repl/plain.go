package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// plain reads lines as they come: from a pipe or a file, or from a terminal that cannot edit.
type plain struct {
	in         io.Reader
	screen     *screen
	interrupts <-chan os.Signal // a person's; never, when none types
	begin      sync.Once
	end        sync.Once
	told       string // the hint that was shown last
	lines      chan string
	broken     error         // why lines ended; set before it is closed
	closed     chan struct{} // nobody wants lines any more
}

func newPlain(c Config, s *screen, interrupts <-chan os.Signal) *plain {
	return &plain{in: c.In, screen: s, interrupts: interrupts, lines: make(chan string), closed: make(chan struct{})}
}

func (p *plain) readLine(ctx context.Context, q question) (string, error) {
	p.begin.Do(func() { go p.read() })
	if q.hint != p.told && q.hint != "" {
		p.screen.prompt(q.hint + "\n")
	}
	p.told = q.hint
	p.screen.prompt(q.prompt)
	select {
	case line, ok := <-p.lines:
		switch {
		case ok:
			return line, nil
		case p.broken != nil:
			return "", p.broken
		}
		p.screen.echoed()
		return "", io.EOF
	case <-p.interrupts:
		p.screen.echoed()
		return "", errDropped
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// read hands over the input line by line. It ends with the input, which the caller owns.
func (p *plain) read() {
	defer close(p.lines)
	scanner := bufio.NewScanner(p.in)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		select {
		case p.lines <- scanner.Text():
		case <-p.closed:
			return
		}
	}
	p.broken = scanner.Err()
	if errors.Is(p.broken, bufio.ErrTooLong) {
		p.broken = fmt.Errorf("the input has a line that is too long: want at most %d bytes", maxLine)
	}
}

// remember does nothing: there is no way to recall an entry.
func (*plain) remember(string) error { return nil }

func (p *plain) close() error {
	p.end.Do(func() { close(p.closed) })
	return nil
}
