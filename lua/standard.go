package lua

import (
	"context"
	"io"
	"sync"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// standard is the name of a capture that is standard input, or standard output.
const standard = "-"

// An output is standard output. It is a person's, or a capture's: once a capture is written to it, text goes to standard error.
type output struct {
	out, err io.Writer

	mu      sync.Mutex
	printed bool // text went to out
	capture bool // out is a capture's
}

// Write writes text.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.capture {
		return o.err.Write(b)
	}
	o.printed = o.printed || len(b) > 0
	return o.out.Write(b)
}

// claim gives standard output to a capture, or says why it cannot have it.
func (o *output) claim() (why string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.capture:
		return "it has a capture in it already: write all packets at once, as a list or an iterator"
	case o.printed:
		return "something was printed to it before, which would stand in the capture: print nothing, or write to a file"
	}
	o.capture = true
	return ""
}

// standardOutput is standard output as a capture.
func (s *State) standardOutput(l *glua.LState, format string, o pcap.Options) *pcap.Writer {
	switch {
	case s.config.Standard == nil || s.config.Standard.Out == nil:
		l.RaiseError(`"-": standard output is not this script's alone here (a terminal, the prompt, a report): redirect that of moonwire -e or of run, or write to a file`)
	case o.Append:
		l.RaiseError(`"-": nothing can be appended to on standard output`)
	}
	o.NG = format == "pcapng"
	w, err := pcap.NewWriter(s.config.Standard.Out, "standard output", o)
	if err != nil {
		s.fail(l, err)
	}
	if why := s.stdout.claim(); why != "" {
		l.RaiseError(`"-": standard output: %s`, why)
	}
	return w
}

// An input is standard input. Whoever waits for it can be interrupted; what comes after that is the next one's.
type input struct {
	in      io.Reader
	ctx     func() context.Context
	pending chan arrived // of a read that is under way
	rest    []byte       // of the last one
	err     error
}

// arrived is what a read gave.
type arrived struct {
	data []byte
	err  error
}

// Read implements io.Reader.
func (i *input) Read(b []byte) (int, error) {
	if len(i.rest) == 0 && i.err == nil {
		if i.pending == nil {
			i.pending = make(chan arrived, 1)
			go func(pending chan arrived) {
				buf := make([]byte, 64<<10)
				n, err := i.in.Read(buf)
				pending <- arrived{buf[:n], err}
			}(i.pending)
		}
		select {
		case a := <-i.pending:
			i.rest, i.err, i.pending = a.data, a.err, nil
		case <-i.ctx().Done():
			return 0, i.ctx().Err()
		}
	}
	if len(i.rest) == 0 {
		return 0, i.err
	}
	n := copy(b, i.rest)
	i.rest = i.rest[n:]
	return n, nil
}

// standardInput is standard input as a capture. It is read once: one reader takes more than it needs.
func (s *State) standardInput(l *glua.LState) io.Reader {
	switch {
	case s.config.Standard == nil || s.config.Standard.In == nil:
		l.RaiseError(`"-": standard input holds no capture here: it is where the lines or the script come from, or a terminal; moonwire -e and run FILE read what is piped into them`)
	case s.stdin:
		l.RaiseError(`"-": standard input was read before, which can be done once: keep the list`)
	}
	s.stdin = true
	return &input{in: s.config.Standard.In, ctx: s.vm.Context}
}
