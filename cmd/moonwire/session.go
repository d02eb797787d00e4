package main

import (
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// open opens the place that the flags name; nil when they name none. Time is virtual for experiments, which end by
// themselves, and real for a person.
func (f *flags) open(virtual bool) (*sendrecv.Session, error) {
	if !f.set.Changed("lab") {
		return nil, nil
	}
	l, err := lab.New(lab.Config{NAT: f.lab, RealTime: !virtual})
	if err != nil {
		return nil, usage("--lab: %w", err)
	}
	return l.Session(), nil
}

// inPlace runs do with an interpreter in the place that the flags name, and closes both behind it. A lab has nothing to
// flush, so closing tells nothing.
func (f *flags) inPlace(virtual bool, s streams, do func(*lua.State, *sendrecv.Session) error) error {
	session, err := f.open(virtual)
	if err != nil {
		return err
	}
	if session != nil {
		defer func() { _ = session.Close() }()
	}
	out := s.out
	if f.json {
		out = s.err // standard output is for the one object
	}
	state := lua.New(lua.Config{Session: session, Stdout: out, Stderr: s.err})
	defer state.Close()
	return do(state, session)
}
