package lua

import (
	"errors"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
)

// errNoPort is what every function that needs a port says without one.
var errNoPort = errors.New("no port is open: start with --lab for the built-in network, or --iface for a live interface")

// sessionFor is the session for a call that needs one; one that opens when it is first needed is opened now.
func (s *State) sessionFor(l *glua.LState) *sendrecv.Session {
	if err := s.Open(); err != nil {
		s.unsent = err
		s.fail(l, err)
	}
	return s.session
}

// Open opens the session now, rather than when a script first needs it. The error is the Config's Open's.
func (s *State) Open() error {
	if s.session != nil {
		return nil
	}
	if s.config.Open == nil {
		return errNoPort
	}
	session, err := s.config.Open()
	if err != nil {
		return err
	}
	s.session = session
	if !s.seeded {
		s.seedByClock()
	}
	return nil
}

// outlook is what the host tells of its ways out before a session is open; nil when there is nobody to tell. It is asked for once.
func (s *State) outlook() *sendrecv.Session {
	if s.ahead == nil && s.unseen == nil && s.config.Look != nil {
		s.ahead, s.unseen = s.config.Look()
	}
	return s.ahead
}

// through is the session that a call's iface option names; the State's own without one.
func (s *State) through(l *glua.LState, t *glua.LTable) *sendrecv.Session {
	session := s.sessionFor(l)
	name := binding.Text(l, t, "iface")
	switch {
	case name == "", session.Host == nil && name == session.Port.Name():
		return session
	case session.Host == nil:
		l.RaiseError("iface: no port %q is open; there is %s", name, session.Port.Name())
	}
	other, err := session.Host.Session(name)
	if err != nil {
		s.fail(l, err)
	}
	s.keepOffTaps(l, session, other)
	return other
}

// keepOffTaps refuses to send where a capture listens behind the first tap: the judge would take what a script writes there
// for what came along the path.
func (s *State) keepOffTaps(l *glua.LState, session, through *sendrecv.Session) {
	for i, tap := range session.Taps {
		if i > 0 && len(s.captures) > 0 && tap.Port.Name() == through.Port.Name() {
			l.RaiseError("iface: %s is tap %s: a capture listens there, and what it listens to is not sent through; end it with cap:stop()", tap.Port.Name(), tap.Name)
		}
	}
}

// clock is the session's clock, the wall's without a session.
func (s *State) clock() sendrecv.Clock {
	if s.session == nil {
		return sendrecv.SystemClock{}
	}
	return s.session.Clock()
}
