package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/repl"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/raw"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// An origin is where packets leave from: the lab, which is there at once, or live interfaces, which are opened when a script
// first needs them, since crafting needs none and opening needs a right.
type origin struct {
	session *sendrecv.Session // nil until it is open
	open    func() (*sendrecv.Session, error)
	failed  error // why it could not be opened
	fence   func(*sendrecv.Session) *sendrecv.Session
	ahead   *sendrecv.Session // what the host tells before it is open; nil until somebody asks
}

// origin is the one that the flags name. Time in the lab is virtual for experiments, which end by themselves, and real for a
// person. From here on the process has the rights that its packets need, and no others.
func (f *flags) origin(virtual bool, s streams) (*origin, error) {
	live := f.set.Changed("iface") || len(f.taps) > 0
	if f.set.Changed("lab") && live {
		return nil, usage("--lab has its own interfaces and taps: leave out --iface and --tap")
	}
	taps, err := f.tapFlags()
	if err != nil {
		return nil, err
	}
	fence, err := f.fence()
	if err != nil {
		return nil, err
	}
	if err := s.keep(f.rights()); err != nil {
		return nil, err
	}
	o := &origin{fence: fence, open: func() (*sendrecv.Session, error) {
		session, err := openLive(f.iface, taps)
		if err != nil {
			return nil, err
		}
		return fence(session), nil
	}}
	switch {
	case f.set.Changed("lab"):
		l, err := lab.New(lab.Config{NAT: f.lab, RealTime: !virtual})
		if err != nil {
			return nil, usage("--lab: %w", err)
		}
		o.session = fence(l.Session())
	case live: // what was named must be there
		if _, err := o.Open(); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Open opens the origin, once.
func (o *origin) Open() (*sendrecv.Session, error) {
	if o.session == nil && o.failed == nil {
		o.session, o.failed = o.open()
	}
	return o.session, o.failed
}

// Look asks the host where packets would leave from, which needs no right: live interfaces that no flag names are not open then.
func (o *origin) Look() (*sendrecv.Session, error) {
	s, err := raw.Look("")
	if err != nil {
		return nil, err
	}
	o.ahead = s
	return o.fence(s), nil
}

// Close closes what was opened of the origin. Nothing waits to be written there, so an error is of no use.
func (o *origin) Close() {
	for _, s := range []*sendrecv.Session{o.session, o.ahead} {
		if s != nil {
			_ = s.Close()
		}
	}
}

// A tapFlag is one --tap NAME=WHERE.
type tapFlag struct{ name, where string }

// tapName is what a tap may be called: scripts say cap.NAME.
var tapName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (f *flags) tapFlags() ([]tapFlag, error) {
	var taps []tapFlag
	for _, text := range f.taps {
		name, where, ok := strings.Cut(text, "=")
		if !ok || !tapName.MatchString(name) || where == "" {
			return nil, usage("--tap: want NAME=WHERE, as in host=eth1 or host=netns:nat/eth0, got %q", text)
		}
		if slices.ContainsFunc(taps, func(t tapFlag) bool { return t.name == name }) {
			return nil, usage("--tap: %s is given twice", name)
		}
		taps = append(taps, tapFlag{name, where})
	}
	return taps, nil
}

// openLive opens a live interface and the taps beside it. The interface itself is tap guest unless one of those
// has that name.
func openLive(iface string, taps []tapFlag) (*sendrecv.Session, error) {
	session, err := raw.Open(iface)
	if err != nil {
		return nil, err
	}
	closers := []func() error{session.Closer}
	session.Closer = func() error {
		var errs []error
		for _, c := range slices.Backward(closers) {
			errs = append(errs, c())
		}
		return errors.Join(errs...)
	}
	for _, t := range taps {
		port, err := raw.OpenTap(t.where)
		if err != nil {
			_ = session.Close() // the first error is the one to report
			return nil, fmt.Errorf("--tap %s: %w", t.name, err)
		}
		closers = append(closers, port.Close)
		tap := sendrecv.Tap{Name: t.name, Port: port}
		if t.name == session.Taps[0].Name {
			session.Taps[0] = tap
		} else {
			session.Taps = append(session.Taps, tap)
		}
	}
	return session, nil
}

// screened is a stream that scripts write to: a terminal is shown what would command it, and everything else gets the bytes.
func screened(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		return repl.Harmless(w)
	}
	return w
}

// forCaptures are the streams of a script that is alone with them: it may read a capture from standard input, unless it came from
// there, and write one to standard output. Neither is a terminal's.
func (s streams) forCaptures(fromInput bool) streams {
	if out, ok := s.out.(io.Reader); ok && isTerminal(out) {
		return s
	}
	s.standard = &lua.Standard{Out: s.out}
	if !fromInput && !isTerminal(s.in) {
		s.standard.In = s.in
	}
	return s
}

// interpreter is what a State is made of whose packets leave from an origin and whose scripts load code from a folder, but for the
// streams that scripts write to. Reports go to out.
func (f *flags) interpreter(o *origin, folder string, out io.Writer) lua.Config {
	return lua.Config{
		Session: o.session, Open: o.Open, Look: o.Look, Lookup: f.lookup(o), NoAccess: f.noAccess(), Folder: folder,
		Report: func(r *vantage.Result) error { return f.print(r, out) },
	}
}

// interpret runs do with an interpreter whose packets leave from the origin that the flags name, and then closes both.
func (f *flags) interpret(virtual bool, folder string, s streams, do func(*lua.State, *origin) error) error {
	o, err := f.origin(virtual, s)
	if err != nil {
		return err
	}
	defer o.Close()
	out := s.out
	if f.json {
		out = s.err // standard output is for the one object
	}
	c := f.interpreter(o, folder, out)
	c.Stdout, c.Stderr, c.Standard = screened(out), screened(s.err), s.standard
	if file, ok := s.err.(*os.File); ok && isTerminal(file) {
		c.Stdout, c.Stderr, c.Progress = repl.Output(out, s.err)
	}
	state := lua.New(c)
	defer state.Close()
	return do(state, o)
}
