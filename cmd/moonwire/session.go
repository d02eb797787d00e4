package main

import (
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

// done closes a session that may be nil. A lab has nothing to flush.
func done(s *sendrecv.Session) {
	if s != nil {
		_ = s.Close()
	}
}
