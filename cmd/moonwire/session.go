package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/raw"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// A place is where packets go: the lab, which is there at once, or live interfaces, which are opened when a script first
// needs them, since crafting needs none and opening needs a right.
type place struct {
	session *sendrecv.Session // nil until it is open
	open    func() (*sendrecv.Session, error)
	failed  error // why it could not be opened
}

// place is what the flags name. Time in the lab is virtual for experiments, which end by themselves, and real for a
// person.
func (f *flags) place(virtual bool) (*place, error) {
	live := f.set.Changed("iface") || len(f.taps) > 0
	if f.set.Changed("lab") && live {
		return nil, usage("--lab has its own interfaces and taps: leave out --iface and --tap")
	}
	taps, err := f.tapPlaces()
	if err != nil {
		return nil, err
	}
	p := &place{open: func() (*sendrecv.Session, error) { return openLive(f.iface, taps) }}
	switch {
	case f.set.Changed("lab"):
		l, err := lab.New(lab.Config{NAT: f.lab, RealTime: !virtual})
		if err != nil {
			return nil, usage("--lab: %w", err)
		}
		p.session = l.Session()
	case live: // what was named must be there
		if _, err := p.Open(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Open opens the place, once.
func (p *place) Open() (*sendrecv.Session, error) {
	if p.session == nil && p.failed == nil {
		p.session, p.failed = p.open()
	}
	return p.session, p.failed
}

// Close closes the place if it was opened. Nothing is written through it, so closing tells nothing.
func (p *place) Close() {
	if p.session != nil {
		_ = p.session.Close()
	}
}

// A tapPlace is one --tap NAME=WHERE.
type tapPlace struct{ name, where string }

// tapName is what a tap may be called: scripts say cap.NAME.
var tapName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (f *flags) tapPlaces() ([]tapPlace, error) {
	var taps []tapPlace
	for _, text := range f.taps {
		name, where, ok := strings.Cut(text, "=")
		if !ok || !tapName.MatchString(name) || where == "" {
			return nil, usage("--tap: want NAME=WHERE, as in host=eth1 or host=netns:nat/eth0, got %q", text)
		}
		if slices.ContainsFunc(taps, func(t tapPlace) bool { return t.name == name }) {
			return nil, usage("--tap: %s is given twice", name)
		}
		taps = append(taps, tapPlace{name, where})
	}
	return taps, nil
}

// openLive opens a live interface and the taps beside it. The interface itself is tap guest unless another place is
// called that.
func openLive(iface string, taps []tapPlace) (*sendrecv.Session, error) {
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
			_ = session.Close() // the first error is the one to tell
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

// interpreter is a State in a place.
func (f *flags) interpreter(p *place, s streams) *lua.State {
	out := s.out
	if f.json {
		out = s.err // standard output is for the one object
	}
	return lua.New(lua.Config{
		Session: p.session, Open: p.Open, Stdout: out, Stderr: s.err,
		Report: func(r *vantage.Result) error { return f.print(r, out) },
	})
}

// inPlace runs do with an interpreter in the place that the flags name, and closes both behind it.
func (f *flags) inPlace(virtual bool, s streams, do func(*lua.State, *place) error) error {
	p, err := f.place(virtual)
	if err != nil {
		return err
	}
	defer p.Close()
	state := f.interpreter(p, s)
	defer state.Close()
	return do(state, p)
}
